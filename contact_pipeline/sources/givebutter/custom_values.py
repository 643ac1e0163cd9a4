"""Custom fields of Givebutter contacts as rows: a title and a value, whatever an account calls its fields.

An export has a column for each custom field, the API a list of them; making one table of both belongs here. Which field
means what is said by the season and by `people.ownership`.
"""

from __future__ import annotations

import duckdb

from contact_pipeline.landing.tables import quoted, raw_columns
from contact_pipeline.sources.entities import GIVEBUTTER_CONTACT_COLUMNS, GIVEBUTTER_CONTACTS

TARGET = "contacts.givebutter_custom_value"

_SENT = """
select r._record_id as record_id, r._batch_id as batch_id, r._line as line,
       f.value ->> '$.title' as title, trim(f.value ->> '$.value') as value
from raw.givebutter_api_contacts as r,
     json_each(case when json_type(try_cast(r.custom_fields as json)) = 'ARRAY' then r.custom_fields else '[]' end) as f
where json_type(f.value) = 'OBJECT' and f.value ->> '$.title' is not null and trim(f.value ->> '$.value') <> ''"""


def write_custom_values(connection: duckdb.DuckDBPyConnection) -> None:
    """Rebuild `contacts.givebutter_custom_value`: one row per version of a contact and custom field that is filled.

    Columns: record_id, batch_id and line of the version, title of the field, value as text.
    """
    titles = [name for name in raw_columns(connection, GIVEBUTTER_CONTACTS) if name not in GIVEBUTTER_CONTACT_COLUMNS]
    exported = [
        "select _record_id as record_id, _batch_id as batch_id, _line as line, "
        f"'{title.replace(chr(39), chr(39) * 2)}' as title, trim({quoted(title)}) as value "
        f"from raw.givebutter_contacts where trim({quoted(title)}) <> ''"
        for title in titles
    ]
    connection.execute(f"create or replace table {TARGET} as {' union all '.join([*exported, _SENT])}")
