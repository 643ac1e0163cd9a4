"""What humans said: append-only, the newest stands, and nothing said is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.ledger import Ledger
from contact_pipeline.ledger.contact_decisions import active_pairs, different, same
from contact_pipeline.ledger.decisions import (
    UnknownMatterError,
    active_values,
    confirm_batch,
    confirmed_batches,
    decisions,
    lock,
    resolve_issue,
    use_value,
    withdraw,
)
from contact_pipeline.ledger.issues import issues, record_issues
from contact_pipeline.ledger.pids import UnknownPidError
from contact_pipeline_tests.ledger.conftest import day
from contact_pipeline_tests.ledger.test_issues import found
from contact_pipeline_tests.ledger.test_pids import FIRST, SECOND, assign

MIA: dict[str, Any] = {"now": day(0), "actor": "mia", "reason": "asked them"}


def pairs(ledger: Ledger) -> list[tuple[str, str, str]]:
    return [(p["contact_id_l"], p["contact_id_r"], p["kind"]) for p in active_pairs(ledger).to_pylist()]


def values(ledger: Ledger) -> list[tuple[str, str, str, bool]]:
    return [(v["subject"], v["field"], v["value"], v["locked"]) for v in active_values(ledger).to_pylist()]


def test_a_pair_is_the_same_pair_in_either_order(ledger: Ledger) -> None:
    first = same(ledger, "b", "a", **MIA)
    assert pairs(ledger) == [("a", "b", "same")]
    assert same(ledger, "a", "b", **MIA) == first
    assert decisions(ledger).num_rows == 1


def test_the_newest_word_on_a_pair_stands_and_the_older_one_stays_on_record(ledger: Ledger) -> None:
    same(ledger, "a", "b", **MIA)
    different(ledger, "b", "a", **MIA)
    assert pairs(ledger) == [("a", "b", "different")]
    assert [line["kind"] for line in decisions(ledger).to_pylist()] == ["same", "different"]


def test_a_withdrawn_decision_gives_way_to_the_one_before_it(ledger: Ledger) -> None:
    first = same(ledger, "a", "b", **MIA)
    second = different(ledger, "a", "b", **MIA)
    taken_back = withdraw(ledger, second, **MIA)
    assert pairs(ledger) == [("a", "b", "same")]
    assert withdraw(ledger, second, **MIA) == taken_back
    withdraw(ledger, first, **MIA)
    assert pairs(ledger) == []
    assert decisions(ledger).num_rows == 4


def test_what_was_withdrawn_can_be_said_again(ledger: Ledger) -> None:
    withdraw(ledger, same(ledger, "a", "b", **MIA), **MIA)
    same(ledger, "a", "b", **MIA)
    assert pairs(ledger) == [("a", "b", "same")]


def test_the_same_word_on_other_evidence_is_a_new_decision(ledger: Ledger) -> None:
    first = different(ledger, "a", "b", seen={"a": "1", "b": "1"}, **MIA)
    assert different(ledger, "a", "b", seen={"a": "1", "b": "1"}, **MIA) == first
    assert different(ledger, "a", "b", seen={"a": "2", "b": "1"}, **MIA) > first
    assert pairs(ledger) == [("a", "b", "different")]


@pytest.mark.parametrize("say", [same, different])
def test_a_contact_is_no_pair_with_itself(ledger: Ledger, say: Any) -> None:
    with pytest.raises(ValueError, match="two different contacts"):
        say(ledger, "a", "a", **MIA)


def test_what_cannot_be_withdrawn_is_refused(ledger: Ledger) -> None:
    taken_back = withdraw(ledger, same(ledger, "a", "b", **MIA), **MIA)
    with pytest.raises(UnknownMatterError, match="no decision 99"):
        withdraw(ledger, 99, **MIA)
    with pytest.raises(ValueError, match="is a withdrawal"):
        withdraw(ledger, taken_back, **MIA)


def test_the_newest_value_of_a_field_stands_and_a_lock_is_told(ledger: Ledger) -> None:
    assign(ledger, "a")
    use_value(ledger, FIRST.lower(), "city", "Akron", **MIA)
    use_value(ledger, FIRST, "last_name", "Ames", **MIA)
    lock(ledger, FIRST, "city", "Dayton", **MIA)
    use_value(ledger, "list.people:77", "city", "Lima", **MIA)
    assert values(ledger) == [
        (FIRST, "city", "Dayton", True), (FIRST, "last_name", "Ames", False), ("list.people:77", "city", "Lima", False),
    ]  # fmt: skip


def test_a_value_follows_its_person_into_a_merge_and_returns_when_it_is_undone(ledger: Ledger) -> None:
    assign(ledger, "a b", on=0)
    lock(ledger, SECOND, "city", "Lima", **MIA)
    assign(ledger, "ab", on=1)
    assert values(ledger) == [(FIRST, "city", "Lima", True)]
    use_value(ledger, FIRST, "city", "Akron", **MIA)
    assert values(ledger) == [(FIRST, "city", "Akron", False)]
    assign(ledger, "a b", on=2)
    assert values(ledger) == sorted([(FIRST, "city", "Akron", False), (SECOND, "city", "Lima", True)])


def test_a_value_needs_a_person_that_exists(ledger: Ledger) -> None:
    with pytest.raises(UnknownPidError):
        lock(ledger, FIRST, "city", "Lima", **MIA)
    with pytest.raises(ValueError, match="not a PID"):
        lock(ledger, "somebody", "city", "Lima", **MIA)
    assert decisions(ledger).num_rows == 0


def test_a_held_batch_is_let_through_until_that_is_taken_back(ledger: Ledger) -> None:
    confirmed = confirm_batch(ledger, "givebutter.contacts-0123456789ab", **MIA)
    assert confirmed_batches(ledger) == {"givebutter.contacts-0123456789ab"}
    withdraw(ledger, confirmed, **MIA)
    assert confirmed_batches(ledger) == frozenset()


def test_an_answer_to_an_issue_can_be_taken_back_and_given_again(ledger: Ledger) -> None:
    def resolution() -> str | None:
        return issues(ledger).to_pylist()[0]["resolution"]  # type: ignore[no-any-return]

    record_issues(ledger, found("a"), now=day(0))
    answered = resolve_issue(ledger, "a", "a couple", **MIA)
    assert resolve_issue(ledger, "a", "a couple", **MIA) == answered
    withdraw(ledger, answered, **MIA)
    assert resolution() is None
    resolve_issue(ledger, "a", "a couple", **MIA)
    assert resolution() == "a couple"


def test_the_same_answer_counts_again_after_the_issue_came_back(ledger: Ledger) -> None:
    record_issues(ledger, found("a"), now=day(0))
    first = resolve_issue(ledger, "a", "a couple", **MIA)
    record_issues(ledger, found(), now=day(1))
    record_issues(ledger, found("a"), now=day(2))
    assert resolve_issue(ledger, "a", "a couple", **MIA) > first
    assert issues(ledger).to_pylist()[0]["resolution"] == "a couple"


def test_an_issue_that_does_not_exist_cannot_be_answered(ledger: Ledger) -> None:
    with pytest.raises(UnknownMatterError, match="no issue nowhere"):
        resolve_issue(ledger, "nowhere", "fine", **MIA)


SAYINGS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["same", "different"]), st.sampled_from(["ab", "ba", "bc", "ca"])),
        st.tuples(st.just("withdraw"), st.integers(0, 5)),
    ),
    max_size=12,
)


@given(SAYINGS)
@settings(deadline=None, max_examples=30)
def test_what_stands_is_the_newest_of_each_pair_that_was_not_withdrawn(
    tmp_path_factory: pytest.TempPathFactory, sayings: list[tuple[str, Any]]
) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path_factory.mktemp('said')}/ledger.sqlite")
    said: dict[int, tuple[str, str, str]] = {}
    for kind, about in sayings:
        if kind != "withdraw":
            decision_id = {"same": same, "different": different}[kind](ledger, *about, **MIA)
            said[decision_id] = (*sorted(about), kind)  # type: ignore[assignment]
        elif said:
            taken = sorted(said)[about % len(said)]
            withdraw(ledger, taken, **MIA)
            del said[taken]
    standing = {line[:2]: line for _, line in sorted(said.items())}
    assert pairs(ledger) == sorted(standing.values())
