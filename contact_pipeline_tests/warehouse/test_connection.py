"""Promises of the way to the warehouse: one at a time, a bounded wait, closed whatever happens."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from contact_pipeline.warehouse.connection import WarehouseBusyError, open_warehouse, transaction

HOLD = """
import sys, time
from pathlib import Path
from contact_pipeline.warehouse.connection import open_warehouse
with open_warehouse(Path(sys.argv[1]), wait_seconds=5, log=print) as connection:
    print("open", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def holder(path: Path, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path), str(seconds)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def test_a_second_process_waits_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    first = holder(path, 1.0)
    with open_warehouse(path, wait_seconds=30, log=lambda _: None) as connection:
        assert connection.execute("select 1").fetchall() == [(1,)]
    assert first.wait() == 0


def test_the_wait_is_bounded_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    first = holder(path, 30)
    try:
        with pytest.raises(WarehouseBusyError, match="run again"), open_warehouse(path, wait_seconds=0.2, log=print):
            pass
    finally:
        first.kill()
        first.wait()


def test_a_killed_holder_blocks_nobody(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    first = holder(path, 60)
    first.kill()
    first.wait()
    started = time.monotonic()
    with open_warehouse(path, wait_seconds=30, log=lambda _: None):
        pass
    assert time.monotonic() - started < 25


def test_an_error_inside_releases_everything(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with pytest.raises(ZeroDivisionError), open_warehouse(path, wait_seconds=1, log=print):
        raise ZeroDivisionError
    with open_warehouse(path, wait_seconds=1, log=print) as connection:
        assert connection.execute("select 1").fetchall() == [(1,)]


def test_a_transaction_is_all_or_nothing() -> None:
    connection = duckdb.connect()
    connection.execute("create table t (n integer)")
    with pytest.raises(duckdb.ConversionException), transaction(connection):
        connection.execute("insert into t values (1); insert into t values ('x')")
    assert connection.execute("select count(*) from t").fetchall() == [(0,)]
    with transaction(connection):
        connection.execute("insert into t values (1)")
    assert connection.execute("select count(*) from t").fetchall() == [(1,)]
