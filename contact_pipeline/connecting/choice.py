"""What was chosen among what was found, as changes of the settings.

Turning a choice into settings belongs here; asking a person belongs to the command, writing to `settings_file`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from contact_pipeline.connecting.discovery import Found


class ChoiceError(Exception):
    """A choice names nothing that was found; the message says what there is."""


def proposed(found: Sequence[Found]) -> list[Found]:
    """What is read unless somebody says otherwise."""
    return [one for one in found if one.proposed]


def by_numbers(found: Sequence[Found], text: str) -> list[Found]:
    """The things with these numbers (from 1, commas between); the proposed ones for an empty text, none for `0`.

    Raises:
        ChoiceError: a number stands for nothing.
    """
    words = text.replace(",", " ").split()
    if not words:
        return proposed(found)
    if words == ["0"]:
        return []
    chosen = []
    for word in words:
        if not (word.isascii() and word.isdigit() and 1 <= int(word) <= len(found)):
            raise ChoiceError(f"{word} is none of the numbers 1 to {len(found)}.")
        chosen.append(found[int(word) - 1])
    return chosen


def by_words(found: Sequence[Found], words: Sequence[str]) -> list[Found]:
    """The things named on the command line: `ID`, or `NAME=ID` to read it under that name.

    Raises:
        ChoiceError: the account holds nothing with that id.
    """
    chosen = []
    for word in words:
        name, has_name, wanted = word.rpartition("=")
        match = next(
            (one for one in found if wanted.strip().casefold() in (one.id.casefold(), one.title.casefold())), None
        )
        if match is None:
            held = ", ".join(f"{one.id} ({one.title})" for one in found[:10]) or "nothing"
            raise ChoiceError(f"The account holds no {wanted.strip()}. It holds: {held}")
        chosen.append(replace(match, name=name.strip()) if has_name else match)
    return chosen


def changes_for(source: str, chosen: Sequence[Found]) -> dict[tuple[str, ...], Any]:
    """The settings under which the chosen things are read.

    Raises:
        ChoiceError: Givebutter's members are read of one campaign.
    """
    if source == "givebutter":
        if len(chosen) > 1:
            raise ChoiceError("One campaign's members are read: choose one.")
        return {("givebutter", "campaign"): chosen[0].id} if chosen else {}
    changes: dict[tuple[str, ...], Any] = {}
    for one in chosen:
        if one.kind == "form":
            changes[("jotform", "forms", one.name, "id")] = one.id
            if one.roles:
                changes[("jotform", "forms", one.name, "questions")] = one.roles
        elif one.kind == "table":
            place = ("airtable", "tables", one.name)
            changes |= {(*place, "base"): one.base, (*place, "table"): one.id, (*place, "fields"): one.roles}
    return changes
