"""Runs whose process is gone.

After everything was killed at once a run stays STARTED for ever and keeps the warehouse's slot (measured). Finding such
runs by the process that their own events name, and marking them failed, belongs here; Dagster's run retries redo them.
It holds for one machine: a home whose daemon and whose command line run in different containers needs one container.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster import DagsterEventType

PROCESS = re.compile(r"^(?:Started process for run|Executing steps in process) \(pid: (\d+)\)")
"""What the engine says first: a run of the daemon before it starts, a run of the command line when it starts."""

NAMELESS_FOR = timedelta(seconds=180)
"""How long a run may take to name its process; a loaded machine has needed more than a minute to start one."""

CLOCK_STEP = timedelta(seconds=5)
"""How far a process's start and the event that names it may differ by rounding and a corrected clock."""

UNDER_WAY = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
"""A queued run needs no process: the daemon takes the queue up again."""


@dataclass(frozen=True)
class NamedProcess:
    """The process a run's events name last, and when they did."""

    pid: int
    named_at: datetime


def process_of(instance: dg.DagsterInstance, run_id: str) -> NamedProcess | None:
    """The process of a run, or None while no event names it."""
    found: NamedProcess | None = None
    for entry in instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT):
        message = entry.dagster_event.message if entry.dagster_event else None
        if match := PROCESS.match(message or ""):
            found = NamedProcess(int(match.group(1)), datetime.fromtimestamp(entry.timestamp, UTC))
    return found


def is_alive(process: NamedProcess) -> bool:
    """Whether that very process still runs: an id may have gone to another one meanwhile."""
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False
    began = began_at(process.pid)
    return began is None or began <= process.named_at + CLOCK_STEP


def began_at(pid: int) -> datetime | None:
    """When a process began; None where the system does not say, the end of time for one that only waits to be buried.

    Read from `/proc/<pid>/stat`: the times of the folder `/proc/<pid>` are those of the first look at it.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = next(line for line in Path("/proc/stat").read_text(encoding="utf-8").splitlines() if "btime" in line)
    except (OSError, StopIteration):
        return None
    fields = stat.rpartition(")")[2].split()
    if fields[0] in ("Z", "X"):
        return datetime.max.replace(tzinfo=UTC)
    seconds = int(boot.split()[1]) + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return datetime.fromtimestamp(seconds, UTC)


def sweep_orphans(instance: dg.DagsterInstance, *, now: datetime) -> list[str]:
    """Mark every run failed that is under way without a process; gives their run ids."""
    swept: list[str] = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=UNDER_WAY)):
        run = record.dagster_run
        process = process_of(instance, run.run_id)
        nameless = process is None and now - record.update_timestamp > NAMELESS_FOR
        lost = nameless or (process is not None and not is_alive(process))
        if lost and _still_under_way(instance, run.run_id):
            instance.report_run_failed(
                run, "The process of this run is gone; it is marked failed so that it is redone and blocks nobody."
            )
            swept.append(run.run_id)
    return swept


def _still_under_way(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Asked again after the process was missed: a run may have ended properly between the two looks."""
    run = instance.get_run_by_id(run_id)
    return run is not None and run.status in UNDER_WAY
