"""The cases among this season's mentors: what their sign-up, their contacts and their fundraising page disagree on.

Each builder adds one or two mentors with sign-up and contacts. Set-up forms and fundraising pages are handed out
afterwards, to reach exact counts (see `season`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from contact_pipeline.sandbox.campaign import names, places, variants
from contact_pipeline.sandbox.campaign.cases import FEWEST, Case
from contact_pipeline.sandbox.campaign.chance import pick
from contact_pipeline.sandbox.campaign.duplicate_cases import mistype, two_contacts
from contact_pipeline.sandbox.campaign.population import SCHOOL_DOMAIN, Appearance, Cast, Mentor, Person

SHIFTS = ("Option 1", "Option 2", "Option 3", "Option 4")
SHIRTS = ("XS", "S", "M", "M", "L", "L", "XL", "2XL")
YEARS = ("First-year", "Second-year", "Third-year", "Fourth-year", "Graduate")
STUDENT_AGES = (18, 23)


@dataclass(frozen=True, slots=True)
class MentorCase(Case):
    """`mentors` is how many mentors one instance adds; `with_contact` how many of them Givebutter knows."""

    mentors: int = 1
    with_contact: int = 1


def student(cast: Cast, **known: object) -> Person:
    """A student: half live in Athens, the others gave their parents' home."""
    place = places.ATHENS if cast.rng.random() < 0.5 else None
    return cast.person(**{"ages": STUDENT_AGES, "place": place, **known})  # type: ignore[arg-type]


def enrol(cast: Cast, person: Person, case: str, *, mentor_id: str | None = None) -> Mentor:
    """Make a person a mentor of this season, with a sign-up that says who they are."""
    rng = cast.rng
    number = mentor_id or cast.new_mentor_number()
    local = variants.plain_letters(f"{person.first[:1]}{person.last}")
    mentor = Mentor(
        person=person, case=case, mentor_id=_typed_id(cast, number),
        school_email=cast.new_mailbox(local, SCHOOL_DOMAIN),
        shift=pick(rng, SHIFTS), shirt=pick(rng, SHIRTS), year=pick(rng, YEARS),
    )  # fmt: skip
    mentor.signups.append(sign_up(cast, mentor))
    cast.mentors.append(mentor)
    return mentor


def _typed_id(cast: Cast, number: str) -> str:
    return f"MN{number}" if cast.rng.random() < 0.15 else number


def sign_up(cast: Cast, mentor: Mentor) -> Appearance:
    """The form as a careful mentor fills it in: nearly everything, now and then without birth date or address."""
    person, rng = mentor.person, cast.rng
    shown = cast.appearance(person, mentor.case, cast.between(120, 3))
    shown.modified = shown.created
    if rng.random() < 0.3:
        shown.middle = ""
    if rng.random() < 0.04:
        shown.birth_date = None
    if rng.random() < 0.08:
        shown.address = None
    nickname = names.called(rng, person.first)
    if nickname != person.first and rng.random() < 0.4:
        shown.preferred = nickname
    shown.more_emails = (mentor.school_email,)
    shown.external_id = mentor.mentor_id or ""
    return shown


def known_to_givebutter(cast: Cast, mentor: Mentor, keep: str = "") -> Appearance:
    """A contact of a mentor that shares phone, e-mail or both with the sign-up.

    One in three uses the school's e-mail there, as many gave another home (their parents' or last year's). A quarter
    were imported this season already and carry the mentor id.
    """
    rng = cast.rng
    shown = cast.contact(mentor.person, mentor.case, keep=keep or pick(rng, ("pe", "pe", "p", "e", "pea")))
    mentor.contacts.append(shown)
    if shown.address and "a" not in keep and rng.random() < 0.35:
        _, shown.address = cast.new_home()
    dress_as_mentor(cast, mentor, shown)
    return shown


def dress_as_mentor(cast: Cast, mentor: Mentor, shown: Appearance) -> None:
    """School address, tags, external id: what a mentor's contact has beyond a donor's.

    An imported contact's Prefix holds the name the mentor goes by (decision 27).
    """
    rng = cast.rng
    if shown.email and rng.random() < 0.35:
        shown.more_emails = (shown.email,) if rng.random() < 0.5 else ()
        shown.email = mentor.school_email
    elif rng.random() < 0.2:
        shown.more_emails = (mentor.school_email,)
    if rng.random() < 0.25:
        shown.tags = (f"Mentors {cast.season}",)
        shown.external_id = digits(mentor.mentor_id)
        shown.prefix = mentor.signups[-1].preferred or mentor.person.first
        shown.custom = _season_fields(cast, mentor)


def _season_fields(cast: Cast, mentor: Mentor) -> dict[str, str]:
    """The custom fields of this season; dates there are M/D/YYYY without zeros (sources.md 2.1)."""
    rng = cast.rng
    called = mentor.signups[-1].preferred or mentor.person.first
    trained = cast.between(60, 2) if rng.random() < 0.5 else None
    return {
        "📝 Sign Up Complete": "Yes", "📆 Shift Preference": mentor.shift, "👕 Shirt Size": mentor.shirt,
        "🎓 UGA Class": mentor.year, "$ Goal ": pick(rng, ("75", "$75.00", "100")), "Shift?": pick(rng, ("", "Y", "N")),
        "📱Custom Text Message 1️⃣": f"Hey {called}! 🎉 You're signed up.\nNext: set up your page 💸",
        "📅 Training Date": f"{trained.month}/{trained.day}/{trained.year}" if trained else "",
        "Tags (2)": "mentor, athens" if rng.random() < 0.2 else "",
    }  # fmt: skip


def digits(mentor_id: str | None) -> str:
    """The mentor id without its letters."""
    return "".join(letter for letter in mentor_id or "" if letter.isdigit())


def twice_known(cast: Cast, mentor: Mentor, keep: str = "") -> tuple[Appearance, Appearance]:
    """Two contacts of one mentor."""
    older, newer = two_contacts(cast, mentor.person, mentor.case, keep)
    mentor.contacts += [older, newer]
    dress_as_mentor(cast, mentor, newer)
    return older, newer


def plain_mentor(cast: Cast, case: str) -> None:
    """One sign-up, one contact, no trap."""
    known_to_givebutter(cast, enrol(cast, student(cast), case))


def new_mentor(cast: Cast, case: str) -> None:
    """Signed up, unknown to Givebutter."""
    enrol(cast, student(cast), case)


def member_without_contact(cast: Cast, case: str) -> None:
    """Has a fundraising page, and yet no contact in the export. The page is added with all the others."""
    enrol(cast, student(cast), case)


def returning_mentor(cast: Cast, case: str) -> None:
    """A mentor of an earlier season with a new mentor id; the contact carries the old one or none, and may be dated."""
    mentor = enrol(cast, student(cast, ages=(20, 24)), case)
    shown = cast.contact(mentor.person, case, created=cast.between(900, 400), keep="pe")
    mentor.contacts.append(shown)
    if cast.rng.random() < 0.4:
        _, shown.address = cast.new_home()
    changed = cast.rng.random()
    if changed < 0.2:
        shown.phone = cast.new_phone(mentor.person.place)
    elif changed < 0.4:
        shown.email = cast.new_email(shown.first, shown.last, mentor.person.birth_date)
    cast.mark_former(shown)


def mentor_with_reused_id(cast: Cast, case: str) -> None:
    """This season's number was someone else's in an earlier one: that stranger's contact carries it as external id."""
    stranger = cast.contact(student(cast, ages=(21, 27)), "former_mentor", created=cast.between(900, 400), keep="pe")
    number = cast.mark_former(stranger, numbered=True)
    known_to_givebutter(cast, enrol(cast, student(cast), case, mentor_id=number))


def mentor_with_wrong_external_id(cast: Cast, case: str) -> None:
    """The contact's external id is not a number we ever gave this mentor."""
    shown = known_to_givebutter(cast, enrol(cast, student(cast), case), keep="pe")
    shown.external_id = cast.new_mentor_number()


def two_signups(cast: Cast, case: str) -> None:
    """Signed up again weeks later, with a nickname or a new e-mail; same mentor id, with or without its letters."""
    mentor = enrol(cast, student(cast), case)
    known_to_givebutter(cast, mentor)
    first = mentor.signups[0]
    first.created = first.modified = cast.between(120, 40)
    second = sign_up(cast, mentor)
    second.created = cast.between(38, 3)
    second.modified = second.created
    if cast.rng.random() < 0.5:
        second.first = names.called(cast.rng, second.first)
    else:
        second.email = cast.new_email(second.first, second.last, mentor.person.birth_date)
    second.external_id = _typed_id(cast, digits(mentor.mentor_id))
    mentor.signups.append(second)


def missing_mentor_id(cast: Cast, case: str) -> None:
    """The form's mentor id was left blank."""
    mentor = enrol(cast, student(cast), case)
    known_to_givebutter(cast, mentor).external_id = ""
    mentor.mentor_id, mentor.signups[0].external_id = None, ""


def mentors_sharing_a_phone(cast: Cast, case: str) -> None:
    """Brother and sister, both mentors, gave their mother's number; only one of them has a contact."""
    one = enrol(cast, student(cast), case)
    sibling = cast.relative(one.person, ages=STUDENT_AGES)
    sibling.phone = one.person.phone
    enrol(cast, sibling, case)
    known_to_givebutter(cast, one, keep="pe")


def twin_mentors(cast: Cast, case: str) -> None:
    """Twins who both mentor, with one birth date and one home."""
    first, second, gender = pick(cast.rng, names.TWIN_NAMES)
    one = student(cast, first=first, gender=gender)
    other = cast.person(
        first=second, gender=gender, surname=(one.last, one.origin), birth_date=one.birth_date, lives_with=one
    )
    for person in (one, other):
        known_to_givebutter(cast, enrol(cast, person, case), keep="pe")


def mentor_named_like_father(cast: Cast, case: str) -> None:
    """The father gives under the same name from the same home; the son's contact and sign-up say Jr."""
    father = cast.person(ages=(44, 62), gender=names.MALE)
    son = cast.relative(father, ages=STUDENT_AGES, gender=names.MALE, first=father.first)
    son.middle, son.suffix = father.middle, "Jr."
    cast.contact(father, case, keep="pab").suffix = "Sr."
    known_to_givebutter(cast, enrol(cast, son, case), keep="pab")


def mentor_reached_through_parent(cast: Cast, case: str) -> None:
    """The mentor's contact holds the mother's phone, and she is a donor with that phone."""
    mother = cast.person(ages=(40, 58), gender=names.FEMALE)
    mentor = enrol(cast, cast.relative(mother, ages=STUDENT_AGES), case)
    cast.contact(mother, case, keep="p")
    known_to_givebutter(cast, mentor, keep="pe").phone = mother.phone


def mentors_in_one_building(cast: Cast, case: str) -> None:
    """Two mentors, unrelated, next door to one another."""
    rng = cast.rng
    line_1 = places.street(rng)
    one = student(cast, place=places.ATHENS)
    other = student(cast, place=places.ATHENS)
    for person in (one, other):
        unit = places.written_unit(rng, places.unit_number(rng))
        person.address = replace(one.address, line_1=line_1, line_2=unit)
        known_to_givebutter(cast, enrol(cast, person, case), keep="ea")


def mentor_with_two_contacts(cast: Cast, case: str) -> None:
    """Givebutter has the mentor twice."""
    twice_known(cast, enrol(cast, student(cast), case), keep="pe")


def mentor_with_three_contacts(cast: Cast, case: str) -> None:
    """Old phone and e-mail, old phone and new e-mail, new phone and e-mail; the sign-up has the newest of both."""
    mentor = enrol(cast, student(cast), case)
    person = mentor.person
    old_phone = cast.new_phone(person.place)
    old_email = cast.new_email(person.first, person.last, person.birth_date)
    first = cast.contact(person, case, created=cast.between(1500, 900), keep="pe")
    second = cast.contact(person, case, created=cast.between(890, 450), keep="pe")
    third = cast.contact(person, case, created=cast.between(440, 2), keep="pe")
    first.phone, first.email = old_phone, old_email
    second.phone = old_phone
    mentor.contacts += [first, second, third]


def mentor_with_nickname(cast: Cast, case: str) -> None:
    """The legal name on the form, what friends say in Givebutter."""
    gender = pick(cast.rng, (names.FEMALE, names.MALE))
    person = student(cast, gender=gender, first=names.with_nickname(cast.rng, gender))
    shown = known_to_givebutter(cast, enrol(cast, person, case), keep=pick(cast.rng, ("pe", "p", "eb")))
    shown.first = names.called(cast.rng, person.first)


def mentor_with_changed_phone(cast: Cast, case: str) -> None:
    """Givebutter has an old number; the e-mail agrees."""
    mentor = enrol(cast, student(cast), case)
    shown = known_to_givebutter(cast, mentor, keep="pe")
    shown.phone = cast.new_phone(mentor.person.place)


def mentor_mistyped(cast: Cast, case: str) -> None:
    """A slip on the form."""
    mentor = enrol(cast, student(cast), case)
    known_to_givebutter(cast, mentor, keep="pe")
    mistype(cast, mentor.signups[0], pick(cast.rng, ("first", "last", "phone", "email")))


def mentor_with_swapped_names(cast: Cast, case: str) -> None:
    """First and last name exchanged in Givebutter."""
    shown = known_to_givebutter(cast, enrol(cast, student(cast), case), keep="pe")
    shown.first, shown.last = shown.last, shown.first


def mentor_with_hyphenated_name(cast: Cast, case: str) -> None:
    """Both parents' names on the form, one of them in Givebutter."""
    mentor = enrol(cast, student(cast), case)
    second, _ = cast.stock.surname(cast.rng)
    mentor.signups[0].last = f"{mentor.person.last}-{second}"
    known_to_givebutter(cast, mentor, keep="pe").last = pick(cast.rng, (mentor.person.last, second))


def mentor_with_accents(cast: Cast, case: str) -> None:
    """Accents on the form, none in Givebutter."""
    surname = next(item for item in iter(lambda: cast.stock.surname(cast.rng), None) if not item[0].isascii())
    shown = known_to_givebutter(cast, enrol(cast, student(cast, surname=surname), case))
    shown.first, shown.last = variants.without_accents(shown.first), variants.without_accents(shown.last)


def mentor_with_wrong_birth_date(cast: Cast, case: str) -> None:
    """Givebutter's birth date is another than the form's."""
    mentor = enrol(cast, student(cast), case)
    shown = known_to_givebutter(cast, mentor, keep="peb")
    shown.birth_date = variants.wrong_birth_date(cast.rng, mentor.person.birth_date, cast.today)


def full_name_in_prefix(cast: Cast, case: str) -> None:
    """Givebutter's Prefix holds the whole name, which its import refuses."""
    shown = known_to_givebutter(cast, enrol(cast, student(cast), case), keep="pe")
    shown.prefix = f"{shown.first} {shown.last}"


def setup_with_wrong_id(cast: Cast, case: str) -> None:
    """Mistyped the mentor id on the set-up form; name, phone and e-mail are right there."""
    known_to_givebutter(cast, enrol(cast, student(cast), case))


def mentor_opted_out(cast: Cast, case: str) -> None:
    """Consents on the form, but has left texts and e-mail in Givebutter."""
    shown = known_to_givebutter(cast, enrol(cast, student(cast), case), keep="pe")
    shown.email_subscribed = shown.sms_subscribed = "no"


def mentor_opted_out_on_one(cast: Cast, case: str) -> None:
    """Two contacts; texts were left on the older one only."""
    older, newer = twice_known(cast, enrol(cast, student(cast), case), keep="pe")
    older.sms_subscribed, newer.sms_subscribed = "no", "yes"


MENTOR_CASES: tuple[MentorCase, ...] = (
    MentorCase("returning_mentor", 70, "an earlier season's mentor with a new mentor id", returning_mentor),
    MentorCase("mentor_with_reused_id", 8, "a mentor id a stranger had earlier", mentor_with_reused_id),
    MentorCase("mentor_with_wrong_external_id", 5, "an external id we never gave", mentor_with_wrong_external_id),
    MentorCase("two_signups", 12, "one mentor, two sign-ups", two_signups),
    MentorCase("missing_mentor_id", 6, "a sign-up without mentor id", missing_mentor_id),
    MentorCase("mentors_sharing_a_phone", 6, "two mentors, one phone", mentors_sharing_a_phone, 2, 1),
    MentorCase("twin_mentors", 4, "twins, both mentors", twin_mentors, 2, 2),
    MentorCase("mentor_named_like_father", 6, "Jr mentors, Sr gives", mentor_named_like_father),
    MentorCase("mentor_reached_through_parent", 15, "a contact with the mother's phone", mentor_reached_through_parent),
    MentorCase("mentors_in_one_building", 12, "two mentors in one building", mentors_in_one_building, 2, 2),
    MentorCase("mentor_with_two_contacts", 20, "two contacts of one mentor", mentor_with_two_contacts),
    MentorCase("mentor_with_three_contacts", 8, "three contacts of one mentor", mentor_with_three_contacts),
    MentorCase("mentor_with_nickname", 55, "legal name on the form, nickname in Givebutter", mentor_with_nickname),
    MentorCase("mentor_with_changed_phone", 25, "an old phone in Givebutter", mentor_with_changed_phone),
    MentorCase("mentor_mistyped", 20, "a slip on the form", mentor_mistyped),
    MentorCase("mentor_with_swapped_names", 5, "first and last name exchanged", mentor_with_swapped_names),
    MentorCase("mentor_with_hyphenated_name", 8, "Smith-Jones on the form, then Smith", mentor_with_hyphenated_name),
    MentorCase("mentor_with_accents", 12, "accents on the form only", mentor_with_accents),
    MentorCase("mentor_with_wrong_birth_date", 6, "two birth dates", mentor_with_wrong_birth_date),
    MentorCase("full_name_in_prefix", 8, "a whole name in the Prefix cell", full_name_in_prefix),
    MentorCase("setup_with_wrong_id", 6, "another mentor id on the set-up form", setup_with_wrong_id),
    MentorCase("mentor_opted_out", 10, "consents on the form, left in Givebutter", mentor_opted_out),
    MentorCase("mentor_opted_out_on_one", 6, "left on one of two contacts", mentor_opted_out_on_one),
    MentorCase("member_without_contact", 12, "a fundraising page without contact", member_without_contact, 1, 0),
)  # fmt: skip
"""Counts are instances in a season of 555 mentors; `plain_mentor` and `new_mentor` fill up to the exact number."""

PLAIN_MENTOR = Case("plain_mentor", FEWEST, "one sign-up, one contact", plain_mentor)
NEW_MENTOR = Case("new_mentor", FEWEST, "signed up, unknown to Givebutter", new_mentor)
