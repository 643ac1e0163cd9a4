"""Value tables: one row per distinct raw value, so that a costly parser sees each value once.

How distinct values leave DuckDB, pass a Python function and come back belongs here. What a phone or a name means does
not: each kind has its own `…_values` module that names its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

CHUNK_ROWS = 50_000
"""Rows handed to DuckDB at a time, which bounds the memory a million values take."""


@contextmanager
def scratch_table(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> Iterator[str]:
    """Keep a query's result in a temporary table while the block runs.

    Args:
        connection: The connection whose temporary schema is used.
        name: A plain word; the table replaces one left behind by a failed block.
        query: Any select.

    Yields:
        The qualified name of the temporary table.
    """
    table = f"temp.{name}"
    connection.execute(f"create or replace temp table {name} as {query}")
    yield table
    connection.execute(f"drop table {table}")


def read_rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """All rows of a query, read to the end so that the next statement is not blocked."""
    rows: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return rows


def insert_rows(
    connection: duckdb.DuckDBPyConnection, table: str, schema: pa.Schema, rows: Iterable[Sequence[Any]]
) -> None:
    """Append rows to a table whose columns have the schema's order, in chunks of `CHUNK_ROWS`."""
    import pyarrow as pa

    def flush(chunk: list[Sequence[Any]]) -> None:
        columns = list(zip(*chunk, strict=True))
        arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
        connection.register("normalize_chunk", pa.Table.from_arrays(arrays, schema=schema))
        connection.execute(f"insert into {table} select * from normalize_chunk")
        connection.unregister("normalize_chunk")

    chunk: list[Sequence[Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) >= CHUNK_ROWS:
            flush(chunk)
            chunk = []
    if chunk:
        flush(chunk)


@contextmanager
def parsed_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    query: str,
    schema: pa.Schema,
    parse: Callable[..., Sequence[Any]],
) -> Iterator[str]:
    """A temporary table of a Python function's results over the rows of a query.

    Args:
        connection: The connection whose temporary schema is used.
        name: A plain word, as in `scratch_table`.
        query: The distinct values; each row's columns become the arguments of `parse`.
        schema: Arrow schema of one result row.
        parse: Gives one result row; called once per row of the query.

    Yields:
        The qualified name of the temporary table.
    """
    rows = read_rows(connection, query)
    empty = schema.empty_table()
    connection.register("normalize_empty", empty)
    with scratch_table(connection, name, "select * from normalize_empty") as table:
        connection.unregister("normalize_empty")
        insert_rows(connection, table, schema, (parse(*row) for row in rows))
        yield table
