from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from contact_pipeline.sandbox.simulators import Fault, SimulatorData, SimulatorOptions
from contact_pipeline.sources.errors import SourceError, SourceRefused, SourceUnavailable
from contact_pipeline.sources.listomatic import ListomaticClient, records_of
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sources.window import next_cursor, window_start
from contact_pipeline_tests.sources.faults import PASSING, named
from contact_pipeline_tests.sources.helpers import (
    KEY,
    WAITED_FOR,
    FakeClock,
    World,
    http_answer,
    limits_for,
    listomatic_people,
    raw_server,
    world,
)

FAULTS = [*PASSING, Fault("stale_cursor")]
QUIET_CALLS = 3 + 1
"""Three pages of 450 people, and the last once more."""

NEVER_BELIEVED = [fault for fault in PASSING if not fault.name.startswith(("row_", "missing_"))]
"""A list without a total that is cut alike every time cannot be told from a shorter one."""

PERMANENT = {
    "expired_key": "LISTOMATIC_API_KEY",
    "forbidden": "LISTOMATIC_API_KEY",
    "billing": "paid",
    "redirect": "base address",
}


def people(count: int) -> SimulatorData:
    return SimulatorData(listomatic_people=listomatic_people(count))


def read(world: World, since: datetime | None = None) -> list[dict[str, Any]]:
    return [record for body in world.listomatic.changed_people(since).pages for record in records_of(body)]


def newest_versions(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    newest: dict[str, dict[str, Any]] = {}
    for record in records:
        if record["id"] not in newest or record["updated_at"] > newest[record["id"]]["updated_at"]:
            newest[record["id"]] = record
    return [newest[key] for key in sorted(newest)]


@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_every_passing_fault_at_every_page_leaves_the_same_people(fault: Fault) -> None:
    with world(people(450), politeness=limits_for(fault)) as place:
        book = place.simulators.listomatic.people
        for after in range(QUIET_CALLS):
            book.rows[:] = listomatic_people(450)
            place.simulators.faults.set(Fault(fault.name, fault.count, after, "listomatic", value=fault.value))
            before = place.listomatic.calls
            found = newest_versions(read(place))
            assert found == sorted(book.rows, key=lambda row: str(row["id"]))
            assert place.listomatic.calls - before <= 3 * QUIET_CALLS


@pytest.mark.parametrize("name", ["repeated_page", "looping_page", "missing_page", "missing_row"])
def test_one_wrong_page_costs_one_call_and_not_another_pass(name: str) -> None:
    with world(people(450)) as place:
        place.simulators.faults.set(Fault(name, 1, 1))
        assert len(read(place)) == 450
        assert place.listomatic.calls == QUIET_CALLS + 1


def test_a_last_page_with_a_row_left_out_is_not_believed() -> None:
    with world(people(450)) as place:
        place.simulators.faults.set(Fault("missing_row", 1, 2))
        assert len(read(place)) == 450


def test_someone_who_changes_while_the_list_is_read_comes_again_as_a_newer_version() -> None:
    with world(people(450)) as place:
        place.simulators.faults.set(Fault("row_moved", 1, 1))
        records = read(place)
        versions = [row["updated_at"] for row in records if row["id"] == "lm_000000000000"]
        assert versions == ["2026-03-01T00:00:00Z", "2026-05-12T12:00:00.000Z"]
        assert place.listomatic.calls == QUIET_CALLS


def test_equal_times_at_the_edge_of_a_page_lose_nobody() -> None:
    same = listomatic_people(450)
    for row in same:
        row["updated_at"] = "2026-03-01T00:00:00Z"
    with world(SimulatorData(listomatic_people=same)) as place:
        assert len({row["id"] for row in read(place)}) == 450


def test_deleted_people_come_as_tombstones() -> None:
    with world(people(3)) as place:
        place.simulators.listomatic.people.delete("lm_000000000001")
        deleted = {row["id"]: row["deleted_at"] for row in read(place)}
    assert deleted["lm_000000000001"] == "2026-05-12T12:00:00.000Z"
    assert len(deleted) == 3


def test_a_window_includes_its_edge_and_tells_the_newest_change() -> None:
    with world(people(30)) as place:
        changes = place.listomatic.changed_people(datetime(2026, 3, 1, 8, tzinfo=UTC))
        ids = [row["id"] for body in changes.pages for row in records_of(body)]
    assert ids == [f"lm_{number:012d}" for number in range(24, 30)]
    assert changes.newest == datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_a_change_dated_years_ahead_is_not_the_newest_one() -> None:
    with world(people(6)) as place:
        place.simulators.listomatic.people.rows[2]["updated_at"] = "2062-01-01T00:00:00Z"
        changes = place.listomatic.changed_people(None)
    assert changes.newest == datetime(2026, 3, 1, 1, tzinfo=UTC)


def test_an_account_without_people_is_one_empty_page() -> None:
    with world(people(0)) as place:
        changes = place.listomatic.changed_people(None)
        assert [records_of(body) for body in changes.pages] == [[]]
        assert changes.newest is None


@pytest.mark.parametrize("fault", NEVER_BELIEVED, ids=named)
def test_a_fault_that_never_ends_is_reported_as_unavailable(fault: Fault) -> None:
    with world(people(450), politeness=limits_for(fault)) as place:
        place.simulators.faults.set(Fault(fault.name, 0, 1, "listomatic", value=fault.value))
        with pytest.raises(SourceUnavailable, match="Nothing was changed"):
            read(place)


def test_a_cursor_that_always_expires_is_reported_as_unavailable() -> None:
    with world(people(450)) as place:
        place.simulators.faults.set(Fault("stale_cursor", 0, 1))
        with pytest.raises(SourceUnavailable, match=r"kept changing.*the cursor expired"):
            read(place)


@pytest.mark.parametrize(("name", "advice"), PERMANENT.items())
def test_a_permanent_refusal_is_not_asked_twice_and_says_what_to_do(name: str, advice: str) -> None:
    with world(people(450)) as place:
        place.simulators.faults.set(Fault(name, 0, 1))
        with pytest.raises(SourceRefused, match=advice):
            read(place)
        assert place.listomatic.calls == 2


@pytest.mark.parametrize(
    "body",
    [
        {"people": [], "next_cursor": "x", "has_more": False},
        {"people": [], "next_cursor": None, "has_more": True},
        {"people": [], "next_cursor": None},
        {"people": [{"id": "lm_1"}], "next_cursor": "x", "has_more": True},
        {"people": [{"id": ""}], "next_cursor": None, "has_more": False},
    ],
    ids=["cursor without more", "more without cursor", "no word of more", "short page with more", "no id"],
)
def test_a_page_that_contradicts_itself_is_not_believed(body: dict[str, Any]) -> None:
    with raw_server(*[http_answer(json.dumps(body).encode())] * 6) as address:
        client = ListomaticClient(address, Secret("KEY", KEY), time_keeper=FakeClock().time_keeper())
        with client, pytest.raises(SourceUnavailable):
            client.changed_people(None)


def test_nothing_is_given_before_the_whole_list_is_known() -> None:
    with world(people(450)) as place:
        place.simulators.faults.set(Fault("server_error", 0, 2))
        with pytest.raises(SourceUnavailable):
            place.listomatic.changed_people(None)


def test_the_rate_the_server_sees_never_exceeds_the_documented_limit() -> None:
    with world(people(1), options=SimulatorOptions(listomatic_calls_per_minute=120)) as place:
        for _ in range(200):
            read(place)
        journal = place.simulators.journal
        assert journal.busiest("listomatic", 60.0) <= 108
        assert all(request.status == 200 for request in journal.requests())


def test_neither_key_nor_personal_data_reach_messages_and_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    with world(people(450)) as place:
        for fault in [fault for fault in FAULTS if fault.name not in WAITED_FOR] + [Fault(name) for name in PERMANENT]:
            place.simulators.faults.set(Fault(fault.name, 0, 1, value=fault.value))
            try:
                read(place)
            except SourceError as error:
                told.append(str(error))
    assert len(told) > 20
    assert not [text for text in [*told, caplog.text] if KEY in text or re.search(r"person\d+@|Bell", text)]


def test_a_row_left_out_of_the_last_page_every_time_comes_with_the_next_window() -> None:
    """Nothing in the answers shows it, so what the end of the list spans is asked for again."""
    people = listomatic_people(60)
    left_out = people[15]
    with world(SimulatorData(listomatic_people=[one for one in people if one is not left_out])) as place:
        first = place.listomatic.changed_people(None)
    cursor = next_cursor(None, first.newest, None, first.took)
    with world(SimulatorData(listomatic_people=people)) as place:
        again = place.listomatic.changed_people(window_start(cursor, place.clock.now(), 0))
        assert left_out["id"] in {row["id"] for body in again.pages for row in records_of(body)}
