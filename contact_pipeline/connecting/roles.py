"""Guessing what a field, a question or a form is for; the rules are data, in `roles.toml`.

Only proposals come out of here: a human sees them before anything is written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).with_name("roles.toml")
WORD_EDGES = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def plain_words(text: str) -> str:
    """Words in lower case, one space between: `yourMentorNumber` is `your mentor number`."""
    return " ".join(word.lower() for word in WORD_EDGES.split(text) if word)


def guessed_role(name: str, label: str, kind: str, allowed: Collection[str]) -> str:
    """What a field is likely to say of a person; empty where nothing speaks for it.

    Args:
        name: its unique name.
        label: what people see.
        kind: its type, in the platform's words.
        allowed: the roles the platform knows.
    """
    texts = (plain_words(name), plain_words(label))
    for rule in _rules()["rule"]:
        by_words = "words" in rule and any(re.search(rule["words"], text) for text in texts)
        if rule["role"] in ("", *allowed) and (by_words or kind in rule.get("kinds", ())):
            return str(rule["role"])
    return ""


def says_no(label: str) -> bool:
    """Whether a field is an opt-out by its name: a value in it would mean no, where our roles read a yes."""
    words = plain_words(label)
    return any(re.search(rule["words"], words) for rule in _rules()["rule"] if not rule["role"])


def guessed_form(title: str) -> str:
    """`signups`, `setups`, or empty, by a form's title."""
    words = plain_words(title)
    return next((name for name, pattern in _rules()["forms"].items() if re.search(pattern, words)), "")


def short_name(title: str, taken: Collection[str]) -> str:
    """A name for the settings out of a title: `Training 2026!` is `training_2026`; a number where it is taken."""
    base = plain_words(title).replace(" ", "_")[:40].strip("_") or "unnamed"
    chosen, number = base, 2
    while chosen in taken:
        chosen, number = f"{base}_{number}", number + 1
    return chosen


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))
