"""Promises of comparing two groupings: what changed is counted once and shown whole."""

from __future__ import annotations

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from contact_pipeline.identity.comparing import Difference, compare_clusters

GROUPINGS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12)


def difference(rows: list[tuple[int, int]], *, examples: int = 50) -> Difference:
    with duckdb.connect() as connection:
        for name, place in (("before", 0), ("after", 1)):
            connection.execute(f"create table {name} (record_id varchar, cluster_id varchar)")
            for number, row in enumerate(rows):
                connection.execute(f"insert into {name} values (?, ?)", [f"r{number:02}", f"c{row[place]}"])
        return compare_clusters(connection, "before", "after", examples=examples)


def groups(rows: list[tuple[int, int]], place: int) -> set[frozenset[str]]:
    held: dict[int, set[str]] = {}
    for number, row in enumerate(rows):
        held.setdefault(row[place], set()).add(f"r{number:02}")
    return {frozenset(members) for members in held.values()}


@given(GROUPINGS)
def test_counts_are_those_of_the_two_sets_of_groups(rows: list[tuple[int, int]]) -> None:
    told, before, after = difference(rows), groups(rows, 0), groups(rows, 1)
    assert told.records == len(rows)
    assert (told.groups_before, told.groups_after) == (len(before), len(after))
    assert told.changed == len(before - after)
    assert told.merged == sum(1 for group in after if sum(1 for old in before if old & group) > 1)
    assert told.parted == sum(1 for group in before if sum(1 for new in after if new & group) > 1)


@given(GROUPINGS)
def test_every_changed_group_is_in_an_example(rows: list[tuple[int, int]]) -> None:
    shown = {frozenset(group) for example in difference(rows).examples for group in example.before}
    assert groups(rows, 0) - groups(rows, 1) <= shown


def test_names_of_groups_do_not_matter() -> None:
    told = difference([(0, 3), (0, 3), (1, 2)])
    assert (told.changed, told.changed_share, told.examples) == (0, 0.0, ())
