"""The independent counter: how many records a text holds, found without the splitter's reader.

Counting for the ledger (seen = accepted + quarantined + blank) belongs here, and nothing else does. It follows the rule
written in `records`, with a regular expression over a sliding window in place of a line-fed CSV reader, so that a
mistake in one of the two shows as a difference.
"""

from __future__ import annotations

import re
from typing import TextIO

from contact_pipeline.landing.records import LINE_CAP, reach

CHUNK = 4_000_000
FEW_LINES = 5
_LINE_END = re.compile(r"\r\n|\r|\n")
_AHEAD = LINE_CAP + 1_100_000


def count_records(text: TextIO, *, delimiter: str, quote: str = '"') -> int:
    """The number of records in a text: its header, blank lines and damaged records included.

    Args:
        text: A stream opened with `newline=""`, at its start.
        delimiter: One character.
        quote: The quote mark, doubled inside a quoted cell.
    """
    counter = _Counter(text, delimiter, quote)
    while counter.step():
        pass
    return counter.records


class _Counter:
    """A window over the text, its position, and what was counted up to there."""

    def __init__(self, text: TextIO, delimiter: str, quote: str) -> None:
        q, d = re.escape(quote), re.escape(delimiter)
        cell = f"(?>{q}[^{q}]*+(?:{q}{q}[^{q}]*+)*+{q}|[^{q}{d}\\r\\n][^{d}\\r\\n]*+|)"
        cells = f"{cell}(?:{d}{cell})*+"
        self._ended = re.compile(f"{cells}(?:\\r\\n|\\r|\\n)")
        self._last = re.compile(f"{cells}\\Z")
        self._text = text
        self._window = ""
        self._position = 0
        self._complete = False
        self._broken = 0
        self.records = 0

    def step(self) -> bool:
        """Count one record; False at the end of the text."""
        if not self._complete and len(self._window) - self._position < _AHEAD:
            self._refill()
        if self._position >= len(self._window):
            return False
        self.records += 1
        first = self._line_end(self._position)
        if first - self._position > LINE_CAP and self._too_long(first):
            return True
        end = self._record_end(first)
        if end is None:
            self._broken += 1
        self._position = first if end is None else end
        return True

    def _refill(self) -> None:
        wanted = max(CHUNK, _AHEAD)
        pieces = [self._window[self._position :]]
        size = len(pieces[0])
        while size < wanted + _AHEAD:
            piece = self._text.read(wanted)
            if not piece:
                self._complete = True
                break
            pieces.append(piece)
            size += len(piece)
        self._window = "".join(pieces)
        self._position = 0

    def _line_end(self, position: int) -> int:
        found = _LINE_END.search(self._window, position)
        return found.end() if found else len(self._window)

    def _too_long(self, first: int) -> bool:
        """Whether the line is over the cap; if so, go past it, wherever it ends."""
        content = self._window[self._position : first].rstrip("\r\n")
        if len(content) <= LINE_CAP:
            return False
        self._broken += 1
        self._position = first
        while first == len(self._window) and not self._window.endswith("\n") and not self._complete:
            if self._window.endswith("\r"):
                self._refill()
                self._position += self._window.startswith("\n")
                return True
            self._refill()
            first = self._position = self._line_end(0)
        return True

    def _record_end(self, first: int) -> int | None:
        """Where the record at the position ends if it can be read strictly within its reach, else None."""
        if self._ended.match(self._window, self._position, first):
            return first
        lines, characters = reach(self._broken)
        for further in (min(FEW_LINES, lines), lines):
            limit = self._reach_end(first, further, characters)
            found = self._ended.match(self._window, self._position, limit)
            if not found and limit == len(self._window) and self._complete:
                found = self._last.match(self._window, self._position, limit)
            if found:
                return found.end()
        return None

    def _reach_end(self, first: int, lines: int, characters: int) -> int:
        """The end of the last line the record may go on to."""
        end = first
        for _ in range(lines):
            if end >= len(self._window):
                break
            following = self._line_end(end)
            if following - first > characters:
                break
            end = following
        return end
