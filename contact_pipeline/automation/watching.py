"""What time alone does: the hourly look at ages and calls, and at files of ours that grew too old to leave.

No arriving file and no refresh would start it. When to look belongs here; what is looked at, to `checks.watching` and
`exports.recording`.
"""

import dagster as dg

from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.jobs import ONE_TRY
from contact_pipeline.checks.watching import SOURCE_CHECKS
from contact_pipeline.exports.recording import take_away_old

watch_job = dg.define_asset_job(
    "watch",
    selection=dg.AssetSelection.checks(*SOURCE_CHECKS),
    description="Warn of content that grew old and of budgets of calls that run out. Opens no database of people.",
    executor_def=dg.in_process_executor,
    tags=ONE_TRY,
)


@dg.op(description="Delete the files in the exports folder that may not leave any more (exports/gates.toml).")
def take_away(context: dg.OpExecutionContext, workspace: Workspace) -> None:
    """Nobody is to take a file past its freshness gate by finding it where it lies."""
    for target in take_away_old(workspace.settings()):
        context.log.info(f"The {target} file was taken away: what it says is too old.")


@dg.job(
    description="Take away the files we wrote whose content is too old by now. Opens no database of people.",
    executor_def=dg.in_process_executor,
    tags=ONE_TRY,
)
def old_exports() -> None:
    """One step."""
    take_away()


@dg.schedule(
    job=old_exports,
    cron_schedule="20 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once an hour.",
)
def every_hour_old_exports(_context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Start the clearing."""
    return dg.RunRequest()


@dg.schedule(
    job=watch_job,
    cron_schedule="10 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once an hour.",
)
def every_hour(_context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Start the look."""
    return dg.RunRequest()
