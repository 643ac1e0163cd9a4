"""The export ledger: what every file that left said about every person, as ids and hashes (decisions 2, 3, 43).

Remembering belongs here. What goes into a file, and who is held back, belongs to `contact_pipeline.exports`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa
from sqlalchemy import func, select

from contact_pipeline.ledger.ledger import Ledger, inserted_id
from contact_pipeline.ledger.pids import resolutions
from contact_pipeline.ledger.tables import export, export_row
from contact_pipeline.ledger.tabular import INTEGER, TEXT, TIME, as_table

PIPELINE = "pipeline"
"""Who wrote a file that no person asked for."""

LAST_COLUMNS = {
    "person_id": TEXT,
    "exported_as": TEXT,
    "contact_id": TEXT,
    "external_id": TEXT,
    "row_hash": TEXT,
    "export_id": INTEGER,
    "exported_at": TIME,
}
EXTERNAL_ID_COLUMNS = {
    "external_id": TEXT,
    "person_id": TEXT,
    "exported_as": TEXT,
    "contact_id": TEXT,
    "target": TEXT,
    "first_written": TIME,
    "last_written": TIME,
}
EXPORTED_COLUMNS = {"person_id": TEXT, "exports": INTEGER, "last_exported_at": TIME}
EXPORT_COLUMNS = {
    "export_id": INTEGER,
    "target": TEXT,
    "file_name": TEXT,
    "sha256": TEXT,
    "row_count": INTEGER,
    "exported_at": TIME,
    "actor": TEXT,
}


SENT_COLUMNS = {
    "export_id": INTEGER,
    "row_number": INTEGER,
    "target": TEXT,
    "person_id": TEXT,
    "exported_as": TEXT,
    "contact_id": TEXT,
    "external_id": TEXT,
    "exported_at": TIME,
    "hash_key": TEXT,
    "read_sequence": INTEGER,
    "written": TEXT,
}


class ExportedRow(NamedTuple):
    """One row of a file: the PID, the platform's contact id, the external id written, and hashes.

    `row_hash` is of all its values; `written` has those of each (see `exports.written`), where the target is read back.
    """

    person_id: str
    contact_id: str | None
    external_id: str | None
    row_hash: str
    written: dict[str, list[str]] | None = None


def record_export(
    ledger: Ledger,
    *,
    target: str,
    file_name: str,
    sha256: str,
    manifest: dict[str, Any],
    rows: Iterable[ExportedRow | tuple[str, str | None, str | None, str]],
    now: datetime,
    actor: str = PIPELINE,
    read_sequence: int | None = None,
) -> int:
    """Remembers a file that was written, with its rows in file order, in one transaction; gives its id.

    Args:
        ledger: the ledger.
        target: whom it is for, for example `givebutter`.
        file_name: its name, without folder.
        sha256: of its bytes.
        manifest: as written beside it.
        rows: person_id, contact_id, external_id, row_hash of each row, and the hashes of its values.
        now: when it was written.
        actor: who asked for it.
        read_sequence: the last batch that had landed when it was made: what lands later may show what it did.
    """
    kept = [ExportedRow(*row) for row in rows]
    head = {"target": target, "file_name": file_name, "sha256": sha256, "row_count": len(kept), "manifest": manifest}
    head["read_sequence"] = read_sequence
    with ledger.writing() as connection:
        export_id = inserted_id(connection, export.insert().values(**head, exported_at=now, actor=actor))
        lines = [{"export_id": export_id, "row_number": i, **row._asdict()} for i, row in enumerate(kept, start=1)]
        if lines:
            connection.execute(export_row.insert(), lines)
    return export_id


def exports(ledger: Ledger, *, target: str | None = None) -> pa.Table:
    """Every file that left, or those for one target, oldest first (columns: EXPORT_COLUMNS)."""
    wanted = select(*(export.c[name] for name in EXPORT_COLUMNS)).order_by(export.c.export_id)
    if target is not None:
        wanted = wanted.where(export.c.target == target)
    with ledger.reading() as connection:
        return as_table(connection.execute(wanted).all(), EXPORT_COLUMNS)


def manifest_of(ledger: Ledger, export_id: int) -> dict[str, Any]:
    """The manifest of one file.

    Raises:
        LookupError: there is no such export.
    """
    with ledger.reading() as connection:
        found = connection.execute(select(export.c.manifest).where(export.c.export_id == export_id)).one_or_none()
    if found is None:
        raise LookupError(f"There is no export {export_id}.")
    return dict(found.manifest)


def manifests(ledger: Ledger, *, target: str) -> list[tuple[datetime, dict[str, Any]]]:
    """When each file for a target was written, and its manifest, oldest first."""
    wanted = (
        select(export.c.exported_at, export.c.manifest).where(export.c.target == target).order_by(export.c.export_id)
    )
    with ledger.reading() as connection:
        return [(row.exported_at, dict(row.manifest)) for row in connection.execute(wanted)]


def last_exported(ledger: Ledger, target: str) -> pa.Table:
    """What was last written for each person, in order of PID (columns: LAST_COLUMNS; decision 43).

    `person_id` is today's PID and stands once; `exported_as` is the PID in the file. Of two people who became one, the
    newest file counts, and in one file the row of the PID that survived.
    """
    newest = (
        select(func.max(export_row.c.export_id).label("export_id"), export_row.c.person_id)
        .join(export, export.c.export_id == export_row.c.export_id)
        .where(export.c.target == target)
        .group_by(export_row.c.person_id)
        .subquery()
    )
    same_row = (export_row.c.export_id == newest.c.export_id) & (export_row.c.person_id == newest.c.person_id)
    wanted = (
        select(export_row, export.c.exported_at)
        .join(newest, same_row)
        .join(export, export.c.export_id == export_row.c.export_id)
        .order_by(export_row.c.export_id, export_row.c.row_number)
    )
    with ledger.reading() as connection:
        stands_for = resolutions(connection)
        rows = connection.execute(wanted).all()
    last: dict[str, Any] = {}
    for row in sorted(rows, key=lambda row: (row.export_id, row.person_id not in stands_for)):
        last[stands_for.get(row.person_id, row.person_id)] = row
    found = [
        (today, r.person_id, r.contact_id, r.external_id, r.row_hash, r.export_id, r.exported_at)
        for today, r in sorted(last.items())
    ]
    return as_table(found, LAST_COLUMNS)


def sent_rows(ledger: Ledger) -> pa.Table:
    """Every row of every file that left, in order (columns: SENT_COLUMNS); `person_id` is today's PID.

    `hash_key` went into the hashes of `written`, which is JSON: what a value is compared as, to hashes.
    """
    wanted = (
        select(export_row, export.c.target, export.c.exported_at, export.c.sha256, export.c.read_sequence)
        .join(export, export.c.export_id == export_row.c.export_id)
        .order_by(export_row.c.export_id, export_row.c.row_number)
    )
    with ledger.reading() as connection:
        stands_for = resolutions(connection)
        rows = connection.execute(wanted).all()
    found = [
        (r.export_id, r.row_number, r.target, stands_for.get(r.person_id, r.person_id), r.person_id, r.contact_id,
         r.external_id, r.exported_at, r.sha256, r.read_sequence, json.dumps(r.written or {}))
        for r in rows
    ]  # fmt: skip
    return as_table(found, SENT_COLUMNS)


def exported_people(ledger: Ledger) -> pa.Table:
    """Everybody a file ever carried, in order of PID: today's PID, how many files, and when last (EXPORTED_COLUMNS)."""
    wanted = select(export_row.c.person_id, export_row.c.export_id, export.c.exported_at).join(export).distinct()
    files: dict[str, set[int]] = {}
    last: dict[str, datetime] = {}
    with ledger.reading() as connection:
        stands_for = resolutions(connection)
        for person_id, export_id, exported_at in connection.execute(wanted):
            today = stands_for.get(person_id, person_id)
            files.setdefault(today, set()).add(export_id)
            last[today] = max(exported_at, last.get(today, exported_at))
    return as_table([(today, len(files[today]), last[today]) for today in sorted(files)], EXPORTED_COLUMNS)


def external_ids_written(ledger: Ledger) -> pa.Table:
    """Every external id we ever wrote, and for whom (columns: EXTERNAL_ID_COLUMNS).

    An external id found on a platform is strong evidence only if it is in here (decision 2); one of an earlier season
    is the alias of its person, not a mismatch (decision 3). `person_id` is today's PID.
    """
    about = (export_row.c.external_id, export_row.c.person_id, export_row.c.contact_id, export.c.target)
    wanted = (
        select(*about, func.min(export.c.exported_at), func.max(export.c.exported_at))
        .join(export, export.c.export_id == export_row.c.export_id)
        .where(export_row.c.external_id.is_not(None))
        .group_by(*about)
    )
    with ledger.reading() as connection:
        stands_for = resolutions(connection)
        rows = connection.execute(wanted).all()
    found = [(row[0], stands_for.get(row[1], row[1]), *row[1:]) for row in rows]
    return as_table(sorted(found, key=lambda row: (row[0], row[2], row[3] or "", row[4])), EXTERNAL_ID_COLUMNS)
