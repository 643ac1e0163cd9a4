"""States and countries: names and abbreviations to codes."""

from __future__ import annotations

from functools import cache

from contact_pipeline.normalize.fold import name_key
from contact_pipeline.normalize.reference_data import reference_map, reference_rows

STATE_CAP = 64
"""Longest cell read, in characters."""


@cache
def _codes(country: str) -> dict[str, str]:
    codes: dict[str, str] = {}
    for row in reference_rows("states"):
        if row["country"] == country:
            for written in (row["code"], row["name"], row["other"], *row["other"].split("|")):
                if written:
                    codes[name_key(written)] = row["code"]
    return codes


def parse_state(raw: str, country: str = "US") -> str | None:
    """The two-letter code of a state, territory, armed-forces region or Canadian province; None if unknown.

    Args:
        raw: A code, name or customary abbreviation: `FL`, `Fla.`, `florida`.
        country: `US` or `CA`: whose codes are meant.
    """
    return _codes(country).get(_key(raw))


def parse_country(raw: str) -> str | None:
    """The two-letter code of a country; None if unknown (`reference/countries.csv` names those that are)."""
    return reference_map("countries", "written", "code").get(_key(raw))


def _key(raw: str) -> str:
    if len(raw) > STATE_CAP:
        return ""
    words = name_key(raw.replace(".", " ")).split()
    letters = "".join(words)
    return letters if len(letters) <= 3 else " ".join(words)
