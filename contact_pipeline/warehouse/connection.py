"""Opening the warehouse: one process at a time, with a bounded and logged wait.

The way to a connection, transactions, and the mark of an unfinished warehouse belong here. What is written through a
connection belongs to the stages.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from contact_pipeline.landing.files import sync_folder

SCHEMAS = ("landing", "raw", "contacts", "identity", "people", "mentors", "sync", "issues", "exports", "meta")


class WarehouseError(Exception):
    """The warehouse cannot be used now."""


class WarehouseBusyError(WarehouseError):
    """Another process kept the warehouse for longer than we were willing to wait."""


class WarehouseDamagedError(WarehouseError):
    """DuckDB refuses the file. All of it can be rebuilt from landing and ledger."""


def _configure(connection: duckdb.DuckDBPyConnection, spill: Path) -> None:
    connection.execute("set timezone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    connection.execute("set memory_limit = '4GB'")
    connection.execute("set preserve_insertion_order = true")
    connection.execute(f"set temp_directory = '{spill}'")
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

    What a killed run left behind is put right first: its committed work is read from DuckDB's log, its spilled data
    removed.

    Raises:
        WarehouseBusyError: after `wait_seconds`; nothing was changed.
        WarehouseDamagedError: the file is damaged; nothing was changed.
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
        if not path.exists():
            _make(path)
        spill = path.with_name("duckdb_tmp")
        if spill.exists():
            shutil.rmtree(spill)
        connection = _connect(path)
        try:
            _configure(connection, spill)
            yield connection
        finally:
            connection.close()
    finally:
        lock.release()


def _make(path: Path) -> None:
    """Make an empty database under another name, then rename it.

    DuckDB writes a fresh file in three strokes; a process killed between them leaves one that is refused for ever
    (measured). The log of a database that is gone belongs to nothing; DuckDB drops it too.
    """
    part = path.with_name(f"{path.name}.part")
    for leftover in (part, _log_of(part), _log_of(path)):
        leftover.unlink(missing_ok=True)
    duckdb.connect(str(part)).close()
    mark_unfinished(path)
    part.replace(path)
    sync_folder(path.parent)


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path))
    except duckdb.Error as error:
        if "Could not set lock" in str(error):
            raise WarehouseBusyError(f"Another program has {path.name} open. Close it, then run again.") from error
        raise WarehouseDamagedError(
            f"{path.name} is damaged and cannot be opened. Move it and {_log_of(path).name} out of the home folder and "
            "run again: it is rebuilt from landing and ledger, with every PID as before."
        ) from error


def _mark_of(path: Path) -> Path:
    return path.with_suffix(".unfinished")


def is_unfinished(path: Path) -> bool:
    """Whether a warehouse was made or changed by a run that did not get as far as publishing.

    A file tells it, because sensors ask, and they must not open the database.
    """
    return _mark_of(path).exists()


def mark_unfinished(path: Path) -> None:
    """Note that tables are about to change; it holds until `mark_finished`."""
    _mark_of(path).touch()


def mark_finished(connection: duckdb.DuckDBPyConnection) -> None:
    """Note that all tables are of one run, once they are in the file itself and no longer in DuckDB's log."""
    connection.execute("checkpoint")
    path = path_of(connection)
    if path is not None:
        _mark_of(path).unlink(missing_ok=True)


def path_of(connection: duckdb.DuckDBPyConnection) -> Path | None:
    """The file of a connection's database; None for one in memory."""
    rows = connection.execute("select path from duckdb_databases() where database_name = current_database()").fetchall()
    return Path(rows[0][0]) if rows[0][0] is not None else None


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """All or nothing: commits at the end, rolls back when the block raises. Blocks do not nest.

    From the first one on the warehouse counts as unfinished.
    """
    path = path_of(connection)
    if path is not None:
        mark_unfinished(path)
    connection.execute("begin transaction")
    try:
        yield connection
    except BaseException:
        # After a fatal error DuckDB has closed the database itself: nothing is left to roll back.
        with suppress(duckdb.FatalException):
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
