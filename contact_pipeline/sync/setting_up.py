"""The steps of a season's set-up that write files: the season's own, and what `connect` chose put into it.

Each may be done again and then changes nothing. Asking a human belongs to the command, platforms to `connecting`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomlkit

from contact_pipeline.config import SETTINGS_FILE, Settings
from contact_pipeline.connecting.settings_file import changed_text, write_settings
from contact_pipeline.credentials import keys_of
from contact_pipeline.credentials.files import put_in_place
from contact_pipeline.mentors.season import EXAMPLE, read_season, season_path


def prepare_season(home: Path, season: str) -> str:
    """The season's file and its name in the settings, each made where it is missing; gives what was done, in words.

    Raises:
        SeasonError: the file that is there cannot be used.
        SettingsFileError: the settings cannot be written.
    """
    path = season_path(home, season)
    made = not path.exists()
    if made:
        path.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(path, changed_text(EXAMPLE.read_text(encoding="utf-8"), {("season",): season}).encode(), 0o644)
    read_season(path)
    write_settings(home, {("season",): season})
    return f"{path} {'was made from the example: look at goal, tags and texts' if made else 'is there'}"


def connected(source: str, settings: Settings) -> bool:
    """Whether a platform's key is known and the season's file says what is read of it."""
    season = read_season(season_path(settings.home, settings.season))
    chosen = (
        season.givebutter_campaign
        if source == "givebutter"
        else "signups" in season.forms and season.forms["signups"].id
    )
    return bool(chosen) and bool(keys_of(settings).get(getattr(settings, source).credential))


def keep_in_season(settings: Settings) -> Path:
    """Put the campaign and the forms the settings name into the season's file, where they belong; gives its path.

    A form the season's file does not know the purpose of stays in the settings file.

    Raises:
        SeasonError: the file would not be valid; nothing was written.
    """
    path = season_path(settings.home, settings.season)
    text = path.read_text(encoding="utf-8")
    there = read_season(path)
    changes: dict[tuple[str, ...], Any] = {}
    chosen = _chosen(settings)
    if chosen["campaign"] and chosen["campaign"] != there.givebutter_campaign:
        changes[("givebutter_campaign",)] = chosen["campaign"]
    for name, form in chosen["forms"].items():
        known = there.forms.get(name)
        if known is None or known.id != form["id"]:
            changes[("forms", name, "id")] = form["id"]
            if form.get("questions"):
                changes[("forms", name, "questions")] = form["questions"]
    if changes:
        put_in_place(path, changed_text(text, changes).encode(), 0o644)
        read_season(path)
    return path


def _chosen(settings: Settings) -> dict[str, Any]:
    """Campaign and forms as `connect` wrote them into the settings file: the season's own words win over those."""
    path = settings.home / SETTINGS_FILE
    said = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap() if path.exists() else {}
    forms = said.get("jotform", {}).get("forms", {})
    purposes = ("signups", "setups", "training", "partners")
    return {
        "campaign": said.get("givebutter", {}).get("campaign", ""),
        "forms": {name: form for name, form in forms.items() if name in purposes and form.get("id")},
    }
