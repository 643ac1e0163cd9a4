"""Everyone else in the contact list: donors without a trap, their families, organisations, and rows that are nobody.

The crowd fills a campaign up to its exact number of contacts.
"""

from __future__ import annotations

from contact_pipeline.sandbox.campaign import names, variants
from contact_pipeline.sandbox.campaign.cases import Case
from contact_pipeline.sandbox.campaign.chance import Weighted, pick
from contact_pipeline.sandbox.campaign.population import Appearance, Cast, Person

_HOME_SIZES: Weighted[int] = Weighted([(1, 74), (2, 20), (3, 4), (4, 2)])
_TRADES = (
    "Dental", "Plumbing", "Roofing", "Realty", "Law Firm", "Family Medicine", "Coffee", "Bakery", "Landscaping",
    "Insurance Agency", "Auto Repair", "Construction", "Foundation", "Baptist Church", "Methodist Church", "Bank",
    "Pharmacy", "Brewing", "Catering", "Consulting",
)  # fmt: skip
_FORMS = ("LLC", "Inc", "Inc.", "Co", "PC", "", "", "of Georgia", "& Sons", "Group")


def fill_up(cast: Cast, contacts: int) -> None:
    """Add households of plain donors until the cast has exactly `contacts` rows.

    Some homes stand in the contact list as a Givebutter household.
    """
    while (missing := contacts - len(cast.contacts)) > 0:
        _plain_home(cast, min(missing, _HOME_SIZES.draw(cast.rng)))


def _plain_home(cast: Cast, size: int) -> None:
    first = cast.person()
    people = [first]
    if size > 1:
        people.append(cast.spouse(first))
    taken = {person.first for person in people}
    while len(people) < size:
        child = cast.relative(first, ages=(16, 30))
        if child.first not in taken:
            taken.add(child.first)
            people.append(child)
    shown = [_plain_contact(cast, person) for person in people]
    if size > 1 and cast.rng.random() < 0.3:
        _name_household(first, shown)


def _plain_contact(cast: Cast, person: Person) -> Appearance:
    """A contact without a trap; one in thirty has a second phone or e-mail, or is called something else."""
    rng = cast.rng
    shown = cast.contact(person, "plain", keep="e" if rng.random() < 0.7 else "")
    extra = rng.random()
    if extra < 0.03 and shown.phone:
        shown.more_phones = tuple(cast.new_phone(person.place) for _ in range(1 if extra < 0.025 else 2))
    elif extra < 0.06 and shown.email:
        shown.more_emails = (cast.new_email(person.first, person.last, person.birth_date),)
    elif extra < 0.09:
        nickname = names.called(rng, person.first)
        shown.preferred = nickname if nickname != person.first else ""
    return shown


def _name_household(head: Person, shown: list[Appearance]) -> None:
    for row in shown:
        row.household_name = f"The {head.last} Household"
        row.household_primary = "yes" if row is shown[0] else "no"


def organisation(cast: Cast, case: str) -> None:
    """A business among people: no name at all, the name as a last name, or split over both name fields."""
    rng = cast.rng
    owner = cast.person(ages=(35, 70))
    business = f"{owner.last} {pick(rng, _TRADES)} {pick(rng, _FORMS)}".strip()
    shown = cast.contact(owner, case, keep="pa")
    shown.birth_date, shown.middle, shown.gender = None, "", ""
    box = pick(rng, ("info", "office", "hello", "accounts"))
    domain = f"{variants.plain_letters(owner.last)}{cast.people}.example.com"
    shown.email = cast.new_mailbox(box, domain) if shown.email else ""
    form = rng.random()
    words = business.split()
    if form < 0.5:
        shown.first, shown.last, shown.employer = "", "", business
    elif form < 0.8:
        shown.first, shown.last = "", business
    else:
        shown.first, shown.last = " ".join(words[:-1]), words[-1]


def junk_row(cast: Cast, case: str) -> None:
    """A row some import made: a placeholder for a name, no phone, sometimes a made-up e-mail."""
    rng = cast.rng
    person = cast.person()
    shown = cast.contact(person, case, keep="e")
    placeholder = f"{pick(rng, 'FMGX')}.{rng.randrange(19, 27)}.{rng.randrange(10_000, 100_000)}"
    shown.first, shown.last = pick(rng, ((placeholder, ""), ("", placeholder), (placeholder, "Guest")))
    shown.middle, shown.phone, shown.address, shown.birth_date = "", "", None, None
    shown.email = f"{placeholder.lower()}@example.com" if rng.random() < 0.2 else ""


def id_only(cast: Cast, case: str) -> None:
    """A contact of which nothing is left but its id."""
    shown = cast.contact(cast.person(), case)
    shown.first = shown.middle = shown.last = shown.phone = shown.email = shown.gender = ""
    shown.email_subscribed = shown.sms_subscribed = shown.mail_subscribed = ""
    shown.address = shown.birth_date = None


CROWD_CASES: tuple[Case, ...] = (
    Case("organisation", 900, "a business among people", organisation),
    Case("junk_row", 220, "a placeholder like F.25.12345 for a name", junk_row),
    Case("id_only", 120, "a row with only an id", id_only),
)
"""Each of these rows is a person of its own in the truth: none may be joined with another."""
