from __future__ import annotations

from itertools import combinations, pairwise

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.identity.cannot_link import read_facts, reason_apart
from contact_pipeline.identity.clustering import CHAIN_GROUP, cluster, connected
from contact_pipeline_tests.identity.people import row, table


def _pairs(connection: duckdb.DuckDBPyConnection, pairs: list[tuple[str, str, float]]) -> str:
    connection.execute(
        "create or replace table pair (record_id_l varchar, record_id_r varchar, match_weight double, "
        "match_probability double, asked_because varchar)"
    )
    if pairs:
        values = "(?, ?, ?, 1 / (1 + pow(2, -?)), null)"
        connection.executemany(f"insert into pair values {values}", [(*p, p[2]) for p in pairs])
    return "pair"


def _groups(connection: duckdb.DuckDBPyConnection) -> set[frozenset[str]]:
    rows = connection.sql("select list(record_id) from person group by cluster_id").fetchall()
    return {frozenset(row[0]) for row in rows}


def _cluster(connection, rows, pairs, **decisions):
    evidence = table(connection, rows)
    tables = {}
    for name, decided in decisions.items():
        connection.execute(f"create or replace table {name} (record_id_l varchar, record_id_r varchar)")
        if decided:
            connection.executemany(f"insert into {name} values (?, ?)", decided)
        tables[name] = name
    return cluster(connection, evidence, _pairs(connection, pairs), target="person", refused="refused", **tables)


def _reasons(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.sql("select kind, reason from refused").fetchall()


def test_every_record_has_one_cluster_named_after_its_smallest_record(connection) -> None:
    report = _cluster(connection, [row(i) for i in "dcba"], [("b", "c", 9.0), ("c", "d", 8.0)])
    assert connection.sql("from person order by all").fetchall() == [("a", "a"), ("b", "b"), ("c", "b"), ("d", "b")]
    assert (report.records, report.clusters, report.joined, report.refused) == (4, 2, 3, 0)


def test_a_pair_below_the_threshold_joins_nobody(connection) -> None:
    assert _cluster(connection, [row("a"), row("b")], [("a", "b", 6.0)]).clusters == 2


def test_a_record_between_jr_and_sr_goes_to_the_stronger_side(connection) -> None:
    rows = [row("jr", suffix="jr"), row("plain"), row("sr", suffix="sr")]
    _cluster(connection, rows, [("jr", "plain", 12.0), ("plain", "sr", 10.0)])
    assert _groups(connection) == {frozenset({"jr", "plain"}), frozenset({"sr"})}
    [(kind, reason)] = _reasons(connection)
    assert kind == "cannot link"
    assert "generations" in reason


def test_the_order_of_pairs_and_records_changes_nothing(connection) -> None:
    rows = [row("jr", suffix="jr"), row("plain"), row("sr", suffix="sr")]
    pairs = [("jr", "plain", 10.0), ("plain", "sr", 10.0)]
    _cluster(connection, rows, pairs)
    first = _groups(connection)
    _cluster(connection, rows[::-1], pairs[::-1])
    assert _groups(connection) == first


def test_two_sign_ups_of_one_season_with_different_ids_stay_two_people(connection) -> None:
    rows = [row("a", season_ids=["2026:1"]), row("b", season_ids=["2026:2"]), row("c", season_ids=["2025:9"])]
    _cluster(connection, rows, [("a", "b", 30.0), ("a", "c", 20.0)])
    assert _groups(connection) == {frozenset({"a", "c"}), frozenset({"b"})}


def test_a_father_and_son_of_one_name_stay_two_people(connection) -> None:
    _cluster(connection, [row("a", birth_year=1960), row("b", birth_year=1985)], [("a", "b", 30.0)])
    assert len(_groups(connection)) == 2


def test_a_human_who_said_different_is_heard_through_a_third_record(connection) -> None:
    pairs = [("a", "b", 12.0), ("b", "c", 11.0)]
    _cluster(connection, [row(i) for i in "abc"], pairs, different=[("a", "c")])
    assert _groups(connection) == {frozenset({"a", "b"}), frozenset({"c"})}
    assert _reasons(connection)[0][0] == "human"


def test_a_human_who_said_same_joins_what_no_pair_did(connection) -> None:
    _cluster(connection, [row("a"), row("b")], [], same=[("b", "a")])
    assert _groups(connection) == {frozenset({"a", "b"})}


def test_a_human_may_overrule_a_suffix_and_is_told_so(connection) -> None:
    _cluster(connection, [row("a", suffix="jr"), row("b", suffix="sr")], [], same=[("a", "b")])
    assert len(_groups(connection)) == 1
    assert _reasons(connection)[0][0] == "overruled"


def test_a_thread_between_two_groups_is_cut(connection) -> None:
    left, right = [f"a{i}" for i in range(4)], [f"b{i}" for i in range(4)]
    strong = [(x, y, 20.0) for group in (left, right) for x in group for y in group if x < y]
    _cluster(connection, [row(i) for i in left + right], [*strong, ("a0", "b0", 7.0)])
    assert _groups(connection) == {frozenset(left), frozenset(right)}
    assert _reasons(connection)[0][0] == "bridge"


def test_a_chain_of_single_pairs_is_cut_before_it_grows_long(connection) -> None:
    chain = [f"c{i:02d}" for i in range(30)]
    pairs = [(a, b, 30.0 - i / 10) for i, (a, b) in enumerate(pairwise(chain))]
    _cluster(connection, [row(i) for i in chain], pairs)
    assert max(map(len, _groups(connection))) <= CHAIN_GROUP
    assert {kind for kind, _ in _reasons(connection)} == {"bridge"}


def test_two_voter_ids_of_one_state_never_share_a_cluster_through_a_third_record(connection) -> None:
    rows = [row("a", voter_ids=["FL:1"]), row("b"), row("c", voter_ids=["FL:2"])]
    _cluster(connection, rows, [("a", "b", 30.0), ("b", "c", 20.0)])
    assert _groups(connection) == {frozenset({"a", "b"}), frozenset({"c"})}
    assert "voter ids" in _reasons(connection)[0][1]


FACTS = st.fixed_dictionaries(
    {
        "suffix": st.sampled_from([None, None, "jr", "sr", "iii"]),
        "birth_year": st.sampled_from([None, None, 1950, 1960, 1975, 2001]),
        "season_ids": st.sampled_from([[], [], ["2026:1"], ["2026:2"], ["2025:1"]]),
        "voter_ids": st.sampled_from([[], [], ["FL:1"], ["FL:2"], ["GA:1"]]),
    }
)


@given(
    facts=st.lists(FACTS, min_size=2, max_size=9),
    pairs=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(7, 40)), max_size=30),
    apart=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_no_cluster_ever_holds_two_records_that_must_stay_apart(facts, pairs, apart) -> None:
    rows = [row(f"r{i}", **values) for i, values in enumerate(facts)]
    known = range(len(rows))
    edges = {(min(a, b), max(a, b)): w for a, b, w in pairs if a != b and a in known and b in known}
    different = [(f"r{a}", f"r{b}") for a, b in apart if a != b and a in known and b in known]
    with duckdb.connect() as connection:
        _cluster(connection, rows, [(f"r{a}", f"r{b}", w) for (a, b), w in edges.items()], different=different)
        groups = _groups(connection)
        held = read_facts(connection, "evidence", [r["record_id"] for r in rows])
    for group in groups:
        for a, b in combinations(sorted(group), 2):
            assert reason_apart(held[a], held[b]) is None
            assert (a, b) not in different
            assert (b, a) not in different


@pytest.mark.parametrize("same", ["a", "gone"])
def test_a_decision_about_a_record_that_is_gone_is_passed_over(connection, same) -> None:
    assert _cluster(connection, [row("a"), row("b")], [], same=[(same, "gone")]).clusters == 2


def test_connected_records_share_their_smallest() -> None:
    assert connected([("c", "d"), ("b", "c"), ("x", "y")]) == {"b": "b", "c": "b", "d": "b", "x": "x", "y": "x"}
