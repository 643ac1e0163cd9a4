"""Hostile columns and cells for the mapping and the splitters, always the same for the same seed.

Run as a program it goes on for some seconds, says how much it tried, and fails if anything crashed or took over a
second of the processor's time: `make fuzz SECONDS=60`.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import date

from contact_pipeline.normalize.address import WrittenAddress, parse_address
from contact_pipeline.normalize.date import parse_date
from contact_pipeline.normalize.email import parse_email
from contact_pipeline.normalize.multi import split_multi
from contact_pipeline.normalize.name import WrittenName, parse_name
from contact_pipeline.normalize.phone import parse_phone
from contact_pipeline.sources.list_file.headers import read_header
from contact_pipeline.sources.list_file.suggest import Suggestion, suggest
from contact_pipeline.sources.list_file.telling import suggestion_table
from contact_pipeline.sources.list_file.values import read_values

LIMIT = 1.0
"""Seconds of processor time that one column, or one cell, may take."""

ATOMS = (
    "Ann", "Lee", "de la Cruz", "Jr.", ", ", "/", ";", " or ", "@", "example.org", "a@example.org",
    "813", "555", "0142", "(813) 555-0142", "+1", "x89", "ext", "12 Oak St", "Apt 4", "Tampa", "FL",
    "33602", "33602-1234", "1.2E+10", "####", "#N/A", "2026-05-04", "05/04/1988", "44927", "yes", "non",
    "Oui", "$1,250.00", "http://", "linkedin.com/in/", "\x00", "\t", "\n", "\u202e", "\ufeff", "\udc80",
    "🎈", "é", "e\u0301", "ﬀ", "Ω", "中文", "İ", "ß", "'", '"', "(", ")", "[", "]", "{", "-", "_", ".",
    " ", "  ", "|", "\\", "%", "&", "null", "Total", "Email", "Phone", "Nombre", "Vorname", "?", "№",
)  # fmt: skip


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


def try_cell(chance: random.Random) -> None:
    """Split and read one hostile cell in every way."""
    text = hostile_text(chance)
    for reading in CELL_READINGS:
        reading(text)


CELL_READINGS: tuple[Callable[[str], object], ...] = (
    split_multi,
    read_header,
    lambda text: read_values([text]),
    lambda text: parse_name(WrittenName(first=text)),
    lambda text: parse_address(WrittenAddress(line1=text)),
    lambda text: parse_phone(text),
    lambda text: parse_email(text),
    lambda text: parse_date(text, today=date(2026, 11, 20)),
)


def main() -> int:
    """Try until the time is up."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    end, tried, slowest, seed = time.monotonic() + seconds, 0, 0.0, 0
    while time.monotonic() < end:
        for attempt in (try_columns, *[try_cell] * 40):
            started = time.process_time()
            attempt(random.Random(seed))
            took = time.process_time() - started
            slowest, tried, seed = max(slowest, took), tried + 1, seed + 1
            if took > LIMIT * (4 if attempt is try_columns else 1):
                print(f"seed {seed - 1}: {attempt.__name__} took {took:.2f} s")  # noqa: T201
                return 1
    print(f"{tried:,} columns and cells in {seconds:.0f} s: no crash, the slowest took {slowest:.3f} s.")  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
