"""Hostile files, columns and cells for the splitter, the mapper and every normaliser; the same for the same seed.

A target takes one hostile thing and must neither crash nor take over a second of the processor's time. Run as a program
each target goes on for some seconds: `make fuzz SECONDS=60`.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from contact_pipeline.imports.people_file import marked, unmarked
from contact_pipeline.landing.dialect import decide_dialect
from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.landing.shape import judged_records
from contact_pipeline.landing.text import text_of
from contact_pipeline.normalize.address import WrittenAddress, parse_address
from contact_pipeline.normalize.company import company_key
from contact_pipeline.normalize.date import parse_date
from contact_pipeline.normalize.email import parse_email
from contact_pipeline.normalize.fold import fold, name_key
from contact_pipeline.normalize.junk import is_missing
from contact_pipeline.normalize.linkedin import linkedin_key
from contact_pipeline.normalize.multi import split_multi
from contact_pipeline.normalize.name import WrittenName, parse_name
from contact_pipeline.normalize.name_case import display_case
from contact_pipeline.normalize.nickname import canonical_names
from contact_pipeline.normalize.one_value import FIELDS, normalise
from contact_pipeline.normalize.phone import parse_phone
from contact_pipeline.normalize.state import parse_country, parse_state
from contact_pipeline.normalize.zip_code import parse_zip
from contact_pipeline.sources.entities import LIST_PEOPLE
from contact_pipeline.sources.list_file.headers import read_header
from contact_pipeline.sources.list_file.suggest import Suggestion, suggest
from contact_pipeline.sources.list_file.telling import suggestion_table
from contact_pipeline.sources.list_file.values import read_values

LIMIT = 1.0
"""Seconds of processor time that one hostile thing may take."""
TODAY = date(2026, 11, 20)

ATOMS = (
    "Ann", "Lee", "de la Cruz", "Jr.", ", ", "/", ";", " or ", "@", "example.org", "a@example.org",
    "813", "555", "0142", "(813) 555-0142", "+1", "x89", "ext", "12 Oak St", "Apt 4", "Tampa", "FL",
    "33602", "33602-1234", "1.2E+10", "####", "#N/A", "2026-05-04", "05/04/1988", "44927", "yes", "non",
    "Oui", "$1,250.00", "http://", "linkedin.com/in/", "\x00", "\t", "\n", "\u202e", "\ufeff", "\udc80",
    "🎈", "é", "e\u0301", "ﬀ", "Ω", "中文", "İ", "ß", "'", '"', "(", ")", "[", "]", "{", "-", "_", ".",
    " ", "  ", "|", "\\", "%", "&", "null", "Total", "Email", "Phone", "Nombre", "Vorname", "?", "№",
    "=", "０", "٣", "\xa0", "\u2028", "\r", "PO Box", "#", "c/o", "SR", "III", "Inc.", "March 9, 1988", "9.3.88",
)  # fmt: skip


@dataclass(frozen=True)
class Trouble:
    """What went wrong with one hostile thing: the seed that makes it again, and how long it took."""

    target: str
    seed: int
    seconds: float
    error: str | None


def hostile_text(chance: random.Random, longest: int = 40) -> str:
    """Some text put together of pieces that mean something here; now and then one piece many times over."""
    if chance.random() < 0.05:
        return chance.choice(ATOMS) * chance.choice((3, 50, 700, 5_000))
    return "".join(chance.choice(ATOMS) for _ in range(chance.randrange(longest)))


def hostile_column(chance: random.Random) -> list[str | None]:
    """The cells of one column: one shape all the way, or anything."""
    count = chance.choice((0, 1, 5, 40, 300))
    if chance.random() < 0.3:
        return [hostile_text(chance)] * count
    longest = chance.choice((2, 8, 40))
    return [None if chance.random() < 0.1 else hostile_text(chance, longest) for _ in range(count)]


def try_columns(chance: random.Random) -> Suggestion:
    """Map a list of hostile columns, and tell of it."""
    columns = [hostile_column(chance) for _ in range(chance.randrange(1, 5))]
    height = max(len(column) for column in columns)
    rows = [[column[place] if place < len(column) else None for column in columns] for place in range(height)]
    names = [f"{hostile_text(chance, 4)}{place}" for place in range(len(columns))]
    found = suggest(names, rows, header=chance.random() < 0.8)
    suggestion_table(found)
    assert [column.column for column in found.columns] == names
    return found


def try_file(chance: random.Random) -> None:
    """Split hostile bytes into records; every one is accepted, put aside or blank, or the whole file is refused."""
    encoding = chance.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"))
    delimiter, end = chance.choice(",;\t|"), chance.choice(("\n", "\r\n", "\r"))
    quote = chance.choice(('"', '"', "'", ""))
    width = chance.randrange(1, 6)
    rows = [
        delimiter.join(f"{quote}{hostile_text(chance, 5)}{quote}" for _ in range(width + (chance.random() < 0.1)))
        for _ in range(chance.choice((0, 1, 3, 30, 300)))
    ]
    data = bytearray(end.join(["Name,Email,Phone".replace(",", delimiter), *rows]).encode(encoding, "replace"))
    for _ in range(chance.choice((0, 0, 1, 20))):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)
    content = bytes(data)
    try:
        dialect = decide_dialect(content, LIST_PEOPLE)
    except Refused:
        return
    for judged in judged_records(text_of(content, dialect.encoding), dialect, LIST_PEOPLE):
        assert judged.cells is None or len(judged.cells) == len(dialect.columns)


def cell(*readings: Callable[[str], object]) -> Callable[[random.Random], None]:
    """A target that reads one hostile cell in some ways."""

    def attempt(chance: random.Random) -> None:
        text = hostile_text(chance)
        for reading in readings:
            reading(text)

    return attempt


def _one_value(text: str) -> None:
    for field in FIELDS:
        normalise(field, text, today=TODAY)


def _comes_back(text: str) -> None:
    assert unmarked(marked(text)) == text


TARGETS: dict[str, Callable[[random.Random], object]] = {
    "files split into records": try_file,
    "columns mapped": try_columns,
    "cells taken apart": cell(split_multi),
    "headers": cell(read_header),
    "forms of cells": cell(lambda text: read_values([text])),
    "phones": cell(parse_phone, lambda text: parse_phone(text, "GB")),
    "e-mails": cell(parse_email),
    "names": cell(
        lambda text: parse_name(WrittenName(first=text)),
        lambda text: parse_name(WrittenName(first=text, last=text[::-1])),
        canonical_names,
        display_case,
    ),
    "addresses": cell(
        lambda text: parse_address(WrittenAddress(line1=text)),
        lambda text: parse_address(
            WrittenAddress(line1=text[: len(text) // 2], line2=text[len(text) // 2 :], city=text)
        ),
    ),
    "dates": cell(lambda text: parse_date(text, today=TODAY), lambda text: parse_date(text, today=TODAY, region="DE")),
    "ZIP codes": cell(parse_zip),
    "states and countries": cell(parse_state, lambda text: parse_state(text, "CA"), parse_country),
    "companies": cell(company_key),
    "LinkedIn pages": cell(linkedin_key),
    "words for nothing": cell(is_missing, fold, name_key),
    "one value of any field": cell(_one_value),
    "cells of files for people": cell(_comes_back),
}
"""What is tried: name → one attempt with one seed."""


def trouble_with(
    target: str, seconds: float, clock: Callable[[], float] = time.process_time
) -> tuple[int, float, Trouble | None]:
    """Try a target until the clock says so: how many attempts, the slowest, and what went wrong first."""
    attempt, end, tried, slowest = TARGETS[target], clock() + seconds, 0, 0.0
    attempt(random.Random(0))  # word lists are read once
    while clock() < end:
        started, error = time.process_time(), None
        try:
            attempt(random.Random(tried))
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"[:200]
        took = time.process_time() - started
        slowest = max(slowest, took)
        if error is not None or took > LIMIT:
            return tried, slowest, Trouble(target, tried, took, error)
        tried += 1
    return tried, slowest, None


def main() -> int:
    """Try every target until its time is up; exit code 1 when anything crashed or was slow."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    wrong = 0
    for target in sys.argv[2:] or TARGETS:
        tried, slowest, trouble = trouble_with(target, seconds, time.monotonic)
        told = "no crash" if trouble is None else f"seed {trouble.seed}: {trouble.error or 'too slow'}"
        print(f"{target}: {tried:,} tried in {seconds:.0f} s, the slowest took {slowest:.3f} s; {told}", flush=True)  # noqa: T201
        wrong += trouble is not None
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
