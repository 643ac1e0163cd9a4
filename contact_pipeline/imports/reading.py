"""A file's records into a plan: every one has a number and a key, and the cells stay as they were sent.

Reading belongs here, with landing's own splitter; what a cell means belongs to `canonical`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pyarrow as pa
from duckdb import DuckDBPyConnection

from contact_pipeline.landing.file_batch import encoding_is_guessed
from contact_pipeline.landing.judgement import Judged, Reject
from contact_pipeline.landing.list_sample import TOLD, file_records
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.warehouse.connection import transaction

CHUNK_CELLS: Final = 400_000
CHUNK_CHARACTERS: Final = 16_000_000
"""As many cells, or as many characters, are held at a time."""

REJECT_COLUMNS: Final = "row_number bigint, line bigint, column_name varchar, reason varchar, raw varchar"


def cell_names(columns: Iterable[str]) -> list[str]:
    """The names of a plan's cell columns, in the order of the file's: `c1`, `c2` …"""
    return [f"c{number}" for number, _ in enumerate(columns, start=1)]


def key_sql(batch: Batch) -> str:
    """SQL for a row's key: it stands for the file, its sheet and the record's number, and for nothing else."""
    sheet = (batch.sheet or "").replace("'", "''")
    return f"left(sha256('{batch.sha256}' || chr(10) || '{sheet}' || chr(10) || row_number), 16)"


def notes_of(batch: Batch) -> tuple[str, ...]:
    """What whoever brought a file should know of how it was read: the sheet, and letters that were guessed."""
    guessed = (
        f"Its encoding, {batch.encoding}, is a guess: if names look wrong, save the file as UTF-8 and look again."
        if encoding_is_guessed(batch)
        else ""
    )
    return tuple(filter(None, (batch.evidence.get(TOLD, ""), guessed)))


def read_records(connection: DuckDBPyConnection, copy: Path, batch: Batch) -> int:
    """Make `plan.file_row` (row_key, row_number, line, c1 …) and `plan.reject_row`; gives how many records were blank.

    Args:
        connection: From `plan.open_tables`.
        copy: Where the file's bytes lie.
        batch: The batch the file would be.
    """
    names = cell_names(batch.columns)
    cells = ", ".join(f"{name} varchar" for name in names)
    # In one transaction, rows go to the disk as they come; nothing of the file is held.
    with transaction(connection):
        connection.execute(
            f"create or replace table plan.file_row (row_key varchar, row_number bigint, line bigint, {cells})"
        )
        connection.execute(f"create or replace table plan.reject_row (row_key varchar, {REJECT_COLUMNS})")
        return _Reader(connection, names, key_sql(batch)).take(file_records(copy, batch))


class _Reader:
    """Records on their way into the plan, in chunks of bounded size."""

    def __init__(self, connection: DuckDBPyConnection, names: list[str], key: str) -> None:
        self._connection = connection
        self._names = names
        self._key = key
        self._numbers: list[int] = []
        self._lines: list[int] = []
        self._cells: list[str | None] = []
        self._rejects: list[tuple[int, Reject]] = []
        self._characters = 0

    def take(self, records: Iterable[Judged]) -> int:
        """Write all of them; gives how many were blank."""
        blank = 0
        for number, judged in enumerate(records, start=1):
            if judged.cells is not None:
                self._numbers.append(number)
                self._lines.append(judged.line)
                self._cells.extend(judged.cells)
            elif judged.reject is not None:
                self._rejects.append((number, judged.reject))
            else:
                blank += 1
            self._characters += judged.size
            if len(self._cells) + len(self._rejects) >= CHUNK_CELLS or self._characters >= CHUNK_CHARACTERS:
                self._flush()
        self._flush()
        return blank

    def _flush(self) -> None:
        if self._numbers:
            width = len(self._names)
            cells = [pa.array(self._cells[place::width], pa.string()) for place in range(width)]
            own = [pa.array(self._numbers, pa.int64()), pa.array(self._lines, pa.int64())]
            self._insert("file_row", pa.Table.from_arrays([*own, *cells], ["row_number", "line", *self._names]))
            self._numbers, self._lines, self._cells = [], [], []
        if self._rejects:
            numbers = pa.array([number for number, _ in self._rejects], pa.int64())
            lines, columns, reasons, raws = zip(*(reject for _, reject in self._rejects), strict=True)
            texts = [pa.array(column, pa.string()) for column in (columns, reasons, raws)]
            chunk = pa.Table.from_arrays(
                [numbers, pa.array(lines, pa.int64()), *texts], ["row_number", "line", "column_name", "reason", "raw"]
            )
            self._insert("reject_row", chunk)
            self._rejects = []
        self._characters = 0

    def _insert(self, table: str, chunk: pa.Table) -> None:
        self._connection.register("read_chunk", chunk)
        self._connection.execute(f"insert into plan.{table} select {self._key}, * from read_chunk")
        self._connection.unregister("read_chunk")
