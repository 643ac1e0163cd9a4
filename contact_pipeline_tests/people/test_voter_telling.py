"""Promises of a person's voter in words: who it is, or who comes nearest and why nobody is linked."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from contact_pipeline.people.voter_telling import ToldVoter, tell_voter
from contact_pipeline.warehouse.models import all_models, run_model

CLAIM: dict[str, Any] = {
    "person_id": "P1", "state": "FL", "voter_id": "100", "contact_id": "list.people:1", "match_type": "evidence",
    "rule": "phone", "match_weight": 12.0, "probability": 0.98, "rank": 1, "rank_of_person": 1, "margin": 0.9,
    "namesakes": 1, "corroborated": True, "is_chosen": False, "decided_by": None, "decided_at": None,
    "observed_at": "2026-05-01",
}  # fmt: skip


def told(*claims: dict[str, Any], voter_file: str | None = "voters.1.duckdb") -> ToldVoter:
    """What is told of P1 when the pipeline's own model has linked whom these claims allow."""
    connection = duckdb.connect()
    connection.execute("create schema people; create schema identity")
    connection.execute(
        "create table identity.voter_setting as select 0.75 as link_threshold, 0.95 as sure_threshold, "
        "$1::varchar as voter_file, null::timestamptz as loaded_at",
        [voter_file],
    )
    kinds = {
        "match_weight": "double", "probability": "double", "rank": "integer", "rank_of_person": "integer",
        "margin": "double", "namesakes": "bigint", "corroborated": "boolean", "is_chosen": "boolean",
        "decided_at": "timestamptz", "observed_at": "timestamptz",
    }  # fmt: skip
    columns = ", ".join(f"{name} {kinds.get(name, 'varchar')}" for name in CLAIM)
    connection.execute(f"create table people.voter_claim ({columns})")
    for claim in claims:
        values = list((CLAIM | claim).values())
        connection.execute(f"insert into people.voter_claim values ({', '.join('?' * len(values))})", values)
    run_model(connection, all_models()["people.person_voter_match"])
    return tell_voter(connection, "P1")


def test_a_linked_voter_is_told_with_id_band_rule_and_probability() -> None:
    voter = told({})
    assert voter.as_text() == "Voter: FL:100 (evidence, met by phone, probability 0.980), sure."
    assert voter.as_json() == {
        "state": "FL", "voter_id": "100", "band": "sure", "match_type": "evidence", "rule": "phone",
        "probability": 0.98, "reason": None,
    }  # fmt: skip
    assert told({"probability": 0.8}).band == "probable"


def test_a_voter_a_human_chose_is_told_as_a_decision() -> None:
    voter = told({"match_type": "decision", "rule": None, "probability": 1.0, "is_chosen": True, "decided_by": "dana"})
    assert voter.as_text() == "Voter: FL:100 (decision, probability 1.000), sure."


def test_two_namesakes_in_the_city_are_the_reason_that_nobody_is_linked() -> None:
    one = {"rule": "names and city", "probability": 0.45, "margin": 0.05, "corroborated": False}
    voter = told(one, one | {"voter_id": "101", "probability": 0.4, "rank": 2, "margin": 0.4})
    assert voter.band is None
    assert voter.as_text() == (
        "Voter: none. The likeliest is FL:100 (evidence, met by names and city, probability 0.450), not linked: "
        "two voters of that name in the city fit about as well."
    )


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ({"corroborated": False}, "only names and city agree."),
        ({"rank_of_person": 2}, "another person fits this voter better."),
        ({"probability": 0.4, "namesakes": 12}, "it stays below 0.75; 12 voters in the file have that name."),
        ({"probability": 0.4}, "it stays below 0.75."),
        (
            {"match_type": "voter id contradicted", "probability": 0.5},
            "its id was given, but the name or the birth year is somebody else's.",
        ),
    ],
)
def test_whoever_is_not_linked_is_told_with_the_rule_that_forbids_it(claim: dict[str, Any], reason: str) -> None:
    voter = told(claim)
    assert voter.band is None
    assert voter.reason == reason


def test_without_a_candidate_or_a_voter_file_that_is_what_is_told() -> None:
    assert told().as_text() == "Voter: none. Nobody in the voter file comes near."
    assert told(voter_file=None).as_text() == "Voter: none. No voter file is loaded."
    assert tell_voter(duckdb.connect(), "P1").reason == "No voter file is loaded."
