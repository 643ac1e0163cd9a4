"""The steps of a season's set-up that write files: the season's own, and what `connect` chose put into it.

Each may be done again and then changes nothing. Asking a human belongs to the command, platforms to `connecting`.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, get_args

import tomlkit

from contact_pipeline.config import SETTINGS_FILE, Settings
from contact_pipeline.connecting.settings_file import changed_text, write_settings
from contact_pipeline.credentials import keys_of
from contact_pipeline.credentials.files import put_in_place
from contact_pipeline.mentors.season import EXAMPLE, FormRole, read_season, season_path

_SOURCE_OF = {"givebutter_campaign": "givebutter", "forms": "jotform"}
"""Whose a place of the season's file is."""


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


def keep_in_season(settings: Settings, sources: Collection[str]) -> Path:
    """Put what `connect` just chose of these platforms into the season's file, where it belongs; gives its path.

    A form the season's file does not know the purpose of stays in the settings file.

    Raises:
        SeasonError: the file would not be valid; nothing was written.
    """
    path = season_path(settings.home, settings.season)
    chosen = _chosen(settings)
    changes = {place: value for place, value in chosen.items() if _SOURCE_OF[place[0]] in sources and value}
    if changes:
        put_in_place(path, changed_text(path.read_text(encoding="utf-8"), changes).encode(), 0o644)
        read_season(path)
    return path


def _chosen(settings: Settings) -> dict[tuple[str, ...], Any]:
    """Campaign and forms as `connect` wrote them into the settings file, by their places in the season's file."""
    path = settings.home / SETTINGS_FILE
    said = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap() if path.exists() else {}
    chosen: dict[tuple[str, ...], Any] = {("givebutter_campaign",): said.get("givebutter", {}).get("campaign")}
    for name, form in said.get("jotform", {}).get("forms", {}).items():
        if name in get_args(FormRole):
            chosen[("forms", name, "id")] = form.get("id")
            chosen[("forms", name, "questions")] = form.get("questions")
    return chosen
