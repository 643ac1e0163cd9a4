"""What the Givebutter simulator puts on the wire, held against sources.md 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from contact_pipeline.sandbox.simulators import RunningSimulators, SimulatorOptions, serve
from contact_pipeline_tests.sources.helpers import CAMPAIGN, KEY, FakeClock, account

MARISOL = {"first_name": "Marisol", "last_name": "Quintero", "primary_email": "mari.quintero@example.org"}


class Api:
    """A plain HTTP client, as a third party would write one."""

    def __init__(self, running: RunningSimulators, clock: FakeClock) -> None:
        self.running = running
        self.clock = clock
        self.http = httpx.Client(base_url=running.givebutter_url, headers={"Authorization": f"Bearer {KEY}"})

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        answer = self.http.request(method, path, **more)
        return answer.json() if answer.content else None

    def status(self, method: str, path: str, **more: Any) -> int:
        return self.http.request(method, path, **more).status_code


@pytest.fixture
def api() -> Iterator[Api]:
    clock = FakeClock()
    options = SimulatorOptions(now=clock.now, monotonic=clock.monotonic)
    with serve(account(member_count=45, contact_count=247), options=options) as running:
        place = Api(running, clock)
        with place.http:
            yield place


def test_a_page_has_the_envelope_of_the_documentation(api: Api) -> None:
    page = api("GET", "/v1/contacts?page=2&per_page=100")
    path = f"{api.running.givebutter_url}/v1/contacts"
    assert list(page) == ["data", "links", "meta"]
    assert page["links"] == {
        "first": f"{path}?page=1",
        "last": f"{path}?page=3",
        "prev": f"{path}?page=1",
        "next": f"{path}?page=3",
    }
    meta = page["meta"]
    assert {key: meta[key] for key in ("current_page", "from", "last_page", "path", "per_page", "to", "total")} == {
        "current_page": 2, "from": 101, "last_page": 3, "path": path, "per_page": 100, "to": 200, "total": 247,
    }  # fmt: skip
    assert meta["links"][0] == {"url": f"{path}?page=1", "label": "&laquo; Previous", "active": False}
    assert [link["label"] for link in meta["links"] if link["active"]] == ["2"]


def test_the_next_address_forgets_per_page_so_following_it_blindly_loses_the_place(api: Api) -> None:
    following = api("GET", "/v1/contacts?per_page=100")["links"]["next"]
    assert "per_page" not in following
    assert api("GET", following)["meta"]["from"] == 21


def test_twenty_rows_by_default_and_never_more_than_a_hundred(api: Api) -> None:
    assert len(api("GET", "/v1/contacts")["data"]) == 20
    assert len(api("GET", "/v1/contacts?per_page=5000")["data"]) == 100


def test_a_page_beyond_the_last_is_empty(api: Api) -> None:
    page = api("GET", "/v1/contacts?page=9&per_page=100")
    assert page["data"] == []
    assert (page["meta"]["from"], page["meta"]["to"], page["links"]["next"]) == (None, None, None)


def test_without_or_with_another_key_nothing_is_told(api: Api) -> None:
    for headers in ({}, {"Authorization": "Bearer other"}, {"Authorization": KEY}):
        answer = httpx.get(f"{api.running.givebutter_url}/v1/contacts", headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthenticated."})


def test_the_five_hundred_and_first_call_of_a_minute_is_refused_with_the_seconds_to_wait(api: Api) -> None:
    statuses = {api.status("GET", f"/v1/contacts/{48_000_000}") for _ in range(500)}
    refused = api.http.get("/v1/contacts")
    assert statuses == {200}
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    api.clock.sleep(60)
    assert api.status("GET", "/v1/contacts") == 200


def test_what_is_not_there_is_404_in_json(api: Api) -> None:
    for path in ("/v1/contacts/1", "/v1/nothing", "/v1/campaigns/1/members", "/v1/contacts/abc"):
        answer = api.http.get(path)
        assert answer.status_code == 404
        assert set(answer.json()) == {"message"}
    assert api.status("DELETE", "/v1/campaigns") == 405


def test_members_and_campaigns_are_listed_in_the_same_envelope(api: Api) -> None:
    page = api("GET", f"/v1/campaigns/{CAMPAIGN}/members?per_page=100")
    assert (len(page["data"]), page["meta"]["total"]) == (45, 45)
    assert [campaign["code"] for campaign in api("GET", "/v1/campaigns")["data"]] == ["SPRING26"]
    assert api("GET", f"/v1/campaigns/{CAMPAIGN}")["id"] == int(CAMPAIGN)


def test_a_single_contact_is_not_wrapped(api: Api) -> None:
    assert api("GET", "/v1/contacts/48000007")["first_name"] == "Person7"


def test_companies_are_only_listed_when_asked_for(api: Api) -> None:
    made = api("POST", "/v1/contacts", json={"type": "company", "company_name": "Tidewater Clinic"})
    assert api("GET", "/v1/contacts")["meta"]["total"] == 247
    assert [row["id"] for row in api("GET", "/v1/contacts?type=company")["data"]] == [made["id"]]


def test_filters_narrow_the_list(api: Api) -> None:
    def total(query: str) -> int:
        return int(api("GET", f"/v1/contacts?{query}")["meta"]["total"])

    assert total("firstName=person7") == 1
    assert total("email=PERSON9@example.org") == 1
    assert total("primaryEmail=person9@example.org") == 1
    assert total("totalContributionsMin=200&totalContributionsMax=209") == 10
    assert total("updatedAfter=2024-10-01T00:00:00Z") == 247 - 233
    assert total("updatedBefore=2024-02-11T00:00:00%2B00:00") == 1
    assert total("createdAfter=2030-01-01T00:00:00Z") == 0


def test_sorting_is_offered_by_few_columns_and_not_by_updated_at(api: Api) -> None:
    rows = api("GET", "/v1/contacts?sortByDesc=total_contributions")["data"]
    assert rows[0]["stats"]["total_contributions"] == 246
    refused = api.http.get("/v1/contacts?sortBy=updated_at")
    assert refused.status_code == 422
    assert refused.json()["message"] == "The given data was invalid."
    assert list(refused.json()["errors"]) == ["sortBy"]


def test_creating_a_namesake_with_the_same_email_or_phone_merges_silently(api: Api) -> None:
    first = api("POST", "/v1/contacts", json={**MARISOL, "tags": ["gala"]})
    by_email = api("POST", "/v1/contacts", json={**MARISOL, "primary_phone": "+18135550142", "tags": ["2026"]})
    by_phone = api(
        "POST", "/v1/contacts", json={"first_name": "MARISOL", "last_name": "quintero", "phones": ["+18135550142"]}
    )
    assert first["id"] == by_email["id"] == by_phone["id"]
    assert by_phone["tags"] == ["gala", "2026"]
    assert by_phone["primary_phone"] == "+18135550142"
    assert by_phone["first_name"] == "Marisol"


def test_another_name_on_the_same_email_is_another_contact_and_so_is_a_forced_one(api: Api) -> None:
    first = api("POST", "/v1/contacts", json=MARISOL)
    spouse = api("POST", "/v1/contacts", json={**MARISOL, "first_name": "Mateo"})
    forced = api("POST", "/v1/contacts", json={**MARISOL, "force_create": True})
    queried = api("POST", "/v1/contacts?force_create=true", json=MARISOL)
    assert len({first["id"], spouse["id"], forced["id"], queried["id"]}) == 4


def test_a_created_contact_has_all_47_properties_and_explicit_nulls(api: Api) -> None:
    made = api("POST", "/v1/contacts", json=MARISOL)
    assert len(made) == 47
    assert (made["suffix"], made["custom_fields"], made["created_at"]) == (None, [], "2026-05-12T12:00:00+00:00")


def test_updates_want_the_names_again_and_replace_all_tags(api: Api) -> None:
    contact = api("POST", "/v1/contacts", json={**MARISOL, "tags": ["a", "b"]})
    path = f"/v1/contacts/{contact['id']}"
    refused = api.http.put(path, json={"title": "Nurse"})
    assert refused.status_code == 422
    assert sorted(refused.json()["errors"]) == ["first_name", "last_name"]
    kept = api("PATCH", path, json={**MARISOL, "title": "Nurse"})
    assert (kept["title"], kept["tags"]) == ("Nurse", ["a", "b"])
    assert api("PUT", path, json={**MARISOL, "tags": ["c"]})["tags"] == ["c"]
    assert api("PUT", path, json={**MARISOL, "tags": []})["tags"] == []


def test_an_update_adds_emails_and_removes_only_named_ones(api: Api) -> None:
    contact = api("POST", "/v1/contacts", json=MARISOL)
    body = {"first_name": "Marisol", "last_name": "Quintero", "emails": [{"type": "work", "value": "m@example.org"}]}
    changed = api("PUT", f"/v1/contacts/{contact['id']}", json=body)
    assert [item["value"] for item in changed["emails"]] == ["mari.quintero@example.org", "m@example.org"]
    body = {**body, "emails": [], "remove_emails": ["mari.quintero@example.org"]}
    assert api("PUT", f"/v1/contacts/{contact['id']}", json=body)["primary_email"] == "m@example.org"


def test_tags_are_added_removed_and_synced_and_an_empty_list_is_refused(api: Api) -> None:
    path = "/v1/contacts/48000001/tags"
    assert api("POST", f"{path}/add", json={"tags": ["a", "b"]})["tags"] == ["a", "b"]
    assert api("POST", f"{path}/remove", json={"tags": ["a"]})["tags"] == ["b"]
    assert api("POST", f"{path}/sync", json={"tags": ["z"]})["tags"] == ["z"]
    assert api.status("POST", f"{path}/sync", json={"tags": []}) == 422
    assert api.status("POST", f"{path}/add", json={"tags": ["x" * 65]}) == 422
    assert api.status("POST", f"{path}/other", json={"tags": ["a"]}) == 404


def test_deleting_is_archiving_and_can_be_undone(api: Api) -> None:
    deleted = api.http.delete("/v1/contacts/48000001")
    assert (deleted.status_code, deleted.content) == (200, b"")
    assert api("GET", "/v1/contacts")["meta"]["total"] == 246
    assert api("GET", "/v1/contacts?scope=archived")["meta"]["total"] == 1
    assert api("GET", "/v1/contacts/48000001")["archived_at"] == "2026-05-12T12:00:00+00:00"
    assert api("PATCH", "/v1/contacts/48000001/restore")["archived_at"] is None
    assert api("GET", "/v1/contacts")["meta"]["total"] == 247


def test_a_refused_value_is_named_by_its_dotted_place(api: Api) -> None:
    refused = api.http.post("/v1/contacts", json={**MARISOL, "emails": [{"type": "work", "value": "none"}]})
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == ["emails.1.value"]
    assert api.status("POST", "/v1/contacts", json={**MARISOL, "title": "x" * 256}) == 422
    assert api.status("POST", "/v1/contacts", content=b"not json") == 400


def test_scalars_can_be_sent_as_text_as_the_published_spec_types_them() -> None:
    options = replace(SimulatorOptions(), native_scalars=False)
    with serve(account(contact_count=1), options=options) as running:
        answer = httpx.get(f"{running.givebutter_url}/v1/contacts", headers={"Authorization": f"Bearer {KEY}"}).json()
    assert answer["data"][0]["id"] == "48000000"
    assert answer["data"][0]["stats"] == {"total_contributions": "0"}
    assert answer["data"][0]["archived_at"] is None
    assert answer["meta"]["total"] == 1
