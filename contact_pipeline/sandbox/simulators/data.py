"""What the simulated accounts hold: records in the platforms' own shapes.

Reading a sandbox folder into records belongs here. Inventing them belongs to `sandbox.campaign`, serving them to the
platform modules.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SANDBOX_KEY = "sandbox-key"
"""The one key every simulated account accepts."""

SIGNUP_FORM = "251330000000345"
SETUP_FORM = "251330000000346"


@dataclass
class Form:
    """One Jotform form.

    Attributes:
        id: digits.
        title: as people see it.
        submissions: as sources.md 3.6 shows them; times on New York's wall clock.
        questions: by question id; derived from the submissions' answers when left empty.
    """

    id: str
    title: str = "Form"
    submissions: list[Json] = field(default_factory=list)
    questions: Json = field(default_factory=dict)

    def asked(self) -> Json:
        """Every question by id, each property a text (sources.md 3.6)."""
        if self.questions:
            return self.questions
        found: Json = {}
        for submission in self.submissions:
            answers = submission.get("answers")
            for number, answer in (answers if isinstance(answers, dict) else {}).items():
                asked = {key: str(answer.get(key, "")) for key in ("name", "order", "text", "type")}
                found.setdefault(number, {"qid": number, **asked})
        return found


@dataclass
class SimulatorData:
    """One account on each platform.

    Attributes:
        members: of the one campaign (API shape).
        contacts: in the 47-key API shape, companies among them; older ones may lack keys (sources.md 1.5).
        households: as the published spec shows them, each with its contacts.
        forms: of the Jotform account.
        campaigns: further ones than the one that has the members.
        campaign_id: Givebutter's number of the campaign.
        campaign_code: its code, as in its public address.
        campaign_title: its name.
        listomatic_people: of the Listomatic account (API shape, tombstones included).
        contactics_contacts: of the Contactics account (API shape, timelines of any length).
        airtable_bases: of the Airtable account: `id`, `name`, `tables` (`id`, `name`, `fields`, `records`, whose cells
            stand by field id).
    """

    members: list[Json] = field(default_factory=list)
    contacts: list[Json] = field(default_factory=list)
    households: list[Json] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    campaigns: list[Json] = field(default_factory=list)
    campaign_id: int = 412345
    campaign_code: str = "SPRING26"
    campaign_title: str = "Spring campaign"
    listomatic_people: list[Json] = field(default_factory=list)
    contactics_contacts: list[Json] = field(default_factory=list)
    airtable_bases: list[Json] = field(default_factory=list)

    @classmethod
    def from_folder(cls, folder: Path) -> SimulatorData:
        """What `sandbox write` left in a folder.

        `api/members.json`, `api/signups.json`, `api/setups.json` and, where present, `api/contacts.json`,
        `api/households.json`, `api/listomatic.json`, `api/contactics.json` and `api/airtable.json` (bases) are lists.
        `campaign.json`, where present, may name `givebutter_campaign` (the code), `givebutter_campaign_id`,
        `jotform_signup_form` and `jotform_setup_form`; without it the forms are those the submissions name.

        Raises:
            FileNotFoundError: the folder holds no `api` folder; the message says how to make one.
        """
        api = folder / "api"
        if not api.is_dir():
            raise FileNotFoundError(f"{folder} holds no api folder: make one with `contact-pipeline sandbox write`.")
        settings: Json = json.loads(_text(folder / "campaign.json", "{}"))
        signups, setups = _records(api / "signups.json"), _records(api / "setups.json")
        return cls(
            members=_records(api / "members.json"),
            contacts=_records(api / "contacts.json"),
            households=_records(api / "households.json"),
            forms=[
                _form(settings.get("jotform_signup_form"), SIGNUP_FORM, "Mentor sign-up", signups),
                _form(settings.get("jotform_setup_form"), SETUP_FORM, "Mentor setup", setups),
            ],
            campaign_id=int(settings.get("givebutter_campaign_id", cls.campaign_id)),
            campaign_code=str(settings.get("givebutter_campaign", cls.campaign_code)),
            listomatic_people=_records(api / "listomatic.json"),
            contactics_contacts=_records(api / "contactics.json"),
            airtable_bases=_records(api / "airtable.json"),
        )


def _form(named: object, fallback: str, title: str, submissions: list[Json]) -> Form:
    found = str(submissions[0].get("form_id") or fallback) if submissions else fallback
    return Form(str(named or found), title, submissions)


def _records(path: Path) -> list[Json]:
    records = json.loads(_text(path, "[]"))
    if not isinstance(records, list):
        raise ValueError(f"{path.name} must hold a list of records.")
    return records


def _text(path: Path, default: str) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else default
