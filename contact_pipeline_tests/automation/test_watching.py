"""Promises about budgets and ages in Dagster: what is not started, what is warned of, what a person may still do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.jobs import source_schedules
from contact_pipeline.checks.watching import calls_stay_within_budget, content_is_fresh
from contact_pipeline.config import Settings
from contact_pipeline.definitions import build_definitions
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.ledger.fetches import record_fetch
from contact_pipeline.sandbox.simulators import RunningSimulators, serve
from contact_pipeline.sources.entities import JOTFORM_SETUPS, JOTFORM_SIGNUPS, Entity
from contact_pipeline_tests.sources.helpers import FORM, KEY, account

pytestmark = pytest.mark.usefixtures("fixed_clock")

SETUPS_FORM = "251330000000346"


@pytest.fixture
def place(tmp_path: Path) -> Settings:
    """A home that reads two forms and may make 100 calls a day."""
    (tmp_path / "contact_pipeline.toml").write_text(
        f'[jotform]\ncalls_per_day = 100\n[jotform.forms.signups]\nid = "{FORM}"\n'
        f'[jotform.forms.setups]\nid = "{SETUPS_FORM}"\n',
        encoding="utf-8",
    )
    return Settings(home=tmp_path)


def was_read(settings: Settings, entity: Entity, calls: int, *, hours_ago: float, outcome: str = "landed") -> None:
    ledger = open_ledger(settings)
    at = settings.clock() - timedelta(hours=hours_ago)
    record_fetch(
        ledger, source=entity.source, entity=entity.name, now=at, outcome=outcome, calls=calls, records=0, whole=True
    )
    ledger.close()


def tick(settings: Settings, instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    """One evaluation of Jotform's schedule."""
    resources = {"workspace": Workspace(home=str(settings.home))}
    with dg.build_schedule_context(instance=instance, resources=resources) as context:
        answer = source_schedules["jotform"](context)
    assert isinstance(answer, (dg.RunRequest, dg.SkipReason))
    return answer


def watched(settings: Settings, check: dg.AssetChecksDefinition) -> dg.AssetCheckResult:
    answer = check(Workspace(home=str(settings.home)))
    assert isinstance(answer, dg.AssetCheckResult)
    return answer


def test_what_the_budget_has_no_room_for_is_not_started_and_the_tick_says_why(
    place: Settings, instance: dg.DagsterInstance
) -> None:
    was_read(place, JOTFORM_SIGNUPS, 60, hours_ago=3)
    was_read(place, JOTFORM_SETUPS, 41, hours_ago=3)
    answer = tick(place, instance)
    assert isinstance(answer, dg.SkipReason)
    assert "takes about 60 calls" in (answer.skip_message or "")
    assert "--beyond-budget" in (answer.skip_message or "")


def test_what_still_fits_is_started_without_the_rest(place: Settings, instance: dg.DagsterInstance) -> None:
    was_read(place, JOTFORM_SIGNUPS, 60, hours_ago=3)
    was_read(place, JOTFORM_SETUPS, 5, hours_ago=3)
    answer = tick(place, instance)
    assert isinstance(answer, dg.RunRequest)
    started = {key.path[-1] for key in answer.asset_selection or []}
    assert "jotform_setups" in started
    assert "jotform_signups" not in started


def test_a_forecast_above_the_budget_warns_before_it_is_exceeded(place: Settings) -> None:
    assert watched(place, calls_stay_within_budget).passed
    was_read(place, JOTFORM_SIGNUPS, 2, hours_ago=3)
    answer = watched(place, calls_stay_within_budget)
    assert not answer.passed
    assert answer.severity == dg.AssetCheckSeverity.WARN
    assert "makes 192 calls in 24 hours, 100 are allowed" in str(answer.metadata["jotform"].value)


@pytest.mark.parametrize(("hours_ago", "violations"), [(23, 0), (25, 1), (200, 1)])
def test_content_older_than_a_day_is_warned_of_though_nothing_new_arrives(
    place: Settings, hours_ago: float, violations: int
) -> None:
    was_read(place, JOTFORM_SIGNUPS, 1, hours_ago=hours_ago)
    answer = watched(place, content_is_fresh)
    assert answer.metadata["violations"].value == violations
    assert answer.passed == (violations == 0)


def test_a_failed_reading_makes_nothing_fresh(place: Settings) -> None:
    was_read(place, JOTFORM_SIGNUPS, 1, hours_ago=30)
    was_read(place, JOTFORM_SIGNUPS, 1, hours_ago=1, outcome="unavailable")
    assert not watched(place, content_is_fresh).passed


def test_the_hourly_look_runs_without_any_table(place: Settings, instance: dg.DagsterInstance) -> None:
    was_read(place, JOTFORM_SIGNUPS, 2, hours_ago=30)
    result = build_definitions(place).resolve_job_def("watch").execute_in_process(instance=instance)
    told = {check.check_name: check.passed for check in result.get_asset_check_evaluations()}
    assert told == {"content_is_fresh": False, "calls_stay_within_budget": False}
    assert not place.warehouse.exists()


@pytest.fixture
def jotform(place: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSimulators]:
    with serve(account(submission_count=3)) as running:
        monkeypatch.setenv("CONTACT_PIPELINE_JOTFORM__BASE_URL", running.jotform_url)
        monkeypatch.setenv("JOTFORM_API_KEY", KEY)
        yield running


@pytest.mark.parametrize(("tag", "success"), [("no", False), ("yes", True)])
def test_a_person_may_start_a_run_beyond_the_budget_by_a_tag(
    place: Settings, jotform: RunningSimulators, instance: dg.DagsterInstance, tag: str, success: bool
) -> None:
    was_read(place, JOTFORM_SIGNUPS, 99, hours_ago=3)
    result = (
        build_definitions(place)
        .resolve_job_def("fetch_jotform")
        .execute_in_process(
            instance=instance,
            asset_selection=[dg.AssetKey(["landing", "jotform_signups"])],
            tags={"contact_pipeline/beyond_budget": tag},
            raise_on_error=False,
        )
    )
    assert result.success == success
    assert bool(jotform.journal.requests()) == success
    if success:
        event = instance.get_latest_materialization_event(dg.AssetKey(["landing", "jotform_signups"]))
        assert event is not None
        assert event.asset_materialization is not None
        told = event.asset_materialization.metadata
        assert told["most calls in 24 hours"].value == 100
        assert "are used" in str(told["warning: budget of calls"].value)
