"""The accepted rows of a batch as a CSV anybody can read: RFC 4180, UTF-8, header first, in file order.

Writing raw rows back out belongs here. Exports for a platform belong to `exports`.
"""

from __future__ import annotations

import csv
from typing import TextIO

from duckdb import DuckDBPyConnection

from contact_pipeline.landing.tables import quoted, table_name
from contact_pipeline.sources.entities import ENTITIES

ROWS_AT_ONCE = 10_000


class UnknownBatchError(Exception):
    """No such batch is in the warehouse."""


def write_rows(connection: DuckDBPyConnection, batch_id: str, stream: TextIO) -> int:
    r"""Write a batch's accepted rows; lines end with `\r\n`, so open the stream with `newline=""`.

    Columns are the file's own, under their own names, duplicates told apart; cells are text as they were sent, a JSON
    null is an empty cell.

    Returns:
        How many rows were written, the header not counted.

    Raises:
        UnknownBatchError: The batch is not in the warehouse, or another reading of its bytes took its place.
    """
    found = connection.execute(
        "select source, entity, columns, raw_columns, superseded_by from landing.batch where batch_id = ?", [batch_id]
    ).fetchall()
    if not found:
        raise UnknownBatchError(f"No batch {batch_id} is loaded. `contact-pipeline status` lists the batches.")
    source, entity, columns, targets, superseded_by = found[0]
    if superseded_by is not None:
        raise UnknownBatchError(f"The bytes of {batch_id} were read again in another way; see batch {superseded_by}.")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    selected = ", ".join(quoted(name) for name in targets)
    table = table_name(ENTITIES[f"{source}.{entity}"])
    rows = connection.execute(f"select {selected} from {table} where _batch_id = ? order by _line", [batch_id])
    count = 0
    while chunk := rows.fetchmany(ROWS_AT_ONCE):
        writer.writerows(chunk)
        count += len(chunk)
    return count
