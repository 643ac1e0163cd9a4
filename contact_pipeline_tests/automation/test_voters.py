"""Promises of the voter file's own job: a dropped file is loaded, a folder is one state, a refused file waits."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation import voters as automation
from contact_pipeline.automation.running import RunOutcome, history, refreshed_tables, run_job
from contact_pipeline.config import Settings
from contact_pipeline.imports.inbox import empty_inbox
from contact_pipeline_tests.automation.conftest import added_run
from contact_pipeline_tests.sources.voter_file.files import DELROY, HEADER, MARI, a_file, rows


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = Settings(home=tmp_path / "data")
    (home.inbox / "voters").mkdir(parents=True)
    return home


@pytest.fixture
def ephemeral() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def drop(settings: Settings, *lines: str, into: str = ".", name: str = "fl.csv", header: str = HEADER) -> Path:
    folder = settings.inbox / "voters" / into
    folder.mkdir(parents=True, exist_ok=True)
    return a_file(folder, *lines, name=name, header=header)


def look(settings: Settings, instance: dg.DagsterInstance, *, hours: float = 1) -> dg.RunRequest | dg.SkipReason:
    """One evaluation of the sensor, some time after the files were dropped."""
    now = time.time()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(automation.time, "time", lambda: now + hours * 3600)
        answer = automation.voter_files(
            dg.build_sensor_context(instance=instance), workspace=Workspace(home=str(settings.home))
        )
    assert isinstance(answer, (dg.RunRequest, dg.SkipReason))
    return answer


def loaded(settings: Settings, *, quiet: bool = True) -> RunOutcome:
    return run_job("load_voters", settings, quiet=quiet)


def test_a_dropped_file_asks_for_one_load(settings: Settings, ephemeral: dg.DagsterInstance) -> None:
    assert isinstance(look(settings, ephemeral), dg.SkipReason)
    drop(settings, MARI)
    first, again = look(settings, ephemeral), look(settings, ephemeral)
    assert isinstance(first, dg.RunRequest)
    assert isinstance(again, dg.RunRequest)
    assert first.run_key == again.run_key


def test_a_folder_of_counties_that_is_still_being_copied_waits(
    settings: Settings, ephemeral: dg.DagsterInstance
) -> None:
    drop(settings, MARI, into="FL", name="ALA.csv")
    os.utime(settings.inbox / "voters" / "FL" / "ALA.csv", (0, 0))
    drop(settings, DELROY, into="FL", name="BAK.csv")
    assert isinstance(look(settings, ephemeral, hours=0), dg.SkipReason)
    assert isinstance(look(settings, ephemeral), dg.RunRequest)


def test_while_a_load_runs_no_other_is_started(settings: Settings, instance: dg.DagsterInstance) -> None:
    drop(settings, MARI)
    added_run(instance, "load_voters", dg.DagsterRunStatus.STARTED)
    assert isinstance(look(settings, instance), dg.SkipReason)


def test_the_load_tells_rows_changes_seconds_and_memory_and_no_voter(settings: Settings) -> None:
    drop(settings, MARI)
    assert loaded(settings).success
    drop(settings, MARI, DELROY, name="q2.csv")
    assert loaded(settings).materialised == ("voters.voter",)
    with history(settings) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(["voters", "voter"]))
    assert event is not None
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    (told,) = metadata["loads"].value  # type: ignore[misc]
    assert metadata["dagster/row_count"].value == 2
    assert told["changes"]["new"] == 1  # type: ignore[index, call-overload]
    assert metadata["peak MB"].value > 0
    assert metadata["seconds"].value > 0
    assert "MARISOL" not in repr(metadata)
    kept = b"".join(file.read_bytes() for file in (settings.home / "dagster").rglob("*") if file.is_file())
    assert b"QUINTERO" not in kept


def test_a_loaded_file_leaves_the_inbox_and_its_bytes_are_kept(settings: Settings) -> None:
    first = drop(settings, MARI).read_bytes()
    loaded(settings)
    assert [path for path in (settings.inbox / "voters").rglob("*") if path.is_file()] == []
    (kept,) = [path for path in (settings.home / "voter_files" / "FL").rglob("*") if path.is_file()]
    assert kept.read_bytes() == first
    drop(settings, MARI, DELROY, name="q2.csv")
    loaded(settings)
    kept_now = [path.name for path in (settings.home / "voter_files" / "FL").rglob("*") if path.is_file()]
    assert kept_now == ["q2.csv"], "only the newest load's"


def test_every_file_of_a_states_folder_is_one_load_and_other_states_stay(settings: Settings) -> None:
    drop(settings, MARI, into="FL/20260401_VoterDetail", name="ALA.csv")
    drop(settings, DELROY, into="FL/20260401_VoterDetail", name="BAK.csv")
    drop(settings, MARI, into="GA")
    assert loaded(settings).success
    query = "select voter_state, count(*) from voter group by 1 order by 1"
    assert rows(settings.home, query) == [("FL", 2), ("GA", 1)]


def test_a_refused_file_stays_with_a_note_and_starts_nothing_until_it_is_touched(
    settings: Settings, ephemeral: dg.DagsterInstance
) -> None:
    file = drop(settings, "1,2", header="what,ever")
    outcome = loaded(settings)
    assert not outcome.success
    assert "FL" in outcome.errors[0][1]
    note = settings.inbox / "voters" / "FL.problem.txt"
    assert "layout" in note.read_text()
    assert isinstance(look(settings, ephemeral), dg.SkipReason)
    time.sleep(0.02)
    drop(settings, MARI)
    assert file.exists()
    assert isinstance(look(settings, ephemeral), dg.RunRequest)
    assert loaded(settings).success
    assert not note.exists()


def test_half_a_state_is_held_and_the_voters_stay(settings: Settings) -> None:
    drop(settings, MARI, DELROY, *(MARI.replace("104559901", f"10455999{n}") for n in range(6)))
    loaded(settings)
    drop(settings, MARI, name="one_county.csv")
    assert not loaded(settings).success
    assert "had 8" in (settings.inbox / "voters" / "FL.problem.txt").read_text()
    assert rows(settings.home, "select count(*) from voter") == [(8,)]


def test_without_a_file_a_clocks_run_writes_nothing_and_a_persons_run_says_so(settings: Settings) -> None:
    assert loaded(settings).materialised == ()
    assert loaded(settings, quiet=False).materialised == ("voters.voter",)


def test_the_refresh_neither_loads_nor_refuses_voter_files(settings: Settings) -> None:
    drop(settings, MARI)
    assert empty_inbox(settings, log=lambda _: None) == []
    assert "voters.voter" not in refreshed_tables()
