"""Sensors: they watch, they never work.

Turning "a file arrived" or "a run died" into a run request or a mark belongs here. Reading, hashing and judging the
file belong to `landing`, where they can be tested without Dagster.
"""

import hashlib
from pathlib import Path

import dagster as dg

from contact_pipeline.assets.landing import QUIET_TAG
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.jobs import refresh_job, unfinished
from contact_pipeline.automation.orphans import sweep_orphans
from contact_pipeline.landing.inbox import PROBLEM_SUFFIX, InboxFile, waiting_files
from contact_pipeline.landing.news import nothing_new, wanted_fingerprint


def already_judged(file: InboxFile) -> bool:
    """Whether a file was refused or held before and has not been touched since: its note is younger than it is."""
    note = Path(f"{file.path}{PROBLEM_SUFFIX}")
    return note.exists() and note.stat().st_mtime_ns >= file.modified_ns


def run_key(files: list[InboxFile], fingerprint: str) -> str:
    """The same for the same files (name, size, modified time) and the same landed batches; new after a touch."""
    parts = [f"{file.path.name}|{file.size}|{file.modified_ns}" for file in files]
    return hashlib.sha256("\n".join([*sorted(parts), fingerprint]).encode()).hexdigest()[:32]


@dg.sensor(
    job=refresh_job,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A file in the inbox, a batch that landed or a decision someone took starts one refresh.",
)
def arrivals(context: dg.SensorEvaluationContext, workspace: Workspace) -> dg.RunRequest | dg.SkipReason:
    """Request a refresh when something is new and none is queued or running."""
    settings = workspace.settings()
    files = [file for file in waiting_files(settings.inbox) if not already_judged(file)]
    if not files and nothing_new(settings):
        return dg.SkipReason("Nothing new in the inbox, the landing folder or the ledger.")
    if unfinished(context.instance, refresh_job.name):
        return dg.SkipReason("A refresh is already queued or running; it or the next one takes what is new.")
    return dg.RunRequest(run_key=run_key(files, wanted_fingerprint(settings)), tags={QUIET_TAG: "yes"})


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Marks runs failed whose process is gone, so that they are retried and block nobody.",
)
def orphaned_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Sweep once; the daemon's first evaluation after a restart is the sweep at start."""
    swept = sweep_orphans(context.instance)
    return dg.SkipReason(
        f"{len(swept)} runs had lost their process and were marked failed." if swept else "No orphans."
    )
