"""Bridges: the link whose loss would part a group of records most easily.

Finding it among weighed pairs belongs here. Whether a group with a weak bridge may stand belongs to `clustering`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class WeighedPair(Protocol):
    """Two records and the weight (bits) between them."""

    @property
    def record_a(self) -> str:
        """One record id."""

    @property
    def record_b(self) -> str:
        """The other."""

    @property
    def match_weight(self) -> float:
        """Bits for one person."""


@dataclass(frozen=True)
class Bridge:
    """The weakest link of the strongest way to hold all records together.

    Attributes:
        record_a: one record id.
        record_b: the other.
        match_weight: bits for one person.
        sides: the records on either side of it, each sorted; the larger side first.
    """

    record_a: str
    record_b: str
    match_weight: float
    sides: tuple[tuple[str, ...], tuple[str, ...]]


def weakest_bridge(records: Sequence[str], pairs: Sequence[WeighedPair]) -> Bridge | None:
    """The bridge of a group: join its records by ever weaker pairs; the pair that joins the last two parts is it.

    Args:
        records: the group.
        pairs: every pair of its records; ties are broken by record ids.
    """
    side_of = {record: frozenset([record]) for record in records}
    for pair in sorted(pairs, key=lambda pair: (-pair.match_weight, pair.record_a, pair.record_b)):
        one, other = side_of[pair.record_a], side_of[pair.record_b]
        if one is other:
            continue
        whole = one | other
        if len(whole) == len(records):
            larger, smaller = sorted((tuple(sorted(one)), tuple(sorted(other))), key=lambda side: (-len(side), side))
            return Bridge(pair.record_a, pair.record_b, pair.match_weight, (larger, smaller))
        for record in whole:
            side_of[record] = whole
    return None
