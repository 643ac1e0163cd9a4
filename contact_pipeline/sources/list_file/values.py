"""What the cells of a column alone say: which share of them has the form of which field.

Looking at cells belongs here; no value leaves this module but as a count. Headers belong to `headers`, weighing both to
`suggest`. A sample of distinct values is looked at, so the cost does not grow with the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from contact_pipeline.normalize.fold import fold, name_key
from contact_pipeline.normalize.junk import is_missing
from contact_pipeline.normalize.multi import split_multi
from contact_pipeline.normalize.name import affixes, word_key
from contact_pipeline.normalize.nickname import nickname_sets
from contact_pipeline.normalize.reference_data import reference_rows
from contact_pipeline.normalize.state import parse_country, parse_state
from contact_pipeline.sources.list_file.fields import answer_key, answers

DISTINCT = 250
"""Distinct values of a column that are looked at."""
LONGEST_CELL = 400
"""Characters of a cell that are looked at: the forms are short, and patterns must not grow slow on long text."""

_EMAIL = re.compile(r"[^\s@,;<>]{1,64}@[^\s@,;<>]{1,120}\.[A-Za-z]{2,24}")
_PHONE = re.compile(r"\+?[0-9(][0-9 ().\-/]{5,24}(?: ?(?:x|ext\.?|#) ?[0-9]{1,6})?", re.IGNORECASE)
_IP = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_ZIP = re.compile(r"[0-9]{5}(?:-[0-9]{4})?")
_POSTAL = re.compile(
    r"[0-9]{4,6}|[0-9]{5}-[0-9]{3}|[0-9]{4}-[0-9]{3}|[A-Za-z][0-9][A-Za-z] ?[0-9][A-Za-z][0-9]"
    r"|[0-9]{5}(?:[- ]?[0-9]{4})?(?:\.0)?"
)
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?:[T ].*)?"
    r"|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})(?: .*)?"
    r"|[A-Za-z]{3,9}\.? [0-9]{1,2},? [0-9]{4}|[0-9]{1,2} [A-Za-z]{3,9}\.? [0-9]{4}|(?:19|20)[0-9]{6}"
)
_YEAR_IN = re.compile(r"(?<![0-9])(19[0-9]{2}|20[0-9]{2})(?![0-9])")
_BIRTH_YEAR = re.compile(r"19[2-9][0-9]|20[01][0-9]")
_CLOCK = re.compile(r"[T ][0-9]{1,2}:[0-9]{2}")
_SERIAL = re.compile(r"[1-4][0-9]{4}(?:\.[0-9]+)?")
_NUMBER = re.compile(r"[-+(]?[$€£]? ?[0-9][0-9.,]*\)?%?(?: ?(?:USD|EUR|€))?")
_STREET = re.compile(
    r"#? ?[0-9]{1,6}[A-Za-z]?,? +[^\W\d_].*|[^\W\d_][^0-9]{2,40} [0-9]{1,5} ?[a-z]?|P\.? ?O\.? ?Box .*",
    re.IGNORECASE,
)
_ZIP_AT_END = re.compile(r"(?<![0-9])[0-9]{5}(?:-[0-9]{4})?(?:[, ]{1,3}[A-Za-z][A-Za-z .]{1,24})?$")
_ZIP_BEFORE_CITY = re.compile(r", *[0-9]{4,5} +[^\W\d_][^0-9,]{1,40}$")
_PLACE_LINE = re.compile(r"[^\W\d_][^0-9]{2,60},? +[A-Za-z.]{2,14},? +[0-9]{5}(?:-[0-9]{4})?")
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_LINKEDIN = re.compile(r"(?:https?://)?(?:[a-z]{2,3}\.)?linkedin\.com/\S+", re.IGNORECASE)
_UNIT = re.compile(
    r"(?:(?:apt|apartment|unit|ste|suite|lot|bldg|fl|floor|apto|piso|#)\.? ?[#]?[0-9A-Za-z-]{0,8})|[0-9]{1,4}[A-Za-z]?",
    re.IGNORECASE,
)
_NAME_WORDS = re.compile(r"[^\W\d_][\w .,'’\"()-]{0,60}")
SUBSCRIPTIONS = frozenset({
    "subscribed", "unsubscribed", "cleaned", "unsub", "bounced", "bouncing", "suscrito", "desuscrito", "abonne",
    "desabonne", "inscrito", "abonniert", "abgemeldet", "iscritto", "disiscritto",
})  # fmt: skip
"""Words that only say whether somebody is subscribed."""
_GENDER = frozenset({
    "m", "f", "male", "female", "man", "woman", "other", "nonbinary", "non-binary", "x", "h", "u", "unknown",
    "hombre", "mujer", "masculino", "femenino", "homme", "femme", "mann", "frau", "mannlich", "weiblich",
    "maschio", "femmina", "uomo", "donna", "masculin", "feminin", "feminino", "gason", "fi", "w", "d", "divers",
    "nb",
})  # fmt: skip
_DAMAGED = re.compile(
    r"#{3,}|#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)|[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE
)


@dataclass(frozen=True)
class ValuesSay:
    """What a column's cells say.

    Attributes:
        filled: Cells of the sample that hold something.
        distinct: Different values among those looked at.
        shares: Field or feature → share of the values looked at that have its form, 0 to 1.
        damaged: Cells a spreadsheet program has damaged (`1.2E+10`, `####`, `#REF!`).
        example: A value, masked.
    """

    filled: int = 0
    distinct: int = 0
    shares: dict[str, float] = field(default_factory=dict)
    damaged: int = 0
    example: str = ""

    def share(self, name: str) -> float:
        """The share of values with a form."""
        return self.shares.get(name, 0.0)


def read_values(cells: Iterable[str | None], *, most: int = DISTINCT) -> ValuesSay:
    """Look at a column's cells; blank ones and words for nothing (`n/a`) do not count.

    Args:
        cells: The sample's cells of one column.
        most: Distinct values that are looked at.
    """
    counts: dict[str, int] = {}
    filled = damaged = ascending = 0
    before = ""
    for cell in cells:
        text = (cell or "").strip()[:LONGEST_CELL]
        if is_missing(text) and answer_key(text) not in answers():
            continue
        if _DAMAGED.fullmatch(text):
            damaged += 1
            continue
        filled += 1
        ascending += (len(before), before) < (len(text), text)
        before = text
        if text in counts or len(counts) < most:
            counts[text] = counts.get(text, 0) + 1
    if not counts:
        return ValuesSay(filled=0, damaged=damaged)
    shares = {name: sum(1 for value in counts if test(value)) / len(counts) for name, test in TESTS.items()}
    shares["ascending"] = ascending / filled
    return ValuesSay(filled, len(counts), shares, damaged, masked(next(iter(counts))))


def masked(value: str) -> str:
    """The form of a value: letters as `a`, digits as `9`, the rest as it is, at most 30 characters."""
    shape = "".join("9" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c for c in value[:30])
    return " ".join(shape.split())


def _digits(value: str) -> str:
    return "".join(character for character in value if character.isdigit())


def _is_email(value: str) -> bool:
    if "@" not in value:
        return False
    return all(_EMAIL.fullmatch(piece.strip("<> ")) for piece in split_multi(value))


def _is_phone(value: str) -> bool:
    pieces = split_multi(value)
    return bool(pieces) and all(_one_phone(piece) for piece in pieces)


def _one_phone(piece: str) -> bool:
    if not _PHONE.fullmatch(piece):
        return False
    if _DATE.fullmatch(piece) or _IP.fullmatch(piece):
        return False
    digits = _digits(piece)
    if piece.startswith("+"):
        return 8 <= len(digits) <= 15
    national = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    if len(national) == 10:
        return national[0] in "23456789" and national[3] in "23456789"
    return 7 <= len(digits) <= 14 and not piece.isdigit()


def _is_written_phone(value: str) -> bool:
    """A phone number with the marks only phone numbers have: no other number is written so."""
    return _is_phone(value) and (value[0] in "+(" or bool(re.search(r"[0-9][-. )][0-9]{3}[-. ][0-9]{4}", value)))


def _is_street(value: str) -> bool:
    return (
        _STREET.fullmatch(value) is not None
        and not _EMAIL.fullmatch(value)
        and not _DATE.fullmatch(value)
        and any(character.isalpha() for character in value)
        and any(character.isdigit() for character in value)
    )


def _is_full_address(value: str) -> bool:
    """Street, city and ZIP code in one cell: `12 Oak St Apt 4, Tampa FL 33602`, `Lindenweg 3, 50667 Köln`."""
    found = _ZIP_AT_END.search(value) or _ZIP_BEFORE_CITY.search(value)
    if found is None:
        return False
    street = value[: found.start()].rstrip(" ,")
    return len(street.split()) >= 3 and any(character.isdigit() for character in street)


def _is_birth_date(value: str) -> bool:
    if _BIRTH_YEAR.fullmatch(value):
        return True
    if not _DATE.fullmatch(value) or _CLOCK.search(value):
        return False
    years = _YEAR_IN.findall(value)
    return not years or int(years[0]) < 2016


def _is_name_like(value: str) -> bool:
    return (
        len(value) <= 60
        and not any(character.isdigit() for character in value)
        and _NAME_WORDS.fullmatch(value) is not None
        and answer_key(value) not in answers()
        and len(value.split()) <= 6
    )


def _is_full_name(value: str) -> bool:
    """Two words or more that look like names: `Ann Lee`, `Lee, Ann`."""
    return _is_name_like(value) and len(name_key(value).split()) >= 2 and value.count(",") <= 2


def _is_one_name(value: str) -> bool:
    return _is_name_like(value) and len(value.split()) <= 3 and "," not in value


def _is_given(value: str) -> bool:
    words = name_key(value).split()
    return bool(words) and len(words) <= 3 and "," not in value and words[0] in given_names()


def _is_family(value: str) -> bool:
    words = name_key(value).split()
    return bool(words) and len(words) <= 3 and "," not in value and words[-1] in family_names()


def _has_given(value: str) -> bool:
    words = name_key(value).split()
    return 2 <= len(words) <= 5 and any(word in given_names() for word in words)


def _is_title_word(value: str) -> bool:
    return word_key(value) in affixes("prefix", own=True)


def _is_suffix_word(value: str) -> bool:
    return word_key(value) in affixes("suffix", own=True)


def _is_place(value: str) -> bool:
    return len(value) <= 40 and not any(c.isdigit() or c == "@" for c in value) and any(c.isalpha() for c in value)


TESTS: dict[str, Callable[[str], bool]] = {
    "email": _is_email,
    "phone": _is_phone,
    "written phone": _is_written_phone,
    "zip": lambda v: _ZIP.fullmatch(v) is not None,
    "postal": lambda v: _POSTAL.fullmatch(v) is not None,
    "state": lambda v: parse_state(v) is not None or parse_state(v, "CA") is not None,
    "country": lambda v: parse_country(v) is not None,
    "date": lambda v: _DATE.fullmatch(v) is not None,
    "serial": lambda v: _SERIAL.fullmatch(v) is not None,
    "birth_date": _is_birth_date,
    "gender": lambda v: fold(v) in _GENDER,
    "answer": lambda v: answer_key(v) in answers(),
    "subscription": lambda v: answer_key(v) in SUBSCRIPTIONS,
    "linkedin": lambda v: _LINKEDIN.fullmatch(v) is not None,
    "url": lambda v: _URL.fullmatch(v) is not None,
    "number": lambda v: _NUMBER.fullmatch(v) is not None,
    "address": _is_street,
    "full_address": _is_full_address,
    "place line": lambda v: _PLACE_LINE.fullmatch(v) is not None,
    "unit": lambda v: _UNIT.fullmatch(v) is not None,
    "full_name": _is_full_name,
    "one name": _is_one_name,
    "given": _is_given,
    "family": _is_family,
    "has given": _has_given,
    "prefix": _is_title_word,
    "suffix": _is_suffix_word,
    "place": _is_place,
    "letters": lambda v: any(character.isalpha() for character in v),
    "text": lambda v: len(v) > 60 or len(v.split()) > 7,
}
"""Form → whether a value has it."""


@cache
def given_names() -> frozenset[str]:
    """First names and nicknames that are known here, folded."""
    extras = {row[name] for row in reference_rows("nickname_extras") for name in ("nickname", "canonical")}
    own = {row["name"] for row in reference_rows("given_names")} | {
        row["name"] for row in reference_rows("names_of_both")
    }
    known = set(nickname_sets()) | {name for names in nickname_sets().values() for name in names}
    return frozenset(extras | own | known | _frequent("first_name"))


@cache
def family_names() -> frozenset[str]:
    """The more frequent family names of the United States, folded."""
    return frozenset(_frequent("last_name"))


def _frequent(kind: str) -> set[str]:
    return {row["name"] for row in _frequency_rows() if row["kind"] == kind}


@cache
def _frequency_rows() -> tuple[dict[str, str], ...]:
    import csv
    from importlib.resources import files

    text = (files("contact_pipeline.identity") / "name_frequency.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
