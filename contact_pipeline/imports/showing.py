"""A plan for people and programs: its summary, and its rows page by page.

Reading a plan's tables belongs here; nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from contact_pipeline.config import Settings
from contact_pipeline.imports.outcome import ACTIONS
from contact_pipeline.imports.plan import ImportsError, Plan, folder_of, load_plan, open_tables

PAGE_ROWS: Final = 50
MOST_PAGE_ROWS: Final = 1_000
CHANGES: Final = ("changes", "adds", "keeps", "protected")
"""What may become of a value of somebody known; see `imports.changes`."""
STATUSES: Final = (*ACTIONS, "conflict", "error", "warning", "edited", *CHANGES)
"""What rows may be asked for by: an action, or something about them."""


@dataclass(frozen=True)
class Page:
    """Some rows of a plan; `total` counts all that were asked for, `rows` are plain values."""

    plan: Plan
    number: int
    size: int
    total: int
    rows: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "import_id": self.plan.import_id,
            "page": self.number,
            "size": self.size,
            "total": self.total,
            "rows": self.rows,
        }


def page_of(
    settings: Settings,
    import_id: str,
    *,
    number: int = 1,
    size: int = PAGE_ROWS,
    status: str | None = None,
    code: str | None = None,
    field: str | None = None,
) -> Page:
    """One page of a plan's rows, in the file's order.

    Each row has row_number, row_key, line, action, person_id, persons, probability, why, `cells` (column to cell as
    sent), `values` (field to normal form), `findings`, and `changes` (of known people: field, before, after, what).

    Args:
        settings: The workspace's.
        import_id: Which import.
        number: Of the page, from 1.
        size: Rows of a page.
        status: One of STATUSES; None for every row.
        code: Only rows with such a finding.
        field: Only rows with a finding about this field.

    Raises:
        ImportsError: There is no such status or page.
        UnknownImportError: There is no such import.
    """
    if status is not None and status not in STATUSES:
        raise ImportsError(f"There is no status {status!r}; there are: {', '.join(STATUSES)}.")
    if number < 1 or not 1 <= size <= MOST_PAGE_ROWS:
        raise ImportsError(f"Pages count from 1 and have 1 to {MOST_PAGE_ROWS:,} rows.")
    plan = load_plan(settings, import_id)
    wanted, values = _condition(status, code, field)
    with open_tables(folder_of(settings, plan.import_id), read_only=True) as connection:
        total = int(
            connection.execute(f"select count(*) from plan.import_row as i where {wanted}", values).fetchall()[0][0]
        )
        found = connection.execute(
            f"select * from plan.import_row as i where {wanted} order by row_number limit ? offset ?",
            [*values, size, (number - 1) * size],
        )
        names = [about[0] for about in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        keys = [row["row_key"] for row in rows]
        cells = _by_row(connection, "file_row", keys)
        findings = _by_row(connection, "import_finding", keys)
        changes = _by_row(connection, "import_change", keys)
    return Page(plan, number, size, total, [_told(plan, row, cells, findings, changes) for row in rows])


def _condition(status: str | None, code: str | None, field: str | None) -> tuple[str, list[str]]:
    parts, values = ["true"], []
    if status in ACTIONS:
        parts.append("i.action = ?")
        values.append(str(status))
    elif status in CHANGES:
        parts.append("i.row_key in (select row_key from plan.import_change where what = ?)")
        values.append(str(status))
    elif status == "conflict":
        parts.append("len(i.persons) > 1")
    elif status == "edited":
        parts.append("i.row_key in (select row_key from plan.edit where kind = 'set')")
    elif status is not None:
        parts.append("i.row_key in (select row_key from plan.import_finding where severity = ?)")
        values.append(status)
    for name, value in (("code", code), ("field", field)):
        if value is not None:
            parts.append(f"i.row_key in (select row_key from plan.import_finding where {name} = ?)")
            values.append(value)
    return " and ".join(parts), values


def _by_row(connection: Any, table: str, keys: list[str]) -> dict[str, list[dict[str, Any]]]:
    found = connection.execute(f"select * from plan.{table} where row_key in (select unnest(?::varchar[]))", [keys])
    names = [about[0] for about in found.description]
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in found.fetchall():
        told = dict(zip(names, row, strict=True))
        grouped.setdefault(told.pop("row_key"), []).append(told)
    return grouped


NOT_VALUES: Final = {
    "row_key", "row_number", "line", "action", "person_id", "persons", "policy", "probability", "why", "named",
}  # fmt: skip


def _told(
    plan: Plan,
    row: dict[str, Any],
    cells: dict[str, list[dict[str, Any]]],
    findings: dict[str, list[dict[str, Any]]],
    changes: dict[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    key = row["row_key"]
    sent = cells.get(key, [{}])[0]
    shown = ("row_number", "row_key", "line", "action", "person_id", "persons", "probability", "why")
    return {
        **{name: row[name] for name in shown},
        "cells": {column: sent.get(f"c{place}") for place, column in enumerate(plan.columns, start=1)},
        "values": {name: value for name, value in row.items() if name not in NOT_VALUES and value not in (None, [])},
        "findings": [{k: v for k, v in found.items() if k != "row_number"} for found in findings.get(key, [])],
        "changes": changes.get(key, []),
    }
