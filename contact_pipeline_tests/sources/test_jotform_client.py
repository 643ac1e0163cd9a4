from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from contact_pipeline.sandbox.simulators import Fault, Form, SimulatorOptions
from contact_pipeline.sources.errors import QuotaExhausted, SourceError, SourceRefused, SourceUnavailable
from contact_pipeline.sources.jotform import records_of
from contact_pipeline_tests.sources.helpers import (
    FORM,
    KEY,
    WAITED_FOR,
    World,
    account,
    limits_for,
    submissions,
    world,
)

PASSING = [
    Fault("too_many", value="7"),
    Fault("too_many_date"),
    Fault("too_many_bare"),
    Fault("too_many_absurd"),
    Fault("server_error", count=3),
    Fault("server_error", value="500"),
    Fault("reset"),
    Fault("reset_after"),
    Fault("stall"),
    Fault("drip"),
    Fault("drip_headers"),
    Fault("cut"),
    Fault("cut_unmarked"),
    Fault("huge"),
    Fault("html"),
    Fault("not_an_object"),
    Fault("error_in_200"),
    Fault("error_in_200", value="503"),
    Fault("error_in_200", value="429"),
    Fault("repeated_page"),
    Fault("looping_page"),
    Fault("missing_page"),
    Fault("missing_row"),
    Fault("row_inserted"),
    Fault("row_deleted"),
    Fault("row_moved"),
    Fault("wrong_offset"),
]

PERMANENT = [
    (Fault("expired_key", 0), "JOTFORM_API_KEY"),
    (Fault("forbidden", 0), "JOTFORM_API_KEY"),
    (Fault("billing", 0), "paid"),
    (Fault("redirect", 0), "base address"),
    (Fault("error_in_200", 0, value="401"), "JOTFORM_API_KEY"),
    (Fault("error_in_200", 0, value="404"), "check the id"),
]

HARMLESS_FOR_EVER = ("wrong_offset", "row_inserted", "row_deleted", "row_moved")


def named(fault: Fault) -> str:
    return f"{fault.name} {fault.value}".strip()


def by_id(row: dict[str, object]) -> int:
    return int(str(row["id"]))


def read_submissions(world: World) -> list[dict[str, object]]:
    return [record for body in world.jotform.submission_pages(FORM) for record in records_of(body)]


@pytest.mark.parametrize("fault", PASSING, ids=named)
def test_every_passing_fault_at_every_page_leaves_the_same_submissions(fault: Fault) -> None:
    with world(account(submission_count=1_050), politeness=limits_for(fault)) as place:
        form = place.simulators.jotform.forms[FORM]
        for after in (0, 1, 2):
            form.submissions[:] = submissions(1_050)
            place.simulators.faults.set(Fault(fault.name, fault.count, after, "jotform", value=fault.value))
            before = place.jotform.calls
            read = read_submissions(place)
            assert sorted(read, key=by_id) == sorted(form.submissions, key=by_id)
            assert len({row["id"] for row in read}) == len(read)
            assert place.jotform.calls - before <= 3 * 4


@pytest.mark.parametrize("name", ["repeated_page", "looping_page"])
def test_one_wrong_page_costs_one_call_and_not_another_pass(name: str) -> None:
    with world(account(submission_count=1_050)) as place:
        place.simulators.faults.set(Fault(name, 1, 1))
        assert len(read_submissions(place)) == 1_050
        assert place.jotform.calls == 5


@pytest.mark.parametrize("fault", [fault for fault in PASSING if fault.name not in HARMLESS_FOR_EVER], ids=named)
def test_a_fault_that_never_ends_is_reported_as_unavailable(fault: Fault) -> None:
    with world(account(submission_count=1_100), politeness=limits_for(fault)) as place:
        place.simulators.faults.set(Fault(fault.name, 0, 0, "jotform", "/submissions", fault.value))
        with pytest.raises(SourceUnavailable, match="Nothing was changed"):
            read_submissions(place)


@pytest.mark.parametrize(
    ("fault", "advice"), PERMANENT, ids=lambda value: named(value) if isinstance(value, Fault) else ""
)
def test_a_permanent_refusal_is_not_asked_twice_and_says_what_to_do(fault: Fault, advice: str) -> None:
    with world(account(submission_count=5)) as place:
        place.simulators.faults.set(fault)
        with pytest.raises(SourceRefused, match=advice):
            read_submissions(place)
        assert place.jotform.calls == 1


@pytest.mark.parametrize("manner", [429, 403, 200])
def test_an_exhausted_quota_means_stop_until_midnight_in_new_york(manner: int) -> None:
    options = SimulatorOptions(jotform_calls_per_day=3, jotform_quota_status=manner)
    with world(account(submission_count=5), options=options) as place:
        read_submissions(place)
        assert place.jotform.calls_left == 1
        with pytest.raises(QuotaExhausted, match="midnight in New York") as caught:
            read_submissions(place)
        assert caught.value.until == datetime(2026, 5, 13, 4, 0, tzinfo=UTC)
        assert place.clock.naps == []
        assert place.jotform.calls_left == 0


def test_after_the_quota_is_gone_nothing_is_asked_until_it_returns() -> None:
    with world(account(submission_count=5), options=SimulatorOptions(jotform_calls_per_day=2)) as place:
        read_submissions(place)
        for _ in range(3):
            with pytest.raises(QuotaExhausted):
                read_submissions(place)
        assert place.jotform.calls == 3
        place.clock.sleep(timedelta(hours=17).total_seconds())
        assert len(read_submissions(place)) == 5


@pytest.mark.parametrize("name", ["quota_429", "quota_403", "quota_200"])
def test_a_quota_that_ends_between_two_pages_gives_no_half_list(name: str) -> None:
    with world(account(submission_count=1_500)) as place:
        place.simulators.faults.set(Fault(name, 0, 2))
        pages = place.jotform.submission_pages(FORM)
        with pytest.raises(QuotaExhausted):
            next(pages)


def test_page_bodies_are_the_bytes_the_server_sent() -> None:
    with world(account(submission_count=30)) as place:
        (body,) = place.jotform.submission_pages(FORM)
        address = f"{place.simulators.jotform_url}/form/{FORM}/submissions?limit=1000&orderby=id,ASC"
        sent = httpx.get(address, headers={"APIKEY": KEY}).content
    calls_left = re.compile(rb'"limit-left":\d+')
    assert calls_left.sub(b"", body) == calls_left.sub(b"", sent).replace(
        b'"orderby":"id,ASC",', b'"orderby":"id,ASC",'
    )


def test_the_key_travels_in_a_header_and_never_in_an_address() -> None:
    with world(account(submission_count=3)) as place:
        read_submissions(place)
        requests = place.simulators.journal.requests("jotform")
    assert requests
    assert not [request for request in requests if KEY in request.query or KEY in request.path]


def test_an_exactly_full_page_is_followed_by_a_look_for_more() -> None:
    with world(account(submission_count=1_000)) as place:
        pages = [records_of(body) for body in place.jotform.submission_pages(FORM)]
    assert [len(page) for page in pages] == [1_000, 0]


def test_answers_that_are_an_empty_list_are_no_fault() -> None:
    with world(account(submission_count=3)) as place:
        place.simulators.faults.set(Fault("empty_answers"))
        assert [row["answers"] for row in read_submissions(place)] == [[], [], []]


def test_a_sign_up_that_arrives_while_paging_is_read_and_costs_no_second_pass() -> None:
    with world(account(submission_count=1_000)) as place:
        form = place.simulators.jotform.forms[FORM]
        pages = place.jotform.submission_pages(FORM)
        form.submissions.append({**form.submissions[0], "id": "6110982336411799999"})
        assert sum(len(records_of(body)) for body in pages) == 1_001
        assert place.jotform.calls == 4


def test_forms_and_questions_are_discovered() -> None:
    data = account(submission_count=2)
    data.forms.append(Form("251330000000999", "Partner preference"))
    with world(data) as place:
        assert {form["id"]: form["title"] for form in place.jotform.forms()} == {
            FORM: "Mentor sign-up",
            "251330000000999": "Partner preference",
        }
        assert place.jotform.questions(FORM)["4"]["name"] == "email"
        assert place.jotform.questions("251330000000999") == {}


@pytest.mark.parametrize("form_id", ["", "12a", "../user", "１２３"])
def test_a_form_id_that_is_no_number_is_refused_before_any_call(form_id: str) -> None:
    with world(account()) as place:
        with pytest.raises(SourceRefused, match="row of digits"):
            list(place.jotform.submission_pages(form_id))
        assert place.jotform.calls == 0


def test_a_form_that_is_not_there_is_refused_with_advice() -> None:
    with world(account()) as place, pytest.raises(SourceRefused, match="check the id"):
        list(place.jotform.submission_pages("999"))


def test_no_second_sees_more_calls_than_the_client_promises() -> None:
    with world(account(submission_count=1)) as place:
        for _ in range(50):
            read_submissions(place)
        assert place.simulators.journal.busiest("jotform", 1.0) <= 5


def test_neither_key_nor_personal_data_reach_messages_and_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    faults = [fault for fault in PASSING if fault.name not in WAITED_FOR] + [fault for fault, _ in PERMANENT]
    with world(account(submission_count=1_100)) as place:
        for fault in faults:
            place.simulators.faults.set(Fault(fault.name, 0, 1, value=fault.value))
            try:
                read_submissions(place)
            except SourceError as error:
                told.append(str(error))
    assert len(told) > 15
    assert not [text for text in [*told, caplog.text] if KEY in text or re.search(r"mentor\d+@", text)]
