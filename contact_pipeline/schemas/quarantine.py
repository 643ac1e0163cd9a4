"""Holding tables to their contracts: a failing row is set aside by its key with a reason, and counted.

Only the enforcement belongs here; the rules themselves are in `contracts`.
"""

from __future__ import annotations

from typing import Any

import duckdb

KEYS: dict[str, tuple[str, ...]] = {
    "contacts.contact": ("contact_id",),
    "contacts.phone": ("contact_id", "position"),
    "contacts.email": ("contact_id", "position"),
    "identity.evidence": ("record_id",),
    "people.crosswalk": ("contact_id",),
    "people.person": ("person_id",),
    "sync.field_state": ("person_id", "field"),
    "people.issue": ("fingerprint",),
    "mentors.mentor": ("person_id", "season"),
    "mentors.task": ("person_id", "season"),
    "mentors.contact_match": ("person_id", "season", "contact_id"),
    "exports.outcome": ("export_id", "row_number"),
}
"""The columns that name a row of each contract in a quarantine."""

CREATE_QUARANTINE = """
create table if not exists meta.quarantine (
    table_name varchar, row_key varchar, column_name varchar, rule varchar
)
"""
"""One row per failing row and broken rule. The value is not kept here: the key leads to it."""


def enforce_contract(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Move the rows of `table` that break its contract to `meta.quarantine`; gives how many rows left the table.

    A table without a contract passes whole. Rows are named by their key, never by their values.
    """
    from contact_pipeline.schemas.contracts import CONTRACTS

    connection.execute(CREATE_QUARANTINE)
    connection.execute("delete from meta.quarantine where table_name = ?", [table])
    if table not in CONTRACTS:
        return 0
    failures = _failures(connection, table, CONTRACTS[table], KEYS[table])
    if not failures:
        return 0
    connection.executemany("insert into meta.quarantine values (?, ?, ?, ?)", [(table, *row) for row in failures])
    key = " || '|' || ".join(f"cast({column} as varchar)" for column in KEYS[table])
    connection.execute(
        f"delete from {table} where {key} in (select row_key from meta.quarantine where table_name = ?)", [table]
    )
    return len({row[0] for row in failures})


def _failures(
    connection: duckdb.DuckDBPyConnection, table: str, contract: Any, key: tuple[str, ...]
) -> list[tuple[str, str, str]]:
    """(row key, column, rule) of every broken rule; Pandera's polars backend names the row by its index."""
    import pandera.errors
    import polars as pl

    columns = list(contract.to_schema().columns)
    names = ", ".join(dict.fromkeys([*columns, *key]))
    frame = pl.from_arrow(connection.sql(f"select {names} from {table}").to_arrow_table())
    assert isinstance(frame, pl.DataFrame)
    checked = frame.select(pl.col(columns)).with_columns(pl.selectors.by_dtype(pl.Int64).cast(pl.Int64))
    try:
        contract.validate(checked, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return []
    whole_table = cases.filter(pl.col("index").is_null())
    if whole_table.height:
        rules = "; ".join(f"{row['column']}: {row['check']}" for row in whole_table.iter_rows(named=True))
        raise ContractBrokenError(f"{table} does not have the shape its contract asks for ({rules})")
    keys = frame.select(pl.concat_str([pl.col(k).cast(pl.String) for k in key], separator="|")).to_series()
    return sorted(
        {(str(keys[row["index"]]), str(row["column"]), str(row["check"])) for row in cases.iter_rows(named=True)}
    )


class ContractBrokenError(Exception):
    """A table lacks a column of its contract, or a column has another type: the code is wrong, not a row."""
