"""Who is who, as humans said it: kept on contacts, all of a bulk or nothing, the newest word on each pair."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from contact_pipeline.ledger import Ledger
from contact_pipeline.ledger.assigning import assign_pids
from contact_pipeline.ledger.contact_decisions import (
    Statement,
    active_pairs,
    active_voter_choices,
    decide,
    different,
    evidence_seen,
    labels,
    same,
    statement_of,
    voter_key,
)
from contact_pipeline.ledger.decisions import UnknownMatterError, confirm_batch, decisions, decisions_of, withdraw
from contact_pipeline.ledger.migrations import upgrade
from contact_pipeline.ledger.pids import resolve
from contact_pipeline_tests.ledger.conftest import day

MIA: dict[str, Any] = {"now": day(0), "actor": "mia"}
WHY: dict[str, Any] = {**MIA, "reason": "asked them"}


def pairs(ledger: Ledger) -> list[tuple[str, str, str]]:
    return [(p["contact_id_l"], p["contact_id_r"], p["kind"]) for p in active_pairs(ledger).to_pylist()]


def choices(ledger: Ledger) -> list[tuple[str, str, str]]:
    rows = active_voter_choices(ledger).to_pylist()
    return [(row["contact_id"], f"{row['state']}:{row['voter_id']}", row["kind"]) for row in rows]


def said(kind: str, left: str, right: str = "", **more: Any) -> Statement:
    return Statement(kind, tuple(left), tuple(right), "asked them", **more)


def test_a_decision_on_two_people_holds_for_every_pair_of_their_contacts(ledger: Ledger) -> None:
    decide(ledger, [said("different", "cd", "ab")], **MIA)
    assert pairs(ledger) == [(*pair, "different") for pair in ("ac", "ad", "bc", "bd")]


def test_a_later_word_on_one_pair_leaves_the_other_pairs_of_the_decision_alone(ledger: Ledger) -> None:
    (first,) = decide(ledger, [said("different", "ab", "c")], **MIA)
    later = same(ledger, "c", "b", **WHY)
    assert pairs(ledger) == [("a", "c", "different"), ("b", "c", "same")]
    withdraw(ledger, later, **WHY)
    assert pairs(ledger) == [("a", "c", "different"), ("b", "c", "different")]
    withdraw(ledger, first.decision_id, **WHY)
    assert pairs(ledger) == []


def test_of_a_bulk_with_one_senseless_statement_nothing_is_written(ledger: Ledger) -> None:
    wrong = {
        "both sides": said("same", "b", "b"),
        "none of": said("perhaps", "a", "b"),
        "each side": said("same", "a"),
        "names no voter": said("voter", "a"),
    }
    for problem, senseless in wrong.items():
        with pytest.raises(ValueError, match=problem):
            decide(ledger, [said("same", "a", "b"), senseless], **MIA)
    assert decisions(ledger).num_rows == 0


def test_in_one_bulk_saying_it_twice_writes_it_once_and_the_later_contradiction_stands(ledger: Ledger) -> None:
    twice = decide(
        ledger, [said("same", "a", "b"), said("same", "b", "a"), said("different", "a", "b")], **MIA, bulk="x"
    )
    assert [written.new for written in twice] == [True, False, True]
    assert twice[0].decision_id == twice[1].decision_id
    assert pairs(ledger) == [("a", "b", "different")]
    assert decisions(ledger).column("bulk").to_pylist() == ["x", "x"]


def test_a_person_is_one_voter_of_a_state_and_the_newest_choice_counts(ledger: Ledger) -> None:
    decide(ledger, [said("voter", "ab", voter="fl:0012"), said("voter", "a", voter="GA:7")], **MIA)
    assert choices(ledger) == [("a", "FL:0012", "voter"), ("a", "GA:7", "voter"), ("b", "FL:0012", "voter")]
    (later,) = decide(ledger, [said("voter", "ab", voter="FL:9")], **MIA)
    assert choices(ledger) == [("a", "FL:9", "voter"), ("a", "GA:7", "voter"), ("b", "FL:9", "voter")]
    withdraw(ledger, later.decision_id, **WHY)
    assert choices(ledger)[0] == ("a", "FL:0012", "voter")


def test_a_voter_ruled_out_stays_so_until_he_is_chosen(ledger: Ledger) -> None:
    decide(ledger, [said("not_voter", "a", voter="FL:1"), said("not_voter", "a", voter="FL:2")], **MIA)
    decide(ledger, [said("voter", "a", voter="FL:2")], **MIA)
    assert choices(ledger) == [("a", "FL:1", "not_voter"), ("a", "FL:2", "voter")]
    decide(ledger, [said("not_voter", "a", voter="FL:2")], **MIA)
    assert choices(ledger) == [("a", "FL:1", "not_voter"), ("a", "FL:2", "not_voter")]


@pytest.mark.parametrize("wrong", ["", "123", "FL:", "FLA:1", ":1", "F1:2", "ÀÉ:2"])
def test_what_names_no_voter_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="names no voter"):
        voter_key(wrong)


def test_leading_zeros_and_letters_of_a_voter_id_stay(ledger: Ledger) -> None:
    assert voter_key(" fl: 00A7 ") == "FL:00A7"


def test_what_a_decision_stood_on_is_kept_while_it_stands(ledger: Ledger) -> None:
    seen = {"a": "1", "b": "2", "x": "3"}
    (first,) = decide(ledger, [said("same", "a", "b", seen=seen)], **MIA)
    assert [(r["contact_id"], r["side"], r["evidence"]) for r in evidence_seen(ledger).to_pylist()] == [
        ("a", "left", "1"), ("b", "right", "2"), ("x", "beside", "3"),
    ]  # fmt: skip
    assert statement_of(ledger, first.decision_id) == said("same", "a", "b", seen=seen)
    withdraw(ledger, first.decision_id, **WHY)
    assert evidence_seen(ledger).num_rows == 0


def test_only_decisions_on_contacts_can_be_read_back_as_such(ledger: Ledger) -> None:
    batch = confirm_batch(ledger, "givebutter.contacts-0123456789ab", **WHY)
    for wrong in (batch, 99):
        with pytest.raises(UnknownMatterError, match="on contacts"):
            statement_of(ledger, wrong)


def test_labels_leave_out_what_nobody_looked_at_one_by_one(ledger: Ledger) -> None:
    same(ledger, "a", "b", **WHY)
    different(ledger, "a", "c", **WHY)
    decide(ledger, [said("same", "d", "e")], **MIA, bulk="obvious")
    looked_at = labels(ledger)
    assert looked_at.column_names == ["record_id_l", "record_id_r", "clerical_match_score"]
    assert [tuple(row.values()) for row in looked_at.to_pylist()] == [("a", "b", 1.0), ("a", "c", 0.0)]
    assert labels(ledger, bulk=True).num_rows == 3


def test_pairs_decided_before_contacts_were_kept_still_stand_after_the_upgrade(url: str, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    engine = create_engine(url)
    with engine.begin() as connection:
        upgrade(connection, "0001")
        for number, kind in ((1, "same"), (2, "different")):
            row = {"id": number, "kind": kind, "at": day(0).isoformat()}
            connection.execute(
                text(
                    "INSERT INTO decision (decision_id, kind, subject, other, decided_at, actor, reason) "
                    "VALUES (:id, :kind, 'a', 'b' || :id, :at, 'mia', 'asked them')"
                ),
                row,
            )
    engine.dispose()
    ledger = Ledger.open(url, workspace="swab")
    assert pairs(ledger) == [("a", "b1", "same"), ("a", "b2", "different")]


CONTACTS = "abcdef"
WORDS = st.lists(
    st.tuples(st.sampled_from(["same", "different"]), st.sampled_from(CONTACTS), st.sampled_from(CONTACTS)).filter(
        lambda word: word[1] != word[2]
    ),
    max_size=6,
)


@given(st.lists(st.integers(0, 3), min_size=6, max_size=6), WORDS)
@settings(deadline=None, max_examples=25)
def test_deciding_running_undoing_and_running_again_gives_the_people_of_before(
    tmp_path_factory: pytest.TempPathFactory, families: list[int], words: list[tuple[str, str, str]]
) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path_factory.mktemp('undone')}/ledger.sqlite", workspace="swab")
    evidence = list(zip(CONTACTS, map(str, families), strict=True))

    def linked(on: int) -> dict[str, str]:
        given_out = assign_pids(ledger, _linked(evidence, pairs(ledger)), now=day(on), reason="run")
        return {row["contact_id"]: row["pid"] for row in given_out.to_pylist()}

    before = linked(0)
    decide(ledger, [said(kind, one, other) for kind, one, other in words], **MIA, bulk="B1")
    linked(1)
    for number in decisions_of(ledger, bulk="B1"):
        withdraw(ledger, number, **WHY)
    assert linked(2) == before
    assert all(resolve(ledger, pid) == pid for pid in before.values())


def _linked(evidence: list[tuple[str, str]], decided: list[tuple[str, str, str]]) -> pa.Table:
    """Families by evidence and decisions, the contacts of a family joined in turn unless somebody told them apart."""
    apart = {frozenset(pair[:2]) for pair in decided if pair[2] == "different"}
    family = dict(evidence)
    wished = [pair[:2] for pair in decided if pair[2] == "same"]
    alike = [(one, other) for one, other in combinations(CONTACTS, 2) if family[one] == family[other]]
    people = {contact: {contact} for contact in CONTACTS}
    for one, other in [*wished, *alike]:
        together = people[one] | people[other]
        if not any(frozenset(pair) in apart for pair in combinations(sorted(together), 2)):
            people |= dict.fromkeys(together, together)
    return pa.table({"contact_id": list(CONTACTS), "cluster_id": [min(people[contact]) for contact in CONTACTS]})
