"""The address value table: distinct written addresses, each read once.

How written parts pass through `address.parse_address` belongs here; the meaning of an address to `address`.
"""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from contact_pipeline.normalize.address import WrittenAddress, parse_address
from contact_pipeline.normalize.value_table import parsed_table

if TYPE_CHECKING:
    import duckdb

RAW_COLUMNS = ("line1_raw", "line2_raw", "city_raw", "state_raw", "zip_raw", "country_raw")
READ_COLUMNS = (
    "line", "street_number", "street_name", "unit", "city", "city_key", "state", "zip5", "zip4", "country",
)  # fmt: skip


def build_address_values(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Build the table of distinct written addresses and the reading of each.

    Args:
        connection: A DuckDB connection that may write `target`.
        source: A select with the text columns line1_raw, line2_raw, city_raw, state_raw, zip_raw, country_raw.
        target: Table to create or replace, one row per distinct combination (NULL and blank are told apart: join with
            `is not distinct from`), sorted by it: the six raw columns, line, street_number, street_name, unit, city,
            city_key, state, zip5, zip4, country, valid, reason. A blank address is a row of NULLs, not valid, without a
            reason.
    """
    raw = ", ".join(f"{column}::varchar as {column}" for column in RAW_COLUMNS)
    with parsed_table(connection, "address_read", f"select distinct {raw} from ({source})", _schema(), _row) as read:
        connection.execute(f"create or replace table {target} as select * from {read} order by all")


def _row(*written: str | None) -> tuple[Any, ...]:
    return (*written, *astuple(parse_address(WrittenAddress(*(text or "" for text in written)))))


def _schema() -> Any:
    import pyarrow as pa

    text = [(column, pa.string()) for column in (*RAW_COLUMNS, *READ_COLUMNS)]
    return pa.schema([*text, ("valid", pa.bool_()), ("reason", pa.string())])
