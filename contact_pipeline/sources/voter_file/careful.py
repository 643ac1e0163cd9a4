"""The few lines that are not plainly one record, read one by one: accepted, put aside with a reason, or blank.

What `lines` found plain never comes here. A quoted cell may go on over further lines as long as none of them looks like
a record; where it never closes, its first line alone is put aside and reading starts again at the next.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import NamedTuple

from contact_pipeline.sources.voter_file.lines import BLANKS, LONGEST_LINE, is_utf8

FURTHEST = 20
"""Lines a quoted cell may take."""
RAW_KEPT = 4_000
"""Characters kept of a line put aside."""


class Reject(NamedTuple):
    """A line put aside: its number in the file (1 is the first), the reason, its text as far as it is kept."""

    line: int
    reason: str
    raw: str


class Careful(NamedTuple):
    """What became of a run of lines. `lines` counts those the accepted records took; blank ones are counted alone."""

    accepted: list[tuple[int, list[str]]]
    rejects: list[Reject]
    blank: int
    continued: int


def read_carefully(run: Sequence[bytes], first: int, *, width: int, delimiter: str, quote: str) -> Careful:
    r"""Judge neighbouring lines.

    Args:
        run: The lines, each without its `\n`.
        first: The number of the first one.
        width: Cells a record has.
        delimiter: One character.
        quote: One character; empty when quotes mean nothing.
    """
    result = Careful([], [], 0, 0)
    blank, continued, at = 0, 0, 0
    while at < len(run):
        raw, taken = run[at].removesuffix(b"\r"), 1
        if not raw.strip(delimiter.encode() + quote.encode() + BLANKS):
            blank += 1
        else:
            cells, reason, taken = _cells(run[at : at + FURTHEST], width, delimiter, quote)
            if cells is None:
                result.rejects.append(Reject(first + at, reason, shown(raw)))
            else:
                result.accepted.append((first + at, cells))
                continued += taken - 1
        at += taken
    return result._replace(blank=blank, continued=continued)


def shown(raw: bytes) -> str:
    """A line as text for a person; bytes that mean nothing are written as escapes."""
    return raw[: RAW_KEPT * 4].decode("utf-8", "backslashreplace").replace("\0", "\\x00")[:RAW_KEPT]


def _cells(lines: Sequence[bytes], width: int, delimiter: str, quote: str) -> tuple[list[str] | None, str, int]:
    """The cells of the record that starts these lines, else the reason why not, and how many lines it takes."""
    problem = _unreadable(lines[0])
    if problem:
        return None, problem, 1
    if not quote:
        cells = lines[0].removesuffix(b"\r").decode("utf-8").split(delimiter)
        return _of_width(cells, width, 1)
    text = ""
    for taken, line in enumerate(lines, start=1):
        if _unreadable(line):
            break
        text += line.removesuffix(b"\r").decode("utf-8")
        if text.count(quote) % 2 == 0:
            return _quoted(text, width, delimiter, quote, taken)
        text += "\n"
    return None, "a quote mark is opened and never closed", 1


def _unreadable(line: bytes) -> str | None:
    if len(line) >= LONGEST_LINE:
        return f"the line is longer than {LONGEST_LINE:,} bytes"
    if b"\0" in line:
        return "the line holds a NUL byte"
    if b"\r" in line.removesuffix(b"\r"):
        return "a carriage return stands inside the line"
    return None if is_utf8(line) else "the line holds bytes that are not valid UTF-8"


def _quoted(text: str, width: int, delimiter: str, quote: str, taken: int) -> tuple[list[str] | None, str, int]:
    try:
        records = list(csv.reader([text], delimiter=delimiter, quotechar=quote, strict=True))
    except csv.Error:
        return None, "a quote mark is opened or closed in the wrong place", 1
    if len(records) != 1:
        return None, "a quote mark is opened or closed in the wrong place", 1
    cells, reason, lines = _of_width(records[0], width, taken)
    return cells, reason, lines if cells is not None else 1


def _of_width(cells: list[str], width: int, taken: int) -> tuple[list[str] | None, str, int]:
    if len(cells) != width:
        return None, f"{len(cells)} cells where there should be {width}", taken
    return cells, "", taken
