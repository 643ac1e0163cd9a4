"""The SMS file: one text per mobile number, for the platform that sends texts.

Choosing by status, shift and message, one message per number, and the manifest belong here. Who may get a text at all
is decided in SQL (`exports.sms_hold`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from contact_pipeline.exports.files import (
    ExportFile,
    Held,
    common_manifest,
    csv_bytes,
    held_people,
    row_hash,
    write_files,
)
from contact_pipeline.exports.gates import Gate, Override
from contact_pipeline.exports.lint import PHONES, text_troubles
from contact_pipeline.ledger.exports import ExportedRow

HEADERS = ("Phone Number", "Preferred Name", "Mentor ID", "Message")
LONGEST = 1_600
"""Characters the usual platforms send as one text of ten parts."""


class UnknownMessageError(ValueError):
    """The season has no message of this name."""


@dataclass(frozen=True)
class SmsChoice:
    """What somebody asked of the file.

    Attributes:
        message: name of the season's message.
        statuses: only mentors of these statuses; empty: all.
        shifts: only mentors of these shifts; empty: all.
    """

    message: str = "status"
    statuses: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()


def write_sms(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    written_at: datetime,
    versions: Mapping[str, str],
    gate: Gate,
    override: Override | None = None,
    choice: SmsChoice = SmsChoice(),
) -> ExportFile:
    """Write `sms-messages.csv`, `sms-held.csv` and `sms-manifest.json` into `folder`; each whole or not at all.

    Of two mentors with one number the one with the smaller mentor id gets the text, the other is held.

    Raises:
        GateClosedError: what we know is too old and nobody overrides that; nothing is written.
        UnknownMessageError: the season has no such message; nothing is written.
    """
    gate.pass_through(override)
    asked = _asked_for(connection, choice)
    held = held_people(connection, "exports.sms_hold")
    rows: dict[str, tuple[str, dict[str, str]]] = {}
    for person_id, mentor_id, phone, name, message in asked:
        row = dict(zip(HEADERS, (phone, name or "", mentor_id or "", message), strict=True))
        if troubles := _troubles(row):
            held += [Held(person_id, code, words, mentor_id=mentor_id) for code, words in troubles]
        elif phone in rows:
            held.append(
                Held(person_id, "number_taken", "another mentor with this number gets the text", mentor_id=mentor_id)
            )
        else:
            rows[phone] = (person_id, row)
    body = csv_bytes(HEADERS, [row for _, row in rows.values()])
    manifest = {
        **common_manifest(connection, "sms", body, held, written_at=written_at, gate=gate, override=override),
        "filters": {"message": choice.message, "status": list(choice.statuses), "shift": list(choice.shifts)},
        "counts": {"rows": len(rows)},
        "columns": list(HEADERS),
        "versions": dict(versions),
    }
    ledger_rows = [ExportedRow(person_id, None, None, row_hash(row)) for person_id, row in rows.values()]
    return write_files(folder, "sms-messages", body, held, manifest, ledger_rows)


def _asked_for(connection: duckdb.DuckDBPyConnection, choice: SmsChoice) -> list[tuple[Any, ...]]:
    """Person, mentor id, phone, name and text of everybody the choice takes, in order of mentor id."""
    known = connection.execute(
        "select replace(t.template, 'message.', '') from mentors.text as t inner join mentors.season as s "
        "on t.season = s.season and s.current where starts_with(t.template, 'message.') group by all order by all"
    ).fetchall()
    names = [name for (name,) in known]
    if names and choice.message not in names:
        raise UnknownMessageError(f"The season has no message {choice.message}. It has: {', '.join(names)}")
    found: list[tuple[Any, ...]] = connection.execute(
        "select person_id, mentor_id, phone, preferred_name, message from exports.sms_row where message_name = ? "
        "and (len(?::varchar[]) = 0 or list_contains(?::varchar[], status)) "
        "and (len(?::varchar[]) = 0 or list_contains(?::varchar[], shift_preference)) "
        "order by mentor_key nulls last, person_id",
        [choice.message, *[list(choice.statuses)] * 2, *[list(choice.shifts)] * 2],
    ).fetchall()
    return found


def _troubles(row: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is wrong with a text, as codes and words."""
    found = [
        (trouble.code, f"{trouble.header} {trouble.words}") for trouble in text_troubles("Message", row["Message"])
    ]
    if not PHONES.match(row["Phone Number"]):
        found.append(("phone_malformed", "Phone Number is not a phone number"))
    if not row["Preferred Name"]:
        found.append(("no_name", "there is no name to address"))
    if not row["Message"].strip():
        found.append(("empty_message", "Message is empty"))
    if len(row["Message"]) > LONGEST:
        found.append(("too_long", f"Message is longer than {LONGEST} characters"))
    return found
