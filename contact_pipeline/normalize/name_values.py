"""The name value table: distinct written names, each read once.

How written parts pass through `name.parse_name` belongs here; the meaning of a name to `name`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_pipeline.normalize.name import Name, WrittenName, parse_name
from contact_pipeline.normalize.value_table import parsed_table

if TYPE_CHECKING:
    import duckdb

RAW_COLUMNS = ("prefix_raw", "first_raw", "middle_raw", "last_raw", "suffix_raw")
DISPLAY_COLUMNS = ("first_name", "middle_name", "last_name", "suffix", "prefix", "preferred_hint")
KEY_COLUMNS = ("first_key", "middle_key", "last_key", "suffix_key")


def build_name_values(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Build the table of distinct written names and the reading of each.

    Args:
        connection: A DuckDB connection that may write `target`.
        source: A select with the text columns prefix_raw, first_raw, middle_raw, last_raw, suffix_raw.
        target: Table to create or replace, one row per distinct combination (NULL and blank are told apart: join with
            `is not distinct from`), sorted by it: the five raw columns, first_name, middle_name, last_name, suffix,
            prefix, preferred_hint (display forms), first_key, middle_key, last_key, suffix_key (folded), junk, reason.
            Text is NULL where there is none. A blank name is a row of NULLs that is not junk.
    """
    raw = ", ".join(f"{column}::varchar as {column}" for column in RAW_COLUMNS)
    with parsed_table(connection, "name_read", f"select distinct {raw} from ({source})", _schema(), _row) as read:
        connection.execute(f"create or replace table {target} as select * from {read} order by all")


def _row(*written: str | None) -> tuple[Any, ...]:
    name = parse_name(WrittenName(*(text or "" for text in written)))
    return (*written, *read_columns(name))


def read_columns(name: Name) -> tuple[Any, ...]:
    """A reading as the table's columns after the raw ones."""
    shown = [getattr(name, column) for column in DISPLAY_COLUMNS]
    keys = [getattr(name, column) or None for column in KEY_COLUMNS]
    return (*shown, *keys, name.junk, name.reason)


def _schema() -> Any:
    import pyarrow as pa

    text = [(column, pa.string()) for column in (*RAW_COLUMNS, *DISPLAY_COLUMNS, *KEY_COLUMNS)]
    return pa.schema([*text, ("junk", pa.bool_()), ("reason", pa.string())])
