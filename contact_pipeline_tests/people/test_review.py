"""The order of the review queue and what it calls obvious, by the SQL that decides it."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from contact_pipeline.warehouse.models import all_models, run_model

SURE: dict[str, Any] = {
    "same_name": True, "given_name_fits": True, "same_last_name": True, "first_names_known": True,
    "last_names_known": True, "same_birth_date": False, "same_birth_year": True, "births_known": True,
    "same_home": True, "homes_known": True, "same_zip": True, "suffixes_differ": False, "one_suffix": False,
    "middle_names_differ": False, "signups_differ": False, "shared_phones": 1, "shared_emails": 0,
    "shared_by_nobody_else": 1, "own_mailbox": False, "contacts": 2,
}  # fmt: skip
"""What two records of one person have in common when nobody needs to look twice."""


BY_PHONE_AND_EMAIL: dict[str, Any] = {
    "same_birth_year": False, "births_known": False, "shared_emails": 1, "shared_by_nobody_else": 2,
    "same_home": False,
}  # fmt: skip


def queue(*asked: dict[str, Any], **more: str) -> list[dict[str, Any]]:
    """The queue for questions A|B, C|D, … with the given likeness; `more` holds rows of other tables as SQL."""
    connection = duckdb.connect()
    for schema in ("people", "exports"):
        connection.execute(f"create schema {schema}")
    questions, likenesses = [], []
    for place, likeness in enumerate(asked):
        told = {**SURE, **likeness}
        left, right = told.pop("people", "ABCDEFGHIJ"[2 * place : 2 * place + 2])
        kind, sure = told.pop("kind", "in doubt"), told.pop("match_probability", 0.97)
        questions.append(
            f"select '{left}' as person_l, '{right}' as person_r, '{left}:1' as contact_id_l, "
            f"'{right}:1' as contact_id_r, "
            f"5.0::double as match_weight, {sure}::double as match_probability, 1 as pairs, '{kind}' as kind, "
            "cast(null as varchar) as reason"
        )
        facts = ", ".join(f"{value} as {name}" for name, value in told.items())
        likenesses.append(f"select '{left}' as person_l, '{right}' as person_r, {facts}")
    person = "select 'A' as person_id, 'Ana' as first_name, 'Paz' as last_name, '33101' as zip5"
    tables = {
        "people.question": " union all ".join(questions),
        "people.likeness": " union all ".join(likenesses),
        "people.person": person + more.get("person", ""),
        "people.money": more.get("money", "select '' as person_id, 0.0::double as given, 0.0::double as raised"),
        "people.exported": more.get("exported", "select '' as person_id, 0 as exports"),
        "exports.givebutter_candidate": more.get("season", "select '' as person_id"),
    }
    for name, rows in tables.items():
        connection.execute(f"create table {name} as {rows}")
    run_model(connection, all_models()["people.review"])
    found = connection.execute("select * from people.review order by position")
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_one_name_an_identifier_of_their_own_and_a_birth_year_are_obvious() -> None:
    assert queue({})[0]["obvious"]
    assert queue(BY_PHONE_AND_EMAIL)[0]["obvious"]


def test_two_names_that_stand_for_one_are_obvious_with_a_mailbox_named_after_one_of_them() -> None:
    assert queue(BY_PHONE_AND_EMAIL | {"same_name": False, "own_mailbox": True})[0]["obvious"]
    assert not queue(BY_PHONE_AND_EMAIL | {"same_name": False})[0]["obvious"]


@pytest.mark.parametrize(
    "doubt",
    [
        pytest.param({"match_probability": 0.89}, id="not probable enough"),
        pytest.param({"kind": "kept apart"}, id="a rule keeps them apart"),
        pytest.param({"same_name": False, "given_name_fits": False}, id="another name"),
        pytest.param({"same_name": False, "same_last_name": False}, id="another last name"),
        pytest.param({"shared_by_nobody_else": 0}, id="others have that phone too"),
        pytest.param({"shared_emails": 1}, id="others have that e-mail too"),
        pytest.param({"same_birth_year": False}, id="another birth year"),
        pytest.param(
            {"same_birth_year": False, "births_known": False}, id="a father and a son with one name and phone"
        ),
        pytest.param(
            BY_PHONE_AND_EMAIL | {"same_home": True},
            id="namesakes who share all in a home",
        ),
        pytest.param({"suffixes_differ": True}, id="Jr and Sr"),
        pytest.param({"one_suffix": True}, id="Jr and no suffix"),
        pytest.param({"middle_names_differ": True}, id="another middle name"),
        pytest.param({"signups_differ": True}, id="two sign-ups of a season"),
    ],
)
def test_whatever_speaks_against_it_keeps_a_question_from_being_obvious(doubt: dict[str, Any]) -> None:
    assert not queue(doubt)[0]["obvious"]


def test_a_person_with_a_second_question_is_not_obvious() -> None:
    assert [row["obvious"] for row in queue({"people": "AB"}, {"people": "AC"})] == [False, False]


def test_a_third_of_that_name_in_that_zip_is_in_the_way() -> None:
    assert not queue({}, person=" union all select 'Z', 'ana', 'PAZ', '33101'")[0]["obvious"]


def test_money_comes_before_messages_and_messages_before_records() -> None:
    rich = "select 'C' as person_id, 20.0::double as given, 0.0::double as raised"
    found = queue(
        {"contacts": 9}, {}, {"shared_phones": 0}, money=rich, season="select 'F' as person_id",
        exported="select 'F' as person_id, 3 as exports",
    )  # fmt: skip
    assert [(row["person_l"], row["harm"]) for row in found] == [("C", 132), ("E", 62), ("A", 39)]


def test_questions_about_one_person_stand_together_behind_the_costliest() -> None:
    rich = "select 'C' as person_id, 900.0::double as given, 0.0::double as raised"
    found = queue({"people": "AB"}, {"people": "DE"}, {"people": "AC"}, money=rich)
    assert [(row["group_id"], row["person_r"]) for row in found] == [("A", "C"), ("A", "B"), ("D", "E")]
