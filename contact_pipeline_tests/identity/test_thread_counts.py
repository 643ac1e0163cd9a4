"""Promises about threads: how many DuckDB uses changes how long linking takes, and nothing it says."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from contact_pipeline.config import Settings
from contact_pipeline.identity.clustering import cluster
from contact_pipeline.identity.prediction import predict
from contact_pipeline.identity.training import train
from contact_pipeline_tests.homes import warehouse_of


def linked(settings: Settings, threads: int) -> dict[str, Any]:
    """Model, pairs and clusters of a home's evidence, all made with so many threads."""
    with warehouse_of(settings) as warehouse:
        evidence = warehouse.sql("select * from identity.evidence order by record_id").to_arrow_table()
    connection = duckdb.connect(":memory:", config={"threads": threads})
    try:
        connection.register("given", evidence)
        connection.execute("create table evidence as select * from given")
        model = train(connection, "evidence", threads=threads)
        predict(connection, "evidence", model, "pairs", threshold=settings.review_threshold, threads=threads)
        join = settings.join_threshold
        cluster(connection, "evidence", "pairs", threshold=join, model=model, target="clusters", refused="refused")
        return {
            "model": model.as_json(),
            **{
                table: connection.execute(f"select * from {table} order by all").fetchall()
                for table in ("pairs", "clusters", "refused")
            },
        }
    finally:
        connection.close()


@pytest.fixture(scope="module")
def with_one_thread(finished_home: Settings) -> dict[str, Any]:
    return linked(finished_home, 1)


@pytest.mark.parametrize("threads", [2, 4])
def test_model_pairs_and_clusters_do_not_depend_on_the_number_of_threads(
    finished_home: Settings, with_one_thread: dict[str, Any], threads: int
) -> None:
    assert len(with_one_thread["pairs"]) > 100
    found = linked(finished_home, threads)
    assert [name for name in found if found[name] != with_one_thread[name]] == []
