"""The invented people and how each of them appears in a record.

Persons, households, mentors, and the `Cast` that draws them without ever giving one phone or e-mail to two people by
accident belong here. Which awkward cases there are belongs to the `…_cases` modules; what a record looks
like in its source belongs to `givebutter` and `jotform`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from contact_pipeline.sandbox.campaign import names, places, variants
from contact_pipeline.sandbox.campaign.chance import Weighted, pick
from contact_pipeline.sandbox.campaign.places import Address, Place

MAIL_DOMAINS: Weighted[str] = Weighted(
    [("mail.example.org", 50), ("post.example.com", 18), ("inbox.example.net", 12), ("example.org", 8),
     ("example.com", 6), ("correo.example.org", 3), ("home.example.net", 3)]
)  # fmt: skip
"""Stand-ins for the big mail providers: nothing but domains reserved for examples."""

SCHOOL_DOMAIN = "uga.example.org"
"""The school's addresses, which mentors give beside their own."""

_EXCHANGES = tuple(f"{number}" for number in range(220, 990) if number != 555 and number % 100 != 11)


@dataclass(slots=True)
class Person:
    """A human being as they really are; records show parts of this, sometimes wrongly.

    `number` counts persons, `household` counts homes: neither is ever written where the pipeline can see it.
    """

    number: int
    household: int
    first: str
    middle: str
    last: str
    suffix: str
    gender: str
    birth_date: date
    phone: str
    email: str
    place: Place
    address: Address
    origin: str


@dataclass(slots=True)
class Change:
    """A value that was different before `at`: what an export made earlier still shows."""

    at: datetime
    column: str
    before: str


@dataclass(slots=True)
class Appearance:
    """One record of a person: what it says, in the words of whoever typed it.

    An `address`, a `birth_date` or a text that is missing in the record is None or empty. `case` is the label the truth
    carries. `created` and `modified` are UTC.
    """

    person: int
    household: int
    case: str
    created: datetime
    modified: datetime
    first: str = ""
    middle: str = ""
    last: str = ""
    suffix: str = ""
    prefix: str = ""
    preferred: str = ""
    gender: str = ""
    birth_date: date | None = None
    phone: str = ""
    more_phones: tuple[str, ...] = ()
    email: str = ""
    more_emails: tuple[str, ...] = ()
    address: Address | None = None
    employer: str = ""
    linkedin: str = ""
    external_id: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    amount: int = 0
    email_subscribed: str = ""
    sms_subscribed: str = ""
    mail_subscribed: str = ""
    household_name: str = ""
    household_primary: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    @property
    def has_signal(self) -> bool:
        """Whether the record says more than a name."""
        return bool(self.phone or self.email or self.address)


@dataclass(slots=True)
class Member:
    """A fundraising page; its identity may be typed differently from every other record of the person."""

    appearance: Appearance
    display_name: str
    raised: float
    goal: float
    donors: int


@dataclass(slots=True)
class Mentor:
    """A person's part in this season. `mentor_id` is as the mentor typed it; None where the form was left blank."""

    person: Person
    case: str
    mentor_id: str | None
    school_email: str
    shift: str
    shirt: str
    year: str
    signups: list[Appearance] = field(default_factory=list)
    setups: list[Appearance] = field(default_factory=list)
    member: Member | None = None
    contacts: list[Appearance] = field(default_factory=list)


def folded(text: str) -> str:
    """`text` in lower-case ASCII letters and digits: how a name looks in an e-mail address."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain.lower() if letter.isascii() and letter.isalnum())


class Cast:
    """Draws people and keeps every record made of them.

    Phones and e-mails are unique unless a case shares them on purpose. `origins` holds, per person, where the surname
    comes from and the birth year: for measuring whom linking misses.
    """

    def __init__(self, seed: int, today: date, season: str) -> None:
        self.rng = Random(f"campaign {seed}")
        self.today = today
        self.season = season
        self.now = datetime(today.year, today.month, today.day, 6, tzinfo=UTC)
        self.stock = names.name_stock()
        self.contacts: list[Appearance] = []
        self.mentors: list[Mentor] = []
        self.other_members: list[Member] = []
        self.people = 0
        self.origins: dict[int, tuple[str, int]] = {}
        self.households = 0
        self._phones: set[str] = set()
        self._emails: set[str] = set()
        self.former = 0
        self._mentor_numbers: set[str] = set()

    # Drawing

    def new_phone(self, place: Place) -> str:
        """An unused E.164 number that libphonenumber takes as valid; one in ten keeps the area code of an old home."""
        rng = self.rng
        while True:
            codes = place.area_codes if rng.random() < 0.9 else places.ANYWHERE.draw(rng).area_codes
            phone = f"+1{pick(rng, codes)}{pick(rng, _EXCHANGES)}{int(rng.random() * 10_000):04d}"
            if phone not in self._phones:
                self._phones.add(phone)
                return phone

    def new_email(self, first: str, last: str, birth_date: date) -> str:
        """An unused address made of the name, sometimes with a year or digits."""
        local = _local_part(self.rng, folded(first), folded(last), birth_date)
        return self.new_mailbox(local, MAIL_DOMAINS.draw(self.rng))

    def new_mailbox(self, local: str, domain: str) -> str:
        """`local@domain`, with digits where somebody has that already."""
        email = f"{local}@{domain}"
        while email in self._emails:
            email = f"{local}{int(self.rng.random() * 1000)}@{domain}"
        self._emails.add(email)
        return email

    def new_birth_date(self, youngest: int, oldest: int) -> date:
        """The birth date of someone between two ages, both included."""
        days = int((youngest + self.rng.random() * (oldest + 1 - youngest)) * 365.25)
        return self.today - timedelta(days=max(days, youngest * 366))

    def new_home(self, place: Place | None = None, *, unit_share: float = 0.22) -> tuple[Place, Address]:
        """A place and an address in it."""
        place = place or places.ANYWHERE.draw(self.rng)
        return place, places.home(self.rng, place, unit_share=unit_share)

    def new_mentor_number(self) -> str:
        """A four-digit number no mentor of any season has yet (`mentor_with_reused_id` is the exception)."""
        while True:
            number = f"{int(self.rng.random() * 4800) + 200:04d}"
            if number not in self._mentor_numbers:
                self._mentor_numbers.add(number)
                return number

    def mark_former(self, shown: Appearance, *, numbered: bool = False) -> str:
        """Make a contact that of a former season's mentor; three in five still carry that season's mentor id."""
        number = self.new_mentor_number()
        self.former += 1
        season = int(self.season) - (1 if self.rng.random() < 0.65 else 2)
        shown.tags = (f"Mentors {season}",)
        if numbered or self.rng.random() < 0.6:
            shown.external_id = number
        return number

    def new_household(self) -> int:
        """The number of a new home."""
        self.households += 1
        return self.households

    def person(
        self,
        *,
        ages: tuple[int, int] = (24, 88),
        gender: str | None = None,
        first: str | None = None,
        surname: tuple[str, str] | None = None,
        suffix: str = "",
        birth_date: date | None = None,
        place: Place | None = None,
        lives_with: Person | None = None,
    ) -> Person:
        """Someone new. `lives_with` gives them that person's home (not the name, phone or e-mail)."""
        rng = self.rng
        gender = gender or (names.FEMALE if rng.random() < 0.53 else names.MALE)
        last, origin = surname or self.stock.surname(rng)
        first = first or self.stock.first(rng, gender, origin)
        middle = self.stock.first(rng, gender, origin) if rng.random() < 0.75 else ""
        born = birth_date or self.new_birth_date(*ages)
        if lives_with:
            place, address, household = lives_with.place, lives_with.address, lives_with.household
        else:
            place, address = self.new_home(place)
            household = self.new_household()
        self.people += 1
        self.origins[self.people] = (origin, born.year)
        return Person(
            number=self.people, household=household, first=first, middle=middle if middle != first else "", last=last,
            suffix=suffix, gender=gender, birth_date=born, phone=self.new_phone(place),
            email=self.new_email(first, last, born), place=place, address=address, origin=origin,
        )  # fmt: skip

    def relative(
        self, person: Person, *, ages: tuple[int, int], gender: str | None = None, first: str | None = None
    ) -> Person:
        """Someone of the same surname in the same home.

        The first name is another one, and none that stands for it, unless it is given: a family that uses a name twice
        tells its bearers apart by a suffix or a birth date, and those are cases of their own.
        """
        surname = (person.last, person.origin)
        while True:
            relative = self.person(ages=ages, gender=gender, first=first, surname=surname, lives_with=person)
            if first is not None or not names.may_be_one(relative.first, person.first):
                return relative

    def spouse(self, person: Person, *, same_name: float = 0.75) -> Person:
        """A husband or wife of about the same age; `same_name` of them bear the same surname."""
        gender = names.MALE if person.gender == names.FEMALE else names.FEMALE
        surname = (person.last, person.origin) if self.rng.random() < same_name else None
        age = (self.today - person.birth_date).days // 365
        return self.person(ages=(max(18, age - 6), age + 6), gender=gender, surname=surname, lives_with=person)

    # Showing

    def between(self, earliest_days_ago: float, latest_days_ago: float) -> datetime:
        """A moment in the past, to the second."""
        days = latest_days_ago + self.rng.random() * (earliest_days_ago - latest_days_ago)
        return (self.now - timedelta(days=days)).replace(microsecond=0)

    def appearance(self, person: Person, case: str, created: datetime) -> Appearance:
        """A complete and correct record of a person."""
        modified = created + (self.now - created) * (self.rng.random() ** 2)
        return Appearance(
            person=person.number, household=person.household, case=case, created=created,
            modified=modified.replace(microsecond=0), first=person.first, middle=person.middle, last=person.last,
            suffix=person.suffix, gender=person.gender, birth_date=person.birth_date, phone=person.phone,
            email=person.email, address=person.address,
        )  # fmt: skip

    def contact(
        self,
        person: Person,
        case: str,
        *,
        created: datetime | None = None,
        keep: str = "",
    ) -> Appearance:
        """Add a Givebutter contact of a person, as patchy as such rows are.

        `keep` names what must not go missing: any of the letters p(hone), e(mail), a(ddress), b(irth date). Givebutter
        knows the birth date of about one in three.
        """
        rng = self.rng
        shown = self.appearance(person, case, created or self.between(1900, 2))
        shown.middle = _shown_middle(rng, person.middle)
        if "b" not in keep and rng.random() > 0.33:
            shown.birth_date = None
        missing = rng.random(), rng.random(), rng.random()
        if "e" not in keep and missing[0] < 0.10:
            shown.email = ""
        if "p" not in keep and missing[1] < 0.38:
            shown.phone = ""
        if "a" not in keep and missing[2] < 0.35:
            shown.address = None
        if not shown.has_signal:
            shown.email = person.email
        if shown.address and rng.random() < 0.12:
            shown.address = variants.rewritten(rng, shown.address)
        self._subscribe(shown)
        self.contacts.append(shown)
        return shown

    def _subscribe(self, shown: Appearance) -> None:
        """Flags as found: mostly yes or empty; one in thirty has left something, opted out or not."""
        draw = self.rng.random()
        shown.email_subscribed = ("yes" if draw > 0.03 else "no") if shown.email else ""
        shown.sms_subscribed = ("yes" if 0.02 < draw < 0.6 else "no" if draw <= 0.02 else "") if shown.phone else ""
        shown.mail_subscribed = "yes" if shown.address and draw < 0.8 else ""


def _local_part(rng: Random, one: str, two: str, born: date) -> str:
    form = rng.random()
    if form < 0.30:
        return f"{one}.{two}"
    if form < 0.46:
        return f"{one}{two}"
    if form < 0.60:
        return f"{one[:1]}{two}"
    if form < 0.72:
        return f"{one}.{two}{born.year % 100:02d}"
    if form < 0.82:
        return f"{one[:1]}{two}{int(rng.random() * 900) + 10}"
    if form < 0.90:
        return f"{one}_{two}"
    if form < 0.96:
        return f"{one}{born.year}"
    return f"{two}.{one}"


def _shown_middle(rng: Random, middle: str) -> str:
    draw = rng.random()
    if draw < 0.72:
        return ""
    return f"{middle[:1]}" if draw < 0.9 else middle
