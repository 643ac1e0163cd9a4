"""Evaluation: how well clusters agree with a known truth.

Counting belongs here. Nothing in the pipeline may use it: the truth is known only for invented people and public test
sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Accuracy:
    """Pairs of records, counted.

    Attributes:
        true_pairs: pairs that are one person.
        found_pairs: pairs put together.
        right_pairs: pairs put together that are one person.
        household_false_merges: pairs put together that are two people of one household.
    """

    true_pairs: int
    found_pairs: int
    right_pairs: int
    household_false_merges: int

    @property
    def precision(self) -> float:
        """Share of the pairs put together that are one person; 1 if none was."""
        return self.right_pairs / self.found_pairs if self.found_pairs else 1.0

    @property
    def recall(self) -> float:
        """Share of the pairs of one person that were put together; 1 if there are none."""
        return self.right_pairs / self.true_pairs if self.true_pairs else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        pairs = self.found_pairs + self.true_pairs
        return 2 * self.right_pairs / pairs if pairs else 1.0


def evaluate_clusters(connection: duckdb.DuckDBPyConnection, clusters: str, truth: str) -> Accuracy:
    """Compare clusters with the truth, pair by pair.

    Args:
        connection: holds both.
        clusters: table or subquery (record_id, cluster_id).
        truth: table or subquery (record_id, person, household); household may be null. Only records of `truth` count.
    """
    row = connection.sql(
        f"""
        with placed as (select cluster_id, person, household from {clusters} join {truth} using (record_id)),
        pairs as (
            select 'true' as kind, count(*) as held from placed group by person
            union all select 'found', count(*) from placed group by cluster_id
            union all select 'right', count(*) from placed group by cluster_id, person
            union all select 'home', count(*) from placed where household is not null group by cluster_id, household
            union all
            select 'person', count(*) from placed where household is not null group by cluster_id, household, person
        )
        select {", ".join(f"coalesce(sum(held * (held - 1) // 2) filter (kind = '{kind}'), 0)" for kind in _KINDS)}
        from pairs
        """
    ).fetchall()[0]
    true, found, right, home, person = (int(number) for number in row)
    return Accuracy(true, found, right, home - person)


def found_or_asked(connection: duckdb.DuckDBPyConnection, clusters: str, pairs: str, truth: str) -> float:
    """Share of the true pairs that were put together, or stand in `pairs` for a human to decide; 1 if there are none.

    Args:
        connection: holds all three.
        clusters: table or subquery (record_id, cluster_id).
        pairs: table from `prediction.predict`, from the review threshold.
        truth: table or subquery (record_id, person).
    """
    true, found = connection.sql(
        f"""
        select count(*), count(*) filter (l.cluster_id = r.cluster_id or match_weight is not null)
        from {truth} as a join {truth} as b on a.person = b.person and a.record_id < b.record_id
        join {clusters} as l on l.record_id = a.record_id
        join {clusters} as r on r.record_id = b.record_id
        left join {pairs} as p on record_id_l = a.record_id and record_id_r = b.record_id
        """
    ).fetchall()[0]
    return float(found / true) if true else 1.0


@dataclass(frozen=True)
class GroupRecall:
    """How many of one group's pairs were found.

    Attributes:
        group: the group's name.
        true_pairs: pairs of one person of the group.
        recall: share of them put together.
        recall_with_review: share put together or shown to a human.
    """

    group: str
    true_pairs: int
    recall: float
    recall_with_review: float


def recall_by_group(
    connection: duckdb.DuckDBPyConnection, clusters: str, pairs: str, truth: str, group: str
) -> list[GroupRecall]:
    """Recall per group of people: whom does linking miss more often?

    Args:
        connection: holds all three tables.
        clusters: table or subquery (record_id, cluster_id).
        pairs: table from `prediction.predict`, from the review threshold.
        truth: table or subquery (record_id, person, and `group`).
        group: column of `truth` that names the group, the same for all records of a person; null counts nowhere.

    Returns:
        One per group that has pairs, sorted by name.
    """
    rows = connection.sql(
        f"""
        select a.{group}, count(*), count(*) filter (l.cluster_id = r.cluster_id),
            count(*) filter (l.cluster_id = r.cluster_id or match_weight is not null)
        from {truth} as a join {truth} as b on a.person = b.person and a.record_id < b.record_id
        join {clusters} as l on l.record_id = a.record_id
        join {clusters} as r on r.record_id = b.record_id
        left join {pairs} as p on record_id_l = a.record_id and record_id_r = b.record_id
        where a.{group} is not null group by 1 order by 1
        """
    ).fetchall()
    return [GroupRecall(str(name), true, found / true, asked / true) for name, true, found, asked in rows]


_KINDS = ("true", "found", "right", "home", "person")
