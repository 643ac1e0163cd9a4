"""Fetching one entity from its platform: which client, which address, which key.

Putting settings and clients together belongs here. Paging and limits belong to the clients; keeping what arrives to
`landing`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from contact_pipeline.config import Settings
from contact_pipeline.sources.entities import GIVEBUTTER_MEMBERS, JOTFORM_SETUPS, JOTFORM_SIGNUPS, Entity
from contact_pipeline.sources.secret import Secret


@dataclass(frozen=True)
class Pull:
    """One whole reading of an entity: its pages byte for byte, and how to see the records in one."""

    pages: Iterator[bytes]
    records_of: Callable[[bytes], list[dict[str, Any]]]
    calls: Callable[[], int]


FETCHED: tuple[Entity, ...] = (GIVEBUTTER_MEMBERS, JOTFORM_SIGNUPS, JOTFORM_SETUPS)
"""The entities that come over an API."""


def configured(entity: Entity, settings: Settings) -> str:
    """What to read for this entity (a campaign, a form id); empty where the workspace does not poll it."""
    return {
        GIVEBUTTER_MEMBERS.key: settings.givebutter_campaign,
        JOTFORM_SIGNUPS.key: settings.jotform_signup_form,
        JOTFORM_SETUPS.key: settings.jotform_setup_form,
    }[entity.key]


@contextmanager
def pull(entity: Entity, settings: Settings, environment: Mapping[str, str] = os.environ) -> Iterator[Pull]:
    """Open the entity's client for one reading.

    Raises:
        SourceRefused: the key is missing or wrong (permanent: says which variable to set).
        SourceUnavailable: while reading the pages (passing).
    """
    what = configured(entity, settings)
    if entity.source == "givebutter":
        from contact_pipeline.sources.givebutter.client import GivebutterClient, records_of

        key = Secret.from_environment(settings.givebutter_key_variable, environment)
        with GivebutterClient(settings.givebutter_base_url, key) as client:
            yield Pull(client.member_pages(what), records_of, lambda: client.calls)
        return
    from contact_pipeline.sources.jotform.client import JotformClient
    from contact_pipeline.sources.jotform.client import records_of as submissions_of

    key = Secret.from_environment(settings.jotform_key_variable, environment)
    with JotformClient(settings.jotform_base_url, key) as forms:
        yield Pull(forms.submission_pages(what), submissions_of, lambda: forms.calls)
