r"""Is every line of a block one record? A vectorised look at the bytes, before any reader may guess.

DuckDB's CSV reader takes a line with one cell too many as long as the last is empty, and shifts every later cell
(measured: a third of damaged files). So each line's delimiters are counted here; what is not plainly one record of the
right width is named, and read by `careful` or put aside. Making tables out of lines does not belong here.

Lines end with `\n` or `\r\n`; a plain line is valid UTF-8, holds no NUL and no further `\r`, and where quotes are used
every one opens a cell, closes it or is doubled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

NEWLINE, RETURN, SPACE = 10, 13, 32
LONGEST_LINE = 60_000
"""Bytes; a longer line is never plain, so that its delimiters are counted in 16 bits without overflow."""
FEW_QUOTED = 0.3
"""Up to this share of lines with quotes, those lines are looked at by themselves."""

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Lines:
    r"""The lines of a block: where each starts and ends (its `\n` excluded), its delimiters outside quotes, and flags.

    `plain`: one record of the right width. `lone`: not blank, but without any delimiter, as the second half of a line
    torn inside its first or last cell. `quoted`: some plain line holds a quote. `padded`: some cell begins or ends
    with a space.
    """

    starts: Places
    ends: Places
    plain: Flags
    lone: Flags
    quoted: bool
    padded: bool

    def __len__(self) -> int:
        return len(self.starts)


def look_at_lines(block: bytes, *, width: int, delimiter: str, quote: str) -> Lines:
    r"""Judge every line of a block.

    Args:
        block: Whole lines; the last byte is `\n`.
        width: Cells a record has.
        delimiter: One ASCII character.
        quote: One ASCII character; empty when quotes mean nothing.
    """
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == NEWLINE)
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    is_delimiter = data == ord(delimiter)
    counts = np.add.reduceat(is_delimiter.view(np.uint8), starts, dtype=np.uint16)
    lengths = ends - starts
    plain = lengths < LONGEST_LINE
    lone = lengths > 1 if width > 1 else np.zeros(len(starts), np.bool_)
    quoted = bool(quote) and quote.encode() in block
    if quoted:
        fine = _count_outside_quotes(data, starts, ends, counts, ord(delimiter), ord(quote))
        plain &= fine
        lone &= fine
    plain &= counts == width - 1
    lone &= counts == 0
    _only_at_ends(block, data, starts, plain)
    _valid_text(block, starts, ends, plain)
    plain &= lengths - counts > width
    padded = _is_padded(data, is_delimiter, starts, ends) or (quoted and (b' "' in block or b'" ' in block))
    return Lines(starts, ends, plain, lone, quoted, padded)


def beside_lone(lone: Flags, plain: Flags) -> Flags:
    """Plain lines right before or after a lone one: one of their outer cells may be torn."""
    torn = np.zeros(len(plain), np.bool_)
    torn[1:] |= lone[:-1]
    torn[:-1] |= lone[1:]
    return torn & plain


def lines_with(places: Places, starts: Places) -> Places:
    """The numbers of the lines that hold these bytes, each once."""
    found: Places = np.unique(np.searchsorted(starts, places, side="right") - 1)
    return found


def _only_at_ends(block: bytes, data: Bytes, starts: Places, plain: Flags) -> None:
    r"""Lines with a NUL, or a `\r` that does not stand before `\n`, are not plain."""
    if b"\0" in block:
        plain[lines_with(np.flatnonzero(data == 0), starts)] = False
    if b"\r" in block:
        returns = np.flatnonzero(data == RETURN)
        inside = returns[data[returns + 1] != NEWLINE]
        if len(inside):
            plain[lines_with(inside, starts)] = False


def _valid_text(block: bytes, starts: Places, ends: Places, plain: Flags) -> None:
    """Lines that are not valid UTF-8 are not plain. A block that is valid as a whole is so line by line."""
    if block.isascii() or is_utf8(block):
        return
    for number in lines_with(np.flatnonzero(np.frombuffer(block, np.uint8) > 127), starts):
        if not is_utf8(block[starts[number] : ends[number]]):
            plain[number] = False


def is_utf8(text: bytes) -> bool:
    """Whether all of it is valid UTF-8."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_padded(data: Bytes, is_delimiter: Flags, starts: Places, ends: Places) -> bool:
    is_space = data == SPACE
    if bool((is_space[:-1] & is_delimiter[1:]).any()) or bool((is_space[1:] & is_delimiter[:-1]).any()):
        return True
    return bool(is_space[starts].any() or is_space[ends - 1].any() or is_space[ends - 2].any())


def _count_outside_quotes(
    data: Bytes, starts: Places, ends: Places, counts: npt.NDArray[np.uint16], delimiter: int, quote: int
) -> Flags:
    """Correct the counts of lines with quotes; give which lines have none out of place."""
    fine = np.ones(len(starts), np.bool_)
    lines = lines_with(np.flatnonzero(data == quote), starts)
    if len(lines) > FEW_QUOTED * len(starts):
        part, part_starts, part_ends, lines = data, starts, ends, np.arange(len(starts))
    else:
        part, part_starts, part_ends = _only(data, starts[lines], ends[lines])
    counts[lines], fine[lines] = _quoted_counts(part, part_starts, part_ends, delimiter, quote)
    return fine


def _only(data: Bytes, starts: Places, ends: Places) -> tuple[Bytes, Places, Places]:
    """Some lines, each with its line end, as a block of their own."""
    view = memoryview(data)
    part = np.frombuffer(
        b"".join(view[start : end + 1] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)), np.uint8
    )
    lengths = ends - starts + 1
    new_ends = np.cumsum(lengths) - 1
    return part, new_ends - lengths + 1, new_ends


def _quoted_counts(
    data: Bytes, starts: Places, ends: Places, delimiter: int, quote: int
) -> tuple[npt.NDArray[np.uint16], Flags]:
    """Delimiters outside quotes per line, and which lines have each quote where one may stand.

    A line with an odd number of quotes is damaged, or the beginning of a record of several lines; its quotes are taken
    out of the reckoning, so that it does not turn inside and outside round for the lines after it.
    """
    is_quote = data == quote
    odd = np.bitwise_xor.reduceat(is_quote, starts)
    for start, end in zip(starts[odd].tolist(), ends[odd].tolist(), strict=True):
        is_quote[start:end] = False
    inside = np.bitwise_xor.accumulate(is_quote)
    outside: Any = (data == delimiter) & ~inside
    counts = np.add.reduceat(outside.view(np.uint8), starts, dtype=np.uint16)
    places = np.flatnonzero(is_quote)
    misplaced = places[~_may_stand(data, places, inside[places], delimiter, quote)]
    odd[lines_with(misplaced, starts)] = True
    return counts, ~odd


def _may_stand(data: Bytes, places: Places, opens: Flags, delimiter: int, quote: int) -> Flags:
    """A quote opens after a delimiter, a line end or a quote, and closes before a delimiter, a line end or a quote."""
    beside = data[np.where(opens, places - 1, places + 1)]
    at_edge = (beside == delimiter) | (beside == NEWLINE) | (beside == quote) | (~opens & (beside == RETURN))
    result: Flags = at_edge | (opens & (places == 0))
    return result
