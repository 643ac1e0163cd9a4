"""The hourly look at ages and calls, which no arriving file and no refresh would start.

When to look belongs here; what is looked at, to `checks.watching`.
"""

import dagster as dg

from contact_pipeline.automation.jobs import ONE_TRY
from contact_pipeline.checks.watching import SOURCE_CHECKS

watch_job = dg.define_asset_job(
    "watch",
    selection=dg.AssetSelection.checks(*SOURCE_CHECKS),
    description="Warn of content that grew old and of budgets of calls that run out. Opens no database of people.",
    executor_def=dg.in_process_executor,
    tags=ONE_TRY,
)


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
