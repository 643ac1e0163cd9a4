"""Models, fetches, arrivals and suppressed addresses."""

from __future__ import annotations

import json

import duckdb
import pytest

from contact_pipeline.ledger import Ledger
from contact_pipeline.ledger.arrivals import STATUSES, arrivals, record_arrival
from contact_pipeline.ledger.fetches import OUTCOMES, closed_until, fetches, last_fetches, last_whole, record_fetch
from contact_pipeline.ledger.models import latest_model, model_version, save_model
from contact_pipeline.ledger.suppression import (
    active_suppressions,
    address_hash,
    erase_address,
    is_suppressed,
    lift,
    suppress,
)
from contact_pipeline_tests.ledger.conftest import day

ANA = "ana@example.org"


def test_the_latest_model_comes_back_as_it_was_saved(ledger: Ledger) -> None:
    assert latest_model(ledger) is None
    first = save_model(ledger, {"weights": [0.1, 2.5e-7]}, trained_on="10 contacts", created_at=day(0), metrics={})
    second = save_model(ledger, {"weights": [0.2]}, trained_on="12 contacts", created_at=day(1), metrics={"f1": 0.99})
    latest = latest_model(ledger)
    assert latest is not None
    assert (latest.version, latest.model, latest.metrics) == (second, {"weights": [0.2]}, {"f1": 0.99})
    assert (latest.trained_on, latest.created_at) == ("12 contacts", day(1))
    assert model_version(ledger, first).model == {"weights": [0.1, 2.5e-7]}
    with pytest.raises(LookupError, match="no model version 99"):
        model_version(ledger, 99)


def test_training_that_learned_nothing_new_saves_nothing(ledger: Ledger) -> None:
    first = save_model(ledger, {"a": 1, "b": 2}, trained_on="10 contacts", created_at=day(0), metrics={})
    before = ledger.version()
    assert save_model(ledger, {"b": 2, "a": 1}, trained_on="11 contacts", created_at=day(1), metrics={}) == first
    assert ledger.version() == before


def test_going_back_to_an_earlier_model_is_a_new_version(ledger: Ledger) -> None:
    versions = [save_model(ledger, {"a": a}, trained_on="x", created_at=day(0), metrics={}) for a in (1, 2, 1)]
    assert len(set(versions)) == 3


def test_a_model_json_has_no_word_for_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="JSON"):
        save_model(ledger, {"m": float("nan")}, trained_on="x", created_at=day(0), metrics={})


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_attempt_to_read_a_platform_is_remembered(ledger: Ledger, outcome: str) -> None:
    record_fetch(
        ledger, source="jotform", entity="signups", now=day(0), outcome=outcome, calls=3, records=250, batch_id="b",
        message="250 submissions", whole=True, calls_left=997, closed_until=None,
    )  # fmt: skip
    assert fetches(ledger).to_pylist() == [
        {
            "fetch_id": 1, "source": "jotform", "entity": "signups", "fetched_at": day(0), "outcome": outcome,
            "calls": 3, "records": 250, "batch_id": "b", "message": "250 submissions",
            "whole": True, "calls_left": 997, "closed_until": None,
        }
    ]  # fmt: skip


def test_the_last_attempt_and_the_last_good_one_are_told_per_entity(ledger: Ledger) -> None:
    attempts = [("signups", "landed"), ("setups", "landed"), ("signups", "unavailable"), ("members", "refused")]
    for on, (entity, outcome) in enumerate(attempts):
        record_fetch(ledger, source="jotform", entity=entity, now=day(on), outcome=outcome, calls=1, records=0)
    last = {row["entity"]: row["outcome"] for row in last_fetches(ledger).to_pylist()}
    good = {row["entity"]: row["fetched_at"] for row in last_fetches(ledger, good_only=True).to_pylist()}
    assert last == {"members": "refused", "setups": "landed", "signups": "unavailable"}
    assert good == {"setups": day(1), "signups": day(0)}
    assert [row["entity"] for row in fetches(ledger, newest=2).to_pylist()] == ["members", "signups"]


def test_a_platform_whose_calls_are_used_up_stays_closed_for_every_entity_until_they_return(ledger: Ledger) -> None:
    attempt = {"source": "jotform", "outcome": "unavailable", "calls": 1, "records": 0}
    record_fetch(ledger, entity="signups", now=day(0), closed_until=day(1), **attempt)  # type: ignore[arg-type]
    record_fetch(ledger, entity="setups", now=day(0), **attempt)  # type: ignore[arg-type]
    assert closed_until(ledger, "jotform", now=day(0)) == day(1)
    assert closed_until(ledger, "jotform", now=day(1)) is None
    assert closed_until(ledger, "givebutter", now=day(0)) is None


def test_the_last_whole_reading_is_one_that_went_well(ledger: Ledger) -> None:
    assert last_whole(ledger, "jotform", "signups") is None
    for on, (whole, outcome) in enumerate(
        [(True, "landed"), (True, "unchanged"), (False, "landed"), (True, "refused")]
    ):
        counts = {"calls": 1, "records": 0, "whole": whole}
        record_fetch(ledger, source="jotform", entity="signups", now=day(on), outcome=outcome, **counts)  # type: ignore[arg-type]
    assert last_whole(ledger, "jotform", "signups") == day(1)


def test_an_outcome_nobody_knows_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="not 'fine'"):
        record_fetch(ledger, source="s", entity="e", now=day(0), outcome="fine", calls=1, records=0)


@pytest.mark.parametrize("status", STATUSES)
def test_each_file_is_remembered_with_what_became_of_it(ledger: Ledger, status: str) -> None:
    record_arrival(ledger, now=day(0), source="list", file_name="older.csv", status="refused", message="empty")
    record_arrival(
        ledger, now=day(1), source="givebutter", file_name="contacts.csv", status=status, batch_id="b", sha256="s",
        seen=10, accepted=7, quarantined=2, blank=1,
    )  # fmt: skip
    assert arrivals(ledger, newest=1).to_pylist() == [
        {
            "arrival_id": 2, "arrived_at": day(1), "source": "givebutter", "file_name": "contacts.csv",
            "batch_id": "b", "sha256": "s", "status": status, "message": None,
            "seen": 10, "accepted": 7, "quarantined": 2, "blank": 1,
        }
    ]  # fmt: skip
    assert arrivals(ledger).num_rows == 2


def test_a_status_nobody_knows_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="not 'lost'"):
        record_arrival(ledger, now=day(0), source="s", file_name="f", status="lost")


def test_a_suppressed_address_stays_so_until_it_is_lifted_and_both_stay_on_record(ledger: Ledger) -> None:
    suppress(ledger, "email", ANA, since=day(0), reason="unsubscribed", source="givebutter.contacts")
    assert is_suppressed(ledger, "email", ANA)
    assert not is_suppressed(ledger, "mail", ANA)
    lift(ledger, "email", ANA, since=day(1), reason="signed up again", source="jotform.signups")
    assert not is_suppressed(ledger, "email", ANA)
    suppress(ledger, "email", ANA, since=day(2), reason="unsubscribed", source="givebutter.contacts")
    assert [row["since"] for row in active_suppressions(ledger).to_pylist()] == [day(2)]


def test_suppressing_twice_keeps_the_first_date(ledger: Ledger) -> None:
    for on in (0, 1):
        suppress(ledger, "sms", "+15555550100", since=day(on), reason="STOP", source="list")
    assert active_suppressions(ledger).to_pylist() == [
        {
            "channel": "sms", "address_hash": address_hash("sms", "+15555550100"), "address": "+15555550100",
            "contact_id": None,
            "since": day(0), "reason": "STOP", "source": "list",
        }
    ]  # fmt: skip


def test_lifting_what_was_never_suppressed_writes_nothing(ledger: Ledger) -> None:
    before = ledger.version()
    lift(ledger, "email", ANA, since=day(0), reason="asked", source="list")
    assert ledger.version() == before


def test_suppression_outlives_the_erasure_of_the_address(ledger: Ledger) -> None:
    suppress(ledger, "email", ANA, since=day(0), reason="erase me", source="list")
    erase_address(ledger, "email", ANA)
    assert is_suppressed(ledger, "email", ANA)
    assert ANA not in json.dumps(active_suppressions(ledger).to_pylist(), default=str)


def test_a_table_of_contacts_can_be_joined_to_the_list_in_duckdb() -> None:
    in_sql = duckdb.execute("select sha256('email' || chr(31) || ?)", [ANA]).fetchall()[0][0]
    assert in_sql == address_hash("email", ANA)


@pytest.mark.parametrize(("channel", "address"), [("pigeon", ANA), ("email", " ")])
def test_what_is_no_address_is_not_suppressed(ledger: Ledger, channel: str, address: str) -> None:
    with pytest.raises(ValueError, match=r"channel is one of|blank address"):
        suppress(ledger, channel, address, since=day(0), reason="r", source="s")
