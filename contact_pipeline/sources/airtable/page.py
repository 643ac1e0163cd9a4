"""Airtable's answers: is a page whole, what kind of refusal is it, what does a webhook's payload name?

The shapes of sources.md 4.2, 4.4 and 4.6 belong here. Whether several pages make a whole list belongs to `client`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from contact_pipeline.sources.http import PassingFault, Reply

BILLING_LIMIT = "PUBLIC_API_BILLING_LIMIT_EXCEEDED"
CURSOR_GONE = ("LIST_RECORDS_ITERATOR_NOT_AVAILABLE", "INVALID_OFFSET_VALUE")


@dataclass(frozen=True)
class Page:
    """A checked page of records.

    Attributes:
        body: its bytes as they arrived.
        ids: of its records, in order.
        following: the cursor of the next page, None at the end.
    """

    body: bytes
    ids: tuple[str, ...]
    following: str | None


@dataclass
class News:
    """What a webhook tells since a cursor.

    Attributes:
        bodies: of the answers that held payloads, byte for byte.
        named: records created or changed, by table id.
        gone: records destroyed, by table id.
        cursor: where the next reading goes on.
        lost: why the payloads are not the whole story; empty where they are.
    """

    cursor: int
    bodies: list[bytes] = field(default_factory=list)
    named: dict[str, set[str]] = field(default_factory=dict)
    gone: dict[str, set[str]] = field(default_factory=dict)
    lost: str = ""

    def concerns(self, tables: Collection[str]) -> bool:
        """Whether any record of these tables is told about."""
        return any(self.named.get(table) or self.gone.get(table) for table in tables)


def refusal_kind(reply: Reply) -> str:
    """The type of an error, from any of the three shapes: a text, an object, a list of objects; else empty."""
    try:
        body = json.loads(reply.body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(body, dict):
        return ""
    listed = body.get("errors")
    error = listed[0] if isinstance(listed, list) and listed else body.get("error")
    if isinstance(error, dict):
        error = error.get("type") or error.get("error")
    return error if isinstance(error, str) else ""


def checked_page(reply: Reply, limit: int, asked: str | None, seen: Collection[str]) -> Page:
    """Read one page of records out of a successful answer.

    Args:
        reply: the answer.
        limit: rows asked for.
        asked: the cursor it was asked with; None for the first page.
        seen: ids of the pages before: none of them comes again.

    Raises:
        PassingFault: it is no page, or a page met before.
    """
    envelope = reply.json_object()
    ids = tuple(str(record["id"]) for record in record_list(envelope))
    following = envelope.get("offset")
    if following is not None and (not isinstance(following, str) or not following or following == asked):
        raise PassingFault("answered with a cursor that leads nowhere")
    if len(ids) > limit or len(set(ids)) < len(ids):
        raise PassingFault(f"answered with {len(ids)} rows, some twice or too many")
    if not set(seen).isdisjoint(ids):
        raise PassingFault("answered with rows of an earlier page")
    return Page(reply.body, ids, following)


def record_list(envelope: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of an answer.

    Raises:
        PassingFault: `records` is no list of objects with an id and fields (for example an error with status 200).
    """
    return _objects(envelope, "records", ("id", "createdTime", "fields"))


def table_list(envelope: dict[str, Any]) -> list[dict[str, Any]]:
    """The tables of a schema answer, each with its fields (raises as `record_list`)."""
    tables = _objects(envelope, "tables", ("id", "name", "fields"))
    for table in tables:
        _objects(table, "fields", ("id", "name", "type"))
    return tables


def base_list(envelope: dict[str, Any]) -> list[dict[str, Any]]:
    """The bases of an answer (raises as `record_list`)."""
    return _objects(envelope, "bases", ("id", "name"))


def webhook_list(envelope: dict[str, Any]) -> list[dict[str, Any]]:
    """The webhooks of an answer (raises as `record_list`)."""
    return _objects(envelope, "webhooks", ("id", "cursorForNextPayload"))


def take_payloads(envelope: dict[str, Any], body: bytes, news: News) -> bool:
    """Add one answer about payloads to the news; gives whether more follow.

    Payloads are numbered without gaps, so a cursor that moved further than payloads arrived tells of lost ones:
    Airtable forgets them after seven days without a word (sources.md 4.6: retention is not documented).

    Raises:
        PassingFault: it is no answer about payloads.
    """
    payloads, cursor, more = envelope.get("payloads"), envelope.get("cursor"), envelope.get("mightHaveMore")
    if not isinstance(payloads, list) or not isinstance(cursor, int) or not isinstance(more, bool):
        raise PassingFault("answered without a list of payloads")
    if cursor < news.cursor or (more and cursor == news.cursor):
        raise PassingFault("answered with a cursor that does not move on")
    if cursor - news.cursor != len(payloads):
        news.lost = f"{cursor - news.cursor - len(payloads)} payloads are missing"
    for payload in payloads:
        _take_payload(payload, news)
    if payloads:
        news.bodies.append(body)
    news.cursor = cursor
    return more


def _take_payload(payload: Any, news: News) -> None:
    if not isinstance(payload, dict) or payload.get("error"):
        news.lost = "a payload is an error"
        return
    for table, told in _mapping(payload.get("changedTablesById")).items():
        changes = _mapping(told)
        destroyed = set(map(str, changes.get("destroyedRecordIds") or ()))
        _add(news.gone, table, destroyed)
        news.named.setdefault(table, set()).difference_update(destroyed)
        _add(news.named, table, changes.get("createdRecordsById"))
        _add(news.named, table, changes.get("changedRecordsById"))
    for table, made in _mapping(payload.get("createdTablesById")).items():
        _add(news.named, table, _mapping(made).get("recordsById"))


def _add(told: dict[str, set[str]], table: str, ids: Iterable[str] | None) -> None:
    told.setdefault(table, set()).update(map(str, ids or ()))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(envelope: dict[str, Any], name: str, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    found = envelope.get(name)
    if not isinstance(found, list):
        raise PassingFault(f"answered without a list of {name}")
    for one in found:
        if not isinstance(one, dict) or any(one.get(key) in (None, "") for key in keys):
            raise PassingFault(f"answered with {name} that lack {' or '.join(keys)}")
    return found
