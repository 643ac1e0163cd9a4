"""Corrections: an overlay over the file's cells, in the order they were made in; the cells themselves never change.

Keeping edits and laying them over the cells belongs here; judging the rows again belongs to `validating`.

`plan.edit`: number, kind, row_key, column_name, old, value, rows, actor, edited_at. Kinds:

| kind | does |
|---|---|
| `set` | one cell of one row |
| `default` | a column's blank cells |
| `clear` | every cell of a column |
| `map` | every cell of a column that says `old` |
| `drop` | leaves rows out; `keep` takes them in again |
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Final, Literal

import pyarrow as pa
from duckdb import DuckDBPyConnection

from contact_pipeline.imports.canonical import all_columns
from contact_pipeline.imports.plan import ImportsError, Plan
from contact_pipeline.imports.reading import cell_names
from contact_pipeline.sources.list_file.fields import fields

Kind = Literal["set", "default", "clear", "map", "drop", "keep"]

EDIT_COLUMNS: Final = (
    "number bigint, kind varchar, row_key varchar, column_name varchar, old varchar, value varchar, rows bigint, "
    "actor varchar, edited_at timestamptz"
)
WHOLE: Final = {"first_name": "full_name", "last_name": "full_name", "address": "full_address"}
"""Fields that a file may hold as a part of another."""


@dataclass(frozen=True)
class Edit:
    """One correction.

    Attributes:
        kind: See the module's table.
        rows: Row numbers (from 1) or row keys; of `set`, `drop` and `keep`.
        field: A field (`email`) or a column of the file; not of `drop` and `keep`.
        value: The new value, of `set`, `default` and `map`.
        old: What a cell says now, of `map`; compared without regard to case and blanks at its ends.
    """

    kind: Kind
    rows: tuple[str, ...] = ()
    field: str | None = None
    value: str | None = None
    old: str | None = None


def create_edits(connection: DuckDBPyConnection) -> None:
    """Make the tables of corrections where there are none."""
    connection.execute(f"create table if not exists plan.edit ({EDIT_COLUMNS})")
    connection.execute("create table if not exists plan.dropped (row_key varchar)")


def repeat_edits(connection: DuckDBPyConnection, plan: Plan) -> Plan:
    """Lay every kept correction over the cells of a file that was just read; gives the plan with its added columns."""
    create_edits(connection)
    connection.execute("delete from plan.dropped")
    kept = connection.execute("select kind, row_key, column_name, old, value from plan.edit order by number").fetchall()
    for are_cells, run in groupby(kept, key=lambda line: line[0] == "set"):
        if are_cells:
            plan = _set_cells(connection, plan, [(key, column, value) for _, key, column, _, value in run])
            continue
        for kind, row_key, column, old, value in run:
            if kind in ("drop", "keep"):
                _drop(connection, kind, [row_key])
            else:
                plan = with_column(connection, plan, column)
                _touch(connection, plan, kind, column, old, value)
    return plan


Resolved = tuple[Edit, str | None, str | None]
"""An edit with the key of its row and the name of its column, where it has them."""


def resolved(connection: DuckDBPyConnection, plan: Plan, edits: Sequence[Edit]) -> list[Resolved]:
    """Corrections with the rows and columns they are about; nothing is changed.

    Raises:
        ImportsError: There is no such row, field or column.
    """
    found: list[Resolved] = []
    there = _keys_among(connection, {row for edit in edits for row in edit.rows})
    for edit in edits:
        if edit.kind in ("set", "drop", "keep") and not edit.rows:
            raise ImportsError(f"Say which rows to {edit.kind}: numbers as imports show --rows gives them.")
        column = None if edit.kind in ("drop", "keep") else column_of(plan, edit.field or "")
        named = edit.rows if there.issuperset(edit.rows) else row_keys(connection, edit.rows)
        keys: list[str | None] = [*named] if edit.rows else [None]
        found += [(edit, key, column) for key in keys]
    return found


def make_edits(
    connection: DuckDBPyConnection, plan: Plan, edits: Sequence[Resolved], *, actor: str, now: datetime
) -> Plan:
    """Lay corrections over the cells and keep them; temporary table `touched` (row_key) says whose rows they changed.

    Args:
        connection: From `plan.open_tables`.
        plan: Whose cells.
        edits: From `resolved`.
        actor: Who corrects.
        now: When.
    """
    create_edits(connection)
    connection.execute("create or replace temp table touched (row_key varchar)")
    number = int(connection.execute("select coalesce(max(number), 0) from plan.edit").fetchall()[0][0])
    for are_cells, run in groupby(edits, key=lambda edit: edit[0].kind == "set"):
        some = list(run)
        if are_cells:
            plan = _set_cells(connection, plan, [(str(key), str(column), edit.value) for edit, key, column in some])
            lines = [(edit, key, column, 1) for edit, key, column in some]
        else:
            plan, lines = _one_by_one(connection, plan, some)
        _keep_lines(connection, lines, number, actor, now)
        number += len(some)
    return plan


def _one_by_one(
    connection: DuckDBPyConnection, plan: Plan, edits: Sequence[Resolved]
) -> tuple[Plan, list[tuple[Edit, str | None, str | None, int]]]:
    """Make edits in order; gives the plan, and each with the number of rows it changed."""
    lines = []
    for edit, key, column in edits:
        if column is None:
            changed = _drop(connection, edit.kind, [str(key)])
        else:
            plan = with_column(connection, plan, column)
            changed = _touch(connection, plan, edit.kind, column, edit.old, edit.value)
        lines.append((edit, key, column, changed))
    return plan, lines


def _keep_lines(
    connection: DuckDBPyConnection,
    lines: Sequence[tuple[Edit, str | None, str | None, int]],
    number: int,
    actor: str,
    now: datetime,
) -> None:
    """Add edits to `plan.edit`, numbered on from `number`."""
    kept = [
        (place, edit.kind, key, column, edit.old, edit.value, changed)
        for place, (edit, key, column, changed) in enumerate(lines, start=number + 1)
    ]
    names = ("number", "kind", "row_key", "column_name", "old", "value", "rows")
    types = (pa.int64(), *[pa.string()] * 5, pa.int64())
    arrays = [pa.array(values, of) for values, of in zip(zip(*kept, strict=True), types, strict=True)]
    connection.register("edit_line", pa.Table.from_arrays(arrays, names))
    connection.execute(
        "insert into plan.edit by name select *, ? as actor, ? as edited_at from edit_line", [actor, now]
    )
    connection.unregister("edit_line")


def _set_cells(connection: DuckDBPyConnection, plan: Plan, cells: Sequence[tuple[str, str, str | None]]) -> Plan:
    """Set cells (row key, column, value), a later one of the same cell winning: one update a column, however many."""
    last = {(key, column): value for key, column, value in cells}
    for name in dict.fromkeys(column for _, column in last):
        plan = with_column(connection, plan, name)
        some = [(key, value) for (key, column), value in last.items() if column == name]
        arrays = [pa.array(values, pa.string()) for values in zip(*some, strict=True)]
        connection.register("cell_line", pa.Table.from_arrays(arrays, ["row_key", "said"]))
        connection.execute(
            f"update plan.cell_row as c set {_cell(plan, name)} = l.said from cell_line as l "
            "where l.row_key = c.row_key"
        )
        connection.execute("create temp table if not exists touched (row_key varchar)")
        connection.execute("insert into touched select row_key from cell_line")
        connection.unregister("cell_line")
    return plan


def _keys_among(connection: DuckDBPyConnection, named: Collection[str]) -> frozenset[str]:
    """Those of these names that are keys of rows: a report that comes back names thousands."""
    query = "select row_key from plan.file_row where row_key in (select unnest(?::varchar[]))"
    return frozenset(key for (key,) in connection.execute(query, [list(named)]).fetchall())


def row_keys(connection: DuckDBPyConnection, rows: Sequence[str]) -> list[str]:
    """The keys of rows that are named by number, by `7-12`, or by key.

    Raises:
        ImportsError: There is no such row.
    """
    found: list[str] = []
    for named in rows:
        first, _, last = named.partition("-")
        if first.isdigit() and len(first) < 16 and (not last or last.isdigit()):
            condition, values = "row_number between ? and ?", [int(first), int(last or first)]
        else:
            condition, values = "row_key = ?", [named]  # type: ignore[list-item]
        keys = connection.execute(
            f"select row_key from plan.file_row where {condition} order by row_number", values
        ).fetchall()
        if not keys:
            raise ImportsError(f"There is no row {named}: imports show --rows gives their numbers.")
        found += [str(key) for (key,) in keys]
    return found


def column_of(plan: Plan, named: str) -> str:
    """The column an edit is about: the file's of that name, or the first one that is the field; for a field the file
    does not have, a new one.

    Raises:
        ImportsError: There is neither such a column nor such a field, or the field stands inside another.
    """
    plain = " ".join(named.split()).lower()
    columns = all_columns(plan)
    for column in columns:
        if " ".join(column.split()).lower() == plain:
            return column
    if plain not in fields():
        raise ImportsError(
            f"There is no column and no field {named!r}. Columns: {', '.join(map(repr, plan.columns))}; "
            f"fields: {', '.join(fields())}."
        )
    inside = WHOLE.get(plain)
    mapped = plan.document.columns_of(plain)
    if not mapped and inside is not None and plan.document.columns_of(inside):
        raise ImportsError(
            f"The file has {plain} as a part of {inside} (column {plan.document.columns_of(inside)[0]!r}): set that."
        )
    return mapped[0] if mapped else f"+ {plain}"


def lay_bare(connection: DuckDBPyConnection) -> None:
    """Make `plan.cell_row` the file's own cells, without any correction."""
    kind = connection.execute(
        "select table_type from information_schema.tables where table_catalog = 'plan' and table_name = 'cell_row'"
    ).fetchall()
    if kind:
        connection.execute(f"drop {'view' if kind[0][0] == 'VIEW' else 'table'} plan.cell_row")
    connection.execute("create view plan.cell_row as from plan.file_row")


def with_column(connection: DuckDBPyConnection, plan: Plan, column: str) -> Plan:
    """The plan with cells that can be changed, and with the column among them."""
    made = connection.execute(
        "select 1 from duckdb_tables() where database_name = 'plan' and table_name = 'cell_row'"
    ).fetchall()
    if not made:
        connection.execute("drop view if exists plan.cell_row")
        connection.execute("create table plan.cell_row as from plan.file_row")
    if column not in all_columns(plan):
        mapping = {**plan.mapping, "columns": {**plan.mapping["columns"], column: column.removeprefix("+ ")}}
        plan = replace(plan, mapping=mapping)
    name = _cell(plan, column)
    connection.execute(f"alter table plan.cell_row add column if not exists {name} varchar")
    return plan


def _cell(plan: Plan, column: str) -> str:
    columns = all_columns(plan)
    return cell_names(columns)[columns.index(column)]


def _touch(
    connection: DuckDBPyConnection,
    plan: Plan,
    kind: str,
    column: str,
    old: str | None,
    value: str | None,
) -> int:
    """Change the cells a `default`, `clear` or `map` is about; gives how many rows that were."""
    name = _cell(plan, column)
    plain = f"lower(trim(coalesce({name}, '')))"
    condition, values = {
        "default": (f"{plain} = ''", {}),
        "clear": (f"{name} is not null", {}),
        "map": (f"{plain} = lower(trim($old))", {"old": old or ""}),
    }[kind]
    new = None if kind == "clear" else value
    connection.execute(
        f"create or replace temp table changed_row as select row_key from plan.cell_row where {condition}", values
    )
    connection.execute(f"update plan.cell_row set {name} = ? where row_key in (select row_key from changed_row)", [new])
    connection.execute("create temp table if not exists touched (row_key varchar)")
    connection.execute("insert into touched from changed_row")
    return int(connection.execute("select count(*) from changed_row").fetchall()[0][0])


def _drop(connection: DuckDBPyConnection, kind: str, keys: Sequence[str]) -> int:
    for key in keys:
        connection.execute("delete from plan.dropped where row_key = ?", [key])
        if kind == "drop":
            connection.execute("insert into plan.dropped values (?)", [key])
    return len(keys)


def edits_of(
    *,
    sets: Sequence[str] = (),
    defaults: Sequence[str] = (),
    clears: Sequence[str] = (),
    maps: Sequence[str] = (),
    drops: Sequence[str] = (),
    keeps: Sequence[str] = (),
) -> list[Edit]:
    """Corrections as people type them: `12:email=ana@example.org`, `state=FL`, `state:Florida=FL`, `7-12`.

    Raises:
        ImportsError: One of them is not of this form.
    """
    found: list[Edit] = []
    for typed in maps:
        field, old, value = _parted(typed, "FIELD:OLD=NEW")
        found.append(Edit("map", field=field, old=old, value=value))
    found += [Edit("clear", field=typed) for typed in clears]
    for typed in defaults:
        field, equals, value = typed.partition("=")
        if not equals or not field.strip():
            raise ImportsError(f"{typed!r} is no default: write FIELD=VALUE.")
        found.append(Edit("default", field=field, value=value))
    for typed in sets:
        row, field, value = _parted(typed, "ROW:FIELD=VALUE")
        found.append(Edit("set", rows=(row,), field=field, value=value))
    found += [Edit("drop", rows=(typed,)) for typed in drops]
    found += [Edit("keep", rows=(typed,)) for typed in keeps]
    return found


def _parted(typed: str, form: str) -> tuple[str, str, str]:
    first, colon, rest = typed.partition(":")
    second, equals, value = rest.partition("=")
    if not colon or not equals or not first.strip() or not second.strip():
        raise ImportsError(f"{typed!r} is no correction: write {form}.")
    return first.strip(), second.strip(), value
