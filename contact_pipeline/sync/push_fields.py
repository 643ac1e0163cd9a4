"""Custom fields that go over the API, where a probe found that the account lets us write them.

Which fields differ, and writing them one contact at a time, belongs here. What was there before the call, and what is
there after it, is Givebutter's own answer: a field counts as written only when the contact shows it. Only fields the
season says are ours are written, never one that Givebutter owns, never a subscription.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import duckdb

from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.outbox import Change, Matter, Waiting, mark
from contact_pipeline.sources.givebutter.writing import GivebutterWriter

DIFFERING = """
select m.person_id, m.givebutter_contact_id, f.title, f.value, c.observed_at
from mentors.mentor as m
inner join mentors.season as s on m.season = s.season and s.current
inner join contacts.contact as c on m.givebutter_record = c.contact_id
inner join exports.givebutter_custom as f on m.person_id = f.person_id
inner join mentors.custom_field as k on m.season = k.season and f.title = k.title and k.owner = 'ours'
where
    not m.in_doubt and not m.contact_deleted
    and m.person_id not in (select person_id from exports.givebutter_hold)
    and f.value <> '' and f.value is distinct from f.held_value
order by m.givebutter_contact_id, f.position
"""


def wanted_fields(connection: duckdb.DuckDBPyConnection, confirmed: Mapping[Matter, datetime]) -> dict[Change, str]:
    """The fields to write and what to write, by what the snapshot shows; none that was written since it was read."""
    found: dict[Change, str] = {}
    for person_id, contact_id, title, value, read_at in connection.execute(DIFFERING).fetchall():
        hashed = sha256(f"{contact_id}\x1f{title}\x1f{value}".encode()).hexdigest()[:20]
        change = Change(contact_id, person_id, "set", title, hashed)
        done_at = confirmed.get(change.matter)
        if done_at is None or done_at < read_at:
            found[change] = value
    return found


def send_fields(
    ledger: Ledger,
    writer: GivebutterWriter,
    group: Sequence[Waiting],
    values: Mapping[Matter, str],
    numbers: dict[str, int],
    clock: Callable[[], datetime],
) -> tuple[list[Waiting], list[Waiting]]:
    """Write the fields of one contact; gives those that are confirmed, and those Givebutter passed over.

    A field whose number no contact has shown yet waits.


    Args:
        ledger: keeps how far each is.
        writer: the account.
        group: changes of one contact.
        values: what to write.
        numbers: Givebutter's number of a field by its title, as contacts have shown; added to.
        clock: now.

    Raises:
        SourceRefused: the contact is gone, or may not be written; nothing of it is confirmed.
        SourceUnavailable: no answer; what was not confirmed waits.
    """
    contact = writer.shown(group[0].change.contact_id)
    numbers.update({str(item["title"]): int(item["field_id"]) for item in _items(contact) if item.get("title")})
    known = [one for one in group if one.change.name in numbers]
    there = _there(known, values, contact)
    missing = [one for one in known if one not in there]
    if missing:
        mark(ledger, [one.outbox_id for one in missing], "sent", now=clock())
        written = {numbers[one.change.name]: values[one.change.matter] for one in missing}
        there += _there(missing, values, writer.set_fields(contact, written))
    if there:
        mark(ledger, [one.outbox_id for one in there], "confirmed", now=clock())
    return there, [one for one in known if one not in there]


def _items(contact: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        item
        for item in contact.get("custom_fields") or []
        if isinstance(item, dict) and item.get("field_id") is not None
    ]


def _there(group: Sequence[Waiting], values: Mapping[Matter, str], contact: Mapping[str, Any]) -> list[Waiting]:
    shown = {str(item.get("title")): str(item.get("value")) for item in _items(contact)}
    return [one for one in group if shown.get(one.change.name) == values[one.change.matter]]
