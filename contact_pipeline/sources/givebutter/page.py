"""One page of a Givebutter list: is it the page that was asked for, and is it whole?

The paging envelope of sources.md 1.4 belongs here, and the bare array that the published spec gives households. Whether
several pages make a whole list belongs to `walk`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from contact_pipeline.sources.http import PassingFault, Reply


@dataclass(frozen=True)
class Page:
    """A checked page.

    Attributes:
        body: its bytes as they arrived.
        ids: record ids in order, as text.
        changed: when each record last changed, UTC; None where it does not say.
        total: rows the platform says the whole list has; None for a bare array, which says nothing.
        last: number of the last page, as of this page; None for a bare array.
    """

    body: bytes
    ids: tuple[str, ...]
    changed: tuple[datetime | None, ...]
    total: int | None
    last: int | None


def checked_page(reply: Reply, number: int) -> Page:
    """Read page `number` out of a reply.

    Raises:
        PassingFault: it is no page, another page, a page with rows missing, or its links contradict its numbers.
    """
    envelope = reply.json_object()
    records = record_list(envelope.get("data"))
    meta = envelope.get("meta")
    if not isinstance(meta, dict):
        raise PassingFault("answered without paging numbers")
    current, last, total, size = (_number(meta, key) for key in ("current_page", "last_page", "total", "per_page"))
    if current != number:
        raise PassingFault(f"answered page {current} when asked for page {number}")
    expected = max(0, min(size, total - (number - 1) * size))
    if len(records) != expected:
        raise PassingFault(f"answered page {number} with {len(records)} rows in place of {expected}")
    _check_next(envelope.get("links"), number, last)
    return _page(reply.body, records, total, last)


def page_or_array(reply: Reply, number: int) -> Page:
    """The same where the list may also come as a bare array: the spec says so of households, others have the envelope.

    Raises:
        PassingFault: it is neither.
    """
    if reply.body.lstrip()[:1] != b"[":
        return checked_page(reply, number)
    try:
        rows = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise PassingFault(f"answered with {len(reply.body)} bytes that are no JSON") from error
    return _page(reply.body, record_list(rows), None, None)


def record_list(rows: object) -> list[dict[str, Any]]:
    """The rows of a list.

    Raises:
        PassingFault: it is no list of objects that each have an id (for example an error sent with status 200).
    """
    if not isinstance(rows, list):
        raise PassingFault("answered without a list of rows")
    if not all(isinstance(record, dict) and record.get("id") not in (None, "") for record in rows):
        raise PassingFault("answered with a row that has no id")
    return rows


def _page(body: bytes, records: list[dict[str, Any]], total: int | None, last: int | None) -> Page:
    ids = tuple(str(record["id"]) for record in records)
    return Page(body, ids, tuple(changed_at(record) for record in records), total, last)


def changed_at(record: dict[str, Any]) -> datetime | None:
    """When a record last changed; both of Givebutter's ways of writing UTC are read (sources.md 1.5)."""
    try:
        moment = datetime.fromisoformat(str(record.get("updated_at")))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _number(meta: dict[str, Any], key: str) -> int:
    """Scalars may arrive as text: the spec says string, the wire says integer (sources.md 1.1)."""
    try:
        return int(meta[key])
    except (KeyError, TypeError, ValueError) as error:
        raise PassingFault(f"answered without the paging number {key}") from error


def _check_next(links: object, number: int, last: int) -> None:
    """`links.next` must agree with the numbers; it is only compared, never followed (it may drop our parameters)."""
    following = links.get("next") if isinstance(links, dict) else None
    if following is None:
        if number < last:
            raise PassingFault(f"ended the list at page {number} of {last}")
        return
    named = parse_qs(urlsplit(str(following)).query).get("page", [""])[0]
    if named != str(number + 1):
        raise PassingFault(f"names page {named[:9] or '?'} as the one after page {number}")
