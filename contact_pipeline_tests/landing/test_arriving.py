"""Promises of a reading into landing: every call counted, no budget passed, no working key lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contact_pipeline.automation.cadence import due_entities
from contact_pipeline.config import Settings
from contact_pipeline.credentials import CredentialStore
from contact_pipeline.landing.arriving import fetch_entity, open_ledger
from contact_pipeline.landing.freshness import freshness
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.fetches import fetches, record_fetch
from contact_pipeline.sandbox.simulators import Fault, RunningSimulators, serve
from contact_pipeline.sources.budget import NOTED_EVERY, BudgetUsedUp
from contact_pipeline.sources.entities import GIVEBUTTER_MEMBERS, JOTFORM_SIGNUPS, LISTOMATIC_PEOPLE
from contact_pipeline.sources.errors import KeyNotAccepted, QuotaExhausted, SourceRefused
from contact_pipeline.sources.http import PoliteHttp
from contact_pipeline_tests.credentials.conftest import no_system_keyring
from contact_pipeline_tests.sources.helpers import CAMPAIGN, FORM, KEY, account, listomatic_people

__all__ = ["no_system_keyring"]

NOW = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
NAMES = ("GIVEBUTTER_API_KEY", "JOTFORM_API_KEY", "LISTOMATIC_API_KEY")


@dataclass
class Place:
    """A home, the platforms it reads, and its credentials."""

    home: Path
    running: RunningSimulators

    def settings(self, **jotform: Any) -> Settings:
        return Settings(
            home=self.home,
            now=NOW,
            givebutter={"base_url": self.running.givebutter_url, "campaign": CAMPAIGN},
            jotform={"base_url": self.running.jotform_url, "forms": {"signups": {"id": FORM}}, **jotform},
            listomatic={"base_url": self.running.listomatic_url},
        )  # type: ignore[arg-type]

    def keep(self, name: str, value: str) -> None:
        CredentialStore(self.home).set(name, value, NOW)

    def readings(self) -> list[dict[str, Any]]:
        ledger = open_ledger(self.settings())
        try:
            return list(fetches(ledger).to_pylist())
        finally:
            ledger.close()

    def earlier(self, calls: int, hours: float, outcome: str = "landed") -> None:
        ledger = open_ledger(self.settings())
        when = NOW - timedelta(hours=hours)
        try:
            record_fetch(
                ledger,
                source="jotform",
                entity="signups",
                now=when,
                outcome=outcome,
                calls=calls,
                records=0,
                whole=True,
            )
        finally:
            ledger.close()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    data = account(member_count=3, submission_count=5)
    data.listomatic_people.extend(listomatic_people(4))
    with serve(data) as running:
        yield Place(tmp_path / "data", running)


def quietly(_: str) -> None:
    return None


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_key_kept_in_the_store_reads_the_platform(place: Place) -> None:
    place.keep("GIVEBUTTER_API_KEY", KEY)
    outcome = fetch_entity(GIVEBUTTER_MEMBERS, place.settings(), log=quietly)
    assert (outcome.new, outcome.records) == (True, 3)
    assert place.readings()[0]["calls"] == outcome.calls > 0


def test_without_a_key_one_sentence_says_what_to_type_and_nothing_was_asked(place: Place) -> None:
    with pytest.raises(SourceRefused, match="contact-pipeline credentials set GIVEBUTTER_API_KEY"):
        fetch_entity(GIVEBUTTER_MEMBERS, place.settings(), log=quietly)
    (reading,) = place.readings()
    assert (reading["outcome"], reading["calls"]) == ("refused", 0)


@pytest.mark.parametrize("entity", [GIVEBUTTER_MEMBERS, JOTFORM_SIGNUPS, LISTOMATIC_PEOPLE], ids=lambda it: it.key)
def test_a_failed_reading_counts_its_calls_also_when_it_fails_while_opening(place: Place, entity: Any) -> None:
    for name in NAMES:
        place.keep(name, "not-the-key")
    with pytest.raises(KeyNotAccepted):
        fetch_entity(entity, place.settings(), log=quietly)
    (reading,) = place.readings()
    assert (reading["outcome"], reading["calls"]) == ("refused", 1)
    assert "not-the-key" not in reading["message"]


def test_a_new_key_that_is_not_accepted_yet_stops_nothing(place: Place) -> None:
    place.keep("GIVEBUTTER_API_KEY", KEY)
    place.keep("GIVEBUTTER_API_KEY", "mistyped")
    outcome = fetch_entity(GIVEBUTTER_MEMBERS, place.settings(), log=quietly)
    assert outcome.new
    assert "the one before it was used: set it again" in outcome.message
    assert CredentialStore(place.home).read()["GIVEBUTTER_API_KEY"].previous == KEY


def test_once_the_new_key_has_worked_the_old_one_is_gone(place: Place) -> None:
    place.keep("GIVEBUTTER_API_KEY", "the-old-one")
    place.keep("GIVEBUTTER_API_KEY", KEY)
    assert CredentialStore(place.home).read()["GIVEBUTTER_API_KEY"].previous == "the-old-one"
    fetch_entity(GIVEBUTTER_MEMBERS, place.settings(), log=quietly)
    assert CredentialStore(place.home).read()["GIVEBUTTER_API_KEY"].previous is None


def test_a_reading_the_budget_has_no_room_for_asks_nothing(place: Place) -> None:
    place.keep("JOTFORM_API_KEY", KEY)
    place.earlier(40, hours=2)
    with pytest.raises(BudgetUsedUp, match="takes about 40 calls and the budget of jotform has 39 left") as caught:
        fetch_entity(JOTFORM_SIGNUPS, place.settings(calls_per_day=79), log=quietly)
    assert caught.value.until == NOW + timedelta(hours=22)
    assert len(place.readings()) == 1
    assert place.running.journal.requests() == []


def test_a_person_may_go_beyond_the_budget(place: Place) -> None:
    place.keep("JOTFORM_API_KEY", KEY)
    place.earlier(40, hours=2)
    outcome = fetch_entity(JOTFORM_SIGNUPS, place.settings(calls_per_day=79), log=quietly, beyond_budget=True)
    assert outcome.records == 5


def test_a_reading_that_needs_more_than_is_left_stops_in_time_and_lands_nothing(place: Place) -> None:
    place.keep("JOTFORM_API_KEY", KEY)
    place.earlier(9, hours=2, outcome="unavailable")
    with pytest.raises(BudgetUsedUp, match="were used up before everything was read"):
        fetch_entity(JOTFORM_SIGNUPS, place.settings(calls_per_day=10), log=quietly)
    assert (place.readings()[0]["calls"], place.readings()[0]["closed_until"]) == (1, None)
    assert LandingStore(place.settings().landing).manifest() == []


@pytest.mark.parametrize("entity", [GIVEBUTTER_MEMBERS, JOTFORM_SIGNUPS, LISTOMATIC_PEOPLE], ids=lambda it: it.key)
def test_a_platform_that_asks_for_an_hour_is_left_alone_for_that_hour(place: Place, entity: Any) -> None:
    for name in NAMES:
        place.keep(name, KEY)
    place.running.faults.set(Fault("too_many", count=0, platform=entity.source, value="3600"))
    with pytest.raises(QuotaExhausted, match="asked to be left alone until") as caught:
        fetch_entity(entity, place.settings(), log=quietly)
    asked = len(place.running.journal.requests())
    ledger = open_ledger(place.settings())
    before, after = caught.value.until - timedelta(seconds=5), caught.value.until + timedelta(seconds=5)
    assert due_entities(entity.source, place.settings(), ledger, now=before) == []
    assert entity in due_entities(entity.source, place.settings(), ledger, now=after)
    ledger.close()
    with pytest.raises(QuotaExhausted, match="is not to be asked before"):
        fetch_entity(entity, place.settings().model_copy(update={"now": before}), log=quietly)
    assert len(place.running.journal.requests()) == asked == 1
    place.running.faults.clear()
    assert fetch_entity(entity, place.settings().model_copy(update={"now": after}), log=quietly).new


def test_the_calls_of_a_reading_that_is_stopped_in_the_middle_are_counted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupt stands for a kill: nobody is left to say how the reading went."""
    place.keep("JOTFORM_API_KEY", KEY)
    with monkeypatch.context() as patch:
        patch.setattr(PoliteHttp, "judge_status", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fetch_entity(JOTFORM_SIGNUPS, place.settings(), log=quietly)
    (counted,) = place.readings()
    assert (counted["outcome"], counted["calls"]) == ("unavailable", NOTED_EVERY), "written down before they are made"
    assert len(place.running.journal.requests()) <= NOTED_EVERY
    again = fetch_entity(JOTFORM_SIGNUPS, place.settings(), log=quietly)
    assert again.new
    assert [row["calls"] for row in place.readings()] == [again.calls, NOTED_EVERY]


def test_age_comes_from_the_content_and_not_from_the_arrival(place: Place) -> None:
    place.keep("GIVEBUTTER_API_KEY", KEY)
    fetch_entity(GIVEBUTTER_MEMBERS, place.settings(), log=quietly)
    fetch_entity(
        GIVEBUTTER_MEMBERS, place.settings().model_copy(update={"now": NOW + timedelta(hours=30)}), log=quietly
    )
    ledger = open_ledger(place.settings())
    try:
        known = freshness(LandingStore(place.settings().landing), ledger)["givebutter.members"]
    finally:
        ledger.close()
    assert known.newest_change == datetime(2026, 5, 2, 18, 22, 10, tzinfo=UTC)
    assert known.arrived_at == NOW
    assert known.as_of == known.last_good_reading == NOW + timedelta(hours=30)
    ages = [known.age(NOW + timedelta(hours=hours)) for hours in (54, 55, 30 + 7 * 24, 31 + 7 * 24)]
    assert ages == ["fresh", "stale", "stale", "very old"]
