"""An event names the human whose decision it follows from; where none decided it names the evidence."""

from __future__ import annotations

from typing import Any

from contact_pipeline.ledger import Ledger
from contact_pipeline.ledger.contact_decisions import different, same
from contact_pipeline.ledger.decisions import withdraw
from contact_pipeline.ledger.pids import events
from contact_pipeline_tests.ledger.conftest import day
from contact_pipeline_tests.ledger.test_pids import assign

MIA: dict[str, Any] = {"now": day(0), "actor": "mia", "reason": "called them"}
PIPELINE = ("pipeline", "run")


def told(ledger: Ledger, on: int) -> dict[str, tuple[str, str]]:
    happened = events(ledger, since=day(on)).to_pylist()
    return {event["kind"]: (event["actor"], event["reason"]) for event in happened}


def test_a_merge_someone_decided_names_her_and_a_merge_by_evidence_does_not(ledger: Ledger) -> None:
    assign(ledger, "a b c d", on=0)
    same(ledger, "b", "a", **MIA)
    assign(ledger, "ab c d", on=1)
    assert told(ledger, 1) == dict.fromkeys(("absorbed", "merged"), ("mia", "called them (decision 1)"))
    assign(ledger, "ab cd", on=2)
    assert told(ledger, 2) == dict.fromkeys(("absorbed", "merged"), PIPELINE)


def test_a_part_that_someone_told_apart_names_her(ledger: Ledger) -> None:
    assign(ledger, "abc", on=0)
    different(ledger, "a", "c", **MIA)
    assign(ledger, "ab c", on=1)
    assert told(ledger, 1) == dict.fromkeys(("born", "split"), ("mia", "called them (decision 1)"))


def test_who_takes_back_a_merge_is_named_for_the_return_of_the_old_pid(ledger: Ledger) -> None:
    assign(ledger, "a b", on=0)
    joined = same(ledger, "a", "b", **MIA)
    assign(ledger, "ab", on=1)
    withdraw(ledger, joined, now=day(2), actor="leo", reason="wrong Ana")
    assign(ledger, "a b", on=2)
    assert told(ledger, 2) == dict.fromkeys(("revived", "split"), ("leo", "wrong Ana (decision 2)"))


def test_an_old_decision_explains_nothing_it_is_not_about(ledger: Ledger) -> None:
    assign(ledger, "ab c d", on=0)
    same(ledger, "a", "b", **MIA)
    assign(ledger, "abc d", on=1)
    assert set(told(ledger, 1).values()) == {PIPELINE}
