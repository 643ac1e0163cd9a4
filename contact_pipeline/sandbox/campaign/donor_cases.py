"""The cases among donors and their families: who shares what, who appears twice, and what was mistyped.

Each builder adds one instance: a few people and their Givebutter contacts. Records of one person always keep evidence
in common (see `two_contacts`), so that the truth can be found; records of different people differ in at least one fact
that tells them apart.
"""

from __future__ import annotations

from dataclasses import replace

from contact_pipeline.sandbox.campaign import names, places, variants
from contact_pipeline.sandbox.campaign.cases import Case
from contact_pipeline.sandbox.campaign.chance import misdial, pick, slip
from contact_pipeline.sandbox.campaign.population import Appearance, Cast, Person

_SHARED_EVIDENCE = ("pe", "pe", "ea", "pa", "eb", "pb", "ep")

_COMMON_NAMES: tuple[tuple[str, str], ...] = (
    ("John", "Smith"), ("Michael", "Johnson"), ("James", "Williams"), ("Robert", "Brown"), ("Mary", "Smith"),
    ("Jennifer", "Jones"), ("David", "Miller"), ("Maria", "Garcia"), ("Linda", "Davis"), ("William", "Wilson"),
    ("Jose", "Rodriguez"), ("Patricia", "Johnson"), ("Jessica", "Brown"), ("Christopher", "Smith"),
    ("Elizabeth", "Williams"), ("Matthew", "Davis"),
)  # fmt: skip


def two_contacts(cast: Cast, person: Person, case: str, keep: str = "") -> tuple[Appearance, Appearance]:
    """An older and a newer contact of one person that share at least two of phone, e-mail, address and birth date."""
    shared = keep or pick(cast.rng, _SHARED_EVIDENCE)
    older = cast.contact(person, case, created=cast.between(1900, 420), keep=shared)
    newer = cast.contact(person, case, created=cast.between(400, 2), keep=shared)
    return older, newer


# People of one home


def spouses_sharing_a_phone(cast: Cast, case: str) -> None:
    """One number, two names, separate e-mails."""
    one = cast.person(ages=(28, 85))
    other = cast.spouse(one)
    other.phone = one.phone
    for person in (one, other):
        cast.contact(person, case, keep="p")


def spouses_sharing_an_email(cast: Cast, case: str) -> None:
    """`thesmiths` read by both."""
    one = cast.person(ages=(28, 85))
    other = cast.spouse(one)
    one.email = other.email = cast.new_mailbox(f"the{variants.plain_letters(one.last)}s", "mail.example.org")
    for person in (one, other):
        cast.contact(person, case, keep="e")


def parent_and_child_sharing_a_phone(cast: Cast, case: str) -> None:
    """A mother's number stands in her child's row."""
    parent = cast.person(ages=(38, 58))
    child = cast.relative(parent, ages=(9, 19))
    child.phone = parent.phone
    cast.contact(parent, case, keep="p")
    cast.contact(child, case, keep="p")


def family_sharing_everything(cast: Cast, case: str) -> None:
    """Parents and children with one phone, one e-mail and one address: only first names and birth dates differ."""
    mother = cast.person(ages=(34, 54), gender=names.FEMALE)
    family = [mother, cast.spouse(mother, same_name=1.0)]
    taken = {person.first for person in family}
    for _ in range(pick(cast.rng, (1, 2, 2, 3))):
        child = cast.relative(mother, ages=(5, 17))
        if child.first not in taken:
            taken.add(child.first)
            family.append(child)
    for person in family:
        person.phone, person.email = mother.phone, mother.email
        cast.contact(person, case, keep="pea")


def twins(cast: Cast, case: str) -> None:
    """One birth date, one home, often one phone, names that go together."""
    rng = cast.rng
    first, second, gender = pick(rng, names.TWIN_NAMES)
    one = cast.person(ages=(16, 45), gender=gender, first=first)
    other = cast.person(
        gender=gender, first=second, surname=(one.last, one.origin), birth_date=one.birth_date, lives_with=one
    )
    if rng.random() < 0.5:
        other.phone = one.phone
    for person in (one, other):
        cast.contact(person, case, keep="eab" if rng.random() < 0.5 else "pab")


def father_and_son_of_one_name(cast: Cast, case: str) -> None:
    """One name, one home, often one phone. Both suffixes are written, or else both birth dates are."""
    rng = cast.rng
    father = cast.person(ages=(46, 80), gender=names.MALE)
    son = cast.relative(father, ages=(18, 24), gender=names.MALE, first=father.first)
    son.middle = father.middle
    if rng.random() < 0.6:
        son.phone = father.phone
    both_written = rng.random() < 0.6
    shown_father = cast.contact(father, case, keep="pa" if both_written else "pab")
    shown_son = cast.contact(son, case, keep="pa" if both_written else "pab")
    shown_father.suffix = pick(rng, variants.SENIOR_FORMS) if both_written else ""
    shown_son.suffix = pick(rng, variants.JUNIOR_FORMS)
    if rng.random() < 0.2:
        shown_son.last, shown_son.suffix = f"{son.last}{pick(rng, (' ', ', '))}{shown_son.suffix}", ""


def grandmother_and_granddaughter(cast: Cast, case: str) -> None:
    """Two generations apart under one roof; both birth dates are known."""
    elder = cast.person(ages=(66, 90), gender=names.FEMALE)
    younger = cast.relative(elder, ages=(16, 26), gender=names.FEMALE, first=elder.first)
    if cast.rng.random() < 0.5:
        younger.phone = elder.phone
    for person in (elder, younger):
        cast.contact(person, case, keep="pab")


def room_mates(cast: Cast, case: str) -> None:
    """Three in one building with different units, the third sharing a flat with a fourth."""
    rng = cast.rng
    first = cast.person(ages=(20, 38), place=places.ATHENS if rng.random() < 0.4 else None)
    line_1 = places.street(rng)
    units = [places.unit_number(rng) for _ in range(3)]
    people = [first, *(cast.person(ages=(20, 38), place=first.place) for _ in range(3))]
    for person, unit in zip(people, [*units, units[2]], strict=True):
        written = places.written_unit(rng, unit)
        person.address = replace(first.address, line_1=line_1, line_2=written)
        shown = cast.contact(person, case, keep="a")
        if rng.random() < 0.3:
            shown.address = replace(person.address, line_1=f"{line_1} {written}", line_2="")
    people[3].household = people[2].household


# One person, several contacts


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


def reassigned_phone(cast: Cast, case: str) -> None:
    """A number someone gave up years ago belongs to a stranger in the same city now."""
    before = cast.person(ages=(25, 80))
    after = cast.person(ages=(25, 80), place=before.place)
    older, newer = two_contacts(cast, before, case, keep="pe")
    older.phone = after.phone
    newer.phone = before.phone
    cast.contact(after, case, created=cast.between(380, 2), keep="pe")


def typing_error(cast: Cast, case: str) -> None:
    """One field of the newer contact was mistyped, now and then two."""
    rng = cast.rng
    person = cast.person()
    _, newer = two_contacts(cast, person, case, keep=pick(rng, ("pe", "pea", "ea", "pa", "peb")))
    for field in rng.sample(("first", "last", "last", "phone", "email", "street"), 2 if rng.random() < 0.2 else 1):
        mistype(cast, newer, field)


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


def opted_out_on_one(cast: Cast, case: str) -> None:
    """Left on one contact, still subscribed on the other: leaving must win."""
    older, newer = two_contacts(cast, cast.person(), case, keep="pe")
    gone, still = (older, newer) if cast.rng.random() < 0.5 else (newer, older)
    gone.email_subscribed = gone.sms_subscribed = "no"
    still.email_subscribed = still.sms_subscribed = "yes"


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


# Strangers who look alike, and values that are nobody's


def namesakes(cast: Cast, case: str) -> None:
    """Two people of one common name in one city; phone, e-mail, home and birth date differ."""
    first, last = pick(cast.rng, _COMMON_NAMES)
    place = places.ANYWHERE.draw(cast.rng)
    for _ in range(2):
        person = cast.person(first=first, surname=(last, names.OTHER), place=place)
        cast.contact(person, case, keep=pick(cast.rng, ("pe", "pea", "eab", "pab")))


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
    """A phone, an e-mail or both that are nobody's; the rest of the row is good."""
    shown = cast.contact(cast.person(), case, keep="pea")
    which = cast.rng.random()
    if which < 0.7:
        shown.phone = pick(cast.rng, variants.JUNK_PHONES)
    if which > 0.4:
        shown.email = pick(cast.rng, variants.JUNK_EMAILS)


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


DONOR_CASES: tuple[Case, ...] = (
    Case("spouses_sharing_a_phone", 600, "husband and wife, one phone", spouses_sharing_a_phone),
    Case("spouses_sharing_an_email", 300, "husband and wife, one e-mail", spouses_sharing_an_email),
    Case("parent_and_child_sharing_a_phone", 250, "a child's row, a parent's phone", parent_and_child_sharing_a_phone),
    Case("family_sharing_everything", 60, "one phone, e-mail and home for a family", family_sharing_everything),
    Case("twins", 60, "one birth date, one home, names that go together", twins),
    Case("father_and_son_of_one_name", 90, "Jr and Sr in one home", father_and_son_of_one_name),
    Case("grandmother_and_granddaughter", 40, "one name two generations apart", grandmother_and_granddaughter),
    Case("room_mates", 100, "unrelated people in one building or one flat", room_mates),
    Case("plain_duplicate", 180, "one person, two contacts, nothing changed", plain_duplicate),
    Case("nickname", 220, "Robert and Bob", nickname),
    Case("hyphenated_name", 60, "Smith-Jones, Smith, Jones", hyphenated_name),
    Case("maiden_name", 80, "a surname before and after the wedding", maiden_name),
    Case("swapped_names", 60, "first and last name exchanged", swapped_names),
    Case("full_name_in_one_cell", 40, "the whole name in the first-name field", full_name_in_one_cell),
    Case("unit_written_differently", 70, "one apartment in two spellings", unit_written_differently),
    Case("moved", 130, "an old and a new address", moved),
    Case("changed_phone", 110, "an old and a new phone", changed_phone),
    Case("reassigned_phone", 40, "an old phone that is a stranger's now", reassigned_phone),
    Case("typing_error", 220, "a slip in a name, phone, e-mail or street", typing_error),
    Case("three_contacts", 50, "one person, three contacts, the ends share only the name", three_contacts),
    Case("accents", 80, "José Muñoz and Jose Munoz", accents),
    Case("capitals", 80, "a row in capitals", capitals),
    Case("wrong_birth_date", 50, "two birth dates for one person", wrong_birth_date),
    Case("only_an_additional_value_agrees", 40, "the old phone is an additional one", only_an_additional_value_agrees),
    Case("only_linkedin_agrees", 20, "everything new but the LinkedIn page", only_linkedin_agrees),
    Case("opted_out_on_one", 70, "left on one contact, subscribed on the other", opted_out_on_one),
    Case("namesakes", 150, "two John Smiths in one city", namesakes),
    Case("office_line", 25, "colleagues with the front desk's number", office_line),
    Case("shared_work_email", 20, "colleagues with info@", shared_work_email),
    Case("junk_values", 250, "000-000-0000, none@none.com", junk_values),
    Case("foreign_phone", 40, "a number of another country", foreign_phone),
    Case("two_phones_in_one_cell", 30, "two numbers in one field", two_phones_in_one_cell),
    Case("joint_row", 60, "a couple in one row", joint_row),
    Case("opted_out", 300, "left everything", opted_out),
)  # fmt: skip
"""Counts are instances, not rows, in a campaign of 40,156 contacts."""
