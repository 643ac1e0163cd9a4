"""How one fact is written in different ways: units, streets, suffixes, phones, capitals, accents, birth dates.

Pure functions over a random generator; which record gets which variant is decided by the cases.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from contact_pipeline.sandbox.campaign.chance import pick
from contact_pipeline.sandbox.campaign.places import Address

_STREET_FORMS: dict[str, str] = {
    "Street": "St", "St": "Street", "Drive": "Dr", "Dr": "Drive", "Road": "Rd", "Rd": "Road", "Avenue": "Ave",
    "Ave": "Avenue", "Lane": "Ln", "Ln": "Lane", "Court": "Ct", "Ct": "Court", "Boulevard": "Blvd", "Blvd": "Boulevard",
    "Circle": "Cir", "Parkway": "Pkwy", "Place": "Pl", "Trail": "Trl",
}  # fmt: skip

SENIOR_FORMS: tuple[str, ...] = ("Sr.", "Sr", "SR", "Senior")
JUNIOR_FORMS: tuple[str, ...] = ("Jr.", "Jr", "JR", "jr", "Junior")

PLACEHOLDER_BIRTH_DATE = date(1900, 1, 1)

JUNK_PHONES: tuple[str, ...] = (
    "000-000-0000", "0000000000", "111-111-1111", "999-999-9999", "123-456-7890", "(555) 555-5555", "none", "N/A", "0",
)  # fmt: skip
"""What people type into a phone field that must not be empty."""

JUNK_EMAILS: tuple[str, ...] = (
    "none@none.com", "noemail@example.com", "na@na.com", "test@example.com", "none", "n/a", "no@email",
)  # fmt: skip
"""What people type into an e-mail field that must not be empty: the only addresses outside the example domains."""


def bare_unit(line_2: str) -> str:
    """The unit's number alone: `204` of `Apt. 204`."""
    return line_2.split()[-1].lstrip("#")


def rewritten(rng: Random, address: Address) -> Address:
    """The same home, written otherwise: the unit renamed or glued on, the street type shortened or spelled out."""
    number_and_name, _, kind = address.line_1.rpartition(" ")
    line_1 = f"{number_and_name} {_STREET_FORMS.get(kind, kind)}"
    line_2 = address.line_2
    if line_2:
        unit = bare_unit(line_2)
        forms = (form.format(unit) for form in ("Apt {}", "#{}", "Unit {}", "APT {}", "Apartment {}", "apt. {}"))
        line_2 = pick(rng, [form for form in forms if form != line_2])
        if rng.random() < 0.5:
            line_1, line_2 = f"{line_1}{pick(rng, (' ', ', '))}{line_2}", ""
    return replace(address, line_1=line_1, line_2=line_2)


def phone_form(rng: Random, phone: str) -> str:
    """An E.164 US number as someone might type it."""
    area, exchange, line = phone[2:5], phone[5:8], phone[8:]
    form = pick(
        rng, ("({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "{}{}{}", "1{}{}{}", "+1 {} {} {}", "1-{}-{}-{}", "{} {} {}")
    )
    return form.format(area, exchange, line)


def without_accents(text: str) -> str:
    """`text` with its accents dropped, as keyboards without them write it."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def plain_letters(text: str) -> str:
    """The ASCII letters of a name in lower case, for a domain."""
    return "".join(letter for letter in without_accents(text).lower() if letter.isascii() and letter.isalpha())


def wrong_birth_date(rng: Random, born: date, today: date) -> date:
    """Another date than `born`: day and month exchanged, a digit off, the year of filling in, or a placeholder."""
    draw = rng.random()
    if draw < 0.35 and born.day <= 12 and born.day != born.month:
        return date(born.year, born.day, born.month)
    if draw < 0.6:
        return born + timedelta(days=pick(rng, (-10, -2, -1, 1, 2, 10)))
    if draw < 0.8:
        return _other_year(born, born.year + pick(rng, (-10, -1, 1, 10)))
    return PLACEHOLDER_BIRTH_DATE if draw < 0.9 else _other_year(born, today.year)


def _other_year(born: date, year: int) -> date:
    return date(year, born.month, min(born.day, 28))
