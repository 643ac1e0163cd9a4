"""Promises of the housekeeping: old runs go with all their files, what the UI shows stays."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from contact_pipeline.automation.jobs import housekeeping
from contact_pipeline.automation.retention import KEPT_FOR, forget_old_runs
from contact_pipeline_tests.automation.conftest import added_run


@dg.asset(output_required=False)
def sometimes(context: dg.AssetExecutionContext) -> object:
    """Materialised only when the run says so."""
    if context.run.tags.get("new") == "yes":
        yield dg.Output(None)


JOB = dg.Definitions(assets=[sometimes], jobs=[dg.define_asset_job("fetch", [sometimes])]).resolve_job_def("fetch")


def ran(instance: dg.DagsterInstance, new: bool) -> str:
    return JOB.execute_in_process(instance=instance, tags={"new": "yes" if new else "no"}).run_id


def files_of(instance: dg.DagsterInstance, run_id: str) -> list[Path]:
    return [path for path in Path(instance.root_directory).rglob("*") if run_id in path.name]


def test_old_runs_go_with_their_files_and_what_is_shown_stays(instance: dg.DagsterInstance) -> None:
    first, made_it, quiet, last = (ran(instance, new) for new in (True, True, False, False))
    assert files_of(instance, quiet)
    much_later = datetime.now(UTC) + KEPT_FOR + timedelta(hours=1)
    assert set(forget_old_runs(instance, now=much_later)) == {first, quiet}
    assert {run.run_id for run in instance.get_runs()} == {made_it, last}
    assert not files_of(instance, first)
    assert not files_of(instance, quiet)
    assert instance.all_logs(last)
    event = instance.get_latest_materialization_event(dg.AssetKey("sometimes"))
    assert event is not None
    assert event.run_id == made_it


def test_young_runs_and_runs_under_way_stay(instance: dg.DagsterInstance) -> None:
    young = ran(instance, True)
    under_way = added_run(instance, "fetch", dg.DagsterRunStatus.STARTED)
    ran(instance, True)
    assert forget_old_runs(instance, now=datetime.now(UTC)) == []
    assert forget_old_runs(instance, now=datetime.now(UTC) + 2 * KEPT_FOR) == [young]
    assert instance.get_run_by_id(under_way) is not None


def test_the_housekeeping_job_forgets_and_says_how_many(instance: dg.DagsterInstance) -> None:
    young = ran(instance, True)
    result = housekeeping.execute_in_process(instance=instance)
    assert result.success
    said = [entry.user_message for entry in instance.all_logs(result.run_id)]
    assert "0 old runs were forgotten." in said
    assert instance.get_run_by_id(young) is not None
