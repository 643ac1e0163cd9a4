"""Promises about SIGKILL: whatever was being written, the next run loses nothing and doubles nothing.

Runs are real processes, killed as a group at moments told by the files they write. `benchmarks.kills` does the same at
random moments, as often as asked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from contact_pipeline.automation.running import run_job
from contact_pipeline.config import Settings
from contact_pipeline_tests.homes import NOW, new_home
from contact_pipeline_tests.recovery import (
    content_of_home,
    differences,
    lasting,
    platforms_for_children,
    run_command,
)

pytestmark = pytest.mark.usefixtures("fixed_clock")


def a_page_is_being_written(home: Path) -> bool:
    return any((home / "landing" / ".incoming").glob("*/pages/page-*.json"))


def raw_rows_are_being_loaded(home: Path) -> bool:
    manifest = home / "landing" / "manifest.jsonl"
    return manifest.exists() and manifest.read_bytes().count(b"\n") == 4


def pids_were_just_given_out(home: Path) -> bool:
    path = home / "ledger.sqlite"
    if not path.exists():
        return False
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
        try:
            return bool(ledger.execute("select 1 from pid limit 1").fetchall())
        except sqlite3.OperationalError:
            return False


def a_snapshot_is_being_built(home: Path) -> bool:
    return any((home / "published").glob("*.duckdb"))


MOMENTS: list[Callable[[Path], bool]] = [
    a_page_is_being_written,
    raw_rows_are_being_loaded,
    pids_were_just_given_out,
    a_snapshot_is_being_built,
]


def reached(moment: Callable[[Path], bool], home: Path, _process_id: int) -> bool:
    return moment(home)


def test_a_run_killed_again_and_again_ends_with_what_an_unkilled_one_has(
    finished_home: Settings, tmp_path: Path
) -> None:
    settings = new_home(tmp_path / "data")
    with platforms_for_children(settings, now=NOW):
        for moment in MOMENTS:
            ended = run_command(
                ["run", "--home", str(settings.home)],
                log=tmp_path / "run.log",
                kill_when=partial(reached, moment, settings.home),
            )
            assert ended.killed, f"{moment.__name__}: {ended.printed}"
            assert not (settings.published / "current.json").exists()
        assert run_job("fetch", settings, quiet=True).success
        refreshed = run_job("refresh", settings, quiet=True)
    assert refreshed.success, refreshed.errors
    assert differences(lasting(content_of_home(settings)), lasting(content_of_home(finished_home))) == []
