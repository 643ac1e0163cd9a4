"""When a voter file is loaded: a job of its own, and the sensor that starts it when a file arrives.

The refresh never loads one: a state's file takes minutes, a refresh must not. Reading and judging the files belong to
`sources.voter_file`.
"""

import hashlib
import time

import dagster as dg

from contact_pipeline.assets.landing import QUIET_TAG
from contact_pipeline.assets.style import GROUPS
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.jobs import HOUR, unfinished
from contact_pipeline.landing.files import open_for_writing
from contact_pipeline.sources.voter_file.inbox import changed_ns, waiting_states

SETTLED_AFTER = 60.0
"""Seconds all files of a state must have been left alone: a folder of counties is copied file by file, with pauses."""

load_voters_job = dg.define_asset_job(
    "load_voters",
    selection=dg.AssetSelection.groups(GROUPS["voters"]),
    description="Load the voter files that wait in inbox/voters/. Opens no warehouse, so it may run beside a refresh.",
    executor_def=dg.in_process_executor,
    tags={"dagster/max_runtime": str(2 * HOUR)},
)


@dg.sensor(
    job=load_voters_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Voter files in inbox/voters/, once nobody writes to them any more, start one load.",
)
def voter_files(context: dg.SensorEvaluationContext, workspace: Workspace) -> dg.RunRequest | dg.SkipReason:
    """Request a load when a state's files are complete and none is queued or running."""
    settings = workspace.settings()
    waiting = [
        state for state in waiting_states(settings.inbox, default_state=settings.voters_state) if not state.judged
    ]
    if not waiting:
        return dg.SkipReason("No voter file waits in inbox/voters/.")
    files = [file for state in waiting for file in state.files]
    quiet_since = max(changed_ns(file) for file in files) / 1e9
    if time.time() - quiet_since < SETTLED_AFTER or any(open_for_writing(file) for file in files):
        return dg.SkipReason(f"{len(files)} files are still being copied.")
    if unfinished(context.instance, load_voters_job.name):
        return dg.SkipReason("A load is already queued or running; it or the next one takes what waits.")
    parts = sorted(f"{state.state}|{file.name}|{changed_ns(file)}" for state in waiting for file in state.files)
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    return dg.RunRequest(run_key=key, tags={QUIET_TAG: "yes"})
