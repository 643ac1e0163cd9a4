"""Invented households of every kind, through the normalisers, with the truth: what linking must never merge.

Each household is written as lists write it (names as typed, phones in any form, units in any spelling), so that what
normalising loses is lost here too. Two thirds of the people have a second record that differs in one way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb
import pyarrow as pa

from contact_pipeline.identity.canonical import CANONICAL_COLUMNS, normalised_evidence
from contact_pipeline.sandbox.campaign.names import FEMALE, MALE, NICKNAMES, TWIN_NAMES, called, name_stock
from contact_pipeline.sandbox.campaign.places import ANYWHERE, street

TODAY = date(2026, 11, 20)

Person = dict[str, str]


@dataclass
class Households:
    """Records in canonical columns and, for every record id, person, household and kind of household."""

    records: list[Person] = field(default_factory=list)
    truth: list[tuple[str, str, str, str]] = field(default_factory=list)


@dataclass
class Home:
    """One home and what its people share."""

    rng: Random
    number: int

    def __post_init__(self) -> None:
        place = ANYWHERE.draw(self.rng)
        self.last, self.origin = name_stock().surname(self.rng)
        self.phone = f"404-{220 + self.number // 10_000:03d}-{self.number % 10_000:04d}"
        self.email = f"home{self.number}@mail.example.org"
        self.address = {
            "address_line_1": street(self.rng),
            "city": place.city, "state": place.state, "zip": self.rng.choice(place.zips),
        }  # fmt: skip

    def person(self, gender: str, ages: tuple[int, int], **given: str) -> Person:
        """Someone of this home, with a phone and an e-mail of their own."""
        rng = self.rng
        first = given.get("first_name") or name_stock().first(rng, gender, self.origin)
        born = TODAY - timedelta(days=int(rng.uniform(ages[0], ages[1] + 1) * 365.25))
        own = rng.randrange(10_000_000)
        return {
            "first_name": first, "last_name": self.last, "birth_date": born.isoformat(),
            "phone": f"(770) {220 + own // 10_000 % 700:03d}-{own % 10_000:04d}",
            "email": f"{first[:1].lower()}{self.last.lower()}{own}@post.example.com".replace(" ", ""),
            **self.address, **given,
        }  # fmt: skip

    def other_first(self, gender: str, than: Person) -> str:
        """A first name that is neither the other's nor stands for it."""
        while True:
            first = name_stock().first(self.rng, gender, self.origin)
            if first[:2] != than["first_name"][:2]:
                return first


def spouses(home: Home) -> list[Person]:
    """One phone, half of them one e-mail, a fifth with names of their own."""
    wife = home.person(FEMALE, (28, 80), phone=home.phone)
    husband = home.person(MALE, (28, 80), first_name=home.other_first(MALE, wife), phone=home.phone)
    if home.rng.random() < 0.5:
        wife["email"] = husband["email"] = home.email
    if home.rng.random() < 0.2:
        husband["last_name"], _ = name_stock().surname(home.rng)
    return _without_some(home, [wife, husband])


def twins(home: Home) -> list[Person]:
    """One birth date, one phone, names that go together."""
    first, second, gender = home.rng.choice(TWIN_NAMES)
    one = home.person(gender, (15, 40), first_name=first, phone=home.phone)
    return [one, one | {"first_name": second, "email": f"twin{home.number}@mail.example.org"}]


def parent_and_child_of_one_name(home: Home) -> list[Person]:
    """Told apart by both suffixes, or else by both birth dates; home and often the phone are one."""
    father = home.person(MALE, (48, 80), phone=home.phone)
    son = home.person(MALE, (16, 24), first_name=father["first_name"])
    if home.rng.random() < 0.6:
        son["phone"] = father["phone"]
    if home.rng.random() < 0.5:
        father, son = father | {"suffix": "Sr.", "birth_date": ""}, son | {"suffix": "Jr", "birth_date": ""}
    return [father, son]


def parent_and_child_sharing_a_phone(home: Home) -> list[Person]:
    """The child's row has the mother's phone, often her e-mail, and seldom a birth date."""
    mother = home.person(FEMALE, (34, 58), phone=home.phone, email=home.email)
    child = home.person(home.rng.choice((FEMALE, MALE)), (8, 18), first_name=home.other_first(FEMALE, mother))
    child["phone"] = home.phone
    if home.rng.random() < 0.5:
        child["email"] = home.email
    return _without_some(home, [mother, child])


def grandparents(home: Home) -> list[Person]:
    """Grandmother and granddaughter of one name, both birth dates known, and a grandfather."""
    elder = home.person(FEMALE, (66, 90), phone=home.phone)
    younger = home.person(FEMALE, (14, 26), first_name=elder["first_name"], phone=home.phone)
    grandfather = home.person(MALE, (66, 90), first_name=home.other_first(MALE, elder), phone=home.phone)
    return [elder, younger, grandfather]


def family_sharing_everything(home: Home) -> list[Person]:
    """Parents and two children: one phone, one e-mail, one address; first names and birth dates differ."""
    shared = {"phone": home.phone, "email": home.email}
    people = [home.person(FEMALE, (32, 50), **shared)]
    for gender, ages in ((MALE, (32, 50)), (FEMALE, (5, 17)), (MALE, (5, 17))):
        people.append(home.person(gender, ages, first_name=home.other_first(gender, people[-1]), **shared))
    names = {person["first_name"]: person for person in people}
    return list(names.values())


def room_mates(home: Home) -> list[Person]:
    """Three strangers in one flat; two of them bear one first name now and then."""
    people = []
    for _ in range(3):
        home.last, home.origin = name_stock().surname(home.rng)
        people.append(home.person(home.rng.choice((FEMALE, MALE)), (19, 35), address_line_2="Apt 4"))
    if home.rng.random() < 0.2:
        people[1]["first_name"] = people[0]["first_name"]
    return people


def neighbours(home: Home) -> list[Person]:
    """Relatives of one last name in three units of one building, each with a phone of their own."""
    units = ("Apt 1A", "Unit 1B", "#2A")
    people = [home.person(FEMALE, (22, 70), address_line_2=units[0])]
    for unit in units[1:]:
        people.append(
            home.person(FEMALE, (22, 70), first_name=home.other_first(FEMALE, people[-1]), address_line_2=unit)
        )
    return _without_some(home, people)


SPANISH_SHORT: tuple[tuple[str, str], ...] = (
    ("Francisco", "Paco"), ("José", "Pepe"), ("Guadalupe", "Lupita"), ("Juan", "Juanito"), ("Rosario", "Charo"),
    ("Eduardo", "Lalo"), ("Teresa", "Tere"), ("Jesús", "Chuy"), ("Juan", "Johnny"), ("María", "Mari"),
)  # fmt: skip


def two_names_for_one(rng: Random) -> tuple[str, str]:
    """First names that one person might bear both: a name and its short form (men's, women's, of both, in English or
    Spanish), two short forms of one name, a name and its initial.
    """
    form = rng.randrange(5)
    if form == 0:
        return rng.choice(SPANISH_SHORT)
    name = rng.choice(sorted(NICKNAMES))
    if form == 1 and len(NICKNAMES[name]) > 1:
        first, second, *_ = rng.sample(NICKNAMES[name], 2)
        return first, second
    return (name, f"{name[0]}.") if form == 2 else (name, rng.choice(NICKNAMES[name]))


def names_that_stand_for_each_other(home: Home) -> list[Person]:
    """A parent and a child, or two children, of such names with all else in common, and no birth dates.

    The mailbox is the family's, a parent's who stands in the list too, or one of a parent who does not.
    """
    first, second = two_names_for_one(home.rng)
    parent = home.person(FEMALE, (34, 58), first_name="Ottilie", birth_date="", phone=home.phone)
    mailbox = home.rng.choice((home.email, f"ottilie.{home.last.lower()}{home.number}@post.example.com"))
    shared = {"phone": home.phone, "email": mailbox.replace(" ", ""), "birth_date": ""}
    family = [home.person(MALE, (8, 60), first_name=name, **shared) for name in (first, second)]
    return [parent | shared, *family] if home.rng.random() < 0.5 else family


def parent_in_the_list_lends_a_mailbox(home: Home) -> list[Person]:
    """The same with the elder's own mailbox, named after them, which the other parent uses too."""
    first, second = two_names_for_one(home.rng)
    mailbox = f"{first}.{home.last}{home.number}@post.example.com".lower().replace(" ", "").replace("..", ".")
    shared = {"phone": home.phone, "email": mailbox, "birth_date": ""}
    return [home.person(MALE, (8, 60), first_name=name, **shared) for name in (first, second, "Ottilie")]


KINDS: tuple[Callable[[Home], list[Person]], ...] = (
    spouses, twins, parent_and_child_of_one_name, parent_and_child_sharing_a_phone, grandparents,
    family_sharing_everything, room_mates, neighbours,
    names_that_stand_for_each_other, parent_in_the_list_lends_a_mailbox,
)  # fmt: skip


def invent_households(seed: int, count: int) -> Households:
    """Invent `count` households, kind after kind."""
    rng, made = Random(f"households {seed}"), Households()
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        family = kind(Home(rng, number))
        names = {person["first_name"] for person in family}
        for member, person in enumerate(family):
            key = f"p{number}-{member}"
            written = [person] if rng.random() < 1 / 3 else [person, _written_again(rng, person, number, names)]
            for shown in written:
                record_id = f"r{rng.getrandbits(48):012x}"
                made.records.append({"record_id": record_id, **shown})
                made.truth.append((record_id, key, f"h{number}", kind.__name__))
    return made


def _without_some(home: Home, people: list[Person]) -> list[Person]:
    """Leave out birth dates of half of the homes, as lists do."""
    if home.rng.random() < 0.5:
        return [person | {"birth_date": ""} for person in people]
    return people


def _written_again(rng: Random, person: Person, number: int, names: set[str]) -> Person:
    """The person's second record: one thing changed, was left out, or is written otherwise; nobody is called by the
    name of another of the family's `names`.
    """
    street_line, short = person["address_line_1"], called(rng, person["first_name"])
    changes: list[dict[str, Any]] = [
        {},
        {"first_name": person["first_name"] if short in names else short},
        {"first_name": person["first_name"].upper(), "last_name": person["last_name"].upper()},
        {"email": f"new{number}{rng.randrange(10**6)}@inbox.example.net"},
        {"email": ""},
        {"address_line_1": "", "address_line_2": "", "city": "", "zip": ""},
        {"address_line_1": street_line.upper(), "address_line_2": person.get("address_line_2", "").upper()},
        {"first_name": person["last_name"], "last_name": person["first_name"]},
    ]
    return person | rng.choice(changes)


def households_as_evidence(connection: duckdb.DuckDBPyConnection, made: Households) -> None:
    """Tables `evidence` and `truth` (record_id, person, household, kind)."""
    columns = ("record_id", "source_dataset", *CANONICAL_COLUMNS)
    schema = pa.schema([(column, pa.string()) for column in columns])
    rows = [{column: record.get(column) or None for column in columns} for record in made.records]
    connection.register("written_rows", pa.Table.from_pylist(rows, schema=schema))
    connection.execute("create or replace table canonical as select * from written_rows")
    connection.unregister("written_rows")
    normalised_evidence(connection, "canonical", "evidence", today=TODAY)
    kinds = pa.schema([(name, pa.string()) for name in ("record_id", "person", "household", "kind")])
    told = [dict(zip(kinds.names, row, strict=True)) for row in made.truth]
    connection.register("told", pa.Table.from_pylist(told, schema=kinds))
    connection.execute("create or replace table truth as select * from told")
    connection.unregister("told")
