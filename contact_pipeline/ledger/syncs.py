"""The log of syncs: what started each, how it ended, and what it did, as counts.

Remembering belongs here; counting belongs to `sync.figures`, starting runs belongs to `automation`. Never
personal data in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import pyarrow as pa
from sqlalchemy import select, update

from contact_pipeline.ledger.ledger import Ledger, inserted_id
from contact_pipeline.ledger.tables import export, sync_run
from contact_pipeline.ledger.tabular import INTEGER, TEXT, TIME, as_table


class SyncKind(StrEnum):
    """What a line of the log is: the one list of kinds (decision 64). An export is a line, but no run of ours."""

    SET_UP = "set_up"
    PERIODIC = "periodic"
    ON_DEMAND = "on_demand"
    FILE = "file"
    EXPORT = "export"


RUNNING, COMPLETED, FAILED = "running", "completed", "failed"

FIGURES = (
    "processed", "inserted", "updated", "failed", "matched", "new_contact_ids", "conflicts", "duplicates",
)  # fmt: skip
"""What is counted of a sync; columns of the log."""

SYNC_COLUMNS = {
    "sync_id": INTEGER,
    "kind": TEXT,
    "status": TEXT,
    "triggered_by": TEXT,
    "started_at": TIME,
    "ended_at": TIME,
    "run_id": TEXT,
    **dict.fromkeys(FIGURES, INTEGER),
    "message": TEXT,
}


def start_sync(ledger: Ledger, *, kind: SyncKind, triggered_by: str, run_id: str | None, now: datetime) -> int:
    """Remembers that a sync began; gives its id.

    One that still counts as running belongs to a process that died, as two never have the warehouse at once: it failed.
    """
    begun = {"kind": kind.value, "status": RUNNING, "triggered_by": triggered_by, "started_at": now, "run_id": run_id}
    gone = {"status": FAILED, "message": "It ended without a word: its process was stopped."}
    with ledger.writing() as connection:
        connection.execute(update(sync_run).where(sync_run.c.status == RUNNING).values(**gone))
        return inserted_id(connection, sync_run.insert().values(**begun))


def finish_sync(ledger: Ledger, sync_id: int, figures: Mapping[str, int], *, now: datetime) -> None:
    """Remembers that a running sync went well, with its figures (FIGURES); one that ended already is left alone."""
    ended = {"status": COMPLETED, "ended_at": now, **{name: figures.get(name) for name in FIGURES}}
    running = (sync_run.c.sync_id == sync_id) & (sync_run.c.status == RUNNING)
    with ledger.writing() as connection:
        connection.execute(update(sync_run).where(running).values(**ended))


def fail_sync(ledger: Ledger, run_id: str, message: str, *, now: datetime) -> None:
    """Remembers that the sync of a Dagster run failed, whatever it said before. The message holds no personal data."""
    ended = {"status": FAILED, "ended_at": now, "message": message}
    with ledger.writing() as connection:
        connection.execute(update(sync_run).where(sync_run.c.run_id == run_id).values(**ended))


def syncs(ledger: Ledger, *, newest: int | None = None) -> pa.Table:
    """Syncs, newest first, at most `newest` of them (columns: SYNC_COLUMNS)."""
    wanted = select(*(sync_run.c[name] for name in SYNC_COLUMNS)).order_by(sync_run.c.sync_id.desc()).limit(newest)
    with ledger.reading() as connection:
        return as_table(connection.execute(wanted).all(), SYNC_COLUMNS)


def sync_log(ledger: Ledger) -> pa.Table:
    """Every sync and every file that left, newest first (columns: SYNC_COLUMNS).

    Of a file `processed` is its rows; it has no `sync_id`.
    """
    wanted = select(export.c.target, export.c.actor, export.c.exported_at, export.c.row_count)
    with ledger.reading() as connection:
        files = connection.execute(wanted).all()
    blank = dict.fromkeys(SYNC_COLUMNS)
    left = [
        {
            **blank, "kind": SyncKind.EXPORT.value, "status": COMPLETED, "triggered_by": row.actor,
            "started_at": row.exported_at, "ended_at": row.exported_at, "processed": row.row_count,
            "message": f"file for {row.target}",
        }
        for row in files
    ]  # fmt: skip
    lines = sorted([*syncs(ledger).to_pylist(), *left], key=lambda line: line["started_at"], reverse=True)
    return as_table([tuple(line.values()) for line in lines], SYNC_COLUMNS)
