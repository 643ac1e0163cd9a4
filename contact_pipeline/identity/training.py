"""Training: learn a model's numbers from the evidence itself, and from the pairs that humans judged.

How often strangers agree by chance comes from random pairs; what one person's records, and housemates' records, look
like comes from expectation maximisation over the pairs that blocking proposes. A pair that a human judged counts as
what it was judged, whatever the model thinks of it; it counts once, like any other. What is scarce leans on the
packaged numbers: every share starts with some invisible pairs that follow the packaged model, so a short list changes
little and a long one decides for itself. Nothing here depends on row order, threads or a clock.

Splink computes the levels and weights of the pairs. The maximisation is here because it has three classes: Splink's has
two, and given the pairs of a home it learns spouses as one person.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.blocking import build_candidates
from contact_pipeline.identity.cannot_link import shows_families
from contact_pipeline.identity.features import build_frequencies, frequencies_of, lay_out, open_bench, population
from contact_pipeline.identity.model import (
    COMPARISONS,
    DUPLICATES_PER_RECORD,
    HOUSEMATES_PER_RECORD,
    HYPOTHESES,
    Comparison,
    Level,
)
from contact_pipeline.identity.parameters import Model, Shares, default_model, model_from_json
from contact_pipeline.identity.scoring import (
    LEVEL_PREFIX,
    level_number,
    prior_weight,
    score_pairs,
)
from contact_pipeline.identity.sifting import Bar, Sum

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_FEWEST_RECORDS: Final = 100
"""A shorter list teaches nothing: a family in sixteen rows would pass for the way of the world."""

_RANDOM_RECORDS: Final = 900
"""Records whose every pair is a random pair: some 400,000 pairs."""

_INVISIBLE_PAIRS: Final = {"same": 60.0, "stranger": 20_000.0, "housemate": 1000.0}
"""Pairs that follow the packaged numbers, per comparison. Many for housemates: they are the hardest to tell apart."""

_INVISIBLE_RECORDS: Final = 40.0
_ROUNDS: Final = 25
_STILL: Final = 0.0005
_LOWEST_WEIGHT: Final = -6.0
"""Pairs this unlikely teach nothing about one person or one home and are left out (weight in bits, see `_is_news`)."""

_ENOUGH_PAIRS: Final = 800_000
"""Of more candidates than this a share is drawn: some 25,000 pairs of one person tell all there is to tell."""

_ROUNDING: Final = 0.5
"""Patterns hold the frequency weight in whole bits."""

Levels = tuple[int, ...]


@dataclass(frozen=True)
class _Pattern:
    """Pairs that stand in the same levels, and whose names are about equally rare.

    `judged` is what a human said of them: one person, or not; None where nobody did.
    """

    levels: Levels
    frequency_weight: float
    pairs: int
    judged: bool | None = None


def train(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    *,
    seed: int = 1,
    threads: int | None = None,
    labels: pa.Table | None = None,
) -> Model:
    """Learn a model from an evidence table.

    Args:
        connection: where the evidence is; only read.
        evidence: table or subquery with the columns of `evidence.EVIDENCE_COLUMNS`.
        seed: chooses the random pairs.
        threads: threads to use; the result does not depend on it.
        labels: pairs humans judged (record_id_l, record_id_r, clerical_match_score 1 or 0); of records that are not in
            the evidence nothing is learned.

    Returns:
        The model, already rounded as it will be saved. A list of fewer than 100 records gives the packaged one.
    """
    bench = open_bench(threads)
    try:
        records = lay_out(connection, evidence, bench)
        return train_on(bench, records, seed=seed, labels=labels)
    finally:
        bench.close()


def train_on(bench: duckdb.DuckDBPyConnection, records: int, *, seed: int = 1, labels: pa.Table | None = None) -> Model:
    """`train` on a bench that `features.lay_out` has prepared."""
    if records < _FEWEST_RECORDS:
        return default_model()
    build_frequencies(bench, records, {})
    model = replace(_learn_strangers(bench, default_model(), records, seed), records=records)
    build_candidates(bench, "training_pairs")
    judged = _judged_patterns(bench, model, records, labels)
    one_in = _draw_pairs(bench)
    score_pairs(bench, model, "training_pairs", "training_scored", records=records, bar=_news_bar(model, records))
    found = [replace(pattern, pairs=one_in * pattern.pairs) for pattern in _patterns(bench, "training_scored")]
    patterns = [pattern for pattern in found if _is_news(pattern, model, records)]
    bench.execute("drop table training_pairs")
    bench.execute("drop table training_scored")
    model = replace(_learn_people([*patterns, *judged], model, records), frequencies=frequencies_of(bench))
    return model_from_json(model.as_json())


def _draw_pairs(bench: duckdb.DuckDBPyConnection) -> int:
    """Thin `training_pairs` out to about `_ENOUGH_PAIRS` and say how many each that is left stands for.

    Pairs are drawn, not records: a pair of one person is drawn as often as one of strangers, so no share moves.
    """
    pairs: int = bench.sql("select count(*) from training_pairs").fetchall()[0][0]
    one_in = math.ceil(pairs / _ENOUGH_PAIRS)
    if one_in > 1:
        bench.execute(f"delete from training_pairs where hash(join_key_l, join_key_r) % {one_in} <> 0")
    return max(one_in, 1)


def _learn_strangers(bench: duckdb.DuckDBPyConnection, model: Model, records: int, seed: int) -> Model:
    """Learn chance agreement from every pair of a random sample, each counted as far as it is a pair of strangers."""
    bench.execute(
        f"""
        create or replace table random_pairs as
        with sample as (
            select record_number from record order by md5(record_id || '{seed}'), record_id limit {_RANDOM_RECORDS}
        )
        select 0 as match_key, l.record_number as join_key_l, r.record_number as join_key_r
        from sample l join sample r on l.record_number < r.record_number
        """
    )
    score_pairs(bench, model, "random_pairs", "random_scored", records=records)
    patterns = _patterns(bench, "random_scored")
    bench.execute("drop table random_pairs")
    bench.execute("drop table random_scored")
    strangers = [_posteriors(pattern, model, records)["stranger"] * pattern.pairs for pattern in patterns]
    levels: dict[str, dict[str, Shares]] = {}
    for index, comparison in enumerate(COMPARISONS):
        learned = _shares(patterns, strangers, index, comparison, "stranger") if comparison.learn_stranger else {}
        levels[comparison.name] = {
            level.name: model.shares(comparison, level) | ({"stranger": learned[level.name]} if learned else {})
            for level in comparison.levels
        }
    return replace(model, levels=levels)


def _learn_people(patterns: list[_Pattern], model: Model, records: int) -> Model:
    """Expectation maximisation over three classes; strangers stay as learned."""
    for _ in range(_ROUNDS):
        weights = [_posteriors(pattern, model, records) for pattern in patterns]
        levels: dict[str, dict[str, Shares]] = {}
        for index, comparison in enumerate(COMPARISONS):
            learned = {
                hypothesis: _shares(
                    patterns,
                    [weight[hypothesis] * pattern.pairs for weight, pattern in zip(weights, patterns, strict=True)],
                    index,
                    comparison,
                    hypothesis,
                    fixed=shows_families(model),
                )
                for hypothesis in ("same", "housemate")
            }
            levels[comparison.name] = {
                level.name: {
                    "same": learned["same"][level.name],
                    "stranger": model.shares(comparison, level)["stranger"],
                    "housemate": learned["housemate"][level.name],
                }
                for level in comparison.levels
            }
        same, housemates = (
            sum(weight[hypothesis] * pattern.pairs for weight, pattern in zip(weights, patterns, strict=True))
            for hypothesis in ("same", "housemate")
        )
        after = replace(
            model,
            levels=levels,
            duplicates_per_record=_per_record(same, DUPLICATES_PER_RECORD, records),
            housemates_per_record=_per_record(housemates, HOUSEMATES_PER_RECORD, records),
        )
        moved = _distance(model, after)
        model = after
        if moved < _STILL:
            break
    return model


def _patterns(bench: duckdb.DuckDBPyConnection, scored: str) -> list[_Pattern]:
    levels = ", ".join(f"{LEVEL_PREFIX}{comparison.name}" for comparison in COMPARISONS)
    rows = bench.sql(
        f"""
        select {levels}, round(frequency_weight) as frequency_weight, count(*) as pairs
        from {scored} group by all order by all
        """
    ).fetchall()
    return [_Pattern(tuple(row[:-2]), float(row[-2]), int(row[-1])) for row in rows]


def _judged_patterns(
    bench: duckdb.DuckDBPyConnection, model: Model, records: int, labels: pa.Table | None
) -> list[_Pattern]:
    """The patterns of the judged pairs, which leave `training_pairs`: none is counted twice."""
    if labels is None or not labels.num_rows:
        return []
    bench.register("given_labels", labels)
    bench.execute(
        """
        create or replace table judged_pairs as
        select 0 as match_key, least(l.record_number, r.record_number) as join_key_l,
            greatest(l.record_number, r.record_number) as join_key_r, max(clerical_match_score) >= 0.5 as same
        from given_labels
        join record as l on l.record_id = record_id_l join record as r on r.record_id = record_id_r
        where l.record_number <> r.record_number
        group by all
        """
    )
    bench.unregister("given_labels")
    bench.execute(
        "delete from training_pairs where (join_key_l, join_key_r) in (select join_key_l, join_key_r from judged_pairs)"
    )
    found: list[_Pattern] = []
    for same in (True, False):
        bench.execute(
            "create or replace table judged_one_way as select match_key, join_key_l, join_key_r "
            f"from judged_pairs where same = {same}"
        )
        score_pairs(bench, model, "judged_one_way", "judged_scored", records=records)
        found += [replace(pattern, judged=same) for pattern in _patterns(bench, "judged_scored")]
    return found


def _is_news(pattern: _Pattern, model: Model, records: int) -> bool:
    return _posteriors(pattern, model, records)["stranger"] < 1 - 2**_LOWEST_WEIGHT


def _news_bar(model: Model, records: int) -> Bar:
    """What every pair reaches that `_is_news`: at least half of what speaks against strangers is one of the two."""
    same = Sum("same", "stranger", prior_weight(model, records))
    housemate = Sum("housemate", "stranger", _housemate_prior(model, records))
    return Bar((same, housemate), _LOWEST_WEIGHT - 1 - _ROUNDING, every=False)


def _housemate_prior(model: Model, records: int) -> float:
    """Weight (bits) for "housemates" against "strangers" before anything is compared."""
    return math.log2(2 * model.housemates_per_record / population(records))


def _posteriors(pattern: _Pattern, model: Model, records: int) -> Shares:
    """How far a pattern's pairs belong to each hypothesis; the three add up to 1. What a human judged is settled."""
    if pattern.judged:
        return {hypothesis: float(hypothesis == "same") for hypothesis in HYPOTHESES}
    weight = {
        "same": prior_weight(model, records),
        "housemate": _housemate_prior(model, records),
        "stranger": -pattern.frequency_weight,
    }
    for comparison, number in zip(COMPARISONS, pattern.levels, strict=True):
        if number >= 0:
            shares = model.shares(comparison, _level(comparison, number))
            for hypothesis in HYPOTHESES:
                weight[hypothesis] += math.log2(shares[hypothesis])
    if pattern.judged is False:
        weight["same"] = -math.inf
    highest = max(weight.values())
    odds = {hypothesis: 2 ** (bits - highest) for hypothesis, bits in weight.items()}
    total = sum(odds.values())
    return {hypothesis: share / total for hypothesis, share in odds.items()}


def _shares(
    patterns: list[_Pattern],
    weights: list[float],
    index: int,
    comparison: Comparison,
    hypothesis: str,
    *,
    fixed: bool = False,
) -> dict[str, float]:
    """Share of each level, the invisible pairs included; with `fixed`, `tells_people_apart` keeps its packaged one."""
    invisible = _INVISIBLE_PAIRS[hypothesis]
    packaged = sum(float(getattr(level, hypothesis)) for level in comparison.levels)
    held = {level.name: invisible * float(getattr(level, hypothesis)) / packaged for level in comparison.levels}
    for pattern, weight in zip(patterns, weights, strict=True):
        if pattern.levels[index] >= 0:
            held[_level(comparison, pattern.levels[index]).name] += weight
    kept: dict[str, float] = {}
    if fixed and hypothesis in ("same", "housemate"):
        told_apart = [level for level in comparison.levels if level.tells_people_apart]
        kept = {level.name: float(getattr(level, hypothesis)) for level in told_apart}
    total = sum(share for name, share in held.items() if name not in kept)
    return {name: kept.get(name, share / total * (1 - sum(kept.values()))) for name, share in held.items()}


def _level(comparison: Comparison, number: int) -> Level:
    return comparison.levels[level_number(comparison, number)]


def _per_record(pairs: float, packaged: float, records: int) -> float:
    return (pairs + packaged * _INVISIBLE_RECORDS) / (records + _INVISIBLE_RECORDS)


def _distance(before: Model, after: Model) -> float:
    """The largest change of any share one person's or housemates' pairs have."""
    return max(
        abs(before.shares(comparison, level)[hypothesis] - after.shares(comparison, level)[hypothesis])
        for comparison in COMPARISONS
        for level in comparison.levels
        for hypothesis in ("same", "housemate")
    )
