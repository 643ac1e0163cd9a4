"""Finding people in the published snapshot by name, phone, e-mail, PID or source record.

Reading belongs here; the snapshot is sorted for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from contact_pipeline.ledger.pid_code import valid_pid
from contact_pipeline.normalize.fold import name_key
from contact_pipeline.normalize.phone import parse_phone
from contact_pipeline.people.showing import pid_today

PERSON = (
    "select p.person_id, p.first_name, p.last_name, p.suffix, p.preferred_name, p.phone, p.email, p.city, p.state, "
    "p.contacts, p.sources from people.person as p"
)


@dataclass(frozen=True)
class Found:
    """People found, and what the query was taken for."""

    taken_for: str
    people: list[dict[str, Any]]


def find_people(connection: duckdb.DuckDBPyConnection, query: str, *, region: str, limit: int = 20) -> Found:
    """People who match a query: an e-mail address, a phone number, a PID, a record's id, or the beginning of names."""
    text = query.strip()
    if "@" in text:
        return _by(connection, "e-mail", _through("contacts.email", "email = ?"), [text.lower()], limit)
    phone = parse_phone(text, region)
    if phone.valid and phone.e164:
        return _by(connection, "phone", _through("contacts.phone", "e164 = ?"), [phone.e164], limit)
    if valid_pid(text) and any(character.isdigit() for character in text):
        return _by(connection, "PID", "where p.person_id = ?", [pid_today(connection, text)], limit)
    if ":" in text or text.isdigit():
        condition = (
            "where p.person_id in (select person_id from people.crosswalk where contact_id = ? or record_id = ?)"
        )
        return _by(connection, "record id", condition, [text, text], limit)
    return _by_name(connection, text, limit)


def _through(table: str, condition: str) -> str:
    return (
        "where p.person_id in (select x.person_id from people.crosswalk as x "
        f"where x.contact_id in (select contact_id from {table} where {condition}))"
    )


def _by(connection: duckdb.DuckDBPyConnection, what: str, condition: str, values: list[str], limit: int) -> Found:
    cursor = connection.execute(
        f"{PERSON} {condition} order by p.last_name, p.first_name, p.person_id limit {limit}", values
    )
    names = [column[0] for column in cursor.description or []]
    return Found(what, [dict(zip(names, row, strict=True)) for row in cursor.fetchall()])


def _by_name(connection: duckdb.DuckDBPyConnection, text: str, limit: int) -> Found:
    """Every word must begin a first, preferred or last name of one of the person's contacts."""
    words = name_key(text).split()
    if not words:
        return Found("name", [])
    any_name = (
        "(starts_with(c.first_key, ?) or starts_with(c.last_key, ?) or starts_with(coalesce(c.preferred_key, ''), ?))"
    )
    condition = (
        "where p.person_id in (select x.person_id from contacts.contact as c "
        "join people.crosswalk as x on c.contact_id = x.contact_id "
        f"where {' and '.join([any_name] * len(words))})"
    )
    found = _by(connection, "name", condition, [word for word in words for _ in range(3)], 10 * limit)
    shown = sorted(found.people, key=lambda person: not _shows(person, words))
    return Found("name", shown[:limit])


def _shows(person: dict[str, Any], words: list[str]) -> bool:
    """Whether the words begin the names the person shows today, and not only those of an older contact."""
    parts = name_key(
        " ".join(filter(None, (person["first_name"], person["preferred_name"], person["last_name"])))
    ).split()
    return all(any(part.startswith(word) for part in parts) for word in words)
