"""Jobs and schedules: when things run.

What runs is decided by asset selection; the work belongs to the assets.
"""

from datetime import UTC, datetime

import dagster as dg

from contact_pipeline.assets.landing import QUIET_TAG
from contact_pipeline.assets.report import asset_key
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.retention import forget_old_runs
from contact_pipeline.sources.fetching import FETCHED, configured

FETCHES = dg.AssetSelection.assets(*(asset_key(f"landing.{entity.source}_{entity.name}") for entity in FETCHED))

UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
HOUR = 3600

fetch_job = dg.define_asset_job(
    "fetch",
    selection=FETCHES,
    description="Read every configured API; land what is new. Opens no database, so it may run beside a refresh.",
    executor_def=dg.in_process_executor,
    tags={"dagster/max_runtime": str(HOUR), "dagster/max_retries": "0"},
)
refresh_job = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - FETCHES,
    description="Take the inbox, load what landed, rebuild people, issues and exports, publish.",
    executor_def=dg.in_process_executor,
    tags={"dagster/max_runtime": str(2 * HOUR), "dagster/retry_strategy": "ALL_STEPS"},
)
"""A lost run is redone from its gate, which looks at what is there, not from the step it died in."""


@dg.op(description="Delete runs that ended more than two weeks ago, but for the last of each job and asset.")
def forget_runs(context: dg.OpExecutionContext) -> None:
    """Prune Dagster's history."""
    forgotten = forget_old_runs(context.instance, now=datetime.now(UTC))
    context.log.info(f"{len(forgotten)} old runs were forgotten.")


@dg.job(
    description="Forget old runs, so that Dagster's history does not grow without end.",
    executor_def=dg.in_process_executor,
    tags={"dagster/max_runtime": str(HOUR), "dagster/max_retries": "0"},
)
def housekeeping() -> None:
    """One step."""
    forget_runs()


def unfinished(instance: dg.DagsterInstance, job_name: str) -> bool:
    """Whether a run of the job is queued or running."""
    runs = instance.get_run_records(dg.RunsFilter(job_name=job_name, statuses=UNFINISHED), limit=1)
    return bool(runs)


@dg.schedule(
    job=fetch_job,
    cron_schedule="*/15 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every 15 minutes; materialises nothing when the sources say nothing new.",
)
def every_15_minutes(context: dg.ScheduleEvaluationContext, workspace: Workspace) -> dg.RunRequest | dg.SkipReason:
    """Start a fetch, unless there is nothing to fetch from or one is still waiting or running."""
    settings = workspace.settings()
    if not any(configured(entity, settings) for entity in FETCHED):
        return dg.SkipReason("This workspace reads no platform; docs say how to point it at one.")
    if unfinished(context.instance, fetch_job.name):
        return dg.SkipReason("A fetch is already queued or running.")
    return dg.RunRequest(tags={QUIET_TAG: "yes"})


@dg.schedule(
    job=housekeeping,
    cron_schedule="40 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once a day; keeps two weeks of runs.",
)
def every_night(_context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Start the housekeeping."""
    return dg.RunRequest()
