"""A text's lines as Arrow record batches: every line accounted for, memory bounded by the block.

The plain lines of a block go to Arrow's reader, which can no longer misread them; the others are read by `careful`.
Cells are empty (null) where they are blank or hold a word for it. What cells mean is not judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from contact_pipeline.landing.outcomes import LedgerImbalanceError, Refused
from contact_pipeline.sources.voter_file.careful import Reject, read_carefully, shown
from contact_pipeline.sources.voter_file.layouts import rules
from contact_pipeline.sources.voter_file.lines import Flags, Lines, Places, beside_lone, look_at_lines

if TYPE_CHECKING:
    import pyarrow as pa

ARROW_BLOCK = 1 << 22
LOOK_BACK = 50
"""Lines a run of odd lines at the end of a block may be carried into the next."""
LONGEST_BLOCK = 1 << 28
FEW_REJECTS, REJECT_SHARE = 1_000, 0.1
"""More rejects than this, and than this share of the lines, and the file is refused: it is not what it is taken for."""
TORN = "its first or last cell may go on in the single cell on the line beside it"


@dataclass
class Tally:
    """What became of the lines so far; the header and the further lines of a record count as lines of their own.

    `newlines` is counted in the bytes as they are read, by other means than the lines are found.
    """

    newlines: int = 0
    lines: int = 0
    header: int = 0
    accepted: int = 0
    blank: int = 0
    continued: int = 0
    rejects: list[Reject] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """Records: all lines but the header and the further lines of records of several."""
        return self.newlines - self.header - self.continued

    def check(self) -> None:
        """Strike the balance.

        Raises:
            LedgerImbalanceError: A line is not accounted for, or accounted for twice.
        """
        told = self.accepted + len(self.rejects) + self.blank
        if self.lines != self.newlines or told != self.seen:
            raise LedgerImbalanceError(
                f"{self.seen:,} records were seen, but {self.accepted:,} accepted, {len(self.rejects):,} put aside and "
                f"{self.blank:,} blank. Nothing was loaded; please report this with the file's first lines."
            )

    def check_share(self) -> None:
        """Give up on a file that does not fit.

        Raises:
            Refused: Too many lines do not fit.
        """
        if len(self.rejects) > max(FEW_REJECTS, REJECT_SHARE * self.lines):
            first = self.rejects[0]
            raise Refused(
                f"{len(self.rejects):,} of the first {self.lines:,} lines do not fit; the first is line {first.line}: "
                f"{first.reason}. Nothing was loaded. Ask for the file again, or name the right layout."
            )


@dataclass(frozen=True)
class TextFormat:
    """How lines are cut into cells. `header` lines at the beginning hold none; `columns` are the cells' names.

    `is_valid`: all of the text is known to be UTF-8.
    """

    columns: tuple[str, ...]
    delimiter: str
    quote: str
    header: int
    is_valid: bool = False


def record_batches(pieces: Iterable[bytes], form: TextFormat, tally: Tally) -> Iterator[pa.RecordBatch]:
    """Read a text.

    Args:
        pieces: The text in UTF-8.
        form: How it is written.
        tally: Is kept up to date.

    Yields:
        Batches of the columns as text, and `line` (int64), the number of the record's first line.

    Raises:
        Refused: Too many lines do not fit, or a line has no end.
        LedgerImbalanceError: The balance does not come out even.
    """
    before_is_lone = False
    for block in _blocks(pieces, tally):
        look = look_at_lines(
            block.text, width=len(form.columns), delimiter=form.delimiter, quote=form.quote, is_valid=form.is_valid
        )
        end = len(look) if block.is_last else _complete(look)
        torn = beside_lone(look.lone, look.plain)
        torn[0] |= before_is_lone and look.plain[0]
        yield from _Block(block.text, look, torn, form, tally).batches(end)
        before_is_lone = bool(look.lone[end - 1])
        block.consumed = int(look.ends[end - 1]) + 1
        tally.lines += end
        tally.check_share()
    tally.check()


@dataclass
class _Piece:
    """Whole lines; whoever reads them says how many bytes are done with, the rest comes again."""

    text: bytes
    is_last: bool
    consumed: int = 0


def _blocks(pieces: Iterable[bytes], tally: Tally) -> Iterator[_Piece]:
    r"""The text cut after line ends; the last line gets a `\n` where it has none."""
    rest = b""
    for piece in pieces:
        tally.newlines += piece.count(b"\n")
        end = piece.rfind(b"\n") + 1
        text = b"".join((rest, memoryview(piece)[:end]))
        if not end or text.find(b"\n") == len(text) - 1:
            rest += piece
            if len(rest) > LONGEST_BLOCK:
                raise Refused("A line of the file has no end. It may be another kind of file, or written on one line.")
            continue
        block = _Piece(text, is_last=False)
        yield block
        rest = text[block.consumed :] + piece[end:]
    if rest and not rest.endswith(b"\n"):
        rest += b"\n"
        tally.newlines += 1
    if rest:
        yield _Piece(rest, is_last=True)


def _complete(look: Lines) -> int:
    """How many lines can be judged now: not the last, whose neighbour is unknown, nor a run of odd ones before it."""
    end = len(look) - 1
    first = max(1, end - LOOK_BACK)
    while end > first and not look.plain[end - 1]:
        end -= 1
    return end


class _Block:
    """One block's lines becoming batches."""

    def __init__(self, block: bytes, look: Lines, torn: Flags, form: TextFormat, tally: Tally) -> None:
        self._block, self._look, self._torn, self._form, self._tally = block, look, torn, form, tally

    def batches(self, end: int) -> Iterator[pa.RecordBatch]:
        """The accepted records of the first `end` lines: the plain ones, then the rest."""
        tally, look = self._tally, self._look
        header = max(0, min(end, self._form.header - tally.lines))
        tally.header += header
        fine = look.plain[:end] & ~self._torn[:end]
        fine[:header] = False
        yield from self._plain(np.flatnonzero(fine), end)
        odd = np.flatnonzero(~fine[header:]) + header
        rows = [row for run in _runs(odd) for row in self._careful(run)]
        if rows:
            yield _batch_of(rows, self._form.columns)

    def _plain(self, chosen: Places, end: int) -> Iterator[pa.RecordBatch]:
        if not len(chosen):
            return
        table = _read(self._text_of(chosen, end), self._form, self._look.quoted)
        if table.num_rows != len(chosen):
            raise LedgerImbalanceError(f"{len(chosen):,} lines were read as {table.num_rows:,} records.")
        if self._look.padded:
            table = _trimmed(table)
        self._tally.accepted += len(chosen)
        import pyarrow as pa

        numbers = pa.array(chosen + self._tally.lines + 1)
        yield from table.append_column("line", numbers).to_batches()

    def _text_of(self, chosen: Places, end: int) -> memoryview | bytes:
        """The bytes of the chosen lines; cut out only where others stand between."""
        view, starts, ends = memoryview(self._block), self._look.starts, self._look.ends
        breaks = np.flatnonzero(np.diff(chosen) > 1)
        firsts = np.concatenate((chosen[:1], chosen[breaks + 1]))
        lasts = np.concatenate((chosen[breaks], chosen[-1:]))
        parts = [
            view[start : stop + 1] for start, stop in zip(starts[firsts].tolist(), ends[lasts].tolist(), strict=True)
        ]
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _careful(self, run: range) -> list[tuple[int, list[str]]]:
        """Read neighbouring odd lines; a plain one among them is torn, and parts the others."""
        tally, look = self._tally, self._look
        accepted: list[tuple[int, list[str]]] = []
        part: list[bytes] = []
        for number in run:
            text = self._block[look.starts[number] : look.ends[number]]
            if self._torn[number]:
                accepted += self._read_part(part, number)
                part = []
                tally.rejects.append(Reject(tally.lines + number + 1, TORN, shown(text)))
            else:
                part.append(text)
        return accepted + self._read_part(part, run.stop)

    def _read_part(self, part: list[bytes], stop: int) -> list[tuple[int, list[str]]]:
        if not part:
            return []
        form, tally = self._form, self._tally
        first = tally.lines + stop - len(part) + 1
        read = read_carefully(part, first, width=len(form.columns), delimiter=form.delimiter, quote=form.quote)
        tally.rejects += read.rejects
        tally.blank += read.blank
        tally.continued += read.continued
        tally.accepted += len(read.accepted)
        return read.accepted


def _runs(numbers: Places) -> Iterator[range]:
    """Neighbouring numbers together."""
    for run in np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1):
        if len(run):
            yield range(int(run[0]), int(run[-1]) + 1)


def _read(text: memoryview | bytes, form: TextFormat, quoted: bool) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    options: dict[str, Any] = {"quote_char": form.quote if quoted else False, "double_quote": True}
    return csv.read_csv(
        pa.BufferReader(pa.py_buffer(text)),
        read_options=csv.ReadOptions(column_names=list(form.columns), block_size=ARROW_BLOCK, use_threads=False),
        parse_options=csv.ParseOptions(
            delimiter=form.delimiter, newlines_in_values=False, ignore_empty_lines=False, **options
        ),
        convert_options=csv.ConvertOptions(
            column_types={name: pa.string() for name in form.columns},
            null_values=["", *rules().null_words],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            check_utf8=False,
        ),
    )


def _trimmed(table: pa.Table) -> pa.Table:
    """Cells without spaces at their ends, and null where nothing or a word for it is left."""
    import pyarrow as pa
    import pyarrow.compute as pc

    empty = pa.array(["", *rules().null_words])
    columns = [pc.utf8_trim_whitespace(column) for column in table.columns]
    return pa.table(
        [pc.if_else(pc.is_in(column, empty), pa.scalar(None, pa.string()), column) for column in columns],
        names=table.column_names,
    )


def _batch_of(rows: list[tuple[int, list[str]]], columns: tuple[str, ...]) -> pa.RecordBatch:
    import pyarrow as pa

    empty = {"", *rules().null_words}
    cells = [[None if cell.strip() in empty else cell.strip() for cell in row] for _, row in rows]
    arrays = [pa.array([row[place] for row in cells], pa.string()) for place in range(len(columns))]
    return pa.RecordBatch.from_arrays([*arrays, pa.array([line for line, _ in rows], pa.int64())], [*columns, "line"])
