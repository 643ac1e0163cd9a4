"""Promises of `credentials` and `doctor` about keys: set without a trace, listed without a value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contact_pipeline.cli import main
from contact_pipeline.credentials import CredentialStore
from contact_pipeline_tests.credentials.conftest import no_system_keyring

__all__ = ["no_system_keyring"]

NAME, VALUE = "GIVEBUTTER_API_KEY", "1203|aVeryPrivateKeyOfTheAccount"


@pytest.fixture(autouse=True)
def no_keys_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (NAME, "JOTFORM_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def call(home: Path, *words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, [*words, "--home", str(home)], input=stdin, catch_exceptions=False)


def test_a_key_is_piped_in_kept_listed_by_name_and_removed(home: Path) -> None:
    done = [call(home, "credentials", "set", NAME, stdin=f"{VALUE}\n")]
    assert CredentialStore(home).read()[NAME].value == VALUE
    done.append(call(home, "credentials", "list", "--json"))
    told = {line["name"]: line for line in json.loads(done[-1].stdout)["credentials"]}
    assert (told[NAME]["from"], told[NAME]["previous_kept"]) == ("store", False)
    assert told["JOTFORM_API_KEY"]["from"] is None
    done += [call(home, "credentials", "rotate"), call(home, "credentials", "list")]
    assert CredentialStore(home).read()[NAME].value == VALUE
    done.append(call(home, "credentials", "remove", NAME))
    assert [result.exit_code for result in done] == [0] * len(done)
    assert all(VALUE not in result.output for result in done)
    assert CredentialStore(home).read() == {}
    assert call(home, "credentials", "remove", NAME).exit_code == 1


def test_a_key_comes_from_another_variable_and_the_one_before_is_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELSEWHERE", VALUE)
    assert call(home, "credentials", "set", NAME, "--from-variable", "ELSEWHERE").exit_code == 0
    replaced = call(home, "credentials", "set", NAME, stdin="another\n")
    assert "The one before it is used where this one is not accepted" in replaced.output
    assert CredentialStore(home).read()[NAME].previous == VALUE
    call(home, "credentials", "set", NAME, "--forget-old", stdin="a third\n")
    assert CredentialStore(home).read()[NAME].previous is None


def test_a_key_typed_in_place_of_its_name_is_refused_and_not_repeated(home: Path) -> None:
    result = call(home, "credentials", "set", VALUE, stdin="x\n")
    assert result.exit_code == 1
    assert VALUE not in result.output
    assert not (home / "credentials.json").exists()


def test_a_variable_that_wins_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "from-the-environment")
    assert f"{NAME} is set too, and wins" in call(home, "credentials", "set", NAME, stdin=f"{VALUE}\n").stderr


def test_the_doctor_finds_a_key_in_the_store_and_names_a_missing_one(home: Path) -> None:
    home.mkdir()
    settings = '[givebutter]\ncampaign = "SPRING26"\n[jotform.forms.signups]\nid = "251330000000345"\n'
    (home / "contact_pipeline.toml").write_text(settings, encoding="utf-8")
    call(home, "credentials", "set", NAME, stdin=f"{VALUE}\n")
    found = {one["what"]: one for one in json.loads(call(home, "doctor", "--json").stdout)}
    assert found["givebutter key"]["ok"]
    assert not found["jotform key"]["ok"]
    assert "credentials set JOTFORM_API_KEY" in found["jotform key"]["detail"]
    (home / "credentials.key").chmod(0o644)
    broken = {one["what"]: one for one in json.loads(call(home, "doctor", "--json").stdout)}
    assert "chmod 600" in broken["givebutter key"]["detail"]
