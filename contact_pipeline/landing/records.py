r"""The record splitter: one record after the other, and never a cell that is not in the file.

Cutting text into records and finding damaged quotes belong here. Whether a record fits the header is judged in `shape`.

The rule, which `count` follows with another algorithm:

- Lines end with `\n`, `\r\n` or `\r`, and with nothing else (not U+2028, not U+0085).
- A record starts at a line's start and is read strictly: a quoted cell ends at its closing quote, which a delimiter or
  a line end must follow.
- A record may go on over further lines only as far as `reach` allows. Where strict reading fails, the first line alone
  is a damaged record, and reading starts again at the next line: one stray quote costs one line, not the rest.
- A line longer than `LINE_CAP` is a damaged record by itself.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, TextIO

LINE_CAP = 2_000_000
"""Characters of one physical line, its end not counted; no list of people needs more."""

REACHES = ((20, 1_000, 1_000_000), (200, 100, 100_000))
LAST_REACH = (10, 20_000)

BROKEN_QUOTES = "a quote mark is opened or closed in the wrong place"
TOO_LONG_LINE = f"the line is longer than {LINE_CAP:,} characters"


class Record(NamedTuple):
    """One record: where it starts, its cells (None when it cannot be read), and its exact text without the line end.

    `doubtful` names the line of a damaged record this one may be a part of; `within` says that it most likely is.
    """

    line: int
    fields: list[str] | None
    raw: str
    problem: str | None = None
    doubtful: int | None = None
    within: bool = False
    line_end: str = ""


class ReachError(Exception):
    """A record goes on further than it may, or a line is too long."""


def reach(broken: int) -> tuple[int, int]:
    """How many further lines, and characters of them, a record may take after `broken` damaged records.

    It shrinks, so that a file made of odd quotes is read in time proportional to its size.
    """
    for limit, lines, characters in REACHES:
        if broken < limit:
            return lines, characters
    return LAST_REACH


class _LineFeed:
    """Physical lines for `csv.reader`, which can be given back after a damaged record."""

    def __init__(self, text: TextIO) -> None:
        self._readline = text.readline
        self._waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.line = 1
        self.broken = 0
        self._lines, self._characters = reach(0)
        self._spent = 0

    def __iter__(self) -> _LineFeed:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._read()
        if not line:
            raise StopIteration
        self.taken.append(line)
        if len(self.taken) > 1:
            self._spent += len(line)
            if len(self.taken) - 1 > self._lines or self._spent > self._characters:
                raise ReachError
        elif len(line) > LINE_CAP and len(without_line_end(line)) > LINE_CAP:
            raise ReachError
        return line

    def _read(self) -> str:
        line = self._readline(LINE_CAP + 2)
        if len(line) < LINE_CAP + 2 or line.endswith("\n"):
            return line
        return self._whole(line)

    def _whole(self, line: str) -> str:
        """The whole of a line longer than the cap; a piece of it may end between a carriage return and its newline."""
        pieces = [line]
        while len(pieces[-1]) == LINE_CAP + 2 and not pieces[-1].endswith(("\r", "\n")):
            pieces.append(self._readline(LINE_CAP + 2))
        if len(pieces[-1]) == LINE_CAP + 2 and pieces[-1].endswith("\r"):
            following = self._read()
            if following == "\n":
                pieces.append(following)
            elif following:
                self._waiting.appendleft(following)
        return "".join(pieces)

    def next_record(self) -> None:
        """Forget the record just read and stand at the line after it."""
        self.line += len(self.taken)
        self.taken.clear()
        self._spent = 0

    def give_back(self) -> None:
        """Keep only the first line of the record and read the others again."""
        self._waiting.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]
        self.broken += 1
        self._lines, self._characters = reach(self.broken)


def without_line_end(line: str) -> str:
    """The line without its own line end, whichever of the three it is."""
    if line.endswith("\r\n"):
        return line[:-2]
    return line[:-1] if line.endswith(("\n", "\r")) else line


def split_records(text: TextIO, *, delimiter: str, quote: str = '"') -> Iterator[Record]:
    """All records of a text in order, the header and blank lines among them.

    Args:
        text: A stream opened with `newline=""`, at its start.
        delimiter: One character.
        quote: The quote mark, doubled inside a quoted cell.

    Yields:
        Records; `fields` is None and `problem` set where the quotes are damaged or a line is too long.
    """
    csv.field_size_limit(max(csv.field_size_limit(), LINE_CAP * 2))
    feed = _LineFeed(text)
    reader = csv.reader(feed, delimiter=delimiter, quotechar=quote, strict=True)
    doubt = _Doubt(delimiter, quote)
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (csv.Error, ReachError):
            doubt.note(feed.line, feed.taken)
            feed.give_back()
            yield _damaged(feed, doubt)
        else:
            taken = feed.taken
            whole = taken[0] if len(taken) == 1 else "".join(taken)
            raw = without_line_end(whole)
            if feed.line <= doubt.end:
                yield Record(feed.line, fields, raw, None, doubt.start, doubt.within, whole[len(raw) :])
            else:
                yield Record(feed.line, fields, raw, None, None, False, whole[len(raw) :])
        feed.next_record()


def _damaged(feed: _LineFeed, doubt: _Doubt) -> Record:
    raw = without_line_end(feed.taken[0])
    problem = TOO_LONG_LINE if len(raw) > LINE_CAP else BROKEN_QUOTES
    return Record(feed.line, None, raw, problem, doubt.start if feed.line <= doubt.end else None)


class _Doubt:
    """The lines after a damaged record that strict reading had taken for a part of it.

    A quote that closes at the start of a cell was an opening one, so the stray quote is on the first line and the
    lines between are records of their own. A quote that closes in the middle of a cell is itself the stray one, so the
    lines between lie `within` the damaged cell, as long as they are few enough to be one cell.
    """

    WITHIN_LINES = 10

    def __init__(self, delimiter: str, quote: str) -> None:
        q, d = re.escape(quote), re.escape(delimiter)
        cell = f"(?:{q}[^{q}]*+(?:{q}{q}[^{q}]*+)*+{q}|[^{q}{d}\\r\\n][^{d}\\r\\n]*+|)"
        self._upto = re.compile(f"{cell}(?:{d}{cell})*+")
        self._quote = quote
        self._openers = (delimiter, "\n", "\r", "")
        self.start: int | None = None
        self.end = 0
        self.within = False

    def note(self, line: int, taken: list[str]) -> None:
        """Remember the lines a failed reading went over."""
        last = line + len(taken) - 1
        if len(taken) == 1 or last <= self.end:
            return
        whole = "".join(taken)
        found = self._upto.match(whole)
        closing = found.end() - 1 if found else 0
        closed = len(taken[0]) < closing < len(whole) - 1 and whole[closing] == self._quote
        self.within = closed and whole[closing - 1] not in self._openers and len(taken) <= self.WITHIN_LINES
        self.start, self.end = line, last
