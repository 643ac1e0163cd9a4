"""Promises about tasks: what an administrator says wins, is kept with its reason, and can be taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contact_pipeline.cli import main
from contact_pipeline.config import Settings
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.tasks import tasks_said
from contact_pipeline_tests.homes import copy_home
from contact_pipeline_tests.mentors.test_edge_cases import altered, rebuild

pytestmark = pytest.mark.usefixtures("fixed_clock")


def command(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(settings.home), *words])


def said(settings: Settings) -> list[dict[str, Any]]:
    ledger = Ledger.open(settings.ledger_url)
    try:
        return tasks_said(ledger).to_pylist()  # type: ignore[no-any-return]
    finally:
        ledger.close()


def status_after(settings: Settings, folder: Path, mentor_id: str) -> tuple[str, bool]:
    """The mentor's status and training, once the next run has read the ledger."""
    folder.mkdir(exist_ok=True)
    with altered(settings, folder) as connection:
        connection.execute("delete from mentors.task_said")
        for line in said(settings):
            connection.execute("insert into mentors.task_said values (?, ?, ?, ?, ?, ?, ?)", list(line.values()))
        rebuild(connection, "mentors.")
        asked = "select m.status, t.training_done from mentors.mentor m join mentors.task t using (person_id, season)"
        return connection.execute(f"{asked} where m.mentor_id = '{mentor_id}'").fetchall()[0]  # type: ignore[no-any-return]


def test_an_administrator_says_who_is_trained_and_takes_it_back(season: Settings, tmp_path: Path) -> None:
    settings = copy_home(season, tmp_path / "data")
    assert status_after(settings, tmp_path / "w", "2345") == ("needs_training", False)
    done = command(settings, "mentors", "training", "MN-2345", "--reason", "was in the room", "--actor", "ann")
    assert done.exit_code == 0, done.output
    assert [(line["task"], line["done"], line["actor"], line["reason"]) for line in said(settings)] == [
        ("training", True, "ann", "was in the room")
    ]
    assert status_after(settings, tmp_path / "w", "2345") == ("complete", True)
    number = done.output.split()[1].rstrip(":")
    assert command(settings, "undo", number, "--reason", "another room").exit_code == 0
    assert status_after(settings, tmp_path / "w", "2345") == ("needs_training", False)


def test_who_dropped_out_is_dropped_whatever_else_is_done(season: Settings, tmp_path: Path) -> None:
    settings = copy_home(season, tmp_path / "data")
    assert command(settings, "mentors", "dropped", "ada.quillfeather@example.org", "--reason", "moved").exit_code == 0
    assert status_after(settings, tmp_path / "w", "1001") == ("dropped", False)
    assert command(settings, "mentors", "dropped", "1001", "--not", "--reason", "is back").exit_code == 0
    assert status_after(settings, tmp_path / "w", "1001") == ("needs_fundraising", False)


def test_a_mentor_whose_contact_was_deleted_on_purpose_gets_a_new_one(season: Settings, tmp_path: Path) -> None:
    """Edge case 3: the link stays and holds the mentor, until an administrator treats them as new."""
    settings = copy_home(season, tmp_path / "data")
    done = command(settings, "mentors", "new-contact", "1004", "--reason", "deleted on purpose")
    assert done.exit_code == 0, done.output
    (tmp_path / "w").mkdir()
    with altered(settings, tmp_path / "w") as connection:
        for line in said(settings):
            connection.execute("insert into mentors.task_said values (?, ?, ?, ?, ?, ?, ?)", list(line.values()))
        rebuild(
            connection, "mentors.", "exports.givebutter_candidate", "exports.givebutter_hold", "exports.givebutter_row"
        )
        row = 'select "Givebutter Contact ID", "Last Name" from exports.givebutter_row where "Contact External ID" = '
        assert connection.execute(f"{row} '1004'").fetchall() == [(None, "Harrowgate")]
    number = done.output.split()[1].rstrip(":")
    assert command(settings, "undo", number, "--reason", "restored it").exit_code == 0
    assert said(settings) == []


def test_nothing_is_said_without_a_reason_or_of_nobody(season: Settings, tmp_path: Path) -> None:
    settings = copy_home(season, tmp_path / "data")
    assert command(settings, "mentors", "training", "1001").exit_code == 2
    unknown = command(settings, "mentors", "training", "9999", "--reason", "x")
    assert unknown.exit_code == 1
    assert "No mentor of 2026" in unknown.output
    assert said(settings) == []


def test_mentors_can_be_listed_shown_and_counted(season: Settings) -> None:
    listed = json.loads(command(season, "mentors", "list", "--status", "needs_training", "--json").output)
    assert {mentor["mentor_id"] for mentor in listed["mentors"]} == {"1005", "1010", "2345"}
    shown = json.loads(command(season, "mentors", "show", "1005", "--json").output)
    assert shown["contacts"][0]["givebutter_contact_id"] == "5007"
    assert shown["task"]["amount_raised"] == "80.00"
    told = command(season, "mentors", "coverage").output
    assert told == "13 of 19 mentors have a contact id; 6 wait for the next export; 2 are in doubt\n"
    listed_as_text = command(season, "mentors", "list").output
    assert "needs_setup" in listed_as_text
    assert "5004, deleted" in listed_as_text
