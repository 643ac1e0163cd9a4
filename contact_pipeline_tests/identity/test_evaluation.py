from __future__ import annotations

import pytest

from contact_pipeline.identity.evaluation import (
    Accuracy,
    GroupRecall,
    evaluate_clusters,
    found_or_asked,
    recall_by_group,
)


def _rows(*rows: str) -> str:
    return f"(values {', '.join(rows)})"


def test_accuracy_counts_pairs(connection) -> None:
    placed = _rows("('a', 1)", "('b', 1)", "('c', 1)", "('d', 2)")
    known = _rows("('a', 'p', 'h')", "('b', 'p', 'h')", "('c', 'q', 'h')", "('d', 'p', 'h')")
    connection.execute(f"create table person as select * from {placed} t(record_id, cluster_id)")
    connection.execute(f"create table truth as select * from {known} t(record_id, person, household)")
    accuracy = evaluate_clusters(connection, "person", "truth")
    assert accuracy == Accuracy(true_pairs=3, found_pairs=3, right_pairs=1, household_false_merges=2)
    assert accuracy.precision == accuracy.recall == accuracy.f1 == pytest.approx(1 / 3)


def test_nothing_found_and_nothing_to_find_is_perfect() -> None:
    assert Accuracy(0, 0, 0, 0).f1 == 1.0


def test_recall_is_told_for_each_group_of_people(connection) -> None:
    placed = _rows("('a', 1)", "('b', 1)", "('c', 2)", "('d', 3)", "('e', 4)", "('f', 5)")
    known = _rows(
        "('a', 'p', 'spanish')", "('b', 'p', 'spanish')", "('c', 'q', 'english')", "('d', 'q', 'english')",
        "('e', 'r', null)", "('f', 'r', null)",
    )  # fmt: skip
    connection.execute(f"create table person as select * from {placed} t(record_id, cluster_id)")
    connection.execute(f"create table truth as select * from {known} t(record_id, person, origin)")
    connection.execute("create table pair as select 'c' as record_id_l, 'd' as record_id_r, 3.0 as match_weight")
    assert recall_by_group(connection, "person", "pair", "truth", "origin") == [
        GroupRecall("english", 1, 0.0, 1.0),
        GroupRecall("spanish", 1, 1.0, 1.0),
    ]
    assert found_or_asked(connection, "person", "pair", "truth") == pytest.approx(2 / 3)
