"""Rules: what a workspace asks of the rows of an import, as one document that people write.

The document's form and what makes it valid belong here. Holding rows to it belongs to `checking`, changing cells by it
to `transforms`, keeping its versions to `ledger.rules`.
"""

from __future__ import annotations

import json
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import duckdb
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from contact_pipeline.config import problem_of
from contact_pipeline.sources.list_file.fields import fields

DEFAULT = Path(__file__).with_name("default_rules.toml")
OWN = "column:"
"""What stands before the name of a file's own column, one that is nobody's field: `column:Amount`."""
LONGEST_PATTERN = 500
Severity = Literal["error", "warning"]
Policy = Literal["skip", "update", "fill", "upsert"]
Transform = Literal["trim", "squeeze", "lower", "upper", "title"]
Bound = int | float | date
Word = Annotated[str, Field(min_length=1)]


class RulesError(ValueError):
    """A document that is no rules; the message says where and what to change."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _pattern(written: str | None) -> str | None:
    """A pattern both engines take; both match in time that grows with the text alone (RE2 and its kin, no look-around).

    Raises:
        ValueError: it is too long, or no pattern to them.
    """
    if written is None:
        return None
    if len(written) > LONGEST_PATTERN:
        raise ValueError(f"a pattern may have {LONGEST_PATTERN} characters")
    import polars as pl

    try:
        duckdb.execute("select regexp_full_match('', ?)", [written]).fetchall()
        pl.Series([""]).str.contains(whole(written))
    except (duckdb.Error, pl.exceptions.PolarsError) as error:
        raise ValueError(
            f"is no pattern ({str(error).splitlines()[0][:120]}); look-around and back-references are not taken"
        ) from None
    return written


def whole(pattern: str) -> str:
    """The pattern for a whole value."""
    return rf"\A(?:{pattern})\z"


def _known(name: str) -> str:
    if name in fields() or (name.startswith(OWN) and name.removeprefix(OWN).strip()):
        return name
    raise ValueError(f"there is no field {name!r}; a column of the file is written '{OWN}Its header'")


Name = Annotated[str, Field(min_length=1)]


class CellRule(_Part):
    """What one field, or one column of the file, is asked for.

    Attributes:
        required: Every row must fill it.
        severity: Whether breaking it refuses the row or is only told.
        transform: What is done to a cell before anything else, in order.
        values: Words as written → the value they stand for, whatever their case.
        default: What an empty cell becomes.
        allowed: The only values, if any are named.
        synonyms: Allowed value → other ways to write it.
        pattern: The form of the whole value (RE2).
        at_least: The smallest number, or the earliest day.
        at_most: The largest number, or the latest day.
        shortest: Fewest characters.
        longest: Most characters.
        hint: What to tell who has to correct it.
    """

    required: bool = False
    severity: Severity = "error"
    transform: tuple[Transform, ...] = ()
    values: dict[Word, str] = {}
    default: Word | None = None
    allowed: tuple[Word, ...] = ()
    synonyms: dict[Word, tuple[Word, ...]] = {}
    pattern: str | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None
    shortest: int | None = Field(None, ge=1)
    longest: int | None = Field(None, ge=1)
    hint: str | None = None

    _check_pattern = field_validator("pattern")(_pattern)

    @model_validator(mode="after")
    def _agrees(self) -> CellRule:
        strange = [value for value in self.synonyms if value not in self.allowed]
        if strange:
            raise ValueError(f"synonyms of {strange[0]!r}, which is not allowed")
        low, high = self.at_least, self.at_most
        if low is not None and high is not None:
            if isinstance(low, date) != isinstance(high, date):
                raise ValueError("at_least and at_most: both numbers or both dates")
            if low > high:  # type: ignore[operator]
                raise ValueError("at_least is more than at_most")
        if self.shortest and self.longest and self.shortest > self.longest:
            raise ValueError("shortest is more than longest")
        return self

    @property
    def of_dates(self) -> bool:
        """Whether the bounds are days."""
        return isinstance(self.at_least, date) or isinstance(self.at_most, date)


class AnyOf(_Part):
    """At least one of these fields is filled: `phone or email`."""

    any_of: tuple[Name, ...] = Field(min_length=1)
    severity: Severity = "error"
    hint: str | None = None

    @field_validator("any_of")
    @classmethod
    def _fields(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(_known, names))


class Question(_Part):
    """One question about one field; exactly one of the others is given beside `field`."""

    field: Name
    filled: bool | None = None
    is_in: tuple[str, ...] | None = Field(None, alias="is")
    is_not: tuple[str, ...] | None = None
    matches: str | None = None

    _check_field = field_validator("field")(_known)
    _check_pattern = field_validator("matches")(_pattern)

    @field_validator("is_in", "is_not", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_question(self) -> Question:
        if sum(asked is not None for asked in (self.filled, self.is_in, self.is_not, self.matches)) != 1:
            raise ValueError("one of: filled, is, is_not, matches")
        return self

    def told(self) -> str:
        """The question in words."""
        if self.filled is not None:
            return f"{self.field} is {'filled' if self.filled else 'empty'}"
        if self.matches is not None:
            return f"{self.field} has the form {self.matches}"
        wanted = self.is_in if self.is_in is not None else self.is_not or ()
        return f"{self.field} is {'' if self.is_in is not None else 'not '}{' or '.join(wanted)}"


class When(_Part):
    """Where all of `when` holds, all of `then` must: fields that depend on one another."""

    name: Word
    when: tuple[Question, ...] = Field(min_length=1)
    then: tuple[Question, ...] = Field(min_length=1)
    severity: Severity = "error"
    hint: str | None = None

    def told(self) -> str:
        """The rule in words."""
        return (
            f"where {' and '.join(test.told() for test in self.when)}: "
            f"{' and '.join(test.told() for test in self.then)}"
        )


class Rules(_Part):
    """The rules of one kind of record.

    Attributes:
        entity: What the rows are; `people` is the only kind so far.
        duplicate_policy: What becomes of a row whose person is known, where an import does not say.
        required: Sets of fields of which one must be filled.
        fields: Field → what is asked of it.
        columns: Header of a file's own column → what is asked of it, in files that have such a column.
        cross: Rules about several fields.
    """

    entity: Literal["people"] = "people"
    duplicate_policy: Policy = "fill"
    required: tuple[AnyOf, ...] = ()
    fields: dict[str, CellRule] = {}
    columns: dict[Word, CellRule] = {}
    cross: tuple[When, ...] = ()

    @field_validator("fields")
    @classmethod
    def _known_fields(cls, value: dict[str, CellRule]) -> dict[str, CellRule]:
        strange = [name for name in value if name not in fields()]
        if strange:
            raise ValueError(f"there is no field {strange[0]!r}; there are: {', '.join(fields())}")
        return value

    def cells(self) -> dict[str, CellRule]:
        """Every field and own column (`column:Header`) that is asked for something."""
        return {**self.fields, **{OWN + header: rule for header, rule in self.columns.items()}}

    def names(self) -> tuple[str, ...]:
        """Every field and own column any rule looks at, in the order of the document."""
        named = [*self.cells(), *(name for one in self.required for name in one.any_of)]
        named += [test.field for rule in self.cross for test in (*rule.when, *rule.then)]
        return tuple(dict.fromkeys(named))

    def as_json(self) -> dict[str, Any]:
        """The form the ledger keeps: what was said, nothing that was not."""
        kept: dict[str, Any] = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {"entity": self.entity, "duplicate_policy": self.duplicate_policy, **kept}


def rules_from(document: object) -> Rules:
    """Rules from a document that was read already, the ledger's form among them.

    Raises:
        RulesError: it is none.
    """
    try:
        return Rules.model_validate(document)
    except ValidationError as error:
        raise RulesError(problem_of(error).replace("there is no such setting", "there is no such rule")) from error


def read_rules(path: Path) -> Rules:
    """Rules as people write them: TOML, or JSON where the file ends so.

    Raises:
        RulesError: the file is neither, or no rules.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return rules_from(json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text))
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(f"{path.name} cannot be read: {error}") from error


@cache
def default_rules() -> Rules:
    """The rules where a workspace has none of its own."""
    return read_rules(DEFAULT)
