"""Lists of who was trained: files with a mentor id or an e-mail address in each row, read into one table.

Finding the columns belongs here; the words are data, in `training.toml`. Whose row it is, is decided in SQL.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from contact_pipeline.landing.tables import quoted, table_name
from contact_pipeline.sources.entities import TRAINING_LISTS

WORDS = Path(__file__).with_name("training.toml")
FIELDS = ("mentor_id", "email", "done", "trained_on")


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def column_of(field: str, headers: Sequence[str]) -> int | None:
    """The place of the first header that stands for a field of FIELDS; None where there is none."""
    plain = [re.sub(r"[^a-z0-9]", "", header.lower()) for header in headers]
    return next((plain.index(word) for word in _words()[field] if word in plain), None)


def write_training_lists(connection: duckdb.DuckDBPyConnection) -> int:
    """Rebuild `mentors.training_list`: one row per record of a training list.

    Columns: batch_id, line, mentor_key, email, done, trained_on, listed_at. A record that names nobody has neither key
    nor e-mail; a file whose header names neither gives none.

    Returns:
        How many files name nobody: their columns were not recognised.
    """
    connection.execute(
        "create or replace table mentors.training_list (batch_id varchar, line bigint, mentor_key varchar, "
        "email varchar, done boolean, trained_on date, listed_at timestamptz)"
    )
    batches = connection.execute(
        "select batch_id, columns, raw_columns, coalesce(content_at, arrived_at) from landing.batch "
        "where source = ? and entity = ? and superseded_by is null order by sequence",
        [TRAINING_LISTS.source, TRAINING_LISTS.name],
    ).fetchall()
    unread = 0
    for batch_id, headers, raw_columns, listed_at in batches:
        places = {field: column_of(field, headers) for field in FIELDS}
        cells = {field: quoted(raw_columns[at]) if at is not None else "null" for field, at in places.items()}
        if places["mentor_id"] is None and places["email"] is None:
            unread += 1
            continue
        connection.execute(
            f"""
            insert into mentors.training_list
            select _batch_id, _line,
                   nullif(regexp_replace(upper(regexp_replace({cells["mentor_id"]}, '[^A-Za-z0-9]', '', 'g')),
                                         '^(MN)?0*', ''), ''),
                   nullif(lower(trim({cells["email"]})), ''),
                   not list_contains(?, lower(trim(coalesce({cells["done"]}, '')))),
                   coalesce(try_cast({cells["trained_on"]} as date),
                            cast(try_strptime({cells["trained_on"]}, '%m/%d/%Y') as date)),
                   ?
            from {table_name(TRAINING_LISTS)} where _batch_id = ?""",
            [_words()["no"], listed_at, batch_id],
        )
    return unread
