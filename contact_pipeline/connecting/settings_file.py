"""Writing into `contact_pipeline.toml`: only what was chosen changes, comments and the rest stay as they are.

The file is judged as settings before it is written, and put in its place whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from contact_pipeline.config import SETTINGS_FILE, Settings, problem_of
from contact_pipeline.credentials.files import put_in_place

BEGINNING = "# Settings of this workspace. Variables of the environment win (.env.example).\n"


Changes = Mapping[tuple[str, ...], Any]
"""Path of names to value; a value that is a mapping becomes an inline table, None takes the entry out."""


class SettingsFileError(ValueError):
    """The settings file cannot be read or would not be valid; nothing was written."""


def write_settings(home: Path, changes: Changes) -> Path:
    """Change the settings file of a home; gives its path.

    Args:
        home: the workspace's folder; made where it is missing.
        changes: what is to stand in it.

    Raises:
        SettingsFileError: the file cannot be read, or the settings would not be valid.
    """
    path = (home / SETTINGS_FILE).resolve()
    text = path.read_text(encoding="utf-8") if path.exists() else BEGINNING
    try:
        changed = changed_text(text, changes)
        Settings(**{**tomlkit.parse(changed).unwrap(), "home": home})
    except (TOMLKitError, ValueError) as error:
        raise SettingsFileError(f"{path} cannot be changed: {problem_of(error)}") from error
    if changed != text or not path.exists():
        put_in_place(path, changed.encode("utf-8"), path.stat().st_mode & 0o777 if path.exists() else 0o644)
    return path


def changed_text(text: str, changes: Changes) -> str:
    """A settings file's text with these values in it and all else as it was.

    New tables get headers of their own; where the file writes their parents as `a.b = …` or `{ … }`, which headers do
    not go with, they are written that way too.

    Raises:
        SettingsFileError: neither says what it should, read back.
        TOMLKitError: the text is no TOML.
    """
    wanted = _merged(tomlkit.parse(text).unwrap(), changes)
    for new_table in (tomlkit.table, tomlkit.inline_table):
        document = tomlkit.parse(text)
        try:
            for place, value in changes.items():
                _put(document, place, value, new_table)
            changed = tomlkit.dumps(document)
            if tomlkit.parse(changed).unwrap() == wanted:
                return changed
        except (TOMLKitError, ValueError, TypeError, AttributeError):
            continue
    names = ", ".join(".".join(place) for place in changes)
    raise SettingsFileError(f"its tables are written in a way that cannot be added to; write these by hand: {names}")


def _merged(content: dict[str, Any], changes: Changes) -> dict[str, Any]:
    for place, value in changes.items():
        if value is None and not _holds(content, place):
            continue
        parent = content
        for name in place[:-1]:
            parent = parent.setdefault(name, {})
            if not isinstance(parent, dict):
                raise SettingsFileError(f"{name} is a value there and should be a table")
        if value is None:
            del parent[place[-1]]
        else:
            parent[place[-1]] = value
    return content


def _holds(content: Any, place: tuple[str, ...]) -> bool:
    for name in place:
        if not isinstance(content, Mapping) or name not in content:
            return False
        content = content[name]
    return True


def _put(document: tomlkit.TOMLDocument, place: tuple[str, ...], value: Any, new_table: Callable[..., Any]) -> None:
    """Set one value, making the tables on the way to it; None takes it out."""
    if value is None and not _holds(document, place):
        return
    parent: Any = document
    for name in place[:-1]:
        if name not in parent:
            last = name == place[-2]
            parent[name] = new_table() if new_table is tomlkit.inline_table else new_table(is_super_table=not last)
        parent = parent[name]
    if value is None:
        del parent[place[-1]]
    elif isinstance(value, Mapping):
        inline = tomlkit.inline_table()
        inline.update(value)
        parent[place[-1]] = inline
    else:
        parent[place[-1]] = value
