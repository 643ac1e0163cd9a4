"""A workspace's rules and the rows of a plan: what each field's cell says, where the rules look for it.

Bringing the two together belongs here. What rules say belongs to `rules`, what they do to cells to `transforms`,
holding rows to them to `checking`.
"""

from __future__ import annotations

from typing import Final

from duckdb import DuckDBPyConnection

from contact_pipeline.imports.canonical import all_columns
from contact_pipeline.imports.checking import check
from contact_pipeline.imports.damage import find_damage
from contact_pipeline.imports.findings import finding_schema
from contact_pipeline.imports.plan import Plan
from contact_pipeline.imports.reading import cell_names
from contact_pipeline.imports.readings import find_readings
from contact_pipeline.imports.rules import OWN, Rules
from contact_pipeline.imports.transforms import transformed

READ: Final = {
    "prefix": "r.prefix", "first_name": "r.first_name", "middle_name": "r.middle_name", "last_name": "r.last_name",
    "full_name": "nullif(concat_ws(' ', r.first_name, r.middle_name, r.last_name), '')", "suffix": "r.suffix",
    "preferred_name": "r.preferred_name", "birth_date": "coalesce(r.birth_date, r.birth_year::varchar)",
    "gender": "r.gender", "company": "r.company", "title": "r.title", "phone": "r.phone", "email": "r.email",
    "address": "r.address", "full_address": "r.address", "unit": "r.unit", "city": "r.city", "state": "r.state",
    "zip": "r.zip", "country": "r.country", "tags": "nullif(array_to_string(r.tags, ', '), '')",
    "linkedin": "r.linkedin", "external_id": "r.external_id", "mentor_id": "r.mentor_id",
    "email_consent": "r.email_consent", "sms_consent": "r.sms_consent", "mail_consent": "r.mail_consent",
}  # fmt: skip
"""Field → SQL over a row `r` of `plan.import_row` for what it says, read."""


def prepared_cells(plan: Plan, rules: Rules, rows: str) -> str:
    """SQL for the rows of a file with every cell as the rules want it before it is read.

    Args:
        plan: Its mapping says which field a column is.
        rules: The rules that hold.
        rows: Rows as in `plan.cell_row`.
    """
    columns, asked = all_columns(plan), rules.cells()
    replaced = []
    for column, cell in zip(columns, cell_names(columns), strict=True):
        field = plan.document.columns.get(column)
        rule = asked.get(field if field is not None else OWN + column)
        if rule is not None and (rule.transform or rule.values or rule.synonyms or rule.allowed or rule.default):
            replaced.append(f"{transformed(rule, f'x.{cell}')} as {cell}")
    chosen = f"x.* replace ({', '.join(replaced)})" if replaced else "*"
    return f"(select {chosen} from {rows} as x)"


def find_all(connection: DuckDBPyConnection, plan: Plan, rules: Rules, touched: str | None = None) -> None:
    """Write `plan.import_finding`: what the rules and the reading found, of all rows or of those of `touched`."""
    empty = finding_schema().empty_table()
    connection.register("no_finding", empty)
    connection.execute("create table if not exists plan.import_finding as from no_finding")
    connection.unregister("no_finding")
    only = f"row_key in (select row_key from {touched})" if touched else "true"
    connection.execute(f"delete from plan.import_finding where {only}")
    columns = all_columns(plan)
    names = dict(zip(columns, cell_names(columns), strict=True))
    prepared = prepared_cells(plan, rules, "plan.cell_row")
    connection.execute(
        "create or replace temp view rule_row as select i.*, c.* exclude (row_key, row_number, line) "
        f"from plan.import_row as i join {prepared} as c using (row_key) "
        "anti join (from plan.mapped_row where is_total) as total using (row_key)"
    )
    own = {OWN + column: f"r.{cell}" for column, cell in names.items() if plan.document.columns.get(column) is None}
    headers = {field: column for column, field in reversed(plan.document.columns.items()) if field is not None}
    check(
        connection,
        rules,
        values={**READ, **own},
        headers=headers,
        rows="rule_row",
        into="plan.import_finding",
        only=only,
    )
    find_damage(connection, plan, only)
    find_readings(connection, only)
