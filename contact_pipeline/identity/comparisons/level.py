"""The words comparisons are written in: a comparison, its levels, and the explanations they weigh.

Only these two shapes belong here; what is compared stands in the modules beside it, one per kind of evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HYPOTHESES: Final = ("same", "stranger", "housemate")


@dataclass(frozen=True)
class Level:
    """One way in which two values can relate, and how often that happens under each hypothesis.

    Attributes:
        name: short, stable; the key under which a trained model keeps its parameters.
        words: how `explain` says it.
        sql: condition over `<column>_l` and `<column>_r` of a record table (`features`).
        same: share of the pairs of one person that stand so (m).
        stranger: share of the pairs of strangers (u).
        housemate: share of the pairs of two people of one home.
        frequency: column whose value frequency replaces `stranger`.
        tells_people_apart: whether this decides between one person and two people of one home. In a list with families
            its share of either is then not learned: given twins, fathers and sons, learning would take them for one
            person's slips.
    """

    name: str
    words: str
    sql: str
    same: float
    stranger: float
    housemate: float
    frequency: str | None = None
    tells_people_apart: bool = False


@dataclass(frozen=True)
class Comparison:
    """One kind of evidence: levels in the order they are tried; the last one catches the rest.

    Attributes:
        name: short, stable.
        words: the field as people call it.
        blank: SQL condition under which nothing can be said.
        levels: tried in order.
        learn_stranger: whether chance agreement is learned from random pairs. It is not for identifiers: two
            strangers almost never share one, so a sample shows none.
    """

    name: str
    words: str
    blank: str
    levels: tuple[Level, ...]
    learn_stranger: bool = True
