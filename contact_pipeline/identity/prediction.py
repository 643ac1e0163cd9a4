"""Prediction: the pairs of records that may be one person, with their weights.

Bringing records, blocking and scoring together belongs here. What becomes of a pair belongs to `clustering`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.asking import find_asked
from contact_pipeline.identity.blocking import build_candidates
from contact_pipeline.identity.features import build_frequencies, lay_out, open_bench
from contact_pipeline.identity.model import BLOCKING, COMPARISONS, REVIEW_THRESHOLD
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.scoring import LEVEL_PREFIX, level_number, match_probability_sql, score_pairs

if TYPE_CHECKING:
    import duckdb

PAIR_COLUMNS: Final[dict[str, str]] = {
    "record_id_l": "The smaller record id of the pair.",
    "record_id_r": "The larger record id of the pair.",
    "match_weight": "Bits for one person against strangers and housemates together, prior included.",
    "match_probability": "The same as a probability.",
    "stranger_weight": "Bits against strangers alone.",
    "housemate_weight": "Bits against housemates alone.",
    "rule": "Blocking rule by which the two met.",
    "asked_because": "Why a human decides, however high the score is; null for all others.",
    **{
        f"{LEVEL_PREFIX}{comparison.name}": f"Level of the {comparison.words} comparison; -1 is blank."
        for comparison in COMPARISONS
    },
}


def predict(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    model: Model,
    target: str,
    *,
    threshold: float = REVIEW_THRESHOLD,
    link_only: bool = False,
    threads: int | None = None,
) -> int:
    """Find the pairs that may be one person.

    Args:
        connection: holds `evidence`; `target` is written through it.
        evidence: table or subquery with the columns of `evidence.EVIDENCE_COLUMNS`; `record_id` must be unique.
        model: from `training.train` or `parameters.default_model`.
        target: table to create or replace, columns `PAIR_COLUMNS`, sorted by the two ids.
        threshold: lowest match probability kept.
        link_only: only pairs of different `source_dataset`.
        threads: threads to use; the result does not depend on it.

    Returns:
        The number of pairs.
    """
    bench = open_bench(threads)
    try:
        records = lay_out(connection, evidence, bench)
        predict_on(bench, records, model, "pair", threshold=threshold, link_only=link_only)
        pairs = bench.sql("select * from pair").to_arrow_table()
    finally:
        bench.close()
    connection.register("found_pairs", pairs)
    connection.execute(f"create or replace table {target} as select * from found_pairs")
    connection.unregister("found_pairs")
    return int(pairs.num_rows)


def predict_on(
    bench: duckdb.DuckDBPyConnection,
    records: int,
    model: Model,
    target: str,
    *,
    threshold: float = REVIEW_THRESHOLD,
    link_only: bool = False,
    keep_keys: bool = False,
) -> None:
    """`predict` on a bench that `features.lay_out` has prepared; `target` is a table of the bench.

    With `keep_keys` the bench keeps `every_key` (`blocking.build_every_key`).
    """
    build_frequencies(bench, records, model.frequencies)
    build_candidates(bench, "candidate", link_only=link_only, keep_keys=keep_keys)
    weigh_candidates(bench, records, model, target, threshold=threshold)


def weigh_candidates(
    bench: duckdb.DuckDBPyConnection, records: int, model: Model, target: str, *, threshold: float
) -> None:
    """Score the bench's `candidate` into `target`, columns `PAIR_COLUMNS`; `candidate` is dropped.

    Args:
        bench: holds `record`, `candidate` and the frequencies.
        records: how many records are linked in all; the bench may hold a part of them.
        model: the parameters.
        target: bench table to create.
        threshold: lowest match probability kept.
    """
    score_pairs(bench, model, "candidate", "scored", records=records, lowest_weight=weight_of(threshold))
    rules = " ".join(f"when {number} then '{rule.name}'" for number, rule in enumerate(BLOCKING))
    levels = ", ".join(
        f"{LEVEL_PREFIX}{comparison.name}::tinyint as {LEVEL_PREFIX}{comparison.name}" for comparison in COMPARISONS
    )
    find_asked(
        bench,
        "scored",
        lambda comparison, place: f"{LEVEL_PREFIX}{comparison.name} = {level_number(comparison, place)}",
    )
    bench.execute(
        f"""
        create or replace table {target} as
        select l.record_id as record_id_l, r.record_id as record_id_r, match_weight,
            {match_probability_sql("match_weight")} as match_probability, stranger_weight, housemate_weight,
            case rule {rules} end as rule, asked_because, {levels}
        from scored
        join record l on l.record_number = record_number_l
        join record r on r.record_number = record_number_r
        left join asked using (record_number_l, record_number_r)
        order by record_id_l, record_id_r
        """
    )
    for table in ("candidate", "scored", "asked"):
        bench.execute(f"drop table {table}")


def weight_of(probability: float) -> float:
    """The match weight (bits) of a match probability.

    Raises:
        ValueError: the probability is not between 0 and 1, both exclusive.
    """
    if not 0 < probability < 1:
        raise ValueError(f"A match probability lies between 0 and 1, not {probability}.")
    return math.log2(probability / (1 - probability))
