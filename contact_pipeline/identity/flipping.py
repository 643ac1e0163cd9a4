"""Flipping: the smallest change of one field that would turn what becomes of a pair.

Weighing belongs to `weighing`; saying it in a sentence belongs to `explanation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contact_pipeline.identity.asking import asked
from contact_pipeline.identity.model import COMPARISONS, Comparison
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.prediction import weight_of
from contact_pipeline.identity.weighing import BLANK, Weighed, probability_of, together

JOINED: Final = "joined"
REVIEW: Final = "a human decides"
APART: Final = "not joined"


@dataclass(frozen=True)
class Flip:
    """The smallest change of one field that would turn the answer.

    Attributes:
        field: the comparison, as people call it.
        finding: how the two values would have to relate.
        match_probability: the match probability then.
        band: the band then.
    """

    field: str
    finding: str
    match_probability: float
    band: str


def smallest_flip(pair: Weighed, model: Model, thresholds: tuple[float, float]) -> Flip | None:
    """The change of one field that turns "joined" into something else, or something else into "joined", by the fewest
    bits; blank counts as a change too. None where no single field can.

    Args:
        pair: the pair as it is.
        model: the parameters.
        thresholds: the match probabilities from which a pair is joined, and from which a human decides.
    """
    aim = weight_of(thresholds[0])
    joined = pair.match_weight >= aim and not pair.asked
    found: list[tuple[float, Comparison, int, bool]] = []
    for index, comparison in enumerate(COMPARISONS):
        for position in range(BLANK, len(comparison.levels)):
            weight = _changed(pair, model, index, position)
            asks = asked((*pair.levels[:index], position, *pair.levels[index + 1 :]), settled=pair.settled)
            if position != pair.levels[index] and (weight >= aim and not asks) != joined:
                found.append((weight, comparison, position, asks))
    if not found:
        return None
    if pair.asked:  # Another first name would be another question: what of one's own would settle this one?
        found = [change for change in found if change[1] is not COMPARISONS[0]] or found
    weight, comparison, position, asks = min(found, key=lambda change: abs(change[0] - pair.match_weight))
    probability = probability_of(weight)
    band = band_of(probability, thresholds, asked=asks)
    return Flip(comparison.words, words_of(comparison, position), round(probability, 9), band)


def _changed(pair: Weighed, model: Model, index: int, position: int) -> float:
    """The match weight if one comparison stood at another level; a name's rarity then counts as the average one."""
    weights = []
    for rival, weight in (("stranger", pair.stranger_weight), ("housemate", pair.housemate_weight)):
        before = _bits(model, index, pair.levels[index], rival)
        if rival == "stranger":
            before += pair.rarity[index]
        weights.append(weight - before + _bits(model, index, position, rival))
    return together(*weights)


def _bits(model: Model, index: int, position: int, rival: str) -> float:
    comparison = COMPARISONS[index]
    return 0.0 if position == BLANK else model.weight(comparison, comparison.levels[position], rival)


def words_of(comparison: Comparison, position: int) -> str:
    """How two values at a level relate; blank is a level of its own."""
    return "nothing to compare" if position == BLANK else comparison.levels[position].words


def band_of(probability: float, thresholds: tuple[float, float], *, asked: bool) -> str:
    """What becomes of a pair: `JOINED`, `REVIEW` or `APART`; the thresholds are those of joining and of review."""
    if probability >= thresholds[0]:
        return REVIEW if asked else JOINED
    return REVIEW if probability >= thresholds[1] else APART
