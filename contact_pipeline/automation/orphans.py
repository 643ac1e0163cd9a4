"""Runs whose process is gone.

After everything was killed at once a run stays STARTED for ever and blocks the queue of one (measured). Finding such
runs by the process id in their own event log, and marking them failed, belongs here; Dagster's run retries redo them.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster import DagsterEventType

PID = re.compile(r"\(pid: (\d+)\)")
GRACE = timedelta(seconds=60)
"""How long a run may take to name its process before it counts as lost."""


def process_of(instance: dg.DagsterInstance, run_id: str) -> int | None:
    """The process id that the run's own events name last, or None."""
    found: int | None = None
    for entry in instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT):
        if match := PID.search(entry.dagster_event.message or "" if entry.dagster_event else ""):
            found = int(match.group(1))
    return found


def is_alive(pid: int, since: datetime) -> bool:
    """Whether a process of that id runs and began before `since`: ids are reused."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False
    proc = Path(f"/proc/{pid}")
    if proc.exists():
        return datetime.fromtimestamp(proc.stat().st_ctime, UTC) <= since + GRACE
    return True


def sweep_orphans(instance: dg.DagsterInstance, *, now: datetime | None = None) -> list[str]:
    """Mark every started run failed whose process is gone; gives their run ids."""
    moment = now or datetime.now(UTC)
    swept: list[str] = []
    running = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING])
    for record in instance.get_run_records(running):
        run = record.dagster_run
        started = datetime.fromtimestamp(record.start_time, UTC) if record.start_time else moment
        pid = process_of(instance, run.run_id)
        lost = moment - started > GRACE if pid is None else not is_alive(pid, started)
        if lost:
            instance.report_run_failed(
                run, "The process of this run is gone; it is marked failed so that it is retried."
            )
            swept.append(run.run_id)
    return swept
