"""The pages we land for Airtable: an answer byte for byte, and beside it the base and table it is about.

An answer of Airtable's does not say whose records it holds. Wrapping it and taking records, fields and deletions out of
the wrapping again belong here.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from contact_pipeline.sources.airtable.page import News, record_list, table_list, take_payloads

EXPIRING = ("url", "thumbnails")
"""Keys of an attachment that are others in every answer; they would make every record look changed."""

Where = tuple[str, str]
"""Base id and table id."""


def wrapped(kind: str, base: str, table: str, body: bytes) -> bytes:
    """An answer and what it is about.

    Args:
        kind: `records`, `fields` or `payloads`.
        base: the base's id.
        table: the table's id; empty for an answer about a whole base.
        body: as it arrived.
    """
    about = json.dumps({"kind": kind, "base": base, "table": table})
    return about[:-1].encode() + b', "answer": ' + body + b"}"


def records_of(page: bytes, *, tables: Collection[Where]) -> list[dict[str, Any]]:
    """The records of a landed page, and those a webhook says are gone (`deleted`).

    Args:
        page: what `wrapped` made.
        tables: those that are read; a base's webhook tells of all.
    """
    envelope = json.loads(page)
    base, table, answer = envelope["base"], envelope["table"], envelope["answer"]
    if envelope["kind"] == "payloads":
        return _deleted(base, answer, tables)
    return [
        {
            **_key(base, table, str(record["id"])),
            "createdTime": record["createdTime"],
            "fields": {name: _lasting(value) for name, value in sorted(record["fields"].items())},
        }
        for record in record_list(answer)
    ]


def fields_of(page: bytes, *, tables: Collection[Where]) -> list[dict[str, Any]]:
    """The fields of the tables that are read, out of a landed answer about a base."""
    envelope = json.loads(page)
    base = envelope["base"]
    return [
        {
            "key": f"{base}/{table['id']}/{field['id']}",
            "base_id": base,
            "table_id": table["id"],
            "table_name": table["name"],
            "field_id": field["id"],
            "name": field["name"],
            "type": field["type"],
            "options": field.get("options"),
        }
        for table in table_list(envelope["answer"])
        if (base, table["id"]) in tables
        for field in table["fields"]
    ]


def _deleted(base: str, answer: dict[str, Any], tables: Collection[Where]) -> list[dict[str, Any]]:
    news = News(int(answer["cursor"]) - len(answer["payloads"]))
    take_payloads(answer, b"", news)
    return [
        {**_key(base, table, record), "deleted": True}
        for table, records in sorted(news.gone.items())
        if (base, table) in tables
        for record in sorted(records)
    ]


def _key(base: str, table: str, record: str) -> dict[str, Any]:
    """The record's place: `airtable.com/` before the key opens it in a browser."""
    return {"key": f"{base}/{table}/{record}", "id": record, "base_id": base, "table_id": table}


def _lasting(value: Any) -> Any:
    """A cell without what changes from answer to answer."""
    if not isinstance(value, list):
        return value
    return [
        {name: part for name, part in one.items() if name not in EXPIRING}
        if isinstance(one, dict) and str(one.get("id", "")).startswith("att")
        else one
        for one in value
    ]
