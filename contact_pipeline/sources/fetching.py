"""Every entity that comes over an API: gathered from the platforms' own modules.

Opening one by name belongs here, and saying whether a workspace reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

from contact_pipeline.config import Settings
from contact_pipeline.sources.airtable.fetching import FETCHINGS as AIRTABLE
from contact_pipeline.sources.contactics.fetching import FETCHINGS as CONTACTICS
from contact_pipeline.sources.entities import Entity
from contact_pipeline.sources.givebutter.fetching import FETCHINGS as GIVEBUTTER
from contact_pipeline.sources.hosts import require_allowed
from contact_pipeline.sources.jotform.fetching import FETCHINGS as JOTFORM
from contact_pipeline.sources.listomatic.fetching import FETCHINGS as LISTOMATIC
from contact_pipeline.sources.pull import Fetching, Pull

FETCHINGS: dict[str, Fetching] = {
    fetching.entity.key: fetching for fetching in (*GIVEBUTTER, *JOTFORM, *LISTOMATIC, *CONTACTICS, *AIRTABLE)
}

FETCHED: tuple[Entity, ...] = tuple(fetching.entity for fetching in FETCHINGS.values())
"""The entities that come over an API."""

FETCHED_SOURCES: tuple[str, ...] = tuple(dict.fromkeys(entity.source for entity in FETCHED))
"""The platforms they come from, in the order above."""


def configured(entity: Entity, settings: Settings) -> str:
    """What to read for this entity (a campaign, a form id, an address); empty where the workspace does not poll it."""
    return FETCHINGS[entity.key].configured(settings)


def minutes_between(fetching: Fetching, settings: Settings) -> int:
    """How often the workspace reads this entity, in minutes: its own setting, else the shipped one (decision 44)."""
    own: dict[str, int] = getattr(settings, fetching.entity.source).every_minutes
    return own.get(fetching.entity.name, fetching.minutes)


def pull(
    entity: Entity, settings: Settings, keys: Mapping[str, str], *, cursor: str | None = None, whole: bool = False
) -> AbstractContextManager[Pull]:
    """Open the entity's client for one reading.

    Args:
        entity: one of `FETCHED`.
        settings: the workspace's.
        keys: credentials by name; see `credentials.keys_of`.
        cursor: of the last window that landed; sources that are always read whole do not look at it.
        whole: read the whole list even where a window would do, so that edits and deletions show.

    Raises:
        SourceRefused: the key is missing or wrong, or the platform's address is not one that may be asked (permanent:
            says what to set).
        SourceUnavailable: while reading the pages (passing).
    """
    require_allowed(entity.source, getattr(settings, entity.source).base_url, settings.allowed_hosts)
    fetching = FETCHINGS[entity.key]
    opener = fetching.open_whole if whole and fetching.open_whole is not None else fetching.open
    return opener(settings, keys, cursor)
