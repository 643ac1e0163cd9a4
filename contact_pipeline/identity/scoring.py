"""Scoring: the weight of a pair, from its levels and a model's parameters.

Turning the model into Splink's settings, scoring a table of pairs and adding the housemate rival belong here. Which
pairs are scored belongs to `blocking`; where the parameters come from belongs to `training`.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any, Final

from contact_pipeline.identity.features import FREQUENCY_COLUMNS, population
from contact_pipeline.identity.model import COMPARISONS, LOWEST_NAME_FREQUENCY, Comparison, Level
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.quick_conditions import create_macros, quick
from contact_pipeline.identity.sifting import SLACK, Bar, Sum, sift
from contact_pipeline.identity.splink_plan import weigh_with_splink

if TYPE_CHECKING:
    import duckdb

DIGITS: Final = 6
"""Digits of a weight after the point."""

LEVEL_PREFIX: Final = "gamma_"
"""Splink's name for "which level of this comparison"; -1 is blank, the last level is 0."""

_SIFTED: Final = "sifted_pairs"
_BATCH: Final = "pairs_of_batch"

BATCH: Final = 1_000_000
"""Pairs Splink is given at once: it keeps every column of every pair it scores, some gigabytes per million."""


FEW_PAIRS: Final = 5000
"""Splink weighs so many pairs sooner than they are sifted: planning the sieve takes longer than running it."""


def level_number(comparison: Comparison, position: int) -> int:
    """Splink's number of the level at `position`: the first level has the highest, the last has 0."""
    return len(comparison.levels) - 1 - position


def prior_weight(model: Model, records: int) -> float:
    """Weight (bits) for "one person" against "strangers" of two records before anything is compared."""
    return prior_among(model, population(records))


def prior_among(model: Model, people: int) -> float:
    """The same for a `features.population`, in whole `DIGITS`: where only the prior moved, so do the weights."""
    return round(math.log2(2 * model.duplicates_per_record / people), DIGITS)


def housemate_prior_weight(model: Model) -> float:
    """Weight (bits) for "one person" against "housemates" before anything is compared."""
    return math.log2(model.duplicates_per_record / model.housemates_per_record)


def splink_settings(model: Model, records: int) -> dict[str, Any]:
    """Splink 5 settings for `record` tables: same person against strangers.

    Args:
        model: the parameters.
        records: how many records are linked; decides the prior.
    """
    odds = 2 ** prior_weight(model, records)
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record_number",
        "probability_two_random_records_match": odds / (1 + odds),
        "comparisons": [_splink_comparison(comparison, model) for comparison in COMPARISONS],
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
    }


def score_pairs(
    bench: duckdb.DuckDBPyConnection,
    model: Model,
    candidates: str,
    target: str,
    *,
    records: int,
    lowest_weight: float | None = None,
    bar: Bar | None = None,
) -> None:
    """Score the pairs of `candidates` into the bench table `target`.

    With `lowest_weight` or `bar` the pairs that cannot reach it are sifted out first; the weights that come out are
    Splink's.

    Args:
        bench: holds `record` and its frequencies (`features`).
        model: the parameters.
        candidates: bench table (join_key_l, join_key_r, match_key) of record numbers.
        target: bench table to create: record_number_l, record_number_r, rule, stranger_weight, housemate_weight,
            match_weight (bits), frequency_weight (the part of stranger_weight that comes from rare or common names)
            and its parts `frequency_<column>`, and one `gamma_<comparison>` per comparison.
        records: how many records are linked.
        lowest_weight: pairs below it are left out.
        bar: other sums to reach; pairs that cannot are left out.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    create_macros(bench)
    if lowest_weight is not None:
        against_strangers = Sum("same", "stranger", prior_weight(model, records))
        against_housemates = Sum("same", "housemate", housemate_prior_weight(model))
        bar = Bar((against_strangers, against_housemates), lowest_weight)
    pairs = _count(bench, candidates)
    if bar is not None and pairs > FEW_PAIRS:
        sift(bench, model, candidates, _SIFTED, bar)
        candidates, pairs = _SIFTED, _count(bench, _SIFTED)
    for first in range(0, max(pairs, 1), BATCH):
        bench.execute(f"create or replace table {_BATCH} as select * from {candidates} limit {BATCH} offset {first}")
        _score_batch(bench, model, target, records, lowest_weight, more=first > 0)
    bench.execute(f"drop table {_BATCH}")
    bench.execute(f"drop table if exists {_SIFTED}")


def _count(bench: duckdb.DuckDBPyConnection, table: str) -> int:
    count: int = bench.sql(f"select count(*) from {table}").fetchall()[0][0]
    return count


def _score_batch(
    bench: duckdb.DuckDBPyConnection,
    model: Model,
    target: str,
    records: int,
    lowest_weight: float | None,
    *,
    more: bool,
) -> None:
    """Score the pairs of the batch, into a new `target` or, with `more`, to what it holds."""
    least = None if lowest_weight is None else lowest_weight - SLACK
    scored = weigh_with_splink(bench, splink_settings(model, records), _BATCH, least)
    into = f"insert into {target}" if more else f"create or replace table {target} as"
    bench.execute(f"{into} {_weigh_sql(model, scored, prior_weight(model, records), lowest_weight)}")
    bench.execute(f"drop table {scored}")


def housemate_weight_sql(model: Model) -> str:
    """SQL over the `gamma_` columns giving the weight (bits) of "one person" against "housemates"."""
    terms = [f"{housemate_prior_weight(model)!r}::double"]
    for comparison in COMPARISONS:
        cases = [
            f"when {level_number(comparison, position)} then {model.weight(comparison, level, 'housemate')!r}"
            for position, level in enumerate(comparison.levels)
        ]
        terms.append(f"case {LEVEL_PREFIX}{comparison.name} {' '.join(cases)} else 0 end")
    return " + ".join(terms)


def match_weight_sql(stranger_weight: str, housemate_weight: str) -> str:
    """SQL for the weight (bits) against both rivals at once, and never above the weaker of the two."""
    return f"""round(
        least({stranger_weight}, {housemate_weight})
        - log2(1 + pow(2, -abs({stranger_weight} - {housemate_weight}))), {DIGITS})"""


def match_probability_sql(match_weight: str) -> str:
    """SQL for the match probability of a match weight (bits)."""
    return f"round(1 / (1 + pow(2, -{match_weight})), 9)"


def _weigh_sql(model: Model, scored: str, prior: float, lowest_weight: float | None) -> str:
    levels = ", ".join(
        [f"{LEVEL_PREFIX}{comparison.name}" for comparison in COMPARISONS]
        + [f"mw_tf_adj_{column} as frequency_{column}" for column in FREQUENCY_COLUMNS]
    )
    frequency = " + ".join(f"mw_tf_adj_{column}" for column in FREQUENCY_COLUMNS)
    floor = "" if lowest_weight is None else f"where match_weight >= {lowest_weight!r}"
    return f"""
    with against as (
        select record_number_l, record_number_r, match_key as rule,
            round(round(match_weight - {prior!r}, {DIGITS}) + {prior!r}, {DIGITS}) as stranger_weight,
            round({housemate_weight_sql(model)}, {DIGITS}) as housemate_weight,
            {frequency} as frequency_weight, {levels}
        from {scored}
    ),
    weighed as (
        select *, {match_weight_sql("stranger_weight", "housemate_weight")} as match_weight from against
    )
    select * from weighed {floor}
    """


def _splink_comparison(comparison: Comparison, model: Model) -> dict[str, Any]:
    blank = {"sql_condition": quick(comparison.blank), "label_for_charts": "blank", "is_null_level": True}
    levels = [_splink_level(comparison, level, model) for level in comparison.levels]
    return {"output_column_name": comparison.name, "comparison_levels": [blank, *levels]}


def _splink_level(comparison: Comparison, level: Level, model: Model) -> dict[str, Any]:
    shares = model.shares(comparison, level)
    settings: dict[str, Any] = {
        "sql_condition": quick(level.sql),
        "label_for_charts": level.words,
        "m_probability": shares["same"],
        "u_probability": shares["stranger"],
    }
    if level.frequency is not None:
        settings |= {
            "tf_adjustment_column": level.frequency,
            "tf_adjustment_weight": 1.0,
            "tf_minimum_u_value": LOWEST_NAME_FREQUENCY,
            "disable_tf_exact_match_detection": True,
        }
    return settings
