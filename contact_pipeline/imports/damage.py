"""Cells a spreadsheet program has damaged, and words nobody understands: flagged, never guessed back.

Finding them cell by cell belongs here. What a cell must look like to count belongs to `sources.list_file`, values that
are none to `readings`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from duckdb import DuckDBPyConnection

from contact_pipeline.imports.canonical import all_columns
from contact_pipeline.imports.findings import WARNING, finding_kinds
from contact_pipeline.imports.plan import Plan
from contact_pipeline.imports.reading import cell_names
from contact_pipeline.sources.list_file.building import (
    DAY_NUMBER,
    LOST_ZERO,
    is_damaged,
    text_sql,
    unread_answer,
    written,
)
from contact_pipeline.sources.list_file.document import ANSWER_FIELDS

CODES: Final = ("damaged_cell", "lost_zero", "day_number", "unread_answer")
"""Kinds of finding made here; all are warnings: the row goes without the value, which is no mistake of its own."""


def find_damage(connection: DuckDBPyConnection, plan: Plan, only: str = "true") -> None:
    """Add to `plan.import_finding` every cell that is damaged, or that says something nobody understands.

    Args:
        connection: From `plan.open_tables`.
        plan: Its mapping says what each column is.
        only: SQL over a row key, `row_key`: which rows to look at.
    """
    parts = list(_of_columns(plan))
    if not parts:
        return
    connection.execute(
        f"""
        insert into plan.import_finding
        select row_key, row_number, column_name, field, code, '{WARNING}', value, expected, hint
        from ({" union all ".join(parts)}) as found
        join (values {", ".join(_words())}) as kind(code, expected, hint) using (code)
        anti join (from plan.mapped_row where is_total) as total using (row_key)
        where {only}
        order by row_number, code
        """
    )


def _of_columns(plan: Plan) -> Iterator[str]:
    columns = all_columns(plan)
    for column, cell in zip(columns, cell_names(columns), strict=True):
        field = plan.document.columns.get(column)
        if field is None:
            continue
        yield _found(column, field, cell, "damaged_cell", is_damaged(cell))
        if field == "zip":
            yield _found(column, field, cell, "lost_zero", f"regexp_full_match({written(cell)}, '{LOST_ZERO}')")
        if field == "birth_date":
            yield _found(column, field, cell, "day_number", f"regexp_full_match({written(cell)}, '{DAY_NUMBER}')")
        if field in ANSWER_FIELDS:
            words = plan.document.answers.get(field, {})
            yield _found(column, field, cell, "unread_answer", unread_answer(cell, field, words))


def _found(column: str, field: str, cell: str, code: str, condition: str) -> str:
    return (
        f"select r.row_key, r.row_number, {text_sql(column)} as column_name, '{field}' as field, '{code}' as code, "
        f"{written(cell)} as value from plan.cell_row as r where {condition}"
    )


def _words() -> list[str]:
    kinds = finding_kinds()
    return [f"('{code}', {text_sql(kinds[code].expected)}, {text_sql(kinds[code].hint)})" for code in CODES]
