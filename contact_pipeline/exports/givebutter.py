"""The Givebutter import file: a machine file, byte-exact for the platform that reads it.

Writing the rows that `exports.givebutter_row` holds and that change something, checking each, and the manifest belong
here. Who is in it, what it says and why a row is there is decided in SQL.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from contact_pipeline.exports.files import (
    ExportFile,
    Held,
    common_manifest,
    csv_bytes,
    held_people,
    put,
    row_hash,
    write_files,
)
from contact_pipeline.exports.gates import Gate, Override
from contact_pipeline.exports.lint import CustomColumn, troubles_in
from contact_pipeline.exports.written import written_hashes
from contact_pipeline.ledger.exports import ExportedRow

CONFIG = Path(__file__).with_name("givebutter.toml")
CONTACT_ID, EXTERNAL_ID = "Givebutter Contact ID", "Contact External ID"


@dataclass(frozen=True)
class Choice:
    """What somebody asked of the file.

    Attributes:
        statuses: only mentors of these statuses; empty: all.
        shifts: only mentors of these shifts; empty: all.
        unchanged_too: also the rows that would change nothing.
        reasons: whether a list of why each row is in the file is written beside it.
        notes: whether the season's note goes with it, where a contact does not hold it. The pipeline's own file, which
            may never be taken, carries none.
    """

    statuses: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    unchanged_too: bool = False
    reasons: bool = False
    notes: bool = True


@dataclass(frozen=True)
class ImportRow:
    """One row of the file: whose it is, its cells by header, and why it is there."""

    person_id: str
    cells: Mapping[str, str]
    reasons: tuple[str, ...] = ()


@cache
def template_columns() -> tuple[str, ...]:
    """The headers of Givebutter's template, in order."""
    return tuple(tomllib.loads(CONFIG.read_text(encoding="utf-8"))["columns"])


def custom_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, CustomColumn]:
    """The season's custom fields by title, in the order of the file."""
    rows = connection.execute(
        "select f.title, f.type, f.options from mentors.custom_field as f "
        "inner join mentors.season as s on f.season = s.season and s.current order by f.position"
    ).fetchall()
    return {title: CustomColumn(title, kind, tuple(options)) for title, kind, options in rows}


def headers(custom: Mapping[str, CustomColumn]) -> list[str]:
    """The file's header row: the template's columns, then the custom fields' titles."""
    return [*template_columns(), *custom]


def write_givebutter(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    written_at: datetime,
    versions: Mapping[str, str],
    gate: Gate,
    override: Override | None = None,
    choice: Choice = Choice(),
    notes_sent: Mapping[str, datetime] | None = None,
) -> ExportFile:
    """Write `givebutter-import.csv`, `givebutter-held.csv` and `givebutter-manifest.json` into `folder`.

    `connection` holds the tables of schema `exports`: the warehouse's or the published snapshot's. Each file appears
    whole or not at all.

    Args:
        connection: where the tables are.
        folder: where the files go.
        written_at: now.
        versions: what made the file.
        gate: whether what we know is fresh enough.
        override: who lets it go all the same, and why.
        choice: which rows.
        notes_sent: hash of a person's note (`note_hash`) to when a file last carried it: while no reading is newer it
            is not sent again.

    Raises:
        GateClosedError: the gate blocks and nobody overrides it; nothing is written.
        ValueError: a Givebutter contact id would appear twice; nothing is written.
    """
    gate.pass_through(override)
    custom = custom_columns(connection)
    rows, unsafe = _sound_rows(_rows(connection, custom, choice, notes_sent or {}), custom)
    held = [*held_people(connection, "exports.givebutter_hold"), *unsafe]
    ids = [row.cells[CONTACT_ID] for row in rows if row.cells[CONTACT_ID]]
    if len(ids) != len(set(ids)):
        raise ValueError("A Givebutter contact id would appear twice in the file; nothing was written.")
    body = csv_bytes(headers(custom), [row.cells for row in rows])
    manifest = {
        **common_manifest(connection, "givebutter", body, held, written_at=written_at, gate=gate, override=override),
        "filters": _filters(choice),
        "counts": _counts(connection, rows, unsafe),
        "rows by reason": dict(sorted(Counter(reason for row in rows for reason in row.reasons).items())),
        "notes": [note_hash(row.person_id, row.cells["Notes"]) for row in rows if row.cells["Notes"]],
        "columns": headers(custom),
        "versions": dict(versions),
    }
    ledger_rows = [_ledger_row(row, manifest["sha256"]) for row in rows]
    written = write_files(folder, "givebutter-import", body, held, manifest, ledger_rows)
    if choice.reasons:
        put(folder / "givebutter-reasons.csv", _reason_bytes(connection, rows))
    return written


def _ledger_row(row: ImportRow, key: str) -> ExportedRow:
    """What the ledger keeps of a row; `key` goes into the hashes of its values (see `written`)."""
    hashed = row_hash({"person_id": row.person_id, **row.cells})
    ids = (row.cells[CONTACT_ID] or None, row.cells[EXTERNAL_ID] or None)
    return ExportedRow(row.person_id, *ids, hashed, written_hashes(row.cells, key))


def note_hash(person_id: str, note: str) -> str:
    """What the ledger remembers of a note."""
    return sha256(f"{person_id}\x1f{note}".encode()).hexdigest()[:24]


def _rows(
    connection: duckdb.DuckDBPyConnection,
    custom: Mapping[str, CustomColumn],
    choice: Choice,
    notes_sent: Mapping[str, datetime],
) -> list[ImportRow]:
    """The rows asked for, in the order of the file."""
    columns = template_columns()
    chosen = ", ".join(f"coalesce(cast(r.\"{column}\" as varchar), '')" for column in columns)
    found = connection.execute(
        f"select r.person_id, m.status, m.shift_preference, c.observed_at, {chosen} from exports.givebutter_row as r "
        "inner join mentors.mentor as m on r.person_id = m.person_id and r.season = m.season "
        "left join contacts.contact as c on r.contact_id = c.contact_id "
        'order by r."Contact External ID" nulls last, r."Givebutter Contact ID" nulls last, r.person_id'
    ).fetchall()
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for person_id, title, value in connection.execute(
        "select person_id, title, value from exports.givebutter_custom where value is not null"
    ).fetchall():
        values[person_id][title] = value
    why = _reasons(connection)
    rows = []
    for person_id, status, shift, read_at, *cells in found:
        if not (_wanted(status, choice.statuses) and _wanted(shift, choice.shifts)):
            continue
        row = dict(zip(columns, cells, strict=True)) | {title: values[person_id].get(title, "") for title in custom}
        reasons = why.get(person_id, ())
        if not choice.notes or _note_is_known(person_id, row, reasons, read_at, notes_sent):
            row["Notes"] = ""
            reasons = tuple(reason for reason in reasons if reason != "Notes")
        if reasons or choice.unchanged_too:
            rows.append(ImportRow(person_id, row, reasons))
    return rows


def _wanted(value: str | None, allowed: Collection[str]) -> bool:
    return not allowed or (value or "") in allowed


def _note_is_known(
    person_id: str,
    row: Mapping[str, str],
    reasons: Collection[str],
    read_at: datetime | None,
    sent: Mapping[str, datetime],
) -> bool:
    """Whether the contact holds the note, or an earlier file carried it and the contact was not read since."""
    if row[CONTACT_ID] and "Notes" not in reasons:
        return True
    sent_at = sent.get(note_hash(person_id, row["Notes"]))
    return sent_at is not None and (read_at is None or read_at <= sent_at)


def _reasons(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """By person: the columns in which the row says something Givebutter does not hold."""
    found: dict[str, list[str]] = defaultdict(list)
    for person_id, column in connection.execute(
        "select distinct person_id, case when kind = 'new contact' then kind else column_name end "
        "from exports.givebutter_change order by all"
    ).fetchall():
        found[person_id].append(column)
    return {person_id: tuple(columns) for person_id, columns in found.items()}


def _sound_rows(rows: Sequence[ImportRow], custom: Mapping[str, CustomColumn]) -> tuple[list[ImportRow], list[Held]]:
    """The rows nothing is wrong with, and who is held back for the others."""
    sound, held = [], []
    for row in rows:
        troubles = troubles_in(row.cells, custom)
        if not troubles:
            sound.append(row)
        for trouble in troubles:
            ids = (row.cells[CONTACT_ID] or None, row.cells[EXTERNAL_ID] or None)
            held.append(Held(row.person_id, trouble.code, f"{trouble.header} {trouble.words}", *ids))
    return sound, held


def _filters(choice: Choice) -> dict[str, Any]:
    who = "everyone with a sign-up who is not held" + ("" if choice.unchanged_too else ", where something changes")
    return {"status": list(choice.statuses), "shift": list(choice.shifts), "who": who}


def _counts(connection: duckdb.DuckDBPyConnection, rows: Sequence[ImportRow], unsafe: Sequence[Held]) -> dict[str, int]:
    mentors = connection.execute("select count(*) from exports.givebutter_row").fetchall()[0][0]
    updates = sum(1 for row in rows if row.cells[CONTACT_ID])
    return {
        "rows": len(rows),
        "updates": updates,
        "new contacts": len(rows) - updates,
        "nothing to say": mentors - len(rows) - len({held.person_id for held in unsafe}),
    }


def _reason_bytes(connection: duckdb.DuckDBPyConnection, rows: Sequence[ImportRow]) -> bytes:
    """Why each row is in the file: a line per column that changes, with what Givebutter holds and what we say."""
    titles = ("Person", "Mentor ID", CONTACT_ID, "Column", "Why", "Givebutter holds", "The file says")
    inside = {row.person_id: row for row in rows}
    found = connection.execute(
        "select person_id, column_name, kind, coalesce(theirs, ''), coalesce(ours, '') from exports.givebutter_change "
        "order by all"
    ).fetchall()
    lines = [
        (person_id, row.cells[EXTERNAL_ID], row.cells[CONTACT_ID], column, kind, theirs, ours)
        for person_id, column, kind, theirs, ours in found
        if (row := inside.get(person_id)) and (kind == "new contact" or column in row.reasons)
    ]
    return csv_bytes(titles, [dict(zip(titles, line, strict=True)) for line in lines])
