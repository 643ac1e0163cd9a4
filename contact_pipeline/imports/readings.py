"""What is wrong with a row whatever a workspace's rules say: its shape, values that are none, nobody in it.

Findings of reading belong here; what a workspace asks for belongs to `rules` and `checking`. Words are in
`findings.toml`.
"""

from __future__ import annotations

from typing import Final

from duckdb import DuckDBPyConnection

from contact_pipeline.imports.findings import ERROR, WARNING, FindingKind, finding_kinds
from contact_pipeline.imports.matching import PREFIX
from contact_pipeline.imports.plan import Plan

SEVERITIES: Final = {
    "record_shape": ERROR,
    "contract": ERROR,
    "nobody": ERROR,
    "junk_name": WARNING,
    "invalid_phone": WARNING,
    "invalid_email": WARNING,
    "invalid_date": WARNING,
    "invalid_zip": WARNING,
}
"""Kind → severity: a row goes without a value that is none, and does not go at all where nobody is left in it."""


def make_columns(connection: DuckDBPyConnection, plan: Plan, columns: list[str]) -> None:
    """Make `plan.import_column` (position, column_name, field): the file's columns, and those corrections added."""
    rows = [(place, name, plan.document.columns.get(name)) for place, name in enumerate(columns, start=1)]
    connection.execute(
        "create or replace table plan.import_column (position bigint, column_name varchar, field varchar)"
    )
    connection.executemany("insert into plan.import_column values (?, ?, ?)", rows)


def find_readings(connection: DuckDBPyConnection, only: str = "true") -> None:
    """Add to `plan.import_finding` what reading found wrong.

    Args:
        connection: From `plan.open_tables`.
        only: SQL over a row key, `row_key`: which rows to look at.
    """
    start = len(PREFIX) + 1
    connection.execute(
        f"""
        insert into plan.import_finding
        with found as (
            select row_key, null as field, 'record_shape' as code, raw as value, reason as said, column_name as named
            from plan.reject_row
            union all
            select substr(split_part(row_key, '|', 1), {start}), column_name, 'contract', null, rule, null
            from plan.quarantine
            union all
            select i.row_key, null, 'nobody', null, null, null
            from plan.import_row as i
            semi join plan.file_row using (row_key)
            anti join (from plan.import_finding where code = 'required_any') as told using (row_key)
            anti join (from plan.mapped_row where is_total) as total using (row_key)
            where not coalesce(i.named, false) and i.phone is null and i.email is null
            union all
            select record_id, 'first_name', 'junk_name', concat_ws(' ', first_name, last_name), name_reason, null
            from plan.contact where name_junk
            union all
            select substr(contact_id, {start}), 'phone', 'invalid_phone', raw, reason, null
            from plan.phone where not valid
            union all
            select substr(contact_id, {start}), 'email', 'invalid_email', raw, reason, null
            from plan.email where not valid
            union all
            select n.record_id, 'birth_date', 'invalid_date', m.birth_raw, n.birth_reason, null
            from plan.contact as n join plan.mapped_row as m on m.row_key = n.record_id
            anti join (from plan.import_finding where code = 'day_number') as told on told.row_key = n.record_id
            where n.birth_date is null and n.birth_year is null and nullif(trim(m.birth_raw), '') is not null
            union all
            select n.record_id, 'zip', 'invalid_zip', m.zip_raw, null, null
            from plan.contact as n join plan.mapped_row as m on m.row_key = n.record_id
            anti join (from plan.import_finding where code = 'lost_zero') as told on told.row_key = n.record_id
            where n.zip5 is null and nullif(trim(m.zip_raw), '') is not null
                and coalesce(n.country, 'US') in ('US', 'United States')
        ),
        one_column as (
            select field, arg_min(column_name, position) as column_name from plan.import_column
            where field is not null group by field
        ),
        known as (
            select * from (values {", ".join(_known())}) as k(code, severity, expected, hint)
        )
        select f.row_key, i.row_number, coalesce(f.named, c.column_name), f.field, f.code, k.severity, f.value,
            k.expected, concat_ws(': ', f.said, k.hint)
        from found as f
        join plan.import_row as i using (row_key)
        join known as k using (code)
        left join one_column as c on c.field = f.field
        where {only}
        order by i.row_number, f.code
        """
    )


def _known() -> list[str]:
    kinds = finding_kinds()
    return [
        "(" + ", ".join("'" + text.replace("'", "''") + "'" for text in (code, severity, *_words(kinds[code]))) + ")"
        for code, severity in SEVERITIES.items()
    ]


def _words(kind: FindingKind) -> tuple[str, str]:
    return kind.expected, kind.hint
