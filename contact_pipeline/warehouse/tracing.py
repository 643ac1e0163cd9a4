"""Following a column back through the stored lineage.

Reading `meta.column_lineage` belongs here; filling it belongs to `lineage`.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Step:
    """One column on the way back; `depth` counts the tables between it and the column asked for."""

    depth: int
    table: str
    column: str


def trace(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> list[Step]:
    """The column and everything it is made of, depth first, each column once; empty where nothing is known of it."""
    rows = connection.execute(
        "select table_name, column_name, upstream_table, upstream_column from meta.column_lineage order by all"
    ).fetchall()
    upstream: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for name, field, source, source_field in rows:
        upstream.setdefault((name, field), [])
        if source is not None:
            upstream[(name, field)].append((source, source_field))
    if (table, column) not in upstream:
        return []
    steps: list[Step] = []
    seen: set[tuple[str, str]] = set()
    waiting = [(0, table, column)]
    while waiting:
        depth, name, field = waiting.pop()
        if (name, field) in seen:
            continue
        seen.add((name, field))
        steps.append(Step(depth, name, field))
        waiting += [(depth + 1, *source) for source in reversed(upstream.get((name, field), []))]
    return steps
