"""How a text is written: its delimiter, its quotes, whether it has a header. We decide, no reader guesses.

A tab-delimited file has no quotes (nothing documents quoting in the state's own extract, sources.md 5.2), so that a
name with a quote mark in it stays a name.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass

from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.sources.voter_file.layouts import Reading, named_layout, read_header, read_positions

QUOTES = {"\t": "", ",": '"', "|": '"', ";": '"'}
"""Delimiter → quote mark, the likeliest delimiter first."""


@dataclass(frozen=True)
class Dialect:
    """`header` is the header line's text, empty where there is none; `reading` says what the columns are."""

    delimiter: str
    quote: str
    header: str
    reading: Reading


def decide_dialect(beginning: str, layout: str | None = None) -> Dialect:
    """Read the first line.

    Args:
        beginning: The file's first lines.
        layout: A layout's name, where a person said it.

    Raises:
        Refused: No layout fits; the message names the columns found and those missing.
    """
    first = next((line for line in beginning.splitlines() if line.strip()), "")
    delimiter = max(QUOTES, key=first.count)
    cells = split_line(first, delimiter)
    if layout and named_layout(layout).positions:
        return Dialect(delimiter, QUOTES[delimiter], "", read_positions(len(cells), layout))
    try:
        return Dialect(delimiter, QUOTES[delimiter], first, read_header(cells, layout))
    except Refused:
        if layout or _is_header(cells):
            raise
    return Dialect(delimiter, QUOTES[delimiter], "", read_positions(len(cells)))


def split_line(line: str, delimiter: str) -> list[str]:
    """The cells of one line."""
    if not QUOTES[delimiter]:
        return line.split(delimiter)
    return next(csv.reader([line], delimiter=delimiter, quotechar=QUOTES[delimiter]))


def _is_header(cells: list[str]) -> bool:
    """A header names every column, with words; a record of voters has ids, dates and gaps."""
    return all(cell.strip() and not cell.strip()[0].isdigit() for cell in cells)
