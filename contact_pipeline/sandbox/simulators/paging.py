"""Lists that misbehave on request: rows that come, go and move just before a page is read.

Changing a list of records belongs here; both platforms use it. The envelopes belong to the platform modules.
"""

from __future__ import annotations

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
