from __future__ import annotations

import duckdb

from contact_pipeline.identity.clustering import cluster
from contact_pipeline.identity.evaluation import evaluate_clusters
from contact_pipeline.identity.parameters import Model, default_model
from contact_pipeline.identity.prediction import predict
from contact_pipeline_tests.identity.people import Town, invent_town, table, write_truth


def _link(connection: duckdb.DuckDBPyConnection, town: Town, model: Model):
    evidence = table(connection, town.rows)
    predict(connection, evidence, model, "pair")
    cluster(connection, evidence, "pair", target="person", refused="refused", model=model)
    return evaluate_clusters(connection, "person", write_truth(connection, town))


def _found_or_asked(connection: duckdb.DuckDBPyConnection) -> float:
    """Share of the true pairs that are joined, or shown to a human."""
    (share,) = connection.sql(
        """
        select count(*) filter (l.cluster_id = r.cluster_id or match_probability is not null) / count(*)
        from truth a join truth b on a.person = b.person and a.record_id < b.record_id
        join person l on l.record_id = a.record_id join person r on r.record_id = b.record_id
        left join pair on record_id_l = a.record_id and record_id_r = b.record_id
        """
    ).fetchall()[0]
    return share


def test_a_thousand_households_keep_every_member_apart_and_find_second_records(connection, town, model) -> None:
    accuracy = _link(connection, town, model)
    assert accuracy.household_false_merges == 0
    assert accuracy.precision >= 0.998
    assert accuracy.recall >= 0.85
    assert _found_or_asked(connection) >= 0.95


def test_a_model_learned_from_one_town_keeps_the_households_of_another_apart(connection, model) -> None:
    accuracy = _link(connection, invent_town(seed=99, households=600), model)
    assert accuracy.household_false_merges == 0
    assert accuracy.recall >= 0.8


def test_the_packaged_model_keeps_households_apart_before_anything_is_learned(connection) -> None:
    accuracy = _link(connection, invent_town(seed=5, households=300), default_model())
    assert accuracy.household_false_merges == 0
    assert accuracy.recall >= 0.7
