"""The three tiers of sync as jobs: set-up, periodic, on demand.

A sync is a fetch, then a refresh, each with its own run in Dagster's history: in one job a quiet platform would hold
back the news of all others (docs/architecture.md). The clock does the periodic tier by itself, piece by piece (`jobs`,
`sensors`); the jobs here are for a human, and for a scheduler of one's own. The work belongs to the assets.
"""

import dagster as dg

from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.jobs import ONE_TRY, refresh_job
from contact_pipeline.automation.running import note_failed_sync, run_job
from contact_pipeline.ledger.syncs import SyncKind
from contact_pipeline.sync.checking import check_platforms
from contact_pipeline.sync.next_steps import next_steps

DESCRIPTIONS = {
    SyncKind.SET_UP: "First of a season: try every key, form and campaign; read and rebuild all; say what to upload.",
    SyncKind.PERIODIC: "What the schedules do by themselves: read every API, rebuild if anything is new.",
    SyncKind.ON_DEMAND: "Now, whatever is new or not: read every API, rebuild all.",
}


@dg.op(out=dg.Out(dg.Nothing), description="Ask every configured platform whether its key, form or campaign is right.")
def check(context: dg.OpExecutionContext, workspace: Workspace) -> None:
    """Fails before anything is read, naming every platform that does not answer as configured."""
    for line in check_platforms(workspace.settings()):
        context.log.info(line)


def _sync_job(kind: SyncKind) -> dg.JobDefinition:
    """One tier."""
    quiet = kind == SyncKind.PERIODIC

    @dg.op(name=f"fetch_{kind}", ins={"start": dg.In(dg.Nothing)}, out=dg.Out(dg.Nothing))
    def fetch(context: dg.OpExecutionContext, workspace: Workspace) -> None:
        """A platform that fails stops no other, nor the rebuilding."""
        for step, _ in run_job("fetch", workspace.settings(), quiet=quiet).errors:
            context.log.warning(f"{step} failed; see its own run.")

    @dg.op(name=f"refresh_{kind}", ins={"start": dg.In(dg.Nothing)}, out=dg.Out(dg.Nothing))
    def refresh(context: dg.OpExecutionContext, workspace: Workspace) -> None:
        outcome = run_job("refresh", workspace.settings(), quiet=quiet, kind=kind)
        if not outcome.success:
            raise dg.Failure(f"The refresh failed; nothing was published. Its own run, {outcome.run_id}, says why.")

    @dg.op(name=f"tell_{kind}", ins={"start": dg.In(dg.Nothing)}, out=dg.Out(dg.Nothing))
    def tell(context: dg.OpExecutionContext, workspace: Workspace) -> None:
        for step in next_steps(workspace.settings()):
            context.log.info(step)

    @dg.job(name=f"sync_{kind}", description=DESCRIPTIONS[kind], executor_def=dg.in_process_executor, tags=ONE_TRY)
    def sync() -> None:
        """Check (set-up only), fetch, refresh, say what to do."""
        tell(refresh(fetch(check()) if kind == SyncKind.SET_UP else fetch()))

    return sync


sync_jobs = [_sync_job(kind) for kind in DESCRIPTIONS]


@dg.run_failure_sensor(
    monitored_jobs=[refresh_job],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A refresh that failed is told as failed in the log of syncs.",
)
def failed_syncs(context: dg.RunFailureSensorContext, workspace: Workspace) -> None:
    """Note it."""
    note_failed_sync(workspace.settings(), context.dagster_run.run_id)
