from __future__ import annotations

import pytest

from contact_pipeline.identity.evaluation import Accuracy, evaluate_clusters


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
