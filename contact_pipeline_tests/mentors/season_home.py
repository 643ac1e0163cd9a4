"""A season in small: two dozen mentors, one for each trap, in a home that ran once through Dagster.

Everybody is invented. Each mentor is a case; the tests name them by first name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from contact_pipeline.config import SETTINGS_FILE, Settings
from contact_pipeline.sandbox.campaign import Campaign, write_sandbox
from contact_pipeline.sandbox.campaign.givebutter_api import api_contact
from contact_pipeline.sandbox.campaign.jotform import SETUP_QUESTIONS, SIGNUP_QUESTIONS, Question
from contact_pipeline.sandbox.demo import prepare_home
from contact_pipeline.sources.entities import GIVEBUTTER_CONTACT_COLUMNS
from contact_pipeline_tests.homes import settle

TODAY = date(2026, 11, 20)
DELETED = "5004"

NOTE = 'note = "Mentor {mentor_id} of {season}"'
RAISED = """
[[custom_fields]]
title = "Raised"
type = "number"
value = "amount_raised"
"""


@dataclass(frozen=True)
class Mentor:
    """What a mentor's sign-up says; `raised` is the fundraising page, None: there is none."""

    first: str
    last: str
    mentor_id: str
    phone: str
    email: str = ""
    shift: str = "Option 1"
    set_up: bool = False
    raised: float | None = None
    texts: bool = True
    born: date | None = None

    @property
    def address(self) -> str:
        return self.email or f"{self.first}.{self.last}@example.org".lower()


def phone(number: int) -> str:
    return f"+1404555{number:04d}"


MENTORS = (
    Mentor("Ada", "Quillfeather", "1001", phone(101), set_up=True, raised=74.99),
    Mentor("Bea", "Marlowe", "1002", phone(102)),
    Mentor("Ben", "Marlowe", "1003", phone(102)),
    Mentor("Cleo", "Harrowgate", "1004", phone(104)),
    Mentor(
        "Dana", "Vossberg", "1005", phone(107), "dana.new@example.org", set_up=True, raised=80.0, born=date(2005, 4, 19)
    ),
    Mentor("Ezra", "Lanchester", "1008", phone(108), "ezra.one@example.org"),
    Mentor("Ezra", "Lanchester", "1009", phone(108), "ezra.two@example.org"),
    Mentor("Faye", "Ortonville", "1010", phone(110), set_up=True, raised=75.0),
    Mentor("Gus", "Pellworth", "1011", phone(111)),
    Mentor("Gina", "Rookwood", "1012", phone(112)),
    Mentor("Hal", "Stormont", "1013", phone(113), set_up=True, raised=30.1),
    Mentor("Iris", "Tatewell", "1014", phone(114), raised=12.5),
    Mentor("Kit", "Umberland", "1015", phone(115), texts=False),
    Mentor("Lena", "Vancefield", "2345", phone(116), set_up=True, raised=1012.5),
    Mentor("Max", "Wyldewood", "1017", "+442079460958"),
    Mentor("Nora", "Yorkstone", "", phone(118)),
    Mentor("Otis", "Zanewick", "MN 0262", phone(119)),
    Mentor("Sol", "Abbotsford", "1020", phone(120), shift="Option 9"),
    Mentor("Una", "Brightwater", "1021", phone(121), texts=False),
)


def contact(number: str, mentor: Mentor, **cells: str) -> dict[str, str]:
    """A row of Givebutter's export that agrees with the mentor's sign-up, but for `cells`."""
    return dict.fromkeys(GIVEBUTTER_CONTACT_COLUMNS, "") | {
        "Givebutter Contact ID": number, "First Name": mentor.first, "Last Name": mentor.last,
        "Primary Email": mentor.address, "Primary Phone": mentor.phone, "Engage Email Subscribed": "yes",
        "Engage SMS Subscribed": "yes", "Engage Mail Subscribed": "yes", "Date Created (UTC)": "2025-09-01 10:00:00",
        "Last Modified (UTC)": "2026-11-01 10:00:00",
        "Date of Birth": mentor.born.isoformat() if mentor.born else "",
    } | {name.replace("_", " "): value for name, value in cells.items()}  # fmt: skip


def named(first: str) -> Mentor:
    return next(mentor for mentor in MENTORS if mentor.first == first)


def contacts() -> list[dict[str, str]]:
    """What Givebutter holds: the mentors' contacts with their traps, and donors who are nobody's."""
    dana = named("Dana")
    old = replace(dana, email="dana.old@example.org")
    rows = [
        contact("5001", named("Ada"), Tags="gala, Mentors 2025, Mentor 2026: needs setup"),
        contact("5002", named("Bea")),
        contact(DELETED, named("Cleo")),
        contact("5005", old) | {"Engage SMS Subscribed": "no"},
        contact("5006", dana),
        contact("5007", dana) | {"Last Modified (UTC)": "2026-11-05 10:00:00"},
        contact("5008", replace(named("Ezra"), email="office@lanchester-home.example.org")) | {"Primary Email": ""},
        contact("5010", named("Faye")) | {"Contact External ID": "9999"},
        contact("5011", named("Gus")) | {"Contact External ID": "1012"},
        contact("5012", named("Gina")) | {"Contact External ID": "1011"},
        contact("5013", named("Hal"), Prefix="Hal Stormont"),
        contact("5016", named("Lena"), Tags="Mentors 2025") | {"Contact External ID": "1234"},
        contact("5017", named("Max")),
        contact("5018", named("Nora")),
        contact("5019", named("Otis")) | {"Contact External ID": "0262"},
        contact("5020", named("Sol")),
        contact("5021", named("Una")) | {"Engage SMS Subscribed": ""},
    ]
    donors = [
        contact(str(6000 + n), Mentor(f"Donor{chr(65 + n)}", f"Giver{chr(65 + n)}son", "", phone(150 + n)))
        for n in range(12)
    ]
    newest = donors[0] | {"Last Modified (UTC)": "2026-11-20 08:00:00"}
    return [*rows, newest, *donors[1:]]


def _answers(questions: tuple[Question, ...], given: dict[str, Any]) -> dict[str, Any]:
    return {
        question.qid: {"name": question.name, "text": question.text, "type": question.type, "order": question.qid}
        | ({"answer": given[question.name]} if given.get(question.name) else {})
        for question in questions
    }


def _submission(number: int, form_id: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(6_110_000_000_000_000_000 + number), "form_id": form_id, "ip": "203.0.113.9",
        "created_at": "2026-10-01 08:00:00", "updated_at": None, "status": "ACTIVE", "new": "0", "flag": "0",
        "notes": "", "answers": answers,
    }  # fmt: skip


def campaign() -> Campaign:
    """The season as a campaign that can be written and served."""
    signups, setups, members = [], [], []
    shell = Campaign(1, TODAY, datetime(2026, 11, 20, 9, tzinfo=UTC), "2026", contacts(), [], [], [], [], {}, ())
    for number, mentor in enumerate(MENTORS, start=1):
        name = {"first": mentor.first, "last": mentor.last}
        said: dict[str, Any] = {
            "fullName": name, "personalEmail": mentor.address, "phone": {"full": mentor.phone},
            "mentorId": mentor.mentor_id, "shiftPreference": mentor.shift, "emailConsent": ["Yes"],
            "textConsent": ["Yes"] if mentor.texts else None, "birthDate": _day(mentor.born),
        }  # fmt: skip
        signups.append(_submission(number, shell.signup_form_id, _answers(SIGNUP_QUESTIONS, said)))
        if mentor.set_up:
            again = {"fullName": name, "email": mentor.address, "mentorId": mentor.mentor_id}
            setups.append(_submission(500 + number, shell.setup_form_id, _answers(SETUP_QUESTIONS, again)))
        if mentor.raised is not None:
            members.append(_member(number, mentor, shell.campaign_code))
    return replace(shell, signups=signups, setups=setups, members=members)


def _day(born: date | None) -> dict[str, str] | None:
    return {"year": str(born.year), "month": f"{born.month:02d}", "day": f"{born.day:02d}"} if born else None


def _member(number: int, mentor: Mentor, code: str) -> dict[str, object]:
    return {
        "id": 7000 + number, "first_name": mentor.first, "last_name": mentor.last, "email": mentor.address,
        "phone": mentor.phone, "display_name": mentor.first, "picture": None, "raised": mentor.raised, "goal": 75,
        "donors": 1, "items": 0, "url": f"https://givebutter.com/{code}/member{number}",
        "created_at": "2026-10-05T10:00:00+00:00", "updated_at": "2026-11-19T10:00:00+00:00",
    }  # fmt: skip


def season_home(folder: Path) -> Settings:
    """A home with the season's export in its inbox; the API holds the same contacts but the deleted one."""
    folder.mkdir(parents=True)
    made = campaign()
    settings = Settings(home=folder)
    write_sandbox(made, settings.sandbox)
    api = [api_contact(row) for row in made.contacts if row["Givebutter Contact ID"] != DELETED]
    (settings.sandbox / "api" / "contacts.json").write_text(json.dumps(api), encoding="utf-8")
    prepared = prepare_home(settings, today=TODAY, say=lambda _: None)
    with (folder / SETTINGS_FILE).open("a", encoding="utf-8") as file:
        file.write("\n[givebutter]\ncontacts = true\n")
    seasons = folder / "seasons" / "2026.toml"
    text = seasons.read_text(encoding="utf-8").replace('note = ""', NOTE)
    seasons.write_text(text + RAISED, encoding="utf-8")
    room = folder / "inbox" / "training" / "room.csv"
    room.parent.mkdir(parents=True)
    room.write_text("Mentor ID,Name,Attended\nMN-1013,Hal,yes\n1001,Ada,no\n7777,Nobody,yes\n", encoding="utf-8")
    settle(prepared)
    return Settings(home=folder)
