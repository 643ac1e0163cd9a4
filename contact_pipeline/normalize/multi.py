"""Two numbers or e-mails in one cell.

Telling the values of one cell apart belongs here, before any of them is read: libphonenumber takes a second number for
an extension of the first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_pipeline.normalize.value_table import parsed_table

if TYPE_CHECKING:
    import duckdb

MULTI_CAP = 4_000
"""Longest cell taken apart, in characters; a longer one stays one value, which its parser then refuses."""

SEPARATOR = re.compile(r"(\s*[,;/|\r\n]\s*|\s+(?:or|and|&)\s+)", re.IGNORECASE)
EXTENSION = re.compile(r"(?:x|ext\.?|extension|#)?\s*[0-9]{1,6}#?", re.IGNORECASE)
LEADING_DIGITS = re.compile(r"[+(]*[0-9][0-9 ().-]*")
FEWEST_DIGITS = 7
"""Digits from which a piece is a number of its own: a local number has seven."""


def split_multi(raw: str) -> list[str]:
    """The values of a cell, in order: `813-555-0142 / 813-555-0143` gives two, `813-555-0142, x89` one.

    A cell is only taken apart where at least one piece is a number (seven digits) or has an `@`. Digits before the
    first number (`813/555-0142`) and an extension after a number stay with it, separator and all.

    Returns:
        Trimmed values; none for a blank cell; the cell itself where nothing in it can be told apart.
    """
    text = raw.strip()
    if not text:
        return []
    pieces = ["", *SEPARATOR.split(text)] if len(text) <= MULTI_CAP else []
    if not any(_is_whole(piece) for piece in pieces[1::2]):
        return [text]
    values: list[str] = []
    for separator, piece in zip(pieces[0::2], pieces[1::2], strict=True):
        if not piece:
            continue
        if values and _belongs_to(values[-1], piece):
            values[-1] += separator + piece
        else:
            values.append(piece)
    return values


def _is_whole(piece: str) -> bool:
    return "@" in piece or sum(character.isdigit() for character in piece) >= FEWEST_DIGITS


def _belongs_to(value: str, piece: str) -> bool:
    """Whether a piece is the end of the value before it rather than a value of its own."""
    if _is_whole(value):
        return "@" not in value and EXTENSION.fullmatch(piece) is not None
    if LEADING_DIGITS.fullmatch(value):
        return piece[0].isdigit()
    return not any(character.isdigit() or character == "@" for character in value + piece)


def build_multi_values(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Build the table of the values in each distinct cell, for columns such as `Additional Phones` (sources.md 2.1).

    Args:
        connection: A DuckDB connection that may write `target`.
        source: A select with one text column, `raw`. NULLs and blank cells have no row.
        target: Table to create or replace: raw, position (from 1), value; sorted by raw and position.
    """
    import pyarrow as pa

    shared = "where raw is not null and trim(raw) <> ''"
    single = r"not regexp_matches(raw, '[,;/|\r\n]|\s(?i:or|and|&)\s') and not regexp_matches(raw, '[^ -~]')"
    several = pa.schema([("raw", pa.string()), ("value_list", pa.list_(pa.string()))])
    distinct = f"select distinct raw::varchar as raw from ({source}) {shared}"
    with parsed_table(
        connection,
        "multi_several",
        f"select raw from ({distinct}) where not ({single})",
        several,
        lambda raw: (raw, split_multi(raw)),
    ) as table:
        connection.execute(f"""
            create or replace table {target} as
            select raw, 1::bigint as position, trim(raw) as value from ({distinct}) where {single}
            union all
            select raw, unnest(range(1, len(value_list) + 1)) as position, unnest(value_list) as value from {table}
            order by raw, position""")
