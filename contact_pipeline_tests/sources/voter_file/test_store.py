"""Promises of the swap: readers never see half a load, a killed load changes nothing, two never load at once."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import duckdb
import pytest

from contact_pipeline.sources.voter_file.store import NoVotersError, attach_voters, loading, open_voters
from contact_pipeline_tests.sources.voter_file.files import DELROY, MARI, a_file, invented, load, rows


def test_whoever_reads_keeps_reading_the_old_file_and_next_time_gets_the_new(tmp_path: Path) -> None:
    load(tmp_path, a_file(tmp_path, MARI, name="q1.csv"))
    with open_voters(tmp_path / "voters.duckdb") as reader:
        assert reader.execute("select count(*) from voter").fetchall() == [(1,)]
        load(tmp_path, a_file(tmp_path, MARI, DELROY, name="q2.csv"))
        assert reader.execute("select count(*) from voter").fetchall() == [(1,)]
        assert rows(tmp_path, "select count(*) from voter") == [(2,)]


def test_readers_cannot_write(tmp_path: Path) -> None:
    load(tmp_path, a_file(tmp_path, MARI))
    with duckdb.connect() as connection:
        attach_voters(connection, tmp_path / "voters.duckdb")
        with pytest.raises(duckdb.Error, match="read-only"):
            connection.execute("delete from voters.voter")


def test_without_a_voter_file_it_is_said_how_to_load_one(tmp_path: Path) -> None:
    with pytest.raises(NoVotersError, match="voters load"), open_voters(tmp_path / "voters.duckdb"):
        pass


def test_the_file_may_stand_elsewhere_and_be_shared(tmp_path: Path) -> None:
    load(tmp_path / "shared", a_file(tmp_path, MARI))
    link = tmp_path / "workspace.duckdb"
    link.symlink_to(tmp_path / "shared" / "voters.duckdb")
    with open_voters(link) as connection:
        assert connection.execute("select count(*) from voter").fetchall() == [(1,)]


def test_a_second_load_at_the_same_time_is_held(tmp_path: Path) -> None:
    with loading(tmp_path / "voters.duckdb"):
        report = load(tmp_path, a_file(tmp_path, MARI))
    assert report.status == "held"
    assert load(tmp_path, a_file(tmp_path, MARI)).status == "loaded"


LOADER = """
import sys
from pathlib import Path
from contact_pipeline_tests.sources.voter_file.files import load
print(load(Path(sys.argv[1]), Path(sys.argv[2])).status)
"""


def test_a_load_killed_at_any_moment_leaves_the_voters_as_they_were(tmp_path: Path) -> None:
    load(tmp_path, invented(tmp_path, rows=3_000)[0])
    before = rows(tmp_path, "select count(*), bit_xor(hash(voter)) from voter")
    newer, _ = invented(tmp_path, rows=3_000, quarter=1)
    for moment in ("building", "building.later", "published"):
        _kill_when(moment, tmp_path, newer)
        now = rows(tmp_path, "select count(*), bit_xor(hash(voter)) from voter")
        assert moment == "published" or now == before
    report = load(tmp_path, newer)
    assert report.status in ("loaded", "unchanged")
    assert len(list(tmp_path.glob("voters.*.duckdb*"))) == 1


def _kill_when(moment: str, home: Path, path: Path) -> None:
    """Start a load and kill it when its file appears, a while later, or when it has become the newest."""
    current = (home / "voters.duckdb").resolve()
    child = subprocess.Popen([sys.executable, "-c", LOADER, str(home), str(path)], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and child.poll() is None:
        if moment == "published" and (home / "voters.duckdb").resolve() != current:
            break
        if moment != "published" and len(list(home.glob("voters.*.duckdb"))) > 1:
            time.sleep(0.1 if moment.endswith("later") else 0)
            break
        time.sleep(0.001)
    child.send_signal(signal.SIGKILL)
    child.wait()


def test_what_a_killed_load_left_is_removed_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "voters.0123.duckdb.spill").mkdir()
    for name in ("voters.0123.duckdb", "voters.0123.duckdb.wal", "voters.0123.duckdb.spill/part.tmp"):
        (tmp_path / name).write_bytes(b"half")
    load(tmp_path, a_file(tmp_path, MARI))
    assert sorted(path.name for path in tmp_path.glob("voters.0123*")) == []
    assert rows(tmp_path, "select count(*) from voter") == [(1,)]


def test_a_file_that_is_not_ours_is_not_replaced(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "voters.duckdb")) as connection:
        connection.execute("create table mine as select 1 as one")
    report = load(tmp_path, a_file(tmp_path, MARI))
    assert report.status == "refused"
    assert "Move it away" in report.message
    with duckdb.connect(str(tmp_path / "voters.duckdb")) as connection:
        assert connection.execute("select one from mine").fetchall() == [(1,)]


def test_a_load_the_disk_cannot_hold_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = namedtuple("usage", "total used free")(10, 10, 0)
    monkeypatch.setattr("contact_pipeline.sources.voter_file.load.shutil.disk_usage", lambda _path: full)
    report = load(tmp_path, a_file(tmp_path, MARI))
    assert report.status == "held"
    assert "voters_path" in report.message
