"""What all assets share: group names, owner, tags, the warehouse's slot.

Only naming belongs here.
"""

from __future__ import annotations

from contact_pipeline.sources.entities import ENTITIES

OWNER = "team:data"

WAREHOUSE_SLOT = "warehouse"
"""The pool of one slot: runs that hold it queue. Everything that opens the warehouse names it; fetches do not."""

SOURCES = {entity.source for entity in ENTITIES.values()}
"""The platforms a table's name may begin with: `contacts.givebutter_member`."""

GROUPS = {
    "voters": "g1_voters",
    "landing": "g2_landing",
    "contacts": "g3_contacts",
    "identity": "g4_identity",
    "people": "g5_people",
    "mentors": "g6_mentors",
    "sync": "g6_sync",
    "issues": "g7_issues",
    "exports": "g8_exports",
    "published": "g9_published",
}
"""Stage to group, where it is no platform's own. The number keeps Dagster's list, sorted by name, in reading order."""

IMPERSONAL = {
    "landing.batch",
    "contacts.airtable_field",
    "contacts.airtable_role",
    "contacts.form",
    "contacts.jotform_question",
    "contacts.question",
    "contacts.nickname",
    "people.ownership",
    "sync.log",
    "sync.file_log",
    "mentors.season",
    "mentors.status_rule",
    "mentors.season_tag",
    "mentors.custom_field",
    "mentors.coverage",
    "identity.model",
    "identity.voter_setting",
}
"""Tables that hold nothing about a person."""


def group_of(table: str) -> str:
    """The Dagster group of `schema.table`: its platform's while it arrives, then its stage's."""
    stage, _, name = table.partition(".")
    source = name.partition("_")[0]
    return source_group(source) if stage in ("landing", "raw") and source in SOURCES else GROUPS[stage]


def source_group(source: str) -> str:
    """The Dagster group of a platform's landing and raw assets."""
    return f"g1_{source}"


def tags_of(table: str) -> dict[str, str]:
    """The tags of `schema.table`: its stage, whether it holds personal data, and its platform where it has one."""
    stage, _, name = table.partition(".")
    tags = {"stage": stage, "personal_data": "no" if table in IMPERSONAL else "yes"}
    source = name.partition("_")[0]
    return {**tags, "source": source} if source in SOURCES else tags
