"""One page of a Contactics list: is it the page that was asked for, and is it whole?

The envelope of sources.md 6.2 belongs here. Whether several pages make a whole list belongs to `client`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from contact_pipeline.sources.http import PassingFault, Reply

LAST_MILLISECOND = 253_402_300_799_000
"""The end of the year 9999: a larger number is no time."""


@dataclass(frozen=True)
class Page:
    """A checked page.

    Attributes:
        body: its bytes as they arrived.
        ids: record ids in order, as text.
        total: rows the platform says the whole list has.
        last: number of the last page, as of this page; an empty list has one.
        changed: when each record was modified, where it says so.
    """

    body: bytes
    ids: tuple[str, ...]
    total: int
    last: int
    changed: tuple[datetime, ...]


def checked_page(reply: Reply, number: int) -> Page:
    """Read page `number` out of a reply.

    Raises:
        PassingFault: it is no page, another page, or a page with rows missing.
    """
    envelope = reply.json_object()
    records = record_list(envelope)
    current, size, last, total = (_number(envelope, key) for key in ("page", "size", "totalPages", "totalItems"))
    if current != number:
        raise PassingFault(f"answered page {current} when asked for page {number}")
    expected = max(0, min(size, total - (number - 1) * size))
    if size < 1 or len(records) != expected or last != max(1, -(-total // size)):
        raise PassingFault(f"answered page {number} with {len(records)} rows in place of {expected}")
    moments = (modified(record) for record in records)
    changed = tuple(moment for moment in moments if moment is not None)
    return Page(reply.body, tuple(str(record["id"]) for record in records), total, last, changed)


def record_list(envelope: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of an envelope.

    Raises:
        PassingFault: `items` is no list of objects that each have an id (for example an error sent with status 200).
    """
    items = envelope.get("items")
    if not isinstance(items, list):
        raise PassingFault("answered without a list of contacts")
    if not all(isinstance(record, dict) and record.get("id") not in (None, "") for record in items):
        raise PassingFault("answered with a row that has no id")
    return items


def modified(record: dict[str, Any]) -> datetime | None:
    """A record's `modified`, milliseconds since 1970, as UTC; None where it is missing or no time."""
    value = record.get("modified")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LAST_MILLISECOND:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)


def _number(envelope: dict[str, Any], key: str) -> int:
    value = envelope.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise PassingFault(f"answered without the paging number {key}")
    return value
