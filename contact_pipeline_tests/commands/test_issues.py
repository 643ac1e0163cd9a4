"""Promises of accepting issues: what is right as it is stays out of sight until it says something new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contact_pipeline.automation.running import run_job
from contact_pipeline.cli import main
from contact_pipeline.config import Settings
from contact_pipeline_tests.homes import copy_home

pytestmark = pytest.mark.usefixtures("fixed_clock")


@pytest.fixture
def home(finished_home: Settings, tmp_path: Path) -> Settings:
    return copy_home(finished_home, tmp_path / "home")


def call(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--home", str(settings.home)], catch_exceptions=False)


def answer(settings: Settings, *words: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(call(settings, *words, "--json").stdout)
    return told


def test_an_accepted_issue_is_shown_no_more_until_the_acceptance_is_taken_back(home: Settings) -> None:
    before = answer(home, "issues")
    first = before["issues"][0]["fingerprint"]
    somebodys = next(issue for issue in before["issues"] if issue["person_id"])
    assert f"{somebodys['title']}: {somebodys['person_id']} [" in call(home, "issues").stdout
    told = answer(home, "issues", "accept", first[:10], "--reason", "as it should be")
    assert [one["issue"] for one in told["accepted"]] == [first]
    assert run_job("refresh", home, quiet=True).success
    after = answer(home, "issues")
    assert after["total"] == before["total"] - 1
    assert first not in {issue["fingerprint"] for issue in after["issues"]}
    assert "(accepted)" in call(home, "issues", "--all", "--limit", "100000").stdout
    assert call(home, "undo", str(told["accepted"][0]["decision"]), "--reason", "not so").exit_code == 0
    assert run_job("refresh", home, quiet=True).success
    assert answer(home, "issues")["total"] == before["total"]


@pytest.mark.parametrize("given", ["", "no such issue", "0"])
def test_an_id_that_names_no_issue_or_several_accepts_nothing(given: str, home: Settings) -> None:
    before = answer(home, "decisions")
    first = answer(home, "issues")["issues"][0]["fingerprint"]
    refused = call(home, "issues", "accept", first, given)
    assert refused.exit_code == 1
    assert "Nothing was accepted" in refused.output
    assert answer(home, "decisions") == before
