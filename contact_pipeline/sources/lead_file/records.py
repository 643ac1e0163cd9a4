"""Leads out of a JSON file, whatever its shape: one object, a list, one object a line, or records as Airtable has them.

Taking a file apart and saying which lead a record is belong here. Keeping bytes belongs to `landing`, what a field
means to `list_file.mapping`, which reads leads as any other list.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

LEAD_ID = "lead_id"
"""The field added to every record that says anything: which lead it is (decision 22)."""

IDS = ("airtable_id", "uuid", "id")
"""A lead's ids, the best first."""

LISTS = ("leads", "records", "data", "items", "results")
"""Keys under which an object holds its records as a list."""


class NotLeadsError(Exception):
    """The file is no JSON, or holds nothing that could be a record; the message says where and what to do."""


def leads_of(body: bytes) -> list[Any]:
    """The records of one file in order; what is no object is given as it stands, to be put aside with its position.

    Raises:
        NotLeadsError: the whole file cannot be read.
    """
    return [_with_id(record) for record in _records(_text(body))]


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotLeadsError(f"Byte {error.start:,} is no UTF-8. Save the file as UTF-8 and drop it again.") from error
    if not text.strip():
        raise NotLeadsError("The file is empty.")
    return text


def _records(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise NotLeadsError("The file is nested beyond reason: it is no list of leads.") from error
    except ValueError as error:
        lines = _by_line(text)
        if lines is None:
            raise NotLeadsError(f"The file is no JSON: {error}. Correct it there, or export it again.") from error
        return lines
    if isinstance(value, dict):
        held = next((value[key] for key in LISTS if isinstance(value.get(key), list)), None)
        return [value] if held is None else held
    if not isinstance(value, list):
        raise NotLeadsError(f"The file holds one {type(value).__name__} and no records.")
    return value


def _by_line(text: str) -> list[Any] | None:
    """One record a line; a line that is no JSON stays a text. None where hardly a line is an object."""
    found: list[Any] = []
    for line in filter(str.strip, text.splitlines()):
        try:
            found.append(json.loads(line))
        except (ValueError, RecursionError):
            found.append(line)
    objects = sum(isinstance(record, dict) for record in found)
    return found if objects * 2 > len(found) else None


def _with_id(record: Any) -> Any:
    """The record with its lead's id in front, Airtable's `{id, fields}` laid flat; one that says nothing as it is."""
    if not isinstance(record, dict):
        return record
    if isinstance(record.get("fields"), dict) and str(record.get("id", "")).startswith("rec"):
        record = {"airtable_id": record["id"], **record["fields"]}
    if not any(value not in (None, "", [], {}) for value in record.values()):
        return record
    return {LEAD_ID: _lead_id(record), **{key: value for key, value in record.items() if key != LEAD_ID}}


def _lead_id(record: dict[str, Any]) -> str:
    """The best id the record has, with its kind; a hash of what it says where it has none."""
    named = {re.sub(r"[^a-z]+", "_", key.strip().lower()): value for key, value in record.items()}
    for name in IDS:
        value = named.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return f"{name.removesuffix('_id')}:{str(value).strip()}"
    said = json.dumps(record, sort_keys=True, ensure_ascii=True, default=str)
    return f"hash:{hashlib.sha256(said.encode()).hexdigest()[:16]}"
