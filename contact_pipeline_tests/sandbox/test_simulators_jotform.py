"""What the Jotform simulator puts on the wire, held against sources.md 3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from contact_pipeline.sandbox.simulators import RunningSimulators, SimulatorOptions, serve
from contact_pipeline_tests.sources.helpers import FORM, KEY, FakeClock, account

LIST = f"/form/{FORM}/submissions"


class Api:
    """A plain HTTP client, as a third party would write one."""

    def __init__(self, running: RunningSimulators) -> None:
        self.running = running
        self.http = httpx.Client(base_url=running.jotform_url, headers={"APIKEY": KEY})

    def __call__(self, path: str, **params: Any) -> Any:
        return self.http.get(path, params=params or None).json()

    def ids(self, **params: Any) -> list[int]:
        return [int(row["id"]) - 6_110_982_336_411_700_000 for row in self(LIST, **params)["content"]]


@pytest.fixture
def api() -> Iterator[Api]:
    with serve(account(submission_count=50)) as running:
        place = Api(running)
        with place.http:
            yield place


def test_every_answer_has_the_envelope_and_counts_the_day_down(api: Api) -> None:
    first, second = api(LIST), api(f"/v1{LIST}")
    assert list(first) == ["responseCode", "message", "content", "duration", "info", "resultSet", "limit-left"]
    assert first["resultSet"] == {"offset": 0, "limit": 20, "count": 20}
    assert second["limit-left"] == first["limit-left"] - 1
    assert second["content"] == first["content"]


def test_ids_of_19_digits_and_counters_are_texts(api: Api) -> None:
    row = api(LIST)["content"][0]
    assert isinstance(row["id"], str)
    assert len(row["id"]) == 19
    assert api(f"/form/{FORM}")["content"]["count"] == "50"


def test_newest_first_unless_told_otherwise(api: Api) -> None:
    assert api.ids(limit=3) == [49, 48, 47]
    assert api.ids(limit=3, orderby="created_at,ASC") == [0, 1, 2]
    assert api.ids(limit=3, orderby="id,ASC", offset=10) == [10, 11, 12]


def test_a_limit_above_a_thousand_is_capped(api: Api) -> None:
    assert api(LIST, limit=5000)["resultSet"]["limit"] == 1000


def test_filters_compare_on_the_wall_clock_of_new_york(api: Api) -> None:
    def filtered(**wanted: Any) -> list[int]:
        return sorted(api.ids(limit=1000, filter=json.dumps(wanted)))

    assert filtered(**{"created_at:gt": "2026-02-01 08:47:00"}) == [48, 49]
    assert filtered(**{"created_at:gte": "2026-02-01 08:48:00"}) == [48, 49]
    assert filtered(**{"created_at:lt": "2026-02-01 08:01:00"}) == [0]
    assert filtered(**{"id:gt": "6110982336411700047"}) == [48, 49]
    assert filtered(**{"status:ne": "ACTIVE"}) == []
    assert len(filtered(new="1")) == 50
    assert filtered(fullText="mentor7@example.org") == [7]
    assert filtered(formIDs=["1"]) == []


def test_a_filter_that_cannot_be_read_is_refused(api: Api) -> None:
    for text in ("created_at", "[1]", '{"created_at:about": "2026"}'):
        refused = api.http.get(LIST, params={"filter": text})
        assert (refused.status_code, refused.json()["responseCode"]) == (400, 400)


def test_the_key_is_taken_from_header_or_query_and_another_one_is_refused(api: Api) -> None:
    address = f"{api.running.jotform_url}/user"
    assert httpx.get(address, headers={"apikey": KEY}).json()["content"]["username"] == "sandbox"
    assert httpx.get(address, params={"apiKey": KEY}).status_code == 200
    refused = httpx.get(address, headers={"APIKEY": "other"})
    assert (refused.status_code, refused.json()["responseCode"], refused.json()["content"]) == (401, 401, "")


def test_errors_come_in_the_same_envelope(api: Api) -> None:
    for path in ("/form/1", "/form/1/submissions", "/submission/1", "/nothing"):
        answer = api.http.get(path)
        assert (answer.status_code, answer.json()["responseCode"], answer.json()["content"]) == (404, 404, "")


@pytest.mark.parametrize("status", [429, 403, 200])
def test_the_daily_quota_ends_in_the_chosen_manner_and_returns_at_midnight_in_new_york(status: int) -> None:
    clock = FakeClock()
    options = SimulatorOptions(jotform_calls_per_day=2, jotform_quota_status=status, now=clock.now)
    with serve(account(submission_count=1), options=options) as running:
        place = Api(running)
        with place.http:
            assert [place("/user")["limit-left"] for _ in range(2)] == [1, 0]
            refused = place.http.get("/user")
            assert refused.status_code == status
            assert refused.json()["responseCode"] in (429, 403)
            assert refused.json()["message"] == "API-Limit exceeded"
            clock.sleep(16 * 3600 - 1)
            assert place("/user")["message"] == "API-Limit exceeded"
            clock.sleep(1)
            assert place("/user")["limit-left"] == 1


def test_questions_are_an_object_of_texts_derived_from_the_answers(api: Api) -> None:
    questions = api(f"/form/{FORM}/questions")["content"]
    assert questions["4"] == {
        "qid": "4", "name": "email", "order": "3", "text": "E-mail", "type": "control_email",
    }  # fmt: skip


def test_an_unanswered_question_has_no_answer_key(api: Api) -> None:
    assert "answer" not in api(LIST)["content"][0]["answers"]["9"]


def test_the_account_shows_its_forms_usage_and_submissions(api: Api) -> None:
    assert [form["title"] for form in api("/user/forms")["content"]] == ["Mentor sign-up"]
    assert api("/user/usage")["content"]["submissions"] == "50"
    assert len(api("/user/submissions", limit=1000)["content"]) == 50


def test_one_submission_is_read_and_deleted(api: Api) -> None:
    path = "/submission/6110982336411700003"
    assert api(path)["content"]["id"] == "6110982336411700003"
    told = api.http.delete(path).json()["content"]
    assert told == "Submission #6110982336411700003 deleted successfully."
    assert api(path)["responseCode"] == 404
    assert api(f"/form/{FORM}")["content"]["count"] == "49"
