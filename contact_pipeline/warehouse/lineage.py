"""Column lineage read out of the SQL: which column comes from which.

Only reading SQL belongs here. It needs no second list: the models' own text and the tables' columns decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import duckdb

from contact_pipeline.warehouse.connection import columns_of
from contact_pipeline.warehouse.models import SqlModel

if TYPE_CHECKING:
    from sqlglot.lineage import Node

ColumnSources = dict[str, list[tuple[str, str]]]
"""Column name to the (table, column) pairs it is made of."""

Schema = Mapping[str, Mapping[str, str]]
"""`schema.table` to its columns and types."""


def _nested(schema: Schema) -> dict[str, dict[str, dict[str, str]]]:
    nested: dict[str, dict[str, dict[str, str]]] = {}
    for table, columns in schema.items():
        owner, _, name = table.partition(".")
        nested.setdefault(owner, {})[name] = dict(columns)
    return nested


def _leaves(node: Node) -> set[tuple[str, str]]:
    import sqlglot
    from sqlglot import exp

    found: set[tuple[str, str]] = set()
    for part in node.walk():
        if not part.downstream and isinstance(part.expression, exp.Table) and part.expression.db:
            column = sqlglot.to_identifier(part.name.rsplit(".", 1)[-1].strip('"'))
            found.add((f"{part.expression.db}.{part.expression.name}", str(column.name)))
    return found


def column_lineage(model: SqlModel, schema: Schema) -> ColumnSources:
    """The upstream columns of every column of a model; `schema` holds the columns of the tables it reads."""
    from sqlglot.lineage import lineage

    # Trimmed selects are copies of the whole query, one for every column: labels that nobody reads.
    nodes = lineage(None, model.expression.copy(), schema=_nested(schema), dialect="duckdb", trim_selects=False)
    return {name: sorted(_leaves(node)) for name, node in nodes.items()}


CREATE_LINEAGE = """
create table if not exists meta.column_lineage (
    table_name varchar, column_name varchar, upstream_table varchar, upstream_column varchar, model_sha256 varchar
)
"""


def stored_lineage(connection: duckdb.DuckDBPyConnection, model: SqlModel) -> ColumnSources:
    """Lineage of a model that just ran; computed once for each text of the model and kept in `meta.column_lineage`."""
    connection.execute(CREATE_LINEAGE)
    known = connection.execute(
        "select column_name, upstream_table, upstream_column from meta.column_lineage "
        "where table_name = ? and model_sha256 = ? order by all",
        [model.table, model.sha256],
    ).fetchall()
    if not known:
        known = _compute(connection, model)
    result: ColumnSources = {}
    for column, table, source in known:
        result.setdefault(column, [])
        if table is not None:
            result[column].append((table, source))
    return result


def _as_written(lineage: ColumnSources, schema: Schema) -> ColumnSources:
    """Sources as their tables write them: sqlglot folds names to lower case, as DuckDB compares them."""
    names = {(table, name.lower()): name for table, columns in schema.items() for name in columns}
    return {
        column: sorted((table, names.get((table, source.lower()), source)) for table, source in sources)
        for column, sources in lineage.items()
    }


def _compute(connection: duckdb.DuckDBPyConnection, model: SqlModel) -> list[tuple[str, str | None, str | None]]:
    columns = connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and list_contains(?, schema_name || '.' || table_name)",
        [list(model.reads)],
    ).fetchall()
    schema: dict[str, dict[str, str]] = {}
    for table, column, kind in columns:
        schema.setdefault(table, {})[column] = kind
    written = {name.lower(): name for name in columns_of(connection, model.table)}
    rows: list[tuple[str, str | None, str | None]] = []
    for column, sources in _as_written(column_lineage(model, schema), schema).items():
        name = written.get(column.lower(), column)
        rows += [(name, table, source) for table, source in sources] or [(name, None, None)]
    connection.execute("delete from meta.column_lineage where table_name = ?", [model.table])
    if rows:
        connection.executemany(
            "insert into meta.column_lineage values (?, ?, ?, ?, ?)",
            [(model.table, column, table, source, model.sha256) for column, table, source in rows],
        )
    return rows
