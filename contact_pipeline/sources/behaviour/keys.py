"""Behavioural files (donors, volunteers, events): which of their cells are e-mail addresses or phone numbers.

Finding the keys by which a record can be looked up belongs here. The records stay as they came, under their files' own
columns; they become neither contacts nor people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import duckdb

from contact_pipeline.landing.tables import quoted, table_name
from contact_pipeline.normalize.value_table import scratch_table
from contact_pipeline.sources.entities import BEHAVIOUR_RECORDS

KEYS = "contacts.behaviour_key"

NUMBER_OF_ANOTHER_KIND = re.compile(
    r"(?:^|[^a-z])(?:ids?|uuid|number|no|nr|amount|total|zip|date|time|ip)[^a-z]*$", re.IGNORECASE
)
PHONE_WORD = re.compile(r"phone|mobile|cell|tel|sms|text|fax", re.IGNORECASE)

LOOKS_LIKE_EMAIL = "contains(cell, '@') and length(cell) <= 4000"
LOOKS_LIKE_PHONE = (
    "regexp_matches(cell, '[0-9][0-9 ().+/-]{5,}[0-9]') and not contains(cell, '@') and length(cell) <= 200"
)
"""Conditions on a `cell`; the normalisers decide."""


def write_behaviour_keys(connection: duckdb.DuckDBPyConnection, *, region: str) -> None:
    """Rebuild `contacts.behaviour_key`: one row per record and e-mail address or phone number in any of its cells.

    A record that came twice, cell for cell, counts where it came last. A cell with two numbers gives two keys.

    Args:
        connection: The warehouse, in a transaction.
        region: Region assumed for phone numbers without a country code.
    """
    from contact_pipeline.normalize.email_values import build_email_values
    from contact_pipeline.normalize.multi import build_multi_values
    from contact_pipeline.normalize.phone_values import build_phone_values

    with scratch_table(connection, "behaviour_cell", _NO_CELLS) as cells:
        for query in _cell_queries(connection):
            connection.execute(f"insert into {cells} {query}")
        parts, emails, phones = (f"contacts.behaviour_{name}" for name in ("part", "email", "phone"))
        build_multi_values(connection, f"select distinct cell as raw from {cells}", parts)
        build_email_values(connection, f"select value as raw from {parts} where contains(value, '@')", emails)
        written = f"select value as raw from {parts} where not contains(value, '@')"
        build_phone_values(connection, written, phones, region=region)
        connection.execute(f"create or replace table {KEYS} as {_keys(cells, parts, emails, phones)}")
        for table in (parts, emails, phones):
            connection.execute(f"drop table {table}")


_NO_CELLS = (
    "select cast(null as varchar) as record_id, cast(null as varchar) as batch_id, cast(null as bigint) as line, "
    "cast(null as varchar) as cell where false"
)


def _cell_queries(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """A select of the cells worth reading for each set of files with the same columns."""
    layouts = connection.execute(
        "select raw_columns, list(batch_id) from landing.batch where source = ? and entity = ? "
        "and superseded_by is null group by raw_columns",
        [BEHAVIOUR_RECORDS.source, BEHAVIOUR_RECORDS.name],
    ).fetchall()
    for columns, batches in layouts:
        named = ", ".join("'" + batch.replace("'", "''") + "'" for batch in batches)
        yield _cells(columns, named, LOOKS_LIKE_EMAIL)
        if numbers := [name for name in columns if may_hold_phones(name)]:
            yield _cells(numbers, named, LOOKS_LIKE_PHONE)


def may_hold_phones(column: str) -> bool:
    """Whether a number in a column of this name may be a phone: a `Receipt Number` of ten digits is none."""
    return bool(PHONE_WORD.search(column)) or not NUMBER_OF_ANOTHER_KIND.search(column)


def _cells(columns: Sequence[str], batches: str, condition: str) -> str:
    listed = ", ".join(quoted(name) for name in columns)
    return f"""
        select _record_id, _batch_id, _line, cell
        from (unpivot (
                  select _record_id, _batch_id, _line, {listed}
                  from {table_name(BEHAVIOUR_RECORDS)} where _batch_id in ({batches}))
              on {listed} into name field value cell)
        where {condition}"""


def _keys(cells: str, parts: str, emails: str, phones: str) -> str:
    return f"""
        with newest as (
                 select k.record_id, k.batch_id, k.line, k.cell
                 from {cells} as k inner join landing.batch as b on k.batch_id = b.batch_id
                 qualify dense_rank() over (partition by k.record_id order by b.sequence desc) = 1),
             read as (
                 select raw, 'email' as kind, email as value from {emails} where valid
                 union all
                 select raw, 'phone' as kind, e164 as value from {phones} where valid)
        select distinct v.kind, v.value, n.record_id, n.batch_id, n.line
        from newest as n
        inner join {parts} as p on n.cell = p.raw
        inner join read as v on p.value = v.raw
        order by v.kind, v.value, n.batch_id, n.line"""
