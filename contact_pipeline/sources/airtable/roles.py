"""The roles of Airtable's fields as a table: which field of which table says what of a person.

Configuration turned into rows belongs here, so that the SQL can join it. Roles are by field id: a name may change.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from contact_pipeline.sources.settings import AirtableTable


def write_roles(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, AirtableTable]) -> None:
    """Rebuild `contacts.airtable_role`: one row per configured table and field with its role.

    Columns: table_label (what the workspace calls the table), base_id, table_id, field_id, role, and position, from 1,
    in the order of the settings: of two e-mail fields the first named comes first.
    """
    connection.execute(
        "create or replace table contacts.airtable_role (table_label varchar, base_id varchar, table_id varchar, "
        "field_id varchar, role varchar, position integer)"
    )
    rows = [
        (label, table.base, table.table, field, role, position)
        for label, table in sorted(tables.items())
        for position, (field, role) in enumerate(table.fields.items(), start=1)
    ]
    if rows:
        connection.executemany("insert into contacts.airtable_role values (?, ?, ?, ?, ?, ?)", rows)
