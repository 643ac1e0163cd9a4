"""What the Listomatic and Contactics simulators put on the wire, held against sources.md 6."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from contact_pipeline.sandbox.simulators import SimulatorData, SimulatorOptions, serve
from contact_pipeline.sandbox.simulators.contactics import CLIENT_ID
from contact_pipeline_tests.sources.helpers import KEY, contactics_contacts, listomatic_people


@pytest.fixture
def listomatic() -> Iterator[httpx.Client]:
    options = SimulatorOptions(listomatic_calls_per_minute=40)
    with (
        serve(SimulatorData(listomatic_people=listomatic_people(7)), options=options) as running,
        httpx.Client(base_url=f"{running.listomatic_url}/v2", headers={"X-Api-Key": KEY}) as client,
    ):
        yield client


@pytest.fixture
def contactics() -> Iterator[httpx.Client]:
    data = SimulatorData(contactics_contacts=contactics_contacts(7))
    data.contactics_contacts[0]["activity_timeline"] *= 60
    with (
        serve(data, options=SimulatorOptions(contactics_calls_per_second=1_000)) as running,
        httpx.Client(base_url=f"{running.contactics_url}/api/1") as client,
    ):
        token = client.post("/token", data={"grant_type": "client_credentials"}, auth=(CLIENT_ID, KEY)).json()
        assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield client


def test_listomatic_pages_follow_each_other_by_cursor(listomatic: httpx.Client) -> None:
    found, cursor = [], ""
    while cursor is not None:
        page = listomatic.get("/people", params={"limit": 3, "cursor": cursor}).json()
        assert page["has_more"] == (page["next_cursor"] is not None)
        found += [row["id"] for row in page["people"]]
        cursor = page["next_cursor"]
    assert found == [f"lm_{number:012d}" for number in range(7)]


def test_listomatic_shows_tombstones_only_when_asked(listomatic: httpx.Client) -> None:
    assert listomatic.delete("/people/lm_000000000002").status_code == 204
    assert len(listomatic.get("/people").json()["people"]) == 6
    last = listomatic.get("/people", params={"include_deleted": "true"}).json()["people"][-1]
    assert last["id"] == "lm_000000000002"
    assert last["deleted_at"] == last["updated_at"]


def test_listomatic_answers_a_batch_item_by_item(listomatic: httpx.Client) -> None:
    people = [
        {"email_address": "PERSON1@example.org", "engagement_score": 55},
        {"email_address": "new@example.org", "full_name": "Ito, Ken"},
        {"email_address": "person2@example.org", "engagement_score": 101},
        {"full_name": "Nobody"},
    ]
    answer = listomatic.post("/people:batchUpsert", json={"match_on": "email_address", "people": people})
    assert answer.status_code == 207
    assert [item["status"] for item in answer.json()["results"]] == ["updated", "created", "error", "error"]
    assert listomatic.get("/people/lm_000000000001").json()["engagement_score"] == 55
    refused = listomatic.post("/people:batchUpsert", json={"match_on": "email_address", "people": people * 26})
    assert refused.status_code == 422
    assert set(refused.json()["error"]) == {"code", "message", "request_id"}


def test_listomatic_does_a_post_with_one_key_once(listomatic: httpx.Client) -> None:
    body = {"match_on": "external_ref", "people": [{"external_ref": "r1", "full_name": "Ito, Ken"}]}
    answers = [
        listomatic.post("/people:batchUpsert", json=body, headers={"Idempotency-Key": "k1"}).json() for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert answers[0]["results"][0]["status"] == "created"
    again = listomatic.post("/people:batchUpsert", json=body, headers={"Idempotency-Key": "k2"}).json()
    assert again["results"][0]["status"] == "updated"


def test_listomatic_lists_and_segments(listomatic: httpx.Client) -> None:
    person = listomatic.post("/people/lm_000000000001/lists", json={"add": ["l_13"], "remove": ["l_12"]}).json()
    assert {entry["list_id"]: entry["status"] for entry in person["list_membership"]} == {
        "l_12": "unsubscribed",
        "l_13": "subscribed",
    }
    assert [(entry["id"], entry["subscribed"]) for entry in listomatic.get("/lists").json()["lists"]] == [
        ("l_12", 6),
        ("l_13", 1),
    ]
    assert listomatic.get("/segments").json() == {"segments": [{"name": "active-90d", "people": 7}]}


def test_listomatic_refuses_scores_out_of_range_wrong_keys_and_too_many_calls(listomatic: httpx.Client) -> None:
    assert listomatic.patch("/people/lm_000000000001", json={"engagement_score": -1}).status_code == 422
    assert listomatic.get("/people", headers={"X-Api-Key": "other"}).json()["error"]["code"] == "unauthorized"
    assert listomatic.get("/people/lm_none").status_code == 404
    for _ in range(40):
        last = listomatic.get("/lists")
    assert last.status_code == 429
    assert last.headers["X-RateLimit-Limit"] == "40"
    assert last.headers["X-RateLimit-Remaining"] == "0"
    assert 0 < int(last.headers["Retry-After"]) <= 60


def test_contactics_pages_carry_numbers_and_leave_nulls_out(contactics: httpx.Client) -> None:
    page = contactics.get("/contacts", params={"page": 2, "size": 3}).json()
    assert {name: page[name] for name in ("page", "size", "totalPages", "totalItems")} == {
        "page": 2, "size": 3, "totalPages": 3, "totalItems": 7,
    }  # fmt: skip
    assert "mobile_phone" not in page["items"][0]
    first = contactics.get("/contacts/50000").json()
    assert len(first["activity_timeline"]) == 20
    activities = contactics.get("/contacts/50000/activities", params={"page": 2}).json()
    assert (len(activities["items"]), activities["totalItems"]) == (10, 60)


def test_contactics_refuses_a_stale_write(contactics: httpx.Client) -> None:
    read = contactics.get("/contacts/50001")
    tag = read.headers["ETag"]
    assert contactics.get("/contacts/50001", headers={"If-None-Match": tag}).status_code == 304
    body = {**read.json(), "contact_preference": "none"}
    assert contactics.put("/contacts/50001", json=body, headers={"If-Match": tag}).status_code == 200
    assert contactics.put("/contacts/50001", json=body, headers={"If-Match": tag}).status_code == 412
    wrong = contactics.put("/contacts/50001", json={**body, "contact_preference": "pigeon"})
    assert wrong.json()["violations"][0]["field"] == "contact_preference"


def test_contactics_names_the_contact_that_has_the_address_already(contactics: httpx.Client) -> None:
    twice = contactics.post("/contacts", json={"primary_email": "PERSON3@example.org"})
    assert (twice.status_code, twice.json()) == (409, {"conflictId": 50003})
    made = contactics.post("/contacts", json={"primary_email": "new@example.org"})
    assert made.status_code == 201
    assert contactics.get(f"/contacts/{made.json()['id']}").headers["ETag"] == made.headers["ETag"]


def test_contactics_wants_a_token_and_its_own_credentials(contactics: httpx.Client) -> None:
    assert contactics.get("/contacts", headers={"Authorization": "Bearer other"}).status_code == 401
    grant = {"grant_type": "client_credentials"}
    assert contactics.post("/token", data=grant, auth=(CLIENT_ID, "other")).status_code == 401
    assert contactics.post("/token", data={"grant_type": "x"}, auth=(CLIENT_ID, KEY)).status_code == 400
