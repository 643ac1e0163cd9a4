"""Rules change by an administrator's word alone, and every version stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from contact_pipeline.config import SETTINGS_FILE
from contact_pipeline_tests.commands.test_commands import call, json_lines

FLORIDA = '[fields.state]\nallowed = ["FL"]\n\n[fields.zip]\npattern = "3[234][0-9]{3}"\n'


@pytest.fixture
def rules_file(home: Path, tmp_path: Path) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    (home / SETTINGS_FILE).write_text('administrators = ["ann", "bob"]\n')
    path = tmp_path / "rules.toml"
    path.write_text(FLORIDA)
    return path


def test_only_an_administrator_changes_rules_and_the_refusal_says_who_may(home: Path, rules_file: Path) -> None:
    refused = call("rules", "set", str(rules_file), "--actor", "eve", home=home)
    assert (refused.exit_code, "eve may not" in refused.output, "ann, bob" in refused.output) == (1, True, True)
    (home / SETTINGS_FILE).write_text("")
    nobody = call("rules", "set", str(rules_file), "--actor", "ann", home=home)
    assert 'administrators = ["name"]' in nobody.output
    assert json_lines(call("rules", "history", "--json", home=home))[0]["versions"] == []


def test_every_version_says_who_when_why_and_what_differs(home: Path, rules_file: Path) -> None:
    words = ("rules", "set", str(rules_file), "--actor", "ann", "--json", "--reason")
    first = json_lines(call(*words, "Florida only", home=home))[0]
    rules_file.write_text(FLORIDA.replace('["FL"]', '["FL", "GA"]'))
    told = json_lines(call("rules", "diff", str(rules_file), "--json", home=home))[0]["changes"]
    assert told == ["fields.state.allowed: ['FL'] → ['FL', 'GA']"]
    second = json_lines(call(*words, "and Georgia", home=home))[0]
    assert second == {"version": first["version"] + 1, "changes": told}
    again = json_lines(call(*words, "nothing new", home=home))[0]
    assert again == {"version": second["version"], "changes": []}, "the same rules are no new version"
    newest, oldest = json_lines(call("rules", "history", "--json", home=home))[0]["versions"]
    assert (newest["actor"], newest["reason"], newest["changes"]) == ("ann", "and Georgia", told)
    assert oldest["document"]["fields"]["state"]["allowed"] == ["FL"]
    assert newest["since"] >= oldest["since"]


def test_what_is_shown_can_be_edited_and_set_again(home: Path, rules_file: Path) -> None:
    assert "the rules that come with the program" in call("rules", "show", home=home).output
    call("rules", "set", str(rules_file), "--actor", "bob", home=home)
    rules_file.write_text(call("rules", "show", home=home).output)
    assert "Nothing" in call("rules", "diff", str(rules_file), home=home).output
    assert "allowed" in call("rules", "show", "--version", "1", home=home).output
    assert call("rules", "show", "--version", "9", home=home).exit_code == 1


def test_a_file_that_is_no_rules_is_explained(home: Path, rules_file: Path) -> None:
    rules_file.write_text("[fields.shoe]\nrequired = true\n")
    result = call("rules", "set", str(rules_file), "--actor", "ann", home=home)
    assert (result.exit_code, "no field 'shoe'" in result.output) == (1, True)
