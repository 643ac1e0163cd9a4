"""Lookup: every record of every source that carries an e-mail address or a phone number."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contact_pipeline.cli import main
from contact_pipeline.config import Settings
from contact_pipeline.warehouse.connection import open_warehouse
from contact_pipeline_tests.homes import content_of, copy_home, run, settle, warehouse_of
from contact_pipeline_tests.landing.workbooks import workbook

pytestmark = pytest.mark.usefixtures("fixed_clock")

LookedUp = tuple[Settings, str, dict[str, Any]]
"""A home, an address, and the row of the Givebutter export that has it."""


@pytest.fixture(scope="module")
def looked_up(finished_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> LookedUp:
    """A home with three behavioural files that name one of its contacts, and the contact's address."""
    settings = copy_home(finished_home, tmp_path_factory.mktemp("lookup") / "data")
    export = next((settings.sandbox / "drop" / "givebutter").iterdir())
    with export.open(encoding="utf-8-sig", newline="") as stream:
        contact = next(row for row in csv.DictReader(stream) if row["Primary Email"].endswith("@example.org"))
    email = contact["Primary Email"]
    waiting = settings.inbox / "behaviour"
    waiting.mkdir(parents=True, exist_ok=True)
    (waiting / "2024_Donors.csv").write_text(f"Gift,From\n25.00,{email.upper()}\n10.00,other@example.org\n")
    (waiting / "Rally_Signups.csv").write_text("Who,How to reach\nAnn,813-555-0142\n")
    (waiting / "Shifts.xlsx").write_bytes(workbook([["Shift", "Volunteer"], ["Saturday", email]]))
    settle(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTACT_PIPELINE_NOW", "2026-11-20T12:00:00+00:00")
        _, refreshed = run(settings)
    assert refreshed.success, refreshed.errors
    return settings, email, contact


def ask(settings: Settings, *words: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(
        main, ["lookup", *words, "--json", "--home", str(settings.home)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    records: list[dict[str, Any]] = json.loads(result.stdout)["records"]
    return records


def test_records_of_every_source_come_back_as_they_were_sent(looked_up: LookedUp) -> None:
    settings, email, contact = looked_up
    found = {record["source_name"]: record for record in ask(settings, "--email", email)}
    assert found["2024_Donors.csv"]["fields"] == {"Gift": "25.00", "From": email.upper()}
    assert found["Shifts.xlsx"]["fields"] == {"Shift": "Saturday", "Volunteer": email}
    given = next(record for record in found.values() if record["source"] == "givebutter")
    assert given["record_id"] == contact["Givebutter Contact ID"]
    once = {name: cell for name, cell in contact.items() if name != "Tags"}  # the export has two columns of that name
    assert once.items() <= given["fields"].items()
    assert {"source_name", "source", "record_id", "fields"} <= set(given)


def test_a_number_is_found_in_any_spelling(looked_up: LookedUp) -> None:
    settings, _, _ = looked_up
    found = [r for r in ask(settings, "--phone", "+1 (813) 555.0142") if r["source"] == "behaviour"]
    assert [record["fields"] for record in found] == [{"Who": "Ann", "How to reach": "813-555-0142"}]
    both = ask(settings, "--phone", "8135550142", "--email", "other@example.org")
    assert {"2024_Donors.csv", "Rally_Signups.csv"} <= {record["source_name"] for record in both}
    assert ask(settings, "--email", "nobody@example.org") == []


def test_behavioural_records_are_neither_contacts_nor_people(looked_up: LookedUp, finished_home: Settings) -> None:
    settings, _, _ = looked_up
    same = ("contacts.contact", "people.person", "people.crosswalk", "exports.givebutter_row")
    assert content_of(settings, same) == content_of(finished_home, same)
    with warehouse_of(settings) as connection:
        assert connection.execute("select count(*) from raw.behaviour_records").fetchall() == [(4,)]


def test_lookup_works_while_a_run_holds_the_warehouse(looked_up: LookedUp) -> None:
    settings, email, _ = looked_up
    with open_warehouse(settings.warehouse, wait_seconds=1, log=lambda _: None) as connection:
        connection.execute("begin transaction")
        connection.execute("delete from raw.behaviour_records")
        assert "2024_Donors.csv" in {record["source_name"] for record in ask(settings, "--email", email)}
        connection.execute("rollback")


@pytest.mark.parametrize("words", [[], ["--email", "nobody"], ["--phone", "12"]])
def test_what_is_no_key_is_wrong_usage(words: list[str], looked_up: LookedUp) -> None:
    result = CliRunner().invoke(main, ["lookup", *words, "--home", str(looked_up[0].home)])
    assert result.exit_code == 2
    assert result.output


def test_a_home_without_a_snapshot_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["lookup", "--email", "a@example.org", "--home", str(tmp_path / "data")])
    assert result.exit_code == 1
    assert "contact-pipeline run" in result.output
