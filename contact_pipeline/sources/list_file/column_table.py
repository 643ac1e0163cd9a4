"""The table of the columns of lists: which field each is, how sure that was, and what is wrong in its cells.

Counting belongs here; it reads what `building` made of a mapping and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from contact_pipeline.sources.entities import LIST_PEOPLE
from contact_pipeline.sources.list_file.building import (
    DAY_NUMBER,
    LOST_ZERO,
    BatchColumns,
    among,
    is_damaged,
    is_sum,
    list_batches,
    unread_answer,
    written,
)
from contact_pipeline.sources.list_file.document import ANSWER_FIELDS, MappingDocument, from_json
from contact_pipeline.sources.list_file.mapping import PLAIN_FIELDS, map_headers

SCHEMA = pa.schema([
    ("batch_id", pa.string()), ("file_name", pa.string()), ("column_name", pa.string()), ("position", pa.int64()),
    ("field", pa.string()), ("confidence", pa.float64()), ("how", pa.string()), ("contradicted", pa.bool_()),
    ("filled", pa.int64()), ("damaged", pa.int64()), ("lost_zeros", pa.int64()), ("day_numbers", pa.int64()),
    ("unread_answers", pa.int64()), ("sums_left_out", pa.int64()),
])  # fmt: skip
COUNTS = 5


class KeptMapping(Protocol):
    """What the ledger keeps of a batch's mapping."""

    @property
    def how(self) -> str:
        """Who decided."""

    @property
    def mapping(self) -> dict[str, Any]:
        """The mapping's kept form."""

    @property
    def columns(self) -> list[dict[str, Any]]:
        """What was known of each column."""


def write_list_columns(connection: duckdb.DuckDBPyConnection, kept: Mapping[str, KeptMapping]) -> None:
    """Rebuild `contacts.list_column`: one row per batch of a list and column of its file (columns: SCHEMA).

    Args:
        connection: The warehouse.
        kept: Batch id → its mapping; a batch without one is told as `plain`.
    """
    rows: list[tuple[object, ...]] = []
    for batch in list_batches(connection):
        line = kept.get(batch.batch_id)
        rows += _plain(batch) if line is None else _mapped(connection, batch, line)
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)]
    connection.register("list_columns", pa.Table.from_arrays(arrays, schema=SCHEMA))
    connection.execute(
        "create or replace table contacts.list_column as select * from list_columns order by batch_id, position"
    )
    connection.unregister("list_columns")


def _plain(batch: BatchColumns) -> list[tuple[object, ...]]:
    named = map_headers(batch.raw_columns).items()
    found = {header: PLAIN_FIELDS[name] for name, headers in named for header in headers}
    return [
        (batch.batch_id, batch.file_name, column, position, found.get(raw), None, "plain", False, *([None] * COUNTS), 0)
        for position, (column, raw) in enumerate(zip(batch.columns, batch.raw_columns, strict=True), start=1)
    ]


def _mapped(connection: duckdb.DuckDBPyConnection, batch: BatchColumns, line: KeptMapping) -> list[tuple[object, ...]]:
    document = from_json(line.mapping)
    known = {str(told["column"]): told for told in line.columns}
    fields = [document.columns.get(column) for column in batch.columns]
    counts, sums = _counted(connection, batch, fields, document)
    return [
        (
            batch.batch_id, batch.file_name, column, position, fields[position - 1],
            known.get(column, {}).get("confidence"), line.how, bool(known.get(column, {}).get("lies")),
            *counts[position - 1], sums,
        )
        for position, column in enumerate(batch.columns, start=1)
    ]  # fmt: skip


def _counted(
    connection: duckdb.DuckDBPyConnection, batch: BatchColumns, fields: list[str | None], document: MappingDocument
) -> tuple[list[tuple[int | None, ...]], int]:
    """Counts for each column that is a field (nulls for the others), and the rows of sums, in one pass."""
    wanted = [(raw, name) for raw, name in zip(batch.raw_columns, fields, strict=True) if name is not None]
    asked = [sql for raw, name in wanted for sql in _counts_of(raw, name, document)]
    row = connection.execute(
        f"select count(*) filter (where {is_sum(batch.raw_columns)}), {', '.join(asked) or '0'} "
        f"from {LIST_PEOPLE.table} as r where {among([batch.batch_id])}"
    ).fetchall()[0]
    answers = iter(row[1:])
    each: list[tuple[int | None, ...]] = [
        (None,) * COUNTS if name is None else tuple(next(answers) for _ in range(COUNTS)) for name in fields
    ]
    return each, int(row[0])


def _counts_of(raw: str, name: str, document: MappingDocument) -> list[str]:
    """SQL for the counts of one column: filled, damaged, lost zeros, day numbers, unread answers."""
    cell = written(raw)
    unread = unread_answer(raw, name, document.answers.get(name, {})) if name in ANSWER_FIELDS else "false"
    conditions = (
        f"{cell} is not null",
        is_damaged(raw),
        f"regexp_full_match({cell}, '{LOST_ZERO}')" if name == "zip" else "false",
        f"regexp_full_match({cell}, '{DAY_NUMBER}')" if name == "birth_date" else "false",
        unread,
    )
    return [f"count(*) filter (where {condition})" for condition in conditions]
