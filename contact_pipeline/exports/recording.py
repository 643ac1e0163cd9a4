"""The ledger's share of an export: which person went out with which ids, which notes are on their way, how old we are.

Remembering and asking belong here; writing files belongs to each target's module.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from contact_pipeline.config import Settings
from contact_pipeline.exports.files import ExportFile
from contact_pipeline.exports.gates import Gate, gate
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.freshness import freshness
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.exports import PIPELINE, exports, manifests, record_export
from contact_pipeline.ledger.ledger import Ledger

BY_ITSELF = {"givebutter": "givebutter/givebutter-import.csv", "sms": "sms/sms-messages.csv"}
"""Files the pipeline writes by itself, in the home's exports folder, by target."""


def record_written(
    ledger: Ledger,
    connection: duckdb.DuckDBPyConnection,
    written: ExportFile,
    *,
    at: datetime,
    actor: str = PIPELINE,
) -> bool:
    """Remember a written file, unless the last one this actor wrote held the same bytes; gives whether it was new.

    `connection` holds the tables it was made of.
    """
    target = str(written.manifest["target"])
    known = [row for row in exports(ledger, target=target).to_pylist() if row["actor"] == actor]
    overridden = "override" in written.manifest["freshness gate"]
    if known and known[-1]["sha256"] == written.sha256 and not overridden:
        return False
    record_export(
        ledger,
        target=target,
        file_name=written.path.name,
        sha256=written.sha256,
        manifest=written.manifest,
        rows=written.ledger_rows,
        read_sequence=connection.execute("select coalesce(max(sequence), 0) from landing.batch").fetchall()[0][0],
        now=at,
        actor=actor,
    )
    return True


def notes_sent(ledger: Ledger) -> dict[str, datetime]:
    """When a file that somebody took last carried a note, by `note_hash`; the pipeline's own file carries none."""
    return {note: at for at, manifest in manifests(ledger, target="givebutter") for note in manifest.get("notes", ())}


def gate_of(target: str, settings: Settings, ledger: Ledger, *, now: datetime) -> Gate:
    """Whether what this home knows is fresh enough for an export."""
    return gate(target, freshness(LandingStore(settings.landing), ledger), now=now)


def take_away_old(settings: Settings) -> list[str]:
    """Delete the pipeline's own files that say what is too old to leave by now; gives their targets.

    A file somebody asked for lies where they wanted it, and is theirs.
    """
    now = settings.clock()
    there = [target for target, file in BY_ITSELF.items() if (settings.exports / file).exists()]
    if not there:
        return []
    ledger = open_ledger(settings)
    try:
        old = [target for target in there if gate_of(target, settings, ledger, now=now).verdict == "block"]
    finally:
        ledger.close()
    for target in old:
        (settings.exports / BY_ITSELF[target]).unlink(missing_ok=True)
    return old


def write_sent_values(connection: duckdb.DuckDBPyConnection) -> None:
    """Rebuild `exports.sent_value` out of the hashes `exports.sent_row` holds as JSON.

    Columns: export_id, row_number, field (see `written.COMPARED`), value_hash.
    """
    connection.execute(
        "create or replace table exports.sent_value as "
        "select r.export_id, r.row_number, f.key as field, unnest(cast(f.value as varchar[])) as value_hash "
        "from exports.sent_row as r, json_each(r.written) as f"
    )
