"""Forgetting old runs: their events, logs and files.

Every 15 minutes a fetch leaves about 140 kB behind, every refresh 2 MB. What of Dagster's own history is kept belongs
here; what the pipeline remembers itself (fetches, arrivals, exports) is in the ledger and stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage

KEPT_FOR = timedelta(days=14)
"""How long a run that ended stays in the history."""

ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def runs_still_shown(instance: dg.DagsterInstance) -> set[str]:
    """The runs that the UI needs however old they are: the last of every job, and the last to make each asset."""
    shown: set[str] = set()
    for key in instance.all_asset_keys():
        if (event := instance.get_latest_materialization_event(key)) is not None:
            shown.add(event.run_id)
    for job in {run.job_name for run in instance.get_runs()}:
        shown.update(run.run_id for run in instance.get_runs(dg.RunsFilter(job_name=job), limit=1))
    return shown


def forget_old_runs(instance: dg.DagsterInstance, *, now: datetime, kept_for: timedelta = KEPT_FOR) -> list[str]:
    """Delete the runs that ended more than `kept_for` ago and are not shown any more; gives their run ids."""
    old = dg.RunsFilter(statuses=ENDED, updated_before=now - kept_for)
    shown = runs_still_shown(instance)
    forgotten = [run.run_id for run in instance.get_runs(old) if run.run_id not in shown]
    for run_id in forgotten:
        instance.delete_run(run_id)
        _delete_files(instance, run_id)
    return forgotten


def _delete_files(instance: dg.DagsterInstance, run_id: str) -> None:
    """`delete_run` empties a run's event file but leaves it there, and its captured output too."""
    instance.compute_log_manager.delete_logs(prefix=[run_id])
    storage = instance.event_log_storage
    if isinstance(storage, SqliteEventLogStorage):
        shard = Path(storage.path_for_shard(run_id))
        for ending in ("", "-wal", "-shm", "-journal"):
            shard.with_name(shard.name + ending).unlink(missing_ok=True)
