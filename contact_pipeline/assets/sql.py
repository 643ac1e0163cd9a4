"""The assets made by SQL models: one for each file of `dbt_like_sql/`.

Turning a model into an asset belongs here; what the model does belongs to its file.
"""

import time

import dagster as dg

from contact_pipeline.assets.report import asset_key, table_report
from contact_pipeline.assets.style import OWNER, WAREHOUSE_SLOT, group_of, tags_of
from contact_pipeline.schemas.quarantine import KEYS, enforce_contract
from contact_pipeline.sources.entities import ENTITIES
from contact_pipeline.warehouse.lineage import stored_lineage
from contact_pipeline.warehouse.models import SqlModel, all_models, run_model
from contact_pipeline.warehouse.resource import Warehouse

BESIDE_RAW = ("landing.reject", "landing.known_column")
"""Tables without an asset of their own, written beside `landing.batch` when the raw tables are."""


def upstream_of(model: SqlModel) -> list[dg.AssetKey]:
    """The assets that must have run before the model: the tables it reads.

    The rows of the tables in `BESIDE_RAW` are committed by the raw assets together with the batches, so who reads them
    comes after all of those; who reads `meta.quarantine` comes after the tables whose contracts fill it.
    """
    tables = set(model.reads)
    if tables & {"landing.batch", *BESIDE_RAW}:
        tables |= {entity.table for entity in ENTITIES.values()}
    if "meta.quarantine" in tables:
        tables |= {table for table in KEYS if not table.startswith("people.issue")}
    tables -= {*BESIDE_RAW, "meta.quarantine"}
    return [asset_key(table) for table in sorted(tables)]


def sql_asset(model: SqlModel) -> dg.AssetsDefinition:
    """The asset of one model: it rebuilds the table, holds it to its contract and reports."""

    @dg.asset(
        key=asset_key(model.table),
        deps=upstream_of(model),
        description=model.description,
        group_name=group_of(model.table),
        kinds={"duckdb", "sql"},
        owners=[OWNER],
        tags=tags_of(model.table),
        pool=WAREHOUSE_SLOT,
        code_version=model.sha256[:12],
    )
    def build(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        started = time.monotonic()
        with warehouse.transaction() as connection:
            run_model(connection, model)
            set_aside = enforce_contract(connection, model.table)
            lineage = stored_lineage(connection, model)
            metadata = table_report(
                connection,
                model.table,
                seconds=time.monotonic() - started,
                lineage=lineage,
                extra={"rows set aside": set_aside},
            )
        return dg.MaterializeResult(metadata=metadata)

    return build


def sql_assets() -> list[dg.AssetsDefinition]:
    """One asset for each model, in reading order."""
    return [sql_asset(model) for model in all_models().values()]
