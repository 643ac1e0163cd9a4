"""Which entities are to be read now.

Comparing what the ledger remembers of the last readings with each entity's rhythm belongs here; starting runs belongs
to `jobs`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from contact_pipeline.config import Settings
from contact_pipeline.ledger.fetches import closed_until, last_fetches
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.sources.entities import Entity
from contact_pipeline.sources.fetching import FETCHINGS, minutes_between

EARLY = timedelta(minutes=2)
"""A tick may come a little before an entity is due: a reading takes its own time to be recorded."""


def due_entities(source: str, settings: Settings, ledger: Ledger, *, now: datetime) -> list[Entity]:
    """The configured entities of a platform whose last attempt is long enough ago.

    A reading that failed for a passing reason is due again at once; one that was refused waits its turn, because only
    a human can mend it. Nothing is due of a platform whose calls are used up until they return.
    """
    if closed_until(ledger, source, now=now) is not None:
        return []
    last = {
        (row["source"], row["entity"]): row
        for row in last_fetches(ledger).to_pylist()
        if row["outcome"] != "unavailable"
    }
    found = []
    for fetching in FETCHINGS.values():
        entity = fetching.entity
        if entity.source != source or not fetching.configured(settings):
            continue
        row = last.get((entity.source, entity.name))
        wait = timedelta(minutes=minutes_between(fetching, settings))
        if row is None or row["fetched_at"] + wait - EARLY <= now:
            found.append(entity)
    return found
