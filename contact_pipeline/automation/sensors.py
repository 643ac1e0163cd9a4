"""Sensors: they watch, they never work.

Turning "a file arrived" or "a run died" into a run request or a mark belongs here. Reading, hashing and judging the
file belong to `landing`, where they can be tested without Dagster.
"""

import hashlib
import time
from datetime import UTC, datetime

import dagster as dg

from contact_pipeline.assets.landing import QUIET_TAG
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.jobs import refresh_job, unfinished
from contact_pipeline.automation.orphans import sweep_orphans
from contact_pipeline.config import Settings
from contact_pipeline.landing.files import open_for_writing
from contact_pipeline.landing.inbox import InboxFile, already_judged, touched_ns, waiting_files
from contact_pipeline.landing.news import nothing_new, wanted_fingerprint
from contact_pipeline.warehouse.publish import current_generation

SETTLED_AFTER = 5.0
"""Seconds a file must have been left alone before it starts a run: a copy over a network pauses now and then."""


def still_growing(file: InboxFile, *, now: float) -> bool:
    """Whether somebody writes to the file, as far as this machine can tell (`now`: seconds since 1970)."""
    return now - touched_ns(file.path) / 1e9 < SETTLED_AFTER or open_for_writing(file.path)


def run_key(files: list[InboxFile], settings: Settings) -> str:
    """The same for the same files (name, size, time), landed batches and snapshot; new after a touch.

    Dagster starts a key once: a run that failed is not started again until something is touched, arrives or is decided.
    The snapshot's number lets inputs that come back to what they once were be worked through again.
    """
    generation = current_generation(settings.published)
    parts = sorted(f"{file.source}/{file.path.name}|{file.size}|{touched_ns(file.path)}" for file in files)
    whole = [*parts, wanted_fingerprint(settings), str(generation.number if generation else 0)]
    return hashlib.sha256("\n".join(whole).encode()).hexdigest()[:32]


@dg.sensor(
    job=refresh_job,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A file in the inbox, a batch that landed or a decision someone took starts one refresh.",
)
def arrivals(context: dg.SensorEvaluationContext, workspace: Workspace) -> dg.RunRequest | dg.SkipReason:
    """Request a refresh when something is new and none is queued or running."""
    settings = workspace.settings()
    waiting = [file for file in waiting_files(settings.inbox) if not already_judged(file)]
    files = [file for file in waiting if not still_growing(file, now=time.time())]
    if not files and nothing_new(settings):
        growing = f" {len(waiting)} files are still being copied." if waiting else ""
        return dg.SkipReason(f"Nothing new in the inbox, the landing folder or the ledger.{growing}")
    if unfinished(context.instance, refresh_job.name):
        return dg.SkipReason("A refresh is already queued or running; it or the next one takes what is new.")
    return dg.RunRequest(run_key=run_key(files, settings), tags={QUIET_TAG: "yes"})


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Marks runs failed whose process is gone, so that they are retried and block nobody.",
)
def orphaned_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Sweep once; the daemon's first evaluation after a restart is the sweep at start."""
    swept = sweep_orphans(context.instance, now=datetime.now(UTC))
    return dg.SkipReason(
        f"{len(swept)} runs had lost their process and were marked failed." if swept else "No orphans."
    )
