"""The Airtable simulator: pyairtable works against it unmodified, and the wire is as sources.md 4 says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import requests
from pyairtable import Api
from pyairtable.formulas import match

from contact_pipeline.sandbox.simulators import Fault, RunningSimulators, SimulatorData, SimulatorOptions, serve
from contact_pipeline.sandbox.simulators.airtable_tables import Table
from contact_pipeline_tests.sources.airtable_bases import (
    ACTIVE,
    BASE,
    EMAIL,
    NAME,
    OTHER,
    PHONE,
    TABLE,
    base,
    record_id,
)
from contact_pipeline_tests.sources.helpers import KEY, FakeClock

PATH = f"/v0/{BASE}/{TABLE}"
HASTE = SimulatorOptions(airtable_calls_per_second=1_000)


@pytest.fixture
def running() -> Iterator[RunningSimulators]:
    with serve(SimulatorData(airtable_bases=[base(250)]), options=HASTE) as simulators:
        yield simulators


@pytest.fixture
def api(running: RunningSimulators) -> Api:
    """pyairtable as published: only the address is ours."""
    return Api(KEY, endpoint_url=running.airtable_url)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def slow(clock: FakeClock) -> Iterator[RunningSimulators]:
    """With the documented limits, on a clock that only a test moves."""
    options = SimulatorOptions(now=clock.now, monotonic=clock.monotonic)
    with serve(SimulatorData(airtable_bases=[base(250)]), options=options) as simulators:
        yield simulators


def client(running: RunningSimulators) -> httpx.Client:
    return httpx.Client(base_url=running.airtable_url, headers={"Authorization": f"Bearer {KEY}"})


def the_table(running: RunningSimulators) -> Table:
    return running.airtable.account.base(BASE).table(TABLE)


def test_pyairtable_lists_every_record_page_by_page(api: Api) -> None:
    table = api.table(BASE, "People")
    assert [len(page) for page in table.iterate()] == [100, 100, 50]
    assert [record["id"] for record in table.all()] == [record_id(number) for number in range(250)]
    assert len(table.all(max_records=120, page_size=50)) == 120


def test_pyairtable_reads_by_name_or_by_field_id(api: Api) -> None:
    table = api.table(BASE, TABLE)
    assert table.get(record_id(7))["fields"]["Name"] == "Person7 Bell"
    assert table.first(use_field_ids=True)["fields"][NAME] == "Person0 Bell"
    assert list(table.first(fields=["Email"])["fields"]) == ["Email"]


def test_pyairtable_filters_and_sorts(api: Api) -> None:
    table = api.table(BASE, TABLE)
    assert [one["id"] for one in table.all(formula=match({"Email": "person7@example.org"}))] == [record_id(7)]
    assert table.all(sort=["-Name"], max_records=1)[0]["fields"]["Name"] == "Person99 Bell"


def test_pyairtable_creates_updates_and_deletes(api: Api) -> None:
    table = api.table(BASE, TABLE)
    made = table.create({"Name": "Delroy Banks", "Active": True})
    assert table.get(made["id"])["fields"].keys() == {"Name", "Active", "Edited"}
    table.update(made["id"], {"Active": None, "Phone": "(813) 555-0142"})
    assert table.get(made["id"])["fields"].keys() == {"Name", "Phone", "Edited"}
    table.update(made["id"], {"Name": "Delroy"}, replace=True)
    assert table.get(made["id"])["fields"].keys() == {"Name", "Edited"}
    assert table.delete(made["id"]) == {"id": made["id"], "deleted": True}
    with pytest.raises(requests.HTTPError, match="MODEL_ID_NOT_FOUND"):
        table.get(made["id"])


def test_pyairtable_writes_in_batches(api: Api) -> None:
    table = api.table(BASE, TABLE)
    made = table.batch_create([{"Name": f"New {number}"} for number in range(23)])
    assert len(made) == 23
    changed = table.batch_update([{"id": one["id"], "fields": {"Email": "x@example.org"}} for one in made])
    assert {one["fields"]["Email"] for one in changed} == {"x@example.org"}
    assert len(table.batch_delete([one["id"] for one in made])) == 23
    assert len(table.all()) == 250


def test_pyairtable_upserts_by_a_merge_field(api: Api) -> None:
    table = api.table(BASE, TABLE)
    items = [{"fields": {"Email": f"person{number}@example.org", "Phone": "1"}} for number in (3, 4, 999)]
    result = table.batch_upsert(items, key_fields=["Email"])
    assert result["updatedRecords"] == [record_id(3), record_id(4)]
    assert len(result["createdRecords"]) == 1
    assert table.get(record_id(3))["fields"]["Name"] == "Person3 Bell"


@pytest.mark.parametrize("case", ["without the merge field", "more than one match"])
def test_pyairtable_upserts_that_are_not_clear_change_nothing(api: Api, case: str) -> None:
    table = api.table(BASE, TABLE)
    if case == "more than one match":
        table.create({"Email": "person3@example.org"})
    bad = {"Email": None if case == "without the merge field" else "person3@example.org", "Phone": "1"}
    good = {"Email": "person4@example.org", "Phone": "1"}
    with pytest.raises(requests.HTTPError, match="422"):
        table.batch_upsert([{"fields": good}, {"fields": bad}], key_fields=["Email"])
    assert "Phone" not in table.get(record_id(4))["fields"]


def test_pyairtable_reads_bases_tables_and_fields(api: Api) -> None:
    assert [one.name for one in api.bases()] == ["Campaign"]
    schema = api.base(BASE).schema()
    assert [table.name for table in schema.tables] == ["People", "Places"]
    people = schema.table("People")
    assert people.primary_field_id == NAME
    assert {field.name: field.type for field in people.fields}["Edited"] == "lastModifiedTime"
    assert people.field("Tags").options.choices[0].name == "donor"


def test_pyairtable_adds_and_renames_a_field(api: Api) -> None:
    table = api.table(BASE, TABLE, validate=True)
    table.create_field("Shirt", "singleLineText")
    field = table.schema(force=True).field("Phone")
    field.name = "Mobile"
    field.save()
    assert [one.name for one in table.schema(force=True).fields][-1] == "Shirt"
    assert table.schema().field(PHONE).name == "Mobile"


def test_pyairtable_pages_through_many_bases() -> None:
    bases = [{"id": f"app{number:014d}", "name": f"Base {number}"} for number in range(5)]
    options = SimulatorOptions(airtable_bases_per_page=2)
    with serve(SimulatorData(airtable_bases=bases), options=options) as simulators:
        found = Api(KEY, endpoint_url=simulators.airtable_url).bases()
    assert [one.id for one in found] == [one["id"] for one in bases]


def test_pyairtable_makes_webhooks_and_reads_what_changed(api: Api) -> None:
    campaign, table = api.base(BASE), api.table(BASE, TABLE)
    made = campaign.add_webhook(
        "https://hooks.example.org/x",
        {"options": {"filters": {"dataTypes": ["tableData"], "recordChangeScope": TABLE}}},
    )
    assert made.mac_secret_base64
    table.update(record_id(3), {"Name": "Changed"})
    new = table.create({"Name": "New"})
    table.delete(record_id(4))
    api.table(BASE, OTHER).create({"Place": "Tampa"})
    webhook = campaign.webhook(made.id)
    assert webhook.cursor_for_next_payload == 4
    changes = [payload.changed_tables_by_id[TABLE] for payload in webhook.payloads()]
    assert changes[0].changed_records_by_id[record_id(3)].current.cell_values_by_field_id == {NAME: "Changed"}
    assert list(changes[1].created_records_by_id) == [new["id"]]
    assert changes[2].destroyed_record_ids == [record_id(4)]
    assert [payload.cursor for payload in webhook.payloads(cursor=2)] == [2, 3]
    webhook.disable_notifications()
    webhook.extend_expiration()
    webhook.delete()
    assert campaign.webhooks() == []


def test_pyairtable_sends_a_list_of_options_too_long_for_an_address_as_a_post(
    running: RunningSimulators, api: Api
) -> None:
    formula = "OR(" + ",".join(f"RECORD_ID()='{record_id(number)}'" for number in range(400)) + ")"
    assert len(api.table(BASE, TABLE).all(formula=formula)) == 250
    assert {request.path for request in running.journal.requests()} == {f"{PATH}/listRecords"}
    with client(running) as raw:
        assert raw.get(PATH, params={"filterByFormula": formula}).status_code == 414


def test_a_list_that_another_program_lets_go_cold_has_to_begin_again(slow: RunningSimulators, clock: FakeClock) -> None:
    with client(slow) as raw:
        offset = raw.get(PATH).json()["offset"]
        assert offset.partition("/")[2] == record_id(99)
        clock.sleep(301)
        answer = raw.get(PATH, params={"offset": offset})
    assert (answer.status_code, answer.json()["error"]["type"]) == (422, "LIST_RECORDS_ITERATOR_NOT_AVAILABLE")


def test_empty_cells_are_left_out_and_zero_is_not_empty(running: RunningSimulators) -> None:
    table = the_table(running)
    table.data["fields"].append({"id": "fldScore000000001", "name": "Score", "type": "number"})
    row = table.write([{"fields": {"Name": "", "Tags": [], "Active": False, "Score": 0}}])[0]
    assert table.as_read(row, by_id=False)["fields"].keys() == {"Score", "Edited"}


def test_addresses_of_attachments_are_others_in_every_answer(running: RunningSimulators) -> None:
    with client(running) as raw:
        first, again = (raw.get(f"{PATH}/{record_id(1)}").json()["fields"]["Photo"][0] for _ in range(2))
    assert first["id"] == again["id"]
    assert first["url"] != again["url"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error"),
    [
        ("GET", "/v0/nowhere/at/all/there", None, 404, "NOT_FOUND"),
        ("GET", f"/v0/people/{TABLE}", None, 404, "NOT_FOUND"),
        ("GET", f"{PATH}/rec1", None, 404, "NOT_FOUND"),
        ("GET", f"{PATH}/{record_id(900)}", None, 404, "MODEL_ID_NOT_FOUND"),
        ("GET", "/v0/appOther000000001/People", None, 403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"),
        ("GET", f"/v0/{BASE}/Nobody", None, 403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"),
        ("GET", f"{PATH}?pageSize=101", None, 422, "INVALID_REQUEST_UNKNOWN"),
        ("GET", f"{PATH}?offset=5", None, 422, "INVALID_OFFSET_VALUE"),
        ("GET", f"{PATH}?view=Nothing", None, 422, "VIEW_NAME_NOT_FOUND"),
        ("GET", f"{PATH}?fields%5B%5D=Nothing", None, 422, "UNKNOWN_FIELD_NAME"),
        ("GET", f"{PATH}?filterByFormula=NONSENSE(", None, 422, "INVALID_FILTER_BY_FORMULA"),
        ("GET", f"{PATH}?cellFormat=string", None, 422, "INVALID_REQUEST_UNKNOWN"),
        ("POST", PATH, {"fields": {"Nothing": 1}}, 422, "UNKNOWN_FIELD_NAME"),
        ("POST", PATH, {"fields": {"Name": 1}}, 422, "INVALID_VALUE_FOR_COLUMN"),
        ("POST", PATH, {"fields": {"Edited": "2026-01-01"}}, 422, "INVALID_VALUE_FOR_COLUMN"),
        ("POST", PATH, {"fields": {"Tags": ["volunteer"]}}, 422, "INVALID_MULTIPLE_CHOICE_OPTIONS"),
        ("POST", PATH, {"records": [{"fields": {}}] * 11}, 422, "INVALID_RECORDS"),
        ("PATCH", PATH, {"records": [{"fields": {}}]}, 422, "INVALID_RECORDS"),
        ("POST", PATH, [1], 422, "INVALID_REQUEST_BODY"),
    ],
)
def test_refusals_have_the_bodies_airtable_sends(
    running: RunningSimulators, method: str, path: str, body: Any, status: int, error: str
) -> None:
    with client(running) as raw:
        answer = raw.request(method, path, json=body)
    told = answer.json()["error"]
    assert (answer.status_code, told if isinstance(told, str) else told["type"]) == (status, error)


def test_typecast_bends_values_and_makes_choices(running: RunningSimulators) -> None:
    with client(running) as raw:
        fields = {"Name": 7, "Tags": "volunteer", "Active": "yes"}
        made = raw.post(PATH, json={"fields": fields, "typecast": True}).json()["fields"]
    assert (made["Name"], made["Tags"], made["Active"]) == ("7", ["volunteer"], True)


def test_a_wrong_key_is_refused_and_a_bad_route_is_lost_even_without_one(running: RunningSimulators) -> None:
    with httpx.Client(base_url=running.airtable_url) as raw:
        assert raw.get(PATH).json()["error"]["type"] == "AUTHENTICATION_REQUIRED"
        assert raw.get("/v0/a/b/c/d").json() == {"error": "NOT_FOUND"}


def test_the_sixth_call_of_a_second_locks_the_base_for_thirty(slow: RunningSimulators, clock: FakeClock) -> None:
    with client(slow) as raw:
        assert [raw.get(f"{PATH}/{record_id(1)}").status_code for _ in range(6)] == [200] * 5 + [429]
        clock.sleep(29.9)
        assert raw.get(f"{PATH}/{record_id(1)}").status_code == 429
        assert raw.get("/v0/meta/bases").status_code == 200
        clock.sleep(0.2)
        assert raw.get(f"{PATH}/{record_id(1)}").status_code == 200


def test_both_bodies_of_a_429_are_seen(running: RunningSimulators) -> None:
    running.faults.set(Fault("too_many", count=2))
    with client(running) as raw:
        bodies = [raw.get(PATH).json() for _ in range(2)]
    assert bodies[0]["errors"][0]["error"] == "RATE_LIMIT_REACHED"
    assert bodies[1] == {"error": {"type": "RATE_LIMIT_REACHED"}}


def test_an_empty_plan_refuses_records_and_still_tells_the_schema() -> None:
    options = SimulatorOptions(airtable_calls_per_month=1)
    with serve(SimulatorData(airtable_bases=[base(1)]), options=options) as simulators, client(simulators) as raw:
        assert raw.get(PATH).status_code == 200
        refused = raw.get(PATH)
        assert refused.status_code == 429
        assert refused.json()["errors"][0]["error"] == "PUBLIC_API_BILLING_LIMIT_EXCEEDED"
        assert raw.get(f"/v0/meta/bases/{BASE}/tables").status_code == 200


def test_payloads_are_forgotten_after_seven_days_and_so_is_an_unrefreshed_webhook(
    slow: RunningSimulators, clock: FakeClock
) -> None:
    book, table = slow.airtable.account.base(BASE).webhooks, the_table(slow)
    hook = book.add({"specification": {"options": {"filters": {"dataTypes": ["tableData"]}}}})["id"]
    table.write([{"id": record_id(1), "fields": {ACTIVE: True}}])
    clock.sleep(timedelta(days=5).total_seconds())
    book.refresh(hook)
    table.write([{"id": record_id(2), "fields": {EMAIL: None}}])
    clock.sleep(timedelta(days=3).total_seconds())
    kept = book.payloads(hook, 1, 50)
    assert [list(payload["changedTablesById"][TABLE]["changedRecordsById"]) for payload in kept["payloads"]] == [
        [record_id(2)]
    ]
    assert kept["cursor"] == 3
    clock.sleep(timedelta(days=5).total_seconds())
    assert book.listed() == []
