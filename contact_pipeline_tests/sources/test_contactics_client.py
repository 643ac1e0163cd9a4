from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from contact_pipeline.sandbox.simulators import Fault, SimulatorData, SimulatorOptions
from contact_pipeline.sources.contactics import ContacticsClient, records_of
from contact_pipeline.sources.errors import SourceError, SourceRefused, SourceUnavailable
from contact_pipeline.sources.secret import Secret
from contact_pipeline_tests.sources.faults import PASSING, named
from contact_pipeline_tests.sources.helpers import (
    KEY,
    WAITED_FOR,
    FakeClock,
    World,
    contactics_contacts,
    http_answer,
    limits_for,
    raw_server,
    world,
)

LIST = "/contacts"
QUIET_CALLS = 1 + 3
"""A token, then three pages of 250 contacts."""

FAULTS = [*PASSING, Fault("expired_key")]
PERMANENT = {"forbidden": "CONTACTICS_CLIENT_SECRET", "billing": "paid", "redirect": "base address"}


def contacts(count: int) -> SimulatorData:
    return SimulatorData(contactics_contacts=contactics_contacts(count))


def read(world: World, since: datetime | None = None) -> list[dict[str, Any]]:
    return [record for body in world.contactics.changed_contacts(since).pages for record in records_of(body)]


def by_id(row: dict[str, Any]) -> int:
    return int(row["id"])


def ids_of(rows: list[dict[str, Any]]) -> list[int]:
    return sorted(map(by_id, rows))


@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_every_passing_fault_at_every_page_leaves_the_same_contacts(fault: Fault) -> None:
    with world(contacts(250), politeness=limits_for(fault)) as place:
        held = place.simulators.contactics.contacts
        for after in (0, 1, 2):
            held[:] = contactics_contacts(250)
            place.simulators.faults.set(Fault(fault.name, fault.count, after, "contactics", LIST, fault.value))
            before = place.contactics.calls
            found = read(place)
            assert ids_of(found) == ids_of(held)
            assert len(found) == len(held)
            assert place.contactics.calls - before <= 3 * QUIET_CALLS


@pytest.mark.parametrize(
    "fault",
    [fault for fault in PASSING if not fault.name.startswith(("row_", "missing", "repeated", "loop"))],
    ids=named,
)
def test_every_passing_fault_while_a_token_is_asked_for_is_survived(fault: Fault) -> None:
    with world(contacts(3), politeness=limits_for(fault)) as place:
        place.simulators.faults.set(Fault(fault.name, fault.count, 0, "contactics", "/token", fault.value))
        assert len(read(place)) == 3
        assert place.contactics.calls <= 3 * 2


def test_a_token_is_asked_for_once_and_renewed_before_it_expires() -> None:
    with world(contacts(3)) as place:
        read(place)
        read(place)
        place.clock.sleep(3541.0)
        read(place)
        asked = [request.path for request in place.simulators.journal.requests("contactics")]
        assert [path.rpartition("/")[2] for path in asked] == ["token", "contacts", "contacts", "token", "contacts"]
        assert all(request.status == 200 for request in place.simulators.journal.requests())


def test_a_token_that_expires_between_two_pages_costs_two_calls_and_no_row() -> None:
    with world(contacts(250), options=SimulatorOptions(contactics_token_seconds=0.35)) as place:
        # The clock moves only while the client waits: the second page is throttled until the token is gone.
        place.simulators.faults.set(Fault("too_many", 1, 1, path=LIST))
        assert len(read(place)) == 250
        statuses = [request.status for request in place.simulators.journal.requests("contactics")]
        assert statuses.count(401) == 1
        assert statuses.count(200) == 2 + 3


def test_a_token_taken_back_early_is_renewed() -> None:
    with world(contacts(3)) as place:
        read(place)
        place.simulators.contactics.expire_tokens()
        assert len(read(place)) == 3
        assert place.contactics.calls == 2 + 3


def test_a_fresh_token_that_is_refused_all_the_same_is_permanent() -> None:
    with world(contacts(3)) as place:
        place.simulators.faults.set(Fault("expired_key", 0, path=LIST))
        with pytest.raises(SourceRefused, match="CONTACTICS_CLIENT_SECRET"):
            read(place)
        assert place.contactics.calls == 4


def test_a_wrong_secret_is_refused_at_once_and_never_shown() -> None:
    with world(contacts(3), key="another-secret") as place:
        with pytest.raises(SourceRefused, match="CONTACTICS_CLIENT_SECRET") as refusal:
            read(place)
        assert place.contactics.calls == 1
        assert "another-secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "answer",
    [{}, {"access_token": "", "expires_in": 60}, {"access_token": "a\nb", "expires_in": 60}, {"access_token": "a"}],
    ids=["nothing", "empty", "two lines", "no end"],
)
def test_an_answer_without_a_usable_token_is_not_believed(answer: dict[str, Any]) -> None:
    with raw_server(*[http_answer(json.dumps(answer).encode())] * 6) as address:
        client = ContacticsClient(address, "me", Secret("KEY", KEY), time_keeper=FakeClock().time_keeper())
        with client, pytest.raises(SourceUnavailable, match=r"token gave no usable answer"):
            client.changed_contacts(None)


def test_the_occasional_503_costs_a_call_and_no_row() -> None:
    with world(contacts(250), options=SimulatorOptions(contactics_hiccup_every=3)) as place:
        assert len(read(place)) == 250
        assert place.contactics.calls == QUIET_CALLS + 1


def test_being_throttled_without_a_word_on_how_long_doubles_the_pauses() -> None:
    with world(contacts(3)) as place:
        place.simulators.faults.set(Fault("too_many_bare", 3, path=LIST))
        read(place)
        assert place.clock.naps == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("name", ["repeated_page", "looping_page", "missing_page", "missing_row"])
def test_one_wrong_page_costs_one_call_and_not_another_pass(name: str) -> None:
    with world(contacts(250)) as place:
        place.simulators.faults.set(Fault(name, 1, 1))
        assert len(read(place)) == 250
        assert place.contactics.calls == QUIET_CALLS + 1


def test_a_window_includes_its_edge_and_tells_the_newest_change() -> None:
    with world(contacts(30)) as place:
        changes = place.contactics.changed_contacts(datetime(2026, 3, 1, 20, tzinfo=UTC))
        ids = [row["id"] for body in changes.pages for row in records_of(body)]
    assert ids == [50_000 + number for number in range(20, 30)]
    assert changes.newest == datetime(2026, 3, 2, 5, tzinfo=UTC)


def test_milliseconds_are_not_lost_and_nonsense_is_no_time() -> None:
    data = contacts(3)
    data.contactics_contacts[0]["modified"] = 1777400000123
    data.contactics_contacts[1]["modified"] = 10**18
    with world(data) as place:
        changes = place.contactics.changed_contacts(None)
    assert changes.newest == datetime(2026, 4, 28, 18, 13, 20, 123000, tzinfo=UTC)


def test_what_is_missing_is_left_out_not_null() -> None:
    with world(contacts(1)) as place:
        assert "mobile_phone" not in read(place)[0]


def test_an_account_without_contacts_is_one_empty_page() -> None:
    with world(contacts(0)) as place:
        changes = place.contactics.changed_contacts(None)
        assert [records_of(body) for body in changes.pages] == [[]]
        assert changes.newest is None


@pytest.mark.parametrize("fault", [fault for fault in PASSING if not fault.name.startswith("row_")], ids=named)
def test_a_fault_that_never_ends_is_reported_as_unavailable(fault: Fault) -> None:
    with world(contacts(250), politeness=limits_for(fault)) as place:
        place.simulators.faults.set(Fault(fault.name, 0, 1, "contactics", LIST, fault.value))
        with pytest.raises(SourceUnavailable, match="Nothing was changed"):
            read(place)


@pytest.mark.parametrize(("name", "advice"), PERMANENT.items())
def test_a_permanent_refusal_is_not_asked_twice_and_says_what_to_do(name: str, advice: str) -> None:
    with world(contacts(250)) as place:
        place.simulators.faults.set(Fault(name, 0, 1, path=LIST))
        with pytest.raises(SourceRefused, match=advice):
            read(place)
        assert place.contactics.calls == 3


def test_the_rate_the_server_sees_never_exceeds_the_documented_limit() -> None:
    with world(contacts(1), options=SimulatorOptions(contactics_calls_per_second=10)) as place:
        for _ in range(60):
            read(place)
        journal = place.simulators.journal
        assert journal.busiest("contactics", 1.0) <= 9
        assert all(request.status == 200 for request in journal.requests())


def test_neither_secret_nor_token_nor_personal_data_reach_messages_and_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    with world(contacts(250)) as place:
        for fault in [fault for fault in FAULTS if fault.name not in WAITED_FOR] + [Fault(name) for name in PERMANENT]:
            place.simulators.faults.set(Fault(fault.name, 0, 1, path=LIST, value=fault.value))
            try:
                read(place)
            except SourceError as error:
                told.append(str(error))
    assert len(told) > 20
    secret = re.compile(rf"{KEY}|Bearer [0-9a-f]|Basic [A-Za-z0-9]|person\d+@|Bell")
    assert not [text for text in [*told, caplog.text] if secret.search(text)]
