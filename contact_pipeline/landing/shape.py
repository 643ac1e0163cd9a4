"""Does a record fit? Each one is accepted, quarantined with a reason, or blank, before anything is loaded.

Judging the shape of a record against its header belongs here: number of cells, length, damaged bytes and quotes, a
missing id. Judging what a value means does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TextIO

from contact_pipeline.landing.columns import told_apart
from contact_pipeline.landing.dialect import Dialect, fully_quoted
from contact_pipeline.landing.header import known_names
from contact_pipeline.landing.judgement import Judged, Reject
from contact_pipeline.landing.records import Record, split_records
from contact_pipeline.landing.text import UNDECODABLE, readable_text
from contact_pipeline.landing.torn import without_torn
from contact_pipeline.sources.entities import Entity

CELL_CAP = 100_000
"""Characters of one cell; a longer one is quarantined before any parser sees it."""


SEPARATOR = "\x1f"
"""Between cells when they are looked at together; white space, so that blank cells stay blank."""

Problem = tuple[str | None, str]
"""A column, where one is at fault, and a reason."""


def judged_records(text: TextIO, dialect: Dialect, entity: Entity, *, cell_cap: int = CELL_CAP) -> Iterator[Judged]:
    """Every record of a file but its header, judged.

    Args:
        text: The whole file, opened with `newline=""`.
        dialect: How it is written.
        entity: Its id column, where it has one, must be filled.
        cell_cap: Characters a cell may have.
    """
    judge = _Judge(dialect, entity, cell_cap)
    records = split_records(text, delimiter=dialect.delimiter, quote=dialect.quote)
    yield from without_torn(((record, judge.judged(record)) for record in records), dialect)


def judged_rows(records: Iterable[Record], dialect: Dialect, entity: Entity) -> Iterator[Judged]:
    """Every row of a sheet but its header, judged; rows of a sheet cannot be torn apart as lines of a text can."""
    judge = _Judge(dialect, entity, CELL_CAP)
    return (judge.judged(record) for record in records if record.line != dialect.header_line)


class _Judge:
    """The checks, in the order in which a person would want to hear of them."""

    def __init__(self, dialect: Dialect, entity: Entity, cell_cap: int) -> None:
        self._dialect = dialect
        self._columns = dialect.columns
        self._width = len(dialect.columns)
        self._header_line = dialect.header_line
        self._cell_cap = cell_cap
        self._quote = dialect.quote
        self._worded = dialect.header and known_names(dialect.columns, entity) >= 2
        self._id_column = entity.id_column
        self._id = _place(dialect.columns, entity.id_column)
        q, d = re.escape(dialect.quote), re.escape(dialect.delimiter)
        self._cell = re.compile(f"(?:^|{d})(?:{q}[^{q}]*+(?:{q}{q}[^{q}]*+)*+{q}|([^{q}{d}\\r\\n][^{d}\\r\\n]*+|))")

    def judged(self, record: Record) -> Judged:
        """One record, judged by itself."""
        fields, size = record.fields, len(record.raw)
        joined = SEPARATOR.join(fields) if fields is not None else ""
        if fields is not None and (not joined or joined.isspace()):
            return Judged(record.line, None, None, size)
        problem = self.problem(record, joined)
        if problem is None:
            return Judged(record.line, fields, None, size)
        return Judged(record.line, None, Reject(record.line, *problem, readable_text(record.raw)), size)

    def problem(self, record: Record, joined: str) -> Problem | None:
        """What is wrong with a record that is not blank; None when it is accepted."""
        if record.line < self._header_line:
            return None, "before the header"
        if record.fields is None:
            return None, self._unreadable(record)
        if self._is_plain(record, record.fields, joined):
            return self._not_a_record(record.fields)
        return (
            self._too_long(record, record.fields)
            or self._doubtful(record, record.fields)
            or self._width_problem(record.fields)
            or self._characters(record.fields, joined)
            or self._quotes(record, record.fields, joined)
            or self._not_a_record(record.fields)
        )

    def _is_plain(self, record: Record, fields: list[str], joined: str) -> bool:
        """Whether one look shows that no check below can find anything, as for most records."""
        return (
            len(fields) == self._width
            and record.doubtful is None
            and joined.isascii()
            and self._quote not in joined
            and "\x00" not in joined
            and len(joined) <= self._cell_cap
        )

    @staticmethod
    def _unreadable(record: Record) -> str:
        reason = record.problem or "the record cannot be read"
        if record.doubtful is not None and record.doubtful != record.line:
            return f"{reason}; it may be a part of the damaged record on line {record.doubtful}"
        return reason

    def _too_long(self, record: Record, fields: list[str]) -> Problem | None:
        if len(record.raw) <= self._cell_cap:
            return None
        place = next((place for place, cell in enumerate(fields) if len(cell) > self._cell_cap), None)
        if place is None:
            return None
        return self._name(place, fields), f"a cell holds {len(fields[place]):,} characters, at most {self._cell_cap:,}"

    def _width_problem(self, fields: list[str]) -> Problem | None:
        if len(fields) == self._width:
            return None
        expected = "the header names" if self._dialect.header else "the other records have"
        return None, f"{len(fields)} cells where {expected} {self._width}"

    def _characters(self, fields: list[str], joined: str) -> Problem | None:
        if "\x00" in joined:
            return self._first(fields, "\x00"), "a cell holds a NUL byte"
        if joined.isascii():
            return None
        found = UNDECODABLE.search(joined)
        if found is None:
            return None
        encoding = self._dialect.encoding
        return self._first(fields, found.group()), f"a cell holds bytes that are not valid {encoding}"

    def _quotes(self, record: Record, fields: list[str], joined: str) -> Problem | None:
        """An unquoted cell with an odd number of quote marks has lost or gained one; an even number is left alone."""
        if self._quote not in joined or not any(cell.count(self._quote) % 2 for cell in fields):
            return None
        for place, found in enumerate(self._cell.finditer(record.raw)):
            if found.group(1) and found.group(1).count(self._quote) % 2:
                return self._name(place, fields), "a single quote mark inside a cell that is not quoted"
        return None

    def _doubtful(self, record: Record, fields: list[str]) -> Problem | None:
        if record.doubtful is None:
            return None
        dialect = self._dialect
        unlike = dialect.all_quoted and not fully_quoted(record.raw, fields, dialect.delimiter, dialect.quote)
        if record.within or unlike:
            return None, f"it may be a part of the damaged record on line {record.doubtful}"
        return None

    def _not_a_record(self, fields: list[str]) -> Problem | None:
        if self._worded and fields[0].lstrip("\ufeff") == self._columns[0] and told_apart(fields) == self._columns:
            return None, "the header once more"
        if self._id is not None and not fields[self._id].strip():
            return self._id_column, f"no {self._id_column}"
        return None

    def _name(self, place: int, fields: list[str]) -> str | None:
        return self._dialect.columns[place] if len(fields) == self._width else None

    def _first(self, fields: list[str], character: str) -> str | None:
        return next((self._name(place, fields) for place, cell in enumerate(fields) if character in cell), None)


def _place(columns: tuple[str, ...], name: str | None) -> int | None:
    """Where the id column stands among the file's columns, spelling and spaces at its ends aside."""
    if name is None:
        return None
    wanted = name.strip().lower()
    return next((place for place, column in enumerate(columns) if column.strip().lower() == wanted), None)
