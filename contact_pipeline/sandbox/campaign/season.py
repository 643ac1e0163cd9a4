"""The mentors' season: who is a mentor, who filled in the set-up form, who has a fundraising page.

Exact counts are reached here; the traps of single mentors belong to `mentor_cases`.
"""

from __future__ import annotations

from dataclasses import dataclass

from contact_pipeline.sandbox.campaign import mentor_cases, names
from contact_pipeline.sandbox.campaign.cases import Case
from contact_pipeline.sandbox.campaign.chance import pick
from contact_pipeline.sandbox.campaign.population import Appearance, Cast, Member, Mentor

SHARE_WITH_CONTACT = 450 / 555
SHARE_WITH_SETUP = 465 / 555
SHARE_WITH_PAGE = 438 / 450
SECOND_SETUPS = 5 / 555
OTHER_MEMBERS = 40 / 555

SMALLEST_SEASON = 160
"""Mentors needed for a few of each case."""

WRONG_SETUP = "setup_with_wrong_id"

FUNDRAISING_GOAL = 75
"""Dollars a mentor must raise (the season's rule)."""


@dataclass(frozen=True, slots=True)
class SeasonSize:
    """Exact counts of a season."""

    mentors: int
    with_contact: int
    former: int


def build_season(cast: Cast, size: SeasonSize) -> None:
    """Add the mentors, former mentors, set-up forms and fundraising pages.

    Raises:
        ValueError: the season is too small to hold every case.
    """
    share = size.mentors / 555
    for case in mentor_cases.MENTOR_CASES:
        for _ in range(case.scaled(share)):
            case.build(cast, case.name)
    known = sum(1 for mentor in cast.mentors if mentor.contacts)
    plain = size.with_contact - known
    new = size.mentors - len(cast.mentors) - plain
    if plain < 1 or new < 1:
        raise ValueError(f"{size.mentors} mentors cannot hold every case: ask for at least {SMALLEST_SEASON}")
    if cast.former > size.former:
        raise ValueError(f"{size.former} former mentors are too few: {cast.former} of them are part of a case")
    _fill(cast, mentor_cases.PLAIN_MENTOR, plain)
    _fill(cast, mentor_cases.NEW_MENTOR, new)
    for _ in range(size.former - cast.former):
        former_mentor(cast)
    _hand_out_setups(cast)
    _hand_out_pages(cast)


def _fill(cast: Cast, case: Case, count: int) -> None:
    for _ in range(count):
        case.build(cast, case.name)


def former_mentor(cast: Cast) -> Appearance:
    """A mentor of an earlier season who does not return."""
    person = mentor_cases.student(cast, ages=(20, 28))
    shown = cast.contact(person, "former_mentor", created=cast.between(900, 400), keep="pe")
    cast.mark_former(shown)
    return shown


def _hand_out_setups(cast: Cast) -> None:
    rng = cast.rng
    must = [mentor for mentor in cast.mentors if mentor.case == WRONG_SETUP]
    others = [mentor for mentor in cast.mentors if mentor.case != WRONG_SETUP]
    chosen = rng.sample(others, round(len(cast.mentors) * SHARE_WITH_SETUP) - len(must)) + must
    for mentor in chosen:
        mentor.setups.append(set_up(cast, mentor))
    for mentor in chosen[: max(1, round(len(cast.mentors) * SECOND_SETUPS))]:
        mentor.setups.append(set_up(cast, mentor))


def set_up(cast: Cast, mentor: Mentor) -> Appearance:
    """The second form: names as on the first or shorter, one e-mail of the two, rarely a wrong mentor id."""
    rng = cast.rng
    signup = mentor.signups[-1]
    created = signup.created + (cast.now - signup.created) * rng.random()
    shown = cast.appearance(mentor.person, mentor.case, created.replace(microsecond=0))
    shown.middle, shown.birth_date, shown.address = "", None, None
    shown.external_id = mentor_cases.digits(mentor.mentor_id)
    if mentor.case == WRONG_SETUP:
        shown.external_id = cast.new_mentor_number()
    if rng.random() < 0.12:
        shown.first = names.called(rng, shown.first)
    if rng.random() < 0.45 or mentor.case == "mentors_sharing_a_phone":
        shown.email = mentor.school_email
    elif _leaves_out_phone(cast, mentor):
        shown.phone = ""
    return shown


def _leaves_out_phone(cast: Cast, mentor: Mentor) -> bool:
    """One in fifteen does, unless the personal e-mail may be the field that was mistyped: nothing would be left."""
    return mentor.case != "mentor_mistyped" and cast.rng.random() < 0.07


def _hand_out_pages(cast: Cast) -> None:
    """Pages for nearly all mentors Givebutter knows, for those that are the case, and for some who are not mentors."""
    known = [mentor for mentor in cast.mentors if mentor.contacts]
    for mentor in cast.rng.sample(known, round(len(known) * SHARE_WITH_PAGE)):
        mentor.member = _page(cast, mentor)
    for mentor in cast.mentors:
        if mentor.case == "member_without_contact":
            mentor.member = _page(cast, mentor)
    for _ in range(max(1, round(len(cast.mentors) * OTHER_MEMBERS))):
        cast.other_members.append(_other_page(cast))


def _page(cast: Cast, mentor: Mentor) -> Member:
    rng = cast.rng
    signup = mentor.signups[-1]
    created = signup.created + (cast.now - signup.created) * rng.random()
    shown = cast.appearance(mentor.person, mentor.case, created.replace(microsecond=0))
    if rng.random() < 0.15:
        shown.first = names.called(rng, shown.first)
    if rng.random() < 0.35:
        shown.email = mentor.school_email
    elif _leaves_out_phone(cast, mentor):
        shown.phone = ""
    return _member(cast, shown)


def _other_page(cast: Cast) -> Member:
    """The page of a friend of the season: a donor with one contact."""
    person = cast.person(ages=(22, 60))
    contact = cast.contact(person, "member_not_mentor", created=cast.between(700, 130), keep="pe")
    return _member(cast, cast.appearance(person, "member_not_mentor", cast.between(110, 3)), known=contact)


def _member(cast: Cast, shown: Appearance, known: Appearance | None = None) -> Member:
    rng = cast.rng
    raised = 0.0 if rng.random() < 0.18 else round(5 + rng.expovariate(1 / 110), 2)
    display = f"{shown.first} {shown.last}" if rng.random() < 0.9 else f"{shown.first} {shown.last[:1]}."
    if known is not None and rng.random() < 0.2:
        display = f"Team {known.last}"
    return Member(
        appearance=shown,
        display_name=display,
        raised=raised,
        goal=float(pick(rng, (FUNDRAISING_GOAL, FUNDRAISING_GOAL, 100, 150, 250))),
        donors=0 if raised == 0 else 1 + int(raised / 35),
    )
