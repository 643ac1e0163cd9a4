"""Promises of the explanation: what would turn it really turns it, and what holds a group together is shown."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_pipeline.identity.bridges import weakest_bridge
from contact_pipeline.identity.charts import write_model_charts, write_waterfall
from contact_pipeline.identity.explanation import Decided, explain, explain_pairs, pairs_between
from contact_pipeline.identity.flipping import APART, JOINED
from contact_pipeline.identity.parameters import default_model
from contact_pipeline_tests.identity.people import row, table

ALIKE = {"first_name": "marisol", "last_name": "quintero"}


def test_the_smallest_change_that_joins_two_records_does_join_them(connection, town, model) -> None:
    rows = [row("x1", **ALIKE, zip5="30601"), row("x2", **ALIKE, zip5="99501")]
    told = explain(connection, table(connection, [*town.rows, *rows]), model, "x1", "x2")
    assert told.band != JOINED
    assert told.flip is not None
    assert told.flip.band == JOINED
    assert told.flip.finding in told.sentence
    rows = [dict(one, emails=["m.q@example.org"]) for one in rows]
    changed = explain(connection, table(connection, [*town.rows, *rows]), model, "x1", "x2")
    assert changed.band == JOINED


def test_the_smallest_change_that_parts_two_records_leaves_them_below_the_threshold(connection, town, model) -> None:
    person = {**ALIKE, "emails": ["m.q@example.org"], "phones": ["+14045550142"]}
    rows = [row("x1", **person), row("x2", **person)]
    told = explain(connection, table(connection, [*town.rows, *rows]), model, "x1", "x2")
    assert told.band == JOINED
    assert told.flip is not None
    assert told.flip.band != JOINED
    assert told.flip.match_probability < 0.99


def test_what_a_rule_keeps_apart_no_change_of_one_field_would_join(connection, town, model) -> None:
    rows = [row("x1", **ALIKE, suffix="jr"), row("x2", **ALIKE, suffix="sr")]
    told = explain(connection, table(connection, [*town.rows, *rows]), model, "x1", "x2")
    assert told.band == APART
    assert told.cannot_link is not None
    assert told.flip is None


def test_what_a_human_decided_is_told_before_what_evidence_says(connection, town, model) -> None:
    person = {**ALIKE, "emails": ["m.q@example.org"], "phones": ["+14045550142"]}
    rows = [row("x1", **person), row("x2", **person, suffix="jr"), row("x3", **person, suffix="sr")]
    decided = {
        ("x1", "x2"): Decided(same=False, words="a human said they are two people (decision 3)"),
        ("x2", "x3"): Decided(same=True, words="a human said they are one person (decision 4)"),
    }
    evidence = table(connection, [*town.rows, *rows])
    pairs = [("x2", "x1"), ("x2", "x3"), ("x1", "x3")]
    parted, joined, open_pair = explain_pairs(connection, evidence, model, pairs, decided=decided)
    assert (parted.band, joined.band) == (APART, JOINED)
    assert "a human said they are two people (decision 3). By evidence alone: " in parted.sentence
    assert "they stay apart" not in joined.sentence.lower()
    assert parted.flip is joined.flip is open_pair.decided is None


def test_that_housemates_share_a_home_is_not_said_to_speak_against_one_person(connection, town, model) -> None:
    home = {"last_name": "quintero", "street_number": "12", "street_name": "oak st", "city": "athens", "zip5": "30601"}
    rows = [row("x1", first_name="marisol", **home), row("x2", first_name="anabel", **home)]
    told = explain(connection, table(connection, [*town.rows, *rows]), model, "x1", "x2")
    assert told.rival == "housemates"
    against = told.sentence.split("Against it: ")[1].split(". ")[0]
    assert "first name" in against
    assert "address" not in against


def test_many_pairs_at_once_say_what_each_says_alone(connection, town, model) -> None:
    evidence = table(connection, town.rows)
    ids = random.Random(5).sample([one["record_id"] for one in town.rows], 6)
    together = explain_pairs(connection, evidence, model, pairs_between(ids, ids))
    assert len(together) == 15
    for told in together:
        assert told == explain(connection, evidence, model, told.record_a, told.record_b)


@dataclass(frozen=True)
class Pair:
    record_a: str
    record_b: str
    match_weight: float


@given(st.lists(st.integers(-30, 30), min_size=3, max_size=3), st.randoms())
def test_the_weakest_bridge_of_three_records_is_the_second_strongest_pair(weights: list[int], chance) -> None:
    pairs = [Pair(*ids, weight) for ids, weight in zip(("ab", "bc", "ac"), weights, strict=True)]
    chance.shuffle(pairs)
    bridge = weakest_bridge(["a", "b", "c"], pairs)
    assert bridge is not None
    assert bridge.match_weight == sorted(weights)[1]
    assert sorted(bridge.sides[0] + bridge.sides[1]) == ["a", "b", "c"]


def test_one_weak_pair_between_two_strong_groups_is_the_bridge() -> None:
    strong = [Pair(f"a{i}", f"a{j}", 20.0) for i in range(3) for j in range(i + 1, 3)]
    strong += [Pair("b1", "b2", 20.0)]
    weak = [Pair(f"a{i}", f"b{j}", -9.0) for i in range(3) for j in (1, 2) if (i, j) != (2, 1)]
    bridge = weakest_bridge(["a0", "a1", "a2", "b1", "b2"], [*strong, *weak, Pair("a2", "b1", 7.0)])
    assert bridge is not None
    assert (bridge.record_a, bridge.record_b) == ("a2", "b1")
    assert bridge.sides == (("a0", "a1", "a2"), ("b1", "b2"))


def test_a_single_record_has_no_bridge() -> None:
    assert weakest_bridge(["a"], []) is None


def test_charts_open_without_a_network_and_name_every_level(connection, town, tmp_path) -> None:
    from contact_pipeline.identity.model import COMPARISONS

    evidence = table(connection, town.rows)
    first, second = (one["record_id"] for one in town.rows[:2])
    charts = write_model_charts(default_model(), tmp_path / "model")
    waterfall = write_waterfall(connection, evidence, default_model(), first, second, tmp_path / "pair.html")
    for chart in [*charts, waterfall]:
        page = chart.read_text(encoding="utf-8")
        assert not re.findall(r"<(?:script|link)[^>]+(?:src|href)=", page)
    said = charts[0].read_text(encoding="utf-8")
    assert all(level.words in said for comparison in COMPARISONS for level in comparison.levels)


@pytest.mark.parametrize("asked", [("a", "a"), ("b", "b")])
def test_a_record_is_not_compared_with_itself(asked: tuple[str, str], connection, town, model) -> None:
    with pytest.raises(ValueError, match="not with itself"):
        explain(connection, table(connection, town.rows), model, *asked)
