"""How a name is shown: capitals for names written all in one case.

Casing belongs here. A name with capitals and small letters is left as its owner writes it.
"""

from __future__ import annotations

import re

PARTICLES = frozenset(
    {
        "al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "ibn", "la", "las",
        "le", "los", "san", "st", "st.", "santa", "ten", "ter", "van", "vander", "von", "y", "zu",
    }
)  # fmt: skip
"""Words that begin a family name of several words."""

SMALL_PARTICLES = frozenset(
    {"bin", "da", "das", "de", "del", "den", "der", "di", "dos", "du", "ibn", "van", "von", "y"}
)
SMALL_AFTER_PARTICLE = frozenset({"la", "las", "los", "le", "den", "der"})
"""Small only after another particle: `de la Cruz`, but `La Rosa`."""

PIECES = re.compile(r"([-'’‘`.\s])")
VOWELS = frozenset("aeiouyáéíóúäöü")


def display_case(text: str) -> str:
    """Capitals for a text that has none or nothing else: `MCDONALD` gives `McDonald`, `de la cruz` `de la Cruz`.

    A text of mixed case, or of one letter, comes back as it is.
    """
    if not (text.isupper() or text.islower()) or len(text) < 2:
        return text.upper() if len(text) == 1 else text
    words = text.split()
    shown = []
    for place, word in enumerate(words):
        small = word.lower()
        after_particle = place > 0 and words[place - 1].lower() in SMALL_PARTICLES
        if place < len(words) - 1 and (small in SMALL_PARTICLES or (after_particle and small in SMALL_AFTER_PARTICLE)):
            shown.append(small)
        else:
            shown.append(_capitalised(word))
    return " ".join(shown)


def _capitalised(word: str) -> str:
    if len(word) == 2 and word.isupper() and (word.endswith("J") or not VOWELS & set(word.lower())):
        return word
    pieces = PIECES.split(word.lower())
    letters = [
        _piece(piece, last=place == len(pieces) - 1, after=pieces[place - 1] if place else "")
        for place, piece in enumerate(pieces)
    ]
    return "".join(letters)


def _piece(piece: str, *, last: bool, after: str) -> str:
    if last and after in "'’‘`" and after and piece == "s":
        return piece
    if piece.startswith("mc") and len(piece) > 3:
        return "Mc" + piece[2:].capitalize()
    return piece.capitalize()
