"""Assets that leave the pipeline: the Givebutter file, the SMS file and the published snapshot.

They come last, after the blocking checks; what they write appears whole or not at all.
"""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from contact_pipeline.assets.python_table import table_asset
from contact_pipeline.assets.report import asset_key, described_table
from contact_pipeline.assets.style import OWNER, WAREHOUSE_SLOT, group_of, tags_of
from contact_pipeline.assets.workspace import Workspace, write_ledger_table
from contact_pipeline.config import Settings
from contact_pipeline.exports.files import ExportFile
from contact_pipeline.exports.recording import BY_ITSELF
from contact_pipeline.ledger.exports import sent_rows
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.mentors.season import season_of
from contact_pipeline.warehouse.fingerprint import code_version, inputs_fingerprint
from contact_pipeline.warehouse.publish import PUBLISHED, publish
from contact_pipeline.warehouse.resource import Warehouse

Write = Callable[[duckdb.DuckDBPyConnection, Settings, Ledger, datetime], ExportFile]


def _file_asset(target: str, description: str, reads: list[str], sample: str, write: Write) -> dg.AssetsDefinition:
    """An asset that writes one export into the home's exports folder and remembers it in the ledger.

    What is too old to leave is not written, and the earlier file of that kind is taken away: it is older still.
    """
    name = f"{target}_file"

    @dg.asset(
        key=["exports", name],
        deps=[asset_key(table) for table in reads],
        description=description,
        group_name=group_of(f"exports.{name}"),
        kinds={"csv", "python"},
        owners=[OWNER],
        tags=tags_of(f"exports.{name}"),
        pool=WAREHOUSE_SLOT,
    )
    def build(warehouse: Warehouse, workspace: Workspace) -> dg.MaterializeResult[None]:
        started = time.monotonic()
        settings = workspace.settings()
        connection, now = warehouse.connection, settings.clock()
        ledger = workspace.ledger()
        try:
            told = _written(write, settings.exports / BY_ITSELF[target], connection, settings, ledger, now)
        finally:
            ledger.close()
        return dg.MaterializeResult(
            metadata={
                **described_table(connection, sample),
                **told,
                "seconds": round(time.monotonic() - started, 3),
            }
        )

    return build


def _written(
    write: Write,
    file: Path,
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    ledger: Ledger,
    now: datetime,
) -> dict[str, Any]:
    from contact_pipeline.exports.gates import GateClosedError
    from contact_pipeline.exports.recording import record_written

    try:
        written = write(connection, settings, ledger, now)
    except GateClosedError as closed:
        file.unlink(missing_ok=True)
        return {"dagster/row_count": 0, "people held": 0, "not written": str(closed)}
    record_written(ledger, connection, written, at=now)
    return {
        "dagster/row_count": written.rows,
        "people held": written.manifest["people held"],
        "coverage": written.manifest["coverage"],
        "file": dg.MetadataValue.path(str(written.path)),
        "sha256": written.sha256,
        "manifest": dg.MetadataValue.json({k: v for k, v in written.manifest.items() if k not in ("columns", "notes")}),
    }


def _givebutter(connection: duckdb.DuckDBPyConnection, settings: Settings, ledger: Ledger, now: datetime) -> ExportFile:
    from contact_pipeline.exports.givebutter import Choice, write_givebutter
    from contact_pipeline.exports.recording import gate_of

    return write_givebutter(
        connection,
        settings.exports / "givebutter",
        written_at=now,
        versions={"code": code_version()},
        gate=gate_of("givebutter", settings, ledger, now=now),
        choice=Choice(notes=False),
    )


def _sms(connection: duckdb.DuckDBPyConnection, settings: Settings, ledger: Ledger, now: datetime) -> ExportFile:
    from contact_pipeline.exports.recording import gate_of
    from contact_pipeline.exports.sms import SmsChoice, write_sms

    messages = season_of(settings).messages
    return write_sms(
        connection,
        settings.exports / "sms",
        written_at=now,
        versions={"code": code_version()},
        gate=gate_of("sms", settings, ledger, now=now),
        choice=SmsChoice(message=next(iter(messages), "")),
    )


@dg.asset(
    key=["published", "snapshot"],
    deps=[
        *(dg.AssetKey(table.split(".")) for table in PUBLISHED if table.partition(".")[0] not in ("landing", "meta")),
        dg.AssetKey(["exports", "givebutter_file"]),
        dg.AssetKey(["exports", "sms_file"]),
        dg.AssetKey(["identity", "voter_setting"]),
    ],
    description="The read-only snapshot that people, the CLI and other tools read; swapped in when it is whole.",
    group_name=group_of("published.snapshot"),
    kinds={"duckdb", "parquet"},
    owners=[OWNER],
    tags=tags_of("published.snapshot"),
    pool=WAREHOUSE_SLOT,
)
def snapshot(warehouse: Warehouse, workspace: Workspace) -> dg.MaterializeResult[None]:
    """Publish the next generation."""
    started = time.monotonic()
    settings = workspace.settings()
    connection = warehouse.connection
    batches = [row[0] for row in connection.execute("select batch_id from landing.batch").fetchall()]
    applied = connection.execute("select ledger_version from meta.applied").fetchall()[0][0]
    voter_file = connection.execute("select voter_file from identity.voter_setting").fetchall()[0][0]
    generation = publish(
        connection,
        settings.published,
        fingerprint=inputs_fingerprint(batches, applied, settings, voter_file=voter_file),
        published_at=settings.clock(),
    )
    return dg.MaterializeResult(
        metadata={
            "generation": generation.number,
            "dagster/row_count": generation.tables.get("people.person", 0),
            **described_table(connection, "people.person"),
            "tables": dg.MetadataValue.json(generation.tables),
            "seconds": round(time.monotonic() - started, 3),
        }
    )


def _sent_row(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    write_ledger_table(connection, workspace, "exports.sent_row", sent_rows)


def _sent_value(connection: duckdb.DuckDBPyConnection, _: Workspace) -> None:
    from contact_pipeline.exports.recording import write_sent_values

    write_sent_values(connection)


def export_assets() -> list[dg.AssetsDefinition]:
    """What left before, the files and the snapshot."""
    return [
        table_asset(
            "exports.sent_row",
            _sent_row,
            reads=["people.crosswalk"],
            description="One row per row of every file that left, as the export ledger knows it: ids and hashes.",
        ),
        table_asset(
            "exports.sent_value",
            _sent_value,
            reads=["exports.sent_row"],
            description="One row per row of a file that left and value it wrote: what it is compared as, and its hash.",
        ),
        _file_asset(
            "givebutter",
            "The Givebutter import file with its held list and manifest, in the home's exports folder.",
            [
                "exports.givebutter_row",
                "exports.givebutter_hold",
                "exports.givebutter_custom",
                "exports.givebutter_change",
                "mentors.coverage",
            ],
            "exports.givebutter_row",
            _givebutter,
        ),
        _file_asset(
            "sms",
            "The SMS file of the season's first message with its held list; not written while consents are old.",
            ["exports.sms_row", "exports.sms_hold", "mentors.coverage"],
            "exports.sms_row",
            _sms,
        ),
        snapshot,
    ]
