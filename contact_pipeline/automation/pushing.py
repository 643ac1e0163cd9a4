"""The job that brings changes to Givebutter over its API. The work belongs to `sync.sending`."""

import dagster as dg

from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.jobs import ONE_TRY
from contact_pipeline.sources.errors import SourceError
from contact_pipeline.sync.sending import NotProbedError, push_changes


@dg.op(
    description="Bring our tags of the season's mentors to Givebutter; what is not confirmed waits for the next run."
)
def push_tags(context: dg.OpExecutionContext, workspace: Workspace) -> None:
    """One push."""
    try:
        pushed = push_changes(workspace.settings())
    except SourceError as error:
        raise dg.Failure(description=str(error)) from error
    except NotProbedError as error:
        context.log.info(str(error))
        return
    context.log.info(f"{len(pushed.wanted)} changes, {pushed.confirmed} confirmed, {len(pushed.failed)} failed.")
    if pushed.failed:
        raise dg.Failure(description=f"{len(pushed.failed)} changes failed: {pushed.failed[0]}")


@dg.job(
    description="Bring what needs no file to Givebutter over its API: our tags of the season's mentors.",
    executor_def=dg.in_process_executor,
    tags=ONE_TRY,
)
def push() -> None:
    """One step."""
    push_tags()
