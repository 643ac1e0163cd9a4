"""Jotform's envelope: the status inside the answer counts, not the one around it (sources.md 3.3).

Reading `responseCode`, `content` and `limit-left` belongs here. Which calls to make belongs to `client`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contact_pipeline.sources.http import PassingFault, Reply

QUOTA_WORDS = "api-limit"


@dataclass(frozen=True)
class Envelope:
    """What every answer holds.

    Attributes:
        code: the status that counts.
        content: a list, an object or a text, by endpoint.
        calls_left: calls the account may still make today, where the answer says.
        page_limit: rows per page the server says it gave, on lists.
        out_of_calls: the daily quota is used up.
        body: the bytes as they arrived.
    """

    code: int
    content: Any
    calls_left: int | None
    page_limit: int | None
    out_of_calls: bool
    body: bytes


def opened(reply: Reply) -> Envelope:
    """Open an answer, whatever its status line says.

    Raises:
        PassingFault: no envelope at all, or one without a `responseCode`: malformed.
    """
    envelope = reply.json_object()
    code = _number(envelope.get("responseCode"))
    if code is None:
        raise PassingFault(f"answered {reply.status} without a responseCode")
    if reply.status >= 300:
        code = reply.status
    message = f"{envelope.get('message', '')} {envelope.get('content', '') if code != 200 else ''}"
    result_set = envelope.get("resultSet")
    calls_left = _number(envelope.get("limit-left"))
    refused = code in (403, 429)
    return Envelope(
        code=code,
        content=envelope.get("content"),
        calls_left=calls_left,
        page_limit=_number(result_set.get("limit")) if isinstance(result_set, dict) else None,
        out_of_calls=(code != 200 and QUOTA_WORDS in message.casefold()) or (refused and calls_left == 0),
        body=reply.body,
    )


def listed(content: Any) -> list[dict[str, Any]]:
    """The rows of a list answer.

    Raises:
        PassingFault: no list of objects that each have an id.
    """
    if not isinstance(content, list):
        raise PassingFault("answered without a list of rows")
    if not all(isinstance(record, dict) and record.get("id") not in (None, "") for record in content):
        raise PassingFault("answered with a row that has no id")
    return content


def keyed(content: Any) -> dict[str, Any]:
    """The properties of an object answer; an empty one may arrive as `[]` (sources.md 3.6).

    Raises:
        PassingFault: neither.
    """
    if content == []:
        return {}
    if not isinstance(content, dict):
        raise PassingFault("answered without an object")
    return content


def _number(value: object) -> int | None:
    if isinstance(value, int | str) and not isinstance(value, bool):
        text = str(value)
        return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 12 else None
    return None
