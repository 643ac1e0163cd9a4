"""Who is missing from a whole reading: asked for one by one before anybody calls them gone.

Finding the records an earlier reading or file had and this one lacks belongs here. How a platform answers about one
record belongs to its client; what an answer means for people to `dbt_like_sql/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from contact_pipeline.landing.load import RecordIds, records_of_batch
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.pages import RECORDS_FILE, cell_text
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.sources.entities import Entity
from contact_pipeline.sources.errors import SourceRefused
from contact_pipeline.sources.pull import Pull, Singly


def pages_and_absent(store: LandingStore, entity: Entity, reading: Pull, drop_guard: float) -> Iterator[bytes]:
    """The pages of a whole reading, then the answers about records it lacks, where the platform is asked for those.

    Args:
        store: What landed before.
        entity: What the pages hold.
        reading: A whole reading, not a window.
        drop_guard: Share of the known records below which a reading is not believed.

    Raises:
        SourceRefused: Most of the known records are missing: another account, more likely than a great deletion.
        SourceError: While asking.
    """
    listed: set[str] = set()
    for body in reading.pages:
        listed.update(_ids(entity, reading.records_of(body)))
        yield body
    singly = reading.singly
    if singly is None:
        return
    known = _known(store, entity, singly)
    if len(known & listed) < drop_guard * len(known):
        raise SourceRefused(
            f"{entity.key}: of {len(known):,} known records only {len(known & listed):,} are listed. "
            "Nothing was landed. Is the key of the same account? If they were deleted, set drop_guard = 0 for one run."
        )
    yield from singly.ask(list(islice(sorted(known - listed), singly.at_most)))


def _known(store: LandingStore, entity: Entity, singly: Singly) -> set[str]:
    """Ids that stood in lists at the last whole reading or since, in readings and in the newest file of each kind.

    What was missing at that reading already was asked for then.
    """
    batches = [batch for batch in store.manifest() if batch.status == "landed"]
    whole = [batch for batch in batches if batch.key == entity.key and batch.full]
    since = whole[-1].sequence if whole else 0
    known: set[str] = set()
    for batch in batches:
        if batch.key == entity.key and batch.sequence >= since:
            known.update(_ids(entity, filter(singly.is_listed, _records(store, batch))))
    for other in singly.also_in:
        files = [batch for batch in batches if batch.key == other.key and batch.sequence > since]
        if files:
            known.update(_ids_of_file(store, files[-1], other))
    return known


def _ids(entity: Entity, records: Iterator[dict[str, object]] | list[dict[str, object]]) -> Iterator[str]:
    return (cell_text(record[str(entity.id_column)]) or "" for record in records)


def _records(store: LandingStore, batch: Batch) -> Iterator[dict[str, object]]:
    with (store.path_of(batch) / RECORDS_FILE).open("rb") as lines:
        yield from map(json.loads, lines)


def _ids_of_file(store: LandingStore, batch: Batch, entity: Entity) -> Iterator[str]:
    ids = RecordIds(batch.columns, entity)
    return (ids.of(judged.cells) for judged in records_of_batch(store, batch, entity) if judged.cells is not None)
