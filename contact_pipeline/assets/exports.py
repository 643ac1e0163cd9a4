"""Assets that leave the pipeline: the Givebutter file and the published snapshot.

They come last, after the blocking checks; what they write appears whole or not at all.
"""

import time

import dagster as dg
import duckdb

from contact_pipeline.assets.python_table import table_asset
from contact_pipeline.assets.report import described_table
from contact_pipeline.assets.style import OWNER, WAREHOUSE_SLOT, group_of, tags_of
from contact_pipeline.assets.workspace import Workspace, write_ledger_table
from contact_pipeline.exports.givebutter import write_givebutter
from contact_pipeline.exports.recording import record_givebutter, write_sent_values
from contact_pipeline.ledger.exports import sent_rows
from contact_pipeline.warehouse.fingerprint import code_version, inputs_fingerprint
from contact_pipeline.warehouse.publish import PUBLISHED, publish
from contact_pipeline.warehouse.resource import Warehouse


@dg.asset(
    key=["exports", "givebutter_file"],
    deps=[
        dg.AssetKey(["exports", "givebutter_row"]),
        dg.AssetKey(["exports", "givebutter_hold"]),
        dg.AssetKey(["exports", "givebutter_candidate"]),
    ],
    description="The Givebutter import file with its held list and manifest, in the home's exports folder.",
    group_name=group_of("exports.givebutter_file"),
    kinds={"csv", "python"},
    owners=[OWNER],
    tags=tags_of("exports.givebutter_file"),
    pool=WAREHOUSE_SLOT,
)
def givebutter_file(warehouse: Warehouse, workspace: Workspace) -> dg.MaterializeResult[None]:
    """Write the file and remember in the ledger which external ids it carries."""
    started = time.monotonic()
    settings = workspace.settings()
    written = write_givebutter(
        warehouse.connection,
        settings.exports / "givebutter",
        written_at=settings.clock(),
        versions={"code": code_version()},
    )
    ledger = workspace.ledger()
    try:
        record_givebutter(ledger, warehouse.connection, written, at=settings.clock())
    finally:
        ledger.close()
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": written.rows,
            **described_table(warehouse.connection, "exports.givebutter_row"),
            "people held": len({held.person_id for held in written.held}),
            "file": dg.MetadataValue.path(str(written.path)),
            "sha256": written.sha256,
            "manifest": dg.MetadataValue.json({k: v for k, v in written.manifest.items() if k != "columns"}),
            "seconds": round(time.monotonic() - started, 3),
        }
    )


@dg.asset(
    key=["published", "snapshot"],
    deps=[
        *(dg.AssetKey(table.split(".")) for table in PUBLISHED if table.partition(".")[0] not in ("landing", "meta")),
        dg.AssetKey(["exports", "givebutter_file"]),
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
    write_sent_values(connection)


def export_assets() -> list[dg.AssetsDefinition]:
    """What left before, the file and the snapshot."""
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
        givebutter_file,
        snapshot,
    ]
