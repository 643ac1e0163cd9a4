"""The tables landing keeps in the warehouse, and the raw tables' columns.

Creating and widening tables belongs here. Filling them is `load`'s.
"""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from contact_pipeline.landing.columns import OWN_COLUMNS
from contact_pipeline.sources.entities import Entity

TABLES = (
    """create table if not exists landing.batch (
        batch_id varchar, source varchar, entity varchar, kind varchar, file_name varchar,
        sha256 varchar, content_sha256 varchar, bytes bigint, arrived_at timestamptz, content_at timestamptz,
        encoding varchar, delimiter varchar, header boolean, full_snapshot boolean,
        seen bigint, accepted bigint, quarantined bigint, blank bigint, sequence bigint,
        columns varchar[], raw_columns varchar[], superseded_by varchar)""",
    """create table if not exists landing.reject (
        batch_id varchar, line bigint, column_name varchar, reason varchar, raw varchar)""",
    """create table if not exists landing.cursor (
        source varchar, entity varchar, cursor varchar, batch_id varchar)""",
    """create table if not exists landing.known_column (source varchar, entity varchar, column_name varchar)""",
)
"""`landing.batch`: one row per loaded batch. `columns` are the file's own names, `raw_columns` the raw table's for
them; `superseded_by` names a later reading of the same bytes whose rows took this one's place.
`landing.reject`: one row per quarantined record. `landing.cursor`: where the next reading of an API goes on.
`landing.known_column`: one row per column our SQL names of an entity, whether it ever came or not."""

OWN_TYPES = ("varchar", "bigint", "varchar")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def table_name(entity: Entity) -> str:
    """The raw table as SQL."""
    schema, _, table = entity.table.partition(".")
    return f"{quoted(schema)}.{quoted(table)}"


def create_tables(connection: DuckDBPyConnection) -> None:
    """Create the schemas `landing` and `raw` and landing's own tables, where they are missing."""
    for schema in ("landing", "raw"):
        connection.execute(f"create schema if not exists {schema}")
    for statement in TABLES:
        connection.execute(statement)


def create_raw_table(connection: DuckDBPyConnection, entity: Entity) -> None:
    """Create an entity's raw table with the columns our SQL names, all text, where missing, and note those columns."""
    own = [f"{quoted(name)} {kind}" for name, kind in zip(OWN_COLUMNS, OWN_TYPES, strict=True)]
    known = [f"{quoted(name)} varchar" for name in entity.columns]
    connection.execute(f"create table if not exists {table_name(entity)} ({', '.join(own + known)})")
    _write_known_columns(connection, entity)


def _write_known_columns(connection: DuckDBPyConnection, entity: Entity) -> None:
    """Bring `landing.known_column` in line with the entity, if it is not."""
    mine = [entity.source, entity.name]
    there = connection.execute(
        "select column_name from landing.known_column where source = ? and entity = ?", mine
    ).fetchall()
    if {name for (name,) in there} == set(entity.columns):
        return
    connection.execute("delete from landing.known_column where source = ? and entity = ?", mine)
    if entity.columns:
        rows = [(*mine, name) for name in entity.columns]
        connection.executemany("insert into landing.known_column values (?, ?, ?)", rows)


def raw_columns(connection: DuckDBPyConnection, entity: Entity) -> list[str]:
    """The source's columns an entity's raw table has, in its order."""
    schema, _, table = entity.table.partition(".")
    rows = connection.execute(
        "select column_name from duckdb_columns() where database_name = current_database() and schema_name = ? "
        "and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()
    return [name for (name,) in rows if name not in OWN_COLUMNS]


def add_columns(connection: DuckDBPyConnection, entity: Entity, columns: Sequence[str]) -> None:
    """Widen an entity's raw table by text columns."""
    for name in columns:
        connection.execute(f"alter table {table_name(entity)} add column {quoted(name)} varchar")
