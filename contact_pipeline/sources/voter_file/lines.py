r"""Is every line of a block one record? A vectorised look at the bytes, before any reader may guess.

DuckDB's CSV reader takes a line with one cell too many as long as the last is empty, and shifts every later cell
(measured: a third of damaged files). So each line's delimiters are counted here; what is not plainly one record of the
right width is named, and read by `careful` or put aside. Making tables out of lines does not belong here.

Lines end with `\n` or `\r\n`; a plain line is valid UTF-8, holds no NUL and no further `\r`, and where quotes are used
every one opens a cell, closes it or is doubled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

NEWLINE, RETURN, SPACE = 10, 13, 32
BLANKS = b" \t\r\x1a"
"""A line of these is blank; the last is the end mark of old DOS files."""
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


def look_at_lines(block: bytes, *, width: int, delimiter: str, quote: str, is_valid: bool = False) -> Lines:
    r"""Judge every line of a block.

    Args:
        block: Whole lines; the last byte is `\n`.
        width: Cells a record has.
        delimiter: One ASCII character.
        quote: One ASCII character; empty when quotes mean nothing.
        is_valid: Known to be UTF-8.
    """
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == NEWLINE)
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    is_delimiter = data == ord(delimiter)
    counts = np.add.reduceat(is_delimiter.view(np.uint8), starts, dtype=np.uint16)
    lengths = ends - starts
    quoted = _Quoted.none(len(starts))
    if quote and quote.encode() in block:
        quoted = _look_at_quotes(data, starts, ends, ord(delimiter), ord(quote))
        counts[quoted.lines] = quoted.counts
    plain = quoted.fine & (lengths < LONGEST_LINE) & (counts == width - 1) & (lengths - counts > width)
    lone = _lone(block, starts, ends, quoted.fine & (counts == 0) & (width > 1))
    _only_at_ends(block, data, starts, plain)
    if not is_valid:
        _valid_text(block, starts, ends, plain)
    padded = quoted.padded or _is_padded(data, is_delimiter, starts, ends, quoted.lines)
    return Lines(starts, ends, plain, lone, bool(len(quoted.lines)), padded)


def _lone(block: bytes, starts: Places, ends: Places, candidates: Flags) -> Flags:
    """Of the lines without a delimiter, those that are not blank."""
    for number in np.flatnonzero(candidates).tolist():
        candidates[number] = bool(block[starts[number] : ends[number]].strip(BLANKS))
    return candidates


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
    if is_utf8(block):
        return
    for number in lines_with(np.flatnonzero(np.frombuffer(block, np.uint8) > 127), starts):
        if not is_utf8(block[starts[number] : ends[number]]):
            plain[number] = False


def is_utf8(text: bytes) -> bool:
    """Whether all of it is valid UTF-8; Arrow looks ten times as fast as Python decodes."""
    import pyarrow as pa

    if text.isascii():
        return True
    buffers = [None, pa.py_buffer(np.array([0, len(text)], np.int32)), pa.py_buffer(text)]
    try:
        pa.Array.from_buffers(pa.binary(), 1, buffers).cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True


def _is_padded(data: Bytes, is_delimiter: Flags, starts: Places, ends: Places, quoted: Places | None) -> bool:
    """Whether a cell begins or ends with a space; lines with quotes, where a delimiter may be text, do not count."""
    is_space = data == SPACE
    if bool(is_space[starts].any() or is_space[ends - 1].any() or is_space[np.maximum(ends - 2, 0)].any()):
        return True
    after = np.flatnonzero(is_space[1:] & is_delimiter[:-1])
    before = np.flatnonzero(is_space[:-1] & is_delimiter[1:])
    if quoted is None or not len(quoted):
        return bool(len(after) or len(before))
    return bool(len(np.setdiff1d(lines_with(np.concatenate((after, before)), starts), quoted)))


class _Quoted(NamedTuple):
    """The lines with quotes: their numbers, their delimiters outside quotes, and whether one of their cells is padded.

    `fine` says of all lines of the block that no quote stands where none may.
    """

    lines: Places
    counts: npt.NDArray[np.uint16]
    padded: bool
    fine: Flags

    @staticmethod
    def none(size: int) -> _Quoted:
        """Of a block without quotes."""
        return _Quoted(np.zeros(0, np.int64), np.zeros(0, np.uint16), False, np.ones(size, np.bool_))


def _look_at_quotes(data: Bytes, starts: Places, ends: Places, delimiter: int, quote: int) -> _Quoted:
    """Look at the lines with quotes by themselves, unless most lines have some."""
    lines = lines_with(np.flatnonzero(data == quote), starts)
    part, part_starts, part_ends = data, starts, ends
    if len(lines) > FEW_QUOTED * len(starts):
        lines = np.arange(len(starts))
    else:
        part, part_starts, part_ends = _only(data, starts[lines], ends[lines])
    counts, part_fine, padded = _quoted_counts(part, part_starts, part_ends, delimiter, quote)
    fine = np.ones(len(starts), np.bool_)
    fine[lines] = part_fine
    return _Quoted(lines, counts, padded, fine)


def _only(data: Bytes, starts: Places, ends: Places) -> tuple[Bytes, Places, Places]:
    """Some lines, each with its line end, as a block of their own."""
    view = data.data
    part = np.frombuffer(
        b"".join(view[start : end + 1] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)), np.uint8
    )
    lengths = ends - starts + 1
    new_ends = np.cumsum(lengths) - 1
    return part, new_ends - lengths + 1, new_ends


def _quoted_counts(
    data: Bytes, starts: Places, ends: Places, delimiter: int, quote: int
) -> tuple[npt.NDArray[np.uint16], Flags, bool]:
    """Delimiters outside quotes per line, which lines have each quote where it may stand, and whether cells are padded.

    A line with an odd number of quotes is damaged, or the beginning of a record of several lines; its quotes are taken
    out of the reckoning, so that it does not turn inside and outside round for the lines after it.
    """
    is_quote = data == quote
    odd = np.bitwise_xor.reduceat(is_quote, starts)
    for start, end in zip(starts[odd].tolist(), ends[odd].tolist(), strict=True):
        is_quote[start:end] = False
    inside = np.bitwise_xor.accumulate(is_quote)
    outside: Flags = (data == delimiter) & ~inside
    counts = np.add.reduceat(outside.view(np.uint8), starts, dtype=np.uint16)
    places = np.flatnonzero(is_quote)
    misplaced = places[~_may_stand(data, places, inside[places], delimiter, quote)]
    odd[lines_with(misplaced, starts)] = True
    edges = places[(data[places - 1] == SPACE) | (data[np.minimum(places + 1, len(data) - 1)] == SPACE)]
    return counts, ~odd, bool(len(edges)) or _is_padded(data, outside, starts, ends, None)


def _may_stand(data: Bytes, places: Places, opens: Flags, delimiter: int, quote: int) -> Flags:
    """A quote opens after a delimiter, a line end or a quote, and closes before a delimiter, a line end or a quote."""
    beside = data[np.where(opens, places - 1, places + 1)]
    at_edge = (beside == delimiter) | (beside == NEWLINE) | (beside == quote) | (~opens & (beside == RETURN))
    result: Flags = at_edge | (opens & (places == 0))
    return result
