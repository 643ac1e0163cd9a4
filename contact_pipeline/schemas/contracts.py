"""The contracts: one Pandera model for each table that crosses a stage.

What a column may hold belongs here. How a failing row is set aside belongs to `quarantine`; what a column means, when
no model says it, to `glossary.toml`. Import this module inside functions: Pandera is heavy.
"""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

E164 = r"^\+[1-9]\d{5,14}$"
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
CONTACT_ID = r"(?s)^[a-z]+\.[a-z_]+:.+$"
PID = r"^[0-9A-HJKMNP-TV-Z]{6,7}$"


class Contact(pa.DataFrameModel):
    """contacts.contact: one row per source record."""

    contact_id: str = pa.Field(unique=True, str_matches=CONTACT_ID)
    source: str
    entity: str
    record_id: str
    batch_id: str
    line: int = pa.Field(ge=1)
    kind: str = pa.Field(isin=["individual", "organisation"])
    phone: str = pa.Field(nullable=True, str_matches=E164)
    email: str = pa.Field(nullable=True, str_matches=EMAIL)
    state: str = pa.Field(nullable=True, str_length={"max_value": 64})
    zip5: str = pa.Field(nullable=True, str_matches=r"^\d{5}$")
    zip4: str = pa.Field(nullable=True, str_matches=r"^\d{4}$")
    birth_year: pl.Int32 = pa.Field(nullable=True, in_range={"min_value": 1900, "max_value": 2100})
    first_name: str = pa.Field(nullable=True, str_length={"max_value": 512})
    last_name: str = pa.Field(nullable=True, str_length={"max_value": 512})


class Phone(pa.DataFrameModel):
    """contacts.phone: one row per contact and number."""

    contact_id: str = pa.Field(str_matches=CONTACT_ID)
    raw: str
    e164: str = pa.Field(nullable=True, str_matches=E164)
    valid: bool


class Email(pa.DataFrameModel):
    """contacts.email: one row per contact and address."""

    contact_id: str = pa.Field(str_matches=CONTACT_ID)
    raw: str
    email: str = pa.Field(nullable=True, str_matches=EMAIL)
    valid: bool


class Evidence(pa.DataFrameModel):
    """identity.evidence: what matching may look at."""

    record_id: str = pa.Field(unique=True, str_matches=CONTACT_ID)
    source_dataset: str
    zip5: str = pa.Field(nullable=True, str_matches=r"^\d{5}$")
    birth_year: pl.Int32 = pa.Field(nullable=True, in_range={"min_value": 1900, "max_value": 2100})


class Crosswalk(pa.DataFrameModel):
    """people.crosswalk: which contact belongs to which person."""

    contact_id: str = pa.Field(unique=True, str_matches=CONTACT_ID)
    person_id: str = pa.Field(str_matches=PID)


class Person(pa.DataFrameModel):
    """people.person: one row per person."""

    person_id: str = pa.Field(unique=True, str_matches=PID)
    phone: str = pa.Field(nullable=True, str_matches=E164)
    email: str = pa.Field(nullable=True, str_matches=EMAIL)
    zip5: str = pa.Field(nullable=True, str_matches=r"^\d{5}$")
    contacts: pl.Int32 = pa.Field(ge=1)


class FieldState(pa.DataFrameModel):
    """sync.field_state: one row per person of the season and field both sides may say."""

    person_id: str = pa.Field(str_matches=PID)
    field: str
    direction: str = pa.Field(isin=["from form", "both ways", "from Givebutter"])
    outcome: str = pa.Field(isin=["same", "ours", "theirs", "locked", "conflict"])
    changed_by: str = pa.Field(isin=["nobody", "ours", "theirs", "both", "unknown"])
    in_doubt: bool
    value: str
    value_from: str


class Issue(pa.DataFrameModel):
    """people.issue: what a human should look at."""

    fingerprint: str = pa.Field(unique=True)
    code: str
    severity: str = pa.Field(isin=["critical", "error", "warning", "info"])
    title: str
    action: str


class Mentor(pa.DataFrameModel):
    """mentors.mentor: one row per person and season."""

    person_id: str = pa.Field(str_matches=PID)
    season: str
    preferred_name: str = pa.Field(nullable=True)
    phone: str = pa.Field(nullable=True, str_matches=E164)
    personal_email: str = pa.Field(nullable=True, str_matches=EMAIL)
    school_email: str = pa.Field(nullable=True, str_matches=EMAIL)
    status: str = pa.Field(
        isin=["needs_setup", "needs_page", "needs_fundraising", "needs_training", "complete", "dropped"]
    )
    givebutter_contact_id: str = pa.Field(nullable=True)


class Task(pa.DataFrameModel):
    """mentors.task: what a mentor has done."""

    person_id: str = pa.Field(str_matches=PID)
    season: str
    signup_done: bool
    setup_done: bool
    campaign_member: bool
    fundraised_done: bool
    training_done: bool
    dropped: bool


class ContactMatch(pa.DataFrameModel):
    """mentors.contact_match: a mentor's candidates among Givebutter's contacts."""

    person_id: str = pa.Field(str_matches=PID)
    season: str
    contact_id: str = pa.Field(str_matches=CONTACT_ID)
    evidence: pl.Int32 = pa.Field(in_range={"min_value": 0, "max_value": 6})
    chosen: bool


class Outcome(pa.DataFrameModel):
    """exports.outcome: what became of a row that left."""

    export_id: int
    row_number: int
    person_id: str = pa.Field(str_matches=PID)
    outcome: str = pa.Field(
        isin=["created", "updated", "rejected", "merged", "gone", "unchanged", "superseded", "unknown"]
    )
    detail: str


CONTRACTS: dict[str, type[pa.DataFrameModel]] = {
    "contacts.contact": Contact,
    "contacts.phone": Phone,
    "contacts.email": Email,
    "identity.evidence": Evidence,
    "people.crosswalk": Crosswalk,
    "people.person": Person,
    "sync.field_state": FieldState,
    "people.issue": Issue,
    "mentors.mentor": Mentor,
    "mentors.task": Task,
    "mentors.contact_match": ContactMatch,
    "exports.outcome": Outcome,
}
