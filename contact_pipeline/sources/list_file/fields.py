"""The fields a list's column may be, and the word lists by which columns are recognised.

Reading `fields.toml` and `reference/` belongs here; judging a column with them does not.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from contact_pipeline.normalize.fold import fold

FOLDER = Path(__file__).parent
KEEP = "keep"
"""What stands for "nobody's field: kept as it is"."""

_MARK = re.compile(r" \(\d+\)\s*$")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_NOT_WORD = re.compile(r"[^0-9a-z]+")
LONGEST_HEADER = 200
"""Characters of a header that are looked at."""


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        name: Its name, the same as in Airtable's roles.
        several: Whether several columns may be it.
        weighty: Whether a doubt about it holds the file.
        minor: Whether two columns that want it do not hold the file.
        only_asked: Whether only a human makes a column this field: one list's id is not another's.
    """

    name: str
    several: bool = False
    weighty: bool = False
    minor: bool = False
    only_asked: bool = False


@cache
def fields() -> dict[str, Field]:
    """Every field by name, in the order in which they are shown."""
    read = tomllib.loads((FOLDER / "fields.toml").read_text(encoding="utf-8"))
    return {name: Field(name, **marks) for name, marks in read["fields"].items()}


def words_of(header: str) -> tuple[str, ...]:
    """A header as plain words: `Voters_FirstName` and `voters first name` give the same, digits stand alone.

    The number that tells two headers of one name apart (`Email (2)`) is left out.
    """
    text = _MARK.sub("", header[:LONGEST_HEADER])
    return tuple(_NOT_WORD.sub(" ", fold(_CAMEL.sub(" ", text))).split())


@cache
def reference(name: str) -> dict[str, Any]:
    """One word list of `reference/`."""
    return tomllib.loads((FOLDER / "reference" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Column name in plain words, joined by spaces → the fields it may stand for (`keep` among them)."""
    found: dict[str, list[str]] = {}
    for field, languages in reference("headers").items():
        for names in languages.values():
            for written in names:
                at = found.setdefault(" ".join(words_of(written)), [])
                if field not in at:
                    at.append(field)
    return {written: tuple(at) for written, at in found.items()}


@cache
def any_order() -> dict[frozenset[str], tuple[str, ...]]:
    """Names of several words → fields, whatever the order of the words: `Name Last`."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for written, at in synonyms().items():
        words = written.split()
        if len(words) > 1 and not any(word.isdigit() for word in words):
            found.setdefault(frozenset(words), at)
    return found


@cache
def word_group(name: str) -> frozenset[str]:
    """The words of one group of `header_words.toml`; those of several words are written with spaces."""
    return frozenset(" ".join(words_of(word)) for word in reference("header_words")[name]["words"])


@cache
def answers() -> dict[str, str]:
    """What a cell may say, in `answer_key` form → `yes` or `no`."""
    return {answer_key(written): meaning for meaning in ("yes", "no") for written in reference("answers")[meaning]}


@cache
def totals() -> frozenset[str]:
    """Words that begin a row of sums, folded."""
    return frozenset(fold(word) for word in reference("header_words")["totals"]["words"])


def answer_key(text: str) -> str:
    """An answer for comparing: lower case, no accents, single spaces, no marks at its ends."""
    return " ".join(fold(text).strip(" .!\"'[]").split())
