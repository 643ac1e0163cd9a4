"""Single pairs: what joins, what waits for a human, what never joins."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from contact_pipeline.identity.clustering import cluster
from contact_pipeline.identity.explanation import explain, explain_pairs
from contact_pipeline.identity.flipping import APART, JOINED, REVIEW
from contact_pipeline.identity.parameters import default_model
from contact_pipeline.identity.prediction import predict
from contact_pipeline.normalize.nickname import canonical_names
from contact_pipeline_tests.identity.people import row, table

HOME: dict[str, Any] = {
    "last_name": "quintero",
    "street_number": "12",
    "street_name": "oak st",
    "city": "athens",
    "zip5": "30601",
    "phones": ["+14045550142"],
}
BORN = date(2001, 5, 14)

CASES = {
    "the same person entered twice": (
        {"first_name": "marisol", "emails": ["m@example.org"]},
        {"first_name": "marisol", "emails": ["m@example.org"]},
        {JOINED},
    ),
    "spouses sharing everything but the name": (
        {"first_name": "marisol", "emails": ["home@example.org"]},
        {"first_name": "hector", "emails": ["home@example.org"]},
        {APART},
    ),
    "twins": (
        {"first_name": "rachel", "birth_date": BORN},
        {"first_name": "james", "birth_date": BORN},
        {APART},
    ),
    "twins with names nobody else has": (
        {"first_name": "marisol", "birth_date": BORN},
        {"first_name": "hector", "birth_date": BORN},
        {APART, REVIEW},
    ),
    "twins whose names look alike": (
        {"first_name": "maria", "birth_date": BORN},
        {"first_name": "mario", "birth_date": BORN},
        {APART, REVIEW},
    ),
    "a father and son told apart by suffix": (
        {"first_name": "hector", "suffix": "sr"},
        {"first_name": "hector", "suffix": "jr"},
        {APART},
    ),
    "a father and son told apart by birth year": (
        {"first_name": "hector", "birth_date": date(1960, 3, 2)},
        {"first_name": "hector", "birth_date": date(1988, 11, 20)},
        {APART},
    ),
    "a nickname with the same birth date": (
        {"first_name": "bob", "canonical_names": ["bob", "robert"], "birth_date": BORN, "emails": ["b@example.org"]},
        {"first_name": "robert", "canonical_names": ["robert"], "birth_date": BORN, "emails": ["b@example.org"]},
        {JOINED},
    ),
    "first and last name in each other's place": (
        {"first_name": "marisol", "last_name": "quintero", "birth_date": BORN},
        {"first_name": "quintero", "last_name": "marisol", "birth_date": BORN},
        {JOINED},
    ),
    "a misspelt first name with the same birth date": (
        {"first_name": "marisol", "birth_date": BORN},
        {"first_name": "marisoll", "birth_date": BORN},
        {JOINED},
    ),
}


@pytest.mark.parametrize(("left", "right", "bands"), CASES.values(), ids=CASES.keys())
def test_two_records_of_one_home(connection, town, left, right, bands) -> None:
    rows = [*town.rows, row("x1", **(HOME | left)), row("x2", **(HOME | right))]
    assert explain(connection, table(connection, rows), default_model(), "x1", "x2").band in bands


TWO_PEOPLE = {name: case[:2] for name, case in CASES.items() if APART in case[2]}


@pytest.mark.parametrize(("left", "right"), TWO_PEOPLE.values(), ids=TWO_PEOPLE.keys())
def test_two_people_of_one_home_after_learning_from_twins_and_fathers(connection, town, model, left, right) -> None:
    rows = [*town.rows, row("x1", **(HOME | left)), row("x2", **(HOME | right))]
    assert explain(connection, table(connection, rows), model, "x1", "x2").band != JOINED


def test_a_common_name_alone_joins_nobody(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [row("x1", first_name="john", last_name="smith"), row("x2", first_name="john", last_name="smith")]
    assert explain(connection, table(connection, rows), default_model(), "x1", "x2").band == APART


def test_blank_never_matches_blank(connection: duckdb.DuckDBPyConnection, model) -> None:
    told = explain(connection, table(connection, [row("x1"), row("x2")]), model, "x1", "x2")
    assert {field.finding for field in told.fields} == {"nothing to compare"}
    assert told.match_probability < 0.01


def test_a_rare_name_says_more_than_a_common_one(connection, town, model) -> None:
    def pair(first: str) -> list[dict[str, Any]]:
        return [row(f"{first}{number}", first_name=first, last_name="zyx") for number in (1, 2)]

    evidence = table(connection, [*town.rows, *pair("ada"), *pair("quorra")])
    common, rare = (explain(connection, evidence, model, f"{name}1", f"{name}2") for name in ("ada", "quorra"))
    assert rare.match_weight > common.match_weight


def test_a_phone_of_an_office_is_no_evidence(connection, town, model) -> None:
    colleagues = [
        row(f"o{number}", first_name=f"{letter}nn", last_name=f"{letter}olm", phones=["+14045550100"])
        for number, letter in enumerate("abcdefghijkl")
    ]
    told = explain(connection, table(connection, [*town.rows, *colleagues]), model, "o1", "o2")
    assert next(field.finding for field in told.fields if field.field == "phone") == "nothing to compare"


def test_one_person_under_three_nicknames_keeps_a_phone_of_her_own(connection, town, model) -> None:
    names = ("kathryn", "kathy", "kate")
    rows = [row(f"k{name}", first_name=name, last_name="ortiz", phones=["+14045550111"]) for name in names]
    told = explain(connection, table(connection, [*town.rows, *rows]), model, "kkate", "kkathy")
    assert next(field.finding for field in told.fields if field.field == "phone") == "a phone in common"


def test_two_people_of_one_name_are_not_joined_by_addresses_made_of_that_name(connection, town, model) -> None:
    emails = ("norma_rivera@example.org", "normarivera@example.com")
    rows = [row(f"n{mail}", first_name="norma", last_name="rivera", emails=[mail]) for mail in emails]
    told = explain(connection, table(connection, [*town.rows, *rows]), model, *(f"n{mail}" for mail in emails))
    assert told.band != JOINED


def test_a_year_in_an_address_made_of_a_name_is_no_evidence_of_its_own(connection, town, model) -> None:
    emails = ("mackenzie.perez84@example.net", "mackenzie.perez84@example.org")
    rows = [row(f"n{mail}", first_name="mackenzie", last_name="perez", emails=[mail]) for mail in emails]
    told = explain(connection, table(connection, [*town.rows, *rows]), model, *(f"n{mail}" for mail in emails))
    assert told.band != JOINED


def test_michael_and_michelle_mitchell_are_not_one_person_with_names_swapped(connection, town, model) -> None:
    rows = [
        row(f"m{name}", first_name=name, last_name="mitchell", emails=["themitchells@example.org"])
        for name in ("michael", "michelle")
    ]
    told = explain(connection, table(connection, [*town.rows, *rows]), model, "mmichael", "mmichelle")
    assert told.fields[0].finding != "first and last name in each other's place"
    assert told.band != JOINED


def test_a_domain_with_many_mailboxes_is_nobodys_own_even_where_first_names_are_missing(
    connection, town, model
) -> None:
    rows = [
        row(f"q{number:02}", last_name="quintero", emails=[f"member{number}@mail.example.org"]) for number in range(40)
    ]
    told = explain(connection, table(connection, [*town.rows, *rows]), model, "q01", "q02")
    assert told.band == APART
    assert next(field.finding for field in told.fields if field.field == "e-mail") == "different e-mails"


@pytest.mark.parametrize(
    ("first", "second"),
    [("alan", "alana"), ("martin", "martina"), ("jayla", "kayla"), ("jack", "zack"), ("lara", "laura"),
     ("joseph", "josephine"), ("eric", "erin"), ("carlos", "carla"), ("dean", "sean")],
)  # fmt: skip
def test_twins_whose_names_look_alike_and_who_share_everything_else_are_never_joined_by_themselves(
    connection, town, model, first, second
) -> None:
    shared = {**HOME, "birth_date": BORN, "emails": ["home@example.org"]}
    rows = [row("x1", first_name=first, **shared), row("x2", first_name=second, **shared)]
    evidence = table(connection, [*town.rows, *rows])
    for numbers in (model, default_model()):
        assert explain(connection, evidence, numbers, "x1", "x2").band != JOINED


ROBERTS = ["robert.quintero@example.org"]
ASKED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "brothers with their mother's mailbox": ({"first_name": "juan"}, {"first_name": "johnny"}),
    "a father called robert and his son bobby": ({"first_name": "robert"}, {"first_name": "bobby"}),
    "two short forms of one name": ({"first_name": "pancho"}, {"first_name": "kiko"}),
    "a name of men and women": ({"first_name": "christopher"}, {"first_name": "chris"}),
    "an initial": ({"first_name": "juan"}, {"first_name": "j"}),
    "one of them written crosswise": ({"first_name": "teresa"}, {"first_name": "quintero", "last_name": "tere"}),
    "one middle initial": ({"first_name": "robert", "middle_name": "j"}, {"first_name": "bobby", "middle_name": "j"}),
    "one with a birth date": ({"first_name": "robert", "birth_date": BORN}, {"first_name": "bobby"}),
    "a mailbox named after one that a third uses too": (
        {"first_name": "robert", "emails": ROBERTS}, {"first_name": "bobby", "emails": ROBERTS}
    ),
}  # fmt: skip
SETTLED: dict[str, dict[str, Any]] = {
    "a mailbox named after one of them": {"emails": ROBERTS},
    "a mailbox named by initial and last name": {"emails": ["rquintero7@example.org"]},
    "one birth date": {"birth_date": BORN},
    "one birth year": {"birth_year": 2001},
    "one middle name": {"middle_name": "everett"},
    "one mentor id": {"external_ids": ["mentor:1234"]},
    "the name gone by": {"preferred_name": "bob"},
}


def _family(number: int, *people: dict[str, Any], **shared: Any) -> list[dict[str, Any]]:
    """Records `x<number>-0`, `x<number>-1`, … with one home, phone and mailbox, and the names each may stand for."""
    home = HOME | {"street_number": f"{number}", "phones": [f"+1404555{number:04d}"], "emails": [f"home{number}@x.org"]}
    return [
        row(f"x{number}-{member}", **(home | shared | {"canonical_names": [*canonical_names(one["first_name"])]} | one))
        for member, one in enumerate(people)
    ]


def test_two_first_names_of_one_home_that_may_stand_for_one_are_asked_about(connection, town, model) -> None:
    """Juan and Johnny, brothers with phone, e-mail and home in common and no birth dates, were once joined."""
    rows = [*town.rows]
    for number, (left, right) in enumerate(ASKED.values()):
        mother = {"first_name": "maria", "emails": left.get("emails", [f"home{number}@x.org"])}
        rows += _family(number, left, right, mother)
    evidence = table(connection, rows)
    pairs = [(f"x{number}-0", f"x{number}-1") for number in range(len(ASKED))]
    for numbers in (model, default_model()):
        told = dict(zip(ASKED, explain_pairs(connection, evidence, numbers, pairs), strict=True))
        assert {case: one.band for case, one in told.items() if one.band == JOINED} == {}
        assert {case for case, one in told.items() if one.asked_because is None} == set()
    predict(connection, evidence, model, "pair", threshold=0.3)
    weighed = connection.execute("select record_id_l, record_id_r, asked_because is not null from pair").fetchall()
    asks = {(left, right): asked for left, right, asked in weighed if (left, right) in pairs}
    assert len(asks) > 1
    assert all(asks.values())
    cluster(connection, evidence, "pair", target="person", refused="refused", model=model)
    people = dict(connection.execute("select record_id, cluster_id from person").fetchall())
    assert [pair for pair in pairs if people[pair[0]] == people[pair[1]]] == []


def test_bob_and_robert_are_joined_by_their_score_where_one_thing_of_his_own_agrees(connection, town, model) -> None:
    names = ({"first_name": "bob"}, {"first_name": "robert"})
    rows = [*town.rows, *_family(99, *names)]
    for number, agrees in enumerate(SETTLED.values()):
        rows += _family(number, *names, **agrees)
    evidence = table(connection, rows)
    pairs = [(f"x{number}-0", f"x{number}-1") for number in (*range(len(SETTLED)), 99)]
    *settled, without = explain_pairs(connection, evidence, model, pairs)
    assert [case for case, told in zip(SETTLED, settled, strict=True) if told.asked_because is not None] == []
    assert without.asked_because is not None


def test_whoever_is_asked_about_is_told_why_and_what_would_join_them(connection, town, model) -> None:
    rows = [*town.rows, *_family(1, {"first_name": "bobby"}, {"first_name": "robert"})]
    told = explain(connection, table(connection, rows), model, "x1-0", "x1-1")
    assert told.band == REVIEW
    assert "two people of one home may bear these two first names" in told.sentence
    assert told.flip is not None
    assert told.flip.band == JOINED
    assert told.flip.field in ("birth date", "middle name", "external id")
