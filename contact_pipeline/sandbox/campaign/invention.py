"""`invent`: a whole campaign out of a seed and a day, with its truth.

Assembling the parts and their exact counts belongs here. The truth's ids come from a generator of their own, so that
nothing the pipeline can read (order, ids, times) tells who is who.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random
from typing import Any

from contact_pipeline.sandbox.campaign import (
    crowd,
    duplicate_cases,
    givebutter,
    home_cases,
    jotform,
    mentor_cases,
    stranger_cases,
)
from contact_pipeline.sandbox.campaign.cases import Case
from contact_pipeline.sandbox.campaign.givebutter import CUSTOM_FIELDS, CustomField
from contact_pipeline.sandbox.campaign.population import Appearance, Cast, Change
from contact_pipeline.sandbox.campaign.season import SHARE_WITH_CONTACT, SeasonSize, build_season

DEFAULT_CONTACTS = 40_156
DEFAULT_MENTORS = 555
DEFAULT_FORMER_MENTORS = 200
DEFAULT_SEASON = "2026"

CAMPAIGN_CODE = "SWAB26"
SIGNUP_FORM_ID = "251330000000345"
SETUP_FORM_ID = "251330000000412"

DONOR_CASES: tuple[Case, ...] = (
    *home_cases.HOME_CASES,
    *duplicate_cases.DUPLICATE_CASES,
    *stranger_cases.STRANGER_CASES,
    *crowd.CROWD_CASES,
)

ALL_CASES: tuple[Case, ...] = (*DONOR_CASES, *mentor_cases.MENTOR_CASES)
"""Every case with its story. Besides these the truth knows `plain`, `plain_mentor`, `new_mentor`, `former_mentor`,
`member_not_mentor` and `empty_submission`."""

_ID_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Truth:
    """Who a record is. `record_key` is `<source>.<entity>:<record id>`; persons and households are opaque names.

    `origin` is the list the surname comes from (`american`, `spanish`, `french`, …), `born` the birth year.
    """

    record_key: str
    person: str
    household: str
    case: str
    origin: str
    born: int


@dataclass(frozen=True)
class Campaign:
    """An invented campaign.

    `contacts` are export rows by column key (`custom_fields` maps keys to titles) as of `now`; `history` says what
    they said earlier. `members`, `signups` and `setups` are API objects. `truth` covers every record of the four
    exactly once.
    """

    seed: int
    today: date
    now: datetime
    season: str
    contacts: list[dict[str, str]]
    members: list[dict[str, object]]
    signups: list[dict[str, Any]]
    setups: list[dict[str, Any]]
    truth: list[Truth]
    history: dict[str, tuple[Change, ...]]
    custom_fields: tuple[CustomField, ...] = CUSTOM_FIELDS
    campaign_code: str = CAMPAIGN_CODE
    signup_form_id: str = SIGNUP_FORM_ID
    setup_form_id: str = SETUP_FORM_ID

    def counts(self) -> dict[str, int]:
        """Records per entity, and how many people there are."""
        return {
            "contacts": len(self.contacts), "members": len(self.members), "signups": len(self.signups),
            "setups": len(self.setups), "people": len({truth.person for truth in self.truth}),
            "households": len({truth.household for truth in self.truth}),
        }  # fmt: skip

    def cases(self) -> dict[str, int]:
        """Records per case, by name."""
        return dict(sorted(Counter(truth.case for truth in self.truth).items()))


def invent(
    seed: int,
    *,
    today: date,
    contacts: int = DEFAULT_CONTACTS,
    mentors: int = DEFAULT_MENTORS,
    former_mentors: int = DEFAULT_FORMER_MENTORS,
    season: str = DEFAULT_SEASON,
) -> Campaign:
    """Invent a campaign; the same arguments give the same campaign, byte for byte.

    Args:
        seed: Chooses the campaign.
        today: The day it is seen on; nothing in it is younger than 06:00 UTC of that day.
        contacts: Givebutter contact rows, exactly.
        mentors: Mentors of this season, exactly; about four in five have at least one contact.
        former_mentors: Contacts of mentors of earlier seasons; 70 in 200 return this season.
        season: The year of the season.

    Raises:
        ValueError: The campaign would be too small to hold every case a few times.
    """
    cast = Cast(seed, today, season)
    share = contacts / DEFAULT_CONTACTS
    for case in DONOR_CASES:
        for _ in range(case.scaled(share)):
            case.build(cast, case.name)
    size = SeasonSize(mentors, round(mentors * SHARE_WITH_CONTACT), former_mentors)
    build_season(cast, size)
    if len(cast.contacts) > contacts:
        raise ValueError(f"{contacts} contacts cannot hold every case: ask for at least {len(cast.contacts)}")
    crowd.fill_up(cast, contacts)
    return _assembled(cast, seed)


def _assembled(cast: Cast, seed: int) -> Campaign:
    namer = _Namer(seed, cast.origins)
    members, member_people = givebutter.member_objects(cast, CAMPAIGN_CODE)
    signups, signup_people = jotform.signup_submissions(cast, SIGNUP_FORM_ID)
    setups, setup_people = jotform.setup_submissions(cast, SETUP_FORM_ID)
    rows, history = givebutter.contact_rows(cast)
    by_creation = sorted(cast.contacts, key=lambda shown: shown.created)
    truth = [
        *namer.truths("givebutter.contacts", [row["Givebutter Contact ID"] for row in rows], by_creation),
        *namer.truths("givebutter.members", [str(member["id"]) for member in members], member_people),
        *namer.truths("jotform.signups", [str(signup["id"]) for signup in signups], signup_people),
        *namer.truths("jotform.setups", [str(setup["id"]) for setup in setups], setup_people),
    ]
    return Campaign(
        seed=seed, today=cast.today, now=cast.now, season=cast.season, contacts=rows, members=members, signups=signups,
        setups=setups, truth=truth, history=history,
    )  # fmt: skip


class _Namer:
    """Gives persons and households names that say nothing."""

    def __init__(self, seed: int, origins: dict[int, tuple[str, int]]) -> None:
        self._origins = origins
        self._rng = Random(f"truth {seed}")
        self._names: dict[tuple[str, int], str] = {}
        self._taken: set[str] = set()

    def truths(self, entity: str, record_ids: list[str], shown: list[Appearance]) -> list[Truth]:
        return [
            Truth(
                f"{entity}:{record_id}",
                self._name("p", one.person),
                self._name("h", one.household),
                one.case,
                *self._origins[one.person],
            )
            for record_id, one in zip(record_ids, shown, strict=True)
        ]

    def _name(self, kind: str, number: int) -> str:
        if (kind, number) not in self._names:
            name = self._fresh(kind)
            self._names[kind, number] = name
        return self._names[kind, number]

    def _fresh(self, kind: str) -> str:
        while True:
            number = self._rng.getrandbits(48)
            name = kind + "".join(_ID_LETTERS[(number >> shift) % len(_ID_LETTERS)] for shift in range(0, 48, 5))
            if name not in self._taken:
                self._taken.add(name)
                return name


def shuffled(campaign: Campaign, seed: int) -> Campaign:
    """The same campaign with every list of records in another order: no result may depend on order."""
    rng = Random(f"shuffle {seed}")
    return replace(
        campaign,
        contacts=rng.sample(campaign.contacts, len(campaign.contacts)),
        members=rng.sample(campaign.members, len(campaign.members)),
        signups=rng.sample(campaign.signups, len(campaign.signups)),
        setups=rng.sample(campaign.setups, len(campaign.setups)),
        truth=rng.sample(campaign.truth, len(campaign.truth)),
    )
