"""Promises about Givebutter's contacts, companies and households over the API: every list, every fault, every edge."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from contact_pipeline.sandbox.simulators import Fault, SimulatorData, SimulatorOptions
from contact_pipeline.sources.errors import SourceRefused, SourceUnavailable
from contact_pipeline.sources.givebutter import GivebutterClient, records_of
from contact_pipeline.sources.givebutter.client import is_listed
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sources.window import OVERLAP
from contact_pipeline_tests.sources.faults import PASSING, named
from contact_pipeline_tests.sources.helpers import (
    KEY,
    FakeClock,
    World,
    campaigns,
    contacts,
    households,
    http_answer,
    limits_for,
    raw_server,
    world,
)

SINCE = datetime(2024, 2, 20, tzinfo=UTC)


def companies(count: int) -> list[dict[str, Any]]:
    return [
        {**row, "id": 60_000_000 + number, "type": "company", "company_name": f"Company {number}"}
        for number, row in enumerate(contacts(count))
    ]


def whole_account() -> SimulatorData:
    return SimulatorData(
        contacts=[*contacts(250), *companies(130)], households=households(45), campaigns=campaigns(120)
    )


LISTS: dict[str, Callable[[World], Iterator[bytes]]] = {
    "contacts": lambda place: place.givebutter.contacts().pages,
    "changed contacts": lambda place: place.givebutter.contacts(since=SINCE).pages,
    "companies": lambda place: place.givebutter.contacts("company").pages,
    "households": lambda place: place.givebutter.household_pages(),
    "campaigns": lambda place: place.givebutter.campaign_pages(),
}


def read(place: World, name: str) -> dict[str, dict[str, Any]]:
    rows = [row for body in LISTS[name](place) for row in records_of(body)]
    assert len({row["id"] for row in rows}) == len(rows)
    return {str(row["id"]): row for row in rows}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("fault", PASSING, ids=named)
def test_every_passing_fault_at_every_page_leaves_the_same_records(fault: Fault, name: str) -> None:
    with world(whole_account(), politeness=limits_for(fault)) as place:
        quiet = place.givebutter.calls
        read(place, name)
        quiet = place.givebutter.calls - quiet
        for after in range(min(quiet, 3)):
            place.simulators.faults.set(Fault(fault.name, fault.count, after, "givebutter", value=fault.value))
            before = place.givebutter.calls
            disturbed = read(place, name)
            spent = place.givebutter.calls - before
            place.simulators.faults.clear()
            assert disturbed == read(place, name)
            assert spent <= 3 * quiet


@pytest.mark.parametrize("name", ["contacts", "companies", "households", "campaigns"])
def test_a_list_that_never_holds_still_gives_nothing(name: str) -> None:
    with world(whole_account()) as place:
        place.simulators.faults.set(Fault("row_deleted", 0, platform="givebutter"))
        with pytest.raises(SourceUnavailable, match="kept changing"):
            read(place, name)


@pytest.mark.parametrize("edge", [True, False], ids=["bound included", "bound excluded"])
def test_a_window_with_its_overlap_holds_what_changed_at_its_beginning(edge: bool) -> None:
    """Whether `updatedAfter` includes its bound is unknown: the overlap makes it not matter."""
    data = SimulatorData(contacts=contacts(30))
    changed = datetime.fromisoformat(data.contacts[12]["updated_at"])
    with world(data, options=SimulatorOptions(updated_after_edge=edge)) as place:
        at_the_bound = {
            row["id"] for body in place.givebutter.contacts(since=changed).pages for row in records_of(body)
        }
        overlapping = place.givebutter.contacts(since=changed - OVERLAP).pages
        read_again = {row["id"] for body in overlapping for row in records_of(body)}
    assert (48_000_012 in at_the_bound) is edge
    assert 48_000_012 in read_again


def test_contacts_made_at_one_moment_on_both_sides_of_a_page_come_once_each() -> None:
    data = SimulatorData(contacts=contacts(250))
    for row in data.contacts[60:160]:
        row["created_at"] = row["updated_at"] = data.contacts[60]["created_at"]
    with world(data) as place:
        assert set(read(place, "contacts")) == {str(row["id"]) for row in data.contacts}
        assert place.givebutter.calls == 3


@pytest.mark.parametrize("native", [True, False], ids=["numbers", "texts"])
def test_values_come_alike_as_numbers_or_as_texts(native: bool) -> None:
    with world(whole_account(), options=SimulatorOptions(native_scalars=native)) as place:
        for name in LISTS:
            assert read(place, name)


@pytest.mark.parametrize("array", [True, False], ids=["as an array", "in an envelope"])
@pytest.mark.parametrize("count", [0, 1, 20, 41])
def test_households_are_read_whichever_way_they_are_sent(count: int, array: bool) -> None:
    with world(SimulatorData(households=households(count)), options=SimulatorOptions(household_array=array)) as place:
        assert list(read(place, "households").values()) == households(count)


def test_an_array_without_pages_is_known_by_two_repetitions_and_confirmed_once() -> None:
    """A server that ignores `page` gives the same array every time."""
    body = http_answer(json.dumps([{"id": 1}, {"id": 2}]).encode())
    with raw_server(*[body] * 6) as address:
        client = GivebutterClient(address, Secret("KEY", KEY), time_keeper=FakeClock().time_keeper())
        with client:
            assert [records_of(page) for page in client.household_pages()] == [[{"id": 1}, {"id": 2}]]
            assert client.calls == 6


def test_an_archived_contact_is_not_listed_and_a_restored_one_is_again() -> None:
    with world(SimulatorData(contacts=contacts(5))) as place:
        book = place.simulators.givebutter.contacts
        book.archive(48_000_002, archived=True)
        assert "48000002" not in read(place, "contacts")
        book.archive(48_000_002, archived=False)
        assert "48000002" in read(place, "contacts")
        assert "48000002" in read(place, "changed contacts")


def test_a_contact_asked_for_singly_comes_as_it_is() -> None:
    with world(SimulatorData(contacts=contacts(3))) as place:
        place.simulators.givebutter.contacts.archive(48_000_001, archived=True)
        here, archived = (records_of(place.givebutter.contact(number))[0] for number in ("48000000", "48000001"))
    assert (here["first_name"], archived["first_name"]) == ("Person0", "Person1")
    assert (is_listed(here), is_listed(archived)) == (True, False)


def test_a_contact_that_is_gone_leaves_a_note() -> None:
    with world(SimulatorData(contacts=contacts(3))) as place:
        (note,) = records_of(place.givebutter.contact("48999999"))
        assert note == {"id": "48999999", "answered": 404}
        assert not is_listed(note)
        assert place.givebutter.calls == 1


@pytest.mark.parametrize(
    "fault", [fault for fault in PASSING if "row" not in fault.name and "page" not in fault.name], ids=named
)
def test_no_passing_fault_makes_a_contact_look_gone(fault: Fault) -> None:
    with world(SimulatorData(contacts=contacts(3)), politeness=limits_for(fault)) as place:
        place.simulators.faults.set(fault)
        assert records_of(place.givebutter.contact("48000001"))[0]["first_name"] == "Person1"


@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        (http_answer(b"<html>not here</html>", status=b"404 Not Found"), 6),
        (http_answer(b'{"error": "no route"}', status=b"404 Not Found"), 1),
        (http_answer(b'{"id": 7, "first_name": "Other"}'), 6),
    ],
    ids=["a page of a proxy", "a stranger's 404", "another contact"],
)
def test_only_givebutters_own_answer_about_this_contact_is_believed(answer: bytes, tries: int) -> None:
    with raw_server(*[answer] * tries) as address:
        client = GivebutterClient(address, Secret("KEY", KEY), time_keeper=FakeClock().time_keeper())
        with client, pytest.raises((SourceUnavailable, SourceRefused)):
            client.contact("48000001")


@pytest.mark.parametrize("name", LISTS)
def test_a_404_to_a_list_is_a_refusal_and_no_deletion(name: str) -> None:
    with world(whole_account()) as place:
        place.simulators.faults.set(Fault("server_error", 0, value="404"))
        with pytest.raises(SourceRefused, match="does not exist"):
            read(place, name)
