"""Fetches: every attempt to read a platform, and how it went.

Remembering belongs here; reading belongs to `sources`, and judging freshness to `checks`.
"""

from __future__ import annotations

from datetime import datetime
from operator import itemgetter
from typing import Any

import pyarrow as pa
from sqlalchemy import func, select, update

from contact_pipeline.ledger.ledger import Ledger, inserted_id
from contact_pipeline.ledger.tables import fetch
from contact_pipeline.ledger.tabular import FLAG, INTEGER, TEXT, TIME, as_table

OUTCOMES = ("landed", "unchanged", "unavailable", "refused")
"""landed and unchanged went well; unavailable may pass by itself; refused needs a human."""

UNDER_WAY = "under way, or killed before it ended; nothing landed of it"
"""The message of an attempt that nobody has said the end of."""

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
    "whole": FLAG,
    "calls_left": INTEGER,
    "closed_until": TIME,
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
    whole: bool | None = None,
    calls_left: int | None = None,
    closed_until: datetime | None = None,
    fetch_id: int | None = None,
) -> int:
    """Remembers an attempt; gives its id. The message must not hold personal data.

    Args:
        ledger: the workspace's ledger.
        source: the platform.
        entity: what was read of it.
        now: when.
        outcome: one of OUTCOMES.
        calls: requests sent.
        records: records that came.
        batch_id: the batch that landed, or the one that said the same.
        message: what happened, in words.
        whole: whether the whole list was read; None where nothing was.
        calls_left: calls the account may still make, where the platform says so.
        closed_until: the platform is not to be asked before.
        fetch_id: of an attempt that `count_calls` began; None where nothing was called yet.

    Raises:
        ValueError: the outcome is none of OUTCOMES.
    """
    if outcome not in OUTCOMES:
        raise ValueError(f"A fetch ends as one of {', '.join(OUTCOMES)}, not '{outcome}'.")
    counts: dict[str, Any] = {"calls": calls, "records": records, "batch_id": batch_id, "message": message}
    counts |= {"whole": whole, "calls_left": calls_left, "closed_until": closed_until}
    row = {"source": source, "entity": entity, "fetched_at": now, "outcome": outcome, **counts}
    with ledger.writing() as connection:
        if fetch_id is None:
            return inserted_id(connection, fetch.insert().values(**row))
        connection.execute(update(fetch).where(fetch.c.fetch_id == fetch_id).values(**row))
        return fetch_id


def count_calls(ledger: Ledger, fetch_id: int | None, *, source: str, entity: str, now: datetime, calls: int) -> int:
    """Remembers the calls of an attempt while it goes on, so that a kill loses none of them; gives the attempt's id.

    Until `record_fetch` says how it went, the attempt counts as one that broke off.
    """
    with ledger.writing() as connection:
        if fetch_id is not None:
            connection.execute(update(fetch).where(fetch.c.fetch_id == fetch_id).values(calls=calls))
            return fetch_id
        row = {"source": source, "entity": entity, "fetched_at": now, "calls": calls, "records": 0}
        return inserted_id(connection, fetch.insert().values(**row, outcome="unavailable", message=UNDER_WAY))


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


def closed_until(ledger: Ledger, source: str, *, now: datetime) -> datetime | None:
    """Until when a platform is not to be asked, because its calls are used up; None where it may be."""
    wanted = select(func.max(fetch.c.closed_until)).where(fetch.c.source == source)
    with ledger.reading() as connection:
        until: datetime | None = connection.execute(wanted).scalar_one_or_none()
    return until if until is not None and until > now else None


def last_whole(ledger: Ledger, source: str, entity: str) -> datetime | None:
    """When the whole list of an entity was last read without trouble; None where it never was."""
    wanted = select(func.max(fetch.c.fetched_at)).where(
        fetch.c.source == source, fetch.c.entity == entity, fetch.c.whole, fetch.c.outcome.in_(["landed", "unchanged"])
    )
    with ledger.reading() as connection:
        moment: datetime | None = connection.execute(wanted).scalar_one_or_none()
    return moment


def calls_since(ledger: Ledger, since: datetime) -> dict[str, list[tuple[datetime, int]]]:
    """For each source what its readings after `since` called, failed ones included: (when, calls), oldest first."""
    wanted = select(fetch.c.source, fetch.c.fetched_at, fetch.c.calls).where(
        fetch.c.fetched_at > since, fetch.c.calls > 0
    )
    found: dict[str, list[tuple[datetime, int]]] = {}
    with ledger.reading() as connection:
        for source, fetched_at, calls in connection.execute(wanted.order_by(fetch.c.fetched_at)).all():
            found.setdefault(source, []).append((fetched_at, calls))
    return found


def last_good_calls(ledger: Ledger, source: str) -> dict[tuple[str, bool], int]:
    """Calls of the last reading of each entity that went well, by (entity, whether the whole list was read)."""
    last = (
        select(func.max(fetch.c.fetch_id))
        .where(fetch.c.source == source, fetch.c.outcome.in_(["landed", "unchanged"]))
        .group_by(fetch.c.entity, fetch.c.whole)
    )
    wanted = select(fetch.c.entity, fetch.c.whole, fetch.c.calls).where(fetch.c.fetch_id.in_(last))
    with ledger.reading() as connection:
        rows = connection.execute(wanted.order_by(fetch.c.fetch_id)).all()
    return {(entity, whole is not False): calls for entity, whole, calls in rows}
