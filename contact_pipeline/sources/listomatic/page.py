"""One page of a Listomatic list: is it whole, and does it say truly whether another follows?

The envelope of sources.md 6.1 belongs here. Whether several pages make a whole list belongs to `client`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contact_pipeline.sources.http import PassingFault, Reply

Version = tuple[str, str]
"""Record id and time of change: the same record met again after a change is another version."""


@dataclass(frozen=True)
class Page:
    """A checked page.

    Attributes:
        body: its bytes as they arrived.
        versions: of its records, in order.
        following: the cursor of the next page, None at the end.
    """

    body: bytes
    versions: tuple[Version, ...]
    following: str | None


def checked_page(reply: Reply, limit: int, asked: str | None, seen: set[Version]) -> Page:
    """Read one page out of a reply.

    Args:
        reply: a successful answer.
        limit: rows asked for; a page with another one after it is full.
        asked: the cursor it was asked with; None for the first page.
        seen: versions of the pages before: none of them comes again.

    Raises:
        PassingFault: it is no page, a page met before, a page with rows missing, or its two signs of an end disagree.
    """
    envelope = reply.json_object()
    records = record_list(envelope)
    following, more = envelope.get("next_cursor"), envelope.get("has_more")
    if not isinstance(more, bool) or more != (isinstance(following, str) and following != ""):
        raise PassingFault("answered with has_more and next_cursor that contradict each other")
    if more and following == asked:
        raise PassingFault("answered with a next page that is the page asked for")
    if len(records) > limit or (more and len(records) < limit):
        raise PassingFault(f"answered with {len(records)} rows in place of {limit}")
    versions = tuple((str(record["id"]), str(record.get("updated_at"))) for record in records)
    if not seen.isdisjoint(versions):
        raise PassingFault("answered with rows of an earlier page")
    return Page(reply.body, versions, following if more else None)


def record_list(envelope: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of an envelope.

    Raises:
        PassingFault: `people` is no list of objects that each have an id (for example an error sent with status 200).
    """
    people = envelope.get("people")
    if not isinstance(people, list):
        raise PassingFault("answered without a list of people")
    if not all(isinstance(record, dict) and record.get("id") not in (None, "") for record in people):
        raise PassingFault("answered with a row that has no id")
    return people


def changed_at(version: Version) -> datetime | None:
    """When a version came about, UTC; None where it does not say."""
    try:
        moment = datetime.fromisoformat(version[1])
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
