"""The cases of one person with several contacts: what changed between them, or was mistyped.

Each builder adds one person and their Givebutter contacts, which always keep evidence in common (see `two_contacts`),
so that the truth can be found.
"""

from __future__ import annotations

from dataclasses import replace

from contact_pipeline.sandbox.campaign import names, places, variants
from contact_pipeline.sandbox.campaign.cases import Case
from contact_pipeline.sandbox.campaign.chance import misdial, pick, slip
from contact_pipeline.sandbox.campaign.population import Appearance, Cast, Person

_SHARED_EVIDENCE = ("pe", "pe", "ea", "pa", "eb", "pb", "ep")


def two_contacts(cast: Cast, person: Person, case: str, keep: str = "") -> tuple[Appearance, Appearance]:
    """An older and a newer contact of one person that share at least two of phone, e-mail, address and birth date."""
    shared = keep or pick(cast.rng, _SHARED_EVIDENCE)
    older = cast.contact(person, case, created=cast.between(1900, 420), keep=shared)
    newer = cast.contact(person, case, created=cast.between(400, 2), keep=shared)
    return older, newer


def plain_duplicate(cast: Cast, case: str) -> None:
    """Nothing changed: the person gave twice and got two contacts."""
    two_contacts(cast, cast.person(), case)


def nickname(cast: Cast, case: str) -> None:
    """Robert in one contact, Bob in the other."""
    gender = pick(cast.rng, (names.FEMALE, names.MALE))
    person = cast.person(gender=gender, first=names.with_nickname(cast.rng, gender))
    older, newer = two_contacts(cast, person, case)
    shown = pick(cast.rng, (older, newer))
    shown.first = names.called(cast.rng, person.first)
    if cast.rng.random() < 0.2:
        shown.first, shown.preferred = person.first, shown.first


def hyphenated_name(cast: Cast, case: str) -> None:
    """Smith-Jones in one contact; Smith, Jones or Smith Jones in the other."""
    person = cast.person()
    second, _ = cast.stock.surname(cast.rng)
    older, newer = two_contacts(cast, person, case)
    newer.last = f"{person.last}-{second}"
    older.last = pick(cast.rng, (person.last, second, f"{person.last} {second}"))


def maiden_name(cast: Cast, case: str) -> None:
    """A surname before and after the wedding; phone, e-mail or birth date stayed."""
    person = cast.person(ages=(24, 60), gender=names.FEMALE)
    before, _ = cast.stock.surname(cast.rng)
    older, newer = two_contacts(cast, person, case, keep=pick(cast.rng, ("pe", "peb", "eb", "pb")))
    older.last = before
    if cast.rng.random() < 0.25:
        newer.middle = before


def swapped_names(cast: Cast, case: str) -> None:
    """First and last name in each other's field."""
    _, newer = two_contacts(cast, cast.person(), case)
    newer.first, newer.last = newer.last, newer.first


def full_name_in_one_cell(cast: Cast, case: str) -> None:
    """The whole name stands in the first-name field."""
    _, newer = two_contacts(cast, cast.person(), case)
    newer.first, newer.last = f"{newer.first} {newer.last}", ""


def unit_written_differently(cast: Cast, case: str) -> None:
    """One home in two spellings; the phone is in one contact, the e-mail in the other."""
    person = cast.person()
    person.address = places.home(cast.rng, person.place, unit_share=1.0)
    older, newer = two_contacts(cast, person, case, keep="pea")
    older.email, newer.phone = "", ""
    newer.address = variants.rewritten(cast.rng, person.address)


def moved(cast: Cast, case: str) -> None:
    """Old address, then another one, half the time in another city."""
    person = cast.person(ages=(22, 75))
    older, newer = two_contacts(cast, person, case, keep=pick(cast.rng, ("pa", "ea", "pea")))
    place = person.place if cast.rng.random() < 0.5 else None
    _, older.address = cast.new_home(place)
    newer.address = person.address


def changed_phone(cast: Cast, case: str) -> None:
    """An old number, then a new one; the rest stayed."""
    person = cast.person()
    older, newer = two_contacts(cast, person, case, keep=pick(cast.rng, ("pe", "pea", "peb")))
    older.phone = cast.new_phone(person.place)
    newer.phone = person.phone


def typing_error(cast: Cast, case: str) -> None:
    """A name, phone, e-mail or street of the newer contact was mistyped, now and then another name too."""
    rng = cast.rng
    person = cast.person()
    _, newer = two_contacts(cast, person, case, keep=pick(rng, ("pe", "pea", "ea", "pa", "peb")))
    field = pick(rng, ("first", "first", "last", "last", "phone", "email", "street"))
    mistype(cast, newer, field)
    if rng.random() < 0.2:
        mistype(cast, newer, "first" if field == "last" else "last")


def mistype(cast: Cast, shown: Appearance, field: str) -> None:
    """Put a slip into one field of a record; an empty field stays empty."""
    if field in ("first", "last"):
        setattr(shown, field, slip(cast.rng, getattr(shown, field)))
    elif field == "phone" and shown.phone:
        shown.phone = misdial(cast.rng, shown.phone)
    elif field == "email" and shown.email:
        local, _, domain = shown.email.partition("@")
        shown.email = f"{slip(cast.rng, local)}@{domain}"
    elif shown.address and field == "street":
        number, _, street = shown.address.line_1.partition(" ")
        shown.address = replace(shown.address, line_1=f"{number} {slip(cast.rng, street)}")


def three_contacts(cast: Cast, case: str) -> None:
    """Old phone and old e-mail, old phone and new e-mail, new phone and new e-mail: the ends share only the name."""
    person = cast.person()
    old_phone = cast.new_phone(person.place)
    old_email = cast.new_email(person.first, person.last, person.birth_date)
    first = cast.contact(person, case, created=cast.between(1900, 900), keep="pe")
    second = cast.contact(person, case, created=cast.between(890, 450), keep="pe")
    cast.contact(person, case, created=cast.between(440, 2), keep="pe")
    first.phone, first.email = old_phone, old_email
    second.phone = old_phone


def accents(cast: Cast, case: str) -> None:
    """José Muñoz, and Jose Munoz."""
    rng = cast.rng
    surname = next(item for item in iter(lambda: cast.stock.surname(rng), None) if not item[0].isascii())
    person = cast.person(surname=surname, first=cast.stock.spanish_male.draw(rng), gender=names.MALE)
    _, newer = two_contacts(cast, person, case)
    newer.first, newer.last = variants.without_accents(newer.first), variants.without_accents(newer.last)


def capitals(cast: Cast, case: str) -> None:
    """A row in capitals, from an old list; the other as usual."""
    older, newer = two_contacts(cast, cast.person(), case)
    shown = pick(cast.rng, (older, newer))
    shown.first, shown.middle, shown.last = shown.first.upper(), shown.middle.upper(), shown.last.upper()
    shown.email = shown.email.upper()
    if shown.address:
        shown.address = replace(
            shown.address, line_1=shown.address.line_1.upper(), line_2=shown.address.line_2.upper(),
            city=shown.address.city.upper(),
        )  # fmt: skip


def wrong_birth_date(cast: Cast, case: str) -> None:
    """Two birth dates for one person, one of them wrong."""
    person = cast.person()
    _, newer = two_contacts(cast, person, case, keep=pick(cast.rng, ("peb", "eab", "pab")))
    newer.birth_date = variants.wrong_birth_date(cast.rng, person.birth_date, cast.today)


def only_an_additional_value_agrees(cast: Cast, case: str) -> None:
    """Phone and e-mail are new; the old ones stand in the additional columns of the newer contact."""
    person = cast.person()
    older, newer = two_contacts(cast, person, case, keep="pe")
    newer.phone = cast.new_phone(person.place)
    newer.email = cast.new_email(person.first, person.last, person.birth_date)
    newer.more_phones, newer.more_emails = (cast.new_phone(person.place), older.phone), (older.email,)
    older.address = newer.address = None


def only_linkedin_agrees(cast: Cast, case: str) -> None:
    """Another job, town, phone and e-mail; one LinkedIn page."""
    person = cast.person(ages=(24, 60))
    older, newer = two_contacts(cast, person, case, keep="pea")
    older.linkedin = newer.linkedin = f"https://www.linkedin.com/in/sandbox-{person.number:06d}"
    place, older.address = cast.new_home()
    older.phone = cast.new_phone(place)
    older.email = cast.new_email(person.first, person.last, person.birth_date)


def opted_out_on_one(cast: Cast, case: str) -> None:
    """Left on one contact, still subscribed on the other: leaving must win."""
    older, newer = two_contacts(cast, cast.person(), case, keep="pe")
    gone, still = (older, newer) if cast.rng.random() < 0.5 else (newer, older)
    gone.email_subscribed = gone.sms_subscribed = "no"
    still.email_subscribed = still.sms_subscribed = "yes"


DUPLICATE_CASES: tuple[Case, ...] = (
    Case("plain_duplicate", 180, "one person, two contacts, nothing changed", plain_duplicate),
    Case("nickname", 220, "Robert and Bob", nickname),
    Case("hyphenated_name", 60, "Smith-Jones, Smith, Jones", hyphenated_name),
    Case("maiden_name", 80, "a surname before and after the wedding", maiden_name),
    Case("swapped_names", 60, "first and last name exchanged", swapped_names),
    Case("full_name_in_one_cell", 40, "the whole name in the first-name field", full_name_in_one_cell),
    Case("unit_written_differently", 70, "one apartment in two spellings", unit_written_differently),
    Case("moved", 130, "an old and a new address", moved),
    Case("changed_phone", 110, "an old and a new phone", changed_phone),
    Case("typing_error", 220, "a slip in a name, phone, e-mail or street", typing_error),
    Case("three_contacts", 50, "one person, three contacts, the ends share only the name", three_contacts),
    Case("accents", 80, "José Muñoz and Jose Munoz", accents),
    Case("capitals", 80, "a row in capitals", capitals),
    Case("wrong_birth_date", 50, "two birth dates for one person", wrong_birth_date),
    Case("only_an_additional_value_agrees", 40, "the old phone is an additional one", only_an_additional_value_agrees),
    Case("only_linkedin_agrees", 20, "everything new but the LinkedIn page", only_linkedin_agrees),
    Case("opted_out_on_one", 70, "left on one contact, subscribed on the other", opted_out_on_one),
)  # fmt: skip
"""Counts are instances, not rows, in a campaign of 40,156 contacts."""
