"""Promises of the sensor and the schedules: what starts a run, what waits, what is skipped."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation import sensors
from contact_pipeline.automation.jobs import UNFINISHED, every_night, source_schedules
from contact_pipeline.config import Settings
from contact_pipeline.imports.inbox import empty_inbox
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.inbox import PROBLEM_SUFFIX
from contact_pipeline.ledger.contact_decisions import different
from contact_pipeline.ledger.fetches import record_fetch
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.sources.entities import (
    GIVEBUTTER_MEMBERS,
    JOTFORM_QUESTIONS,
    JOTFORM_SETUPS,
    JOTFORM_SIGNUPS,
    Entity,
)
from contact_pipeline_tests.automation.conftest import added_run
from contact_pipeline_tests.homes import copy_home

pytestmark = pytest.mark.usefixtures("fixed_clock")

LIST = "First Name,Last Name,Email\nNova,Quill,nova.quill@example.org\n"
HALF_AN_HOUR = 1800.0


@pytest.fixture
def home_with_nothing_new(finished_home: Settings, tmp_path: Path) -> Settings:
    return copy_home(finished_home, tmp_path / "home", history=True)


@pytest.fixture
def ephemeral() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sensor looks half an hour from now: what was written just now has been left alone by then."""
    now = time.time
    monkeypatch.setattr(sensors.time, "time", lambda: now() + HALF_AN_HOUR)


def look(settings: Settings, instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    """One evaluation of the sensor."""
    context = dg.build_sensor_context(instance=instance)
    answer = sensors.arrivals(context, workspace=Workspace(home=str(settings.home)))
    assert isinstance(answer, (dg.RunRequest, dg.SkipReason))
    return answer


def key_of(answer: dg.RunRequest | dg.SkipReason) -> str:
    assert isinstance(answer, dg.RunRequest), answer
    assert answer.run_key is not None
    return answer.run_key


def drop(settings: Settings, name: str, text: str = LIST) -> Path:
    file = settings.inbox / "list" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_nothing_new_starts_nothing(home_with_nothing_new: Settings, ephemeral: dg.DagsterInstance) -> None:
    assert isinstance(look(home_with_nothing_new, ephemeral), dg.SkipReason)


@pytest.mark.usefixtures("later")
def test_a_dropped_file_asks_for_one_run(home_with_nothing_new: Settings, ephemeral: dg.DagsterInstance) -> None:
    drop(home_with_nothing_new, "people.csv")
    first, again = look(home_with_nothing_new, ephemeral), look(home_with_nothing_new, ephemeral)
    assert key_of(first) == key_of(again), "Dagster starts a key once"
    assert isinstance(first, dg.RunRequest)
    assert first.tags["contact_pipeline/quiet"] == "yes"


@pytest.mark.usefixtures("later")
def test_a_file_whose_run_failed_asks_again_when_it_is_touched(
    home_with_nothing_new: Settings, ephemeral: dg.DagsterInstance
) -> None:
    file = drop(home_with_nothing_new, "people.csv")
    first = key_of(look(home_with_nothing_new, ephemeral))
    os.utime(file)
    assert key_of(look(home_with_nothing_new, ephemeral)) != first


def refused(settings: Settings) -> Path:
    """A file that is no list, taken once: it stays with its note."""
    file = drop(settings, "paper.csv", "%PDF-1.7 not a list")
    os.utime(file, (1.7e9, 1.7e9))
    empty_inbox(settings, log=lambda _: None)
    assert file.with_name(file.name + PROBLEM_SUFFIX).exists()
    return file


@pytest.mark.usefixtures("later")
def test_a_refused_file_that_stays_starts_no_more_runs(
    home_with_nothing_new: Settings, ephemeral: dg.DagsterInstance
) -> None:
    refused(home_with_nothing_new)
    assert isinstance(look(home_with_nothing_new, ephemeral), dg.SkipReason)


@pytest.mark.usefixtures("later")
def test_a_refused_file_asks_again_when_it_is_touched(
    home_with_nothing_new: Settings, ephemeral: dg.DagsterInstance
) -> None:
    os.utime(refused(home_with_nothing_new))
    key_of(look(home_with_nothing_new, ephemeral))


@pytest.mark.usefixtures("later")
def test_an_old_good_copy_over_a_refused_file_is_seen(
    home_with_nothing_new: Settings, ephemeral: dg.DagsterInstance
) -> None:
    """`cp -p` keeps the modified time, which is older than the note."""
    file = refused(home_with_nothing_new)
    file.write_text(LIST, encoding="utf-8")
    os.utime(file, (1.6e9, 1.6e9))
    key_of(look(home_with_nothing_new, ephemeral))


def test_a_file_written_a_moment_ago_waits(home_with_nothing_new: Settings, ephemeral: dg.DagsterInstance) -> None:
    drop(home_with_nothing_new, "growing.csv")
    answer = look(home_with_nothing_new, ephemeral)
    assert isinstance(answer, dg.SkipReason)
    assert "still being copied" in (answer.skip_message or "")


@pytest.mark.usefixtures("later")
def test_a_file_somebody_has_open_for_writing_waits(
    home_with_nothing_new: Settings, ephemeral: dg.DagsterInstance
) -> None:
    file = drop(home_with_nothing_new, "open.csv")
    with file.open("a", encoding="utf-8"):
        assert isinstance(look(home_with_nothing_new, ephemeral), dg.SkipReason)
    key_of(look(home_with_nothing_new, ephemeral))


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("name", [".people.csv", "people.csv.part", "people.csv.crdownload", "people.csv.problem.txt"])
def test_what_is_no_finished_file_waits(
    name: str, home_with_nothing_new: Settings, ephemeral: dg.DagsterInstance
) -> None:
    drop(home_with_nothing_new, name)
    assert isinstance(look(home_with_nothing_new, ephemeral), dg.SkipReason)


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("status", UNFINISHED)
def test_a_queued_or_running_refresh_is_not_joined_by_another(
    status: dg.DagsterRunStatus, home_with_nothing_new: Settings, ephemeral: dg.DagsterInstance
) -> None:
    drop(home_with_nothing_new, "people.csv")
    added_run(ephemeral, "refresh", status)
    assert isinstance(look(home_with_nothing_new, ephemeral), dg.SkipReason)


@pytest.mark.usefixtures("later")
def test_a_running_fetch_holds_nothing_up(home_with_nothing_new: Settings, ephemeral: dg.DagsterInstance) -> None:
    drop(home_with_nothing_new, "people.csv")
    added_run(ephemeral, "fetch", dg.DagsterRunStatus.STARTED)
    key_of(look(home_with_nothing_new, ephemeral))


def test_a_batch_that_landed_and_a_decision_each_ask_for_a_run(
    home_with_nothing_new: Settings, ephemeral: dg.DagsterInstance
) -> None:
    file = drop(home_with_nothing_new, "people.csv")
    os.utime(file, (1.7e9, 1.7e9))
    empty_inbox(home_with_nothing_new, log=lambda _: None)
    assert not file.exists()
    landed = key_of(look(home_with_nothing_new, ephemeral))
    ledger = Ledger.open(home_with_nothing_new.ledger_url)
    try:
        now = home_with_nothing_new.clock()
        different(ledger, "list.people:a", "list.people:b", now=now, actor="a tester", reason="they told us")
    finally:
        ledger.close()
    assert key_of(look(home_with_nothing_new, ephemeral)) != landed


def tick(
    schedule: dg.ScheduleDefinition, settings: Settings, instance: dg.DagsterInstance
) -> dg.RunRequest | dg.SkipReason:
    """One evaluation of a schedule."""
    with dg.build_schedule_context(
        instance=instance, resources={"workspace": Workspace(home=str(settings.home))}
    ) as context:
        answer = schedule(context)
    assert isinstance(answer, (dg.RunRequest, dg.SkipReason))
    return answer


def attempted(settings: Settings, entity: Entity, outcome: str, *, minutes_ago: int) -> None:
    """Let the ledger remember a reading."""
    ledger = open_ledger(settings)
    at = settings.clock() - timedelta(minutes=minutes_ago)
    record_fetch(ledger, source=entity.source, entity=entity.name, now=at, outcome=outcome, calls=1, records=0)
    ledger.close()


@pytest.fixture
def long_ago(home_with_nothing_new: Settings) -> Settings:
    """A home whose platforms were all read a day ago."""
    for entity in (GIVEBUTTER_MEMBERS, JOTFORM_SIGNUPS, JOTFORM_SETUPS, JOTFORM_QUESTIONS):
        attempted(home_with_nothing_new, entity, "landed", minutes_ago=24 * 60)
    return home_with_nothing_new


def test_every_15_minutes_a_quiet_fetch_of_what_is_due_starts(long_ago: Settings, instance: dg.DagsterInstance) -> None:
    answer = tick(source_schedules["jotform"], long_ago, instance)
    assert isinstance(answer, dg.RunRequest)
    assert answer.tags == {"contact_pipeline/quiet": "yes"}
    assert answer.asset_selection == [
        dg.AssetKey(["landing", "jotform_signups"]),
        dg.AssetKey(["landing", "jotform_setups"]),
        dg.AssetKey(["landing", "jotform_questions"]),
    ]


@pytest.mark.parametrize(("outcome", "minutes_ago", "due"), [
    ("landed", 30, False), ("unchanged", 30, False), ("landed", 59, True), ("unavailable", 1, True),
    ("refused", 30, False), ("refused", 60, True),
])  # fmt: skip
def test_members_are_read_every_hour_and_sooner_only_after_a_passing_failure(
    outcome: str, minutes_ago: int, due: bool, long_ago: Settings, instance: dg.DagsterInstance
) -> None:
    attempted(long_ago, GIVEBUTTER_MEMBERS, outcome, minutes_ago=minutes_ago)
    answer = tick(source_schedules["givebutter"], long_ago, instance)
    assert isinstance(answer, dg.RunRequest if due else dg.SkipReason)


def test_a_workspace_may_choose_another_rhythm(
    long_ago: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempted(long_ago, GIVEBUTTER_MEMBERS, "landed", minutes_ago=20)
    assert isinstance(tick(source_schedules["givebutter"], long_ago, instance), dg.SkipReason)
    monkeypatch.setenv("CONTACT_PIPELINE_GIVEBUTTER__EVERY_MINUTES", '{"members": 15}')
    assert isinstance(tick(source_schedules["givebutter"], long_ago, instance), dg.RunRequest)


@pytest.mark.parametrize("job", ["fetch", "fetch_jotform"])
@pytest.mark.parametrize("status", UNFINISHED)
def test_a_tick_is_skipped_while_a_fetch_is_queued_or_running(
    status: dg.DagsterRunStatus, job: str, long_ago: Settings, instance: dg.DagsterInstance
) -> None:
    added_run(instance, job, status)
    assert isinstance(tick(source_schedules["jotform"], long_ago, instance), dg.SkipReason)


def test_a_fetch_of_another_platform_holds_nobody_up(long_ago: Settings, instance: dg.DagsterInstance) -> None:
    added_run(instance, "fetch_givebutter", dg.DagsterRunStatus.STARTED)
    assert isinstance(tick(source_schedules["jotform"], long_ago, instance), dg.RunRequest)


@pytest.mark.parametrize("source", source_schedules)
def test_a_workspace_without_platforms_starts_no_fetches(
    source: str, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    assert isinstance(tick(source_schedules[source], Settings(home=tmp_path), instance), dg.SkipReason)


def test_every_night_the_housekeeping_starts(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    with dg.build_schedule_context(instance=instance) as context:
        assert isinstance(every_night(context), dg.RunRequest)
