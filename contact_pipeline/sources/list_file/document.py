"""What is kept of a mapping: columns, answers, and the fingerprint that finds it again.

The kept form and its rules belong here; deciding a mapping belongs to `suggest`, keeping it to the ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from contact_pipeline.sources.list_file.fields import KEEP, answer_key, fields
from contact_pipeline.sources.list_file.suggest import Suggestion

ANSWER_FIELDS = tuple(
    name for name in ("email_consent", "sms_consent", "mail_consent", "email_opt_out", "sms_opt_out", "mail_opt_out",
                      "do_not_contact")
)  # fmt: skip
"""Fields whose cells answer yes or no, so that a preset may say which word means which."""


class MappingError(ValueError):
    """A mapping that makes no sense; the message says what to change."""


@dataclass(frozen=True)
class MappingDocument:
    """How a list is read.

    Attributes:
        columns: The file's column → its field; None where it is kept as it is.
        answers: Field → word as in the file → `yes` or `no`.
        values: Field → word as in the file → the value it stands for; '' for none.
    """

    columns: dict[str, str | None] = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form the ledger keeps."""
        kept: dict[str, Any] = {"columns": dict(self.columns), "answers": _copied(self.answers)}
        return kept | ({"values": _copied(self.values)} if self.values else {})

    def columns_of(self, name: str) -> list[str]:
        """The columns that are a field, in the file's order."""
        return [column for column, of in self.columns.items() if of == name]


def from_json(kept: Mapping[str, Any]) -> MappingDocument:
    """A mapping as the ledger kept it."""
    return MappingDocument(
        dict(kept.get("columns", {})), _copied(kept.get("answers", {})), _copied(kept.get("values", {}))
    )


def _copied(words: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {name: dict(meanings) for name, meanings in words.items()}


def document_of(suggestion: Suggestion, *, sure_only: bool = True) -> MappingDocument:
    """The mapping a suggestion amounts to; see `Suggestion.mapping`."""
    chosen = suggestion.mapping(sure_only=sure_only)
    return MappingDocument({column.column: chosen.get(column.column) for column in suggestion.columns})


def changed(
    document: MappingDocument,
    columns: Iterable[str],
    settings: Iterable[str],
    answers: Iterable[str],
    values: Iterable[str] = (),
) -> MappingDocument:
    """A mapping with what somebody said: `COLUMN=field` (`COLUMN=keep`), `FIELD:WORD=yes`, `FIELD:WORD=VALUE`.

    Raises:
        MappingError: an unknown column or field, or two columns for a field that only one can be.
    """
    known = list(columns)
    mapped: dict[str, str | None] = {name: document.columns.get(name) for name in known}
    said: set[str] = set()
    for setting in settings:
        column, name = _setting(setting, known)
        mapped[column] = name
        said.add(column)
    for name in {mapped[column] for column in said} - {None}:
        if not fields()[str(name)].several:
            for column in known:
                if mapped[column] == name and column not in said:
                    mapped[column] = None
    found = MappingDocument(mapped, _copied(document.answers), _copied(document.values))
    for answer in answers:
        _answer(found, answer)
    for value in values:
        _value(found, value)
    require_one_each(found)
    return found


def _setting(setting: str, known: Sequence[str]) -> tuple[str, str | None]:
    written, _, name = setting.rpartition("=")
    column = next((column for column in known if _same(column) == _same(written)), None)
    if column is None:
        raise MappingError(f"There is no column {written!r}; there are: {', '.join(map(repr, known))}.")
    name = name.strip().lower()
    if name in (KEEP, "-", ""):
        return column, None
    if name not in fields():
        raise MappingError(f"There is no field {name!r}; there are: {', '.join(fields())}, and {KEEP}.")
    return column, name


def _answer(document: MappingDocument, answer: str) -> None:
    left, _, meaning = answer.rpartition("=")
    name, _, word = left.partition(":")
    if name not in ANSWER_FIELDS or not word.strip() or meaning not in ("yes", "no"):
        raise MappingError(
            f"{answer!r} is no answer: write FIELD:WORD=yes or FIELD:WORD=no, the field being one of "
            f"{', '.join(ANSWER_FIELDS)}."
        )
    document.answers.setdefault(name, {})[answer_key(word)] = meaning


def _value(document: MappingDocument, said: str) -> None:
    left, equals, meaning = said.rpartition("=")
    name, _, word = left.partition(":")
    if not equals or not word.strip() or name not in fields() or name in ANSWER_FIELDS:
        raise MappingError(
            f"{said!r} is no value mapping: write FIELD:WORD=VALUE, for example state:Fla=FL. "
            f"Words of {', '.join(ANSWER_FIELDS)} are answers: yes or no."
        )
    document.values.setdefault(name, {})[answer_key(word)] = meaning.strip()


def require_one_each(document: MappingDocument) -> None:
    """Refuse two columns for one field that only one can be.

    Raises:
        MappingError: which columns, and the field.
    """
    for name, known in fields().items():
        columns = document.columns_of(name)
        if len(columns) > 1 and not known.several:
            raise MappingError(
                f"Only one column can be {name}, not {' and '.join(map(repr, columns))}. Say which: "
                f'--set "{columns[0]}={name}" --set "{columns[1]}={KEEP}"'
            )


def _same(column: str) -> str:
    return " ".join(column.split()).lower()


def fingerprint(columns: Iterable[str], *, header: bool, suggestion: Suggestion | None = None) -> str:
    """A short text that is the same for the same header in any order and case.

    A file without header is known by what its columns hold, in order: its names are only places.
    """
    if header:
        content = "\n".join(sorted(_same(column) for column in columns))
    else:
        content = "no header\n" + "\n".join(column.field or "" for column in (suggestion.columns if suggestion else ()))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def described(suggestion: Suggestion) -> list[dict[str, Any]]:
    """What was known of each column, without any value: for the ledger and for programs."""
    return [{key: value for key, value in asdict(column).items() if key != "example"} for column in suggestion.columns]
