"""Assets of the landing stage: what arrives is kept byte for byte before anything reads it.

Network fetches and the gate of the refresh belong here. They materialise nothing when nothing is new, if the run is
tagged quiet (schedules and sensors); started by hand they always report.
"""

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import dagster as dg

from contact_pipeline.assets.report import SAMPLE_ROWS, asset_key, described, described_table
from contact_pipeline.assets.style import OWNER, WAREHOUSE_SLOT, group_of, tags_of
from contact_pipeline.assets.syncing import open_line
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.imports.inbox import empty_inbox
from contact_pipeline.landing.arriving import fetch_entity
from contact_pipeline.landing.calls import calls_of
from contact_pipeline.landing.load import pending_batches
from contact_pipeline.landing.news import nothing_new
from contact_pipeline.landing.pages import page_records
from contact_pipeline.landing.store import Arrival, LandingStore
from contact_pipeline.landing.tables import create_tables
from contact_pipeline.sources.entities import Entity
from contact_pipeline.sources.errors import QuotaExhausted, SourceRefused, SourceUnavailable
from contact_pipeline.sources.fetching import FETCHED
from contact_pipeline.warehouse.resource import Warehouse

QUIET_TAG = "contact_pipeline/quiet"
BEYOND_BUDGET_TAG = "contact_pipeline/beyond_budget"


def is_quiet(context: dg.AssetExecutionContext) -> bool:
    """Whether this run was started by a clock, not by a person."""
    return context.run.tags.get(QUIET_TAG) == "yes"


def goes_beyond_budget(context: dg.AssetExecutionContext) -> bool:
    """Whether a person said that this run may ask more than the budget of calls allows."""
    return context.run.tags.get(BEYOND_BUDGET_TAG) == "yes"


def fetch_asset(entity: Entity) -> dg.AssetsDefinition:
    """The asset that reads one entity over its API and lands the pages."""
    table = f"landing.{entity.source}_{entity.name}"

    @dg.asset(
        key=asset_key(table),
        description=f"Every page of {entity.key} as the API sent it, byte for byte; nothing where nothing changed.",
        group_name=group_of(table),
        kinds={"python", entity.source},
        owners=[OWNER],
        tags=tags_of(table),
        output_required=False,
    )
    def fetch(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[dg.MaterializeResult[None]]:
        started = time.monotonic()
        try:
            outcome = fetch_entity(
                entity, workspace.settings(), log=context.log.info, beyond_budget=goes_beyond_budget(context)
            )
        except SourceRefused as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error
        except SourceUnavailable as error:
            closed = isinstance(error, QuotaExhausted)
            raise dg.Failure(description=str(error), allow_retries=not closed) from error
        if outcome.new or not is_quiet(context):
            metadata: dict[str, Any] = {
                "dagster/row_count": outcome.records,
                "new": outcome.new,
                "calls": outcome.calls,
                "batch": outcome.batch_id or "none",
                "message": outcome.message,
                **({} if outcome.calls_left is None else {"calls left today": outcome.calls_left}),
                **calls_told(entity, workspace),
                **described_reading(workspace.store(), outcome.batch_id, entity),
            }
            yield dg.MaterializeResult(metadata={**metadata, "seconds": round(time.monotonic() - started, 3)})

    return fetch


def calls_told(entity: Entity, workspace: Workspace) -> dict[str, Any]:
    """The platform's calls against its budget, as metadata; with a warning where one is due."""
    settings, ledger = workspace.settings(), workspace.ledger()
    try:
        calls = calls_of(entity.source, settings, ledger, now=settings.clock())
    finally:
        ledger.close()
    told: dict[str, Any] = {
        "calls in 24 hours": calls.budget.used_day,
        "calls in 30 days": calls.budget.used_month,
        "calls a day at this rhythm": round(calls.forecast, 1),
    }
    limits = {"most calls in 24 hours": calls.budget.per_day, "most calls in 30 days": calls.budget.per_month}
    told |= {name: most for name, most in limits.items() if most is not None}
    return told | ({"warning: budget of calls": calls.warning} if calls.warning else {})


def described_reading(store: LandingStore, batch_id: str | None, entity: Entity) -> dict[str, Any]:
    """What the records of a reading look like, as metadata; the columns are the platform's own."""
    batch = store.batch(batch_id) if batch_id else None
    if batch is None:
        return {}
    rows = (judged.cells for judged in page_records(store.path_of(batch), batch, entity) if judged.cells is not None)
    return described(entity.table, dict.fromkeys(batch.columns, "json"), islice(rows, SAMPLE_ROWS))


@dg.asset(
    key=["landing", "batch"],
    description="The batches that arrived: dropped files are taken here, and the run goes on only if something is new.",
    group_name=group_of("landing.batch"),
    kinds={"python"},
    owners=[OWNER],
    tags=tags_of("landing.batch"),
    pool=WAREHOUSE_SLOT,
    output_required=False,
)
def batch(
    context: dg.AssetExecutionContext, workspace: Workspace, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult[None]]:
    """Take the inbox, then decide whether the published snapshot is still what these inputs give."""
    started = time.monotonic()
    settings = workspace.settings()
    arrivals = empty_inbox(settings, log=context.log.info)
    waiting = [arrival for arrival in arrivals if arrival.status in ("held", "refused")]
    if waiting:
        context.log_event(dg.AssetObservation(context.asset_key, metadata={"dropped files": _listed(waiting)}))
    store = workspace.store()
    missing = pending_batches(warehouse.connection, store)
    if nothing_new(settings) and not missing and is_quiet(context):
        context.log.info("Nothing is new: the published snapshot stands and no table is rebuilt.")
        return
    create_tables(warehouse.connection)
    open_line(warehouse.connection, workspace, context.run, files_taken=bool(arrivals))
    yield dg.MaterializeResult(
        metadata={
            **described_table(warehouse.connection, "landing.batch"),
            "dagster/row_count": len(store.manifest()),
            "files taken now": len(arrivals),
            "batches to load": len(missing),
            "held or refused now": len(waiting),
            **({"dropped files": _listed(arrivals)} if arrivals else {}),
            "seconds": round(time.monotonic() - started, 3),
        },
    )


def _listed(arrivals: Iterable[Arrival]) -> dg.MarkdownMetadataValue:
    """What became of dropped files; of those that wait, why, and the commands that settle it."""
    files = [(Path(arrival.file), arrival) for arrival in arrivals]
    told = (f"**{at.parent.name}/{at.name}**: {one.status}\n\n```\n{one.message}\n```" for at, one in files)
    return dg.MetadataValue.md("\n\n".join(told))


def landing_assets() -> list[dg.AssetsDefinition]:
    """The fetches, then the gate."""
    return [*(fetch_asset(entity) for entity in FETCHED), batch]
