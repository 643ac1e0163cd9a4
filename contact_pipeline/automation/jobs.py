"""Jobs and the schedule: when things run.

What runs is decided by asset selection; the work belongs to the assets.
"""

import dagster as dg

from contact_pipeline.assets.landing import QUIET_TAG
from contact_pipeline.assets.report import asset_key
from contact_pipeline.sources.fetching import FETCHED

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
    tags={"dagster/max_runtime": str(2 * HOUR)},
)


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
def every_15_minutes(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Start a fetch, unless one is still waiting or running."""
    if unfinished(context.instance, fetch_job.name):
        return dg.SkipReason("A fetch is already queued or running.")
    return dg.RunRequest(tags={QUIET_TAG: "yes"})
