"""What a Givebutter account lets us do, tried on one contact and put back: tags, custom fields.

Trying belongs here; the ledger remembers. Documentation leaves open whether custom fields can be written (decision 47).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from contact_pipeline.sources.errors import SourceRefused
from contact_pipeline.sources.givebutter.writing import GivebutterWriter

PROBE_TAG = "contact-pipeline probe"


class Found(NamedTuple):
    """One thing that was tried: able, unable, or None where it could not be tried; and how we know."""

    name: str
    able: bool | None
    detail: str


def probe(writer: GivebutterWriter, contact_id: str | None, options: Mapping[str, tuple[str, ...]]) -> list[Found]:
    """Try what the account allows on a contact of one's own; every change is taken back.

    Args:
        writer: the account.
        contact_id: a contact nobody minds being touched; None tries reading alone.
        options: the season's choice fields by title, with what they may say: one is changed and put back.

    Raises:
        SourceUnavailable: the platform does not answer.
        SourceRefused: the key is wrong, or the contact is not there.
    """
    if contact_id is None:
        writer.campaigns()
        untried = "Not tried: name a contact with --contact."
        return [
            Found("read", True, "Campaigns were read."),
            *(Found(n, None, untried) for n in ("tags", "custom_fields")),
        ]
    contact = writer.shown(contact_id)
    return [
        Found("read", True, "The contact was read."),
        _tags(writer, contact_id, [str(tag) for tag in contact.get("tags") or []]),
        _custom_fields(writer, contact, options),
    ]


def _tags(writer: GivebutterWriter, contact_id: str, before: list[str]) -> Found:
    try:
        added = writer.change_tags(contact_id, "add", [PROBE_TAG])
        removed = writer.change_tags(contact_id, "remove", [PROBE_TAG])
    except SourceRefused as refused:
        return Found("tags", False, str(refused))
    if PROBE_TAG in added and removed == before:
        return Found("tags", True, "A tag was added and removed; the others stayed.")
    return Found("tags", False, "A tag was sent, but the contact did not show it, or lost others.")


def _custom_fields(writer: GivebutterWriter, contact: dict[str, Any], options: Mapping[str, tuple[str, ...]]) -> Found:
    items = [item for item in contact.get("custom_fields") or [] if isinstance(item, dict)]
    for item in items:
        others = [option for option in options.get(str(item.get("title")), ()) if option != item.get("value")]
        if others and item.get("field_id") is not None:
            return _one_field(writer, contact, int(item["field_id"]), str(item.get("value")), others[0])
    return Found(
        "custom_fields", None, "Not tried: the contact has no choice field of the season that could be changed."
    )


def _one_field(writer: GivebutterWriter, contact: dict[str, Any], number: int, value: str, other: str) -> Found:
    try:
        writer.set_fields(contact, {number: other})
        changed = _value(writer.shown(str(contact["id"])), number)
        writer.set_fields(contact, {number: value})
        restored = _value(writer.shown(str(contact["id"])), number)
    except SourceRefused as refused:
        return Found("custom_fields", False, str(refused))
    if changed == other and restored == value:
        return Found("custom_fields", True, "A field was changed and put back.")
    return Found("custom_fields", False, "A field was sent, but the contact did not show it: files remain the way.")


def _value(contact: dict[str, Any], number: int) -> str | None:
    for item in contact.get("custom_fields") or []:
        if isinstance(item, dict) and item.get("field_id") == number:
            return str(item.get("value"))
    return None
