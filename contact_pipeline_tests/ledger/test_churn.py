"""A run that would move too many people stops before it writes, and waits for a yes to exactly that."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.ledger import Ledger
from contact_pipeline.ledger.assigning import assign_pids
from contact_pipeline.ledger.churn import Budget, Change, TooMuchChange, remember_change, waiting_change
from contact_pipeline.ledger.decisions import UnknownMatterError, agree_to_change, decisions, withdraw
from contact_pipeline.ledger.pids import current_crosswalk, events
from contact_pipeline_tests.ledger.conftest import day
from contact_pipeline_tests.ledger.test_pid_plan import clusters
from contact_pipeline_tests.ledger.test_pids import FIRST, SECOND, THIRD, everything, table

NOBODY = Budget(0.0, 0)
MIA: dict[str, Any] = {"now": day(1), "actor": "mia", "reason": "the new model is right"}


def run(ledger: Ledger, families: str, budget: Budget | None = NOBODY, on: int = 0) -> None:
    assign_pids(ledger, table(clusters(families)), now=day(on), reason="run", budget=budget)


def stopped(ledger: Ledger, families: str, budget: Budget = NOBODY) -> Change:
    with pytest.raises(TooMuchChange) as stop:
        run(ledger, families, budget, on=1)
    remember_change(ledger, stop.value.change, now=day(1))
    return stop.value.change


def test_a_first_load_is_no_churn(ledger: Ledger) -> None:
    run(ledger, "ab c def g")
    assert current_crosswalk(ledger).num_rows == 7


def test_new_people_and_new_contacts_of_known_people_are_no_churn(ledger: Ledger) -> None:
    run(ledger, "ab c")
    run(ledger, "abx c y z")
    assert current_crosswalk(ledger).num_rows == 6


def test_a_change_beyond_the_budget_writes_nothing_and_says_what_it_would_do(ledger: Ledger) -> None:
    run(ledger, "a b c")
    before = everything(ledger)
    with pytest.raises(TooMuchChange, match=r"1 of 3 people would change their PID \(1 absorbed\)") as stop:
        run(ledger, "ab c", on=1)
    assert everything(ledger) == before
    assert stop.value.change.examples == [{"kind": "absorbed", "pid": SECOND, "other_pid": FIRST}]
    assert "agree" in str(stop.value)


def test_the_budget_is_a_share_and_never_less_than_a_number(ledger: Ledger) -> None:
    run(ledger, "a b c d")
    run(ledger, "ab c d", Budget(0.25, 0), on=1)
    assert stopped(ledger, "abc d", Budget(0.25, 0)).moved == 1
    run(ledger, "abc d", Budget(0.0, 1), on=1)


def test_the_change_that_was_agreed_to_goes_through_and_waits_no_more(ledger: Ledger) -> None:
    run(ledger, "a b c")
    change = stopped(ledger, "ab c")
    assert waiting_change(ledger) == change
    agree_to_change(ledger, change.fingerprint, **MIA)
    run(ledger, "ab c", on=2)
    assert waiting_change(ledger) is None
    assert [row["pid"] for row in current_crosswalk(ledger).to_pylist()] == [FIRST, FIRST, THIRD]


def test_what_arrives_beside_an_agreed_change_does_not_ask_again(ledger: Ledger) -> None:
    run(ledger, "ab c")
    agree_to_change(ledger, stopped(ledger, "a b c").fingerprint, **MIA)
    run(ledger, "a b cx y", on=2)


def test_a_different_change_asks_again_and_so_does_the_same_one_later(ledger: Ledger) -> None:
    run(ledger, "a b c")
    first = stopped(ledger, "ab c")
    agree_to_change(ledger, first.fingerprint, **MIA)
    assert stopped(ledger, "a bc").fingerprint != first.fingerprint
    run(ledger, "ab c", on=2)
    run(ledger, "a b c", budget=None, on=3)
    assert stopped(ledger, "ab c").fingerprint != first.fingerprint


def test_consent_can_be_taken_back_before_the_run(ledger: Ledger) -> None:
    run(ledger, "a b")
    change = stopped(ledger, "ab")
    withdraw(ledger, agree_to_change(ledger, change.fingerprint, **MIA), **MIA)
    assert stopped(ledger, "ab") == change


def test_nobody_can_agree_to_a_change_no_run_stopped_at(ledger: Ledger) -> None:
    with pytest.raises(UnknownMatterError, match="No run stopped"):
        agree_to_change(ledger, "0123456789abcdef", **MIA)
    assert decisions(ledger).num_rows == 0


def test_stopping_at_the_same_change_again_writes_nothing(ledger: Ledger) -> None:
    run(ledger, "a b")
    stopped(ledger, "ab")
    before = everything(ledger)
    stopped(ledger, "ab")
    assert everything(ledger) == before


PARTS = st.lists(st.integers(0, 4), min_size=6, max_size=6)


@given(PARTS, PARTS)
@settings(deadline=None, max_examples=25)
def test_a_run_moves_whom_it_said_or_nobody(
    tmp_path_factory: pytest.TempPathFactory, first: list[int], second: list[int]
) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path_factory.mktemp('moved')}/ledger.sqlite", workspace="swab")
    one, other = ({c: str(part) for c, part in zip("abcdef", parts, strict=True)} for parts in (first, second))
    assign_pids(ledger, table(one), now=day(0), reason="run")
    before = {row["contact_id"]: row["pid"] for row in current_crosswalk(ledger).to_pylist()}
    try:
        assign_pids(ledger, table(other), now=day(1), reason="run", budget=NOBODY)
        moved = 0
    except TooMuchChange as stop:
        assert events(ledger, since=day(1)).num_rows == 0
        moved = stop.change.moved
        assign_pids(ledger, table(other), now=day(1), reason="run")
    after = {row["contact_id"]: row["pid"] for row in current_crosswalk(ledger).to_pylist()}
    assert moved == len({before[contact] for contact in before if before[contact] != after[contact]})
