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
from contact_pipeline.config import Settings
from contact_pipeline.sandbox.simulators import Form, RunningSimulators, SimulatorData, serve
from contact_pipeline.sandbox.simulators.data import SANDBOX_KEY
from contact_pipeline_tests.sources.helpers import FORM

SETUPS, NEXT = "251330000000412", "251330000000777"


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


def test_it_asks_for_the_name_that_pids_are_tied_to_before_the_first_reading(
    home: Path, platforms: RunningSimulators
) -> None:
    done = setup(home, platforms, stdin=f"swab\n{SANDBOX_KEY}\n\n{SANDBOX_KEY}\n\n")
    assert done.exit_code == 0, done.output
    assert 'ties PIDs to the workspace name "swab" for good' in done.output
    assert Settings(home=home).workspace == "swab"
    assert season_file(home)["forms"]["signups"]["id"] == FORM


def test_a_new_season_is_made_of_the_last_one_and_offers_none_of_its_forms(
    home: Path, platforms: RunningSimulators
) -> None:
    setup(home, platforms, "--yes", stdin=f"{SANDBOX_KEY}\n{SANDBOX_KEY}\n")
    last = home / "seasons" / "2027.toml"
    last.write_text(last.read_text(encoding="utf-8").replace('goal = "75.00"', 'goal = "90.00"'), encoding="utf-8")
    nothing = setup(home, platforms, "--yes", "--season", "2028")
    assert nothing.exit_code == 1
    assert "Nothing the account holds is proposed" in nothing.output
    taken = setup(home, platforms, "--yes", "--season", "2028", "--form", f"signups={FORM}")
    assert taken.exit_code == 1
    assert f"The form {FORM} (signups) stands in the seasons 2027 and 2028" in taken.output
    platforms.jotform.forms[NEXT] = Form(NEXT, "Mentor Sign Up 2028", [], dict(ASKED))
    done = setup(home, platforms, "--yes", "--season", "2028")
    assert done.exit_code == 0, done.output
    new = tomllib.loads((home / "seasons" / "2028.toml").read_text(encoding="utf-8"))
    assert (new["season"], new["goal"], new["givebutter_campaign"]) == ("2028", "90.00", "SPRING26")
    assert {role: form["id"] for role, form in new["forms"].items()} == {"signups": NEXT, "setups": ""}
    assert season_file(home)["forms"]["signups"]["id"] == FORM, "the last season keeps its own"


def test_a_name_that_is_no_season_leaves_nothing_behind(home: Path, platforms: RunningSimulators) -> None:
    refused = setup(home, platforms, "--yes", "--season", "../2028")
    assert refused.exit_code == 1
    assert "season: " in refused.output
    assert not home.exists() or list(home.rglob("*.toml")) == []


def test_for_programs_it_says_the_steps_as_json(home: Path, platforms: RunningSimulators) -> None:
    setup(home, platforms, "--yes", stdin=f"{SANDBOX_KEY}\n{SANDBOX_KEY}\n")
    told = json.loads(setup(home, platforms, "--yes", "--json", "--again").stdout)
    assert told["season"] == "2027"
    assert told["next"]
