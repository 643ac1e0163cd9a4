"""Campaign and forms belong to a season: what `connect` chose of them goes into the season's file, where there is one.

One place says it, so that none contradicts another: it is taken out of the settings file at the same time. Which entry
of the settings is which of the season's file belongs here; writing settings belongs to `settings_file`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomlkit

from contact_pipeline.config import SETTINGS_FILE, Settings
from contact_pipeline.connecting.settings_file import Changes, SettingsFileError, changed_text, write_settings
from contact_pipeline.credentials.files import put_in_place
from contact_pipeline.mentors.season import (
    FORM_ROLES,
    other_seasons,
    refuse_shared_forms,
    season_of_text,
    season_path,
)


def write_choice(settings: Settings, changes: Changes) -> list[Path]:
    """Put what was chosen where it counts; gives the files that say it now.

    A form the season's file does not know the purpose of stays in the settings file.

    Raises:
        SeasonError: the season's file would not be valid, or another season has the form; nothing was written.
        SettingsFileError: the settings would not be valid.
    """
    path = season_path(settings.home, settings.season)
    of_season = {place: value for place, value in changes.items() if _place_in_season(place)}
    if not of_season or not path.is_file():
        return [write_settings(settings.home, changes)] if changes else []
    before, mode = path.read_bytes(), path.stat().st_mode & 0o777
    wanted = {_place_in_season(place): value for place, value in of_season.items()}
    after = changed_text(before.decode("utf-8-sig"), wanted).encode()
    refuse_shared_forms((*other_seasons(settings.home, settings.season), season_of_text(after, path)))
    put_in_place(path, after, mode)
    try:
        write_settings(settings.home, {**changes, **dict.fromkeys(of_season)})
    except SettingsFileError:
        put_in_place(path, before, mode)
        raise
    rest = changes.keys() - of_season.keys()
    return [path, settings.home / SETTINGS_FILE] if rest else [path]


def overruled(settings: Settings) -> list[str]:
    """What the settings file says of campaign and forms though the season's file says otherwise, in words."""
    path, own = season_path(settings.home, settings.season), settings.home / SETTINGS_FILE
    if not path.is_file() or not own.is_file():
        return []
    season = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    said = tomlkit.parse(own.read_text(encoding="utf-8")).unwrap()
    places = [("givebutter", "campaign"), *(("jotform", "forms", role, "id") for role in FORM_ROLES)]
    pairs = [(place, _at(said, place), _at(season, _place_in_season(place))) for place in places]
    return [
        f"{SETTINGS_FILE} says {'.'.join(place)} = {ours}, but {path.name} says {theirs}, which holds: take one out"
        for place, ours, theirs in pairs
        if ours and theirs and ours != theirs
    ]


def _place_in_season(place: tuple[str, ...]) -> tuple[str, ...]:
    """Where the season's file says what the settings say there; empty where it says nothing of it."""
    if place == ("givebutter", "campaign"):
        return ("givebutter_campaign",)
    return place[1:] if place[:2] == ("jotform", "forms") and place[2] in FORM_ROLES else ()


def _at(content: Any, place: tuple[str, ...]) -> Any:
    for name in place:
        content = content.get(name) if isinstance(content, dict) else None
    return content
