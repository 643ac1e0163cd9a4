"""Promises of `connect`: from nothing to the first reading, and nothing half-written where something is wrong."""

from __future__ import annotations

import json
import socket
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contact_pipeline.cli import main
from contact_pipeline.config import Settings
from contact_pipeline.credentials import CredentialStore
from contact_pipeline.mentors.season import EXAMPLE, read_season
from contact_pipeline.sandbox.simulators import Fault, Form, RunningSimulators, serve
from contact_pipeline.sandbox.simulators.contactics import CLIENT_ID
from contact_pipeline_tests.sources import airtable_bases
from contact_pipeline_tests.sources.helpers import (
    KEY,
    account,
    contactics_contacts,
    listomatic_people,
    raw_server,
    submissions,
)

NAMES = (
    "GIVEBUTTER_API_KEY", "JOTFORM_API_KEY", "AIRTABLE_API_KEY", "LISTOMATIC_API_KEY", "CONTACTICS_CLIENT_SECRET",
)  # fmt: skip
SIGNUPS, SETUPS, TRAINING, LUNCH = ("251330000000345", "251330000000346", "251330000000347", "251330000000348")


def questions(*asked: tuple[str, str, str]) -> dict[str, dict[str, str]]:
    return {
        str(number): {"qid": str(number), "name": name, "text": text, "type": kind, "order": str(number)}
        for number, (name, text, kind) in enumerate(asked, start=1)
    }


PERSON = (("fullName", "Full Name", "control_fullname"), ("email", "E-mail", "control_email"))
FORMS = [
    Form(SIGNUPS, "Mentor Sign-up 2026", submissions(5, SIGNUPS),
         questions(*PERSON, ("yourMentorNumber", "Your mentor number", "control_textbox"))),
    Form(SETUPS, "Fundraising page set-up", submissions(2, SETUPS), questions(*PERSON)),
    Form(TRAINING, "Training: are you coming?", submissions(1, TRAINING),
         questions(("yourName", "Your name", "control_fullname"), ("mail", "Write to", "control_email"))),
    Form(LUNCH, "What is for lunch", [], questions(("dish", "Dish", "control_radio"))),
]  # fmt: skip


@pytest.fixture
def platforms(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSimulators]:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    data = account(member_count=3)
    data.forms[:] = FORMS
    data.listomatic_people.extend(listomatic_people(4))
    data.contactics_contacts.extend(contactics_contacts(3))
    data.airtable_bases.append(airtable_bases.base(2))
    with serve(data) as running:
        yield running


def call(home: Path, *words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, [*words, "--home", str(home)], input=stdin, catch_exceptions=False)


def settings_in(home: Path) -> dict[str, Any]:
    return tomllib.loads((home / "contact_pipeline.toml").read_text(encoding="utf-8"))


def test_givebutter_asks_for_the_key_offers_the_campaign_and_says_what_comes_next(
    home: Path, platforms: RunningSimulators
) -> None:
    result = call(home, "connect", "givebutter", "--url", platforms.givebutter_url, stdin=f"{KEY}\n\n")
    assert result.exit_code == 0, result.output
    assert settings_in(home)["givebutter"] == {"base_url": platforms.givebutter_url, "campaign": "SPRING26"}
    assert CredentialStore(home).read()["GIVEBUTTER_API_KEY"].value == KEY
    assert f"Next: contact-pipeline run --home {home}" in result.output
    assert KEY not in result.output


def test_jotform_knows_the_forms_by_their_titles_and_questions(home: Path, platforms: RunningSimulators) -> None:
    words = ("connect", "jotform", "--url", platforms.jotform_url, "--json")
    told = json.loads(call(home, *words, stdin=f"{KEY}\n").stdout)
    found = {one["id"]: one for one in told["found"]}
    assert {one["name"] for one in told["found"] if one["proposed"]} == {"signups", "setups"}
    assert (found[SIGNUPS]["name"], found[SETUPS]["name"]) == ("signups", "setups")
    assert found[SIGNUPS]["roles"] == {"yourMentorNumber": "mentor_id"}
    assert found[TRAINING]["roles"] == {"yourName": "full_name", "mail": "email"}
    assert found[LUNCH]["detail"].endswith("names nobody")
    assert told["written"] is None
    assert not (home / "contact_pipeline.toml").exists(), "nothing was chosen"
    assert not (home / "credentials.json").exists()


def test_any_further_form_is_chosen_by_number_or_by_name(home: Path, platforms: RunningSimulators) -> None:
    words = ("connect", "jotform", "--url", platforms.jotform_url, "--form", f"signups={SIGNUPS}")
    assert call(home, *words, "--form", f"lessons={TRAINING}", stdin=f"{KEY}\n").exit_code == 0
    forms = settings_in(home)["jotform"]["forms"]
    assert forms["lessons"] == {"id": TRAINING, "questions": {"yourName": "full_name", "mail": "email"}}
    again = call(home, "connect", "jotform", stdin="7\n1 2\n")
    assert again.exit_code == 0, again.output
    assert "7 is none of the numbers 1 to 4" in again.output
    assert set(settings_in(home)["jotform"]["forms"]) == {"signups", "lessons", "setups"}


def test_what_stands_in_the_settings_stays_comments_too(home: Path, platforms: RunningSimulators) -> None:
    home.mkdir()
    before = '# ours\nworkspace = "swab"  # for good\n\n[jotform]\ntime_zone = "America/New_York"  # where we are\n'
    (home / "contact_pipeline.toml").write_text(before, encoding="utf-8")
    call(home, "connect", "jotform", "--url", platforms.jotform_url, "--yes", stdin=f"{KEY}\n")
    after = (home / "contact_pipeline.toml").read_text(encoding="utf-8")
    assert all(line in after for line in before.splitlines())
    assert Settings(home=home).jotform.all_forms == {"signups": SIGNUPS, "setups": SETUPS}


def test_campaign_and_forms_go_into_the_seasons_file_where_there_is_one(
    home: Path, platforms: RunningSimulators
) -> None:
    """Two files named them once, and the one `connect` wrote was not the one that held."""
    season = home / "seasons" / "2026.toml"
    season.parent.mkdir(parents=True)
    season.write_bytes(EXAMPLE.read_bytes())
    said = 'season = "2026"\n[givebutter]\ncampaign = "OLD"\n[jotform.forms.signups]\nid = "1"\n'
    (home / "contact_pipeline.toml").write_text(said, encoding="utf-8")
    call(home, "connect", "givebutter", "--url", platforms.givebutter_url, "--yes", stdin=f"{KEY}\n")
    words = ("--form", f"signups={SIGNUPS}", "--form", f"lessons={TRAINING}")
    done = call(home, "connect", "jotform", "--url", platforms.jotform_url, *words, stdin=f"{KEY}\n")
    assert str(season) in done.output
    settings = Settings(home=home)
    assert (settings.givebutter.campaign, settings.jotform.all_forms) == (
        "SPRING26",
        {"signups": SIGNUPS, "lessons": TRAINING},
    )
    left = settings_in(home)
    assert "campaign" not in left["givebutter"]
    assert "id" not in left["jotform"]["forms"].get("signups", {})
    assert read_season(season).forms["signups"].id == SIGNUPS


def test_a_setting_that_the_seasons_file_overrules_is_told(home: Path) -> None:
    season = home / "seasons" / "2026.toml"
    season.parent.mkdir(parents=True)
    text = EXAMPLE.read_text(encoding="utf-8").replace('givebutter_campaign = ""', 'givebutter_campaign = "NEW"')
    season.write_text(text, encoding="utf-8")
    (home / "contact_pipeline.toml").write_text('[givebutter]\ncampaign = "OLD"\n', encoding="utf-8")
    told = call(home, "doctor").output
    assert "contact_pipeline.toml says givebutter.campaign = OLD, but 2026.toml says NEW, which holds" in told


def test_listomatic_and_contactics_need_an_address_and_tell_their_lists(
    home: Path, platforms: RunningSimulators
) -> None:
    nowhere = call(home, "connect", "listomatic", stdin=f"{KEY}\n")
    assert (nowhere.exit_code, "--url" in nowhere.stderr) == (1, True)
    listed = call(home, "connect", "listomatic", "--url", platforms.listomatic_url, stdin=f"{KEY}\n")
    assert listed.exit_code == 0, listed.output
    words = ("connect", "contactics", "--url", platforms.contactics_url, "--client-id", CLIENT_ID)
    assert call(home, *words, stdin=f"{KEY}\n").exit_code == 0
    settings = Settings(home=home)
    assert settings.listomatic.base_url == platforms.listomatic_url
    assert (settings.contactics.base_url, settings.contactics.client_id) == (platforms.contactics_url, CLIENT_ID)
    assert set(CredentialStore(home).read()) == {"LISTOMATIC_API_KEY", "CONTACTICS_CLIENT_SECRET"}


def test_airtable_proposes_the_table_of_people_and_what_its_fields_say(
    home: Path, platforms: RunningSimulators
) -> None:
    words = ("connect", "airtable", "--url", platforms.airtable_url, "--yes", "--json")
    told = json.loads(call(home, *words, stdin=f"{KEY}\n").stdout)
    assert told["chosen"] == [airtable_bases.TABLE]
    assert {one["title"]: one["proposed"] for one in told["found"]} == {
        "Campaign / People": True,
        "Campaign / Places": False,
    }
    assert settings_in(home)["airtable"]["tables"]["people"] == {
        "base": airtable_bases.BASE,
        "table": airtable_bases.TABLE,
        "fields": {
            airtable_bases.NAME: "full_name",
            airtable_bases.EMAIL: "email",
            airtable_bases.PHONE: "phone",
            airtable_bases.TAGS: "tags",
            airtable_bases.EDITED: "modified_at",
        },
    }
    assert told["calls"] == 2


def test_airtable_offers_webhooks_and_a_second_look_finds_the_same_one(
    home: Path, platforms: RunningSimulators
) -> None:
    words = ("connect", "airtable", "--url", platforms.airtable_url)
    result = call(home, *words, stdin=f"{KEY}\n\ny\n")
    assert result.exit_code == 0, result.output
    webhooks = settings_in(home)["airtable"]["webhooks"]
    assert list(webhooks) == [airtable_bases.BASE]
    assert Settings(home=home).airtable.webhooks == webhooks
    again = json.loads(call(home, *words, "--yes", "--webhooks", "--json").stdout)
    assert (settings_in(home)["airtable"]["webhooks"], again["calls"]) == (webhooks, 3)


def test_without_the_right_to_make_webhooks_the_tables_are_read_all_the_same(
    home: Path, platforms: RunningSimulators
) -> None:
    platforms.faults.set(Fault("forbidden", count=0, path="webhooks"))
    words = ("connect", "airtable", "--url", platforms.airtable_url, "--yes", "--webhooks", "--json")
    result = call(home, *words, stdin=f"{KEY}\n")
    assert result.exit_code == 0
    assert "Without webhooks: Airtable" in result.stderr
    assert set(settings_in(home)["airtable"]) == {"base_url", "tables"}


def test_a_key_that_was_mistyped_is_asked_for_again(home: Path, platforms: RunningSimulators) -> None:
    CredentialStore(home).set("JOTFORM_API_KEY", "mistyped", Settings(home=home).clock())
    words = ("connect", "jotform", "--url", platforms.jotform_url, "--yes")
    assert "the key was not accepted" in call(home, *words).stderr
    assert call(home, *words, "--new-key", stdin=f"{KEY}\n").exit_code == 0
    kept = CredentialStore(home).read()["JOTFORM_API_KEY"]
    assert (kept.value, kept.previous) == (KEY, None)


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


WRONG: dict[str, tuple[list[str], str, str]] = {
    "a key that is not accepted": ([], "mistyped-key\n", "the key was not accepted"),
    "no key": ([], "\n", "Nothing was given for JOTFORM_API_KEY"),
    "a key of two words and a bell": ([], "a\x07b\n", "is no key: copy the key again"),
    "a host nobody named": (["--url", "https://api.jotform.example.org"], f"{KEY}\n", "allowed_hosts = "),
    "an address in the open": (["--url", "http://api.jotform.com"], f"{KEY}\n", "must begin with https://"),
    "a form the account does not hold": (["--form", "99"], f"{KEY}\n", "The account holds no 99"),
    "no network": (["--url", "closed"], f"{KEY}\n", "gave no usable answer"),
    "a server of another kind": (["--url", "other"], f"{KEY}\n", "gave no usable answer"),
}


@pytest.mark.parametrize(("words", "stdin", "told"), WRONG.values(), ids=WRONG)
def test_whatever_is_wrong_is_one_sentence_and_leaves_nothing_behind(
    home: Path, platforms: RunningSimulators, monkeypatch: pytest.MonkeyPatch, words: list[str], stdin: str, told: str
) -> None:
    monkeypatch.setattr("contact_pipeline.sources.pace.time.sleep", lambda _: None)
    html = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>Welcome</html>"
    with raw_server(html, html) as other:
        places = {"closed": closed_port(), "other": other}
        words = [places.get(word, word) for word in words]
        if "--url" not in words:
            words += ["--url", platforms.jotform_url]
        result = call(home, "connect", "jotform", *words, stdin=stdin)
        if other not in words:
            for _ in range(2):
                socket.create_connection(("127.0.0.1", int(other.rpartition(":")[2]))).close()
    assert result.exit_code == 1, result.output
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output
    assert stdin.strip() not in result.output or not stdin.strip()
    assert not home.exists() or list(home.iterdir()) == []


def test_settings_that_would_not_be_valid_are_not_written(home: Path, platforms: RunningSimulators) -> None:
    home.mkdir()
    (home / "contact_pipeline.toml").write_text('[jotform.forms.old]\nid = "' + SIGNUPS + '"\n', encoding="utf-8")
    before = (home / "contact_pipeline.toml").read_bytes()
    words = ("connect", "jotform", "--url", platforms.jotform_url, "--form", f"signups={SIGNUPS}")
    result = call(home, *words, stdin=f"{KEY}\n")
    assert result.exit_code == 1
    assert "two names stand for one form" in result.stderr
    assert (home / "contact_pipeline.toml").read_bytes() == before
