"""Written values into DuckDB, and value tables out of it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import duckdb
import pyarrow as pa


def write_texts(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[str], rows: Iterable[Sequence[str | None]]
) -> str:
    """Make a table of text columns; gives the select that a builder takes."""
    listed = list(rows)
    arrays = {column: pa.array([row[place] for row in listed], pa.string()) for place, column in enumerate(columns)}
    connection.register("written_now", pa.table(arrays))
    connection.execute("create or replace table written as select * from written_now")
    connection.unregister("written_now")
    return "select * from written"


def built_from_raws(
    connection: duckdb.DuckDBPyConnection, build: Callable[..., None], raws: Iterable[str | None], **options: Any
) -> dict[str, tuple[Any, ...]]:
    """Raw value → the other columns, from a builder that takes one raw column."""
    build(connection, write_texts(connection, ["raw"], [(raw,) for raw in raws]), "built", **options)
    rows = connection.execute("from built").fetchall()
    readings = {row[0]: row[1:] for row in rows}
    assert len(readings) == len(rows), "one row per distinct raw value"
    return readings
