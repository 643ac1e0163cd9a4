"""A small Airtable account for tests: one base, a table of people and one that is not read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

BASE = "appPeople00000001"
TABLE = "tblPeople00000001"
OTHER = "tblPlaces00000001"
NAME, EMAIL, PHONE, TAGS, ACTIVE = (f"fld{name:0<14}" for name in ("Name", "Email", "Phone", "Tags", "Active"))
PHOTO, EDITED = (f"fld{name:0<14}" for name in ("Photo", "Edited"))

FIELDS = [
    {"id": NAME, "name": "Name", "type": "singleLineText"},
    {"id": EMAIL, "name": "Email", "type": "email"},
    {"id": PHONE, "name": "Phone", "type": "phoneNumber"},
    {"id": TAGS, "name": "Tags", "type": "multipleSelects", "options": {"choices": [{"id": "sel1", "name": "donor"}]}},
    {"id": ACTIVE, "name": "Active", "type": "checkbox", "options": {"icon": "check", "color": "greenBright"}},
    {"id": PHOTO, "name": "Photo", "type": "multipleAttachments", "options": {"isReversed": False}},
    {"id": EDITED, "name": "Edited", "type": "lastModifiedTime",
     "options": {"isValid": True, "referencedFieldIds": [NAME], "result": {"type": "dateTime", "options": {
         "dateFormat": {"name": "iso", "format": "YYYY-MM-DD"}, "timeFormat": {"name": "24hour", "format": "HH:mm"},
         "timeZone": "utc"}}}},
]  # fmt: skip


def record_id(number: int) -> str:
    return f"rec{number:014d}"


def records(count: int) -> list[dict[str, Any]]:
    """In threes of one creation time, so that equal times stand on both sides of a page's edge."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        {
            "id": record_id(number),
            "createdTime": f"{start + timedelta(hours=number // 3):%Y-%m-%dT%H:%M:%S}.000Z",
            "fields": {NAME: f"Person{number} Bell", EMAIL: f"person{number}@example.org",
                       PHOTO: [{"id": f"att{number:014d}", "filename": "me.png", "size": 7, "type": "image/png"}]},
        }
        for number in range(count)
    ]  # fmt: skip


def base(count: int) -> dict[str, Any]:
    return {
        "id": BASE,
        "name": "Campaign",
        "tables": [
            {"id": TABLE, "name": "People", "fields": [dict(field) for field in FIELDS], "records": records(count)},
            {"id": OTHER, "name": "Places", "fields": [{"id": "fldPlace000000001", "name": "Place",
                                                        "type": "singleLineText"}]},
        ],
    }  # fmt: skip
