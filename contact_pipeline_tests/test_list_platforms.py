"""Promises about Listomatic and Contactics through the whole pipeline, on the small campaign's people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import fetch_entity
from contact_pipeline.landing.changes import last_window
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.sources.entities import CONTACTICS_CONTACTS, LISTOMATIC_PEOPLE, Entity
from contact_pipeline_tests.homes import content_of, copy_home, run, warehouse_of

pytestmark = pytest.mark.usefixtures("fixed_clock")

RECENT = "2026-11-01T09:30:00Z"
LONG_AGO = "2026-06-01T09:30:00Z"
MEMBERSHIP = {"list_id": "l_12", "list_name": "Weekly", "joined_at": "2025-11-03T14:00:00Z"}
TOUCHPOINT = {"at": "2026-10-28T18:00:00-04:00", "type": "event", "channel": "in_person", "summary": "Checked in: fair"}


@dataclass(frozen=True)
class Someone:
    """A person of the season whom a Givebutter file would say yes for."""

    person_id: str
    first: str
    last: str
    email: str
    phone: str


def reachable(settings: Settings) -> list[Someone]:
    """People with a first name of one word, an e-mail and a phone number of their own, and no opt-out."""
    with warehouse_of(settings) as connection:
        rows = connection.execute("""
            select r.person_id, p.first_name, p.last_name, p.email, p.phone
            from exports.givebutter_row r join people.person p using (person_id)
            where r."Email Subscription Status" = 'yes' and r."Phone Subscription Status" = 'yes'
              and r."Address Subscription Status" = 'yes' and regexp_full_match(p.first_name, '[A-Z][a-z]{3,}')
              and regexp_full_match(p.last_name, '[A-Z][a-z]{3,}') and p.suffix is null
              and (select count(distinct x.person_id) from contacts.email e join people.crosswalk x using (contact_id)
                   where e.email = p.email) = 1
              and (select count(distinct x.person_id) from contacts.phone t join people.crosswalk x using (contact_id)
                   where t.e164 = p.phone) = 1
            order by r.person_id limit 6""").fetchall()
    return [Someone(*row) for row in rows]


def listed(number: int, someone: Someone, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"lm_{number:012d}", "external_ref": None, "full_name": f"{someone.last}, {someone.first}",
        "email_address": someone.email.upper(), "primary_phone": someone.phone, "segments": ["active-90d"],
        "engagement_score": 73, "list_membership": [{**MEMBERSHIP, "status": "subscribed"}], "created_at": LONG_AGO,
        "updated_at": RECENT, "deleted_at": None, **fields,
    }  # fmt: skip


def contacted(number: int, someone: Someone, **fields: Any) -> dict[str, Any]:
    return {
        "id": 50_000 + number, "first_name": someone.first, "last_name": someone.last, "primary_email": someone.email,
        "mobile_phone": someone.phone, "landline_phone": f"813-555-01{number:02d}", "interaction_count": 7,
        "last_interaction_type": "event", "contact_preference": "sms", "activity_timeline": [TOUCHPOINT],
        "modified": 1_793_000_000_000 + number, **fields,
    }  # fmt: skip


@dataclass(frozen=True)
class Both:
    """A home after its first reading of both platforms."""

    settings: Settings
    people: list[Someone]


def put(settings: Settings, listomatic: list[dict[str, Any]], contactics: list[dict[str, Any]]) -> None:
    for name, records in (("listomatic", listomatic), ("contactics", contactics)):
        (settings.sandbox / "api" / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")


def first_people(people: list[Someone]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    listomatic = [
        listed(0, people[0]),
        listed(1, people[1], list_membership=[{**MEMBERSHIP, "status": "unsubscribed"}]),
        listed(2, people[2], deleted_at=RECENT, list_membership=[{**MEMBERSHIP, "status": "bounced"}]),
        listed(3, people[4], updated_at=LONG_AGO),
    ]
    contactics = [
        contacted(0, people[0]),
        contacted(1, people[3], contact_preference="none", status="inactive"),
        contacted(2, people[5], modified=1_770_000_000_000),
    ]
    return listomatic, contactics


@pytest.fixture(scope="module")
def both(finished_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Both:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTACT_PIPELINE_NOW", "2026-11-20T12:00:00+00:00")
        settings = copy_home(finished_home, tmp_path_factory.mktemp("both") / "data")
        people = reachable(settings)
        put(settings, *first_people(people))
        fetched, refreshed = run(settings)
    assert fetched.success, fetched.errors
    assert refreshed.success, refreshed.errors
    return Both(settings, people)


@contextmanager
def rows(settings: Settings, sql: str) -> Iterator[list[tuple[Any, ...]]]:
    with warehouse_of(settings) as connection:
        yield connection.execute(sql).fetchall()


def answer(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with rows(settings, sql) as found:
        return found


@pytest.mark.parametrize(
    ("entity", "settings"),
    [
        (LISTOMATIC_PEOPLE, {}),
        (CONTACTICS_CONTACTS, {}),
        (CONTACTICS_CONTACTS, {"contactics": {"base_url": "https://contactics.example.org"}}),
    ],
    ids=["no address of Listomatic", "nothing of Contactics", "no client id of Contactics"],
)
def test_a_platform_that_is_not_configured_is_not_asked(
    entity: Entity, settings: dict[str, str], tmp_path: Path
) -> None:
    outcome = fetch_entity(entity, Settings(home=tmp_path, **settings), log=print)  # type: ignore[arg-type]
    assert (outcome.new, outcome.calls) == (False, 0)
    assert "not configured" in outcome.message


def test_people_of_both_platforms_join_the_person_they_are(both: Both) -> None:
    expected = {
        ("contactics.contacts:50000", both.people[0].person_id),
        ("contactics.contacts:50001", both.people[3].person_id),
        ("listomatic.people:lm_000000000000", both.people[0].person_id),
        ("listomatic.people:lm_000000000001", both.people[1].person_id),
        ("listomatic.people:lm_000000000002", both.people[2].person_id),
    }
    found = answer(
        both.settings,
        "select contact_id, person_id from people.crosswalk where contact_id similar to '(listomatic|contactics)[.].*'",
    )
    assert set(found) == expected


def test_a_name_in_one_field_is_taken_apart(both: Both) -> None:
    sql = "select first_name, last_name from contacts.contact where contact_id = 'listomatic.people:lm_000000000000'"
    assert answer(both.settings, sql) == [(both.people[0].first, both.people[0].last)]


@pytest.mark.parametrize(
    ("place", "column"),
    [(1, "Email"), (2, "Email"), (3, "Email"), (3, "Phone"), (3, "Address")],
    ids=["unsubscribed", "bounced and deleted", "none: e-mail", "none: text", "none: mail"],
)
def test_an_opt_out_elsewhere_holds_in_the_givebutter_file(both: Both, place: int, column: str) -> None:
    someone = both.people[place].person_id
    sql = f"""select "{column} Subscription Status" from exports.givebutter_row where person_id = '{someone}'"""
    assert answer(both.settings, sql) == [("no",)]


def test_being_on_a_list_or_preferring_a_channel_is_no_consent(both: Both) -> None:
    sql = "select contact_id from contacts.consent where source in ('listomatic', 'contactics') and status = 'yes'"
    assert answer(both.settings, sql) == []
    sql = f"""select "Email Subscription Status", "Phone Subscription Status" from exports.givebutter_row
              where person_id = '{both.people[0].person_id}'"""
    assert answer(both.settings, sql) == [("yes", "yes")]


def test_mobile_and_landline_are_both_kept_the_mobile_first(both: Both) -> None:
    sql = "select e164 from contacts.phone where contact_id = 'contactics.contacts:50000' order by position"
    assert answer(both.settings, sql) == [(both.people[0].phone,), ("+18135550100",)]


def test_lists_score_preference_and_timeline_can_be_asked_for(both: Both) -> None:
    found = answer(both.settings, "select record_id, list_id, status from contacts.listomatic_membership order by 1")
    assert [row[2] for row in found] == ["subscribed", "unsubscribed", "bounced"]
    found = answer(
        both.settings,
        "select record_id, engagement_score, segments, interaction_count, contact_preference, status "
        "from contacts.engagement order by source, record_id",
    )
    assert found == [
        ("50000", None, [], 7, "sms", "active"),
        ("50001", None, [], 7, "none", "inactive"),
        ("lm_000000000000", 73.0, ["active-90d"], None, None, "active"),
        ("lm_000000000001", 73.0, ["active-90d"], None, None, "active"),
        ("lm_000000000002", 73.0, ["active-90d"], None, None, "deleted"),
    ]
    found = answer(
        both.settings, "select strftime(occurred_at, '%H:%M'), interaction_type, channel from contacts.interaction"
    )
    assert found == [("22:00", "event", "in_person")] * 2


def test_the_first_reading_takes_ninety_days_and_is_no_snapshot(both: Both) -> None:
    with warehouse_of(both.settings) as connection:
        batches = connection.execute(
            "select b.source, b.seen, b.full_snapshot, c.cursor from landing.batch b "
            "join landing.cursor c using (batch_id) where b.source in ('contactics', 'listomatic') order by 1"
        ).fetchall()
    assert batches == [
        ("contactics", 2, False, "2026-10-26T07:33:20.001000+00:00"),
        ("listomatic", 3, False, "2026-11-01T09:30:00+00:00"),
    ]


def test_a_quiet_window_lands_nothing(both: Both, tmp_path: Path) -> None:
    settings = copy_home(both.settings, tmp_path / "quiet")
    before = content_of(settings)
    fetched, refreshed = run(settings)
    assert fetched.success
    assert fetched.materialised == refreshed.materialised == ()
    assert content_of(settings) == before


def test_what_leaves_the_window_or_the_timeline_stays_and_what_changed_is_renewed(both: Both, tmp_path: Path) -> None:
    settings = copy_home(both.settings, tmp_path / "later")
    listomatic, contactics = first_people(both.people)
    changed = "2026-11-10T09:30:00Z"
    # A tombstone without fields for one, a new subscription for another; Contactics shows a newer touchpoint only.
    bare = {"id": listomatic[0]["id"], "updated_at": changed, "deleted_at": changed, "list_membership": []}
    again = {**listomatic[1], "updated_at": changed, "list_membership": [{**MEMBERSHIP, "status": "subscribed"}]}
    newer = {**TOUCHPOINT, "at": "2026-11-09T10:00:00-05:00", "type": "call"}
    moved = {**contactics[0], "modified": 1_794_300_000_000, "activity_timeline": [newer]}
    put(settings, [bare, again], [moved])
    fetched, refreshed = run(settings)
    assert fetched.success, fetched.errors
    assert refreshed.success, refreshed.errors
    people = answer(settings, "select count(*) from people.person")
    assert people == answer(both.settings, "select count(*) from people.person")
    assert len(answer(settings, "select * from contacts.contact where source in ('listomatic', 'contactics')")) == 5
    sql = "select full_name is not null, deleted_at is not null from contacts.listomatic_latest order by record_id"
    assert answer(settings, sql) == [(True, True), (True, False), (True, True)]
    sql = f"""select "Email Subscription Status" from exports.givebutter_row
              where person_id = '{both.people[1].person_id}'"""
    assert answer(settings, sql) == [("yes",)]
    sql = "select interaction_type from contacts.interaction where record_id = '50000' order by occurred_at"
    assert answer(settings, sql) == [("event",), ("call",)]
    store = LandingStore(settings.landing)
    cursors = [last_window(store, entity) for entity in (LISTOMATIC_PEOPLE, CONTACTICS_CONTACTS)]
    assert [batch.cursor for batch in cursors if batch] == [
        "2026-11-10T09:30:00+00:00",
        "2026-11-10T08:40:00+00:00",
    ]
