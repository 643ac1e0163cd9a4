"""One reading of one entity, whatever the platform: what a client hands over, and how an entity says how it is read.

The shapes belong here. Each platform's `fetching` module fills them; `sources.fetching` gathers those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from contact_pipeline.config import Settings
from contact_pipeline.sources.entities import Entity


@dataclass(frozen=True)
class Singly:
    """How records that a whole reading no longer lists are asked for one by one: a list's silence is no proof.

    Attributes:
        ask: gives the answers about these ids, byte for byte; `records_of` takes them apart.
        is_listed: whether a record stands in lists; one that is known to be gone is not missed.
        also_in: file entities that hold the same records under the same ids.
        at_most: how many are asked for per reading.
    """

    ask: Callable[[Sequence[str]], Iterator[bytes]]
    is_listed: Callable[[Mapping[str, Any]], bool]
    also_in: tuple[Entity, ...] = ()
    at_most: int = 200


@dataclass(frozen=True)
class Pull:
    """One reading of an entity: its pages byte for byte, and how to see the records in one.

    Attributes:
        pages: the bodies; an error while they are read leaves nothing behind.
        records_of: takes a body apart.
        calls: requests sent so far.
        window: whether only what changed was read: then a missing record means nothing.
        cursor: where the next window goes on, if the entity has any.
        calls_left: calls the account may still make today, where the platform says so.
        note: what a person should know of this reading; empty: nothing.
        singly: of a whole reading, how to ask for what it lacks.
    """

    pages: Iterator[bytes]
    records_of: Callable[[bytes], list[dict[str, Any]]]
    calls: Callable[[], int]
    window: bool = False
    cursor: str | None = None
    calls_left: Callable[[], int | None] = lambda: None
    note: Callable[[], str] = lambda: ""
    singly: Singly | None = None


Opener = Callable[[Settings, Mapping[str, str], str | None], AbstractContextManager[Pull]]
"""Opens a client: settings, keys by name, the cursor of the last window."""


@dataclass(frozen=True)
class Fetching:
    """How one entity is fetched.

    Attributes:
        entity: what is read.
        minutes: how often, unless the workspace says otherwise (decision 44).
        configured: what the settings name to read (a campaign, a form id, an address); empty: it is not polled.
        open: who reads it.
        open_whole: who reads the whole list where `open` reads windows; None where `open` alone knows.
        whole_hours: how often that is done, beside the windows; None: never by itself.
    """

    entity: Entity
    minutes: int
    configured: Callable[[Settings], str]
    open: Opener
    open_whole: Opener | None = None
    whole_hours: Callable[[Settings], int] | None = None
