"""The demo: an invented campaign in its own home, served by the simulators, run through Dagster.

Preparing the home and naming the steps belongs here. It does nothing a user could not do by hand with the CLI.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit

from contact_pipeline.config import SETTINGS_FILE, Settings
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.mentors.season import EXAMPLE, season_path

SEED = 1
Say = Callable[[str], None]

_SETTINGS = """# Settings of the demo's workspace. Variables of the environment win (.env.example).
workspace = "demo"
season = "{season}"
"""


class NotADemoHomeError(Exception):
    """The home folder holds somebody's real data; the demo keeps out of it."""


def prepare_home(settings: Settings, *, today: date, say: Say) -> Settings:
    """Invent the campaign, write its settings and drop its export into the inbox; each only if not done before.

    Raises:
        NotADemoHomeError: the home holds batches that are not of a demo.
    """
    folder = settings.sandbox
    if settings.landing.exists() and not folder.exists():
        raise NotADemoHomeError(
            f"{settings.home} already holds data that is not the demo's. Choose another folder: "
            "contact-pipeline demo --home demo-home"
        )
    from contact_pipeline.sandbox.campaign import invent, write_sandbox
    from contact_pipeline.sandbox.campaign.writing import written_campaign

    if written_campaign(folder) is None:
        say("Inventing a campaign (40,156 contacts, 555 mentors) …")
        settings.home.mkdir(parents=True, exist_ok=True)
        write_sandbox(invent(SEED, today=today), folder)
    described = json.loads((folder / "campaign.json").read_text(encoding="utf-8"))
    _write_settings(settings.home, described)
    _drop_exports(Settings(home=settings.home), described, say)
    return Settings(home=settings.home)


def _write_settings(home: Path, described: dict[str, Any]) -> None:
    """The settings and the season's file, as a user would write them; a settings file that is there stays."""
    path = home / SETTINGS_FILE
    if path.exists():
        return
    season = season_path(home, described["season"])
    if not season.exists():
        season.parent.mkdir(parents=True, exist_ok=True)
        season.write_text(_season_text(described), encoding="utf-8")
    path.write_text(_SETTINGS.format(season=described["season"]), encoding="utf-8")


def _season_text(described: dict[str, Any]) -> str:
    """The example season with the invented campaign's and forms' ids in it."""
    document = tomlkit.parse(EXAMPLE.read_text(encoding="utf-8"))
    document["season"] = described["season"]
    document["givebutter_campaign"] = described["givebutter_campaign"]
    for name, key in (("signups", "jotform_signup_form"), ("setups", "jotform_setup_form")):
        document["forms"][name]["id"] = described[key]
    return tomlkit.dumps(document)


def _drop_exports(settings: Settings, described: dict[str, Any], say: Say) -> None:
    """Drop the Givebutter export as a user would, unless these bytes landed before."""
    landed = {batch.sha256 for batch in LandingStore(settings.landing).manifest()}
    inbox = settings.inbox / "givebutter"
    inbox.mkdir(parents=True, exist_ok=True)
    for name, sha256 in described["files"].items():
        if name.startswith("drop/givebutter/") and sha256 not in landed:
            source = settings.sandbox / name
            say(f"Dropping {source.name} into {inbox} …")
            part = inbox / f"{source.name}.part"
            shutil.copyfile(source, part)
            part.replace(inbox / source.name)


@contextmanager
def simulated_platforms(settings: Settings) -> Iterator[dict[str, str]]:
    """Serve the home's invented campaign on loopback; gives the variables that point the clients at it.

    The variables are set in this process too while the block runs. Listomatic, Contactics and Airtable are
    pointed at only where the sandbox holds something of theirs (`api/listomatic.json`, `api/contactics.json`,
    `api/airtable.json`): the demo's own has none.
    """
    from contact_pipeline.sandbox.simulators.contactics import CLIENT_ID
    from contact_pipeline.sandbox.simulators.data import SANDBOX_KEY
    from contact_pipeline.sandbox.simulators.server import serve

    with serve(settings.sandbox) as running:
        variables = {
            "CONTACT_PIPELINE_GIVEBUTTER__BASE_URL": running.givebutter_url,
            "CONTACT_PIPELINE_JOTFORM__BASE_URL": running.jotform_url,
            settings.givebutter.credential: SANDBOX_KEY,
            settings.jotform.credential: SANDBOX_KEY,
        }
        if (settings.sandbox / "api" / "listomatic.json").exists():
            variables["CONTACT_PIPELINE_LISTOMATIC__BASE_URL"] = running.listomatic_url
            variables[settings.listomatic.credential] = SANDBOX_KEY
        if (settings.sandbox / "api" / "contactics.json").exists():
            variables["CONTACT_PIPELINE_CONTACTICS__BASE_URL"] = running.contactics_url
            variables["CONTACT_PIPELINE_CONTACTICS__CLIENT_ID"] = CLIENT_ID
            variables[settings.contactics.credential] = SANDBOX_KEY
        if (settings.sandbox / "api" / "airtable.json").exists():
            variables["CONTACT_PIPELINE_AIRTABLE__BASE_URL"] = running.airtable_url
            variables[settings.airtable.credential] = SANDBOX_KEY
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        try:
            yield variables
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def is_demo_home(settings: Settings) -> bool:
    """Whether this home's platforms are simulated."""
    return (settings.sandbox / "campaign.json").exists()
