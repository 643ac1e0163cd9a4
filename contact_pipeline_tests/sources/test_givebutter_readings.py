"""Promises about one contact read in two ways: exports and the API make one row; only proof tells who is gone."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contact_pipeline.landing.absence import pages_and_absent
from contact_pipeline.landing.load import load_pending
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.sandbox.campaign.givebutter_api import api_contact
from contact_pipeline.sources.entities import (
    ENTITIES,
    GIVEBUTTER_API_CONTACTS,
    GIVEBUTTER_COMPANIES,
    GIVEBUTTER_CONTACT_COLUMNS,
    GIVEBUTTER_CONTACTS,
    GIVEBUTTER_HOUSEHOLDS,
    Entity,
)
from contact_pipeline.sources.errors import SourceRefused
from contact_pipeline.sources.givebutter.client import is_listed, records_of
from contact_pipeline.sources.pull import Pull, Singly
from contact_pipeline.warehouse.models import all_models, run_model

MODELS = ("household", "version", "reading", "origin", "contact", "stale", "company")
EARLY, LATE, LATER = "2026-03-01 09:00:00", "2026-04-01 09:00:00", "2026-05-01 09:00:00"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def row(number: int = 1, **cells: str) -> dict[str, str]:
    """An exported row; keys are column names with underscores."""
    base = {
        "Givebutter Contact ID": str(number), "First Name": "Marisol", "Last Name": "Quintero",
        "Primary Email": f"mari{number}@example.org", "Engage Email Subscribed": "yes",
        "Engage SMS Subscribed": "yes", "Engage Mail Subscribed": "yes", "Date Created (UTC)": EARLY,
        "Last Modified (UTC)": LATE,
    }  # fmt: skip
    return {
        **dict.fromkeys(GIVEBUTTER_CONTACT_COLUMNS, ""),
        **base,
        **{k.replace("_", " "): v for k, v in cells.items()},
    }


def modified(when: str) -> dict[str, str]:
    return {"Last Modified (UTC)": when}


@dataclass
class Readings:
    """A landing folder to which exports and readings arrive, one a day, and what the models make of them."""

    folder: Path
    now: datetime = NOW
    answers: dict[str, bytes] = field(default_factory=dict)

    @property
    def store(self) -> LandingStore:
        return LandingStore(self.folder / "landing")

    def export(self, *rows: dict[str, str], columns: tuple[str, ...] = GIVEBUTTER_CONTACT_COLUMNS) -> None:
        self.now += timedelta(days=1)
        path = self.folder / f"contacts-{self.now:%Y-%m-%d}-1.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore", quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(rows)
        assert self.store.land_file(path, GIVEBUTTER_CONTACTS, now=self.now, full=False).status == "landed"

    def listed(
        self, *contacts: dict[str, Any], entity: Entity = GIVEBUTTER_API_CONTACTS, full: bool = True
    ) -> list[str]:
        """A whole reading, or a window, of the API; gives the ids asked for singly."""
        self.now += timedelta(days=1)
        asked: list[str] = []

        def ask(ids: Any) -> Iterator[bytes]:
            for number in ids:
                asked.append(number)
                yield self.answers.get(number, json.dumps({"not_found": [{"id": number, "answered": 404}]}).encode())

        singly = (
            Singly(ask, is_listed, (GIVEBUTTER_CONTACTS,), at_most=3)
            if full and entity.name == "api_contacts"
            else None
        )
        reading = Pull(iter([json.dumps({"data": list(contacts)}).encode()]), records_of, lambda: 1, singly=singly)
        pages = pages_and_absent(self.store, entity, reading, 0.5) if full else reading.pages
        cursor = self.now.isoformat()
        self.store.land_pages(entity, pages, records_of, now=self.now, full=full, cursor=cursor)
        return asked

    def table(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'; create schema contacts")
            load_pending(connection, self.store, now=self.now, entities=ENTITIES)
            for name in MODELS:
                run_model(connection, all_models()[f"contacts.givebutter_{name}"])
            found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
            return found

    def contact(self, columns: str) -> tuple[Any, ...]:
        (found,) = self.table(f"select {columns} from contacts.givebutter_contact")
        return found

    def stale(self) -> list[tuple[Any, ...]]:
        return self.table("select record_id, reason from contacts.givebutter_stale order by record_id")


@pytest.fixture
def place(tmp_path: Path) -> Readings:
    return Readings(tmp_path)


def test_an_exported_row_and_the_record_of_the_api_are_one_contact(place: Readings) -> None:
    place.export(row())
    place.listed(api_contact(row()))
    assert place.contact("contact_id, first_raw, emails_raw, batch_id") == (
        "givebutter.contacts:1", "Marisol", ["mari1@example.org"], place.store.manifest()[-1].batch_id,
    )  # fmt: skip


FULL = row(
    Prefix="Dr.", Preferred_First_Name="Mari", Middle_Name="Inés", Suffix="Jr", Date_of_Birth="1988-03-09",
    Gender="female", Employer="Tidewater Clinic", Title="Nurse", Additional_Emails="mq@example.org, q@example.org",
    Primary_Phone="+18135550142", Additional_Phones="+18135550143", Address_Line_1="410 Heron Ln",
    Address_Line_2="Unit 4", City="Tampa", State="FL", Postal_Code="01234", Country="USA", Tags="gala, volunteer-2026",
    Contact_External_ID="MN0093", LinkedIn="https://linkedin.com/in/mari", Household_ID="700007",
)  # fmt: skip


def test_both_ways_of_reading_say_the_same_of_a_full_contact(tmp_path: Path) -> None:
    exported, sent = Readings(tmp_path / "export"), Readings(tmp_path / "api")
    for one in (exported, sent):
        one.folder.mkdir()
    exported.export(FULL)
    sent.listed(api_contact(FULL))
    sent.listed({"id": 700007, "name": "Quintero", "contacts": [api_contact(FULL)]}, entity=GIVEBUTTER_HOUSEHOLDS)
    columns = (
        "* exclude (batch_id, line, observed_at, email_consent_raw, sms_consent_raw, mail_consent_raw), "
        "email_consent_raw in ('yes', 'true')"
    )
    assert exported.contact(columns) == sent.contact(columns)


def test_the_later_version_counts_whichever_way_it_was_read(place: Readings) -> None:
    place.listed(api_contact(row(Title="Nurse")))
    place.export({**row(Title="Head nurse"), **modified(LATER)})
    assert place.contact("title") == ("Head nurse",)
    place.listed(api_contact({**row(Title="Director"), **modified("2026-05-02 09:00:00")}))
    assert place.contact("title") == ("Director",)
    assert place.table("select reading from contacts.givebutter_origin") == [("api",)]


def test_a_value_emptied_in_the_later_version_does_not_come_back(place: Readings) -> None:
    place.export(row(Title="Nurse", Primary_Phone="+18135550142"))
    place.listed(api_contact({**row(), **modified(LATER)}))
    assert place.contact("title, phones_raw") == (None, [])


def test_an_old_file_dropped_late_does_not_undo_what_the_api_said(place: Readings) -> None:
    place.listed(api_contact({**row(Title="Director"), **modified(LATER)}))
    place.export({**row(Title="Nurse"), **modified(EARLY)})
    assert place.contact("title") == ("Director",)


def test_what_one_reading_cannot_know_comes_from_the_other(place: Readings) -> None:
    """A 39-column export has no preferred first name, and a contact over the API no household."""
    place.listed(api_contact(row(Preferred_First_Name="Mari")))
    old = tuple(name for name in GIVEBUTTER_CONTACT_COLUMNS if name != "Preferred First Name")
    place.export({**row(Household_ID="700007", Prefix="Ms."), **modified(LATER)}, columns=old)
    assert place.contact("preferred_raw, household_ref") == ("Mari", "700007")
    place.listed(api_contact({**row(), **modified("2026-05-02 09:00:00")}))
    assert place.contact("preferred_raw, household_ref") == (None, "700007")


def test_every_reading_can_be_named(place: Readings) -> None:
    place.export(row())
    place.listed(api_contact({**row(), **modified(LATER)}), api_contact(row(2)))
    exported, listed = place.store.manifest()
    found = place.table(
        "select record_id, reading, export_batch_id, api_batch_id from contacts.givebutter_origin order by 1"
    )
    assert found == [("1", "api", exported.batch_id, listed.batch_id), ("2", "api", None, listed.batch_id)]


CONSENT = [
    ("a later yes of the platform lifts an earlier no", "no", EARLY, True, LATE, "true"),
    ("a later no counts", "yes", EARLY, False, LATE, "no"),
    ("an older yes lifts nothing", "no", LATE, True, EARLY, "no"),
    ("an older no of the API is lifted by a later export", "yes", LATE, False, EARLY, "yes"),
    ("of one date a no in the export holds", "no", LATE, True, LATE, "no"),
    ("of one date a no of the API holds", "yes", LATE, False, LATE, "no"),
]


@pytest.mark.parametrize(
    ("exported", "at", "sent", "then", "expected"), [case[1:] for case in CONSENT], ids=[c[0] for c in CONSENT]
)
@pytest.mark.parametrize("api_first", [True, False])
def test_an_opt_out_is_lifted_only_by_a_version_the_platform_dates_later(
    exported: str, at: str, sent: bool, then: str, expected: str, api_first: bool, place: Readings
) -> None:
    contact = {**api_contact({**row(), **modified(then)}), "is_email_subscribed": sent}
    file = {**row(Engage_Email_Subscribed=exported), **modified(at)}
    if api_first:
        place.listed(contact)
    place.export(file)
    if not api_first:
        place.listed(contact)
    assert place.contact("email_consent_raw") == (expected,)


@pytest.mark.parametrize("api", [True, False])
def test_a_version_that_says_nothing_lifts_no_opt_out(api: bool, place: Readings) -> None:
    """A renamed column, or a key that is not there, is silence; a yes said later is not."""
    place.export(row(Engage_Email_Subscribed="no"))
    if api:
        place.listed({**api_contact({**row(), **modified(LATER)}), "is_email_subscribed": None})
    else:
        renamed = tuple(name for name in GIVEBUTTER_CONTACT_COLUMNS if name != "Engage Email Subscribed")
        place.export({**row(), **modified(LATER)}, columns=(*renamed, "Email Subscribed"))
    assert place.contact("email_consent_raw") == ("no",)
    place.export({**row(Engage_Email_Subscribed="yes"), **modified("2026-05-03 09:00:00")})
    assert place.contact("email_consent_raw") == ("yes",)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"email_opt_in": False}, ("no", "true", "true")),
        ({"sms_opt_in": "false"}, ("true", "no", "true")),
        ({"address_unsubscribed_at": "2026-04-01T09:00:00+00:00"}, ("true", "true", "no")),
        ({"is_email_subscribed": None}, (None, "true", "true")),
        ({"is_phone_subscribed": "paused"}, ("true", "no", "true")),
    ],
    ids=["e-mail", "text", "mail", "silence", "a word nobody knows"],
)
def test_every_way_of_saying_no_over_the_api_is_a_no(
    said: dict[str, Any], expected: tuple[str | None, ...], place: Readings
) -> None:
    place.listed({**api_contact(row()), **said})
    assert place.contact("email_consent_raw, sms_consent_raw, mail_consent_raw") == expected


@pytest.mark.parametrize("wrong", ["not a list", {"a": 1}, [1, None], None])
def test_a_nested_value_of_another_shape_loses_no_contact(wrong: Any, place: Readings) -> None:
    contact = {**api_contact(row()), "emails": wrong, "phones": wrong, "tags": wrong, "primary_address": wrong}
    place.listed({**contact, "stats": wrong})
    assert place.contact("record_id, emails_raw[1]") == ("1", "mari1@example.org")


def test_tags_written_as_one_text_are_taken_apart(place: Readings) -> None:
    """The published spec types them as a text (sources.md 1.5)."""
    place.listed({**api_contact(row()), "tags": "gala, volunteer-2026"})
    assert place.contact("tags") == (["gala", "volunteer-2026"],)


def test_a_contact_gone_from_a_whole_reading_is_asked_for_and_marked(place: Readings) -> None:
    place.listed(*(api_contact(row(number)) for number in (1, 2, 3, 5)))
    assert place.stale() == []
    archived = {**api_contact(row(3)), "archived_at": "2026-05-30T09:00:00+00:00"}
    place.answers["3"] = json.dumps(archived).encode()
    assert place.listed(*(api_contact(row(number)) for number in (1, 4, 5))) == ["2", "3"]
    assert place.stale() == [("2", "not found"), ("3", "archived")]
    assert len(place.table("select * from contacts.givebutter_contact")) == 5


def test_who_is_known_to_be_gone_is_not_asked_for_again(place: Readings) -> None:
    place.listed(api_contact(row(1)), api_contact(row(2)))
    place.listed(api_contact(row(1)))
    assert place.listed(api_contact(row(1)), api_contact(row(5))) == []
    assert place.stale() == [("2", "not found")]


def test_a_contact_only_an_export_knew_is_asked_for_too(place: Readings) -> None:
    place.export(row(1), row(2))
    assert place.listed(api_contact(row(1))) == ["2"]
    assert place.stale() == [("2", "not found")]


def test_a_contact_that_answers_is_not_gone_although_no_list_shows_it(place: Readings) -> None:
    place.listed(api_contact(row(1)), api_contact(row(2)))
    place.answers["2"] = json.dumps(api_contact(row(2))).encode()
    assert place.listed(api_contact(row(1))) == ["2"]
    assert place.stale() == []


def test_of_many_missing_only_some_are_asked_for_and_all_are_marked(place: Readings) -> None:
    numbers = range(1, 13)
    place.listed(*(api_contact(row(number)) for number in numbers))
    assert len(place.listed(*(api_contact(row(number)) for number in numbers if number > 5))) == 3
    assert [reason for _, reason in place.stale()] == ["not found"] * 3 + ["not listed"] * 2


def test_a_window_proves_no_deletion(place: Readings) -> None:
    place.listed(api_contact(row(1)), api_contact(row(2)))
    place.listed(api_contact({**row(1), **modified(LATER)}), full=False)
    assert place.stale() == []


def test_a_restored_contact_is_no_longer_marked(place: Readings) -> None:
    place.listed(api_contact(row(1)), api_contact(row(2)))
    place.listed(api_contact(row(1)))
    place.listed(api_contact({**row(2), **modified(LATER)}), full=False)
    assert place.stale() == []


def test_an_export_of_a_later_day_lifts_the_mark_and_one_of_an_earlier_day_does_not(place: Readings) -> None:
    place.listed(api_contact(row(1)), api_contact(row(2)))
    place.listed(api_contact(row(1)))
    then = place.now
    place.now = NOW
    place.export(row(1), row(2))
    assert place.stale() == [("2", "not found")]
    place.now = then
    place.export(row(1), row(2), row(3))
    assert place.stale() == []


def test_a_contact_made_after_the_whole_reading_is_not_missing_from_it(place: Readings) -> None:
    """The export is of the same day as the reading: only Givebutter's own dates tell which was first."""
    place.listed(api_contact(row(1)))
    place.now -= timedelta(days=1)
    place.export(row(1), {**row(2), **modified(LATER), "Date Created (UTC)": LATER})
    assert place.stale() == []


def test_a_contact_that_became_a_company_is_not_gone(place: Readings) -> None:
    place.listed(*(api_contact(row(number)) for number in range(1, 9)))
    company = {**api_contact(row(8)), "type": "company", "company_name": "Quintero Ltd", "first_name": None}
    place.listed(company, entity=GIVEBUTTER_COMPANIES)
    place.answers["8"] = json.dumps(company).encode()
    place.listed(*(api_contact(row(number)) for number in range(1, 8)))
    assert place.stale() == []
    assert place.table("select contact_id, employer from contacts.givebutter_company") == [
        ("givebutter.companies:8", "Quintero Ltd")
    ]


def test_a_reading_that_lacks_most_contacts_is_refused(place: Readings) -> None:
    """The key of another account, or of none, shows a short list without any error."""
    place.listed(*(api_contact(row(number)) for number in range(1, 11)))
    with pytest.raises(SourceRefused, match="of 10 known records only 4 are listed"):
        place.listed(*(api_contact(row(number)) for number in range(7, 11)))
    assert place.stale() == []
    assert len(place.store.manifest()) == 1


def test_households_are_those_of_the_newest_list(place: Readings) -> None:
    home = {
        "id": 700007,
        "name": "Quintero",
        "head_contact_id": 1,
        "contacts": [api_contact(row(1)), api_contact(row(2))],
    }
    place.listed(home, entity=GIVEBUTTER_HOUSEHOLDS)
    query = (
        "select household_id, household_name, contact_record_id, is_head from contacts.givebutter_household order by 3"
    )
    assert place.table(query) == [("700007", "Quintero", "1", True), ("700007", "Quintero", "2", False)]
    place.listed({**home, "contacts": [api_contact(row(2))]}, entity=GIVEBUTTER_HOUSEHOLDS)
    assert place.table(query) == [("700007", "Quintero", "2", False)]
