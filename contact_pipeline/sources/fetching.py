"""Fetching one entity from its platform: which client, which address, which key.

Putting settings and clients together belongs here, one function per platform. Paging and limits belong to the clients;
keeping what arrives to `landing`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from contact_pipeline.config import Settings
from contact_pipeline.sources.entities import (
    CONTACTICS_CONTACTS,
    GIVEBUTTER_MEMBERS,
    JOTFORM_SETUPS,
    JOTFORM_SIGNUPS,
    LISTOMATIC_PEOPLE,
    Entity,
)
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sources.window import next_cursor, window_start


@dataclass(frozen=True)
class Pull:
    """One reading of an entity: its pages byte for byte, and how to see the records in one.

    Attributes:
        pages: the bodies; an error while they are read leaves nothing behind.
        records_of: takes a body apart.
        calls: requests sent so far.
        window: whether only what changed was read: then a missing record means nothing.
        cursor: of a window, where the next one goes on.
    """

    pages: Iterator[bytes]
    records_of: Callable[[bytes], list[dict[str, Any]]]
    calls: Callable[[], int]
    window: bool = False
    cursor: str | None = None


Opener = Callable[[str, Settings, Mapping[str, str], str | None], AbstractContextManager[Pull]]
"""Opens a client: what to read, settings, environment, the cursor of the last window."""


@contextmanager
def _givebutter_members(
    campaign: str, settings: Settings, environment: Mapping[str, str], _: str | None
) -> Iterator[Pull]:
    from contact_pipeline.sources.givebutter.client import GivebutterClient, records_of

    key = Secret.from_environment(settings.givebutter_key_variable, environment)
    with GivebutterClient(settings.givebutter_base_url, key) as client:
        yield Pull(client.member_pages(campaign), records_of, lambda: client.calls)


@contextmanager
def _jotform(form: str, settings: Settings, environment: Mapping[str, str], _: str | None) -> Iterator[Pull]:
    from contact_pipeline.sources.jotform.client import JotformClient, records_of

    key = Secret.from_environment(settings.jotform_key_variable, environment)
    with JotformClient(settings.jotform_base_url, key) as client:
        yield Pull(client.submission_pages(form), records_of, lambda: client.calls)


@contextmanager
def _listomatic(
    base_url: str, settings: Settings, environment: Mapping[str, str], cursor: str | None
) -> Iterator[Pull]:
    from contact_pipeline.sources.listomatic.client import ListomaticClient, records_of

    key = Secret.from_environment(settings.listomatic_key_variable, environment)
    start = window_start(cursor, settings.clock(), settings.first_load_days)
    with ListomaticClient(base_url, key) as client:
        changes = client.changed_people(start)
        following = next_cursor(cursor, changes.newest, start)
        yield Pull(changes.pages, records_of, lambda: client.calls, window=True, cursor=following)


@contextmanager
def _contactics(
    base_url: str, settings: Settings, environment: Mapping[str, str], cursor: str | None
) -> Iterator[Pull]:
    from contact_pipeline.sources.contactics.client import ContacticsClient, records_of

    secret = Secret.from_environment(settings.contactics_secret_variable, environment)
    start = window_start(cursor, settings.clock(), settings.first_load_days)
    with ContacticsClient(base_url, settings.contactics_client_id, secret) as client:
        changes = client.changed_contacts(start)
        following = next_cursor(cursor, changes.newest, start)
        yield Pull(changes.pages, records_of, lambda: client.calls, window=True, cursor=following)


@dataclass(frozen=True)
class Fetching:
    """How one entity is fetched: what the settings name to read (empty: it is not polled), and who reads it."""

    entity: Entity
    configured: Callable[[Settings], str]
    open: Opener


FETCHINGS: dict[str, Fetching] = {
    fetching.entity.key: fetching
    for fetching in (
        Fetching(GIVEBUTTER_MEMBERS, lambda settings: settings.givebutter_campaign, _givebutter_members),
        Fetching(JOTFORM_SIGNUPS, lambda settings: settings.jotform_signup_form, _jotform),
        Fetching(JOTFORM_SETUPS, lambda settings: settings.jotform_setup_form, _jotform),
        Fetching(LISTOMATIC_PEOPLE, lambda settings: settings.listomatic_base_url, _listomatic),
        Fetching(
            CONTACTICS_CONTACTS,
            lambda settings: settings.contactics_base_url if settings.contactics_client_id else "",
            _contactics,
        ),
    )
}

FETCHED: tuple[Entity, ...] = tuple(fetching.entity for fetching in FETCHINGS.values())
"""The entities that come over an API."""


def configured(entity: Entity, settings: Settings) -> str:
    """What to read for this entity (a campaign, a form id, an address); empty where the workspace does not poll it."""
    return FETCHINGS[entity.key].configured(settings)


def pull(
    entity: Entity, settings: Settings, environment: Mapping[str, str] = os.environ, *, cursor: str | None = None
) -> AbstractContextManager[Pull]:
    """Open the entity's client for one reading.

    Args:
        entity: one of `FETCHED`.
        settings: the workspace's.
        environment: where the keys are found by name.
        cursor: of the last window that landed; sources that are always read whole do not look at it.

    Raises:
        SourceRefused: the key is missing or wrong (permanent: says which variable to set).
        SourceUnavailable: while reading the pages (passing).
    """
    return FETCHINGS[entity.key].open(configured(entity, settings), settings, environment, cursor)
