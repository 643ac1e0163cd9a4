"""Sifting: leave out candidate pairs that cannot reach a weight, before Splink scores the rest.

Nineteen of twenty candidates are strangers, and Splink looks at every field of every one. Here most pairs fall at a
glance (`glances`); of the others the levels are found field by field, and a pair is dropped as soon as even the best
outcome of the fields not yet looked at would leave it below the weight asked for. Levels, weights and blanks are the
model's own; only the order and the cost differ. What is kept says nothing by itself: `scoring` has the last word on it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.glances import SIGHTS, glance_sql, reach_sql
from contact_pipeline.identity.model import COMPARISONS, LOWEST_NAME_FREQUENCY, Comparison, Level
from contact_pipeline.identity.outlines import FIELDS, OUTLINE, draw_outlines, outlines_of_pairs
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.quick_conditions import create_macros, quick

if TYPE_CHECKING:
    import duckdb

STAGES: Final = (
    ("birth_date", "middle_name", "first_name"),
    ("last_name", "external_id", "phone", "email", "place", "address", "company"),
)
"""Comparisons in the order they are looked at: what decides and is cheap first. One that is missing here comes last."""

SLACK: Final = 0.001
"""Bits a pair may fall short and still be scored: sums in another order differ in the last digits."""

_KEPT: Final = "join_key_l, join_key_r, match_key"
_GLANCED: Final = "glanced_pairs"
_STAGED: Final = "staged_pairs"
_DEAR: Final = re.compile(r"jaro_winkler_similarity\(\w+_[lr], \w+_[lr]\)")
_COLUMN: Final = re.compile(r"\b(\w+)_[lr]\b")


@dataclass(frozen=True)
class Sum:
    """What a pair's weights add up to: bits for one hypothesis against another.

    Attributes:
        hypothesis: "same" or "housemate".
        rival: "stranger" or "housemate".
        prior: bits before anything is compared.
    """

    hypothesis: str
    rival: str
    prior: float

    @property
    def column(self) -> str:
        """Its name in SQL."""
        return f"{self.hypothesis}_not_{self.rival}"

    def bits(self, model: Model, comparison: Comparison, level: Level) -> float:
        """What a level adds, whatever the name."""
        shares = model.shares(comparison, level)
        return math.log2(shares[self.hypothesis] / shares[self.rival])

    def bits_if_certain(self, model: Model, comparison: Comparison, level: Level) -> float:
        """What a level adds for a name that everybody bears."""
        return math.log2(model.shares(comparison, level)[self.hypothesis])


@dataclass(frozen=True)
class Bar:
    """What a pair must be able to reach.

    Attributes:
        sums: what is added up.
        lowest: bits.
        every: whether every sum must reach `lowest`, or one of them.
    """

    sums: tuple[Sum, ...]
    lowest: float
    every: bool = True


def sift(bench: duckdb.DuckDBPyConnection, model: Model, candidates: str, target: str, bar: Bar) -> None:
    """Copy the pairs of `candidates` that may reach the bar into the bench table `target`.

    Args:
        bench: holds `record` and its `frequency_<column>` tables (`features`).
        model: the parameters.
        candidates: bench table (join_key_l, join_key_r, match_key).
        target: bench table to create, same columns. No pair that reaches the bar is missing.
        bar: what to reach.
    """
    create_macros(bench)
    draw_outlines(bench)
    bench.execute(f"create or replace temp table {_GLANCED} as {_glance_sql(model, candidates, bar)}")
    bench.execute(f"drop table {OUTLINE}")
    # Stage by stage: the engine then knows how few pairs are left when it chooses how to join.
    for number in range(len(_stages())):
        bench.execute(f"create or replace temp table {_STAGED} as {_stage_sql(_GLANCED, number, model, bar)}")
        bench.execute(f"drop table {_GLANCED}")
        bench.execute(f"alter table {_STAGED} rename to {_GLANCED}")
    bench.execute(f"create or replace table {target} as select {_KEPT} from {_GLANCED}")
    bench.execute(f"drop table {_GLANCED}")


def _glance_sql(model: Model, candidates: str, bar: Bar) -> str:
    """The candidates that may reach the bar as far as outlines show, with what they may reach.

    Per sum: in all, and from the comparisons of each stage.
    """
    parts = {
        _part(one, number): " + ".join(_reach_sql(model, comparison, one) for comparison in stage)
        for one in bar.sums
        for number, stage in enumerate(_stages())
    }
    sums = {
        one.column: " + ".join([f"{one.prior!r}::double", *(_part(one, number) for number in range(len(_stages())))])
        for one in bar.sums
    }
    rarities = ", ".join(f"{field}_l" for field in FIELDS if field.endswith("_rarity"))
    sights = ", ".join(f"{sql} as {name}" for name, sql in SIGHTS.items())
    seen = ", ".join(f"{glance_sql(comparison)} as {_seen(comparison)}" for comparison in COMPARISONS)
    return f"""
    select *, {", ".join(f"{sql} as {column}" for column, sql in sums.items())} from (
        select {_KEPT}, {", ".join(f"{sql} as {column}" for column, sql in parts.items())} from (
            select {_KEPT}, {rarities}, {seen} from (
                select *, {sights} from ({outlines_of_pairs(candidates, _KEPT)})
            )
        )
    ) where {_reached_sql(bar)}
    """


def _part(one: Sum, stage: int) -> str:
    return f"{one.column}_{stage}"


def _reached_sql(bar: Bar) -> str:
    return (" and " if bar.every else " or ").join(f"{one.column} >= {bar.lowest - SLACK!r}" for one in bar.sums)


def _reach_sql(model: Model, comparison: Comparison, one: Sum) -> str:
    certain = partial(one.bits_if_certain, model) if one.rival == "stranger" else None
    return reach_sql(comparison, _seen(comparison), partial(one.bits, model), certain)


def _seen(comparison: Comparison) -> str:
    return f"seen_{comparison.name}"


def _stages() -> list[list[Comparison]]:
    by_name = {comparison.name: comparison for comparison in COMPARISONS}
    named = [[by_name[name] for name in stage if name in by_name] for stage in STAGES]
    rest = [comparison for comparison in COMPARISONS if all(comparison.name not in stage for stage in STAGES)]
    return [stage for stage in (*named, rest) if stage]


def _stage_sql(source: str, number: int, model: Model, bar: Bar) -> str:
    """One round: put the weights of a stage in the place of what they might have been, and drop what falls short."""
    stage = _stages()[number]
    conditions = {comparison.name: [comparison.blank, *_conditions(comparison)] for comparison in stage}
    text = " ".join(condition for ours in conditions.values() for condition in ours)
    dear = {call: f"dear_{place}" for place, call in enumerate(_repeated(text))}
    frequencies = sorted({level.frequency for comparison in stage for level in comparison.levels if level.frequency})
    columns = sorted(set(_COLUMN.findall(text)))
    gathered = ", ".join(f"{side}.{column} as {column}_{side}" for column in columns for side in "lr")
    rarities = "".join(f", greatest(l.tf_{name}, r.tf_{name}) as tf_{name}" for name in frequencies)
    records = _records_sql(columns, frequencies)
    calls = "".join(f", {call} as {name}" for call, name in dear.items())
    levels = ", ".join(f"{_level_sql(comparison, dear)} as level_{comparison.name}" for comparison in stage)
    weights = ", ".join(
        f"{one.column} - {_part(one, number)} + "
        f"{' + '.join(_weight_sql(model, comparison, one) for comparison in stage)} as {one.column}"
        for one in bar.sums
    )
    later = [_part(one, after) for one in bar.sums for after in range(number + 1, len(_stages()))]
    kept = ", ".join([_KEPT, *later])
    passed = "".join(
        [f", {one.column}, {_part(one, number)}" for one in bar.sums] + [f", tf_{name}" for name in frequencies]
    )
    return f"""
    select * from (
        select {kept}, {weights} from (
            select {kept}{passed}, {levels} from (
                select *{calls} from (
                    select pair.*, {gathered}{rarities} from {source} as pair
                    join {records} as l on l.record_number = join_key_l
                    join {records} as r on r.record_number = join_key_r
                )
            )
        )
    ) where {_reached_sql(bar)}
    """


def _records_sql(columns: list[str], frequencies: list[str]) -> str:
    """The records with what a stage needs of them, and how frequent their names are."""
    if not frequencies:
        return "record"
    rarities = ", ".join(f"tf_{name}" for name in frequencies)
    joins = " ".join(f"left join frequency_{name} using ({name})" for name in frequencies)
    return f"(select record_number, {', '.join(columns)}, {rarities} from record {joins})"


def _repeated(text: str) -> list[str]:
    """Calls that compare letter by letter and stand in the conditions more than once: found once per pair instead."""
    return sorted(call for call, times in Counter(_DEAR.findall(text)).items() if times > 1)


def _conditions(comparison: Comparison) -> list[str]:
    return [level.sql for level in comparison.levels if level.sql != "else"]


def _level_sql(comparison: Comparison, dear: dict[str, str]) -> str:
    """The position of a pair's level, -1 for blank."""
    cases = [f"when {quick(comparison.blank)} then -1"]
    cases += [f"when {quick(condition)} then {position}" for position, condition in enumerate(_conditions(comparison))]
    sql = f"case {' '.join(cases)} else {len(comparison.levels) - 1} end"
    for call, name in dear.items():
        sql = sql.replace(call, name)
    return sql


def _weight_sql(model: Model, comparison: Comparison, one: Sum) -> str:
    cases = []
    for position, level in enumerate(comparison.levels):
        bits = f"{one.bits(model, comparison, level)!r}::double"
        if one.rival == "stranger" and level.frequency is not None:
            certain = one.bits_if_certain(model, comparison, level)
            rare = f"{certain!r} - log2(greatest(tf_{level.frequency}, {LOWEST_NAME_FREQUENCY!r}))"
            bits = f"case when tf_{level.frequency} is null then {bits} else {rare} end"
        cases.append(f"when {position} then {bits}")
    return f"case level_{comparison.name} {' '.join(cases)} else 0 end"
