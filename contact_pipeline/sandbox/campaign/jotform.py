"""Jotform's side: the questions of the two forms and the submissions of this season's mentors.

Shapes follow sources.md 3.6: answers keyed by question id, 19-digit ids as text, US Eastern times without a zone,
unanswered questions without an `answer`. The question names are what the mapping SQL reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from contact_pipeline.sandbox.campaign.chance import pick
from contact_pipeline.sandbox.campaign.population import Appearance, Cast, Mentor

EASTERN = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form: its id there, its unique name, its label and its type."""

    qid: str
    name: str
    text: str
    type: str


SIGNUP_QUESTIONS: tuple[Question, ...] = (
    Question("1", "heading", "<b>Mentor sign-up</b>", "control_head"),
    Question("3", "fullName", "Full Name", "control_fullname"),
    Question("4", "preferredName", "What should we call you?", "control_textbox"),
    Question("5", "personalEmail", "Personal E-mail", "control_email"),
    Question("6", "schoolEmail", "UGA E-mail", "control_email"),
    Question("7", "phone", "Phone", "control_phone"),
    Question("8", "birthDate", "Birth date", "control_datetime"),
    Question("9", "address", "Address", "control_address"),
    Question("10", "gender", "Gender", "control_radio"),
    Question("11", "shirtSize", "T-shirt size", "control_dropdown"),
    Question("12", "ugaClass", "Class at UGA", "control_dropdown"),
    Question("13", "shiftPreference", "Which shift do you prefer?", "control_radio"),
    Question("14", "partnerPreference", "Partner preference (1 to 5)", "control_number"),
    Question("15", "mentorId", "Mentor ID", "control_textbox"),
    Question("16", "textConsent", "May we text you?", "control_checkbox"),
    Question("17", "emailConsent", "May we e-mail you?", "control_checkbox"),
    Question("18", "comments", "Anything else?", "control_textarea"),
    Question("19", "submit", "Send", "control_button"),
)
"""Answers: fullName {first, middle?, last, suffix?, prefix?}; phone {full}; birthDate {year, month, day};
address {addr_line1, addr_line2, city, state, postal, country}; textConsent and emailConsent ["Yes"] or unanswered;
mentorId "1234" or "MN1234". preferredName is the name the mentor goes by; some put it into fullName.prefix instead."""

SETUP_QUESTIONS: tuple[Question, ...] = (
    Question("1", "heading", "Fundraising page set-up", "control_head"),
    Question("2", "fullName", "Your name", "control_fullname"),
    Question("4", "email", "E-mail", "control_email"),
    Question("5", "phone", "Cell phone", "control_phone"),
    Question("6", "mentorId", "Mentor ID", "control_textbox"),
    Question("8", "pageCreated", "Did you create your Givebutter page?", "control_radio"),
    Question("9", "pageLink", "Link to your page", "control_textbox"),
    Question("10", "submit", "Send", "control_button"),
)
"""Answers: fullName {first, last}; phone {area, phone} (this form has no mask); pageCreated "Yes" or "Not yet"."""

_COMMENTS = ("Can't wait!", "I have practice until 6.\nIs that ok?", "n/a")
_SUBLABELS = '{"first":"First Name","last":"Last Name"}'

Submission = dict[str, Any]


def signup_submissions(cast: Cast, form_id: str) -> tuple[list[Submission], list[Appearance]]:
    """All sign-ups, newest first, and the appearance behind each.

    The one submission with no answers at all (`[]`, as Jotform writes an empty set) is somebody unknown.
    """
    pairs = [(shown, _signup_answers(cast.rng, mentor, shown)) for mentor in cast.mentors for shown in mentor.signups]
    nobody = cast.appearance(cast.person(), "empty_submission", cast.between(60, 3))
    pairs.append((nobody, {}))
    return _submissions(cast, form_id, pairs)


def setup_submissions(cast: Cast, form_id: str) -> tuple[list[Submission], list[Appearance]]:
    """All set-up forms, newest first, and the appearance behind each."""
    pairs = [(shown, _setup_answers(cast.rng, mentor, shown)) for mentor in cast.mentors for shown in mentor.setups]
    return _submissions(cast, form_id, pairs)


def _submissions(
    cast: Cast, form_id: str, pairs: list[tuple[Appearance, dict[str, Any]]]
) -> tuple[list[Submission], list[Appearance]]:
    rng = cast.rng
    submission_id = 6_110_000_000_000_000_000
    found: list[tuple[Submission, Appearance]] = []
    for shown, answers in sorted(pairs, key=lambda pair: pair[0].created):
        submission_id += 1 + int(rng.random() * 10**12)
        edited = rng.random() < 0.05
        updated = shown.created + (cast.now - shown.created) * rng.random()
        submission: Submission = {
            "id": str(submission_id), "form_id": form_id, "ip": f"203.0.113.{1 + int(rng.random() * 250)}",
            "created_at": eastern(shown.created), "updated_at": eastern(updated) if edited else None,
            "status": "ACTIVE", "new": "1" if rng.random() < 0.4 else "0", "flag": "0", "notes": "",
            "answers": answers or [],
        }  # fmt: skip
        found.append((submission, shown))
    return [submission for submission, _ in reversed(found)], [shown for _, shown in reversed(found)]


def eastern(moment: datetime) -> str:
    """A moment as Jotform writes it: the wall clock of New York, no zone."""
    return moment.astimezone(EASTERN).strftime("%Y-%m-%d %H:%M:%S")


def _signup_answers(rng: Random, mentor: Mentor, shown: Appearance) -> dict[str, Any]:
    name = {"first": shown.first, "middle": shown.middle, "last": shown.last, "suffix": shown.suffix}
    preferred_in_prefix = bool(shown.preferred) and rng.random() < 0.3
    if preferred_in_prefix:
        name["prefix"] = shown.preferred
    address = shown.address
    born = shown.birth_date
    given: dict[str, Any] = {
        "fullName": {part: value for part, value in name.items() if value},
        "preferredName": "" if preferred_in_prefix else shown.preferred,
        "personalEmail": _typed_email(rng, shown.email),
        "schoolEmail": mentor.school_email if mentor.case != "new_mentor" or rng.random() < 0.8 else "",
        "phone": {"full": _masked(shown.phone)} if shown.phone else None,
        "birthDate": born and {"month": f"{born.month:02d}", "day": f"{born.day:02d}", "year": str(born.year)},
        "address": address and {
            "addr_line1": address.line_1, "addr_line2": address.line_2, "city": address.city, "state": address.state,
            "postal": address.zip_code, "country": "",
        },
        "gender": shown.gender.title(), "shirtSize": mentor.shirt, "ugaClass": mentor.year,
        "shiftPreference": mentor.shift,
        "partnerPreference": str(1 + int(rng.random() * 5)) if rng.random() < 0.6 else "",
        "mentorId": shown.external_id,
        "textConsent": ["Yes"] if mentor.case == "mentor_opted_out" or rng.random() < 0.9 else None,
        "emailConsent": ["Yes"] if mentor.case == "mentor_opted_out" or rng.random() < 0.95 else None,
        "comments": pick(rng, _COMMENTS) if rng.random() < 0.2 else "",
    }  # fmt: skip
    return answers_of(SIGNUP_QUESTIONS, given)


def _setup_answers(rng: Random, mentor: Mentor, shown: Appearance) -> dict[str, Any]:
    phone = shown.phone
    given: dict[str, Any] = {
        "fullName": {"first": shown.first, "last": shown.last},
        "email": _typed_email(rng, shown.email),
        "phone": {"area": phone[2:5], "phone": phone[5:]} if phone else None,
        "mentorId": shown.external_id,
        "pageCreated": "Yes" if mentor.member else "Not yet",
        "pageLink": "https://givebutter.com/" if mentor.member and rng.random() < 0.3 else "",
    }
    return answers_of(SETUP_QUESTIONS, given)


def _typed_email(rng: Random, email: str) -> str:
    return email.title() if rng.random() < 0.08 else email


def _masked(phone: str) -> str:
    return f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}"


def answers_of(questions: Iterable[Question], given: dict[str, Any]) -> dict[str, Any]:
    """Every question of the form in order; those without a value have no `answer` key."""
    return {
        question.qid: _answer(question, order, given.get(question.name))
        for order, question in enumerate(questions, start=1)
    }


def _answer(question: Question, order: int, value: Any) -> dict[str, Any]:
    asked = {"name": question.name, "order": str(order), "text": question.text, "type": question.type}
    if question.type == "control_fullname":
        asked["sublabels"] = _SUBLABELS
    if not value:
        return asked
    asked["answer"] = value
    pretty = _pretty(question.type, value)
    return {**asked, "prettyFormat": pretty} if pretty else asked


def _pretty(kind: str, value: Any) -> str:
    if kind == "control_fullname":
        return " ".join(value[part] for part in ("prefix", "first", "middle", "last", "suffix") if part in value)
    if kind == "control_phone":
        return str(value["full"]) if "full" in value else f"({value['area']}) {value['phone']}"
    if kind == "control_datetime":
        return f"{value['month']}-{value['day']}-{value['year']}"
    return "; ".join(value) if kind == "control_checkbox" else ""
