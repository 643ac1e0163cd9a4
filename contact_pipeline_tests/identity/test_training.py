from __future__ import annotations

import json
from collections import Counter
from datetime import date
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from contact_pipeline.assets.identity import training_advice
from contact_pipeline.identity.model import COMPARISONS, HYPOTHESES, LOWEST_NAME_FREQUENCY
from contact_pipeline.identity.parameters import (
    ModelUnreadable,
    default_model,
    load_model,
    model_from_json,
    save_model,
)
from contact_pipeline.identity.prediction import predict
from contact_pipeline.identity.training import train
from contact_pipeline_tests.identity.people import invent_town, row, table


def test_shuffled_rows_and_other_threads_learn_the_same_model_to_the_last_digit() -> None:
    rows = invent_town(seed=8, households=150).rows
    learned = []
    for threads in (1, 2, 4):
        Random(threads).shuffle(rows)
        with duckdb.connect(":memory:") as connection:
            learned.append(json.dumps(train(connection, table(connection, rows), threads=threads).as_json()))
    assert len(set(learned)) == 1


def test_shuffled_rows_and_other_threads_find_the_same_pairs(town, model) -> None:
    rows, found = list(town.rows), []
    for threads in (1, 4):
        Random(threads).shuffle(rows)
        with duckdb.connect(":memory:") as connection:
            predict(connection, table(connection, rows), model, "pair", threshold=0.1, threads=threads)
            found.append(connection.sql("select * from pair").fetchall())
    assert found[0] == found[1]
    assert found[0]


def test_learning_from_households_never_teaches_that_one_person_has_two_first_names(model) -> None:
    first_name = COMPARISONS[0]
    two_names = next(level for level in first_name.levels if level.name == "two_names")
    assert model.weight(first_name, two_names, "housemate") < -6


def test_a_list_full_of_namesakes_teaches_no_model_that_they_are_one(connection) -> None:
    """Each has a mailbox named after her with a few characters more, as providers make them up."""
    namesakes = [
        row(f"n{number}", first_name=first, last_name="marlowe", emails=[f"{first}.marlowe{letter}{number}@gmail.com"])
        for number in range(150)
        for first in (("deborah", "kristen", "theresa", "barbara", "melissa")[number % 5],)
        for letter in ("bcdfghjkmn"[number // 5 % 10],)
    ]
    evidence = table(connection, [*invent_town(seed=8, households=150).rows, *namesakes])
    predict(connection, evidence, train(connection, evidence), "pair")
    joined = connection.sql("from pair where starts_with(record_id_l, 'n') and match_probability >= 0.99").fetchall()
    assert not joined


def test_levels_nobody_ever_saw_keep_a_share(model) -> None:
    for comparison in COMPARISONS:
        for level in comparison.levels:
            assert all(model.shares(comparison, level)[hypothesis] > 0 for hypothesis in HYPOTHESES)


@pytest.mark.parametrize(
    "rows", [[], [row("a")], invent_town(seed=3, households=12).rows], ids=["none", "one", "a street"]
)
def test_too_few_records_to_learn_from_give_the_packaged_model(connection, rows) -> None:
    assert train(connection, table(connection, rows)) == default_model()


def test_in_a_short_list_siblings_who_share_all_but_the_first_name_are_not_joined(connection) -> None:
    home = {
        "last_name": "lindqvist", "birth_date": date(1990, 5, 4), "phones": ["+14045550142"],
        "emails": ["family@example.org"], "street_number": "12", "street_name": "oak st", "zip5": "30601",
    }  # fmt: skip
    rows = [row(name, first_name=name, **home) for name in ("mia", "mya", "anna")]
    rows += [row(f"p{n}", first_name=f"ada{chr(97 + n)}", last_name="bell", zip5="30601") for n in range(13)]
    evidence = table(connection, rows)
    assert predict(connection, evidence, train(connection, evidence), "pair", threshold=0.99) == 0


def test_two_records_are_enough_to_train_and_link(connection) -> None:
    twice = {"first_name": "quorra", "last_name": "wendelbrook", "emails": ["q@example.org"]}
    evidence = table(connection, [row("a", **twice), row("b", **twice)])
    assert predict(connection, evidence, train(connection, evidence), "pair", threshold=0.99) == 1


def judged(pairs: list[tuple[str, str]], same: bool) -> pa.Table:
    """Labels as the ledger gives them."""
    left, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    scores = [float(same)] * len(pairs)
    return pa.table({"record_id_l": left, "record_id_r": right, "clerical_match_score": pa.array(scores, pa.float64())})


@pytest.fixture(scope="module")
def movers() -> list[dict[str, Any]]:
    """A town, and thirty pairs of one name whose phones differ: movers, or namesakes."""
    rows = list(invent_town(seed=8, households=60).rows)
    for number in range(30):
        name = {"first_name": "ada", "last_name": f"norley{chr(97 + number % 26)}{chr(97 + number // 26)}"}
        rows += [row(f"m{number}{side}", **name, phones=[f"+1404555{number:02}{side}"]) for side in (10, 20)]
    return rows


PAIRS = [(f"m{number}10", f"m{number}20") for number in range(30)]


@pytest.mark.parametrize("same", [True, False])
def test_what_humans_judged_moves_the_model_their_way(same: bool, connection, movers) -> None:
    phone = next(comparison for comparison in COMPARISONS if comparison.name == "phone")
    different = phone.levels[-1]
    evidence = table(connection, movers)
    before = train(connection, evidence).shares(phone, different)["same"]
    after = train(connection, evidence, labels=judged(PAIRS, same)).shares(phone, different)["same"]
    assert (after > before) if same else (after < before)


def test_the_order_of_judgements_and_who_stands_first_do_not_matter(connection, movers) -> None:
    evidence = table(connection, movers)
    turned = [(right, left) for left, right in reversed(PAIRS)]
    models = [train(connection, evidence, labels=judged(pairs, True)) for pairs in (PAIRS, turned)]
    assert models[0] == models[1]


def test_judgements_about_records_that_are_gone_teach_nothing(connection, movers) -> None:
    evidence = table(connection, movers)
    gone = judged([("gone1", "gone2"), ("m010", "gone1")], False)
    assert train(connection, evidence, labels=gone) == train(connection, evidence)


def test_a_model_keeps_the_names_that_are_common_where_it_learned(town, model) -> None:
    bearers = Counter(one["last_name"] for one in town.rows)
    ((name, _),) = bearers.most_common(1)
    assert model.frequencies["last_name"][name] > LOWEST_NAME_FREQUENCY
    assert all(share > LOWEST_NAME_FREQUENCY for names in model.frequencies.values() for share in names.values())


@pytest.mark.parametrize(
    ("records", "learned_from", "told"), [(1_900, 100, False), (7_999, 2_000, False), (8_000, 2_000, True)]
)
def test_a_model_that_knows_a_small_part_of_the_contacts_asks_to_be_trained_again(records, learned_from, told) -> None:
    assert bool(training_advice(records, learned_from)) is told


def test_a_saved_model_comes_back_the_same(tmp_path, model) -> None:
    save_model(model, tmp_path / "model.json")
    assert load_model(tmp_path / "model.json") == model


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: [],
        lambda data: data | {"format": 99},
        lambda data: {key: value for key, value in data.items() if key != "comparisons"},
        lambda data: data | {"duplicates_per_record": 0},
        lambda data: data | {"comparisons": {"phone": {"same": {"same": 2}}}},
        lambda data: data | {"comparisons": "none"},
    ],
)
def test_a_damaged_model_is_refused_with_what_to_do(model, damage) -> None:
    with pytest.raises(ModelUnreadable, match="Train again"):
        model_from_json(damage(model.as_json()))


def test_a_model_file_that_is_not_there_is_named(tmp_path) -> None:
    with pytest.raises(ModelUnreadable, match=r"gone\.json"):
        load_model(tmp_path / "gone.json")


def test_the_shares_written_in_the_model_page_add_up() -> None:
    for comparison in COMPARISONS:
        for hypothesis in HYPOTHESES:
            total = sum(getattr(level, hypothesis) for level in comparison.levels)
            assert total == pytest.approx(1, abs=0.06), (comparison.name, hypothesis)
