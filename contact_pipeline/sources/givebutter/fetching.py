"""Which of Givebutter's lists are read, and by which settings.

Putting settings and client together belongs here; paging and limits belong to the client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from contact_pipeline.config import Settings
from contact_pipeline.sources.entities import GIVEBUTTER_MEMBERS
from contact_pipeline.sources.pull import Fetching, Pull
from contact_pipeline.sources.secret import Secret


@contextmanager
def _members(settings: Settings, keys: Mapping[str, str], _: str | None) -> Iterator[Pull]:
    from contact_pipeline.sources.givebutter.client import GivebutterClient, records_of

    key = Secret.from_environment(settings.givebutter.credential, keys)
    with GivebutterClient(settings.givebutter.base_url, key) as client:
        yield Pull(client.member_pages(settings.givebutter.campaign), records_of, lambda: client.calls)


FETCHINGS = (Fetching(GIVEBUTTER_MEMBERS, 60, lambda settings: settings.givebutter.campaign, _members),)
