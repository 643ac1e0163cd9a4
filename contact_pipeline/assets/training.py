"""The asset of training: a new model, tried out on the published people and saved, but not used.

It reads the snapshot and the ledger, never the warehouse, so it may run beside a refresh.
"""

import time
from typing import Any

import dagster as dg

from contact_pipeline.assets.report import asset_key
from contact_pipeline.assets.style import OWNER, group_of, tags_of
from contact_pipeline.assets.workspace import Workspace

TABLE = "identity.trained_model"


@dg.asset(
    key=asset_key(TABLE),
    deps=[asset_key("identity.evidence"), asset_key("people.crosswalk")],
    description="A model trained anew on the published evidence and the pairs humans judged, with its accuracy and "
    "what it would change. It links only after `contact-pipeline model use`.",
    group_name=group_of(TABLE),
    kinds={"python", "splink"},
    owners=[OWNER],
    tags=tags_of(TABLE),
)
def trained_model(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult[None]:
    """Train, try, save."""
    from contact_pipeline.identity.charts import write_model_charts
    from contact_pipeline.identity.retraining import train_and_try

    started = time.monotonic()
    settings = workspace.settings()
    ledger = workspace.ledger()
    try:
        trained = train_and_try(ledger, settings, now=settings.clock())
    finally:
        ledger.close()
    charts = write_model_charts(trained.model, settings.charts / f"model-{trained.version}")
    context.log.info(trained.sentence())
    metadata: dict[str, Any] = {
        "dagster/row_count": 1,
        "version": trained.version,
        "in use": trained.in_use,
        "summary": trained.sentence(),
        **{f"expected {name}": value for name, value in trained.metrics["expected"].items()},
        **{f"labels {name}": value for name, value in trained.metrics["labelled"].items()},
        **{name: value for name, value in trained.metrics["difference"].items() if name != "examples"},
        **{chart.stem.replace("_", " "): dg.MetadataValue.url(chart.resolve().as_uri()) for chart in charts},
        "seconds": round(time.monotonic() - started, 3),
    }
    return dg.MaterializeResult(metadata=metadata)
