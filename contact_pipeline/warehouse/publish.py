"""The published snapshot: numbered read-only generations and the pointer that names the current one.

Building, swapping and finding generations belongs here. Deciding whether a run may publish belongs to the checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from contact_pipeline.landing.files import flush_to_disk, sync_folder
from contact_pipeline.warehouse.connection import columns_of, mark_finished

POINTER = "current.json"
KEPT_GENERATIONS = 2

PUBLISHED: Mapping[str, str] = {
    "people.person": "last_name, first_name, person_id",
    "people.crosswalk": "person_id, contact_id",
    "people.field_value": "person_id, field, rank",
    "people.consent": "person_id, channel",
    "people.opt_out": "channel, address_hash, contact_id",
    "people.participation": "season, mentor_id, person_id",
    "people.household": "household_id, person_id",
    "mentors.season": "season",
    "mentors.mentor": "season, mentor_key, person_id",
    "mentors.task": "season, person_id",
    "mentors.member": "season, member_id",
    "mentors.text": "season, person_id, template",
    "mentors.contact_match": "season, person_id, contact_id",
    "mentors.coverage": "season",
    "people.decided_value": "person_id, field",
    "sync.field_state": "person_id, field",
    "sync.conflict": "field, person_id",
    "sync.log": "started_at desc, sync_id desc",
    "sync.file_log": "arrived_at desc, batch_id",
    "mentors.season_tag": "season, status",
    "mentors.custom_field": "season, position",
    "mentors.value": "season, person_id, name",
    "people.issue": "severity, code, fingerprint",
    "people.person_voter_match": "pid",
    "people.voter_claim": "person_id, rank",
    "identity.voter_setting": "voter_file",
    "people.review": "position",
    "people.pid_change": "event_id",
    "contacts.contact": "last_key, first_key, contact_id",
    "contacts.phone": "e164, contact_id, position",
    "contacts.email": "email, contact_id, position",
    "contacts.nickname": "name_key",
    "contacts.record_key": "value, kind, source, entity, record_id, batch_id, line",
    "contacts.engagement": "contact_id",
    "contacts.listomatic_membership": "list_id, status, contact_id",
    "contacts.interaction": "contact_id, occurred_at, interaction_type, channel, summary",
    "identity.evidence": "record_id",
    "identity.model": "version",
    "identity.pair": "record_id_l, record_id_r",
    "identity.refused": "record_id_l, record_id_r",
    "identity.decision": "contact_id_l, contact_id_r",
    "meta.link_record": "record_id",
    "meta.link_key": "rule, block_key, number",
    "meta.link_summary": "summary, value",
    "meta.link_run": "made_with",
    "identity.evidence_hash": "contact_id",
    "exports.givebutter_candidate": "person_id",
    "exports.givebutter_hold": "person_id, code",
    "exports.givebutter_row": "person_id",
    "exports.outcome": "export_id, row_number",
    "exports.givebutter_custom": "person_id, position",
    "exports.givebutter_change": "person_id, column_name",
    "exports.sms_candidate": "person_id",
    "exports.sms_hold": "person_id, code",
    "exports.sms_row": "person_id, message_name",
    "landing.batch": "sequence",
    "landing.reject": "batch_id, line",
    "meta.column_lineage": "table_name, column_name, upstream_table, upstream_column",
    "meta.quarantine": "table_name, row_key",
}
"""The tables people read, each with the order it is stored in (sorted for search)."""

READER_SETTINGS = (
    "timezone = 'UTC'",
    "enable_progress_bar = false",
    "enable_external_access = false",
    "lock_configuration = true",
)
"""What a reader's connection is set to, in this order: nothing outside the snapshot, and nobody changes that."""

PARQUET = ("people.person", "people.crosswalk", "people.field_value", "people.issue")
"""The tables also written as Parquet, for other tools."""


class NothingPublishedError(Exception):
    """There is no snapshot yet."""


@dataclass(frozen=True)
class Generation:
    """One published snapshot. `fingerprint` says of which inputs it was made; `file` is relative to the folder."""

    number: int
    file: str
    published_at: str
    fingerprint: str
    tables: dict[str, int]


def current_generation(folder: Path) -> Generation | None:
    """What the pointer names, or None before the first publish."""
    pointer = folder / POINTER
    if not pointer.exists():
        return None
    return Generation(**json.loads(pointer.read_text(encoding="utf-8")))


def publish(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, fingerprint: str, published_at: datetime
) -> Generation:
    """Build the next generation beside the current one, then swap the pointer by rename.

    A crash before the rename leaves readers on the old generation; its half-built file is overwritten by the next
    publish, which takes the same number. An error removes it at once. The warehouse counts as finished before the
    pointer names the new generation, never after. The last two generations are kept, so that a reader that just opened
    one is not cut off.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = current_generation(folder)
    number = before.number + 1 if before else 1
    name = f"people-{number:06d}"
    _forget(folder, name)
    try:
        tables = _build(connection, folder, name)
        mark_finished(connection)
    except BaseException:
        _forget(folder, name)
        raise
    generation = Generation(number, f"{name}.duckdb", published_at.isoformat(), fingerprint, tables)
    _swap(folder, generation)
    _forget_old(folder, number)
    return generation


def _forget(folder: Path, name: str) -> None:
    for file in folder.glob(f"{name}*"):
        file.unlink()


def _build(connection: duckdb.DuckDBPyConnection, folder: Path, name: str) -> dict[str, int]:
    target = folder / f"{name}.duckdb"
    counts: dict[str, int] = {}
    connection.execute(f"attach '{target}' as published")
    try:
        for table, order in PUBLISHED.items():
            if not columns_of(connection, table):
                continue
            schema = table.partition(".")[0]
            connection.execute(f"create schema if not exists published.{schema}")
            connection.execute(f"create table published.{table} as select * from {table} order by {order}")
            rows = connection.execute(f"select count(*) from published.{table}").fetchall()
            counts[table] = int(rows[0][0])
            if table in PARQUET:
                file = folder / f"{name}.{table}.parquet"
                connection.execute(f"copy published.{table} to '{file}' (format parquet)")
        connection.execute("checkpoint published")
    finally:
        connection.execute("detach published")
    return counts


def _swap(folder: Path, generation: Generation) -> None:
    part = folder / f"{POINTER}.part"
    with part.open("wb") as stream:
        stream.write(json.dumps(asdict(generation), indent=1).encode())
        flush_to_disk(stream)
    part.replace(folder / POINTER)
    sync_folder(folder)


def _forget_old(folder: Path, number: int) -> None:
    for file in folder.glob("people-*"):
        digits = file.name.removeprefix("people-")[:6]
        if digits.isdigit() and int(digits) <= number - KEPT_GENERATIONS:
            file.unlink(missing_ok=True)


@contextmanager
def open_published(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the current generation; never blocks the pipeline.

    Raises:
        NothingPublishedError: before the first publish.
    """
    generation = current_generation(folder)
    if generation is None:
        raise NothingPublishedError("Nothing has been published yet. Run: contact-pipeline run (or make demo).")
    connection = duckdb.connect(str(folder / generation.file), read_only=True)
    try:
        for setting in READER_SETTINGS:
            connection.execute(f"set {setting}")
        yield connection
    finally:
        connection.close()
