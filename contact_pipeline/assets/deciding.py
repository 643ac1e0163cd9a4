"""Assets that bring the ledger's decisions into the warehouse, before anything that obeys them is made.

Each is one call into `ledger/`; what follows from a decision belongs to the stages that read these tables.
"""

from __future__ import annotations

import dagster as dg
import duckdb

from contact_pipeline.assets.python_table import Extra, table_asset
from contact_pipeline.assets.workspace import Workspace


def _decision(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    """Also notes which state of the ledger the run obeys, its model included: a later one wakes the next run."""
    from contact_pipeline.ledger.contact_decisions import active_pairs

    ledger = workspace.ledger()
    try:
        applied = ledger.version()
        decided = active_pairs(ledger)
    finally:
        ledger.close()
    connection.execute("create or replace table meta.applied (ledger_version varchar)")
    connection.execute("insert into meta.applied values (?)", [applied])
    connection.register("decided_pairs", decided)
    connection.execute("create or replace table identity.decision as select * from decided_pairs")
    connection.unregister("decided_pairs")
    return {"pairs decided": decided.num_rows}


def _decision_seen(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.ledger.contact_decisions import evidence_seen

    ledger = workspace.ledger()
    try:
        seen = evidence_seen(ledger)
    finally:
        ledger.close()
    connection.register("evidence_seen", seen)
    connection.execute("create or replace table identity.decision_seen as select * from evidence_seen")
    connection.unregister("evidence_seen")


def deciding_assets() -> list[dg.AssetsDefinition]:
    """What humans said of who is who, and what they said it on."""
    return [
        table_asset(
            "identity.decision",
            _decision,
            reads=["identity.model"],
            description="One row per pair of contacts a human judged: one person, or two. It wins over every score.",
        ),
        table_asset(
            "identity.decision_seen",
            _decision_seen,
            reads=["identity.decision"],
            description="One row per standing decision and contact it stood on, with a hash of what it said then.",
        ),
    ]
