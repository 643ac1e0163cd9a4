"""The cases among people of one home: what spouses, children, twins and room-mates share.

Each builder adds one instance: a few people and their Givebutter contacts. However much they share, records of
different people differ in at least one fact that tells them apart.
"""

from __future__ import annotations

from dataclasses import replace

from contact_pipeline.sandbox.campaign import names, places, variants
from contact_pipeline.sandbox.campaign.cases import Case
from contact_pipeline.sandbox.campaign.chance import pick
from contact_pipeline.sandbox.campaign.population import Cast


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
        if not any(names.may_be_one(child.first, first) for first in taken):
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


HOME_CASES: tuple[Case, ...] = (
    Case("spouses_sharing_a_phone", 600, "husband and wife, one phone", spouses_sharing_a_phone),
    Case("spouses_sharing_an_email", 300, "husband and wife, one e-mail", spouses_sharing_an_email),
    Case("parent_and_child_sharing_a_phone", 250, "a child's row, a parent's phone", parent_and_child_sharing_a_phone),
    Case("family_sharing_everything", 60, "one phone, e-mail and home for a family", family_sharing_everything),
    Case("twins", 60, "one birth date, one home, names that go together", twins),
    Case("father_and_son_of_one_name", 90, "Jr and Sr in one home", father_and_son_of_one_name),
    Case("grandmother_and_granddaughter", 40, "one name two generations apart", grandmother_and_granddaughter),
    Case("room_mates", 100, "unrelated people in one building or one flat", room_mates),
)  # fmt: skip
"""Counts are instances, not rows, in a campaign of 40,156 contacts."""
