"""Promises of `contact-pipeline voters`: keys and exit codes, which others script."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from contact_pipeline.cli import main
from contact_pipeline_tests.sources.voter_file.files import DELROY, MARI, a_file

LOAD_KEYS = [
    "state", "status", "message", "load_id", "files", "seen", "accepted", "quarantined", "blank", "voters", "protected",
    "repeated", "same_person", "unread_dates", "changes", "rejects", "steps", "seconds", "peak_mb",
]  # fmt: skip


def call(home: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), "voters", *words], catch_exceptions=False)


def test_a_load_answers_with_exactly_the_agreed_keys(tmp_path: Path) -> None:
    result = call(tmp_path, "load", str(a_file(tmp_path, MARI, "torn,line")), "--state", "fl", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert list(answer) == LOAD_KEYS
    assert (answer["state"], answer["status"], answer["seen"]) == ("FL", "loaded", 2)


def test_status_find_and_changes_read_what_was_loaded(tmp_path: Path) -> None:
    call(tmp_path, "load", str(a_file(tmp_path, MARI, DELROY, name="q1.csv")), "--state", "FL")
    moved = MARI.replace("410 HERON LN", "9 EGRET CT")
    call(tmp_path, "load", str(a_file(tmp_path, moved, DELROY, name="q2.csv")), "--state", "FL")
    (state,) = json.loads(call(tmp_path, "status", "--json").stdout)["states"]
    assert (state["voters"], state["changes"], state["file_names"]) == (2, {"moved": 1}, ["q2.csv"])
    for query in ("104559901", "Quintero, Mari", "marisol quintero", "quintero"):
        (voter,) = json.loads(call(tmp_path, "find", query, "--json").stdout)["voters"]
        assert voter["address"] == "9 EGRET CT"
    (change,) = json.loads(call(tmp_path, "changes", "--kind", "moved", "--json").stdout)["changes"]
    assert change["before"] == "410 HERON LN, TAMPA, 33602"
    assert "QUINTERO" in call(tmp_path, "find", "quintero").stdout
    assert "1 moved" in call(tmp_path, "status").stdout


def test_exit_codes_tell_refused_from_held(tmp_path: Path) -> None:
    many = [MARI.replace("104559901", f"10455990{digit}") for digit in range(9)]
    assert call(tmp_path, "load", str(a_file(tmp_path, *many)), "--state", "FL").exit_code == 0
    part = str(a_file(tmp_path, MARI, name="part.csv"))
    assert call(tmp_path, "load", part, "--state", "FL").exit_code == 3
    assert call(tmp_path, "load", part, "--state", "FL", "--full").exit_code == 0
    wrong = str(a_file(tmp_path, "Mari,blue", header="name,colour", name="wrong.csv"))
    assert call(tmp_path, "load", wrong, "--state", "FL").exit_code == 1
    assert call(tmp_path, "load", part, "--state", "Florida").exit_code == 2


def test_without_a_voter_file_reading_fails_and_says_how_to_load_one(tmp_path: Path) -> None:
    result = call(tmp_path, "find", "quintero")
    assert result.exit_code == 1
    assert "voters load FILE" in result.output


def test_the_match_is_counted_only_after_something_was_published(tmp_path: Path) -> None:
    result = call(tmp_path, "match", "--json")
    assert result.exit_code == 1
    assert "contact-pipeline run" in result.output
