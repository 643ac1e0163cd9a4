"""The refresh without Dagster's bookkeeping: everything the job makes, once, in order, in this process.

For rehearsals that refresh dozens of times. What Dagster adds (history, checks, retries, lineage) is left out; what the
assets make is not: the models' own SQL, and the assets' own functions.
"""

from __future__ import annotations

import inspect
import logging
import uuid
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.config import Settings
from contact_pipeline.schemas.quarantine import enforce_contract
from contact_pipeline.warehouse.connection import open_warehouse
from contact_pipeline.warehouse.models import SqlModel, all_models, run_model
from contact_pipeline.warehouse.resource import Warehouse


@cache
def _works(home: str) -> tuple[Callable[..., Any], ...]:
    """What makes each asset of the refresh, each after those it reads: a model's SQL, or the asset's function."""
    from contact_pipeline.definitions import build_definitions

    definitions = build_definitions(Settings(home=Path(home)))
    graph = definitions.resolve_asset_graph()
    wanted = definitions.resolve_job_def("refresh").asset_layer.executable_asset_keys
    keys = [key for key in graph.toposorted_asset_keys if key in wanted]
    return tuple(_work(".".join(key.path), definitions.get_assets_def(key)) for key in keys)


def _work(table: str, asset: Any) -> Callable[..., Any]:
    model = all_models().get(table)
    return partial(_run, model) if model is not None else cast(Callable[..., Any], asset.op.compute_fn.decorated_fn)


def _run(model: SqlModel, warehouse: Warehouse) -> None:
    with warehouse.transaction() as connection:
        run_model(connection, model)
        enforce_contract(connection, model.table)


def refresh_plainly(settings: Settings) -> None:
    """Take the inbox, load, rebuild and publish, whether or not anything is new.

    Raises:
        Exception: whatever an asset raised; nothing was published then.
    """
    home = str(settings.home.resolve())
    with open_warehouse(settings.warehouse, wait_seconds=settings.lock_wait_seconds, log=lambda _: None) as connection:
        given = {
            "context": SimpleNamespace(
                log=logging.getLogger(__name__), run=SimpleNamespace(tags={}, run_id=str(uuid.uuid4()))
            ),
            "workspace": Workspace(home=home),
            "warehouse": Warehouse.on(connection, settings.warehouse),
        }
        for work in _works(home):
            done = work(**{name: given[name] for name in inspect.signature(work).parameters if name in given})
            if isinstance(done, Iterator):
                list(done)
