"""What all assets share: group names, owner, tags.

Only naming belongs here.
"""

from __future__ import annotations

OWNER = "team:data"

GROUPS = {
    "landing": "g1_landing",
    "raw": "g2_raw",
    "contacts": "g3_contacts",
    "identity": "g4_identity",
    "people": "g5_people",
    "issues": "g6_issues",
    "exports": "g7_exports",
    "published": "g8_published",
}
"""Stage to group. The number keeps Dagster's list, which sorts by name, in reading order."""

IMPERSONAL = {
    "landing.batch",
    "contacts.form",
    "contacts.question",
    "contacts.nickname",
    "people.ownership",
    "identity.model",
    "published.snapshot",
}
"""Tables that hold nothing about a person."""


def group_of(table: str) -> str:
    """The Dagster group of `schema.table`."""
    return GROUPS[table.partition(".")[0]]


def personal_data(table: str) -> dict[str, str]:
    """The tag that says whether a table holds personal data, and its stage."""
    return {"personal_data": "no" if table in IMPERSONAL else "yes", "stage": table.partition(".")[0]}
