"""Voter ids that people or other systems wrote beside a contact: a column of a list, a custom field of an export.

Finding the column and writing the id in one form belongs here. Whether the id is right is judged by the match
(decision 14: typed ids are wrong often enough).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from contact_pipeline.sources.entities import GIVEBUTTER_CONTACTS, IMPORTS_PEOPLE, LIST_PEOPLE
from contact_pipeline.warehouse.connection import columns_of

if TYPE_CHECKING:
    import duckdb

GIVEN = "contacts.given_voter_id"
SOURCES = (LIST_PEOPLE, IMPORTS_PEOPLE, GIVEBUTTER_CONTACTS)
"""The records in which a voter id may stand in a column of its own."""

HEADERS = frozenset(
    {
        "voter id",
        "voter number",
        "state voter id",
        "voter registration number",
        "svid",
        "florida voter id",
        "fl voter id",
    }
)
"""What such a column is called, in lower case with single blanks."""


def given_columns(headers: Iterable[str]) -> list[str]:
    """Those headers that name a voter id."""
    return [header for header in headers if re.sub(r"[^a-z0-9]+", " ", header.lower()).strip() in HEADERS]


def write_given_voter_ids(connection: duckdb.DuckDBPyConnection, *, default_state: str) -> None:
    """Rebuild `contacts.given_voter_id` (contact_id, voter_ids): one row per contact that gives a voter id.

    Args:
        connection: the warehouse.
        default_state: whose id a number without a state before it is.
    """
    parts = [
        f"select '{entity.key}:' || r._record_id as contact_id, b.sequence, r._line as line, "
        f"{_quoted(header)} as written from {entity.table} as r "
        "join landing.batch as b on r._batch_id = b.batch_id"
        for entity in SOURCES
        for header in given_columns(columns_of(connection, entity.table))
    ]
    nothing = "select null::varchar as contact_id, 0 as sequence, 0 as line, null::varchar as written where false"
    connection.execute(
        f"""
        create or replace table {GIVEN} as
        with given as ({" union all by name ".join([nothing, *parts])}),
        plain as (select *, upper(regexp_replace(written, '[^A-Za-z0-9:]', '', 'g')) as id from given),
        newest as (
            select *, rank() over (partition by contact_id order by sequence desc, line desc) as place from plain
        )
        select contact_id, list_sort(list_distinct(list(
            case when regexp_full_match(id, '[A-Z]{{2}}:[A-Z0-9]+') then id else $1 || ':' || replace(id, ':', '') end
        ))) as voter_ids
        from newest
        where place = 1 and regexp_matches(id, '[0-9]')
        group by contact_id
        order by contact_id
        """,
        [default_state],
    )


def _quoted(header: str) -> str:
    return 'r."' + header.replace('"', '""') + '"'
