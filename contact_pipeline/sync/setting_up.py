"""The first step of a season's set-up: its file; and what is done already.

It may be done again and then changes nothing. Asking a human belongs to the command, platforms to `connecting`.
"""

from __future__ import annotations

from pathlib import Path

from contact_pipeline.config import Settings
from contact_pipeline.connecting.settings_file import changed_text, write_settings
from contact_pipeline.credentials import keys_of
from contact_pipeline.credentials.files import put_in_place
from contact_pipeline.mentors.season import EXAMPLE, other_seasons, read_season, season_of_text, season_path


def prepare_season(home: Path, season: str) -> str:
    """The season's file and its name in the settings, each made where it is missing; gives what was done, in words.

    A new file is that of the last season before it, without campaign and forms; the first one is the example.

    Raises:
        SeasonError: the file that is there, or the season's name, cannot be used.
        SettingsFileError: the settings cannot be written.
    """
    path = season_path(home, season)
    done = f"{path} is there"
    if not path.exists():
        earlier = max((one.season for one in other_seasons(home, season)), default=None)
        text = _of_another(season_path(home, earlier), season) if earlier else _of_the_example(season)
        season_of_text(text.encode(), path)
        path.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(path, text.encode(), 0o644)
        model = f"that of {earlier}" if earlier else "the example"
        done = f"{path} was made from {model}: look at goal, consent, tags and texts"
    read_season(path)
    write_settings(home, {("season",): season})
    return done


def _of_the_example(season: str) -> str:
    return changed_text(EXAMPLE.read_text(encoding="utf-8"), {("season",): season})


def _of_another(path: Path, season: str) -> str:
    """Another season's file as this one's: what is chosen anew every season is empty."""
    changes: dict[tuple[str, ...], str] = {("season",): season, ("givebutter_campaign",): ""}
    changes |= {("forms", role, "id"): "" for role in read_season(path).forms}
    return changed_text(path.read_text(encoding="utf-8-sig"), changes)


def connected(source: str, settings: Settings) -> bool:
    """Whether a platform's key is known and the season's file says what is read of it."""
    season = read_season(season_path(settings.home, settings.season))
    chosen = (
        season.givebutter_campaign
        if source == "givebutter"
        else "signups" in season.forms and season.forms["signups"].id
    )
    return bool(chosen) and bool(keys_of(settings).get(getattr(settings, source).credential))
