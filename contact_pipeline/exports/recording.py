"""The export ledger's share of an export: which person went out with which ids.

Remembering belongs here; writing files belongs to each target's module.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from contact_pipeline.exports.givebutter import ExportFile, export_rows
from contact_pipeline.ledger.exports import exports, record_export
from contact_pipeline.ledger.ledger import Ledger


def record_givebutter(
    ledger: Ledger, connection: duckdb.DuckDBPyConnection, written: ExportFile, *, at: datetime
) -> bool:
    """Remember a written file, unless the last one held the same bytes; gives whether it was new."""
    known = exports(ledger, target="givebutter")
    if known.num_rows and known.column("sha256")[-1].as_py() == written.sha256:
        return False
    record_export(
        ledger,
        target="givebutter",
        file_name=written.path.name,
        sha256=written.sha256,
        manifest=written.manifest,
        rows=export_rows(connection, written.sha256),
        read_sequence=connection.execute("select coalesce(max(sequence), 0) from landing.batch").fetchall()[0][0],
        now=at,
    )
    return True


def write_sent_values(connection: duckdb.DuckDBPyConnection) -> None:
    """Rebuild `exports.sent_value` out of the hashes `exports.sent_row` holds as JSON.

    Columns: export_id, row_number, field (see `written.COMPARED`), value_hash.
    """
    connection.execute(
        "create or replace table exports.sent_value as "
        "select r.export_id, r.row_number, f.key as field, unnest(cast(f.value as varchar[])) as value_hash "
        "from exports.sent_row as r, json_each(r.written) as f"
    )
