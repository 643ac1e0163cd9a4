"""Arrivals: every file someone handed in, and what became of it.

The history belongs here, so that "where is my file?" has an answer even for one that was refused. The bytes, the rows
and the rejects belong to `landing`; never personal data in here.
"""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
from sqlalchemy import select

from contact_pipeline.ledger.ledger import Ledger, inserted_id
from contact_pipeline.ledger.tables import arrival
from contact_pipeline.ledger.tabular import INTEGER, TEXT, TIME, as_table

STATUSES = ("landed", "unchanged", "held", "refused")

ARRIVAL_COLUMNS = {
    "arrival_id": INTEGER,
    "arrived_at": TIME,
    "source": TEXT,
    "file_name": TEXT,
    "batch_id": TEXT,
    "sha256": TEXT,
    "status": TEXT,
    "message": TEXT,
    "seen": INTEGER,
    "accepted": INTEGER,
    "quarantined": INTEGER,
    "blank": INTEGER,
}


def record_arrival(
    ledger: Ledger,
    *,
    now: datetime,
    source: str,
    file_name: str,
    status: str,
    batch_id: str | None = None,
    sha256: str | None = None,
    message: str | None = None,
    seen: int | None = None,
    accepted: int | None = None,
    quarantined: int | None = None,
    blank: int | None = None,
) -> int:
    """Remembers a file and what became of it; gives its id. Counts are of records, None where nothing was read.

    Raises:
        ValueError: the status is none of STATUSES.
    """
    if status not in STATUSES:
        raise ValueError(f"A file is one of {', '.join(STATUSES)}, not '{status}'.")
    about = {"source": source, "file_name": file_name, "batch_id": batch_id, "sha256": sha256, "message": message}
    counts = {"seen": seen, "accepted": accepted, "quarantined": quarantined, "blank": blank}
    with ledger.writing() as connection:
        added = arrival.insert().values(arrived_at=now, status=status, **about, **counts)
        return inserted_id(connection, added)


def arrivals(ledger: Ledger, *, newest: int | None = None) -> pa.Table:
    """Files, newest first, at most `newest` of them (columns: ARRIVAL_COLUMNS)."""
    wanted = select(*(arrival.c[name] for name in ARRIVAL_COLUMNS)).order_by(arrival.c.arrival_id.desc()).limit(newest)
    with ledger.reading() as connection:
        return as_table(connection.execute(wanted).all(), ARRIVAL_COLUMNS)
