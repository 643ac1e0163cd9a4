"""Rows of the ledger as Arrow tables, and back.

The Arrow types of the ledger's answers belong here, so that DuckDB reads times as times even from an empty table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

TEXT = pa.string()
TIME = pa.timestamp("us", tz="UTC")
INTEGER = pa.int64()
REAL = pa.float64()
FLAG = pa.bool_()


def as_table(rows: Iterable[Sequence[Any]], columns: dict[str, pa.DataType]) -> pa.Table:
    """A table of rows in the given columns."""
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(values, kind) for values, kind in zip(by_column, columns.values(), strict=True)]
    return pa.Table.from_arrays(arrays, names=list(columns))


def texts(table: pa.Table, column: str, *, required: bool = True) -> list[Any]:
    """A column's values as text.

    Raises:
        ValueError: the column is missing, or a required value is.
    """
    if column not in table.column_names:
        raise ValueError(f"The table has no column '{column}'; it has {', '.join(table.column_names) or 'none'}.")
    values = table.column(column).cast(TEXT)
    if required and values.null_count:
        raise ValueError(f"{values.null_count} rows have no {column}.")
    return list(values.to_pylist())
