"""How Contactics' contacts are read, and by which settings.

Putting settings and client together belongs here; paging and limits belong to the client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from contact_pipeline.config import Settings
from contact_pipeline.sources.entities import CONTACTICS_CONTACTS
from contact_pipeline.sources.pages import Keep
from contact_pipeline.sources.pull import Fetching, Pull
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sources.window import next_cursor, window_start


def _configured(settings: Settings) -> str:
    """The address, where the program's id is known too: one without the other cannot ask for a token."""
    return settings.contactics.base_url if settings.contactics.client_id else ""


@contextmanager
def _contacts(settings: Settings, keys: Mapping[str, str], cursor: str | None) -> Iterator[Pull]:
    from contact_pipeline.sources.contactics.client import ContacticsClient, records_of

    secret = Secret.from_environment(settings.contactics.credential, keys)
    start = window_start(cursor, settings.clock(), settings.first_load_days)
    with ContacticsClient(settings.contactics.base_url, settings.contactics.client_id, secret) as client:
        changes = client.changed_contacts(start, keep=Keep.below(settings.landing, CONTACTICS_CONTACTS.key))
        following = next_cursor(cursor, changes.newest, start, changes.took)
        yield Pull(changes.pages, records_of, lambda: client.calls, window=True, cursor=following)


FETCHINGS = (Fetching(CONTACTICS_CONTACTS, 15, _configured, _contacts),)
