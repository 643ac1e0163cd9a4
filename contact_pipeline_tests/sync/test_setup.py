"""Promises about a season's set-up: one step after the other, stopped anywhere, started again."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contact_pipeline.cli import main
from contact_pipeline.sandbox.simulators import Form, RunningSimulators, SimulatorData, serve
from contact_pipeline.sandbox.simulators.data import SANDBOX_KEY
from contact_pipeline_tests.sources.helpers import FORM

SETUPS = "251330000000412"


def question(number: int, name: str, text: str, kind: str = "control_textbox") -> dict[str, str]:
    return {"qid": str(number), "name": name, "text": text, "type": kind, "order": str(number)}


ASKED = {"1": question(1, "fullName", "Name", "control_fullname"), "2": question(2, "email", "Email", "control_email")}


@pytest.fixture
def platforms() -> Iterator[RunningSimulators]:
    data = SimulatorData()
    data.forms[:] = [
        Form(FORM, "Mentor Sign Up", [], dict(ASKED)),
        Form(SETUPS, "Mentor Page Setup", [], dict(ASKED)),
    ]
    with serve(data) as running:
        yield running


def setup(home: Path, platforms: RunningSimulators, *words: str, stdin: str = "") -> Result:
    addresses = ["--givebutter-url", platforms.givebutter_url, "--jotform-url", platforms.jotform_url]
    given = ["setup", "--home", str(home), "--season", "2027", "--no-run", *addresses, *words]
    return CliRunner().invoke(main, given, input=stdin, catch_exceptions=False)


def season_file(home: Path) -> dict[str, Any]:
    return tomllib.loads((home / "seasons" / "2027.toml").read_text(encoding="utf-8"))


def test_the_steps_find_campaign_and_forms_and_say_what_to_upload(home: Path, platforms: RunningSimulators) -> None:
    done = setup(home, platforms, "--yes", stdin=f"{SANDBOX_KEY}\n{SANDBOX_KEY}\n")
    assert done.exit_code == 0, done.output
    season = season_file(home)
    assert season["givebutter_campaign"] == "SPRING26"
    assert (season["forms"]["signups"]["id"], season["forms"]["setups"]["id"]) == (FORM, SETUPS)
    assert "Export All Contacts" in done.output
    assert str(home / "inbox" / "givebutter") in done.output
    assert SANDBOX_KEY not in done.output


def test_stopped_after_the_first_platform_it_goes_on_with_the_second(home: Path, platforms: RunningSimulators) -> None:
    stopped = setup(home, platforms, "--yes", stdin=f"{SANDBOX_KEY}\nwrong-key\n")
    assert stopped.exit_code == 1
    done = setup(home, platforms, "--yes", stdin=f"{SANDBOX_KEY}\n")
    assert done.exit_code == 0, done.output
    assert season_file(home)["forms"]["signups"]["id"] == FORM


def test_done_twice_it_changes_nothing_and_asks_for_no_key(home: Path, platforms: RunningSimulators) -> None:
    setup(home, platforms, "--yes", stdin=f"{SANDBOX_KEY}\n{SANDBOX_KEY}\n")
    before = {path: path.read_bytes() for path in home.rglob("*.toml")}
    again = setup(home, platforms, "--yes")
    assert again.exit_code == 0, again.output
    assert "connected already" in again.output
    assert {path: path.read_bytes() for path in home.rglob("*.toml")} == before


def test_a_campaign_the_account_does_not_hold_stops_before_anything_is_read(
    home: Path, platforms: RunningSimulators
) -> None:
    setup(home, platforms, "--yes", stdin=f"{SANDBOX_KEY}\n{SANDBOX_KEY}\n")
    path = home / "seasons" / "2027.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("SPRING26", "AUTUMN99"), encoding="utf-8")
    done = setup(home, platforms, "--yes")
    assert done.exit_code == 1
    assert "AUTUMN99" in done.output
    assert not (home / "landing").exists()


def test_for_programs_it_says_the_steps_as_json(home: Path, platforms: RunningSimulators) -> None:
    setup(home, platforms, "--yes", stdin=f"{SANDBOX_KEY}\n{SANDBOX_KEY}\n")
    told = json.loads(setup(home, platforms, "--yes", "--json").stdout.splitlines()[-1])
    assert told["season"] == "2027"
    assert told["next"]
