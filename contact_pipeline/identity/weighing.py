"""Weighing: the levels and weights of a few given pairs, at once.

A run scores millions of pairs with Splink, which takes some tenths of a second to begin with. An explanation needs a
few pairs now: here the model's own conditions are asked directly and its own numbers are added up. The sums are those
of `scoring.score_pairs`, which a test holds them to; nothing here decides who joins.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.asking import CALLED_SO, OWN_MAILBOX, asked
from contact_pipeline.identity.features import FREQUENCY_COLUMNS
from contact_pipeline.identity.model import COMPARISONS, LOWEST_NAME_FREQUENCY, Comparison, Level
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.scoring import housemate_prior_weight, prior_weight

if TYPE_CHECKING:
    import duckdb

BLANK: Final = -1
_COLUMN: Final = re.compile(r"\b(\w+)_[lr]\b")


@dataclass(frozen=True)
class Weighed:
    """One pair's levels and weights.

    Attributes:
        a: the record id that sorts first.
        b: the other.
        levels: position of the level of each comparison in the model's order; `BLANK` where nothing can be said.
        rarity: bits that rare or common names add, per comparison in the same order.
        stranger_weight: bits for one person against strangers.
        housemate_weight: bits for one person against housemates.
        settled: whether something of a person's own agrees that no level tells of (`asking.asked`).
    """

    a: str
    b: str
    levels: tuple[int, ...]
    rarity: tuple[float, ...]
    stranger_weight: float
    housemate_weight: float
    settled: bool = False

    @property
    def asked(self) -> bool:
        """Whether a human decides, however high the weight is (see `asking`)."""
        return asked(self.levels, settled=self.settled)

    @property
    def match_weight(self) -> float:
        """Bits for one person against both rivals (see `model`)."""
        return together(self.stranger_weight, self.housemate_weight)


def together(stranger_weight: float, housemate_weight: float) -> float:
    """The weight (bits) against both rivals at once: never above the weaker of the two."""
    apart = abs(stranger_weight - housemate_weight)
    return round(min(stranger_weight, housemate_weight) - math.log2(1 + 2**-apart), 6)


def probability_of(match_weight: float) -> float:
    """The match probability of a match weight (bits)."""
    return 1 / (1 + 2**-match_weight)


def weigh(bench: duckdb.DuckDBPyConnection, model: Model, pairs: str, *, records: int) -> list[Weighed]:
    """Weigh pairs of the bench's records.

    Args:
        bench: holds `record` and its `frequency_<column>` tables (`features`).
        model: the parameters.
        pairs: bench table (record_number_l, record_number_r), the smaller number first.
        records: how many records are linked; decides the prior.

    Returns:
        One per pair, in order of record numbers.
    """
    rows = bench.execute(_levels_sql(pairs)).fetchall()
    return [_weighed(row, model, records) for row in rows]


def _levels_sql(pairs: str) -> str:
    conditions = [comparison.blank for comparison in COMPARISONS]
    conditions += [level.sql for comparison in COMPARISONS for level in comparison.levels]
    settled = f"{CALLED_SO} or {OWN_MAILBOX}"
    conditions.append(settled)
    columns = sorted(set(_COLUMN.findall(" ".join(conditions))))
    sides = ", ".join(f"{side}.{column} as {column}_{side}" for column in columns for side in "lr")
    frequencies = ", ".join(f"greatest(l.tf_{name}, r.tf_{name}) as tf_{name}" for name in FREQUENCY_COLUMNS)
    joins = " ".join(f"left join frequency_{name} using ({name})" for name in FREQUENCY_COLUMNS)
    levels = ", ".join(_level_sql(comparison) for comparison in COMPARISONS)
    tf_names = ", ".join(f"tf_{name}" for name in FREQUENCY_COLUMNS)
    return f"""
    with known as (
        select * from record join (select record_number, emails as written_emails from numbered) using (record_number)
        {joins}
    ),
    pair as (
        select l.record_id as a, r.record_id as b, record_number_l, record_number_r, {sides}, {frequencies}
        from {pairs}
        join known as l on l.record_number = record_number_l
        join known as r on r.record_number = record_number_r
    )
    select a, b, {settled}, {tf_names}, {levels} from pair order by record_number_l, record_number_r
    """


def _level_sql(comparison: Comparison) -> str:
    cases = [f"when {comparison.blank} then {BLANK}"]
    cases += [
        f"when {level.sql} then {position}"
        for position, level in enumerate(comparison.levels)
        if level.sql.strip().casefold() != "else"
    ]
    return f"case {' '.join(cases)} else {len(comparison.levels) - 1} end"


def _weighed(row: tuple[object, ...], model: Model, records: int) -> Weighed:
    frequencies = dict(zip(FREQUENCY_COLUMNS, row[3:], strict=False))
    positions = tuple(int(str(position)) for position in row[3 + len(FREQUENCY_COLUMNS) :])
    stranger, housemate = prior_weight(model, records), housemate_prior_weight(model)
    rarity: list[float] = []
    for comparison, position in zip(COMPARISONS, positions, strict=True):
        rarity.append(0.0)
        if position != BLANK:
            level = comparison.levels[position]
            rarity[-1] = _rarity(model, comparison, level, frequencies)
            stranger += model.weight(comparison, level, "stranger") + rarity[-1]
            housemate += model.weight(comparison, level, "housemate")
    return Weighed(str(row[0]), str(row[1]), positions, tuple(rarity), stranger, housemate, bool(row[2]))


def _rarity(model: Model, comparison: Comparison, level: Level, frequencies: dict[str, object]) -> float:
    """What the value's own frequency adds to the level's weight, as Splink's term-frequency adjustment does."""
    frequency = frequencies.get(level.frequency) if level.frequency else None
    if not isinstance(frequency, float):
        return 0.0
    return math.log2(model.shares(comparison, level)["stranger"] / max(frequency, LOWEST_NAME_FREQUENCY))
