"""What is said of one record: accepted, quarantined with a reason, or blank.

The small value types that judging, loading and reporting share belong here, and nothing that judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Reject(NamedTuple):
    """A record put aside: its line in the file (from 1), the column at fault where known, why, and its exact text."""

    line: int
    column: str | None
    reason: str
    raw: str


Cells = Sequence[str | None]
"""The cells of a record in the order of its columns; None only for a value that JSON says is null or leaves out."""


class Judged(NamedTuple):
    """One record of the file below its header: `cells` when accepted, `reject` when quarantined, neither when blank.

    `size` is the number of characters of its text.
    """

    line: int
    cells: Cells | None
    reject: Reject | None
    size: int = 0
