"""Opening the warehouse: one process at a time, with a bounded and logged wait.

Only the way to a connection belongs here. What is written through it belongs to the stages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

SCHEMAS = ("landing", "raw", "contacts", "identity", "people", "issues", "exports", "meta")


class WarehouseBusyError(Exception):
    """Another process kept the warehouse for longer than we were willing to wait."""


def _configure(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    connection.execute("set timezone = 'UTC'")
    connection.execute("set memory_limit = '4GB'")
    connection.execute("set preserve_insertion_order = true")
    connection.execute(f"set temp_directory = '{folder / 'duckdb_tmp'}'")
    for schema in SCHEMAS:
        connection.execute(f"create schema if not exists {schema}")


@contextmanager
def open_warehouse(
    path: Path,
    *,
    wait_seconds: float,
    log: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The one read-write connection, closed and released in any case.

    DuckDB refuses a second process at once (7 ms), so runs queue on a lock file beside the database; the operating
    system frees that lock when its holder dies.

    Raises:
        WarehouseBusyError: after `wait_seconds`; nothing was changed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_suffix(".lock"))
    started = clock()
    while True:
        try:
            lock.acquire(timeout=min(10.0, wait_seconds), poll_interval=0.05)
            break
        except Timeout as error:
            waited = clock() - started
            if waited >= wait_seconds:
                raise WarehouseBusyError(
                    f"Another run has used {path.name} for {waited:.0f} s. Wait for it (contact-pipeline status shows "
                    "it) or raise lock_wait_seconds, then run again."
                ) from error
            log(f"Waiting for another run to finish with {path.name} ({waited:.0f} s so far)")
    try:
        connection = duckdb.connect(str(path))
        try:
            _configure(connection, path.parent)
            yield connection
        finally:
            connection.close()
    finally:
        lock.release()


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """All or nothing: commits at the end, rolls back when the block raises. Blocks do not nest."""
    connection.execute("begin transaction")
    try:
        yield connection
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Column names and types of `schema.table` in order; empty where there is no such table."""
    schema, _, name = table.partition(".")
    rows = connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = current_database() "
        "and schema_name = ? and table_name = ? order by column_index",
        [schema, name],
    ).fetchall()
    return {str(column): str(kind) for column, kind in rows}


def row_count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows `schema.table` holds."""
    rows = connection.execute(f"select count(*) from {table}").fetchall()
    return int(rows[0][0])
