"""A run without Dagster's bookkeeping: the assets that people's tables stand on, one after another, then a publish.

For tests that need many runs over a few dozen rows. What Dagster adds is tested elsewhere.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg

from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.config import Settings
from contact_pipeline.definitions import build_definitions
from contact_pipeline.landing.load import load_pending
from contact_pipeline.landing.news import wanted_fingerprint
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.schemas.quarantine import enforce_contract
from contact_pipeline.warehouse.connection import open_warehouse
from contact_pipeline.warehouse.models import all_models, run_model
from contact_pipeline.warehouse.publish import publish
from contact_pipeline.warehouse.resource import Warehouse

WANTED = (
    "people.person", "people.field_value", "people.consent", "people.crosswalk", "identity.refused",
    "contacts.record_key", "identity.evidence_hash",
)  # fmt: skip


@cache
def _in_order() -> list[tuple[str, Any]]:
    """The tables to make with their assets, each after what it stands on; raw tables are loaded otherwise."""
    definitions = build_definitions(Settings(home=Path("nowhere")))
    graph = definitions.resolve_asset_graph()
    of_key = {key: asset for asset in definitions.assets or () for key in asset.keys}  # type: ignore[union-attr]
    needed: list[dg.AssetKey] = []

    def visit(key: dg.AssetKey) -> None:
        if key in needed or key.path[0] in ("landing", "raw"):
            return
        for parent in sorted(graph.get(key).parent_keys):
            visit(parent)
        needed.append(key)

    for table in WANTED:
        visit(dg.AssetKey(table.split(".")))
    return [(".".join(key.path), of_key[key]) for key in needed]


def quick_run(settings: Settings) -> None:
    """Load what landed, rebuild the tables, publish."""
    with open_warehouse(settings.warehouse, wait_seconds=10, log=print) as connection:
        load_pending(connection, LandingStore(settings.landing), settings.clock())
        asked = {
            "warehouse": Warehouse.on(connection, settings.warehouse),
            "workspace": Workspace(home=str(settings.home)),
        }
        models = all_models()
        for table, asset in _in_order():
            if table in models:
                run_model(connection, models[table])
                enforce_contract(connection, table)
                continue
            # Its function, not the asset: invoking that makes a Dagster instance each time, half of the run's time.
            function = asset.op.compute_fn.decorated_fn
            function(**{name: asked[name] for name in asset.required_resource_keys if name in asked})
        publish(connection, settings.published, fingerprint=wanted_fingerprint(settings), published_at=settings.clock())
