"""Records torn by a line end: two neighbours that only together show what happened.

A record that fits its header by itself, but whose last or first cell stands partly in a damaged neighbour, is found
and put aside here. What one record shows alone is judged in `shape`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contact_pipeline.landing.dialect import Dialect
from contact_pipeline.landing.judgement import Judged, Reject
from contact_pipeline.landing.records import Record
from contact_pipeline.landing.text import readable_text

LONGEST_TAIL = 10
"""Records after an accepted one among which the rest of its last cell is looked for."""


def without_torn(pairs: Iterable[tuple[Record, Judged]], dialect: Dialect) -> Iterator[Judged]:
    """The judgements below and above the header, in order, with torn records put aside.

    A record is torn when a later fragment holds the other quote of its last cell, or when it ends, or a fragment before
    it ends, with another line end than the file's: such a line end stood inside a cell.
    """
    width, usual = len(dialect.columns), ""
    waiting: list[Judged] = []
    first: Record | None = None
    before: Record | None = None
    for record, judged in pairs:
        usual = usual or record.line_end
        if record.line == dialect.header_line:
            continue
        if width > 1 and record.line > dialect.header_line and _is_lone_cell(record, judged):
            judged = _told_of_neighbours(judged)
        if judged.cells is not None:
            yield from waiting
            if before is not None and before.line_end != usual and _is_fragment(before, width):
                judged = _begins_above(judged, record, before, dialect)
            waiting, first = [judged], record
        elif waiting and first is not None:
            if _is_fragment(record, width) and (_may_close(record, dialect) or _ends_oddly(first, before, usual)):
                waiting[0] = _goes_on_below(waiting[0], first, record, dialect)
            waiting.append(judged)
            if len(waiting) > LONGEST_TAIL:
                yield from waiting
                waiting, first = [], None
        else:
            yield judged
        before = record
    yield from waiting


def _is_fragment(record: Record, width: int) -> bool:
    """Fewer cells than the header, but not none."""
    fields = record.fields
    return fields is not None and len(fields) < width and bool(record.raw.strip())


def _is_lone_cell(record: Record, judged: Judged) -> bool:
    """One cell on a line of its own: the rest of a cell above, the beginning of one below, or something else."""
    return judged.reject is not None and record.fields is not None and len(record.fields) == 1


def _told_of_neighbours(judged: Judged) -> Judged:
    """The same with what nothing in the file can decide, so that a human looks."""
    assert judged.reject is not None, "only of records put aside"
    told = "; if it belongs to the last cell above it or to the first below it, that record was cut short"
    return judged._replace(reject=judged.reject._replace(reason=judged.reject.reason + told))


def _may_close(record: Record, dialect: Dialect) -> bool:
    """Whether an odd quote stands where a quoted cell ends: before a delimiter or at the end of the line."""
    raw, quote = record.raw.rstrip("\r\n"), dialect.quote
    closes = raw.endswith(quote) or f"{quote}{dialect.delimiter}" in raw
    return closes and raw.count(quote) % 2 == 1


def _ends_oddly(first: Record, before: Record | None, usual: str) -> bool:
    """Whether the accepted record stands right before, and its line end is not the file's."""
    return before is first and first.line_end != usual


def _goes_on_below(judged: Judged, record: Record, fragment: Record, dialect: Dialect) -> Judged:
    if judged.cells is None:
        return judged
    reason = f"its last cell may go on in the damaged record on line {fragment.line}"
    return _aside(judged, record, dialect.columns[-1], reason)


def _begins_above(judged: Judged, record: Record, fragment: Record, dialect: Dialect) -> Judged:
    reason = f"its first cell may begin in the damaged record on line {fragment.line}"
    return _aside(judged, record, dialect.columns[0], reason)


def _aside(judged: Judged, record: Record, column: str, reason: str) -> Judged:
    reject = Reject(record.line, column, reason, readable_text(record.raw))
    return Judged(record.line, None, reject, judged.size)
