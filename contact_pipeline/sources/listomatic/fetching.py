"""How Listomatic's people are read, and by which settings.

Putting settings and client together belongs here; paging and limits belong to the client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from contact_pipeline.config import Settings
from contact_pipeline.sources.entities import LISTOMATIC_PEOPLE
from contact_pipeline.sources.pages import Keep
from contact_pipeline.sources.pull import Fetching, Pull
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sources.window import next_cursor, window_start


@contextmanager
def _people(settings: Settings, keys: Mapping[str, str], cursor: str | None) -> Iterator[Pull]:
    from contact_pipeline.sources.listomatic.client import ListomaticClient, records_of

    key = Secret.from_environment(settings.listomatic.credential, keys)
    start = window_start(cursor, settings.clock(), settings.first_load_days)
    with ListomaticClient(settings.listomatic.base_url, key) as client:
        changes = client.changed_people(start, keep=Keep.below(settings.landing, LISTOMATIC_PEOPLE.key))
        following = next_cursor(cursor, changes.newest, start, changes.took)
        yield Pull(changes.pages, records_of, lambda: client.calls, window=True, cursor=following)


FETCHINGS = (Fetching(LISTOMATIC_PEOPLE, 15, lambda settings: settings.listomatic.base_url, _people),)
