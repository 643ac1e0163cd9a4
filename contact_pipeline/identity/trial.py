"""Trying a model out: train one, link with it on the side, and say how it would differ from what stands.

Nothing that people see changes here: a trial reads the evidence and the present groups, and gives a report. Using the
model is a human's decision, kept in the ledger.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from contact_pipeline.identity.clustering import cluster
from contact_pipeline.identity.comparing import Difference, compare_clusters
from contact_pipeline.identity.evidence import create_evidence, evidence_columns
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.prediction import predict

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@dataclass(frozen=True)
class ExpectedAccuracy:
    """How good the links are if the model's probabilities are true; the truth itself nobody knows.

    Attributes:
        joined_pairs: pairs from the join threshold that are not to be asked about.
        review_pairs: pairs a human decides.
        precision: expected share of the joined pairs that are one person; 1 if there are none.
        recall: expected share of the pairs of one person, among those from the review threshold, that are joined.
    """

    joined_pairs: int
    review_pairs: int
    precision: float
    recall: float


@dataclass(frozen=True)
class LabelledAccuracy:
    """How the model answers the pairs that humans judged.

    Attributes:
        same: pairs judged one person.
        same_joined: of these, pairs the model would join by itself.
        different: pairs judged two people.
        different_joined: of these, pairs the model would join by itself: every one is an error.
    """

    same: int
    same_joined: int
    different: int
    different_joined: int


@dataclass(frozen=True)
class Trial:
    """What a model would do.

    Attributes:
        expected: from the model's own probabilities.
        labelled: against the pairs humans judged.
        difference: from the groups that stand.
    """

    expected: ExpectedAccuracy
    labelled: LabelledAccuracy
    difference: Difference

    def as_json(self) -> dict[str, Any]:
        """The trial as plain data."""
        return {
            "expected": asdict(self.expected),
            "labelled": asdict(self.labelled),
            "difference": self.difference.as_json(),
        }


def try_model(
    source: duckdb.DuckDBPyConnection,
    model: Model,
    *,
    decided: pa.Table,
    labels: pa.Table,
    join_threshold: float,
    review_threshold: float,
    birth_year_gap: int,
) -> Trial:
    """Link with a model on the side.

    Args:
        source: holds `identity.evidence` and `people.crosswalk`, for example the published snapshot; only read.
        model: the model to try.
        decided: pairs that stand decided (contact_id_l, contact_id_r, kind `same` or `different`).
        labels: pairs humans judged (record_id_l, record_id_r, clerical_match_score 1 or 0).
        join_threshold: match probability from which two records join by themselves.
        review_threshold: match probability from which a human decides.
        birth_year_gap: years between two births from which they are two people's.
    """
    import duckdb

    bench = duckdb.connect(":memory:")
    try:
        _lay_out(bench, source, decided, labels)
        predict(bench, "evidence", model, "pair", threshold=review_threshold)
        cluster(
            bench,
            "evidence",
            "pair",
            threshold=join_threshold,
            birth_year_gap=birth_year_gap,
            same="decided_same",
            different="decided_different",
            target="cluster",
            refused="refused",
        )
        return Trial(
            expected=_expected(bench, join_threshold),
            labelled=_labelled(bench, join_threshold),
            difference=compare_clusters(bench, "standing", "cluster"),
        )
    finally:
        bench.close()


def _lay_out(
    bench: duckdb.DuckDBPyConnection, source: duckdb.DuckDBPyConnection, decided: pa.Table, labels: pa.Table
) -> None:
    given = source.sql(f"select {evidence_columns()} from identity.evidence").to_arrow_table()
    standing = source.sql("select contact_id as record_id, person_id as cluster_id from people.crosswalk")
    create_evidence(bench, "evidence")
    for name, table in (("given", given), ("decided", decided), ("judged", labels)):
        bench.register(name, table)
    bench.execute("insert into evidence by name select * from given")
    bench.register("stands", standing.to_arrow_table())
    bench.execute("create table standing as from stands")
    bench.execute("create table label as from judged")
    for kind in ("same", "different"):
        bench.execute(
            f"create table decided_{kind} as select contact_id_l as record_id_l, contact_id_r as record_id_r "
            f"from decided where kind = '{kind}'"
        )


def _expected(bench: duckdb.DuckDBPyConnection, join_threshold: float) -> ExpectedAccuracy:
    joined, review, sure, all_pairs = bench.execute(
        """
        with judged as (
            select match_probability as sure, match_probability >= $join and asked_because is null as joined from pair
        )
        select count(*) filter (joined), count(*) filter (not joined), coalesce(sum(sure) filter (joined), 0),
            coalesce(sum(sure), 0)
        from judged
        """,
        {"join": join_threshold},
    ).fetchall()[0]
    precision = sure / joined if joined else 1.0
    recall = sure / all_pairs if all_pairs else 1.0
    return ExpectedAccuracy(int(joined), int(review), round(precision, 6), round(recall, 6))


def _labelled(bench: duckdb.DuckDBPyConnection, join_threshold: float) -> LabelledAccuracy:
    counts = bench.execute(
        """
        with judged as (
            select clerical_match_score >= 0.5 as same,
                coalesce(match_probability, 0) >= $join and asked_because is null as joined
            from label as l
            left join pair as p
                on p.record_id_l = least(l.record_id_l, l.record_id_r)
                and p.record_id_r = greatest(l.record_id_l, l.record_id_r)
        )
        select count(*) filter (same), count(*) filter (same and joined),
            count(*) filter (not same), count(*) filter (not same and joined)
        from judged
        """,
        {"join": join_threshold},
    ).fetchall()[0]
    return LabelledAccuracy(*(int(count) for count in counts))
