from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

import httpx
import pytest

from contact_pipeline.sandbox.simulators import Fault, SimulatorOptions
from contact_pipeline.sources.errors import SourceError, SourceRefused, SourceUnavailable
from contact_pipeline.sources.givebutter import GivebutterClient, records_of
from contact_pipeline.sources.secret import Secret
from contact_pipeline_tests.sources.faults import PASSING, named
from contact_pipeline_tests.sources.helpers import (
    CAMPAIGN,
    KEY,
    PATIENT,
    WAITED_FOR,
    FakeClock,
    World,
    account,
    http_answer,
    limits_for,
    members,
    raw_server,
    world,
)

PERMANENT = {
    "expired_key": "GIVEBUTTER_API_KEY",
    "forbidden": "GIVEBUTTER_API_KEY",
    "billing": "paid",
    "redirect": "base address",
}


def by_id(row: dict[str, object]) -> int:
    return int(str(row["id"]))


def read_members(world: World) -> list[dict[str, object]]:
    return [record for body in world.givebutter.member_pages(CAMPAIGN) for record in records_of(body)]


@pytest.mark.parametrize("fault", PASSING, ids=named)
def test_every_passing_fault_at_every_page_leaves_the_same_members(fault: Fault) -> None:
    with world(account(member_count=250), politeness=limits_for(fault)) as place:
        held = place.simulators.givebutter.members
        for after in (0, 1, 2):
            held[:] = members(250)
            place.simulators.faults.set(Fault(fault.name, fault.count, after, "givebutter", value=fault.value))
            before = place.givebutter.calls
            read = read_members(place)
            assert sorted(read, key=by_id) == sorted(held, key=by_id)
            assert len({row["id"] for row in read}) == len(read)
            assert place.givebutter.calls - before <= 3 * 3


@pytest.mark.parametrize("name", ["repeated_page", "looping_page", "missing_page", "missing_row"])
def test_one_wrong_page_costs_one_call_and_not_another_pass(name: str) -> None:
    with world(account(member_count=250)) as place:
        place.simulators.faults.set(Fault(name, 1, 1))
        assert len(read_members(place)) == 250
        assert place.givebutter.calls == 4


def test_a_row_met_twice_ends_the_pass_at_once() -> None:
    with world(account(member_count=250)) as place:
        place.simulators.faults.set(Fault("row_inserted", 1, 1))
        assert len(read_members(place)) == 251
        assert place.givebutter.calls == 2 + 3


def test_another_page_than_the_one_asked_for_is_named_in_the_message() -> None:
    with world(account(member_count=250)) as place:
        place.simulators.faults.set(Fault("repeated_page", 0, 1))
        with pytest.raises(SourceUnavailable, match="answered page 1 when asked for page 2"):
            read_members(place)


def test_a_last_page_of_another_size_that_skips_rows_is_not_believed() -> None:
    """Each page is right by its own numbers; only the total shows that rows 101 to 120 never arrived."""

    def page(number: int, size: int, rows: range) -> bytes:
        links = {"next": f"/?page={number + 1}" if number == 1 else None}
        meta = {"current_page": number, "last_page": 2, "total": 150, "per_page": size}
        return http_answer(json.dumps({"data": [{"id": row} for row in rows], "links": links, "meta": meta}).encode())

    with raw_server(*[page(1, 100, range(1, 101)), page(2, 120, range(121, 151))] * 3) as address:
        client = GivebutterClient(address, Secret("KEY", KEY), time_keeper=FakeClock().time_keeper())
        with client, pytest.raises(SourceUnavailable, match="130 rows arrived of 150"):
            list(client.member_pages(CAMPAIGN))


def test_a_next_address_that_points_elsewhere_is_not_followed_and_not_believed() -> None:
    meta = {"current_page": 1, "last_page": 2, "total": 2, "per_page": 1}
    body = {"data": [{"id": 1}], "links": {"next": "https://elsewhere.example.org/?page=9"}, "meta": meta}
    with raw_server(*[http_answer(json.dumps(body).encode())] * 6) as address:
        client = GivebutterClient(address, Secret("KEY", KEY), time_keeper=FakeClock().time_keeper())
        with client, pytest.raises(SourceUnavailable, match="names page 9"):
            list(client.member_pages(CAMPAIGN))


def test_a_list_that_ends_before_its_last_page_is_not_believed() -> None:
    meta = {"current_page": 1, "last_page": 2, "total": 2, "per_page": 1}
    body = {"data": [{"id": 1}], "links": {"next": None}, "meta": meta}
    with raw_server(*[http_answer(json.dumps(body).encode())] * 6) as address:
        client = GivebutterClient(address, Secret("KEY", KEY), time_keeper=FakeClock().time_keeper())
        with client, pytest.raises(SourceUnavailable, match="ended the list at page 1 of 2"):
            list(client.member_pages(CAMPAIGN))


@pytest.mark.parametrize("fault", [fault for fault in PASSING if not fault.name.startswith("row_")], ids=named)
def test_a_fault_that_never_ends_is_reported_as_unavailable(fault: Fault) -> None:
    with world(account(member_count=250), politeness=limits_for(fault)) as place:
        # The first page repeats and loops onto itself without harm; what never ends there begins at the second.
        place.simulators.faults.set(Fault(fault.name, 0, 1, "givebutter", value=fault.value))
        with pytest.raises(SourceUnavailable, match="Nothing was changed"):
            read_members(place)


def test_a_list_that_never_holds_still_is_reported_as_unavailable() -> None:
    with world(account(member_count=250)) as place:
        place.simulators.faults.set(Fault("row_deleted", 0))
        with pytest.raises(SourceUnavailable, match="kept changing"):
            read_members(place)
        assert place.givebutter.calls <= 9


@pytest.mark.parametrize(("name", "advice"), PERMANENT.items())
def test_a_permanent_refusal_is_not_asked_twice_and_says_what_to_do(name: str, advice: str) -> None:
    with world(account(member_count=250)) as place:
        place.simulators.faults.set(Fault(name, 0, 1))
        with pytest.raises(SourceRefused, match=advice):
            read_members(place)
        assert place.givebutter.calls == 2


def test_page_bodies_are_the_bytes_the_server_sent() -> None:
    with world(account(member_count=101)) as place:
        bodies = list(place.givebutter.member_pages(CAMPAIGN))
        address = f"{place.simulators.givebutter_url}/v1/campaigns/{CAMPAIGN}/members"
        headers = {"Authorization": f"Bearer {KEY}"}
        sent = [httpx.get(f"{address}?page={page}&per_page=100", headers=headers).content for page in (1, 2)]
    assert bodies == sent


def test_nothing_is_given_before_the_whole_list_is_known() -> None:
    with world(account(member_count=250)) as place:
        place.simulators.faults.set(Fault("server_error", 0, 2))
        pages = place.givebutter.member_pages(CAMPAIGN)
        with pytest.raises(SourceUnavailable):
            next(pages)


def test_a_campaign_is_found_by_its_code() -> None:
    with world(account(member_count=3)) as place:
        assert place.givebutter.campaign_id("spring26") == CAMPAIGN
        assert len(list(place.givebutter.member_pages("SPRING26"))) == 1
        with pytest.raises(SourceRefused, match="'AUTUMN99'"):
            place.givebutter.campaign_id("AUTUMN99")


def test_a_campaign_that_is_not_there_is_refused_with_advice() -> None:
    with world(account()) as place, pytest.raises(SourceRefused, match="check the id"):
        list(place.givebutter.member_pages("999"))


def test_an_empty_campaign_is_one_empty_page() -> None:
    with world(account()) as place:
        assert [records_of(body) for body in place.givebutter.member_pages(CAMPAIGN)] == [[]]


def test_numbers_sent_as_text_are_read_as_well() -> None:
    with world(account(member_count=150), options=SimulatorOptions(native_scalars=False)) as place:
        read = read_members(place)
    assert len(read) == 150
    assert isinstance(read[0]["id"], str)


def test_contacts_come_oldest_first_and_one_kind_at_a_time() -> None:
    data = account(contact_count=120)
    data.contacts[5]["type"] = "company"
    data.contacts.reverse()
    with world(data) as place:
        people = [row["id"] for body in place.givebutter.contacts().pages for row in records_of(body)]
        companies = [row["id"] for body in place.givebutter.contacts("company").pages for row in records_of(body)]
    assert people == sorted(people)
    assert companies == [48_000_005]
    assert len(people) == 119


def test_only_contacts_changed_since_are_asked_for() -> None:
    with world(account(contact_count=50)) as place:
        since = datetime(2024, 3, 20, tzinfo=UTC)
        read = [row for body in place.givebutter.contacts(since=since).pages for row in records_of(body)]
    assert [row["id"] for row in read] == [48_000_000 + number for number in range(38, 50)]


def test_a_contact_that_arrives_at_the_end_while_paging_costs_no_second_pass() -> None:
    with world(account(contact_count=250)) as place:
        book = place.simulators.givebutter.contacts
        # The newcomer's creation time is the newest, so it lands on the last page.
        place.simulators.faults.set(Fault("row_inserted", 1, 1, path="contacts"))
        read = {row["id"] for body in place.givebutter.contacts().pages for row in records_of(body)}
        assert len(read) == 251
        assert read == {row["id"] for row in book.rows}
        assert place.givebutter.calls == 3


def test_the_rate_the_server_sees_never_exceeds_the_documented_limit() -> None:
    with world(account(member_count=1), options=SimulatorOptions(givebutter_calls_per_minute=500)) as place:
        for _ in range(1_000):
            read_members(place)
        journal = place.simulators.journal
        assert len(journal.requests("givebutter")) == 1_000
        assert journal.busiest("givebutter", 60.0) <= 450
        assert all(request.status == 200 for request in journal.requests())


def test_a_throttled_client_waits_as_long_as_it_was_asked() -> None:
    with world(account(member_count=3)) as place:
        place.simulators.faults.set(Fault("too_many", value="42"))
        read_members(place)
        assert place.clock.naps == [42.0]
        place.simulators.faults.set(Fault("too_many_absurd"))
        read_members(place)
        assert place.clock.naps[1:] == [PATIENT.longest_pause_seconds]


def test_pauses_double_when_the_server_does_not_say_how_long() -> None:
    with world(account(member_count=3)) as place:
        place.simulators.faults.set(Fault("server_error", count=3))
        read_members(place)
        assert place.clock.naps == [1.0, 2.0, 4.0]


def test_neither_key_nor_personal_data_reach_messages_and_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    with world(account(member_count=150)) as place:
        for fault in [fault for fault in PASSING if fault.name not in WAITED_FOR] + [Fault(name) for name in PERMANENT]:
            place.simulators.faults.set(Fault(fault.name, 0, 1, value=fault.value))
            try:
                read_members(place)
            except SourceError as error:
                told.append(str(error))
    assert len(told) > 20
    assert not [text for text in [*told, caplog.text] if KEY in text or re.search(r"member\d+@|Quintero", text)]


def test_rows_of_a_body_that_is_no_page_are_refused() -> None:
    assert records_of(json.dumps({"data": [{"id": 1}]}).encode()) == [{"id": 1}]
    with pytest.raises(Exception, match="without a list"):
        records_of(b"{}")
