"""A table of an SQLite file as lines of text, made by SQLite itself, so that it goes the way of every text.

DuckDB's SQLite extension cannot be had offline, and fetching cell by cell through Python takes minutes for a state.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.sources.voter_file.layouts import folded

DELIMITER = "\x1f"
"""Unit separator: stands in no cell of a voter file; a cell that holds it shows as one cell too many."""
ROWS_AT_A_TIME = 20_000


@dataclass(frozen=True)
class SqliteTable:
    """A table, its columns as they are called there, and how many rows it has."""

    path: Path
    name: str
    columns: tuple[str, ...]
    rows: int


def find_table(path: Path, table: str | None = None) -> SqliteTable:
    """The table that holds the voters: the one named, or the only one.

    Raises:
        Refused: There is none or more than one, or the file cannot be read.
    """
    try:
        with closing(_open(path)) as connection:
            names = [
                row[0]
                for row in connection.execute(
                    "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%'"
                )
            ]
            name = chosen_table(names, table)
            columns = tuple(row[1] for row in connection.execute(f"pragma table_info({_quoted(name)})"))
            (rows,) = connection.execute(f"select count(*) from {_quoted(name)}").fetchone()
    except sqlite3.Error as error:
        raise Refused(
            f"The SQLite file cannot be read ({error}). Copy it again while no program writes to it."
        ) from error
    return SqliteTable(path, name, columns, int(rows))


def chosen_table(names: list[str], table: str | None) -> str:
    """One table's name out of a database's.

    Raises:
        Refused: It cannot be told which one holds the voters.
    """
    if table is not None and table in names:
        return table
    if table is None and len(names) == 1:
        return names[0]
    have = ", ".join(sorted(names)) or "none"
    raise Refused(
        f"The database has no table {table}; its tables: {have}."
        if table
        else f"It cannot be told which table holds the voters; name it with --table. The tables: {have}."
    )


def lines_of(table: SqliteTable) -> Iterator[bytes]:
    r"""The rows as lines of UTF-8 text in the table's order, without a header; cells are parted by `DELIMITER`.

    Line ends inside cells become spaces. A number in a ZIP column gets back the leading zeros it lost.
    """
    names = folded(list(table.columns))
    cells = [_cell(column, "zip" in name.split("_")) for column, name in zip(table.columns, names, strict=True)]
    line = f" || '{DELIMITER}' || ".join(cells)
    query = f"select {line} from {_quoted(table.name)}"
    with closing(_open(table.path)) as connection:
        rows = connection.execute(query)
        while chunk := rows.fetchmany(ROWS_AT_A_TIME):
            yield ("\n".join(row[0] for row in chunk) + "\n").encode("utf-8", "surrogateescape")


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    return connection


def _cell(column: str, is_zip: bool) -> str:
    name = _quoted(column)
    integer = f"printf('%05d', {name})" if is_zip else f"cast({name} as text)"
    return (
        f"case typeof({name}) when 'null' then '' when 'integer' then {integer} "
        f"when 'real' then case when {name} = cast({name} as integer) then "
        f"{integer.replace(name, f'cast({name} as integer)')} else cast({name} as text) end "
        f"else replace(replace(cast({name} as text), char(10), ' '), char(13), ' ') end"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
