"""What a header alone says of its column: the fields it may be, how strongly, and whose it is.

Reading headers belongs here. What the cells say belongs to `values`, and weighing both to `suggest`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache

from contact_pipeline.sources.list_file.fields import any_order, synonyms, word_group, words_of

EXACT, HALF, REDUCED, TURNED, CONSENT, SOMEBODY, TYPO, WITHIN = 1.0, 0.97, 0.95, 0.93, 0.95, 0.75, 0.7, 0.6
"""How strongly a header speaks: a known name; one half of it is one; without words of context; in another order; a
question of consent; only a word for people; a slip of the pen away; a known name somewhere in a sentence."""

_PARTS = re.compile(r"\s*[/|()–—:]\s*|\s+-\s+|\?\s*")
_UNNAMED = re.compile(r"column_\d+")
SHORTEST_TYPO = 4
ALIKE = 0.82
LONGEST_NAME = 60


@dataclass(frozen=True)
class HeaderSays:
    """What a header says.

    Attributes:
        fields: Field → strength from 0 to 1; `keep` means a column that is nobody's field.
        why: The reason, in words.
        party: The word that makes it somebody else's (`spouse`), '' where there is none.
        second_choice: Whether a column of the same field without such a word is the better one (`Business City`).
        named: Whether there is a header at all.
    """

    fields: dict[str, float] = field(default_factory=dict)
    why: str = ""
    party: str = ""
    second_choice: bool = False
    named: bool = True

    def strength(self, name: str) -> float:
        """How strongly it speaks for a field."""
        return self.fields.get(name, 0.0)


@cache
def read_header(header: str) -> HeaderSays:
    """Read a header; nothing else of the file is looked at."""
    words = words_of(header)
    if not words or _UNNAMED.fullmatch(header.strip()):
        return HeaderSays(why="the column has no name", named=False)
    second = bool(set(words) & word_group("second_choice"))
    exact = synonyms().get(" ".join(words))
    if exact:
        return HeaderSays(dict.fromkeys(exact, EXACT), "the name is known", second_choice=second)
    party = _party(words)
    own = tuple(word for word in words if word != party) if party else words
    found, why = _read(header, own, bool(party))
    return HeaderSays(found, why, party, second)


def _party(words: tuple[str, ...]) -> str:
    """The first word that makes a column somebody else's: `to` only where it begins the header."""
    for place, word in enumerate(words):
        if word in word_group("other_party") and (word != "to" or place == 0):
            return word
    context = word_group("person") | word_group("filler") | word_group("second_choice")
    if words[0] in word_group("company_party") and not set(words[1:]) <= context:
        return words[0]
    return ""


def _read(header: str, words: tuple[str, ...], with_party: bool) -> tuple[dict[str, float], str]:
    for read in (_consent, _reduced, _halves, _typo, _within):
        if read is _halves and with_party:
            continue
        found, why = read(header) if read is _halves else read(words)  # type: ignore[arg-type]
        if found:
            return found, why
    if set(words) <= word_group("person") and words:
        return {"full_name": SOMEBODY}, "it names whom the list is about"
    return {}, "the name is not known"


def _halves(header: str) -> tuple[dict[str, float], str]:
    """`Email / Correo`, `Phone (home)`, `Email (please print)`: one part of it, or all in another order."""
    parts = [" ".join(words_of(part)) for part in _PARTS.split(header)]
    known = [synonyms()[part] for part in parts if part in synonyms()]
    if len([part for part in parts if part]) < 2 or not known:
        return {}, ""
    whole = set().union(*known)
    shared = set(known[0]).intersection(*known[1:])
    if not shared and len(known) > 1:
        return {}, ""
    chosen = shared or whole
    return dict.fromkeys(sorted(chosen), HALF), "a part of the name is known"


def _reduced(words: tuple[str, ...]) -> tuple[dict[str, float], str]:
    for tried in _without_context(words):
        phrase = " ".join(tried)
        if phrase in synonyms():
            return dict.fromkeys(synonyms()[phrase], REDUCED), f"known as '{phrase}'"
    for tried in _without_context(words):
        at = any_order().get(frozenset(tried))
        if at:
            return dict.fromkeys(at, TURNED), f"known as '{' '.join(tried)}', in another order"
    return {}, ""


def _without_context(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words with less and less round them: digits, whom the list is about, words that say nothing."""
    person, filler = word_group("person"), word_group("filler")
    plain = tuple(dict.fromkeys(words))
    yield plain
    yield tuple(word for word in plain if word not in person)
    yield tuple(word for word in plain if not word.isdigit())
    yield tuple(word for word in plain if word not in person and not word.isdigit())
    yield tuple(word for word in plain if word not in filler)
    yield tuple(word for word in plain if word not in filler and not word.isdigit())
    yield tuple(word for word in plain if word not in filler and word not in person)
    yield tuple(word for word in plain if word not in filler and word not in person and not word.isdigit())


def _consent(words: tuple[str, ...]) -> tuple[dict[str, float], str]:
    """Whether the header asks if somebody may be written to: every word of it must belong to such a question."""
    asked = words[:-1] if words[-1:] == ("no",) else words
    says_out, left = _taken_out(asked, "says_out")
    says_in, left = _taken_out(left, "says_in")
    if not (says_in or says_out):
        return {}, ""
    channels = {name: set(words) & word_group(f"channel_{name}") for name in ("email", "sms", "mail")}
    allowed = word_group("consent_filler").union(*(word_group(f"channel_{name}") for name in channels))
    if any(word not in allowed and not word.isdigit() for word in left):
        return {}, ""
    channel = _channel(words, channels)
    if says_out:
        name = f"{channel}_opt_out" if channel else "do_not_contact"
        return {name: CONSENT}, "it asks who must not be written to"
    return {f"{channel or 'email'}_consent": CONSENT if channel else 0.9}, "it asks who may be written to"


def _taken_out(words: tuple[str, ...], group: str) -> tuple[bool, tuple[str, ...]]:
    """Whether words of a group are there, also those of several words, and what is left without them."""
    text = f" {' '.join(words)} "
    found = False
    for phrase in sorted(word_group(group), key=len, reverse=True):
        if f" {phrase} " in text:
            text, found = text.replace(f" {phrase} ", " "), True
    return found, tuple(text.split())


def _channel(words: tuple[str, ...], channels: dict[str, set[str]]) -> str:
    electronic = channels["email"] - {"mail", "mails", "e"} or ("e" in words and "mail" in words)
    if electronic:
        return "email"
    if channels["sms"]:
        return "sms"
    return "mail" if channels["mail"] else "email" if channels["email"] else ""


def _typo(words: tuple[str, ...]) -> tuple[dict[str, float], str]:
    """A name one slip away: `Emial`, `Phone Numbr`."""
    phrase = " ".join(word for word in words if word not in word_group("person")) or " ".join(words)
    if not SHORTEST_TYPO <= len(phrase) <= LONGEST_NAME:
        return {}, ""
    best, nearest = 0.0, ""
    for known in synonyms():
        if abs(len(known) - len(phrase)) <= 2 and len(known) >= SHORTEST_TYPO:
            ratio = _alike(phrase, known)
            if ratio > best:
                best, nearest = ratio, known
    if best < ALIKE:
        return {}, ""
    return dict.fromkeys(synonyms()[nearest], TYPO), f"nearly '{nearest}'"


def _alike(one: str, other: str) -> float:
    """Similarity of two names from 0 to 1; two letters that changed places count as one slip."""
    if sorted(one) == sorted(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 2:
        return 1 - 1 / (len(one) + 1)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def _within(words: tuple[str, ...]) -> tuple[dict[str, float], str]:
    """The longest known name inside a longer header, of two words at least unless the cells will show it (e-mail)."""
    count = len(words)
    for length in range(min(count - 1, 5), 0, -1):
        for start in range(count - length, -1, -1):
            phrase = " ".join(words[start : start + length])
            at = synonyms().get(phrase)
            if at and len(phrase) >= SHORTEST_TYPO - 1:
                share = WITHIN if length > 1 else WITHIN - 0.1
                return dict.fromkeys(at, share), f"it holds '{phrase}'"
    return {}, ""
