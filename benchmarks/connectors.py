"""Every connector against its simulator, into landing: records, calls, and both per second, at the pace it keeps.

Accounts are small copies of one shape; the simulator runs in a thread of this process, so its time counts too. A rate
of calls near the platform's limit is the limit's doing, not the machine's.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import fetch_entity
from contact_pipeline.sandbox.simulators import Form, RunningSimulators, SimulatorData, SimulatorOptions, serve
from contact_pipeline.sandbox.simulators.contactics import CLIENT_ID
from contact_pipeline.sources.fetching import FETCHINGS
from contact_pipeline_tests.sources.airtable_bases import BASE, EMAIL, NAME, TABLE, base
from contact_pipeline_tests.sources.helpers import (
    CAMPAIGN,
    FORM,
    KEY,
    campaigns,
    contactics_contacts,
    contacts,
    households,
    listomatic_people,
    members,
    submissions,
)

FURTHER = "251330000000399"
KEYS = (
    "GIVEBUTTER_API_KEY",
    "JOTFORM_API_KEY",
    "LISTOMATIC_API_KEY",
    "CONTACTICS_CLIENT_SECRET",
    "AIRTABLE_API_KEY",
)


def measure() -> dict[str, str]:
    """One line per entity."""
    os.environ.update(dict.fromkeys(KEYS, KEY))
    with tempfile.TemporaryDirectory() as folder, serve(_account(), options=SimulatorOptions()) as running:
        settings = Settings(home=Path(folder) / "home", first_load_days=0, **_platforms(running))
        return {key: _read(key, settings) for key, it in FETCHINGS.items() if it.configured(settings)}


def _read(key: str, settings: Settings) -> str:
    began = time.monotonic()
    outcome = fetch_entity(FETCHINGS[key].entity, settings, log=lambda _: None, beyond_budget=True)
    seconds = time.monotonic() - began
    return (
        f"{outcome.records:>6,} records, {outcome.calls:>3} calls, {seconds:5.1f} s: "
        f"{outcome.records / seconds:>7,.0f} records/s, {outcome.calls / seconds:5.1f} calls/s"
    )


def _account() -> SimulatorData:
    return SimulatorData(
        members=members(2_000),
        contacts=contacts(10_000),
        households=households(500),
        campaigns=campaigns(200),
        forms=[
            Form(FORM, "Mentor sign-up", submissions(5_000)),
            Form(FURTHER, "Training", submissions(1_000, FURTHER)),
        ],
        listomatic_people=listomatic_people(5_000),
        contactics_contacts=contactics_contacts(5_000),
        airtable_bases=[base(5_000)],
    )


def _platforms(running: RunningSimulators) -> dict[str, Any]:
    people = {"base": BASE, "table": TABLE, "fields": {NAME: "full_name", EMAIL: "email"}}
    return {
        "givebutter": {"base_url": running.givebutter_url, "campaign": CAMPAIGN, "contacts": True},
        "jotform": {"base_url": running.jotform_url, "forms": {"signups": {"id": FORM}, "training": {"id": FURTHER}}},
        "listomatic": {"base_url": running.listomatic_url},
        "contactics": {"base_url": running.contactics_url, "client_id": CLIENT_ID},
        "airtable": {"base_url": running.airtable_url, "tables": {"people": people}},
    }
