"""The assets made by SQL models: one for each file of `dbt_like_sql/`.

Turning models into assets belongs here; what a model does belongs to its file, `steps` says which share a step.
"""

import time
from collections.abc import Collection, Iterator, Sequence

import dagster as dg

from contact_pipeline.assets.report import asset_key, name_of, table_report
from contact_pipeline.assets.steps import shared_steps
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


def spec_of(model: SqlModel) -> dg.AssetSpec:
    """The asset of one model."""
    return dg.AssetSpec(
        key=asset_key(model.table),
        deps=upstream_of(model),
        description=model.description,
        group_name=group_of(model.table),
        kinds={"duckdb", "sql"},
        owners=[OWNER],
        tags=tags_of(model.table),
        code_version=model.sha256[:12],
    )


class ModelFailedError(Exception):
    """A model could not be built; says which, as other models share its step."""


def build(warehouse: Warehouse, model: SqlModel) -> dg.MaterializeResult[None]:
    """Rebuild the model's table, hold it to its contract and report."""
    started = time.monotonic()
    try:
        with warehouse.transaction() as connection:
            run_model(connection, model)
            set_aside = enforce_contract(connection, model.table)
            metadata = table_report(
                connection,
                model.table,
                seconds=time.monotonic() - started,
                lineage=stored_lineage(connection, model),
                extra={"rows set aside": set_aside},
            )
    except Exception as error:
        raise ModelFailedError(f"{model.table}: {error}") from error
    return dg.MaterializeResult(asset_key=asset_key(model.table), metadata=metadata)


def step_asset(name: str, models: Sequence[SqlModel]) -> dg.AssetsDefinition:
    """The assets of models that share a step, each after those it reads. Any of them can be made alone."""

    @dg.multi_asset(name=name, specs=[spec_of(model) for model in models], can_subset=True, pool=WAREHOUSE_SLOT)
    def build_all(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult[None]]:
        for model in models:
            if asset_key(model.table) in context.selected_asset_keys:
                yield build(warehouse, model)

    return build_all


def sql_assets(beside: Sequence[dg.AssetsDefinition], *, checked: Collection[str]) -> list[dg.AssetsDefinition]:
    """An asset for each model; a stage has as few steps as the assets `beside` it and its blocking checks allow."""
    models = all_models()
    reads = {table: {name_of(key) for key in upstream_of(model)} for table, model in models.items()}
    for definition in beside:
        reads |= {name_of(key): {name_of(dep) for dep in deps} for key, deps in definition.asset_deps.items()}
    steps = shared_steps(reads, models, checked)
    return [step_asset(name, [models[table] for table in tables]) for name, tables in steps.items()]
