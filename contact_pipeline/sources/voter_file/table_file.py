"""A Parquet or DuckDB file as clean text columns: such files have types, so that no line can be damaged.

Making every cell text, and empty where it holds nothing, belongs here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.sources.voter_file.layouts import Reading, folded, read_header, rules
from contact_pipeline.sources.voter_file.sqlite_file import chosen_table

if TYPE_CHECKING:
    import duckdb

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_FRACTIONS = ("DOUBLE", "FLOAT", "DECIMAL")


@dataclass(frozen=True)
class TypedTable:
    """What the file holds: SQL that scans it, its columns with their types, what they are called here, its rows."""

    scan: str
    number: str
    types: tuple[tuple[str, str], ...]
    reading: Reading
    rows: int


def open_table(
    connection: duckdb.DuckDBPyConnection, path: Path, kind: str, *, layout: str | None, table: str | None
) -> TypedTable:
    """Look into a Parquet or DuckDB file; a DuckDB file stays attached as `arrived` until `close_table`.

    Raises:
        Refused: It cannot be read, or no layout fits its columns.
    """
    import duckdb

    literal = str(path).replace("'", "''")
    try:
        if kind == "parquet":
            scan, number = f"read_parquet('{literal}', file_row_number = true)", "file_row_number"
        else:
            connection.execute(f"attach '{literal}' as arrived (read_only)")
            names = connection.execute(
                "select table_name from duckdb_tables() where database_name = 'arrived' "
                "union all select view_name from duckdb_views() where database_name = 'arrived' and not internal"
            ).fetchall()
            name = chosen_table([row[0] for row in names], table)
            scan, number = f'arrived."{name}"', "rowid"
        described = connection.execute(f"describe select * from {scan}").fetchall()
        rows = connection.execute(f"select count(*) from {scan}").fetchall()[0][0]
    except duckdb.Error as error:
        raise Refused(
            f"The {kind} file cannot be read ({type(error).__name__}). It may be damaged, or be written right now. "
            "Copy it again and close the program that uses it."
        ) from error
    types = tuple((str(row[0]), str(row[1])) for row in described if row[0] != "file_row_number")
    return TypedTable(scan, number, types, read_header([name for name, _ in types], layout), rows)


def close_table(connection: duckdb.DuckDBPyConnection) -> None:
    """Let go of a DuckDB file."""
    connection.execute("detach database if exists arrived")


def clean_select(table: TypedTable) -> str:
    """SQL: every column as text under our name, null where blank or a word for it, and `line`; no wholly blank rows."""
    named = zip(table.types, folded([name for name, _ in table.types]), table.reading.columns, strict=True)
    cells = ", ".join(f'{_cell(name, kind, seen)} as "{ours}"' for (name, kind), seen, ours in named)
    words = ", ".join(f"'{word}'" for word in rules().null_words)
    emptied = ", ".join(
        f'case when "{name}" in (\'\', {words}) then null else "{name}" end as "{name}"'
        for name in table.reading.columns
    )
    names = ", ".join(f'"{name}"' for name in table.reading.columns)
    return (
        f"with text as (select {cells}, ({table.number} + 1)::bigint as line from {table.scan}), "
        f"filled as (select {emptied}, line from text) select * from filled where coalesce({names}) is not null"
    )


def _cell(name: str, kind: str, seen: str) -> str:
    """One cell as text; numbers in a ZIP column get back their leading zeros, whole fractions lose their `.0`."""
    column = '"' + name.replace('"', '""') + '"'
    if kind.startswith(_FRACTIONS):
        whole = f"{column}::hugeint::varchar"
        text = f"case when {column} = trunc({column}) then {_led(whole, seen)} else {column}::varchar end"
        return text if not kind.startswith("DECIMAL") else f"case when true then {text} end"
    if kind in _WHOLE:
        return _led(f"{column}::varchar", seen)
    return f"trim({column}::varchar)"


def _led(text: str, seen: str) -> str:
    return f"lpad({text}, greatest(5, length({text}))::integer, '0')" if "zip" in seen.split("_") else text
