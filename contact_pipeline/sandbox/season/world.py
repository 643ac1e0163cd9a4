"""The accounts of a season and the truth behind them: people sign up, raise money, leave, and are edited in Givebutter.

What somebody does, and what it leaves in each account, belongs here. When it happens belongs to `story`. The pipeline
never reads this; it sees the simulators alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from contact_pipeline.sandbox.campaign.givebutter import CustomField
from contact_pipeline.sandbox.campaign.givebutter_api import api_contact
from contact_pipeline.sandbox.campaign.jotform import SETUP_QUESTIONS, SIGNUP_QUESTIONS, Question, eastern
from contact_pipeline.sandbox.campaign.jotform import answers_of as answers
from contact_pipeline.sandbox.campaign.population import SCHOOL_DOMAIN, Cast, Person, folded
from contact_pipeline.sandbox.simulators import RunningSimulators
from contact_pipeline.sandbox.simulators.data import Form, SimulatorData

Json = dict[str, Any]

SIGNUPS, SETUPS, TRAINING = "251330000000345", "251330000000412", "251330000000498"
TRAINING_QUESTIONS = tuple(q for q in SETUP_QUESTIONS if q.name in ("fullName", "email", "phone", "mentorId"))
CAMPAIGN = "SPRING26"
CHANNELS = {"email": "is_email_subscribed", "sms": "is_phone_subscribed"}


@dataclass
class Mentor:
    """A mentor as they really are.

    Attributes:
        person: the human being.
        mentor_id: as typed in the forms.
        preferred: what they go by; empty: their first name.
        raised: dollars on their page; None while they have none.
        page_id: Givebutter's id of that page.
        left: the channels they have left, on whatever contact.
    """

    person: Person
    mentor_id: str
    preferred: str = ""
    school_email: str = ""
    signed_up: bool = False
    set_up: bool = False
    trained: bool = False
    raised: Decimal | None = None
    page_id: int = 0
    left: set[str] = field(default_factory=set)

    def status(self, goal: Decimal) -> str:
        """What their status must be (decision 34)."""
        reached = self.raised is not None and self.raised >= goal
        if reached:
            return "complete" if self.trained else "needs_training"
        if self.raised is not None:
            return "needs_fundraising"
        return "needs_page" if self.set_up else "needs_setup"


class World:
    """The accounts, living.

    Args:
        running: simulators that serve `blank_accounts`.
        clock: the simulated moment.
        seed: chooses who there is.
    """

    def __init__(self, running: RunningSimulators, clock: Callable[[], datetime], seed: int) -> None:
        self.running = running
        self.clock = clock
        self.rng = Random(f"season {seed}")
        self.cast = Cast(seed, clock().date(), str(clock().year))
        self.mentors: list[Mentor] = []
        self._number = 0
        self._newest = 0
        self._ids: dict[tuple[str, str], list[int]] = {}

    @property
    def book(self) -> Any:
        """Givebutter's contacts."""
        return self.running.givebutter.contacts

    def new_mentor(self, **known: Any) -> Mentor:
        """Somebody who will sign up; `known` overrides fields of `Mentor`."""
        person = known.pop("person", None) or self.cast.person(ages=(19, 24))
        school = self.cast.new_mailbox(f"{folded(person.first)}{folded(person.last)}", SCHOOL_DOMAIN)
        mentor = Mentor(person, **{"mentor_id": self.cast.new_mentor_number(), "school_email": school, **known})
        self.mentors.append(mentor)
        return mentor

    def donor(self, person: Person | None = None, **columns: str) -> Json:
        """A contact that Givebutter already has; `columns` are cells of the export."""
        person = person or self.cast.person()
        stamp = self.clock().strftime("%Y-%m-%d %H:%M:%S")
        row = {
            "Givebutter Contact ID": str(self.book.new_id()), "First Name": person.first,
            "Last Name": person.last, "Primary Email": person.email, "Primary Phone": person.phone,
            "Engage Email Subscribed": "yes", "Engage SMS Subscribed": "yes", "Engage Mail Subscribed": "yes",
            "Date Created (UTC)": stamp, "Last Modified (UTC)": stamp, "Contact Since": stamp,
        }  # fmt: skip
        self.book.rows.append(api_contact({**row, **columns}, self.book.fields))
        return self.book.rows[-1]  # type: ignore[no-any-return]

    def sign_up(self, mentor: Mentor, *, consents: bool = True, **changed: Any) -> None:
        """Send the sign-up form; `changed` are answers in place of the true ones (a new phone, an empty mentor id)."""
        person = mentor.person
        mentor.signed_up = True
        given = {
            "fullName": {"first": person.first, "last": person.last}, "preferredName": mentor.preferred,
            "personalEmail": person.email, "schoolEmail": mentor.school_email, "phone": {"full": person.phone},
            "birthDate": _parts(person.birth_date), "mentorId": mentor.mentor_id,
            "textConsent": ["Yes"] if consents else None, "emailConsent": ["Yes"] if consents else None,
        }  # fmt: skip
        self._submit(SIGNUPS, SIGNUP_QUESTIONS, {**given, **changed})

    def set_up(self, mentor: Mentor) -> None:
        """Send the set-up form."""
        mentor.set_up = True
        self._submit(SETUPS, SETUP_QUESTIONS, {**_who(mentor), "pageCreated": "Yes"})

    def train(self, mentor: Mentor) -> None:
        """Send the form at the end of the training."""
        mentor.trained = True
        self._submit(TRAINING, TRAINING_QUESTIONS, _who(mentor))

    def make_page(self, mentor: Mentor) -> Json:
        """Make a fundraising page. All members are contacts: Givebutter finds or makes theirs, and says not which."""
        mentor.raised = mentor.raised or Decimal(0)
        person, stamp = mentor.person, _iso(self.clock())
        self._number += 1
        page = {
            "id": 410_000 + self._number, "first_name": person.first, "last_name": person.last, "email": person.email,
            "phone": person.phone, "display_name": f"{person.first} {person.last}", "picture": None, "raised": 0,
            "goal": 75, "donors": 0, "items": 0, "url": f"https://givebutter.example.org/m{self._number}",
            "created_at": stamp, "updated_at": stamp,
        }  # fmt: skip
        mentor.page_id = 410_000 + self._number
        self.running.givebutter.members.insert(0, page)
        who = {"first_name": person.first, "last_name": person.last}
        self.book.create({**who, "primary_email": person.email, "primary_phone": person.phone})
        return page

    def donate(self, mentor: Mentor, dollars: Decimal) -> None:
        """Somebody gives on the mentor's page."""
        mentor.raised = (mentor.raised or Decimal(0)) + dollars
        for place, page in enumerate(self.running.givebutter.members):
            if page["id"] == mentor.page_id:
                changed = {"raised": float(mentor.raised), "donors": page["donors"] + 1}
                self.running.givebutter.members[place] = {**page, **changed, "updated_at": _iso(self.clock())}

    def contacts_of(self, mentor: Mentor) -> list[Json]:
        """The Givebutter contacts that are this human being's, by their name and an address of theirs."""
        person = mentor.person
        mine = {person.email, mentor.school_email, person.phone}
        return [
            row
            for row in self._named(person.first, person.last)
            if mine & {str(item["value"]).casefold() for kind in ("emails", "phones") for item in row[kind]}
        ]

    def _named(self, first: str, last: str) -> list[Json]:
        """Contacts of a name, by an index: ids only rise, and nobody's first or last name is edited here."""
        rows = self.book.rows
        for row in reversed(rows):
            if int(row["id"]) <= self._newest:
                break
            self._ids.setdefault((row["first_name"], row["last_name"]), []).append(int(row["id"]))
        self._newest = max(self._newest, int(rows[-1]["id"]) if rows else 0)
        found = []
        for contact_id in sorted(self._ids.get((first, last), [])):
            with suppress(KeyError):
                found.append(self.book.get(contact_id))
        return found

    def leave(self, mentor: Mentor, channel: str) -> bool:
        """Leave a channel in Givebutter, on one of the contacts they have; False where they have none."""
        found = [row for row in self.contacts_of(mentor) if not row.get("archived_at")]
        if not found:
            return False
        mentor.left.add(channel)
        row = self.rng.choice(found)
        self.book.replace({**row, CHANNELS[channel]: False})
        return True

    def edit(self, contact: Json, **changed: Any) -> Json:
        """An administrator changes a contact in Givebutter's pages."""
        return self.book.replace({**contact, **changed})  # type: ignore[no-any-return]

    def merge(self, kept: int, gone: int) -> None:
        """An administrator merges two contacts; who left on either has left."""
        row, other = self.book.get(kept), self.book.get(gone)
        left = {column: bool(row[column] and other[column]) for column in CHANNELS.values()}
        self.book.merge(kept, gone)
        self.edit(self.book.get(kept), **left)

    def _submit(self, form_id: str, questions: tuple[Question, ...], given: Json) -> None:
        self._number += 1
        form = self.running.jotform.forms[form_id]
        form.submissions.insert(
            0,
            {
                "id": str(6_110_000_000_000_000_000 + self._number), "form_id": form_id, "ip": "203.0.113.7",
                "created_at": eastern(self.clock()), "updated_at": None, "status": "ACTIVE", "new": "1", "flag": "0",
                "notes": "", "answers": answers(questions, given),
            },
        )  # fmt: skip


def blank_accounts(fields: tuple[CustomField, ...]) -> SimulatorData:
    """Accounts in which nobody is yet, but whose forms know their questions."""
    forms = [
        Form(number, title, questions={q.qid: _asked(place, q) for place, q in enumerate(questions, start=1)})
        for number, title, questions in (
            (SIGNUPS, "Mentor sign-up", SIGNUP_QUESTIONS),
            (SETUPS, "Mentor setup", SETUP_QUESTIONS),
            (TRAINING, "Mentor training", TRAINING_QUESTIONS),
        )
    ]
    return SimulatorData(forms=forms, campaign_code=CAMPAIGN, custom_fields=fields)


def _asked(order: int, question: Question) -> Json:
    return {
        "qid": question.qid, "name": question.name, "order": str(order), "text": question.text, "type": question.type,
    }  # fmt: skip


def _who(mentor: Mentor) -> Json:
    person = mentor.person
    return {
        "fullName": {"first": person.first, "last": person.last}, "email": person.email,
        "phone": {"area": person.phone[2:5], "phone": person.phone[5:]}, "mentorId": mentor.mentor_id,
    }  # fmt: skip


def _parts(day: date) -> Json:
    return {"month": f"{day.month:02d}", "day": f"{day.day:02d}", "year": str(day.year)}


def _iso(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()
