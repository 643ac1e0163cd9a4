"""Any list of people as contacts: headers we recognise become the columns all sources share.

Recognising headers belongs here; normalising what the cells say does not. A header nobody recognises stays in the raw
table under its own name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from contact_pipeline.sources.entities import LIST_PEOPLE, Entity

SYNONYMS = Path(__file__).with_name("columns.toml")

SHARED_COLUMNS = (
    "prefix_raw", "first_raw", "middle_raw", "last_raw", "suffix_raw", "preferred_raw", "birth_raw", "gender",
    "employer", "title", "phones_raw", "emails_raw", "line1_raw", "line2_raw", "city_raw", "state_raw", "zip_raw",
    "country_raw", "tags", "external_id", "mentor_id", "member_id", "season", "linkedin", "household_ref",
    "email_consent_raw", "sms_consent_raw", "mail_consent_raw",
)  # fmt: skip
"""The columns all sources share after the times, in their order."""


PLAIN_FIELDS = {
    "first_raw": "first_name", "middle_raw": "middle_name", "last_raw": "last_name", "full_raw": "full_name",
    "prefix_raw": "prefix", "suffix_raw": "suffix", "preferred_raw": "preferred_name", "birth_raw": "birth_date",
    "gender": "gender", "employer": "company", "title": "title", "phone_1": "phone", "phone_2": "phone",
    "phone_3": "phone", "email_1": "email", "email_2": "email", "line1_raw": "address", "line2_raw": "unit",
    "city_raw": "city", "state_raw": "state", "zip_raw": "zip", "country_raw": "country", "tags": "tags",
    "linkedin": "linkedin", "email_consent_raw": "email_consent", "sms_consent_raw": "sms_consent",
}  # fmt: skip
"""The field each name in `columns.toml` stands for, as mappings call it."""


def _plain(header: str) -> str:
    return re.sub(r"\s+", " ", header.strip().lower())


def map_headers(headers: Iterable[str]) -> dict[str, list[str]]:
    """Canonical column to the headers that name it, in file order; unknown headers are left out."""
    words = tomllib.loads(SYNONYMS.read_text(encoding="utf-8"))
    column_of = {word: column for column, synonyms in words.items() for word in synonyms}
    found: dict[str, list[str]] = {}
    for header in headers:
        if column := column_of.get(_plain(header)):
            found.setdefault(column, []).append(header)
    return found


def _cell(headers: list[str]) -> str:
    """SQL for the first of these raw columns that is not blank."""
    if not headers:
        return "cast(null as varchar)"
    names = ['"' + header.replace('"', '""') + '"' for header in headers]
    return "coalesce(" + ", ".join(f"nullif(trim({name}), '')" for name in names) + ")"


def _cells(found: dict[str, list[str]], columns: Iterable[str]) -> str:
    """SQL for the list of all cells of these columns that are not blank."""
    names = ", ".join(_cell([header]) for column in columns for header in found.get(column, []))
    return f"list_filter(cast([{names}] as varchar[]), lambda x: x is not null)"


def plain_columns(headers: Iterable[str]) -> dict[str, str]:
    """SQL for every column all sources share, by the names in `columns.toml` alone: for lists without a mapping."""
    found = map_headers(headers)
    columns = {name: _cell(found.get(name, [])) for name in SHARED_COLUMNS}
    columns["first_raw"] = f"coalesce({_cell(found.get('first_raw', []))}, {_cell(found.get('full_raw', []))})"
    columns["phones_raw"] = _cells(found, ("phone_1", "phone_2", "phone_3"))
    columns["emails_raw"] = _cells(found, ("email_1", "email_2"))
    columns["tags"] = split_tags(columns["tags"])
    return columns


def split_tags(text: str) -> str:
    """SQL for the list of tags in a text; `text` is SQL too."""
    return (
        f"list_filter(list_transform(string_split(coalesce({text}, ''), ','), "
        """lambda x: trim(x, ' "[]')), lambda x: x <> '')"""
    )


def select_people(entity: Entity, columns: Mapping[str, str], where: str = "true") -> str:
    """SQL for one row per record of an entity's raw table, in the columns all sources share.

    Args:
        entity: Whose records.
        columns: SQL for each of `SHARED_COLUMNS`.
        where: SQL that says which records; `r` is the raw row.
    """
    chosen = ",\n    ".join(f"{columns[name]} as {name}" for name in SHARED_COLUMNS)
    return f"""
        select
            '{entity.key}:' || r._record_id as contact_id, '{entity.source}' as source, '{entity.name}' as entity,
            r._record_id as record_id, r._batch_id as batch_id, r._line as line, b.arrived_at as observed_at,
            cast(null as timestamptz) as created_at, b.content_at as modified_at,
            {chosen},
            b.sequence
        from {entity.table} as r
        inner join landing.batch as b on r._batch_id = b.batch_id
        where {where}"""


def write_people(connection: duckdb.DuckDBPyConnection, selects: Iterable[str], target: str) -> None:
    """Rebuild `target` from `select_people`: of each record the one that came last."""
    everything = "\n        union all".join(selects)
    connection.execute(f"""
        create or replace table {target} as
        select * exclude (sequence) from ({everything})
        qualify row_number() over (partition by record_id order by sequence desc, line desc) = 1
    """)


def write_list_people(
    connection: duckdb.DuckDBPyConnection,
    headers: Iterable[str],
    *,
    entity: Entity = LIST_PEOPLE,
    target: str = "contacts.list_person",
) -> None:
    """Rebuild `target`: one row per record of the entity's raw table, its columns recognised by name.

    A name in one column goes into `first_raw` alone: the name normaliser takes it apart.
    """
    write_people(connection, [select_people(entity, plain_columns(headers))], target)
