"""A decision stays in force when its evidence changes, and asks to be looked at again: by the SQL that finds it."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from contact_pipeline.warehouse.models import all_models, run_model

Seen = list[tuple[str, str, str, str | None]]

SAME: Seen = [("same", "a", "left", "1"), ("same", "b", "right", "1")]
"""Decision 1: a and b are one person, as both said `1`."""


def found(
    people: str,
    *,
    seen: Seen = SAME,
    says: str = "",
    also: tuple[tuple[str, str, str], ...] = (),
    model: str = "issues.decided_on_other_evidence",
) -> list[Any]:
    """The issues of decision 1 when people are who `people` says ("ab c" is two) and the contacts of `says` changed."""
    connection = duckdb.connect()
    for schema in ("identity", "people", "issues"):
        connection.execute(f"create schema {schema}")
    connection.execute("create table people.crosswalk (contact_id varchar, person_id varchar)")
    connection.execute("create table identity.evidence_hash (contact_id varchar, evidence_hash varchar)")
    connection.execute(
        "create table identity.decision_seen "
        "(decision_id int, kind varchar, contact_id varchar, side varchar, evidence varchar)"
    )
    connection.execute(
        "create table identity.decision (contact_id_l varchar, contact_id_r varchar, kind varchar, decision_id int)"
    )
    connection.execute("create table people.person_voter_match (pid varchar, state varchar, voter_id varchar)")
    connection.execute(
        "create table identity.voter_choice "
        "(contact_id varchar, state varchar, voter_id varchar, kind varchar, decision_id int)"
    )
    for family in people.split():
        for contact in family:
            connection.execute("insert into people.crosswalk values (?, ?)", [contact, family])
            connection.execute("insert into identity.evidence_hash values (?, ?)", [contact, "12"[contact in says]])
    connection.executemany("insert into identity.decision_seen values (1, ?, ?, ?, ?)", seen)
    named = {side: [s[1] for s in seen if s[2] == side] for side in ("left", "right")}
    pairs = [(one, other, seen[0][0]) for one in named["left"] for other in named["right"]] + list(also)
    for number, pair in enumerate(pairs, 1):
        connection.execute("insert into identity.decision values (?, ?, ?, ?)", [*pair, number])
    run_model(connection, all_models()[model])
    return list(connection.execute(f"select subject, detail from {model}").fetchall())


def test_on_the_evidence_it_stood_on_a_decision_is_no_issue() -> None:
    assert found("ab c") == []


@pytest.mark.parametrize("changed", ["a", "b"])
def test_a_contact_that_says_something_else_reopens_the_decision(changed: str) -> None:
    [(subject, detail)] = found("ab c", says=changed)
    assert (subject, "1 of its contacts say something else" in detail) == ("decision:1", True)


def test_a_contact_nobody_saw_that_joins_by_evidence_reopens_it() -> None:
    [(_, detail)] = found("abx c")
    assert "1 others came or went" in detail


def test_a_contact_that_another_decision_brought_does_not() -> None:
    assert found("abx c", also=(("b", "x", "same"),)) == []


def test_a_contact_that_belonged_to_them_and_left_reopens_it_unless_a_decision_took_it() -> None:
    seen: Seen = [*SAME, ("same", "x", "beside", "1")]
    assert len(found("ab x", seen=seen)) == 1
    assert found("ab x", seen=seen, also=(("a", "x", "different"),)) == []


def test_a_contact_beside_that_only_says_something_else_does_not() -> None:
    assert found("abx", seen=[*SAME, ("same", "x", "beside", "1")], says="x") == []


def test_what_was_decided_without_looking_cannot_have_changed() -> None:
    assert found("abx", seen=[("same", "a", "left", None), ("same", "b", "right", None)], says="ab") == []


def test_a_choice_of_voter_reopens_like_any_other() -> None:
    seen: Seen = [("voter", "a", "left", "1")]
    assert found("a", seen=seen) == []
    assert len(found("a", seen=seen, says="a")) == 1


def test_two_decisions_that_contradict_each_other_are_shown() -> None:
    model = "issues.contradicting_decisions"
    assert found("ab", model=model) == []
    assert [subject for subject, _ in found("a b", model=model)] == ["decision:1"]
