"""Assets that keep the log of syncs.

Opening a line belongs to the gate, closing it with its figures here; counting belongs to `sync.figures`.
"""

from __future__ import annotations

import dagster as dg
import duckdb

from contact_pipeline.assets.python_table import Extra, table_asset
from contact_pipeline.assets.workspace import Workspace, write_ledger_table
from contact_pipeline.ledger.syncs import SyncKind, finish_sync, start_sync, sync_log
from contact_pipeline.sync.figures import figures

KIND_TAG = "contact_pipeline/sync_kind"
STARTED_BY_TAG = "contact_pipeline/started_by"
STARTERS = {"dagster/sensor_name": "sensor", "dagster/schedule_name": "schedule"}


def open_line(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, run: dg.DagsterRun, *, files_taken: bool
) -> None:
    """Note that a refresh began to work, and which line of the log is its own (`meta.sync_run`)."""
    settings = workspace.settings()
    started_by = next((word for tag, word in STARTERS.items() if tag in run.tags), None)
    said = run.tags.get(KIND_TAG)
    kind = SyncKind(said) if said else SyncKind.FILE if files_taken else SyncKind.PERIODIC
    ledger = workspace.ledger()
    try:
        sync_id = start_sync(
            ledger,
            kind=kind,
            triggered_by=started_by or run.tags.get(STARTED_BY_TAG, "Dagster's UI"),
            run_id=run.run_id,
            now=settings.clock(),
        )
    finally:
        ledger.close()
    connection.execute("create or replace table meta.sync_run as select ?::bigint as sync_id", [sync_id])


def _log(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    settings = workspace.settings()
    counted = figures(connection, settings.published)
    connection.execute("create table if not exists meta.sync_run (sync_id bigint)")  # a run of this table alone
    ledger = workspace.ledger()
    try:
        for (sync_id,) in connection.execute("select sync_id from meta.sync_run").fetchall():
            finish_sync(ledger, sync_id, counted, now=settings.clock())
    finally:
        ledger.close()
    write_ledger_table(connection, workspace, "sync.log", sync_log)
    return dict(counted)


def sync_assets() -> list[dg.AssetsDefinition]:
    """The log."""
    return [
        table_asset(
            "sync.log",
            _log,
            reads=["mentors.mentor", "mentors.roster", "sync.conflict", "people.issue", "landing.batch"],
            description="One row per sync that did something and per file that left: who started it, its figures.",
        )
    ]
