"""Lists that misbehave on request: rows that come, go and move, pages that are not the one asked for.

Changing a list of records and cutting numbered pages belong here. The envelopes belong to the platform modules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


def disturb(fault: str, rows: list[Json], newcomer: Json) -> None:
    """Change `rows` in place as the fault says; any other fault changes nothing.

    Args:
        fault: a name of `faults.PAGE_FAULTS`, or empty.
        rows: the account's records in list order.
        newcomer: the row that `row_inserted` puts in front.
    """
    if fault == "row_inserted":
        rows.insert(0, newcomer)
    elif fault == "row_deleted" and rows:
        del rows[0]
    elif fault == "row_moved" and rows:
        rows.insert(0, rows.pop())


def next_id(rows: list[Json]) -> int:
    """A number above every id."""
    return max((int(row["id"]) for row in rows), default=1000) + 1


@dataclass(frozen=True)
class NumberedPage:
    """One page of a list: its number, the number of the last, rows a page has, rows the list has, its own rows."""

    number: int
    last: int
    size: int
    total: int
    rows: list[Json]


def numbered_page(rows: list[Json], asked: int, size: int, fault: str) -> NumberedPage:
    """Cut page `asked` (from 1) out of `rows`, as wrongly as the fault says."""
    number = max(1, asked - 1) if fault == "repeated_page" else asked
    last = max(1, -(-len(rows) // size))
    start = 0 if fault == "looping_page" else (number - 1) * size
    cut = rows[start : start + size]
    if fault == "missing_page":
        cut, last = [], number
    if fault == "missing_row":
        cut = cut[:-1]
    return NumberedPage(number, last, size, len(rows), cut)
