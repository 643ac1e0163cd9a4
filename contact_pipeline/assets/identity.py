"""Assets of the identity stage that SQL cannot make: the model, the pairs, the clusters.

Each is one call into `identity/` with the ledger's decisions; what a person is called is the people stage's.
"""

from __future__ import annotations

import json

import dagster as dg
import duckdb

from contact_pipeline.assets.python_table import GATE, Extra, table_asset
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.warehouse.connection import row_count
from contact_pipeline.warehouse.fingerprint import link_made_with

EVIDENCE = "identity.evidence"

OUTGROWN = 4
LEARN_AGAIN_FROM = 2000
"""Training again is advised from so many records, where they are so many times those the model learned from."""


def _written_external_id(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.ledger.exports import external_ids_written

    ledger = workspace.ledger()
    try:
        written = external_ids_written(ledger)
    finally:
        ledger.close()
    connection.register("external_ids_written", written)
    connection.execute("create or replace table identity.written_external_id as select * from external_ids_written")
    connection.unregister("external_ids_written")


def _model(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    """The model in use; the first run trains one and uses it. Later ones are a human's choice: they change people."""
    from contact_pipeline.identity.charts import write_model_charts
    from contact_pipeline.identity.parameters import model_from_json
    from contact_pipeline.identity.training import train
    from contact_pipeline.ledger.models import model_in_use, save_model, use_model

    settings = workspace.settings()
    ledger = workspace.ledger()
    try:
        saved = model_in_use(ledger)
        if saved is None:
            model, now = train(connection, EVIDENCE), settings.clock()
            trained_on = f"{model.records} records of {settings.workspace}"
            version = save_model(ledger, model.as_json(), trained_on=trained_on, created_at=now, metrics={})
            use_model(ledger, version, now=now, actor="pipeline", reason="the first model of this workspace")
            saved = model_in_use(ledger)
        assert saved is not None
    finally:
        ledger.close()
    connection.execute("create or replace table identity.model (version integer, trained_on varchar, model json)")
    connection.execute(
        "insert into identity.model values (?, ?, ?)", [saved.version, saved.trained_on, json.dumps(saved.model)]
    )
    folder = settings.charts / f"model-{saved.version}"
    charts = sorted(folder.glob("*.html")) or write_model_charts(model_from_json(saved.model), folder)
    return {
        "version": saved.version,
        "trained on": saved.trained_on,
        **training_advice(row_count(connection, EVIDENCE), int(saved.model["records"])),
        "open the charts": f"contact-pipeline model charts {saved.version} --open",
        **{chart.stem.replace("_", " "): dg.MetadataValue.url(chart.resolve().as_uri()) for chart in charts},
    }


def training_advice(records: int, learned_from: int) -> dict[str, str]:
    """Advice to train anew, where the model learned from a small part of what there is now."""
    if records < LEARN_AGAIN_FROM or records < OUTGROWN * learned_from:
        return {}
    return {
        "train again": f"The model learned from {learned_from:,} records, and there are {records:,} now: "
        "`contact-pipeline model train` makes another and says what it would change."
    }


def _pair(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    """What changed is compared with the rest; the pairs are those of a full run."""
    from contact_pipeline.identity.incremental import link
    from contact_pipeline.identity.link_state import State
    from contact_pipeline.identity.parameters import model_from_json

    threshold = workspace.settings().review_threshold
    model = connection.execute("select model from identity.model").fetchall()[0][0]
    report = link(
        connection,
        EVIDENCE,
        model_from_json(json.loads(model)),
        "identity.pair",
        state=State("meta.link_"),
        made_with=link_made_with(model, threshold),
        threshold=threshold,
    )
    return {
        "pairs from the review threshold": report.pairs,
        "contacts that changed": report.changed,
        "contacts compared with the rest": report.relinked,
        "everything linked because": report.everything_because or "it was not",
    }


def _cluster(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    from contact_pipeline.identity.clustering import cluster

    settings = workspace.settings()
    pair = "select contact_id_l as record_id_l, contact_id_r as record_id_r from identity.decision where kind"
    connection.execute(f"create or replace temp table decided_same as {pair} = 'same'")
    connection.execute(f"create or replace temp table decided_different as {pair} = 'different'")
    cluster(
        connection,
        EVIDENCE,
        "identity.pair",
        threshold=settings.join_threshold,
        birth_year_gap=settings.birth_year_gap,
        same="decided_same",
        different="decided_different",
        target="identity.cluster",
        refused="identity.refused",
    )
    return {"decided pairs": row_count(connection, "identity.decision")}


def _refused(connection: duckdb.DuckDBPyConnection, _: Workspace) -> None:
    """Written together with the clusters; this only reports it."""
    connection.execute("select 1 from identity.refused limit 1")


def identity_assets() -> list[dg.AssetsDefinition]:
    """What the SQL models of the stage stand on, and the linking itself."""
    return [
        table_asset(
            "identity.written_external_id",
            _written_external_id,
            reads=[GATE],
            description="One row per external id an export of ours wrote, and for whom: only those count as evidence.",
        ),
        table_asset(
            "identity.model",
            _model,
            reads=[EVIDENCE],
            description="The saved Splink model in use: trained once, kept in the ledger, changed only on purpose.",
        ),
        table_asset(
            "identity.pair",
            _pair,
            reads=[EVIDENCE, "identity.model"],
            description="One row per pair of contacts that may be one person, with match weight and probability.",
        ),
        table_asset(
            "identity.cluster",
            _cluster,
            reads=[EVIDENCE, "identity.pair", "identity.decision"],
            description="One row per contact and the cluster it joins by itself, rules and decisions applied.",
        ),
        table_asset(
            "identity.refused",
            _refused,
            reads=["identity.cluster"],
            description="One row per pair that evidence would join and a cannot-link rule or a decision keeps apart.",
        ),
    ]
