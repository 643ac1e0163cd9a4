"""Linking on the side: which pairs, and which groups, would stand if some records were added. Nothing is written.

What a run of `incremental.link` and `clustering.cluster` would give belongs here, for the groups that the new records
touch; deciding what follows for a row of a file belongs to `imports`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_pipeline.identity.clustering import cluster
from contact_pipeline.identity.incremental import MOST_SHARE, STEPS, find_dirty, kept_pairs, prior_moved, weigh_dirty
from contact_pipeline.identity.link_state import State, count_summaries, drop_counts, print_sql, why_everything
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.prediction import predict

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Standing:
    """What linking stands on, as the last run left it; all of it is only read.

    Attributes:
        pairs: the pairs.
        state: where linking remembers.
        made_with: see `incremental.link`.
        decided: pairs that humans judged (contact_id_l, contact_id_r, kind).
    """

    pairs: str
    state: State
    made_with: str
    decided: str


def preview_pairs(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    model: Model,
    standing: Standing,
    target: str,
    *,
    threshold: float,
) -> str | None:
    """Make temporary table `target`: the pairs that a run over `evidence` would give.

    Args:
        connection: may write temporary tables.
        evidence: what there would be: the records that stand and the new ones.
        model: the parameters.
        standing: the last run.
        target: columns `prediction.PAIR_COLUMNS`.
        threshold: lowest match probability kept.

    Returns:
        Why everything had to be linked; None where only what changed was compared.
    """
    connection.execute(f"create or replace temp table link_now as {print_sql(evidence)}")
    records = int(connection.execute("select count(*) from link_now").fetchall()[0][0])
    try:
        count_summaries(connection, evidence, records, model.frequencies)
        reason = why_everything(connection, standing.state, standing.made_with, records, standing.pairs)
        if reason is None and find_dirty(connection, standing.state)[1] > MOST_SHARE * records:
            reason = "so many records must be looked at again that linking everything is quicker"
        if reason is not None:
            predict(connection, evidence, model, target, threshold=threshold)
            return reason
        weigh_dirty(connection, evidence, records, model, standing.state, threshold=threshold)
        moved = prior_moved(connection, standing.state, model, records)
        kept = kept_pairs(standing.pairs, moved, threshold)
        connection.execute(f"create or replace table {target} as from link_pair union all ({kept})")
        return None
    finally:
        drop_counts(connection)
        for step in STEPS:
            connection.execute(f"drop table if exists temp.{step}")


def preview_clusters(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    pairs: str,
    new: str,
    decided: str,
    *,
    target: str,
    refused: str,
    join_threshold: float,
    birth_year_gap: int,
) -> None:
    """Group the records of `new` and all that hang together with them, as a run would group everything.

    Groups are taken apart one connected component at a time, so that those without a new record need not be looked at.

    Args:
        connection: holds the tables.
        evidence: see `preview_pairs`.
        pairs: from `preview_pairs`.
        new: table (record_id).
        decided: see `Standing`.
        target: table to create (record_id, cluster_id).
        refused: table to create, columns `clustering.REFUSED_COLUMNS`.
        join_threshold: match probability from which a pair is joined.
        birth_year_gap: years between two births from which they are two people's.
    """
    connection.execute(f"create or replace temp table near_record as select record_id from {new}")
    connection.execute(
        f"""
        create or replace temp table near_edge as
        select record_id_l as a, record_id_r as b from {pairs} where match_probability >= {join_threshold}
        union all select contact_id_l, contact_id_r from {decided} where kind = 'same'
        """
    )
    grown = 1
    while grown:
        before = _count(connection, "near_record")
        connection.execute(
            """
            insert into near_record
            select distinct record_id from (
                select b as record_id from near_edge semi join near_record on a = record_id
                union all select a from near_edge semi join near_record on b = record_id
            ) anti join near_record using (record_id)
            """
        )
        grown = _count(connection, "near_record") - before
    near = "(select record_id from near_record)"
    connection.execute(
        f"create or replace temp table near_evidence as from {evidence} semi join near_record using (record_id)"
    )
    connection.execute(
        f"create or replace temp table near_pair as from {pairs} where record_id_l in {near} and record_id_r in {near}"
    )
    for kind in ("same", "different"):
        connection.execute(
            f"create or replace temp table near_{kind} as select contact_id_l as record_id_l, "
            f"contact_id_r as record_id_r from {decided} where kind = '{kind}'"
        )
    cluster(
        connection,
        "near_evidence",
        "near_pair",
        threshold=join_threshold,
        birth_year_gap=birth_year_gap,
        same="near_same",
        different="near_different",
        target=target,
        refused=refused,
    )
    for step in ("near_record", "near_edge", "near_evidence", "near_pair", "near_same", "near_different"):
        connection.execute(f"drop table temp.{step}")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"select count(*) from {table}").fetchall()[0][0])
