"""What the simulated Givebutter does with an import file, held against sources.md 2.2 and 2.3."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from contact_pipeline.cli import main
from contact_pipeline.sandbox.campaign.givebutter import CustomField
from contact_pipeline.sandbox.campaign.givebutter_api import api_contact, api_households
from contact_pipeline.sandbox.campaign.writing import givebutter_export
from contact_pipeline.sandbox.simulators import serve
from contact_pipeline.sandbox.simulators.givebutter_contacts import ContactBook
from contact_pipeline.sandbox.simulators.givebutter_export import export_csv
from contact_pipeline.sandbox.simulators.givebutter_import import Imported, ImportManner, import_csv
from contact_pipeline_tests.homes import new_home, small_campaign

NOW = datetime(2026, 5, 12, 12, tzinfo=UTC)
SHIFT = CustomField("Shift", "📆 Shift Preference", 9_103, ("Option 1", "Option 2"))
NOTE = CustomField("Text", "📱 Text", 9_104)
MARISOL = {
    "Givebutter Contact ID": "11", "First Name": "Marisol", "Last Name": "Quintero", "Tags": "gala",
    "Primary Email": "mari@example.org", "Primary Phone": "+18135550142", "Notes": "met at\nspring fair",
    "Engage Email Subscribed": "yes", "Last Modified (UTC)": "2026-01-05 15:00:00",
}  # fmt: skip
NEWCOMER = {
    "Contact External ID": "1234", "First Name": "Nia", "Last Name": "Bell", "Primary Email": "nia@example.org",
    "Email Subscription Status": "yes",
}  # fmt: skip


def book() -> ContactBook:
    return ContactBook([api_contact(MARISOL)], lambda: NOW, fields=(SHIFT, NOTE))


def file_of(*rows: dict[str, str]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


def taken(held: ContactBook, *rows: dict[str, str], manner: ImportManner | None = None) -> Imported:
    return import_csv(held, file_of(*rows), manner)


def values(contact: dict[str, Any], kind: str) -> list[str]:
    return [item["value"] for item in contact[kind]]


def test_only_the_contact_id_finds_a_contact_and_an_external_id_alone_makes_another() -> None:
    held = book()
    held.replace({**held.get(11), "external_id": "1234"})
    done = taken(held, {"Givebutter Contact ID": "11", "First Name": "Mari", "Last Name": "Quintero"}, NEWCOMER)
    assert [row.what for row in done.rows] == ["updated", "created"]
    assert held.get(11)["first_name"] == "Mari"
    assert [row["external_id"] for row in held.rows] == ["1234", "1234"]


def test_an_update_adds_addresses_appends_notes_keeps_tags_and_touches_no_empty_cell() -> None:
    held = book()
    update = {
        "Givebutter Contact ID": "11", "Last Name": "Quintero", "Primary Phone Number": "18135550143",
        "Email Addresses": "work@example.org", "Notes": "called", "Tags": "Mentors 2026", "First Name": "",
        "Email Subscription Status": "no", "📆 Shift Preference": "Option 2",
    }  # fmt: skip
    taken(held, update)
    contact = held.get(11)
    assert values(contact, "phones") == ["+18135550143", "+18135550142"]
    assert values(contact, "emails") == ["mari@example.org", "work@example.org"]
    assert contact["note"] == "met at\nspring fair\ncalled"
    assert contact["tags"] == ["gala", "Mentors 2026"]
    assert contact["first_name"] == "Marisol"
    assert contact["is_email_subscribed"] is False
    assert [(item["title"], item["value"]) for item in contact["custom_fields"]] == [(SHIFT.title, "Option 2")]
    assert contact["updated_at"] == "2026-05-12T12:00:00+00:00"


def test_what_is_unknown_of_the_real_import_can_be_chosen() -> None:
    held = book()
    update = {"Givebutter Contact ID": "11", "Last Name": "Quintero", "Tags": "a", "Primary Email": "b@example.org"}
    manner = ImportManner(replaces_tags=True, primary_moves=False)
    taken(held, {**update, "Email Subscription Status": "yes"}, manner=manner)
    assert held.get(11)["tags"] == ["a"]
    assert held.get(11)["primary_email"] == "mari@example.org"


def test_a_new_row_of_a_namesake_with_the_same_email_or_phone_is_folded_into_the_old_contact() -> None:
    held = book()
    namesake = {"First Name": "marisol", "Last Name": "Quintero", "Primary Phone Number": "8135550142"}
    done = taken(held, {**namesake, "Contact External ID": "77", "Tags": "Mentors 2026"})
    assert [(row.what, row.contact_id) for row in done.rows] == [("merged", 11)]
    assert held.get(11)["external_id"] == "77"
    assert held.get(11)["tags"] == ["gala", "Mentors 2026"]
    apart = taken(held, namesake, manner=ImportManner(merges_on_create=False))
    assert apart.rows[0].what == "created"
    assert len(held.rows) == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"Last Name": ""}, "last name"),
        ({"Email Subscription Status": ""}, "email subscription status"),
        ({"Primary Email": "none"}, "valid email"),
        ({"Primary Phone Number": "+442079460958"}, "valid phone number"),
        ({"Address Line 1": "4 Heron Ln"}, "address must be complete"),
        ({"Address Line 1": "4 Heron Ln", "City": "Tampa", "State": "FL", "Zip Code": "336"}, "zip code format"),
        ({"Prefix": "Nia Bell"}, "prefix is invalid"),
        ({"📱 Text": "x" * 256}, "255"),
        ({"📆 Shift Preference": "Option 9"}, "Shift Preference is invalid"),
        ({"Givebutter Contact ID": "12"}, "contact ID is invalid"),
    ],
)
def test_a_row_that_breaks_a_rule_comes_back_in_the_errors_file_and_changes_nothing(
    change: dict[str, str], why: str
) -> None:
    held = book()
    done = taken(held, {**NEWCOMER, **change})
    assert (done.count("rejected"), len(held.rows)) == (1, 1)
    assert done.errors_file is not None
    header, row = csv.reader(io.StringIO(done.errors_file.decode(), newline=""))
    assert header[-1] == "ERRORS"
    assert why in row[-1]
    assert dict(zip(header, row, strict=True))["external_id"] == "1234"


def test_the_errors_file_has_the_apis_names_and_only_the_rows_that_failed() -> None:
    bad = {**NEWCOMER, "Last Name": "", "Zip Code": "33602", "📱 Text": "hi"}
    done = taken(book(), NEWCOMER, bad)
    assert done.errors_file is not None
    rows = list(csv.DictReader(io.StringIO(done.errors_file.decode(), newline="")))
    assert len(rows) == 1
    assert {"primary_email", "zipcode", "custom_fields_field_9104", "ERRORS"} <= set(rows[0])
    assert taken(book(), NEWCOMER).errors_file is None


def test_what_is_no_import_file_is_refused() -> None:
    with pytest.raises(ValueError, match="no column"):
        import_csv(book(), b"a,b\r\n1,2\r\n")


def test_the_book_exports_what_an_export_of_the_same_contacts_says() -> None:
    told = ("Engage Email Subscribed", "Engage SMS Subscribed", "Engage Mail Subscribed", "Total Contributions")
    rows = [row for row in small_campaign().contacts if all(row[name] for name in told)]
    held = ContactBook([api_contact(row) for row in rows], lambda: NOW)
    written = list(csv.reader(io.StringIO(export_csv(held, api_households(rows)).decode(), newline="")))
    original = list(csv.reader(io.StringIO(givebutter_export(small_campaign()).decode(), newline="")))
    known = {row[0]: row for row in original}
    assert written[0] == original[0]
    assert len(written) == len(rows) + 1 > 100
    assert [row for row in written if row != known[row[0]]] == []


def test_an_imported_file_stays_in_the_sandbox_folder_and_its_export_can_be_dropped(tmp_path: Path) -> None:
    settings = new_home(tmp_path / "home")
    file, errors, export = tmp_path / "in.csv", tmp_path / "failed.csv", tmp_path / "out.csv"
    file.write_bytes(file_of(NEWCOMER, {**NEWCOMER, "Last Name": ""}))
    run = CliRunner(catch_exceptions=False)
    told = run.invoke(main, ["sandbox", "import", str(file), "--errors", str(errors), "--home", str(settings.home)])
    assert (told.exit_code, "1 created" in told.output, errors.exists()) == (0, True, True)
    assert run.invoke(main, ["sandbox", "export", str(export), "--home", str(settings.home)]).exit_code == 0
    with export.open(encoding="utf-8", newline="") as stream:
        assert [row["Last Name"] for row in csv.DictReader(stream) if row["Contact External ID"] == "1234"][-1:] == [
            "Bell"
        ]
    with serve(settings.sandbox) as running:
        names = [row["first_name"] for row in running.givebutter.contacts.rows]
    assert names[-1] == "Nia"


def test_running_simulators_import_and_export_and_keep_what_the_api_wrote(tmp_path: Path) -> None:
    settings = new_home(tmp_path / "home")
    with serve(settings.sandbox) as running:
        steering = f"{running.url}/_simulator/givebutter"
        told = httpx.post(f"{steering}/import", content=file_of(NEWCOMER)).json()
        assert (told["created"], told["errors_file"]) == (1, None)
        assert b'"nia@example.org"' in httpx.get(f"{steering}/export").content
        running.givebutter.contacts.tag(int(running.givebutter.contacts.rows[-1]["id"]), "add", ["kept"])
    with serve(settings.sandbox) as running:
        assert running.givebutter.contacts.rows[-1]["tags"] == ["kept"]
