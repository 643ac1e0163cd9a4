"""The birth date value table: distinct cells through `date.parse_date` (there are some 40,000 birthdays in all)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from contact_pipeline.normalize.date import parse_date
from contact_pipeline.normalize.value_table import parsed_table

if TYPE_CHECKING:
    import duckdb


def build_date_values(
    connection: duckdb.DuckDBPyConnection, source: str, target: str, *, today: dt.date, region: str = "US"
) -> None:
    """Build the table of distinct date cells and the birth date each names.

    Args:
        connection: A DuckDB connection that may write `target`.
        source: A select with one text column, `raw`. NULLs are left out; a blank cell is a row that is neither valid
            nor has a reason.
        target: Table to create or replace: raw, birth_date (date), birth_year (int), valid, reason; sorted by raw.
            `birth_date` is NULL where only the year is known; `reason` on a valid date says what was assumed.
        today: The day against which "in the future" is decided.
        region: Region code that decides the order of day and month (`date.MONTH_FIRST_REGIONS`).
    """
    import pyarrow as pa

    def row(raw: str) -> tuple[str, dt.date | None, int | None, bool, str | None]:
        read = parse_date(raw, today=today, region=region)
        return (raw, read.birth_date, read.birth_year, read.valid, read.reason)

    schema = pa.schema(
        [
            ("raw", pa.string()),
            ("birth_date", pa.date32()),
            ("birth_year", pa.int32()),
            ("valid", pa.bool_()),
            ("reason", pa.string()),
        ]
    )
    distinct = f"select distinct raw::varchar as raw from ({source}) where raw is not null"
    with parsed_table(connection, "date_read", distinct, schema, row) as read:
        connection.execute(f"create or replace table {target} as select * from {read} order by raw")
