"""Promises of runs on the command line: a source that fails stops nobody, readers go on, who waits says so."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import pytest

from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.running import history, run_job
from contact_pipeline.config import Settings
from contact_pipeline.people.find import find_people
from contact_pipeline.sandbox.demo import simulated_platforms
from contact_pipeline.warehouse.connection import open_warehouse
from contact_pipeline.warehouse.publish import current_generation, open_published
from contact_pipeline_tests.homes import copy_home

pytestmark = pytest.mark.usefixtures("fixed_clock")


def test_a_source_that_fails_says_so_and_stops_no_other(
    finished_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copy_home(finished_home, tmp_path / "home")
    with simulated_platforms(settings):
        monkeypatch.setenv(settings.givebutter.credential, "a key nobody gave out")
        outcome = run_job("fetch", settings, quiet=False)
    assert not outcome.success
    assert {"landing.jotform_signups", "landing.jotform_setups"} <= set(outcome.materialised)
    ((step, message),) = outcome.errors
    assert step == "landing.givebutter_members"
    assert "Givebutter" in message
    assert settings.givebutter.credential in message


def test_a_quiet_fetch_of_what_is_known_materialises_nothing(finished_home: Settings, tmp_path: Path) -> None:
    settings = copy_home(finished_home, tmp_path / "home")
    with simulated_platforms(settings):
        outcome = run_job("fetch", settings, quiet=True)
    assert outcome.success
    assert outcome.materialised == ()


def refreshing(settings: Settings, *, quiet: bool) -> subprocess.Popen[bytes]:
    """A refresh in a process of its own, as the command line runs it; it ends with 0 when the run succeeded."""
    code = (
        "import pathlib, sys; from contact_pipeline.automation.running import run_job; "
        "from contact_pipeline.config import Settings; "
        f"sys.exit(not run_job('refresh', Settings(home=pathlib.Path({str(settings.home)!r})), quiet={quiet}).success)"
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_readers_read_while_a_run_writes(finished_home: Settings, tmp_path: Path) -> None:
    settings = copy_home(finished_home, tmp_path / "home")
    before = current_generation(settings.published)
    reads = 0
    with refreshing(settings, quiet=False) as writing:
        while writing.poll() is None:
            with open_published(settings.published) as connection:
                assert find_people(connection, "smith", region=settings.region, limit=5)
                assert connection.execute("select count(*) from people.person").fetchall()[0][0] > 0
            reads += 1
            time.sleep(0.02)
    assert writing.returncode == 0
    after = current_generation(settings.published)
    assert before is not None
    assert after is not None
    assert after.number == before.number + 1, "the run published while we read"
    assert reads > 20


def test_a_run_waits_for_the_warehouse_instead_of_failing(finished_home: Settings, tmp_path: Path) -> None:
    settings = copy_home(finished_home, tmp_path / "home")
    started = dg.RunsFilter(job_name="refresh", statuses=[dg.DagsterRunStatus.STARTED])
    with open_warehouse(settings.warehouse, wait_seconds=5, log=lambda _: None):
        waiting = refreshing(settings, quiet=True)
        with history(settings) as instance:
            while not instance.get_runs(started):
                assert waiting.poll() is None, "it ended before it could have had the warehouse"
                time.sleep(0.1)
            time.sleep(1)
            assert instance.get_runs(started)
    assert waiting.wait(timeout=300) == 0


def test_a_run_obeys_the_settings_it_began_with(home: Path) -> None:
    home.mkdir()
    file = home / "contact_pipeline.toml"
    file.write_text('season = "2026"\n', encoding="utf-8")
    seen = []

    @dg.op
    def first(workspace: Workspace) -> None:
        seen.append(workspace.settings().season)
        file.write_text('season = "2027"\n', encoding="utf-8")

    @dg.op(ins={"start": dg.In(dg.Nothing)})
    def second(workspace: Workspace) -> None:
        seen.append(workspace.settings().season)

    @dg.job(resource_defs={"workspace": Workspace(home=str(home))})
    def run() -> None:
        second(start=first())

    assert run.execute_in_process().success
    assert seen == ["2026", "2026"]
    assert run.execute_in_process().success
    assert seen[2:] == ["2027", "2027"]
