"""A human's word on how a list is read: looked at, said, remembered, and the list that waited for it released.

The order of those steps belongs here. Recognising columns belongs to `sources.list_file`, the lines kept to the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from contact_pipeline.config import Settings
from contact_pipeline.landing.inbox import PROBLEM_SUFFIX
from contact_pipeline.landing.list_gate import PIPELINE, Decision, ListGate
from contact_pipeline.landing.list_sample import Sample, as_batch, sample_of_batch
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.mappings import preset_by_name, save_preset
from contact_pipeline.sources.entities import LIST_PEOPLE
from contact_pipeline.sources.list_file.document import MappingDocument, changed, document_of


@dataclass(frozen=True)
class Looked:
    """A list that was looked at: the batch it is or would be, its sample, and how it would be read."""

    batch: Batch
    sample: Sample
    decision: Decision

    def as_json(self) -> dict[str, Any]:
        """For programs; cells are shown by their form alone."""
        return {
            "batch_id": self.batch.batch_id,
            "header": self.sample.header,
            "fingerprint": self.decision.fingerprint,
            "preset": self.decision.preset.name if self.decision.preset else None,
            "taken": not self.decision.problems,
            "problems": list(self.decision.problems),
            "columns": [
                {**asdict(column), "taken": column.taken, "others": [list(other) for other in column.others]}
                for column in self.decision.suggestion.columns
            ],
        }


def look_at(settings: Settings, path: Path, *, preset: str | None = None, actor: str = PIPELINE) -> Looked:
    """How a file would be read by this user; nothing is changed.

    Raises:
        Refused: The file cannot be read as a list, or the preset does not exist.
    """
    with as_batch(path) as (copy, batch), _ledger_of(settings) as ledger:
        sample = sample_of_batch(copy, batch)
        gate = ListGate(ledger, now=settings.clock(), source=_folder(settings, path), preset=preset, actor=actor)
        return Looked(batch, sample, gate.decide(sample))


def confirm_mapping(
    settings: Settings,
    what: str,
    *,
    said: Sequence[str],
    answers: Sequence[str],
    values: Sequence[str] = (),
    name: str | None,
    source: str | None,
    actor: str,
) -> dict[str, Any]:
    """Save how a list is read as a preset; release the list if it waits, read it anew if it is here already.

    Args:
        settings: The workspace's.
        what: A file's path, or the id of a batch.
        said: `COLUMN=field` for columns that are something else than suggested.
        answers: `FIELD:WORD=yes|no`.
        values: `FIELD:WORD=VALUE`: what a word of the list stands for.
        name: Of the preset; None for the file's.
        source: The inbox's folder such files come from; None for the file's own, or `list`.
        actor: Who says so.

    Returns:
        preset, batch_id, columns (name to field) and a message that says what becomes of the list.

    Raises:
        MappingError: A column or field that does not exist, or two columns for one field.
        Refused: The file cannot be read as a list.
        LookupError: There is neither such a file nor such a batch.
    """
    store = LandingStore(settings.landing)
    path = Path(what)
    with _ledger_of(settings) as ledger:
        if path.is_file():
            looked, chosen = look_at(settings, path, actor=actor), source or _folder(settings, path)
        else:
            looked, chosen = _look_at_batch(settings, store, ledger, what), source or LIST_PEOPLE.source
        document = changed(_said_so_far(looked), looked.sample.columns, said, answers, values)
        preset_name = name or _free_name(ledger, looked)
        save_preset(
            ledger,
            name=preset_name,
            source=chosen,
            fingerprint=looked.decision.fingerprint,
            mapping=document.as_json(),
            now=settings.clock(),
            actor=actor,
        )
        decision = Decision(document, looked.decision.suggestion, preset_by_name(ledger, preset_name), (), "")
        gate = ListGate(ledger, now=settings.clock(), actor=actor)
        waits = path.is_file() and _is_in_inbox(settings, path)
        message = _release(store, gate, decision, looked.batch.batch_id, path, waits)
    return {
        "preset": preset_name,
        "batch_id": looked.batch.batch_id,
        "columns": document.columns,
        "answers": document.answers,
        "values": document.values,
        "message": message,
    }


def _said_so_far(looked: Looked) -> MappingDocument:
    """What the columns are as suggested, and what words mean as the preset that fits has it."""
    found = document_of(looked.decision.suggestion, sure_only=False)
    return replace(found, answers=looked.decision.document.answers, values=looked.decision.document.values)


def _look_at_batch(settings: Settings, store: LandingStore, ledger: Ledger, batch_id: str) -> Looked:
    batch = store.batch(batch_id)
    if batch is None or batch.key != LIST_PEOPLE.key:
        raise LookupError(f"There is no file and no batch of a list called '{batch_id}'.")
    store.verify(batch)
    sample = sample_of_batch(store.path_of(batch), batch)
    return Looked(batch, sample, ListGate(ledger, now=settings.clock()).decide(sample))


def _free_name(ledger: Ledger, looked: Looked) -> str:
    """The file's name without its ending; where another header has it, with the beginning of the fingerprint."""
    stem = Path(looked.batch.file_name).stem
    known = preset_by_name(ledger, stem)
    mark = looked.decision.fingerprint
    return stem if known is None or known.fingerprint == mark else f"{stem}-{mark[:6]}"


def _release(store: LandingStore, gate: ListGate, decision: Decision, batch_id: str, path: Path, waits: bool) -> str:
    """Let a batch that waits count, or one that is here be read anew; gives what was done, for people."""
    batch = store.batch(batch_id)
    Path(f"{path}{PROBLEM_SUFFIX}").unlink(missing_ok=True)
    if batch is None:
        if waits:
            return "The next run takes the file: contact-pipeline run"
        return "Import the file (contact-pipeline imports plan FILE), or drop it into the inbox: it is taken now."
    gate.record(batch_id, decision, how="confirmed")
    if batch.status == "landed":
        return f"The {batch.accepted:,} records of {batch_id} are read this way from the next run on."
    if batch.status == "held":
        store.mark(batch_id, "landed", "its columns were confirmed")
        return f"The {batch.accepted:,} records of {batch_id} are taken with the next run."
    return f"{batch_id} stays withdrawn: contact-pipeline restore brings it back."


def _folder(settings: Settings, path: Path) -> str:
    """The inbox's folder a file lies in, `list` where it lies elsewhere."""
    return path.resolve().parent.name if _is_in_inbox(settings, path) else LIST_PEOPLE.source


def _is_in_inbox(settings: Settings, path: Path) -> bool:
    return path.resolve().parent.parent == settings.inbox.resolve()


@contextmanager
def _ledger_of(settings: Settings) -> Iterator[Ledger]:
    ledger = Ledger.open(settings.ledger_url, workspace=settings.workspace, now=settings.clock())
    try:
        yield ledger
    finally:
        ledger.close()
