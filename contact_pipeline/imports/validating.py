"""Judging a plan's rows: mapped, normalised, checked, matched, decided. All of them, or those that were touched.

The order of the steps belongs here, for the first look and for every one after a correction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from duckdb import DuckDBPyConnection

from contact_pipeline.config import Settings
from contact_pipeline.imports.asking import find_all, prepared_cells
from contact_pipeline.imports.base import attach_base
from contact_pipeline.imports.canonical import KEPT, all_columns, map_rows, normalise_rows
from contact_pipeline.imports.changes import find_changes
from contact_pipeline.imports.changing_rules import rules_that_hold
from contact_pipeline.imports.outcome import count, decide, make_rows
from contact_pipeline.imports.plan import Plan
from contact_pipeline.imports.readings import make_columns
from contact_pipeline.imports.rules import Rules
from contact_pipeline.ledger.exports import external_ids_written
from contact_pipeline.ledger.ledger import Ledger


def validate(
    connection: DuckDBPyConnection,
    settings: Settings,
    ledger: Ledger,
    plan: Plan,
    *,
    now: datetime,
    blank: int,
    touched: str | None = None,
) -> Plan:
    """Judge the rows of `plan.cell_row` anew, and give the plan with what it stands on now and what was counted.

    Args:
        connection: From `plan.open_tables`.
        settings: The workspace's.
        ledger: Its ledger.
        plan: Whose rows.
        now: Stands for the moment at which the rows would land.
        blank: Blank records of the file, for the counts.
        touched: Table (row_key) of the rows whose cells changed; None for all.
    """
    holding = rules_that_hold(ledger)
    _normalise(connection, settings, ledger, plan, holding.rules, now, touched)
    make_columns(connection, plan, all_columns(plan))
    make_rows(connection)
    find_all(connection, plan, holding.rules, touched)
    base = attach_base(connection, settings)
    try:
        everything = decide(connection, settings, ledger, plan, base)
        changes = find_changes(connection, plan)
    finally:
        connection.execute("detach base")
    counts = count(connection, blank) | changes | {"everything_linked_because": everything}
    return replace(plan, base=base, counts=counts, rules_version=holding.version)


def _normalise(
    connection: DuckDBPyConnection,
    settings: Settings,
    ledger: Ledger,
    plan: Plan,
    rules: Rules,
    now: datetime,
    touched: str | None,
) -> None:
    if touched is None:
        for kept in KEPT.values():
            connection.execute(f"drop table if exists plan.{kept}")
        map_rows(connection, plan, prepared_cells(plan, rules, "plan.cell_row"), "plan.mapped_row")
        mapped = "plan.mapped_row"
    else:
        some = f"(from plan.cell_row semi join {touched} using (row_key))"
        map_rows(connection, plan, prepared_cells(plan, rules, some), "memory.mapped_now")
        connection.execute(f"delete from plan.mapped_row where row_key in (select row_key from {touched})")
        connection.execute("insert into plan.mapped_row by name from mapped_now")
        mapped = "memory.mapped_now"
    normalise_rows(
        connection,
        plan,
        mapped,
        region=settings.region,
        state=settings.voters_state,
        written=external_ids_written(ledger),
        now=now,
    )
