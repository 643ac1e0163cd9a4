"""Fetches: every attempt to read a platform, and how it went.

Remembering belongs here; reading belongs to `sources`, and judging freshness to `checks`.
"""

from __future__ import annotations

from datetime import datetime
from operator import itemgetter

import pyarrow as pa
from sqlalchemy import func, select

from contact_pipeline.ledger.ledger import Ledger, inserted_id
from contact_pipeline.ledger.tables import fetch
from contact_pipeline.ledger.tabular import INTEGER, TEXT, TIME, as_table

OUTCOMES = ("landed", "unchanged", "unavailable", "refused")
"""landed and unchanged went well; unavailable may pass by itself; refused needs a human."""

FETCH_COLUMNS = {
    "fetch_id": INTEGER,
    "source": TEXT,
    "entity": TEXT,
    "fetched_at": TIME,
    "outcome": TEXT,
    "calls": INTEGER,
    "records": INTEGER,
    "batch_id": TEXT,
    "message": TEXT,
}


def record_fetch(
    ledger: Ledger,
    *,
    source: str,
    entity: str,
    now: datetime,
    outcome: str,
    calls: int,
    records: int,
    batch_id: str | None = None,
    message: str | None = None,
) -> int:
    """Remembers an attempt; gives its id. The message must not hold personal data.

    Raises:
        ValueError: the outcome is none of OUTCOMES.
    """
    if outcome not in OUTCOMES:
        raise ValueError(f"A fetch ends as one of {', '.join(OUTCOMES)}, not '{outcome}'.")
    counts = {"calls": calls, "records": records, "batch_id": batch_id, "message": message}
    row = {"source": source, "entity": entity, "fetched_at": now, "outcome": outcome, **counts}
    with ledger.writing() as connection:
        return inserted_id(connection, fetch.insert().values(**row))


def fetches(ledger: Ledger, *, newest: int | None = None) -> pa.Table:
    """Attempts, newest first, at most `newest` of them (columns: FETCH_COLUMNS)."""
    wanted = select(*(fetch.c[name] for name in FETCH_COLUMNS)).order_by(fetch.c.fetch_id.desc()).limit(newest)
    with ledger.reading() as connection:
        return as_table(connection.execute(wanted).all(), FETCH_COLUMNS)


def last_fetches(ledger: Ledger, *, good_only: bool = False) -> pa.Table:
    """The last attempt for each source and entity, or the last that went well, by name (columns: FETCH_COLUMNS)."""
    last = select(func.max(fetch.c.fetch_id)).group_by(fetch.c.source, fetch.c.entity)
    if good_only:
        last = last.where(fetch.c.outcome.in_(["landed", "unchanged"]))
    wanted = select(*(fetch.c[name] for name in FETCH_COLUMNS)).where(fetch.c.fetch_id.in_(last))
    with ledger.reading() as connection:
        rows = connection.execute(wanted).all()
    return as_table(sorted(rows, key=itemgetter(1, 2)), FETCH_COLUMNS)
