"""How things stand, read from the published snapshot, the landing folder and the ledger only.

Counting belongs here; it never opens the warehouse, so it works while a run writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.freshness import Freshness, freshness
from contact_pipeline.landing.inbox import waiting_files
from contact_pipeline.landing.news import nothing_new
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.warehouse.publish import current_generation, open_published


@dataclass(frozen=True)
class Status:
    """The state of a workspace; `as_json` is a contract."""

    published: dict[str, Any] | None
    up_to_date: bool
    waiting: list[str]
    sources: list[dict[str, Any]]
    people: dict[str, int]
    issues: list[dict[str, Any]]
    held: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Plain data: published, up_to_date, waiting, sources, people, issues, held."""
        return self.__dict__.copy()


def status(settings: Settings, *, now: datetime) -> Status:
    """Sources with their rows and age, people, open issues by code, people held by reason."""
    generation = current_generation(settings.published)
    waiting = [f"{file.source}/{file.path.name}" for file in waiting_files(settings.inbox)]
    if generation is None:
        return Status(None, False, waiting, [], {}, [], [])
    with open_published(settings.published) as connection:
        rows = connection.execute(
            "select source || '.' || entity, count(*), sum(seen), sum(accepted), sum(quarantined), sum(blank), "
            "max(arrived_at), list(batch_id order by sequence) "
            "from landing.batch group by source, entity order by source, entity"
        ).fetchall()
        known = _freshness(settings)
        sources = [_source(row, known[row[0]], now) for row in rows]
        people = connection.execute(
            "select count(*), count(*) filter (where contacts > 1), coalesce(sum(contacts) - count(*), 0) "
            "from people.person"
        ).fetchall()[0]
        issues = connection.execute(
            "select code, severity, title, count(*) as open from people.issue "
            "where closed_at is null and resolution is null group by code, severity, title "
            "order by list_position(['critical', 'error', 'warning', 'info'], severity), open desc"
        ).fetchall()
        held = connection.execute(
            "select code, count(*) from exports.givebutter_hold group by all order by 2 desc, 1"
        ).fetchall()
    return Status(
        published={"generation": generation.number, "at": generation.published_at},
        up_to_date=not waiting and nothing_new(settings),
        waiting=waiting,
        sources=sources,
        people={"people": people[0], "with several contacts": people[1], "links": int(people[2])},
        issues=[{"code": c, "severity": s, "title": t, "open": n} for c, s, t, n in issues],
        held=[{"reason": code, "people": n} for code, n in held],
    )


def _freshness(settings: Settings) -> dict[str, Freshness]:
    ledger = open_ledger(settings)
    try:
        return freshness(LandingStore(settings.landing), ledger)
    finally:
        ledger.close()


def _source(row: tuple[Any, ...], known: Freshness, now: datetime) -> dict[str, Any]:
    entity, batches, seen, accepted, quarantined, blank, arrived_at, batch_ids = row
    return {
        "source": entity,
        "batches": batches,
        "batch_ids": batch_ids,
        "seen": int(seen),
        "accepted": int(accepted),
        "quarantined": int(quarantined),
        "blank": int(blank),
        "content_at": known.as_of.isoformat() if known.as_of is not None else None,
        "newest_change": known.newest_change.isoformat() if known.newest_change is not None else None,
        "arrived_at": arrived_at.isoformat() if arrived_at else None,
        "age_hours": known.hours(now),
        "age": known.age(now),
    }
