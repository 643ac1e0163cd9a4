"""Which of Givebutter's lists are read, and by which settings.

Putting settings and client together belongs here; paging and limits belong to the client.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from contact_pipeline.config import Settings
from contact_pipeline.sources.entities import (
    GIVEBUTTER_API_CONTACTS,
    GIVEBUTTER_CAMPAIGNS,
    GIVEBUTTER_COMPANIES,
    GIVEBUTTER_CONTACTS,
    GIVEBUTTER_HOUSEHOLDS,
    GIVEBUTTER_MEMBERS,
    Entity,
)
from contact_pipeline.sources.pages import Keep
from contact_pipeline.sources.pull import Fetching, Opener, Pull, Singly
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sources.window import next_cursor, window_start

if TYPE_CHECKING:
    from contact_pipeline.sources.givebutter.client import GivebutterClient

SIX_HOURS = 360
"""Minutes between two readings of contacts and what goes with them (decision 44)."""


def _client(settings: Settings, keys: Mapping[str, str]) -> GivebutterClient:
    from contact_pipeline.sources.givebutter.client import GivebutterClient

    key = Secret.from_environment(settings.givebutter.credential, keys)
    return GivebutterClient(settings.givebutter.base_url, key)


def _whole(entity: Entity, pages: Callable[[GivebutterClient, Settings, Keep], Iterator[bytes]]) -> Opener:
    """Opens a list that is always read as a whole."""

    @contextmanager
    def opened(settings: Settings, keys: Mapping[str, str], _: str | None) -> Iterator[Pull]:
        from contact_pipeline.sources.givebutter.client import records_of

        with _client(settings, keys) as client:
            keep = Keep.below(settings.landing, entity.key)
            yield Pull(pages(client, settings, keep), records_of, lambda: client.calls)

    return opened


@contextmanager
def _households(settings: Settings, keys: Mapping[str, str], _: str | None) -> Iterator[Pull]:
    """Opens the households: a bare array has no total, so those it lacks are asked for one by one."""
    from contact_pipeline.sources.givebutter.client import is_listed, records_of

    with _client(settings, keys) as client:
        pages = client.household_pages(keep=Keep.below(settings.landing, GIVEBUTTER_HOUSEHOLDS.key))
        single = Singly(partial(map, client.household), is_listed, at_most=settings.givebutter.single_reads)
        yield Pull(pages, records_of, lambda: client.calls, singly=single)


def _contacts(*, whole: bool) -> Opener:
    """Opens the contacts: who changed since the cursor, or, `whole` and without a cursor, everybody."""

    @contextmanager
    def opened(settings: Settings, keys: Mapping[str, str], cursor: str | None) -> Iterator[Pull]:
        from contact_pipeline.sources.givebutter.client import is_listed, records_of

        everybody = whole or cursor is None
        start = None if everybody else window_start(cursor, settings.clock(), 0)
        with _client(settings, keys) as client:
            keep = Keep.below(settings.landing, GIVEBUTTER_API_CONTACTS.key)
            changes = client.contacts(since=start, keep=keep)
            asked_for = partial(map, client.contact)
            yield Pull(
                changes.pages,
                records_of,
                lambda: client.calls,
                window=not everybody,
                cursor=next_cursor(cursor, changes.newest, start, changes.took),
                singly=Singly(asked_for, is_listed, (GIVEBUTTER_CONTACTS,), settings.givebutter.single_reads),
            )

    return opened


def _reads_contacts(settings: Settings) -> str:
    return "contacts" if settings.givebutter.contacts else ""


FETCHINGS = (
    Fetching(
        GIVEBUTTER_MEMBERS,
        60,
        lambda settings: settings.givebutter.campaign,
        _whole(
            GIVEBUTTER_MEMBERS,
            lambda client, settings, keep: client.member_pages(settings.givebutter.campaign, keep=keep),
        ),
    ),
    Fetching(
        GIVEBUTTER_API_CONTACTS,
        SIX_HOURS,
        _reads_contacts,
        _contacts(whole=False),
        _contacts(whole=True),
        lambda settings: settings.givebutter.whole_every_hours,
    ),
    Fetching(
        GIVEBUTTER_COMPANIES,
        SIX_HOURS,
        _reads_contacts,
        _whole(GIVEBUTTER_COMPANIES, lambda client, _, keep: client.contacts("company", keep=keep).pages),
    ),
    Fetching(
        GIVEBUTTER_HOUSEHOLDS,
        SIX_HOURS,
        _reads_contacts,
        _households,
    ),
    Fetching(
        GIVEBUTTER_CAMPAIGNS,
        SIX_HOURS,
        _reads_contacts,
        _whole(GIVEBUTTER_CAMPAIGNS, lambda client, _, __: client.campaign_pages()),
    ),
)
