"""Assets whose table is made by Python: what SQL cannot do (parsing, linking, the ledger's answers).

The factory belongs here; the work is a function of the stage that knows the subject.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg
import duckdb

from contact_pipeline.assets.report import asset_key, table_report
from contact_pipeline.assets.style import OWNER, WAREHOUSE_SLOT, group_of, tags_of
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.schemas.quarantine import enforce_contract
from contact_pipeline.warehouse.lineage import ColumnSources
from contact_pipeline.warehouse.resource import Warehouse

GATE = "landing.batch"
"""What a table without a table to read stands behind: it is rebuilt only when the gate lets a run through."""

Extra = Mapping[str, Any] | None
Work = Callable[[duckdb.DuckDBPyConnection, Workspace], Extra]


def table_asset(
    table: str, work: Work, *, reads: list[str], description: str, lineage: ColumnSources | None = None
) -> dg.AssetsDefinition:
    """An asset that calls `work(connection, workspace)` in one transaction and reports on `table`.

    `work` writes the table and may give extra metadata. `lineage` says by hand what SQL would have said.
    """

    @dg.asset(
        key=asset_key(table),
        deps=[asset_key(upstream) for upstream in reads],
        description=description,
        group_name=group_of(table),
        kinds={"duckdb", "python"},
        owners=[OWNER],
        tags=tags_of(table),
        pool=WAREHOUSE_SLOT,
    )
    def build(warehouse: Warehouse, workspace: Workspace) -> dg.MaterializeResult[None]:
        started = time.monotonic()
        with warehouse.transaction() as connection:
            extra = work(connection, workspace)
            set_aside = enforce_contract(connection, table)
            metadata = table_report(
                connection,
                table,
                seconds=time.monotonic() - started,
                lineage=lineage,
                extra={"rows set aside": set_aside, **(extra or {})},
            )
        return dg.MaterializeResult(metadata=metadata)

    return build
