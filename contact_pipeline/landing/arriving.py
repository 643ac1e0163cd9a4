"""Things arriving: an API read into landing, the inbox emptied into landing, each remembered in the ledger.

The order of steps belongs here: bytes first, then the manifest line, then the ledger's note.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from contact_pipeline.config import Settings
from contact_pipeline.credentials import keys_of
from contact_pipeline.landing.absence import pages_and_absent
from contact_pipeline.landing.calls import calls_of, whole_is_due
from contact_pipeline.landing.changes import land_changes, land_whole, last_window
from contact_pipeline.landing.inbox import TakeFirst, take_inbox
from contact_pipeline.landing.store import Arrival, LandingStore
from contact_pipeline.ledger.fetches import closed_until, count_calls, record_fetch
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.mappings import presets
from contact_pipeline.sources.budget import BudgetUsedUp, CallMeter, metered
from contact_pipeline.sources.entities import FILE_ENTITIES, LIST_PEOPLE, Entity
from contact_pipeline.sources.errors import KeyNotAccepted, QuotaExhausted, SourceError, SourceRefused
from contact_pipeline.sources.fetching import FETCHINGS, configured, pull

Log = Callable[[str], None]


@dataclass(frozen=True)
class FetchOutcome:
    """One reading of an API: whether its content differs from the last one's.

    Attributes:
        new: whether anything landed.
        records: records that came.
        calls: requests sent.
        batch_id: the batch that landed, or the one that said the same.
        message: what happened, in words.
        calls_left: calls the account may still make today, where the platform says so.
    """

    new: bool
    records: int
    calls: int
    batch_id: str | None
    message: str
    calls_left: int | None = None


@dataclass(frozen=True)
class _Landed:
    """What a reading brought: where it went, whether it was whole, what the platform says is left, what to be told."""

    arrival: Arrival
    whole: bool
    calls_left: int | None
    note: str


def open_ledger(settings: Settings) -> Ledger:
    """The workspace's ledger; the caller closes it."""
    return Ledger.open(settings.ledger_url, workspace=settings.workspace, now=settings.clock())


def fetch_entity(entity: Entity, settings: Settings, *, log: Log, beyond_budget: bool = False) -> FetchOutcome:
    """Read every record of an entity and land its pages, if they say anything new.

    Args:
        entity: what is read.
        settings: the workspace's.
        log: takes one line about what happened.
        beyond_budget: read also where the platform's budget of calls has no room for it.

    Raises:
        BudgetUsedUp: nothing was asked, because the budget has no room for it; or it had less than was needed.
        SourceError: nothing was landed; the ledger remembers the failure and its calls.
    """
    if not configured(entity, settings):
        return FetchOutcome(False, 0, 0, None, f"{entity.key} is not configured and was not read.")
    ledger = open_ledger(settings)
    try:
        return _fetch(entity, settings, ledger, log, beyond_budget)
    finally:
        ledger.close()


def _fetch(entity: Entity, settings: Settings, ledger: Ledger, log: Log, beyond_budget: bool) -> FetchOutcome:
    now = settings.clock()
    _require_open(entity, ledger, now)
    counted = _Counted(entity, ledger, now)
    meter = _meter(entity, settings, ledger, now, beyond_budget, counted)
    whole = whole_is_due(entity, settings, ledger, now)
    remember = partial(record_fetch, ledger, source=entity.source, entity=entity.name, now=now)
    try:
        with metered(meter):
            landed = _read_with_any_key(entity, settings, now, whole)
    except Exception as error:
        remember(calls=meter.calls, records=0, fetch_id=counted.fetch_id, **_failure(error))
        raise
    arrival, calls_left = landed.arrival, landed.calls_left
    new, records = arrival.status == "landed", arrival.records or 0
    message = f"{records} records in {meter.calls} calls, {'new' if new else 'as before'}"
    message = "; ".join(filter(None, (message, landed.note)))
    told: dict[str, Any] = {
        "batch_id": arrival.batch_id,
        "message": message,
        "whole": landed.whole,
        "calls_left": calls_left,
    }
    remember(outcome=arrival.status, calls=meter.calls, records=records, fetch_id=counted.fetch_id, **told)
    log(f"{entity.key}: {message}")
    return FetchOutcome(new, records, meter.calls, arrival.batch_id, message, calls_left)


def _failure(error: Exception) -> dict[str, Any]:
    """What the ledger remembers of a reading that failed; of an error nobody foresaw, its kind alone."""
    closed = error.until if isinstance(error, QuotaExhausted) and not isinstance(error, BudgetUsedUp) else None
    return {
        "outcome": "refused" if isinstance(error, SourceRefused) else "unavailable",
        "message": str(error) if isinstance(error, SourceError) else f"stopped by {type(error).__name__}",
        "closed_until": closed,
    }


def _require_open(entity: Entity, ledger: Ledger, now: datetime) -> None:
    """Ask nothing of a platform that another run, or another entity, found closed.

    Raises:
        QuotaExhausted: it has not opened yet.
    """
    until = closed_until(ledger, entity.source, now=now)
    if until is not None:
        raise QuotaExhausted(
            f"{entity.key} was not read: {entity.source} is not to be asked before {until:%Y-%m-%d %H:%M} UTC; its "
            "calls are used up, or it asked to be left alone.",
            until,
        )


class _Counted:
    """Writes the calls of one reading into the ledger as they are made; `fetch_id` is None before the first."""

    def __init__(self, entity: Entity, ledger: Ledger, now: datetime) -> None:
        self.fetch_id: int | None = None
        self._count = partial(count_calls, ledger, source=entity.source, entity=entity.name, now=now)

    def __call__(self, calls: int) -> None:
        self.fetch_id = self._count(self.fetch_id, calls=calls)


def _meter(
    entity: Entity, settings: Settings, ledger: Ledger, now: datetime, beyond_budget: bool, counted: _Counted
) -> CallMeter:
    """What counts the reading's calls, and stops it where the budget ends.

    Raises:
        BudgetUsedUp: the budget has no room for the reading.
    """
    if beyond_budget:
        return CallMeter(note=counted)
    calls = calls_of(entity.source, settings, ledger, now=now)
    calls.require(entity)
    left = calls.budget.left
    return CallMeter(left, calls.budget.free_at(left + 1) if left is not None else None, counted)


def _read_with_any_key(entity: Entity, settings: Settings, now: datetime, whole: bool) -> _Landed:
    """Read with the key, or, where it is not accepted, with the one it replaced; a note says so where that happened."""
    keys = keys_of(settings)
    try:
        landed = _read(entity, settings, keys, now, whole)
    except KeyNotAccepted as refusal:
        earlier = keys.before(refusal.variable)
        if earlier is None:
            raise
        note = f"the new {refusal.variable} was not accepted, the one before it was used: set it again"
        return replace(_read(entity, settings, earlier, now, whole), note=note)
    keys.worked(getattr(settings, entity.source).credential)
    return landed


def _read(entity: Entity, settings: Settings, keys: Mapping[str, str], now: datetime, whole: bool) -> _Landed:
    """One reading into landing."""
    store = LandingStore(settings.landing)
    last = last_window(store, entity)
    cursor = last.cursor if last is not None else None
    with pull(entity, settings, keys, cursor=cursor, whole=whole) as reading:
        pages, records_of = reading.pages, reading.records_of
        if reading.window:
            arrival = land_changes(store, entity, pages, records_of, now=now, cursor=reading.cursor)
        elif FETCHINGS[entity.key].whole_hours is not None:
            pages = pages_and_absent(store, entity, reading, settings.drop_guard)
            arrival = land_whole(store, entity, pages, records_of, now=now, cursor=reading.cursor)
        else:
            pages = pages_and_absent(store, entity, reading, settings.drop_guard)
            arrival = store.land_pages(entity, pages, records_of, now=now, cursor=reading.cursor)
        return _Landed(arrival, not reading.window, reading.calls_left(), reading.note())


def take_inbox_of(settings: Settings, *, log: Log, take_first: TakeFirst, settle: float = 1.0) -> list[Arrival]:
    """Take every waiting file of `inbox/<source>/` into landing; held and refused ones stay with a note beside them.

    A folder that a preset was saved for holds lists too.

    Args:
        settings: The workspace's.
        log: Takes one line about each file.
        take_first: Takes what is no platform's file: `imports.inbox`.
        settle: Seconds a file must have been left alone.
    """
    for source in FILE_ENTITIES:
        (settings.inbox / source).mkdir(parents=True, exist_ok=True)
    ledger = open_ledger(settings)
    try:
        arrivals = take_inbox(
            settings.inbox,
            LandingStore(settings.landing),
            now=settings.clock(),
            settle=settle,
            drop_guard=settings.drop_guard,
            entities={**{preset.source: LIST_PEOPLE for preset in presets(ledger)}, **FILE_ENTITIES},
            take_first=take_first,
        )
    finally:
        ledger.close()
    for arrival in arrivals:
        log(f"{Path(arrival.file).name}: {arrival.status}. {arrival.message}")
    return arrivals
