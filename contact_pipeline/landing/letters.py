"""Which older encoding a text reads best in, judged by its letters and signs.

Telling cp1252 from mac_roman, cp850 and other scripts' encodings belongs here. Marks and UTF belong to `encoding`.

Short lists hold three or four accented letters: too few for statistics, enough for spelling. An encoding is plausible
when accented small letters stand inside words, accented capitals at their beginning, and signs between them. cp1252
wins whenever it reads as well as another.
"""

from __future__ import annotations

import re
import unicodedata

from contact_pipeline.landing.text import DECODE_ERRORS, Bytes

LATIN = ("cp1252", "mac_roman", "cp1250", "cp850")
OTHERS = (
    "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2", "iso8859_5",
    "iso8859_7", "cp866", "mac_cyrillic", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
)  # fmt: skip
LONG_RUN = 2.5
"""Average length of runs of bytes above ASCII from which a text is in another script: accents stand alone."""

PLACES = 2_000
AROUND = 24
PLAUSIBLE = 0.2
PREFERENCE = 0.15
"""How much better another Latin encoding must read than cp1252."""

_ABOVE_ASCII = re.compile(rb"[\x80-\xff]+")
_OPENING_SIGNS = "‘“«¿¡•€£°®©™–—-…·½¼¾ªº№§"
_CLOSING_SIGNS = "’”»"


GUESSED = "charset-normalizer says"
"""Stands in the evidence of an encoding that statistics chose: of a short list they know little."""

NOTHING_FITS = "nothing reads well"
"""Stands in the evidence of the encoding that is taken where none fits."""


def likely_encoding(data: Bytes) -> tuple[str, str]:
    """The encoding of text that is not UTF-8, and the evidence in words."""
    places = _places(data)
    if _average_run(places) >= LONG_RUN and (other := _other_encoding(b"\n".join(places))):
        return other, f"not UTF-8; another script than Latin; {GUESSED} {other}"
    scores = {name: plausibility(places, name) for name in LATIN}
    best = max(scores, key=lambda name: scores[name] + (PREFERENCE if name == "cp1252" else 0.0))
    if scores[best] >= PLAUSIBLE:
        return best, f"not UTF-8; letters and signs read best in {best} ({_scores(scores)})"
    other = _other_encoding(b"\n".join(places))
    if other:
        return other, f"not UTF-8; does not read as a Western European language; {GUESSED} {other}"
    return "cp1252", f"not UTF-8; {NOTHING_FITS}, so the commonest older encoding ({_scores(scores)})"


def _scores(scores: dict[str, float]) -> str:
    return ", ".join(f"{name} {score:.2f}" for name, score in scores.items())


def _places(data: Bytes) -> list[bytes]:
    """Bytes above ASCII with what stands around them."""
    places = []
    end = -1
    for found in _ABOVE_ASCII.finditer(data):
        if found.start() < end:
            continue
        start = max(0, found.start() - AROUND)
        end = min(found.start() + 4 * AROUND, len(data))
        places.append(bytes(data[start:end]))
        if len(places) == PLACES:
            break
    return places


def _average_run(places: list[bytes]) -> float:
    """How many bytes above ASCII stand together, on average."""
    runs = [len(run) for place in places for run in _ABOVE_ASCII.findall(place)]
    return sum(runs) / len(runs) if runs else 0.0


def plausibility(places: list[bytes], encoding: str) -> float:
    """How well the characters above ASCII fit their neighbours: 1 for perfectly, below 0 for nonsense."""
    total = count = 0.0
    for place in places:
        text = f" {place.decode(encoding, DECODE_ERRORS)} "
        for position in range(1, len(text) - 1):
            if ord(text[position]) > 127:
                total += _fit(text[position - 1], text[position], text[position + 1])
                count += 1
    return total / count if count else 0.0


def _fit(before: str, character: str, after: str) -> float:
    if "\ud800" <= character <= "\udfff":
        return -3.0
    if "\x80" <= character <= "\x9f":
        return -2.0
    if character.isalpha() and character not in "ªº":
        return _letter_fit(before, character, after)
    return _sign_fit(before, character, after)


def _letter_fit(before: str, letter: str, after: str) -> float:
    if before.isalpha() and after.isalpha() and ord(before) > 127 and ord(after) > 127:
        return -1.0
    if not unicodedata.name(letter, "").startswith("LATIN"):
        return -1.0
    if not before.isalpha() and not after.isalpha():
        return 0.0
    if letter.islower():
        return 1.0
    if not before.isalpha():
        return 1.0 if after.islower() or after.isupper() else -0.5
    return 1.0 if before.isupper() and not after.islower() else -1.0


def _sign_fit(before: str, sign: str, after: str) -> float:
    inside = before.isalpha() and after.isalpha()
    if sign == "’" and before.isalpha():
        return 1.0
    if inside:
        return -1.0
    if sign in _CLOSING_SIGNS or sign in _OPENING_SIGNS or sign == "\u00a0":
        return 0.5
    return -0.5


def _other_encoding(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    found = from_bytes(sample[:20_000], cp_isolation=list(OTHERS), enable_fallback=False).best()
    return found.encoding if found else None
