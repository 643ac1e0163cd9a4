"""Assets of the raw stage: one table per source entity, as sent.

Each loads the batches of its entity that are not in the warehouse yet; rows and batch id commit together.
"""

import time

import dagster as dg

from contact_pipeline.assets.report import asset_key, table_report
from contact_pipeline.assets.style import OWNER, WAREHOUSE_SLOT, group_of, tags_of
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.landing.load import load_pending
from contact_pipeline.sources.entities import ENTITIES, Entity
from contact_pipeline.sources.fetching import FETCHED
from contact_pipeline.warehouse.resource import Warehouse


def raw_asset(entity: Entity) -> dg.AssetsDefinition:
    """The asset of one entity's raw table."""
    upstream = [dg.AssetKey(["landing", "batch"])]
    if entity in FETCHED:
        upstream.append(asset_key(f"landing.{entity.source}_{entity.name}"))

    @dg.asset(
        key=asset_key(entity.table),
        deps=upstream,
        description=f"Every record of {entity.key} that ever arrived, as sent, all columns text. Nothing is deleted.",
        group_name=group_of(entity.table),
        kinds={"duckdb", "python"},
        owners=[OWNER],
        tags=tags_of(entity.table),
        pool=WAREHOUSE_SLOT,
    )
    def load(
        context: dg.AssetExecutionContext, warehouse: Warehouse, workspace: Workspace
    ) -> dg.MaterializeResult[None]:
        started = time.monotonic()
        settings = workspace.settings()
        reports = load_pending(warehouse.connection, workspace.store(), now=settings.clock(), entity=entity)
        for report in reports:
            context.log.info(
                f"{report.batch_id}: {report.seen} seen = {report.accepted} accepted + {report.quarantined} "
                f"quarantined + {report.blank} blank"
            )
        metadata = table_report(
            warehouse.connection,
            entity.table,
            seconds=time.monotonic() - started,
            extra={
                "batches loaded now": len(reports),
                "records seen now": sum(report.seen for report in reports),
                "records quarantined now": sum(report.quarantined for report in reports),
            },
        )
        return dg.MaterializeResult(metadata=metadata)

    return load


def raw_assets() -> list[dg.AssetsDefinition]:
    """One asset per entity."""
    return [raw_asset(entity) for entity in ENTITIES.values()]
