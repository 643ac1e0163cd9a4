"""Jobs and schedules: when things run.

What runs is decided by asset selection; the work belongs to the assets.
"""

from datetime import UTC, datetime

import dagster as dg

from contact_pipeline.assets.landing import QUIET_TAG
from contact_pipeline.assets.report import asset_key
from contact_pipeline.assets.style import GROUPS
from contact_pipeline.assets.training import TABLE as TRAINED_MODEL
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.cadence import due_entities
from contact_pipeline.automation.retention import forget_old_runs
from contact_pipeline.landing.calls import calls_of
from contact_pipeline.sources.entities import Entity
from contact_pipeline.sources.fetching import FETCHED, FETCHED_SOURCES, configured


def fetch_key(entity: Entity) -> dg.AssetKey:
    """The asset that reads an entity."""
    return asset_key(f"landing.{entity.source}_{entity.name}")


FETCHES = dg.AssetSelection.assets(*(fetch_key(entity) for entity in FETCHED))

TRAINING = dg.AssetSelection.assets(asset_key(TRAINED_MODEL))

UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
HOUR = 3600

ONE_TRY = {"dagster/max_runtime": str(HOUR), "dagster/max_retries": "0"}

fetch_job = dg.define_asset_job(
    "fetch",
    selection=FETCHES,
    description="Read every configured API; land what is new. Opens no database, so it may run beside a refresh.",
    executor_def=dg.in_process_executor,
    tags=ONE_TRY,
)


source_jobs = {
    source: dg.define_asset_job(
        f"fetch_{source}",
        selection=dg.AssetSelection.assets(*(fetch_key(entity) for entity in FETCHED if entity.source == source)),
        description=f"Read what the workspace uses of {source}; land what is new. Opens no database.",
        executor_def=dg.in_process_executor,
        tags=ONE_TRY,
    )
    for source in FETCHED_SOURCES
}
"""One job for each platform, so that none waits for another."""
refresh_job = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - FETCHES - dg.AssetSelection.groups(GROUPS["voters"]) - TRAINING,
    description="Take the inbox, load what landed, rebuild people, issues and exports, publish.",
    executor_def=dg.in_process_executor,
    tags={"dagster/max_runtime": str(2 * HOUR), "dagster/retry_strategy": "ALL_STEPS"},
)
"""A lost run is redone from its gate, which looks at what is there, not from the step it died in."""

train_job = dg.define_asset_job(
    "train",
    selection=TRAINING,
    description="Train a linking model on the published people, try it and save it. A human lets it link.",
    executor_def=dg.in_process_executor,
    tags=ONE_TRY,
)


@dg.op(description="Delete runs that ended more than two weeks ago, but for the last of each job and asset.")
def forget_runs(context: dg.OpExecutionContext) -> None:
    """Prune Dagster's history."""
    forgotten = forget_old_runs(context.instance, now=datetime.now(UTC))
    context.log.info(f"{len(forgotten)} old runs were forgotten.")


@dg.job(
    description="Forget old runs, so that Dagster's history does not grow without end.",
    executor_def=dg.in_process_executor,
    tags=ONE_TRY,
)
def housekeeping() -> None:
    """One step."""
    forget_runs()


def unfinished(instance: dg.DagsterInstance, job_name: str) -> bool:
    """Whether a run of the job is queued or running."""
    runs = instance.get_run_records(dg.RunsFilter(job_name=job_name, statuses=UNFINISHED), limit=1)
    return bool(runs)


def schedule_of(source: str) -> dg.ScheduleDefinition:
    """The clock of one platform: it ticks every 15 minutes and reads what is due by then (decision 44)."""

    @dg.schedule(
        name=f"{source}_every_15_minutes",
        job=source_jobs[source],
        cron_schedule="*/15 * * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"Every 15 minutes: reads what is due of {source}, and materialises nothing when nothing is new.",
    )
    def tick(context: dg.ScheduleEvaluationContext, workspace: Workspace) -> dg.RunRequest | dg.SkipReason:
        settings = workspace.settings()
        if not any(configured(entity, settings) for entity in FETCHED if entity.source == source):
            return dg.SkipReason(f"This workspace reads nothing of {source}: contact-pipeline connect {source}")
        if unfinished(context.instance, f"fetch_{source}") or unfinished(context.instance, fetch_job.name):
            return dg.SkipReason("A fetch is already queued or running.")
        ledger = workspace.ledger()
        try:
            due = due_entities(source, settings, ledger, now=settings.clock())
            calls = calls_of(source, settings, ledger, now=settings.clock())
        finally:
            ledger.close()
        if not due:
            return dg.SkipReason("Nothing is due yet.")
        affordable = calls.affordable(due)
        if not affordable:
            return dg.SkipReason(calls.refusal(calls.expected(due[:1]), due[0].key))
        return dg.RunRequest(asset_selection=[fetch_key(entity) for entity in affordable], tags={QUIET_TAG: "yes"})

    return tick


source_schedules = {source: schedule_of(source) for source in FETCHED_SOURCES}


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
