"""Promises about the three tiers of sync as jobs, and about refreshes that fail."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.syncing import failed_syncs, sync_jobs
from contact_pipeline.ledger.syncs import SyncKind, finish_sync, start_sync, syncs


@dg.op
def breaks() -> None:
    raise ValueError("on purpose")


@dg.job
def refresh() -> None:
    breaks()


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        ("set_up", ["check", "fetch_set_up", "refresh_set_up", "tell_set_up"]),
        ("periodic", ["fetch_periodic", "refresh_periodic", "tell_periodic"]),
        ("on_demand", ["fetch_on_demand", "refresh_on_demand", "tell_on_demand"]),
    ],
)
def test_each_tier_reads_then_rebuilds_then_says_what_to_do(kind: str, steps: list[str]) -> None:
    (job,) = [job for job in sync_jobs if job.name == f"sync_{kind}"]
    assert [node.name for node in job.graph.nodes_in_topological_order] == steps


def test_a_refresh_that_failed_is_told_as_failed_in_the_log(home: Path) -> None:
    workspace = Workspace(home=str(home))
    instance = dg.DagsterInstance.ephemeral()
    result = refresh.execute_in_process(instance=instance, raise_on_error=False)
    now = datetime(2026, 9, 1, tzinfo=UTC)
    ledger = workspace.ledger()
    line = start_sync(ledger, kind=SyncKind.FILE, triggered_by="sensor", run_id=result.run_id, now=now)
    finish_sync(ledger, line, {}, now=now)
    event = next(
        event for event in result.all_events if event.is_job_event and event.event_type_value == "PIPELINE_FAILURE"
    )
    context = dg.build_run_status_sensor_context(
        sensor_name="failed_syncs", dagster_event=event, dagster_instance=instance, dagster_run=result.dagster_run
    ).for_run_failure()
    failed_syncs(context, workspace=workspace)
    (told,) = syncs(ledger).to_pylist()
    ledger.close()
    assert told["status"] == "failed"
    assert "on purpose" not in told["message"], "messages of errors may hold personal data"
