"""Field ownership as a table, so that the SQL can rank by it.

The rules are data in `ownership.toml`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import duckdb

OWNERSHIP = Path(__file__).with_name("ownership.toml")


def owners() -> list[tuple[str, str, int]]:
    """(field, source entity, rank from 1) of every rule."""
    rules = tomllib.loads(OWNERSHIP.read_text(encoding="utf-8"))
    return [(field, source, rank) for field, sources in rules.items() for rank, source in enumerate(sources, start=1)]


def write_ownership(connection: duckdb.DuckDBPyConnection) -> None:
    """Rebuild `people.ownership`: one row per field and source with its rank, 1 being the owner."""
    connection.execute("create or replace table people.ownership (field varchar, source_entity varchar, rank integer)")
    connection.executemany("insert into people.ownership values (?, ?, ?)", owners())
