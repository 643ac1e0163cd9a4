"""The Airtable client against every fault: the same records, or a plain refusal."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from contact_pipeline.sandbox.simulators import Fault, RunningSimulators, SimulatorData, SimulatorOptions, serve
from contact_pipeline.sandbox.simulators.airtable_tables import Table
from contact_pipeline.sources.airtable import AirtableClient
from contact_pipeline.sources.airtable.envelope import fields_of, records_of, wrapped
from contact_pipeline.sources.airtable.reading import Reading, read_records
from contact_pipeline.sources.errors import SourceError, SourceRefused, SourceUnavailable
from contact_pipeline.sources.http import Politeness
from contact_pipeline.sources.secret import Secret
from contact_pipeline_tests.sources.airtable_bases import BASE, EMAIL, NAME, OTHER, PHONE, TABLE, base, record_id
from contact_pipeline_tests.sources.faults import PASSING, named
from contact_pipeline_tests.sources.helpers import (
    KEY,
    PATIENT,
    WAITED_FOR,
    FakeClock,
    http_answer,
    limits_for,
    raw_server,
)

FAULTS = [*PASSING, Fault("stale_cursor"), Fault("field_renamed")]
QUIET_CALLS = 3 + 1
"""Three pages of 250 records, and the last once more."""

NEVER_BELIEVED = [fault for fault in PASSING if not fault.name.startswith(("row_", "missing_"))]
"""A list without a total that is cut alike every time cannot be told from a shorter one."""

PERMANENT = {
    "expired_key": "AIRTABLE_API_KEY",
    "forbidden": "AIRTABLE_API_KEY",
    "billing": "paid",
    "quota_429": "this month's API calls",
    "redirect": "base address",
}
PLACES = [(BASE, TABLE)]


@dataclass
class World:
    """A running account, a client of it, and the clock both live by."""

    simulators: RunningSimulators
    client: AirtableClient
    clock: FakeClock

    @property
    def table(self) -> Table:
        return self.simulators.airtable.account.base(BASE).table(TABLE)

    @property
    def ids(self) -> list[str]:
        return sorted(row["id"] for row in self.table.rows)


@contextmanager
def world(count: int, *, politeness: Politeness = PATIENT, options: SimulatorOptions | None = None) -> Iterator[World]:
    clock = FakeClock()
    options = replace(options or SimulatorOptions(), now=clock.now, monotonic=clock.monotonic)
    with (
        serve(SimulatorData(airtable_bases=[base(count)]), options=options) as running,
        AirtableClient(
            running.airtable_url,
            Secret("AIRTABLE_API_KEY", KEY),
            politeness=politeness,
            time_keeper=clock.time_keeper(),
        ) as client,
    ):
        yield World(running, client, clock)


def taken(pages: Iterator[bytes]) -> list[dict[str, Any]]:
    return [record for page in pages for record in records_of(page, tables=frozenset(PLACES))]


def read(place: World) -> list[dict[str, Any]]:
    pages = (wrapped("records", BASE, TABLE, body) for body in place.client.record_pages(BASE, TABLE))
    return sorted(taken(pages), key=lambda record: str(record["id"]))


@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_every_passing_fault_at_every_page_leaves_the_same_records(fault: Fault) -> None:
    with world(250, politeness=limits_for(fault)) as place:
        quiet = read(place)
        for after in range(QUIET_CALLS):
            place.table.data.update(base(250)["tables"][0])
            place.simulators.faults.set(Fault(fault.name, fault.count, after, "airtable", value=fault.value))
            before = place.client.calls
            found = read(place)
            there = {row["id"] for row in place.table.rows} & {one["id"] for one in quiet}
            assert [one for one in found if one["id"] in there] == [one for one in quiet if one["id"] in there]
            assert place.client.calls - before <= 3 * QUIET_CALLS
            place.clock.sleep(60)


def test_a_record_made_while_the_list_is_read_is_in_it() -> None:
    with world(250) as place:
        place.simulators.faults.set(Fault("row_inserted", 1, 1))
        assert [one["id"] for one in read(place)] == place.ids
        assert place.client.calls == QUIET_CALLS


@pytest.mark.parametrize("name", ["repeated_page", "looping_page", "missing_page", "missing_row"])
def test_one_wrong_page_costs_a_call_and_not_another_pass(name: str) -> None:
    with world(250) as place:
        place.simulators.faults.set(Fault(name, 1, 1))
        assert [one["id"] for one in read(place)] == place.ids
        assert place.client.calls <= QUIET_CALLS + 1


def test_a_last_page_with_a_row_left_out_is_not_believed() -> None:
    with world(250) as place:
        place.simulators.faults.set(Fault("missing_row", 1, 2))
        assert [one["id"] for one in read(place)] == place.ids


def test_a_list_whose_cursor_expired_is_read_again_from_its_start() -> None:
    with world(250) as place:
        place.simulators.faults.set(Fault("stale_cursor", 1, 1))
        assert [one["id"] for one in read(place)] == place.ids
        offsets = [request.query.partition("offset=")[2] for request in place.simulators.journal.requests()]
        assert [bool(offset) for offset in offsets] == [False, True, False, True, True, True]


def test_a_cursor_that_always_expires_is_reported_as_unavailable() -> None:
    with world(250) as place:
        place.simulators.faults.set(Fault("stale_cursor", 0, 1))
        with pytest.raises(SourceUnavailable, match=r"kept changing.*the cursor expired"):
            read(place)


def test_a_field_renamed_while_the_list_is_read_keeps_its_id() -> None:
    with world(250) as place:
        place.simulators.faults.set(Fault("field_renamed", 1, 1))
        assert all(one["fields"][NAME].endswith("Bell") and EMAIL in one["fields"] for one in read(place))
        assert place.table.field(NAME)["name"] == "Name renamed"


def test_empty_cells_are_missing_and_every_cell_stands_by_its_field_id() -> None:
    with world(1) as place:
        (record,) = read(place)
    assert record["key"] == f"{BASE}/{TABLE}/{record_id(0)}"
    assert record["fields"][NAME] == "Person0 Bell"
    assert PHONE not in record["fields"]


def test_the_expiring_address_of_an_attachment_does_not_make_a_record_look_changed() -> None:
    with world(3) as place:
        assert read(place) == read(place)


@pytest.mark.parametrize("fault", NEVER_BELIEVED, ids=named)
def test_a_fault_that_never_ends_is_reported_as_unavailable(fault: Fault) -> None:
    with world(250, politeness=limits_for(fault)) as place:
        place.simulators.faults.set(Fault(fault.name, 0, 1, "airtable", value=fault.value))
        with pytest.raises(SourceUnavailable, match="Nothing was changed"):
            read(place)


@pytest.mark.parametrize(("name", "advice"), PERMANENT.items())
def test_a_permanent_refusal_is_not_asked_twice_and_says_what_to_do(name: str, advice: str) -> None:
    with world(250) as place:
        place.simulators.faults.set(Fault(name, 0, 1))
        with pytest.raises(SourceRefused, match=advice):
            read(place)
        assert place.client.calls == 2


def test_a_plan_that_runs_out_between_two_pages_is_told_plainly_and_not_asked_again() -> None:
    with world(250, options=SimulatorOptions(airtable_calls_per_month=2)) as place:
        with pytest.raises(SourceRefused, match="a larger plan has more"):
            read(place)
        assert place.client.calls == 3


@pytest.mark.parametrize("count", [1, 2], ids=["errors as a list", "error as an object"])
def test_after_a_429_nothing_is_asked_for_thirty_seconds(count: int) -> None:
    with world(1) as place:
        place.simulators.faults.set(Fault("too_many", count, value="2"))
        read(place)
        times = [request.seconds for request in place.simulators.journal.requests()][: count + 1]
        assert all(later - earlier >= 30 for earlier, later in pairwise(times))


def test_the_rate_the_server_sees_stays_under_five_a_second_and_no_call_is_refused() -> None:
    with world(1) as place:
        for _ in range(100):
            read(place)
        journal = place.simulators.journal
        assert journal.busiest("airtable", 1.0) <= 5
        assert {request.status for request in journal.requests()} == {200}


@pytest.mark.parametrize(
    "body",
    [
        {"records": {}, "offset": "itr/rec"},
        {"records": [{"id": "rec1", "createdTime": "x"}]},
        {"records": [{"id": "rec1", "createdTime": "x", "fields": {}}] * 2},
        {"records": [], "offset": 7},
        {"error": {"type": "SERVER_ERROR"}},
    ],
    ids=["no list", "no fields", "one twice", "a number for a cursor", "an error with status 200"],
)
def test_a_page_that_contradicts_itself_is_not_believed(body: dict[str, Any]) -> None:
    with raw_server(*[http_answer(json.dumps(body).encode())] * 6) as address:
        client = AirtableClient(address, Secret("KEY", KEY), time_keeper=FakeClock().time_keeper())
        with client, pytest.raises(SourceUnavailable):
            list(client.record_pages(BASE, TABLE))


@pytest.mark.parametrize("bad", ["", "app1", "appPeople0000/../1", "tblPeople00000001"])
def test_what_is_no_id_is_never_sent(bad: str) -> None:
    with world(1) as place:
        with pytest.raises(SourceRefused, match="begins with app"):
            list(place.client.record_pages(bad, TABLE))
        assert place.client.calls == 0


def test_a_table_that_may_not_be_seen_is_refused_with_advice() -> None:
    with world(1) as place, pytest.raises(SourceRefused, match="check the id in the settings"):
        list(place.client.record_pages(BASE, "tblNowhere0000001"))


def test_bases_tables_and_fields_are_found_whatever_the_page_size() -> None:
    with world(1, options=SimulatorOptions(airtable_bases_per_page=1)) as place:
        assert [(one["id"], one["name"]) for one in place.client.bases()] == [(BASE, "Campaign")]
        assert [one["name"] for one in place.client.tables(BASE)] == ["People", "Places"]
        page = wrapped("fields", BASE, "", place.client.schema(BASE))
        fields = fields_of(page, tables=PLACES)
    assert {field["table_name"] for field in fields} == {"People"}
    assert (fields[0]["field_id"], fields[0]["name"], fields[0]["type"]) == (NAME, "Name", "singleLineText")


@pytest.fixture
def watched() -> Iterator[tuple[World, dict[str, str]]]:
    with world(250) as place:
        yield place, {BASE: place.client.watch(BASE)}


def read_by_webhook(place: World, webhooks: dict[str, str], cursor: str | None, *, whole: bool = False) -> Reading:
    return read_records(place.client, PLACES, webhooks, cursor, whole=whole)


def test_the_webhook_that_is_there_is_used_again(watched: tuple[World, dict[str, str]]) -> None:
    place, webhooks = watched
    assert place.client.watch(BASE) == webhooks[BASE]
    assert len(place.client.webhooks(BASE)) == 1


def test_when_the_webhook_tells_nothing_one_call_is_all_that_is_made(watched: tuple[World, dict[str, str]]) -> None:
    place, webhooks = watched
    first = read_by_webhook(place, webhooks, None)
    assert (first.window, len(taken(first.pages))) == (False, 250)
    before = place.client.calls
    quiet = read_by_webhook(place, webhooks, first.cursor)
    assert (quiet.window, quiet.cursor, list(quiet.pages)) == (True, first.cursor, [])
    assert place.client.calls == before + 1


def test_only_the_records_the_webhook_names_are_read(watched: tuple[World, dict[str, str]]) -> None:
    place, webhooks = watched
    cursor = read_by_webhook(place, webhooks, None).cursor
    place.table.write([{"id": record_id(3), "fields": {NAME: "Changed"}}])
    made = place.table.write([{"fields": {NAME: "New"}}])[0]["id"]
    place.table.delete([record_id(4)])
    reading = read_by_webhook(place, webhooks, cursor)
    before = place.client.calls
    found = {one["id"]: one for one in taken(reading.pages)}
    assert place.client.calls == before + 1
    assert reading.window
    assert found[record_id(4)]["deleted"] is True
    assert {key: one["fields"][NAME] for key, one in found.items() if "fields" in one} == {
        record_id(3): "Changed",
        made: "New",
    }
    assert list(read_by_webhook(place, webhooks, reading.cursor).pages) == []


def test_a_record_that_was_deleted_and_made_again_is_there(watched: tuple[World, dict[str, str]]) -> None:
    place, webhooks = watched
    cursor = read_by_webhook(place, webhooks, None).cursor
    row = place.table.get(record_id(4))
    place.table.delete([record_id(4)])
    place.table.rows.append(row)
    place.table.write([{"id": record_id(4), "fields": {NAME: "Back"}}])
    place.table.delete([record_id(5)])  # once hid the one that came back
    last = [one for one in taken(read_by_webhook(place, webhooks, cursor).pages) if one["id"] == record_id(4)][-1]
    assert last["fields"][NAME] == "Back"


def test_what_happens_in_a_table_that_is_not_read_costs_nothing(watched: tuple[World, dict[str, str]]) -> None:
    place, webhooks = watched
    cursor = read_by_webhook(place, webhooks, None).cursor
    place.simulators.airtable.account.base(BASE).table(OTHER).write([{"fields": {"Place": "Tampa"}}])
    reading = read_by_webhook(place, webhooks, cursor)
    assert (reading.cursor, list(reading.pages)) == (cursor, [])


def test_payloads_of_many_pages_are_read_to_their_end(watched: tuple[World, dict[str, str]]) -> None:
    place, webhooks = watched
    cursor = read_by_webhook(place, webhooks, None).cursor
    for number in range(120):
        place.table.write([{"id": record_id(number), "fields": {NAME: "Changed"}}])
    assert len(taken(read_by_webhook(place, webhooks, cursor).pages)) == 120


def lose_payloads(place: World, webhook: str) -> None:
    """Eight days pass; somebody kept the webhook alive, but the oldest payload is forgotten."""
    place.table.write([{"id": record_id(1), "fields": {NAME: "Long ago"}}])
    place.clock.sleep(timedelta(days=6).total_seconds())
    place.client.refresh(BASE, webhook)
    place.clock.sleep(timedelta(days=2).total_seconds())
    place.table.write([{"id": record_id(2), "fields": {NAME: "Today"}}])


def expire(place: World, webhook: str) -> None:
    place.clock.sleep(timedelta(days=8).total_seconds())


def break_it(place: World, webhook: str) -> None:
    """A payload that is an error, as Airtable sends where a webhook's filters became invalid."""
    hook = place.simulators.airtable.account.base(BASE).webhooks.get(webhook)
    hook.payloads.append((hook.next_cursor, place.clock.now(), {"error": True, "code": "INVALID_FILTERS"}))
    hook.next_cursor += 1


@pytest.mark.parametrize("trouble", [lose_payloads, expire, break_it])
def test_what_the_webhook_lost_is_found_by_reading_everything(
    watched: tuple[World, dict[str, str]], trouble: Any
) -> None:
    place, webhooks = watched
    cursor = read_by_webhook(place, webhooks, None).cursor
    trouble(place, webhooks[BASE])
    reading = read_by_webhook(place, webhooks, cursor)
    assert (reading.window, len(taken(reading.pages))) == (False, 250)
    assert BASE in reading.note


def test_a_webhook_that_is_gone_is_told_and_the_tables_are_read_whole_until_there_is_another(
    watched: tuple[World, dict[str, str]],
) -> None:
    place, webhooks = watched
    cursor = read_by_webhook(place, webhooks, None).cursor
    expire(place, webhooks[BASE])
    for _ in range(2):
        reading = read_by_webhook(place, webhooks, cursor)
        assert not reading.window
        assert "contact-pipeline connect airtable" in reading.note
        cursor = reading.cursor
    again = {BASE: place.client.watch(BASE)}
    cursor = read_by_webhook(place, again, cursor).cursor
    assert read_by_webhook(place, again, cursor).window


@pytest.mark.parametrize("case", ["asked to", "another table", "no webhook for the base"])
def test_everything_is_read_where_the_webhook_cannot_know_enough(
    watched: tuple[World, dict[str, str]], case: str
) -> None:
    place, webhooks = watched
    cursor = read_by_webhook(place, webhooks, None).cursor
    tables = [*PLACES, (BASE, OTHER)] if case == "another table" else PLACES
    hooks = {} if case == "no webhook for the base" else webhooks
    assert not read_records(place.client, tables, hooks, cursor, whole=case == "asked to").window


@pytest.mark.parametrize("fault", [fault for fault in PASSING if fault.name not in WAITED_FOR], ids=named)
def test_every_passing_fault_on_the_way_of_the_webhook_leaves_the_same_changes(fault: Fault) -> None:
    with world(20, politeness=limits_for(fault)) as place:
        webhooks = {BASE: place.client.watch(BASE)}
        cursor = read_by_webhook(place, webhooks, None).cursor
        place.table.write([{"id": record_id(3), "fields": {NAME: "Changed"}}])
        for after in range(2):
            place.simulators.faults.set(Fault(fault.name, 1, after, "airtable", value=fault.value))
            found = taken(read_by_webhook(place, webhooks, cursor).pages)
            assert record_id(3) in {one["id"] for one in found}
            place.simulators.faults.clear()


def test_nothing_is_given_before_the_whole_list_is_known() -> None:
    with world(250) as place:
        place.simulators.faults.set(Fault("server_error", 0, 2))
        pages = place.client.record_pages(BASE, TABLE)
        with pytest.raises(SourceUnavailable):
            next(pages)


def test_neither_key_nor_personal_data_reach_messages_and_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    with world(250) as place:
        for fault in [fault for fault in FAULTS if fault.name not in WAITED_FOR] + [Fault(name) for name in PERMANENT]:
            place.simulators.faults.set(Fault(fault.name, 0, 1, value=fault.value))
            try:
                read(place)
            except SourceError as error:
                told.append(str(error))
            place.table.data.update(base(250)["tables"][0])
    assert len(told) > 20
    assert not [text for text in [*told, caplog.text] if KEY in text or re.search(r"person\d+@|Bell", text)]
