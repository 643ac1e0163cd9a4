"""Promises about Givebutter's contacts over the API through the whole pipeline, on the small campaign's people."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contact_pipeline.config import SETTINGS_FILE, Settings
from contact_pipeline.sandbox.campaign.givebutter_api import api_contact, api_households
from contact_pipeline_tests.homes import copy_home, run, small_campaign, warehouse_of

pytestmark = pytest.mark.usefixtures("fixed_clock")

LATER = "2026-11-20T10:00:00+00:00"
MARKED = """select r.person_id, r."Givebutter Contact ID" from exports.givebutter_row r
            where r."Email Subscription Status" = 'yes' and (select count(*) from people.crosswalk x
                where x.person_id = r.person_id and x.entity = 'contacts' and x.source = 'givebutter') = 1
            order by 1"""
TWO_CONTACTS = """select r.person_id, r."Givebutter Contact ID" from exports.givebutter_row r
                  where (select count(*) from people.crosswalk x where x.person_id = r.person_id
                      and x.entity = 'contacts' and x.source = 'givebutter') = 2
                  order by 1"""


@dataclass(frozen=True)
class Read:
    """A home whose contacts were read from a file, then over the API, where some had changed."""

    before: Settings
    settings: Settings
    deleted: tuple[str, str]
    archived: tuple[str, str]
    left: tuple[str, str]
    doubled: tuple[str, str]


def ask(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with warehouse_of(settings) as connection:
        found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
        return found


def put(settings: Settings, contacts: list[dict[str, Any]], households: list[dict[str, Any]]) -> None:
    """Give the simulated account contacts and households, and the workspace the wish to read them."""
    for name, records in (("contacts", contacts), ("households", households)):
        (settings.sandbox / "api" / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
    with (settings.home / SETTINGS_FILE).open("a", encoding="utf-8") as file:
        file.write("\n[givebutter]\ncontacts = true\n")


def company(number: int) -> dict[str, Any]:
    row = {"Givebutter Contact ID": str(number), "Primary Email": "office@heron-bakery.example.org"}
    return {**api_contact(row), "type": "company", "company_name": "Heron Bakery", "is_email_subscribed": True}


@pytest.fixture(scope="module")
def read(finished_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Read:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTACT_PIPELINE_NOW", "2026-11-20T12:00:00+00:00")
        settings = copy_home(finished_home, tmp_path_factory.mktemp("api") / "data")
        (deleted, archived, left), doubled = ask(settings, MARKED)[:3], ask(settings, TWO_CONTACTS)[0]
        rows = small_campaign().contacts
        contacts = {row["Givebutter Contact ID"]: api_contact(row) for row in rows}
        del contacts[deleted[1]], contacts[doubled[1]]
        contacts[archived[1]]["archived_at"] = LATER
        contacts[left[1]].update(is_email_subscribed=False, title="Chief of staff", updated_at=LATER)
        put(settings, [*contacts.values(), company(59_000_000)], api_households(rows))
        fetched, refreshed = run(Settings(home=settings.home))
    assert fetched.success, fetched.errors
    assert refreshed.success, refreshed.errors
    return Read(finished_home, Settings(home=settings.home), deleted, archived, left, doubled)


def test_nobody_is_linked_twice_and_every_pid_stays(read: Read) -> None:
    everyone = "select contact_id, person_id from people.crosswalk where entity <> 'companies' order by 1"
    assert ask(read.settings, everyone) == ask(read.before, everyone)


def test_the_api_gives_the_values_and_the_file_still_knows_what_it_knew(read: Read) -> None:
    origins = Counter(row[0] for row in ask(read.settings, "select reading from contacts.givebutter_origin"))
    assert origins == {"api": 1_598, "export": 2}
    (left,) = ask(read.settings, f"select title from contacts.contact where record_id = '{read.left[1]}'")
    assert left == ("Chief of staff",)
    homes = "select count(*) from contacts.contact where household_ref is not null"
    assert ask(read.settings, homes) == ask(read.before, homes)


def test_who_left_over_the_api_is_not_written_to_again(read: Read) -> None:
    sql = f"""select "Email Subscription Status" from exports.givebutter_row where person_id = '{read.left[0]}'"""
    assert ask(read.settings, sql) == [("no",)]


def test_the_two_ways_of_being_gone_are_told_apart(read: Read) -> None:
    found = dict(ask(read.settings, "select record_id, reason from contacts.givebutter_stale"))
    assert found == {read.deleted[1]: "not found", read.doubled[1]: "not found", read.archived[1]: "archived"}


@pytest.mark.parametrize("way", ["deleted", "archived"])
def test_whose_only_contact_is_gone_is_held_with_the_reason(read: Read, way: str) -> None:
    person, contact = getattr(read, way)
    sql = f"select code, detail from exports.givebutter_hold where person_id = '{person}' and code = 'contact_deleted'"
    assert ask(read.settings, sql) == [("contact_deleted", f"contact {contact} is gone in Givebutter")]


def test_no_file_carries_the_id_of_a_contact_that_is_gone(read: Read) -> None:
    gone = [contact for _, contact in (read.deleted, read.archived, read.doubled)]
    rows = ask(read.settings, """select "Givebutter Contact ID" from exports.givebutter_row""")
    assert len(rows) > 100
    assert not {row[0] for row in rows} & set(gone)
    files = [path for path in (read.settings.exports / "givebutter").iterdir() if path.suffix == ".csv"]
    assert files
    for path in files:
        first_cells = [line.partition(",")[0].strip('"') for line in path.read_text("utf-8-sig").splitlines()]
        assert path.name.startswith("held") or not set(first_cells) & set(gone)


def test_a_person_with_another_contact_is_exported_under_that_one(read: Read) -> None:
    person, contact = read.doubled
    rows = ask(
        read.settings, f"""select "Givebutter Contact ID" from exports.givebutter_row where person_id = '{person}'"""
    )
    assert len(rows) == 1
    assert rows[0][0] not in (None, contact)
    duplicates = "select count(*) from issues.duplicate_contact where person_id = "
    assert ask(read.before, f"{duplicates}'{person}'") == [(1,)]
    assert ask(read.settings, f"{duplicates}'{person}'") == [(0,)]


def test_every_contact_that_is_gone_is_an_issue(read: Read) -> None:
    found = ask(
        read.settings, "select person_id from people.issue where code = 'contact_deleted' and closed_at is null"
    )
    assert sorted(found) == sorted((person,) for person, _ in (read.deleted, read.archived, read.doubled))


def test_a_company_can_be_looked_up_and_joins_nobody(read: Read) -> None:
    sql = """select c.kind, c.employer, count(*) over (partition by x.person_id)
             from contacts.contact c join people.crosswalk x using (contact_id)
             join people.crosswalk o using (person_id) where c.entity = 'companies'"""
    assert ask(read.settings, sql) == [("organisation", "Heron Bakery", 1)]
    sql = "select record_id from contacts.record_key where value = 'office@heron-bakery.example.org'"
    assert ask(read.settings, sql) == [("59000000",)]


def test_members_have_amounts_and_the_day_they_joined(read: Read) -> None:
    sql = "select count(*), count(campaign_joined_at), count(raised), count(goal) from contacts.givebutter_fundraising"
    ((members, joined, raised, goal),) = ask(read.settings, sql)
    assert members == joined == raised == goal > 100


def test_a_quiet_window_lands_nothing(read: Read, tmp_path: Path) -> None:
    settings = copy_home(read.settings, tmp_path / "quiet")
    fetched, refreshed = run(settings)
    assert fetched.success
    assert fetched.materialised == refreshed.materialised == ()
