"""The cases of strangers who look alike, of values that are nobody's, and of people who left.

Each builder adds one instance: a few unrelated people and their Givebutter contacts.
"""

from __future__ import annotations

from contact_pipeline.sandbox.campaign import names, places, variants
from contact_pipeline.sandbox.campaign.cases import Case
from contact_pipeline.sandbox.campaign.chance import pick
from contact_pipeline.sandbox.campaign.duplicate_cases import two_contacts
from contact_pipeline.sandbox.campaign.population import Cast

_COMMON_NAMES: tuple[tuple[str, str], ...] = (
    ("John", "Smith"), ("Michael", "Johnson"), ("James", "Williams"), ("Robert", "Brown"), ("Mary", "Smith"),
    ("Jennifer", "Jones"), ("David", "Miller"), ("Maria", "Garcia"), ("Linda", "Davis"), ("William", "Wilson"),
    ("Jose", "Rodriguez"), ("Patricia", "Johnson"), ("Jessica", "Brown"), ("Christopher", "Smith"),
    ("Elizabeth", "Williams"), ("Matthew", "Davis"),
)  # fmt: skip


def namesakes(cast: Cast, case: str) -> None:
    """Two people of one common name in one city; phone, e-mail, home and birth date differ."""
    first, last = pick(cast.rng, _COMMON_NAMES)
    place = places.ANYWHERE.draw(cast.rng)
    for _ in range(2):
        person = cast.person(first=first, surname=(last, names.AMERICAN), place=place)
        cast.contact(person, case, keep=pick(cast.rng, ("pe", "pea", "eab", "pab")))


def reassigned_phone(cast: Cast, case: str) -> None:
    """A number someone gave up years ago belongs to a stranger in the same city now."""
    before = cast.person(ages=(25, 80))
    after = cast.person(ages=(25, 80), place=before.place)
    older, newer = two_contacts(cast, before, case, keep="pe")
    older.phone = after.phone
    newer.phone = before.phone
    cast.contact(after, case, created=cast.between(380, 2), keep="pe")


def office_line(cast: Cast, case: str) -> None:
    """Eight colleagues gave the number of the front desk, some with an extension."""
    rng = cast.rng
    boss = cast.person(ages=(40, 65))
    office = f"{boss.last} {pick(rng, ('Law Group', 'Dental', 'Realty', 'Insurance', 'Pediatrics', 'Consulting'))}"
    line = cast.new_phone(boss.place)
    for extension in range(8):
        person = cast.person(ages=(22, 65), place=boss.place)
        shown = cast.contact(person, case, keep="pe")
        shown.phone = f"{variants.phone_form(rng, line)} x{101 + extension}" if rng.random() < 0.3 else line
        local = f"{person.first[:1]}{person.last}"
        shown.email = cast.new_mailbox(variants.plain_letters(local), _office_domain(boss.last))
        shown.employer = office


def shared_work_email(cast: Cast, case: str) -> None:
    """Five colleagues wrote `info@` or `office@`; their phones are their own."""
    rng = cast.rng
    place = places.ANYWHERE.draw(rng)
    last, _ = cast.stock.surname(rng)
    box = cast.new_mailbox(pick(rng, ("info", "office", "admin", "contact")), _office_domain(last))
    for _ in range(5):
        person = cast.person(ages=(22, 65), place=place)
        shown = cast.contact(person, case, keep="pe")
        shown.email, shown.employer = box, f"{last} Associates"


def _office_domain(last: str) -> str:
    return f"{variants.plain_letters(last)}.example.com"


def junk_values(cast: Cast, case: str) -> None:
    """A phone, an e-mail or both that are nobody's, sometimes a birth date of 1900 too; the rest is good."""
    shown = cast.contact(cast.person(), case, keep="pea")
    which = cast.rng.random()
    if which < 0.7:
        shown.phone = pick(cast.rng, variants.JUNK_PHONES)
    if which > 0.4:
        shown.email = pick(cast.rng, variants.JUNK_EMAILS)
    if cast.rng.random() < 0.25:
        shown.birth_date = variants.PLACEHOLDER_BIRTH_DATE


def foreign_phone(cast: Cast, case: str) -> None:
    """A London number: its last ten digits would be someone's number in New York."""
    shown = cast.contact(cast.person(), case, keep="e")
    digits = int(cast.rng.random() * 1000)
    shown.phone = pick(
        cast.rng, (f"+44 20 7946 0{digits:03d}", f"+4420794{60_000 + digits}", f"011 44 20 7946 0{digits:03d}")
    )


def two_phones_in_one_cell(cast: Cast, case: str) -> None:
    """Home and cell in one field: a parser takes the second for an extension."""
    person = cast.person()
    shown = cast.contact(person, case, keep="p")
    both = (variants.phone_form(cast.rng, person.phone), variants.phone_form(cast.rng, cast.new_phone(person.place)))
    shown.phone = pick(cast.rng, (" / ", ", ", " or ", "; ")).join(both)


def joint_row(cast: Cast, case: str) -> None:
    """`John & Mary`: a couple in one row, which is a person of its own in the truth because it is neither alone."""
    one = cast.person(ages=(35, 80))
    other = cast.spouse(one, same_name=1.0)
    shown = cast.contact(one, case, keep="ea")
    shown.first = f"{one.first} {pick(cast.rng, ('&', 'and', '+'))} {other.first}"
    shown.birth_date = None


def opted_out(cast: Cast, case: str) -> None:
    """Left e-mail, texts and post."""
    shown = cast.contact(cast.person(), case, keep="pe")
    shown.email_subscribed = shown.sms_subscribed = shown.mail_subscribed = "no"


STRANGER_CASES: tuple[Case, ...] = (
    Case("namesakes", 150, "two John Smiths in one city", namesakes),
    Case("reassigned_phone", 40, "an old phone that is a stranger's now", reassigned_phone),
    Case("office_line", 25, "colleagues with the front desk's number", office_line),
    Case("shared_work_email", 20, "colleagues with info@", shared_work_email),
    Case("junk_values", 250, "000-000-0000, none@none.com", junk_values),
    Case("foreign_phone", 40, "a number of another country", foreign_phone),
    Case("two_phones_in_one_cell", 30, "two numbers in one field", two_phones_in_one_cell),
    Case("joint_row", 60, "a couple in one row", joint_row),
    Case("opted_out", 300, "left everything", opted_out),
)  # fmt: skip
"""Counts are instances, not rows, in a campaign of 40,156 contacts."""
