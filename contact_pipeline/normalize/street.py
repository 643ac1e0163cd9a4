"""Streets and units: the normal forms by which two addresses are compared.

The words of a street line belong here, and the ordinary shape of one (number, street, perhaps a unit). What a whole
address means belongs to `address`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from contact_pipeline.normalize.fold import fold
from contact_pipeline.normalize.reference_data import reference_rows


@cache
def address_words(kind: str) -> dict[str, str]:
    """Word → normal form for `type`, `directional`, `word`, `ordinal`, `number`, `unit`, `unit_alone`."""
    return {row["written"]: row["normal"] for row in reference_rows("address_words") if row["kind"] == kind}


@cache
def _normal_words() -> dict[str, str]:
    return {**address_words("type"), **address_words("word"), **address_words("ordinal")}


UNIT_WORDS = "|".join(sorted(address_words("unit"), key=len, reverse=True)).upper()
ORDINARY_UNIT_WORDS = "APARTMENT|APT|UNIT|SUITE|STE|LOT|RM|ROOM|SPC|TRLR|BLDG"
NUMBER = r"[0-9]{1,6}(?:-[0-9]{1,5})?[A-Z]?(?: 1/2)?"
STREET = r"[A-Z0-9][A-Z0-9'.]*(?: [A-Z0-9][A-Z0-9'.]*){1,5}?"
IDENTIFIER = r"(?:[A-Z]{0,2}-?[0-9]{1,5}[A-Z]{0,2}|[A-Z]{1,2}|[0-9]{1,4}-[A-Z0-9]{1,3})"

ORDINARY_LINE = rf"^({NUMBER}) ({STREET})(?:(?:, ?| )(?:(?:{ORDINARY_UNIT_WORDS})[.]?(?: ?# ?| )|# ?)({IDENTIFIER}))?$"
"""Upper-case ASCII: number, two to six words, perhaps a unit behind its designator. Valid for Python and for RE2."""

PO_BOX = re.compile(r"(?:P[. ]*O[. ]*|POST OFFICE )?(?:BOX|BX|B(?=[ #]))[ #.]*([A-Z]?[0-9]{1,8}[A-Z]?)", re.ASCII)
UNIT_ONLY = re.compile(
    rf"(?:(?:{UNIT_WORDS})\b[.]? ?#? ?|#+ ?)({IDENTIFIER})|(?:{UNIT_WORDS})([0-9][A-Z0-9-]{{0,6}})|({IDENTIFIER})"
)
TRAILING_UNIT = re.compile(rf"(.+?)(?:, ?| )(?:(?:{UNIT_WORDS})\b[.]? ?#? ?|#+ ?)({IDENTIFIER})")


@dataclass(frozen=True)
class StreetLine:
    """A street line taken apart, upper case as written; `street` is blank where the line is no street."""

    number: str = ""
    street: str = ""
    unit: str = ""


def street_words(street: str) -> list[str]:
    """Folded words of a street in normal form: `North Heron Lane` gives `n`, `heron`, `ln`.

    Types, ordinals and saints are abbreviated wherever they stand; a direction only where two more words follow or
    stand before it, so that North Street is not N Street.
    """
    words = re.sub(r"[^a-z0-9]+", " ", fold(street).replace("'", "").replace(".", "")).split()
    directions = address_words("directional")
    shown = [_normal_words().get(word, word) for word in words]
    if len(words) > 2:
        for place in (0, -1):
            shown[place] = directions.get(words[place], shown[place])
    return shown


def street_key(street: str) -> str:
    """A street's normal form as text: equal for every way of writing it."""
    return " ".join(street_words(street))


def is_ordinary_street(street: str) -> bool:
    """Whether a street ends in a known type (and perhaps a direction) and surely holds nothing else.

    Then no parser is needed. A number, a unit word, or one more common type inside it (`Main St Clearwater Beach`)
    means that a unit or a city stands in the same line.
    """
    words = fold(street).replace(".", "").replace("'", "").split()
    while len(words) > 2 and words[-1] in address_words("directional"):
        words.pop()
    types, endings, units = address_words("type"), address_words("ending"), address_words("unit")
    named = words[:-1]
    return (
        bool(named)
        and words[-1] in types
        and not any(word in units or word.isdigit() for word in named)
        and not any(types.get(word) in endings for word in named[1:])
    )


def ordinary_line(text: str) -> StreetLine | None:
    """A street line of the ordinary shape taken apart without a parser, else None.

    Args:
        text: Upper-case ASCII with single spaces.
    """
    found = re.match(ORDINARY_LINE, text)
    if found is None or not is_ordinary_street(found[2]):
        return None
    return StreetLine(found[1], found[2], found[3] or "")


def unit_identifier(text: str) -> str | None:
    """The identifier of a unit that stands alone: `Apt 4B`, `# 4b`, `4B` all give `4B`; None if it is none."""
    upper = text.upper().strip(" .,")
    alone = address_words("unit_alone").get(upper.lower())
    if alone:
        return alone
    found = UNIT_ONLY.fullmatch(upper)
    return next((group.lstrip("-") for group in found.groups() if group), None) if found else None
