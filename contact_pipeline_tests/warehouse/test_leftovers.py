"""Promises about what killed runs leave of a warehouse: it opens again, and it is known to be unfinished."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contact_pipeline.warehouse import publish as publishing
from contact_pipeline.warehouse.connection import (
    WarehouseBusyError,
    WarehouseDamagedError,
    is_unfinished,
    open_warehouse,
    transaction,
)
from contact_pipeline.warehouse.publish import current_generation, publish

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)

ONE_PERSON = "create table people.person as select 'A' as person_id, 'B' as last_name, 'C' as first_name"

WRITE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from contact_pipeline.warehouse.connection import open_warehouse, transaction
with open_warehouse(Path(sys.argv[1]), wait_seconds=5, log=print) as connection:
    with transaction(connection):
        connection.execute("create table people.person as select range as n from range(1000)")
    with transaction(connection):
        connection.execute("delete from people.person")
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(path, wait_seconds=5, log=print) as connection:
        yield connection


def killed_while_writing(path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(path)], check=False)
    assert ended.returncode == -signal.SIGKILL


def people(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.execute("select count(*) from people.person").fetchall()[0][0])


def test_what_was_committed_before_a_kill_is_there_and_nothing_else(path: Path) -> None:
    killed_while_writing(path)
    with opened(path) as connection:
        assert people(connection) == 1000


def test_a_file_whose_making_was_cut_short_stands_in_nobodys_way(path: Path) -> None:
    """DuckDB refuses a file of 4,096 bytes for ever, and that is what a kill in its first write left behind."""
    path.with_name("warehouse.duckdb.part").write_bytes(bytes(4096))
    with opened(path) as connection:
        assert connection.execute("select 1").fetchall() == [(1,)]
    assert [file.name for file in path.parent.glob("*.part*")] == []


def test_the_log_of_a_deleted_warehouse_does_not_come_back_to_life(path: Path) -> None:
    killed_while_writing(path)
    assert path.with_name("warehouse.duckdb.wal").stat().st_size > 0
    path.unlink()
    with opened(path) as connection:
        assert connection.execute("select count(*) from duckdb_tables()").fetchall() == [(0,)]


def test_data_spilled_by_a_killed_run_is_removed(path: Path) -> None:
    spill = path.with_name("duckdb_tmp")
    spill.mkdir()
    (spill / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"much")
    with opened(path):
        assert not spill.exists()


def test_a_damaged_file_says_how_to_go_on_and_is_left_alone(path: Path) -> None:
    with opened(path) as connection, transaction(connection):
        connection.execute("create table people.person as select range as n from range(1000)")
    data = bytearray(path.read_bytes())
    data[4096 + 20] ^= 0xFF
    data[8192 + 20] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(WarehouseDamagedError, match="rebuilt from landing and ledger"), opened(path):
        pass
    assert path.read_bytes() == data


def test_a_program_that_has_the_file_open_is_named_as_the_reason(path: Path) -> None:
    with opened(path):
        pass
    hold = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('open', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", hold, str(path)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(WarehouseBusyError, match="Another program"), opened(path):
            pass
    finally:
        holder.kill()
        holder.wait()


def test_a_warehouse_is_unfinished_from_its_making_and_each_change_until_the_next_publish(path: Path) -> None:
    folder = path.parent / "published"
    with opened(path) as connection:
        assert is_unfinished(path)
        with transaction(connection):
            connection.execute(ONE_PERSON)
        publish(connection, folder, fingerprint="a", published_at=AT)
        assert not is_unfinished(path)
        with pytest.raises(ZeroDivisionError), transaction(connection):
            raise ZeroDivisionError
        assert is_unfinished(path)


def test_what_is_finished_no_longer_hangs_on_the_log(path: Path) -> None:
    """DuckDB opens a file with a truncated log at an earlier state, without a word."""
    with opened(path) as connection:
        with transaction(connection):
            connection.execute(ONE_PERSON)
        publish(connection, path.parent / "published", fingerprint="a", published_at=AT)
        log = path.with_name("warehouse.duckdb.wal")
        assert not log.exists() or log.stat().st_size == 0


def test_a_publish_that_fails_leaves_no_file_and_the_warehouse_unfinished(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = path.parent / "published"
    monkeypatch.setattr(publishing, "PARQUET", ("people.person",))
    monkeypatch.setitem(publishing.PUBLISHED, "people.person", "no_such_column")
    with opened(path) as connection:
        with transaction(connection):
            connection.execute("create table people.person as select 'A' as person_id")
        with pytest.raises(duckdb.BinderException):
            publish(connection, folder, fingerprint="a", published_at=AT)
    assert list(folder.iterdir()) == []
    assert current_generation(folder) is None
    assert is_unfinished(path)


class DeadConnection:
    """A connection after a fatal error: DuckDB answers everything with that error."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.dead = False

    def fill_the_disk(self) -> None:
        self.dead = True
        raise OSError("No space left on device")

    def execute(self, *arguments: Any) -> duckdb.DuckDBPyConnection:
        if self.dead:
            raise duckdb.FatalException("database has been invalidated because of a previous fatal error")
        return self._connection.execute(*arguments)


def test_an_error_that_closes_the_database_is_told_and_not_the_rollback_after_it() -> None:
    connection = DeadConnection(duckdb.connect())
    with pytest.raises(OSError, match="No space"), transaction(connection):
        connection.fill_the_disk()
