"""Keys for comparing: lower case, accents folded, letters only.

How text becomes a key belongs here. Keys are never shown to a person.
"""

from __future__ import annotations

import unicodedata

UNDECOMPOSED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "ı": "i", "ħ": "h"}
)
"""Latin letters that Unicode does not take apart into a letter and a mark."""


def fold(text: str) -> str:
    """Lower case without accents: `Núñez` gives `nunez`, `Øyvind` gives `oyvind`."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(UNDECOMPOSED))
    return "".join(character for character in apart if not unicodedata.combining(character))


def name_key(text: str) -> str:
    """Folded letters; apostrophes and points vanish, every other run of non-letters is one space.

    `O'Brien` gives `obrien`, `García-López` gives `garcia lopez`, `J.R.` gives `jr`.
    """
    kept = [character if character.isalpha() else "" if character in "'’‘`´ʼ." else " " for character in fold(text)]
    return " ".join("".join(kept).split())
