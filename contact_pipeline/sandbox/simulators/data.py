"""What the simulated accounts hold: records in the platforms' own shapes.

Reading a sandbox folder into records, and keeping what changed, belongs here. Inventing them belongs to
`sandbox.campaign`, serving them to the platform modules.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contact_pipeline.sandbox.campaign.givebutter import CUSTOM_FIELDS, CustomField
from contact_pipeline.sandbox.campaign.givebutter_api import api_contact, api_households

Json = dict[str, Any]

SANDBOX_KEY = "sandbox-key"
"""The one key every simulated account accepts."""

CONTACTS_FILE = "api/contacts.json"
HOUSEHOLDS_FILE = "api/households.json"
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
        custom_fields: of the Givebutter account's contacts.
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
    custom_fields: tuple[CustomField, ...] = CUSTOM_FIELDS

    @classmethod
    def from_folder(cls, folder: Path) -> SimulatorData:
        """What `sandbox write` left in a folder.

        `api/members.json`, `api/signups.json`, `api/setups.json` and, where present, `api/contacts.json`,
        `api/households.json`, `api/custom_fields.json`, `api/listomatic.json`, `api/contactics.json` and
        `api/airtable.json` (bases) are lists. Without `api/contacts.json` the account's contacts are those of the
        newest export in `drop/givebutter`.
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
        custom_fields = _custom_fields(api / "custom_fields.json")
        contacts, households = _contacts(folder, custom_fields)
        return cls(
            members=_records(api / "members.json"),
            contacts=contacts,
            households=households,
            forms=[
                _form(settings.get("jotform_signup_form"), SIGNUP_FORM, "Mentor sign-up", signups),
                _form(settings.get("jotform_setup_form"), SETUP_FORM, "Mentor setup", setups),
            ],
            campaign_id=int(settings.get("givebutter_campaign_id", cls.campaign_id)),
            campaign_code=str(settings.get("givebutter_campaign", cls.campaign_code)),
            listomatic_people=_records(api / "listomatic.json"),
            contactics_contacts=_records(api / "contactics.json"),
            airtable_bases=_records(api / "airtable.json"),
            custom_fields=custom_fields,
        )


def _contacts(folder: Path, fields: tuple[CustomField, ...]) -> tuple[list[Json], list[Json]]:
    """Contacts and households: as kept in `api/`, or else as the newest export to drop shows them.

    A folder holds no `api/contacts.json` before anything was written to its account.
    """
    kept = _records(folder / CONTACTS_FILE), _records(folder / HOUSEHOLDS_FILE)
    exports = sorted((folder / "drop" / "givebutter").glob("*.csv"))
    if (folder / CONTACTS_FILE).exists() or not exports:
        return kept
    with exports[-1].open(encoding="utf-8-sig", newline="") as stream:
        header, *lines = csv.reader(stream)
    keys = _keys(header, fields)
    rows = [dict(zip(keys, line, strict=True)) for line in lines]
    return [api_contact(row, fields) for row in rows], api_households(rows)


def keep_contacts(folder: Path, contacts: list[Json], households: list[Json]) -> None:
    """Write an account's contacts back into its sandbox folder; each file appears whole."""
    for name, records in ((CONTACTS_FILE, contacts), (HOUSEHOLDS_FILE, households)):
        path = folder / name
        part = path.with_name(f".{path.name}.part")
        part.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
        part.replace(path)


def _keys(header: list[str], fields: tuple[CustomField, ...]) -> list[str]:
    """The columns' keys: the base columns' names, then the custom fields' by title in order."""
    waiting = {custom.title: custom.key for custom in fields}
    first = len(header) - len(fields)
    return [name if place < first else waiting.get(name, name) for place, name in enumerate(header)]


def _custom_fields(path: Path) -> tuple[CustomField, ...]:
    if not path.exists():
        return CUSTOM_FIELDS
    return tuple(CustomField(**{**one, "options": tuple(one.get("options", ()))}) for one in _records(path))


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
