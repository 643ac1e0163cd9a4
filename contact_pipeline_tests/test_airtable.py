"""Promises about Airtable through the whole pipeline, on the small campaign's people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contact_pipeline.config import SETTINGS_FILE, Settings
from contact_pipeline.landing.arriving import fetch_entity
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.sources.entities import AIRTABLE_FIELDS, AIRTABLE_RECORDS, Entity
from contact_pipeline_tests.homes import content_of, copy_home, run
from contact_pipeline_tests.sources.airtable_bases import BASE, OTHER, TABLE, record_id
from contact_pipeline_tests.test_list_platforms import Someone, answer, reachable

pytestmark = pytest.mark.usefixtures("fixed_clock")

FIELDS = {
    "fldName0000000000": ("Name", "singleLineText", "full_name"),
    "fldMail0000000000": ("E-mail", "email", "email"),
    "fldMailTwo0000000": ("Other e-mails", "multipleLookupValues", "email"),
    "fldPhone000000000": ("Phone", "phoneNumber", "phone"),
    "fldFirm0000000000": ("Company", "singleLineText", "company"),
    "fldTags0000000000": ("Tags", "multipleSelects", "tags"),
    "fldPhoto000000000": ("Photo", "multipleAttachments", None),
    "fldFriends0000000": ("Friends", "multipleRecordLinks", "phone"),
    "fldKeeper00000000": ("Keeper", "singleCollaborator", "email"),
    "fldScore000000000": ("Score", "formula", "title"),
    "fldMayMail0000000": ("May we mail?", "singleSelect", "email_consent"),
}
NAME, MAIL, MORE_MAIL, PHONE, FIRM, TAGS, PHOTO, FRIENDS, KEEPER, SCORE, MAY_MAIL = FIELDS


def base(records: list[dict[str, Any]], **renamed: str) -> dict[str, Any]:
    fields = [{"id": key, "name": renamed.get(key, name), "type": kind} for key, (name, kind, _) in FIELDS.items()]
    places = {"id": OTHER, "name": "Places", "fields": [{"id": "fldPlace000000001", "name": "Place", "type": "email"}]}
    return {"id": BASE, "name": "Campaign", "tables": [{"id": TABLE, "name": "People", "fields": fields,
                                                        "records": records}, places]}  # fmt: skip


def record(number: int, someone: Someone, **cells: Any) -> dict[str, Any]:
    named = {NAME: f"{someone.first} {someone.last}", MAIL: someone.email, PHONE: someone.phone, **cells}
    return {"id": record_id(number), "createdTime": "2026-10-01T09:30:00.000Z", "fields": named}


def put(settings: Settings, *bases: dict[str, Any]) -> None:
    (settings.sandbox / "api" / "airtable.json").write_text(json.dumps(bases), encoding="utf-8")


def configure(settings: Settings) -> None:
    roles = "\n".join(f'{key} = "{role}"' for key, (_, _, role) in FIELDS.items() if role)
    table = f'[airtable.tables.people]\nbase = "{BASE}"\ntable = "{TABLE}"\n[airtable.tables.people.fields]\n{roles}\n'
    with (settings.home / SETTINGS_FILE).open("a", encoding="utf-8") as file:
        file.write(f"\n{table}")


@dataclass(frozen=True)
class Read:
    """A home after its first reading of Airtable, and whom the records are about."""

    settings: Settings
    people: list[Someone]

    @property
    def records(self) -> list[dict[str, Any]]:
        first, second, third = self.people[:3]
        cells = {
            MORE_MAIL: ["second@example.org", "third@example.org"],
            FIRM: "Bell & Sons",
            TAGS: ["donor", "host"],
            PHOTO: [{"id": "att00000000000001", "filename": "me.png", "size": 7, "type": "image/png"}],
            FRIENDS: [record_id(1)],
            KEEPER: {"id": "usr00000000000001", "email": "keeper@example.org", "name": "Keeper"},
            SCORE: {"error": "#ERROR!"},
        }
        return [record(0, first, **cells), record(1, second), record(2, third, **{MAY_MAIL: "No"})]


@pytest.fixture(scope="module")
def read(finished_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Read:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTACT_PIPELINE_NOW", "2026-11-20T12:00:00+00:00")
        settings = copy_home(finished_home, tmp_path_factory.mktemp("airtable") / "data")
        configure(settings)
        reading = Read(Settings(home=settings.home), reachable(settings))
        put(settings, base(reading.records))
        fetched, refreshed = run(reading.settings)
    assert fetched.success, fetched.errors
    assert refreshed.success, refreshed.errors
    return reading


def later(read: Read, tmp_path: Path, *bases: dict[str, Any]) -> Settings:
    """A copy of the home after another reading of a changed base."""
    settings = copy_home(read.settings, tmp_path / "later")
    put(settings, *bases)
    fetched, refreshed = run(settings)
    assert fetched.success, fetched.errors
    assert refreshed.success, refreshed.errors
    return settings


def contact_id(number: int) -> str:
    return f"airtable.records:{BASE}/{TABLE}/{record_id(number)}"


@pytest.mark.parametrize("entity", [AIRTABLE_RECORDS, AIRTABLE_FIELDS], ids=lambda entity: entity.name)
def test_an_account_of_which_no_table_is_named_is_not_asked(entity: Entity, tmp_path: Path) -> None:
    outcome = fetch_entity(entity, Settings(home=tmp_path), log=print)
    assert (outcome.new, outcome.calls) == (False, 0)
    assert "not configured" in outcome.message


def test_records_join_the_people_they_are(read: Read) -> None:
    found = answer(
        read.settings, "select contact_id, person_id from people.crosswalk where contact_id like 'airtable%'"
    )
    assert sorted(found) == [(contact_id(number), read.people[number].person_id) for number in range(3)]


def test_cells_come_by_field_id_into_their_roles(read: Read) -> None:
    columns = "first_name, last_name, phone, employer, tags, title"
    sql = f"select {columns} from contacts.contact where contact_id = '{contact_id(0)}'"
    someone = read.people[0]
    assert answer(read.settings, sql) == [
        (someone.first, someone.last, someone.phone, "Bell & Sons", ["donor", "host"], None)
    ]


def test_every_value_of_every_e_mail_field_is_kept_in_the_order_of_the_settings(read: Read) -> None:
    sql = f"select email from contacts.email where contact_id = '{contact_id(0)}' order by position"
    expected = [read.people[0].email, "second@example.org", "third@example.org", "keeper@example.org"]
    assert [row[0] for row in answer(read.settings, sql)] == expected


def test_ids_of_linked_records_attachments_and_errors_say_nothing_of_a_person(read: Read) -> None:
    sql = f"select raw from contacts.phone where contact_id = '{contact_id(0)}'"
    assert answer(read.settings, sql) == [(read.people[0].phone,)]
    assert answer(
        read.settings, f"select cells ->> '$.{PHOTO}[0].filename' from contacts.airtable_latest order by 1"
    ) == [
        ("me.png",),
        (None,),
        (None,),
    ]


def test_the_fields_are_known_and_nothing_is_told_about_them(read: Read) -> None:
    sql = "select field_name, role from contacts.airtable_field where present order by field_id"
    assert set(answer(read.settings, sql)) == {(name, role) for name, _, role in FIELDS.values()}
    assert answer(read.settings, "select code from people.issue where code like 'field%'") == []


def test_the_same_records_in_another_order_land_nothing(read: Read, tmp_path: Path) -> None:
    settings = copy_home(read.settings, tmp_path / "quiet")
    put(settings, base(read.records[::-1]))
    before = content_of(settings)
    fetched, refreshed = run(settings)
    assert fetched.success
    assert fetched.materialised == refreshed.materialised == ()
    assert content_of(settings) == before


def test_a_record_that_is_gone_leaves_its_raw_row_and_its_no(read: Read, tmp_path: Path) -> None:
    settings = later(read, tmp_path, base(read.records[:2]))
    sql = "select contact_id from contacts.contact where source = 'airtable' order by 1"
    assert answer(settings, sql) == [(contact_id(0),), (contact_id(1),)]
    raw = "select count(distinct _record_id) from raw.airtable_records"
    assert answer(settings, raw) == [(3,)]
    person = read.people[2].person_id
    sql = f"select status, opted_out_on from people.consent where person_id = '{person}' and channel = 'email'"
    assert answer(settings, sql) == [("no", contact_id(2))]
    gone = f"select role, value from contacts.gone_answer where contact_id = '{contact_id(2)}' order by role"
    assert answer(settings, gone) == [
        ("email", read.people[2].email),
        ("email_consent", "No"),
        ("phone", read.people[2].phone),
    ]
    sql = f"""select "Email Subscription Status" from exports.givebutter_row where person_id = '{person}'"""
    assert answer(settings, sql) == [("no",)]


def test_an_edit_is_seen_and_the_record_stays_one_contact(read: Read, tmp_path: Path) -> None:
    edited = record(1, read.people[1], **{FIRM: "Quintero Ltd"})
    settings = later(read, tmp_path, base([read.records[0], edited, read.records[2]]))
    sql = f"select employer from contacts.contact where contact_id = '{contact_id(1)}'"
    assert answer(settings, sql) == [("Quintero Ltd",)]
    batches = [batch for batch in LandingStore(settings.landing).manifest() if batch.key == AIRTABLE_RECORDS.key]
    assert [batch.full for batch in batches] == [True, True]


def test_a_renamed_field_keeps_its_role_and_a_removed_one_is_missed(read: Read, tmp_path: Path) -> None:
    changed = base(read.records, **{MAIL: "Mail address"})
    fields = changed["tables"][0]["fields"]
    fields[:] = [field for field in fields if field["id"] != FIRM]
    fields.append({"id": "fldShirt000000000", "name": "Shirt", "type": "singleSelect"})
    next(field for field in fields if field["id"] == PHONE)["type"] = "multilineText"
    for row in changed["tables"][0]["records"]:
        row["fields"].pop(FIRM, None)
    settings = later(read, tmp_path, changed)
    sql = f"select email, employer from contacts.contact where contact_id = '{contact_id(0)}'"
    assert answer(settings, sql) == [(read.people[0].email, None)]
    told = dict(answer(settings, "select split_part(subject, '/', 3), code from people.issue where code like 'field%'"))
    assert told == {
        MAIL: "field_changed",
        PHONE: "field_changed",
        "fldShirt000000000": "field_changed",
        FIRM: "field_missing",
    }
    details = " | ".join(row[0] for row in answer(settings, "select detail from people.issue where code like 'field%'"))
    assert "the field E-mail (fldMail0000000000) is now called Mail address and is still read as email" in details
    assert "was of type phoneNumber, is now multilineText" in details
    assert "the field Company (fldFirm0000000000), read as company, is gone" in details


def test_a_base_that_cannot_be_read_leaves_the_records_as_they_were(read: Read, tmp_path: Path) -> None:
    settings = copy_home(read.settings, tmp_path / "lost")
    put(settings, {"id": "appOther000000001", "name": "Other", "tables": []})
    before = content_of(settings)
    fetched, _ = run(settings)
    assert not fetched.success
    assert content_of(settings) == before
