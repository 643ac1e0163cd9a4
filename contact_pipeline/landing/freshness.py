"""How old what we know is, per source and entity: told by the content, not by when it arrived (decision 37).

Joining the manifest with the ledger's readings belongs here, and the words for an age. Reading a file's or a record's
own times belongs to `age`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.fetches import last_fetches
from contact_pipeline.ledger.ledger import Ledger

POLICY = Path(__file__).with_name("freshness.toml")

Age = Literal["fresh", "stale", "very old", "of unknown age", "not judged"]


@dataclass(frozen=True)
class Freshness:
    """What is known of one entity, and as of when.

    Attributes:
        source: the platform, or the kind of file.
        entity: the kind of record.
        as_of: the moment the content speaks of: of an API the last good reading, of files the newest change inside one
            (else the date in its name); None where nothing tells.
        newest_change: the newest change any record tells of.
        arrived_at: when the newest batch arrived.
        last_good_reading: when the API was last read without trouble; None for files.
        whole_as_of: the same as `as_of` without files that hold a part of the records only: those prove nothing of the
            others.
    """

    source: str
    entity: str
    as_of: datetime | None
    newest_change: datetime | None
    arrived_at: datetime | None
    last_good_reading: datetime | None
    whole_as_of: datetime | None

    @property
    def key(self) -> str:
        """`source.entity`."""
        return f"{self.source}.{self.entity}"

    def age(self, now: datetime, *, whole: bool = False) -> Age:
        """In the words of `freshness.toml`; with `whole`, of what is known of all records."""
        policy = _policy()
        if self.key in policy["not_judged"]["entities"]:
            return "not judged"
        as_of = self.whole_as_of if whole else self.as_of
        if as_of is None:
            return "of unknown age"
        hours = (now - as_of) / timedelta(hours=1)
        limits = policy["looking"]
        return "fresh" if hours <= limits["fresh"] else "stale" if hours <= limits["very_old"] else "very old"

    def hours(self, now: datetime, *, whole: bool = False) -> float | None:
        """The age in hours; None where nothing tells."""
        as_of = self.whole_as_of if whole else self.as_of
        return round((now - as_of) / timedelta(hours=1), 1) if as_of is not None else None


def freshness(store: LandingStore, ledger: Ledger) -> dict[str, Freshness]:
    """Every entity that ever landed or was read, by `source.entity`, in that order."""
    good = {f"{row['source']}.{row['entity']}": row for row in last_fetches(ledger, good_only=True).to_pylist()}
    batches: dict[str, list[Batch]] = {}
    for batch in store.manifest():
        if batch.status == "landed":
            batches.setdefault(batch.key, []).append(batch)
    return {key: _of(key, batches.get(key, []), good.get(key)) for key in sorted({*batches, *good})}


def _of(key: str, batches: Sequence[Batch], reading: dict[str, Any] | None) -> Freshness:
    source, _, entity = key.partition(".")
    read_at: datetime | None = reading["fetched_at"] if reading is not None else None
    contents = [batch.content_at for batch in batches if batch.kind == "file"]
    readings = [batch.arrived_at for batch in batches if batch.kind == "pages"]
    whole_files = [batch.content_at for batch in batches if batch.kind == "file" and batch.full]
    ever_whole = any(batch.full for batch in batches if batch.kind == "pages")
    changes = [batch.newest_change if batch.kind == "pages" else batch.content_at for batch in batches]
    return Freshness(
        source=source,
        entity=entity,
        as_of=_newest([*contents, *readings, read_at]),
        newest_change=_newest(changes),
        arrived_at=_newest([batch.arrived_at for batch in batches]),
        last_good_reading=read_at,
        whole_as_of=_newest([*whole_files, *([*readings, read_at] if ever_whole else [])]),
    )


def _newest(moments: Sequence[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


@cache
def _policy() -> dict[str, Any]:
    return tomllib.loads(POLICY.read_text(encoding="utf-8"))
