"""A home's Dagster that remembers no event: what a run gives its caller, and how it ended, is known without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dagster import EventLogEntry, EventRecordsResult
from dagster._core.storage.event_log import InMemoryEventLogStorage


class NoEvents(InMemoryEventLogStorage):
    """Half of a small run is Dagster writing events and looking up what became of assets before."""

    def store_event(self, event: EventLogEntry) -> None:
        """Forget it."""

    def get_asset_records(self, asset_keys: Sequence[Any] | None = None) -> list[Any]:
        """Nothing became of any asset before."""
        return []

    def fetch_observations(self, *_: Any, **__: Any) -> EventRecordsResult:
        """Nothing was observed."""
        return EventRecordsResult(records=[], cursor="", has_more=False)
