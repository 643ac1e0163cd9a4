"""Things arriving: an API read into landing, the inbox emptied into landing, each remembered in the ledger.

The order of steps belongs here: bytes first, then the manifest line, then the ledger's note.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from contact_pipeline.config import Settings
from contact_pipeline.landing.changes import land_changes, last_window
from contact_pipeline.landing.inbox import take_inbox
from contact_pipeline.landing.store import Arrival, LandingStore
from contact_pipeline.ledger.fetches import record_fetch
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.sources.entities import FILE_ENTITIES, Entity
from contact_pipeline.sources.errors import SourceError, SourceRefused
from contact_pipeline.sources.fetching import configured, pull

Log = Callable[[str], None]


@dataclass(frozen=True)
class FetchOutcome:
    """One reading of an API: whether its content differs from the last one's."""

    new: bool
    records: int
    calls: int
    batch_id: str | None
    message: str


def open_ledger(settings: Settings) -> Ledger:
    """The workspace's ledger; the caller closes it."""
    return Ledger.open(settings.ledger_url, workspace=settings.workspace, now=settings.clock())


def fetch_entity(entity: Entity, settings: Settings, *, log: Log) -> FetchOutcome:
    """Read every record of an entity and land its pages, if they say anything new.

    Raises:
        SourceError: nothing was landed; the ledger remembers the failure.
    """
    if not configured(entity, settings):
        return FetchOutcome(False, 0, 0, None, f"{entity.key} is not configured and was not read.")
    ledger = open_ledger(settings)
    try:
        return _fetch(entity, settings, ledger, log)
    finally:
        ledger.close()


def _fetch(entity: Entity, settings: Settings, ledger: Ledger, log: Log) -> FetchOutcome:
    now = settings.clock()
    store = LandingStore(settings.landing)
    last = last_window(store, entity)
    try:
        with pull(entity, settings, cursor=last.cursor if last is not None else None) as reading:
            pages, records_of = reading.pages, reading.records_of
            if reading.window:
                arrival = land_changes(store, entity, pages, records_of, now=now, cursor=reading.cursor)
            else:
                arrival = store.land_pages(entity, pages, records_of, now=now)
            calls = reading.calls()
    except SourceError as error:
        record_fetch(
            ledger,
            source=entity.source,
            entity=entity.name,
            now=now,
            outcome="refused" if isinstance(error, SourceRefused) else "unavailable",
            calls=0,
            records=0,
            message=str(error),
        )
        raise
    new = arrival.status == "landed"
    records = arrival.records or 0
    message = f"{records} records in {calls} calls, {'new' if new else 'as before'}"
    record_fetch(
        ledger,
        source=entity.source,
        entity=entity.name,
        now=now,
        outcome=arrival.status,
        calls=calls,
        records=records,
        batch_id=arrival.batch_id,
        message=message,
    )
    log(f"{entity.key}: {message}")
    return FetchOutcome(new, records, calls, arrival.batch_id, message)


def take_inbox_of(settings: Settings, *, log: Log, settle: float = 1.0) -> list[Arrival]:
    """Take every waiting file of `inbox/<source>/` into landing; held and refused ones stay with a note beside them."""
    for source in FILE_ENTITIES:
        (settings.inbox / source).mkdir(parents=True, exist_ok=True)
    arrivals = take_inbox(
        settings.inbox,
        LandingStore(settings.landing),
        now=settings.clock(),
        settle=settle,
        drop_guard=settings.drop_guard,
    )
    for arrival in arrivals:
        log(f"{Path(arrival.file).name}: {arrival.status}. {arrival.message}")
    return arrivals
