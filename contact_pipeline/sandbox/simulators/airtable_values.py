"""Cells of an Airtable table: what may be written into a field of a type, and what a reader sees (sources.md 4.1).

One cell belongs here; records belong to `airtable_tables`.
"""

from __future__ import annotations

from typing import Any

from contact_pipeline.sandbox.simulators.airtable_errors import Json, Refusal, invalid

TEXTS = {"singleLineText", "multilineText", "richText", "email", "phoneNumber", "url", "date", "dateTime"}
NUMBERS = {"number", "currency", "percent", "rating", "duration"}
COMPUTED = {
    "formula", "rollup", "count", "multipleLookupValues", "createdTime", "lastModifiedTime", "createdBy",
    "lastModifiedBy", "autoNumber", "button", "externalSyncSource",
}  # fmt: skip


def is_empty(value: object) -> bool:
    """Whether a reader sees no key at all for the cell."""
    return value is None or value is False or value == "" or value == []


def written(field: Json, value: Any, *, typecast: bool) -> Any:
    """What is stored when somebody writes `value` into the field; None clears it.

    Raises:
        Refusal: 422, the value does not fit the field's type.
    """
    kind = field["type"]
    if kind in COMPUTED:
        raise _misfit(field)
    if value is None:
        return None
    if kind in NUMBERS:
        return _number(field, value, typecast)
    if kind == "checkbox":
        return _truth(field, value, typecast)
    if kind == "singleSelect":
        return _choice(field, _text(field, value, typecast), typecast)
    if kind == "multipleSelects":
        listed = [part.strip() for part in value.split(",")] if typecast and isinstance(value, str) else value
        return [_choice(field, _text(field, one, typecast), typecast) for one in _list(field, listed)]
    if kind in ("multipleRecordLinks", "multipleAttachments", "multipleCollaborators"):
        return _list(field, value)
    return _text(field, value, typecast) if kind in TEXTS else value


def shown(field: Json, value: Any, record: Json, stamp: int) -> Any:
    """What a reader sees of a stored value.

    Args:
        field: of the table.
        value: as stored, or None.
        record: whose cell it is.
        stamp: differs in every answer: the addresses of attachments expire.
    """
    if field["type"] == "createdTime":
        return record["createdTime"]
    if field["type"] == "lastModifiedTime":
        return record.get("modifiedTime", record["createdTime"])
    if field["type"] == "multipleAttachments" and isinstance(value, list):
        return [{**one, "url": f"https://files.example.org/{one.get('id', 'att')}?expires={stamp}"} for one in value]
    return value


def _number(field: Json, value: Any, typecast: bool) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if typecast and isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    raise _misfit(field)


def _truth(field: Json, value: Any, typecast: bool) -> Any:
    if isinstance(value, bool):
        return value
    if typecast and isinstance(value, str):
        return value.casefold() in ("true", "checked", "yes", "1")
    raise _misfit(field)


def _text(field: Json, value: Any, typecast: bool) -> str:
    if isinstance(value, str):
        return value
    if typecast:
        return str(value)
    raise _misfit(field)


def _list(field: Json, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _misfit(field)
    return value


def _choice(field: Json, value: str, typecast: bool) -> str:
    choices = field.setdefault("options", {}).setdefault("choices", [])
    if value and value not in [choice["name"] for choice in choices]:
        if not typecast:
            raise invalid(
                "INVALID_MULTIPLE_CHOICE_OPTIONS",
                f'Insufficient permissions to create new select option ""{value}""',
            )
        choices.append({"id": f"sel{len(choices):014d}", "name": value})
    return value


def _misfit(field: Json) -> Refusal:
    return invalid("INVALID_VALUE_FOR_COLUMN", f'Field "{field["name"]}" cannot accept the provided value')
