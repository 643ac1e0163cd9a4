"""One person's name: its parts as shown, its keys, and whether it is a name at all.

What the five written parts mean together belongs here. How a word is shown belongs to `name_case`, what a key is to
`fold`, nicknames to `nickname`. Reading many at once belongs to `name_values`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from contact_pipeline.normalize.fold import name_key
from contact_pipeline.normalize.junk import junk_words
from contact_pipeline.normalize.name_case import PARTICLES, display_case
from contact_pipeline.normalize.reference_data import reference_rows

NAME_CAP = 512
"""Longest name read, all parts together, in characters."""

OVER_CAP = f"longer than {NAME_CAP} characters: not a name"
NOT_A_NAME = "nothing in it is a name"
IS_TEST = "a test entry, not a name"
UNKNOWN_SUFFIX = "suffix left out: not one that is known"

QUOTED = re.compile(r"""["“”„]([^"“”„()]{1,40})["“”„]|\(([^()"]{1,40})\)|(?<!\w)['‘’]([^'‘’ ]{2,40})['‘’](?!\w)""")
PLAIN = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){0,3}\.?")
PLAIN_CAP = 100
UNWANTED = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
EDGES = " ,;.-_/\\*"


@dataclass(frozen=True)
class WrittenName:
    """The five parts as a source gives them; blank text where it gives none."""

    prefix: str = ""
    first: str = ""
    middle: str = ""
    last: str = ""
    suffix: str = ""


@dataclass(frozen=True)
class Name:
    """A reading of a written name.

    The first five are display forms and None where there is none. `preferred_hint` is a name to call the person by that
    was written in quotes, in brackets, or as a prefix that is no title (decision 27). Keys are folded letters
    (`fold.name_key`), '' where there is none. `suffix_key` is `jr`, `sr`, `i` … `vi`; a degree gives none. `junk` marks
    a name that names nobody. `reason` says what was left out or assumed.
    """

    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    suffix: str | None = None
    prefix: str | None = None
    preferred_hint: str | None = None
    first_key: str = ""
    middle_key: str = ""
    last_key: str = ""
    suffix_key: str = ""
    junk: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class Affix:
    """A title or suffix as a word: how it is shown, and its key where it tells generations apart."""

    display: str
    key: str


@cache
def affixes(kind: str, *, own: bool) -> dict[str, Affix]:
    """Affixes of a kind (`prefix`, `suffix`) by their folded word.

    Args:
        kind: `prefix` or `suffix`.
        own: Whether the word stands in a place of its own (its column, or after a comma). Inside a name only words
            that are never a name count: `Do` and `Ma` are also family names.
    """
    return {
        row["written"]: Affix(row["display"], row["key"])
        for row in reference_rows("name_affixes")
        if row["kind"] == kind and (own or row["where"] == "any")
    }


def word_key(word: str) -> str:
    """The folded letters and digits of one word: `Jr.,` gives `jr`, `M.D.` gives `md`."""
    return "".join(character for character in word.lower() if character.isalnum())


def parse_name(written: WrittenName) -> Name:
    """Read a name from its written parts.

    Titles and suffixes leave the parts they are glued to; `Last, First` and a full name in one cell are taken apart; a
    name in quotes or brackets becomes the preferred hint; placeholders and words with digits are left out.
    """
    if sum(map(len, vars(written).values())) > NAME_CAP:
        return Name(junk=True, reason=OVER_CAP)
    parts = {name: clean_text(text) for name, text in vars(written).items()}
    if not any(parts.values()):
        return Name()
    hints: list[str] = []
    for part in ("first", "middle", "last"):
        parts[part] = _without_hints(parts[part], hints)
    prefixes, unknown_prefix = own_affixes("prefix", parts.pop("prefix"))
    suffixes, unknown_suffix = own_affixes("suffix", parts.pop("suffix"))
    hints += [unknown_prefix] if unknown_prefix else []
    notes = [UNKNOWN_SUFFIX] if unknown_suffix else []
    _untangle(parts, prefixes, suffixes)
    return _assembled(parts, prefixes, suffixes, hints, notes)


def plain_part(text: str) -> tuple[str, str] | None:
    """The display form and key of a part that can be read without looking at the others.

    Returns:
        None where the part may hold a title, a suffix, a comma, a hint, or no name: then `parse_name` must see it all.
    """
    part = clean_text(text)
    if PLAIN.fullmatch(part) is None or len(part) > PLAIN_CAP or word_kind(part) is not None:
        return None
    words = [word_key(word) for word in part.split()]
    if words[0] in affixes("prefix", own=False) or words[-1] in affixes("suffix", own=False):
        return None
    shown = display_case(part.strip(EDGES))
    return shown, name_key(shown)


def own_affixes(kind: str, text: str) -> tuple[list[Affix], str]:
    """The affixes written in a column of their own, and the words in it that are none."""
    found, rest = _known(text.replace(",", " ").split(), affixes(kind, own=True))
    return found, " ".join(rest)


def clean_text(text: str) -> str:
    """Text with single spaces and without control, zero-width and direction marks and lone surrogates."""
    return " ".join(UNWANTED.sub(" ", text).split())


def _without_hints(text: str, hints: list[str]) -> str:
    """Move names in quotes or brackets from a part to the hints, unless nothing else would be left."""
    found = [group for groups in QUOTED.findall(text) for group in groups if group]
    rest = " ".join(QUOTED.sub(" ", text).split())
    if not found or not name_key(rest):
        return text
    hints.extend(found)
    return rest


def _known(words: list[str], known: dict[str, Affix]) -> tuple[list[Affix], list[str]]:
    found = [known[word_key(word)] for word in words if word_key(word) in known]
    return found, [word for word in words if word_key(word) not in known]


def _untangle(parts: dict[str, str], prefixes: list[Affix], suffixes: list[Affix]) -> None:
    """Take comma forms, glued affixes and a full name in one cell apart, in place."""
    _split_commas(parts, suffixes)
    for part in ("last", "middle", "first"):
        parts[part] = _without_trailing(parts[part], suffixes, alone=part == "middle")
    parts["first"] = _without_leading(parts["first"], prefixes, bool(parts["last"]))
    if not parts["first"]:
        parts["last"] = _without_leading(parts["last"], prefixes, False)
    if not parts["last"] and not parts["middle"] and word_kind(parts["first"]) is None:
        parts["first"], parts["middle"], parts["last"] = _full_name(parts["first"].split())


def _split_commas(parts: dict[str, str], suffixes: list[Affix]) -> None:
    """`Smith, John A` → first and last; `Smith, Jr.` → suffix."""
    for part in ("last", "first"):
        pieces = [piece.strip() for piece in parts[part].split(",")]
        kept: list[str] = []
        for piece in pieces:
            found, rest = _known(piece.split(), affixes("suffix", own=True))
            if piece and kept and not rest:
                suffixes.extend(found)
            elif piece:
                kept.append(piece)
        other = "first" if part == "last" else "last"
        if len(kept) >= 2 and not parts[other]:
            parts["last"], parts["first"] = kept[0], " ".join(kept[1:])
            if not parts["middle"]:
                parts["first"], parts["middle"] = _given_names(parts["first"])
            return
        parts[part] = " ".join(kept)


def _given_names(text: str) -> tuple[str, str]:
    """First and middle of the given names in a comma form; a title stays with the first name."""
    words = text.split()
    titles = 1 if words and word_key(words[0]) in affixes("prefix", own=False) else 0
    return " ".join(words[: titles + 1]), " ".join(words[titles + 1 :])


def _without_trailing(text: str, suffixes: list[Affix], *, alone: bool) -> str:
    """Move suffix words from the end of a part; the last word of a name stays unless it may go `alone`."""
    words, known = text.split(), affixes("suffix", own=False)
    found: list[Affix] = []
    while len(words) > (0 if alone else 1) and word_key(words[-1]) in known:
        found.insert(0, known[word_key(words.pop())])
    suffixes.extend(found)
    return " ".join(words).rstrip(" ,")


def _without_leading(text: str, prefixes: list[Affix], may_vanish: bool) -> str:
    """Move title words from the start of a part; its last word stays unless the name has more elsewhere."""
    words, known = text.split(), affixes("prefix", own=False)
    while len(words) > (0 if may_vanish else 1) and word_key(words[0]) in known:
        prefixes.append(known[word_key(words.pop(0))])
    return " ".join(words)


def _full_name(words: list[str]) -> tuple[str, str, str]:
    """First, middle and last of a full name: `Maria de la Cruz` ends in `de la Cruz`."""
    if len(words) < 2:
        return " ".join(words), "", ""
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in PARTICLES:
        start -= 1
    return words[0], " ".join(words[1:start]), " ".join(words[start:])


def _assembled(
    parts: dict[str, str], prefixes: list[Affix], suffixes: list[Affix], hints: list[str], notes: list[str]
) -> Name:
    """Judge each part, and give display forms and keys."""
    kinds = {part: word_kind(parts[part]) for part in ("first", "middle", "last")}
    for part, kind in kinds.items():
        if kind is not None:
            notes.append(f"{part} name left out: {kind}")
            parts[part] = ""
    shown = {part: display_case(text.strip(EDGES)) or None for part, text in parts.items()}
    keys = {part: name_key(text or "") for part, text in shown.items()}
    name = Name(
        first_name=shown["first"],
        middle_name=shown["middle"],
        last_name=shown["last"],
        suffix=shown_suffix(suffixes),
        prefix=shown_prefix(prefixes),
        preferred_hint=_hint(hints),
        first_key=keys["first"],
        middle_key=keys["middle"],
        last_key=keys["last"],
        suffix_key=generation(suffixes),
        reason="; ".join(notes) or None,
    )
    return _judged(name, kinds)


def shown_prefix(prefixes: list[Affix]) -> str | None:
    """Titles as shown, each once: `Rev. Dr.`"""
    return " ".join(dict.fromkeys(affix.display for affix in prefixes)) or None


def shown_suffix(suffixes: list[Affix]) -> str | None:
    """Suffixes as shown, each once: `Jr., MD`."""
    return ", ".join(dict.fromkeys(affix.display for affix in suffixes)) or None


def generation(suffixes: list[Affix]) -> str:
    """The key of the first suffix that tells generations apart, '' where none does."""
    return next((affix.key for affix in suffixes if affix.key), "")


def _hint(hints: list[str]) -> str | None:
    usable = [hint for hint in hints if word_kind(hint) is None and name_key(hint)]
    return display_case(usable[0].strip(EDGES)) if usable else None


def _judged(name: Name, kinds: dict[str, str | None]) -> Name:
    """The name, marked as junk where it is a test or nothing of it is left."""
    if kinds["first"] == TEST or (kinds["last"] == TEST and not name.first_name):
        return replace(name, junk=True, reason=IS_TEST)
    if not name.first_key and not name.last_key:
        return replace(name, junk=True, reason=name.reason or NOT_A_NAME)
    return name


TEST = "a word that marks a test"
MISSING = "a word for no name"
DIGITS = "digits are not a name"
ADDRESS = "an address, not a name"
TITLE = "only a title"
NO_LETTERS = "no letters"


def word_kind(text: str) -> str | None:
    """Why a part is no name (a test word, a placeholder, digits, an e-mail address, no letters); None if it may be."""
    if not text:
        return None
    kind = junk_words("name").get(text.strip(EDGES).lower())
    if kind is not None:
        return TEST if kind == "test" else MISSING
    if "@" in text:
        return ADDRESS
    if any(character.isdigit() for character in text):
        return DIGITS
    if not any(character.isalpha() for character in text):
        return NO_LETTERS
    if word_key(text) in affixes("prefix", own=False):
        return TITLE
    return None
