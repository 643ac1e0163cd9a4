"""Windows of an API into landing: only what changed, with the cursor from which the next window is asked.

Finding the last cursor, and telling a window or a whole reading beside the windows that says nothing new, belong here.
A window begins before the cursor, so every quiet one repeats its edge: those records lie in landing already, in the
batch that set the cursor.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.pages import RECORDS_FILE, cell_text, compact_json
from contact_pipeline.landing.store import Arrival, LandingStore
from contact_pipeline.sources.entities import Entity


def last_window(store: LandingStore, entity: Entity) -> Batch | None:
    """The newest window of the entity that landed; its `cursor` is where the next one goes on."""
    windows = [batch for batch in store.manifest() if batch.key == entity.key and batch.cursor is not None]
    return windows[-1] if windows else None


def land_changes(
    store: LandingStore,
    entity: Entity,
    pages: Iterable[bytes],
    records_of: Callable[[bytes], list[dict[str, Any]]],
    *,
    now: datetime,
    cursor: str | None,
) -> Arrival:
    """Keep the pages of one window, unless the last window held every record of it, word for word.

    Args:
        store: Where the bytes go.
        entity: What the pages hold.
        pages: Their bodies, as sent; an error while they are read leaves nothing behind.
        records_of: Takes a body apart.
        now: When the reading was made, UTC.
        cursor: Where the next window goes on.

    Returns:
        A window is never full: who is missing from it did not change, and is not gone (decision 45).
    """
    earlier = last_window(store, entity)
    if earlier is None or earlier.cursor != cursor:
        return store.land_pages(entity, pages, records_of, now=now, full=False, cursor=cursor)
    bodies = list(pages)
    if _new_lines(store, earlier, bodies, records_of):
        return store.land_pages(entity, bodies, records_of, now=now, full=False, cursor=cursor)
    message = f"Nothing changed since {earlier.batch_id}."
    return Arrival(entity.key, "unchanged", message, earlier.sha256, earlier)


def land_whole(
    store: LandingStore,
    entity: Entity,
    pages: Iterable[bytes],
    records_of: Callable[[bytes], list[dict[str, Any]]],
    *,
    now: datetime,
    cursor: str | None,
) -> Arrival:
    """Keep the pages of a whole reading beside the windows, unless earlier batches already say all of it.

    Args:
        store: Where the bytes go.
        entity: What the pages hold; its records have ids.
        pages: Their bodies, as sent; an error while they are read leaves nothing behind.
        records_of: Takes a body apart.
        now: When the reading was made, UTC.
        cursor: Where the next window goes on.

    Returns:
        A whole reading that landed is full: who is missing from it is gone.
    """
    earlier = last_window(store, entity)
    bodies = list(pages)
    if earlier is not None and earlier.cursor == cursor:
        lines = {compact_json(record) for body in bodies for record in records_of(body)}
        if lines == _standing_lines(store, entity):
            message = f"Nothing changed since {earlier.batch_id}."
            return Arrival(entity.key, "unchanged", message, earlier.sha256, earlier)
    return store.land_pages(entity, bodies, records_of, now=now, full=True, cursor=cursor)


def _standing_lines(store: LandingStore, entity: Entity) -> set[str] | None:
    """The newest line of every record since the last full batch; None where no batch is full."""
    batches = [batch for batch in store.manifest() if batch.key == entity.key and batch.status == "landed"]
    last_full = max((place for place, batch in enumerate(batches) if batch.full), default=None)
    if last_full is None:
        return None
    newest: dict[str | None, str] = {}
    for batch in batches[last_full:]:
        with (store.path_of(batch) / RECORDS_FILE).open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                newest[cell_text(json.loads(line)[entity.id_column or ""])] = line.rstrip("\n")
    return set(newest.values())


def _new_lines(
    store: LandingStore, earlier: Batch, bodies: Iterable[bytes], records_of: Callable[[bytes], list[dict[str, Any]]]
) -> set[str]:
    """The records that the earlier batch does not hold, as lines."""
    lines = {compact_json(record) for body in bodies for record in records_of(body)}
    with (store.path_of(earlier) / RECORDS_FILE).open(encoding="utf-8", newline="\n") as known:
        for line in known:
            lines.discard(line.rstrip("\n"))
    return lines
