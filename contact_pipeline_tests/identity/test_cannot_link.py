from __future__ import annotations

from dataclasses import replace

import pytest

from contact_pipeline.identity.cannot_link import RULES, Facts, one_slip_apart, reason_apart, rules_for
from contact_pipeline.identity.parameters import Model

TWICE = Facts(
    "a",
    birth_year=2005,
    birth_digits="20050719",
    season_ids=("2026:1",),
    names=("emma", "reyes"),
    reached_by=frozenset({"+14045550142"}),
)
APART = {
    "Jr and Sr": (Facts("a", suffix="jr"), Facts("b", suffix="sr")),
    "II and III": (Facts("a", suffix="ii"), Facts("b", suffix="iii")),
    "a generation between birth years": (Facts("a", birth_year=1960), Facts("b", birth_year=1973)),
    "two ids of one season": (Facts("a", season_ids=("2026:1",)), Facts("b", season_ids=("2026:2",))),
    "two voters of one state": (Facts("a", voter_ids=("FL:1",)), Facts("b", voter_ids=("GA:7", "FL:2"))),
    "twins who both signed up": (
        replace(TWICE, names=("emma", "reyes")),
        replace(TWICE, record_id="b", names=("ella", "reyes"), season_ids=("2026:2",)),
    ),
    "a father and his son who both signed up": (
        replace(TWICE, birth_digits=None),
        replace(TWICE, record_id="b", birth_digits=None, season_ids=("2026:2",)),
    ),
}
TOGETHER = {
    "nothing known": (Facts("a"), Facts("b")),
    "one suffix": (Facts("a", suffix="jr"), Facts("b")),
    "Jr and II, who may be one man": (Facts("a", suffix="jr"), Facts("b", suffix="ii")),
    "a degree is no generation": (Facts("a", suffix="md"), Facts("b", suffix="jr")),
    "twelve years": (Facts("a", birth_year=1960), Facts("b", birth_year=1972)),
    "a mistyped decade": (
        Facts("a", birth_year=1960, birth_digits="19600314"),
        Facts("b", birth_year=1980, birth_digits="19800314"),
    ),
    "ids of two seasons": (Facts("a", season_ids=("2025:1",)), Facts("b", season_ids=("2026:2",))),
    "one human who signed up twice": (TWICE, replace(TWICE, record_id="b", season_ids=("2026:2",))),
    "voters of two states": (Facts("a", voter_ids=("FL:1",)), Facts("b", voter_ids=("GA:1",))),
    "a voter id in common": (Facts("a", voter_ids=("FL:1", "FL:2")), Facts("b", voter_ids=("FL:2",))),
    "the same id": (Facts("a", season_ids=("2026:1",)), Facts("b", season_ids=("2026:1",))),
}


@pytest.mark.parametrize(("a", "b"), APART.values(), ids=APART.keys())
def test_these_are_two_people_either_way_round(a: Facts, b: Facts) -> None:
    assert reason_apart(a, b) is not None
    assert reason_apart(a, b) == reason_apart(b, a)


@pytest.mark.parametrize(("a", "b"), TOGETHER.values(), ids=TOGETHER.keys())
def test_these_may_be_one_person(a: Facts, b: Facts) -> None:
    assert reason_apart(a, b) is None


def test_the_birth_year_limit_is_a_setting() -> None:
    a, b = Facts("a", birth_year=1960), Facts("b", birth_year=1975)
    assert reason_apart(a, b, rules_for(None, birth_year_gap=16)) is None
    assert "15 or more" in str(reason_apart(a, b, rules_for(None, birth_year_gap=15)))


def test_a_birth_year_gap_proves_nothing_in_a_list_without_families() -> None:
    few = Model(duplicates_per_record=1.0, housemates_per_record=0.01)
    assert {rule.name for rule in RULES} - {rule.name for rule in rules_for(few)} == {"birth_year"}
    names = [rule.name for rule in RULES]
    assert [rule.name for rule in rules_for(Model())] == names
    assert [rule.name for rule in rules_for(None)] == names


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("1960", "1960", True),
        ("1960", "1980", True),
        ("1960", "1690", True),
        ("1960", "1985", False),
        ("19", "196", False),
    ],
)
def test_one_slip_is_one_character_or_two_neighbours(a: str, b: str, expected: bool) -> None:
    assert one_slip_apart(a, b) is expected
