"""How each platform is read: what is configured, how often, how old it is, what it costs, what comes next.

Gathering the answer of `contact-pipeline sources` belongs here; it opens the ledger and the manifest, never the
warehouse or the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.calls import Calls, calls_of
from contact_pipeline.landing.freshness import Freshness, freshness
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.fetches import closed_until, last_fetches
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.sources.budget import DAY, MONTH
from contact_pipeline.sources.fetching import FETCHED_SOURCES, FETCHINGS, minutes_between


@dataclass(frozen=True)
class EntityLine:
    """One entity of a platform, or of the dropped files.

    Attributes:
        known: how old its content is; None where nothing of it was ever read.
        age: in words (`fresh`, `stale`, `very old`, …); empty where nothing was ever read.
        configured: whether the workspace polls it.
        every_minutes: its cadence; None for files.
        last_outcome: how the last attempt ended.
        last_message: what it said.
        last_calls: calls of the last good reading.
        next_due: when it is due again; None where it is not polled.
    """

    entity: str
    known: Freshness | None
    age: str
    configured: bool
    every_minutes: int | None
    last_outcome: str | None
    last_message: str | None
    last_calls: int | None
    next_due: datetime | None

    def as_json(self, now: datetime) -> dict[str, Any]:
        """Plain data; times as ISO 8601 in UTC."""
        known = self.known
        return {
            "entity": self.entity,
            "configured": self.configured,
            "every_minutes": self.every_minutes,
            "age": self.age or None,
            "age_hours": known.hours(now) if known else None,
            "as_of": _text(known.as_of) if known else None,
            "newest_change": _text(known.newest_change) if known else None,
            "arrived_at": _text(known.arrived_at) if known else None,
            "last_good_reading": _text(known.last_good_reading) if known else None,
            "last_outcome": self.last_outcome,
            "last_message": self.last_message,
            "calls_last_reading": self.last_calls,
            "next_due": _text(self.next_due),
        }


@dataclass(frozen=True)
class SourceLines:
    """One platform (`calls` is None for a kind of dropped file) and its entities."""

    source: str
    calls: Calls | None
    closed_until: datetime | None
    entities: tuple[EntityLine, ...]

    def as_json(self, now: datetime) -> dict[str, Any]:
        """Plain data: source, closed_until, calls and budgets, forecast, warning, entities."""
        return {
            "source": self.source,
            "closed_until": _text(self.closed_until),
            **(_calls_json(self.calls) if self.calls is not None else {"calls": None}),
            "entities": [line.as_json(now) for line in self.entities],
        }


def overview(settings: Settings) -> list[SourceLines]:
    """Every platform that can be polled, then the kinds of files that were dropped."""
    now = settings.clock()
    ledger = open_ledger(settings)
    try:
        known = freshness(LandingStore(settings.landing), ledger)
        polled = [_polled(source, settings, ledger, known, now) for source in FETCHED_SOURCES]
    finally:
        ledger.close()
    dropped = [key for key in known if key not in FETCHINGS]
    files = [SourceLines(known[key].source, None, None, (_file(known[key], now),)) for key in dropped]
    return [*polled, *files]


def _polled(source: str, settings: Settings, ledger: Ledger, known: dict[str, Freshness], now: datetime) -> SourceLines:
    calls = calls_of(source, settings, ledger, now=now)
    closed = closed_until(ledger, source, now=now)
    last = {f"{row['source']}.{row['entity']}": row for row in last_fetches(ledger).to_pylist()}
    lines = []
    for key, fetching in FETCHINGS.items():
        if fetching.entity.source != source:
            continue
        minutes, row = minutes_between(fetching, settings), last.get(key)
        configured = bool(fetching.configured(settings))
        due = None
        if configured:
            waits = row is not None and row["outcome"] != "unavailable"
            due = row["fetched_at"] + timedelta(minutes=minutes) if row is not None and waits else now
            due = max(due, closed or now, now, calls.budget.free_at(calls.expected([fetching.entity])))
        lines.append(
            EntityLine(
                entity=fetching.entity.name,
                known=known.get(key),
                age=known[key].age(now) if key in known else "",
                configured=configured,
                every_minutes=minutes,
                last_outcome=row["outcome"] if row is not None else None,
                last_message=row["message"] if row is not None else None,
                last_calls=calls.last.get(key),
                next_due=due,
            )
        )
    return SourceLines(source, calls, closed, tuple(lines))


def _file(known: Freshness, now: datetime) -> EntityLine:
    return EntityLine(known.entity, known, known.age(now), False, None, None, None, None, None)


def _calls_json(calls: Calls) -> dict[str, Any]:
    exceeded = calls.budget.exceeded_in(calls.forecast)
    return {
        "calls": {
            "last_24_hours": calls.budget.used_day,
            "per_day": calls.budget.per_day,
            "last_30_days": calls.budget.used_month,
            "per_month": calls.budget.per_month,
            "left": calls.budget.left,
            "forecast_per_day": round(calls.forecast, 1),
            "forecast_per_month": round(calls.forecast * (MONTH / DAY), 1),
            "days_until_exceeded": round(exceeded / DAY, 1) if exceeded is not None else None,
            "warning": calls.warning,
        }
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None
