"""Promises about every connector under every fault: the tables come out as if nothing had happened."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import fetch_entity, open_ledger
from contact_pipeline.sandbox.simulators import Fault, Form, RunningSimulators, SimulatorData
from contact_pipeline.sandbox.simulators.contactics import CLIENT_ID
from contact_pipeline.sandbox.simulators.faults import PAGE_FAULTS
from contact_pipeline.sandbox.simulators.journal import Request
from contact_pipeline.sources.entities import (
    AIRTABLE_FIELDS,
    AIRTABLE_RECORDS,
    CONTACTICS_CONTACTS,
    GIVEBUTTER_API_CONTACTS,
    GIVEBUTTER_CAMPAIGNS,
    GIVEBUTTER_COMPANIES,
    GIVEBUTTER_HOUSEHOLDS,
    GIVEBUTTER_MEMBERS,
    JOTFORM_FURTHER_FORMS,
    JOTFORM_QUESTIONS,
    JOTFORM_SETUPS,
    JOTFORM_SIGNUPS,
    LISTOMATIC_PEOPLE,
)
from contact_pipeline.sources.errors import SourceUnavailable
from contact_pipeline.sources.fetching import FETCHED
from contact_pipeline.sources.jotform.client import PASSES
from contact_pipeline_tests.sources.airtable_bases import BASE, EMAIL, NAME, TABLE, base
from contact_pipeline_tests.sources.fault_figures import note
from contact_pipeline_tests.sources.faults import PASSING, named
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
from contact_pipeline_tests.sources.matrix import (
    SEEDS,
    Connector,
    World,
    Worlds,
    equal_tables,
    invented_world,
    landed_records,
    on_this_clock,
    read_until_landed,
    settings_of,
)

PAGE = 10
PAGE_SIZES = {
    "givebutter": "PER_PAGE",
    "jotform": "PAGE_LIMIT",
    "listomatic": "PER_PAGE",
    "contactics": "PER_PAGE",
    "airtable": "PER_PAGE",
}
GIVEBUTTER_RATE = (500, 60.0)
JOTFORM_RATE = (5, 1.0)


@pytest.fixture(autouse=True)
def keys_and_short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of the simulated accounts; pages so short that a small account has several."""
    for name in (
        "GIVEBUTTER_API_KEY",
        "JOTFORM_API_KEY",
        "LISTOMATIC_API_KEY",
        "CONTACTICS_CLIENT_SECRET",
        "AIRTABLE_API_KEY",
    ):
        monkeypatch.setenv(name, KEY)
    for client, constant in PAGE_SIZES.items():
        monkeypatch.setattr(f"contact_pipeline.sources.{client}.client.{constant}", PAGE)


def member_account(chance: random.Random) -> SimulatorData:
    """Members of whom whole pages share one time of change."""
    rows = members(chance.randint(2 * PAGE + 1, 4 * PAGE))
    for row in rows[5:45]:
        row["updated_at"] = "2026-05-02T18:22:10+00:00"
    return SimulatorData(members=rows)


def contact_account(chance: random.Random) -> SimulatorData:
    """Contacts of whom many were made, and changed, at one moment, on both sides of a page's edge."""
    rows = contacts(chance.randint(2 * PAGE + 1, 4 * PAGE))
    for row in rows[PAGE - 5 : PAGE + 5]:
        row["created_at"] = row["updated_at"] = rows[PAGE]["created_at"]
    return SimulatorData(contacts=rows)


def company_account(chance: random.Random) -> SimulatorData:
    account = contact_account(chance)
    for number, row in enumerate(account.contacts):
        row.update(type="company", company_name=f"Company {number}", first_name=None, last_name=None)
    return account


def household_account(chance: random.Random) -> SimulatorData:
    return SimulatorData(households=households(chance.randint(2 * PAGE + 1, 4 * PAGE)))


def campaign_account(chance: random.Random) -> SimulatorData:
    return SimulatorData(campaigns=campaigns(chance.randint(2 * PAGE + 1, 4 * PAGE)))


def form_account(chance: random.Random) -> SimulatorData:
    """Submissions around both changes of New York's clocks, one hour of which happens twice and one never."""
    rows = submissions(chance.randint(2 * PAGE + 1, 4 * PAGE))
    for number, moment in enumerate(("2026-11-01 01:30:00", "2026-11-01 01:30:00", "2026-03-08 02:30:00")):
        rows[PAGE - 1 + number]["created_at"] = moment
        rows[PAGE - 1 + number]["updated_at"] = moment
    return SimulatorData(forms=[Form(FORM, "Mentor sign-up", rows)])


def listomatic_account(chance: random.Random) -> SimulatorData:
    return SimulatorData(listomatic_people=listomatic_people(chance.randint(2 * PAGE + 1, 4 * PAGE)))


def contactics_account(chance: random.Random) -> SimulatorData:
    """Contacts of whom many changed in the same millisecond, on both sides of a page's edge."""
    rows = contactics_contacts(chance.randint(2 * PAGE + 1, 4 * PAGE))
    for row in rows[PAGE - 5 : PAGE + 5]:
        row["modified"] = rows[PAGE]["modified"]
    return SimulatorData(contactics_contacts=rows)


def airtable_account(chance: random.Random) -> SimulatorData:
    """Records of whom many were made at one moment, on both sides of a page's edge."""
    account = base(chance.randint(2 * PAGE + 1, 4 * PAGE))
    rows = account["tables"][0]["records"]
    for row in rows[PAGE - 5 : PAGE + 5]:
        row["createdTime"] = rows[PAGE]["createdTime"]
    return SimulatorData(airtable_bases=[account])


def givebutter(running: RunningSimulators) -> dict[str, Any]:
    return {"base_url": running.givebutter_url, "campaign": CAMPAIGN}


def givebutter_contacts(running: RunningSimulators) -> dict[str, Any]:
    return {"base_url": running.givebutter_url, "contacts": True}


def jotform(form: str, running: RunningSimulators) -> dict[str, Any]:
    return {"base_url": running.jotform_url, "forms": {form: {"id": FORM}}}


def listomatic(running: RunningSimulators) -> dict[str, Any]:
    return {"base_url": running.listomatic_url}


def contactics(running: RunningSimulators) -> dict[str, Any]:
    return {"base_url": running.contactics_url, "client_id": CLIENT_ID}


def airtable(running: RunningSimulators) -> dict[str, Any]:
    people = {"base": BASE, "table": TABLE, "fields": {NAME: "full_name", EMAIL: "email"}}
    return {"base_url": running.airtable_url, "tables": {"people": people}}


CONNECTORS = {
    connector.entity.key: connector
    for connector in (
        Connector(GIVEBUTTER_MEMBERS, member_account, givebutter, *GIVEBUTTER_RATE),
        Connector(GIVEBUTTER_API_CONTACTS, contact_account, givebutter_contacts, *GIVEBUTTER_RATE),
        Connector(GIVEBUTTER_COMPANIES, company_account, givebutter_contacts, *GIVEBUTTER_RATE),
        Connector(
            GIVEBUTTER_HOUSEHOLDS,
            household_account,
            givebutter_contacts,
            *GIVEBUTTER_RATE,
            late=("row_inserted", "row_deleted"),
        ),
        Connector(GIVEBUTTER_CAMPAIGNS, campaign_account, givebutter_contacts, *GIVEBUTTER_RATE),
        Connector(JOTFORM_SIGNUPS, form_account, partial(jotform, "signups"), *JOTFORM_RATE),
        Connector(JOTFORM_SETUPS, form_account, partial(jotform, "setups"), *JOTFORM_RATE),
        Connector(JOTFORM_FURTHER_FORMS, form_account, partial(jotform, "training"), *JOTFORM_RATE),
        Connector(JOTFORM_QUESTIONS, form_account, partial(jotform, "signups"), *JOTFORM_RATE),
        Connector(LISTOMATIC_PEOPLE, listomatic_account, listomatic, 120, 60.0),
        Connector(CONTACTICS_CONTACTS, contactics_account, contactics, 10, 1.0, heals=("expired_key",)),
        Connector(AIRTABLE_RECORDS, airtable_account, airtable, 5, 1.0, late=("row_deleted",)),
        Connector(AIRTABLE_FIELDS, airtable_account, airtable, 5, 1.0),
    )
}
"""Every entity that is fetched; a new one is missing here until somebody says how its account looks."""

OWN_FAULTS = {
    "airtable": [Fault("stale_cursor"), Fault("field_renamed"), Fault("quota_429")],
    "listomatic": [Fault("stale_cursor")],
    "jotform": [Fault("wrong_offset"), Fault("quota_429"), Fault("quota_403"), Fault("quota_200")],
}
PERMANENT = [Fault("expired_key"), Fault("forbidden"), Fault("billing"), Fault("redirect")]
ONE_ANSWER = (JOTFORM_QUESTIONS.key, AIRTABLE_FIELDS.key)
"""Entities that come in one answer, not in pages: faults of pages cannot strike them, and a third fault in a row would
be a fourth call."""
LISTS = "contacts"
"""In the path of every list of Contactics, and not in that of its tokens."""

CASES = [
    pytest.param(key, fault, id=f"{key} {named(fault)}")
    for key, connector in CONNECTORS.items()
    for fault in [*PASSING, *PERMANENT, *OWN_FAULTS.get(connector.entity.source, [])]
    if not (key in ONE_ANSWER and fault.name in PAGE_FAULTS)
]


def once(connector: Connector, fault: Fault) -> bool:
    """Whether a fault strikes a single time.

    A list changes once; a fresh token is refused for a reason; and the lists of Listomatic, Airtable and Givebutter's
    households carry no total, so a page that is cut alike every time it is asked for cannot be told from a shorter one;
    of the bare arrays of households an empty one is such a page too.
    """
    without_total = connector.entity.source in ("listomatic", "airtable") or connector.entity is GIVEBUTTER_HOUSEHOLDS
    empty_array = connector.entity is GIVEBUTTER_HOUSEHOLDS and fault.name == "not_an_object"
    cut = without_total and (fault.name.startswith("missing_") or empty_array)
    return cut or fault.name.startswith("row_") or fault.name in connector.heals


def outlasts(fault: Fault, count: int) -> bool:
    """Whether a list may come short as often as one run reads it: that run refuses it, and the next one lands it."""
    return fault.name.startswith("missing_") and count >= PASSES


def strikable(fault: Fault, asked: list[Request]) -> int:
    """How many of these requests the fault could have struck."""
    return sum(fault.matches(request.platform, request.path, request.is_list) for request in asked)


def test_every_connector_is_in_the_matrix() -> None:
    assert set(CONNECTORS) == {entity.key for entity in FETCHED}


@pytest.fixture(scope="module")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a ledger and nothing else, to be copied: making its tables takes longer than a case."""
    home = tmp_path_factory.mktemp("empty") / "home"
    open_ledger(Settings(home=home)).close()
    return home


@pytest.fixture(scope="module")
def worlds(empty_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    kept = Worlds(empty_home, tmp_path_factory.mktemp("worlds"))
    yield kept
    kept.close()


@contextmanager
def world_for(
    connector: Connector, fault: Fault, seed: int, worlds: Worlds, empty_home: Path, home: Path
) -> Iterator[World]:
    """An account for one case: its own where the fault changes what the account holds, else the shared one."""
    if not (fault.name.startswith("row_") or fault.name == "field_renamed"):
        yield worlds.shared(connector, seed)
    else:
        with invented_world(connector, seed, empty_home, home) as world:
            yield world


PAGED = [key for key in CONNECTORS if key not in (*ONE_ANSWER, GIVEBUTTER_HOUSEHOLDS.key, GIVEBUTTER_CAMPAIGNS.key)]
"""Lists that may be long: a break in them costs one page, not all."""


@pytest.mark.parametrize("key", PAGED)
def test_a_reading_that_breaks_off_goes_on_behind_its_last_page(
    key: str, worlds: Worlds, empty_home: Path, tmp_path: Path
) -> None:
    connector = CONNECTORS[key]
    world = worlds.shared(connector, 0)
    home = shutil.copytree(empty_home, tmp_path / "home")
    platform = connector.entity.source
    lists = sum(request.is_list for request in world.asked)
    down = Fault("server_error", count=0, after=len(world.asked) - 1, platform=platform)
    world.running.faults.set(down)
    with on_this_clock(world.clock, down):
        with pytest.raises(SourceUnavailable):
            fetch_entity(connector.entity, settings_of(connector, world.running, home, world.clock), log=str)
        kept = len(list(home.glob("landing/.partial/*/*.body")))
        world.running.faults.clear()
        world.running.journal.clear()
        settings = settings_of(connector, world.running, home, world.clock)
        assert fetch_entity(connector.entity, settings, log=str).new
    assert kept >= 2
    assert landed_records(settings) == world.undisturbed.landed
    again = sum(request.is_list for request in world.running.journal.requests(platform))
    assert again <= lists - kept + 1, "the last kept page once more, then those that were missing"
    assert not list(home.glob("landing/.partial/*/*.body"))


@pytest.mark.parametrize(("key", "fault"), CASES)
def test_the_tables_are_those_of_an_undisturbed_reading(
    key: str, fault: Fault, worlds: Worlds, empty_home: Path, tmp_path: Path
) -> None:
    """Whatever went wrong: equal tables, no faster than allowed, at most three times the calls."""
    connector = CONNECTORS[key]
    if fault.name in connector.heals:
        fault = replace(fault, path=LISTS)  # the same answer to a request for a token is no passing one
    for seed in range(SEEDS):
        chance = random.Random(f"{key} {named(fault)} {seed}")
        with world_for(connector, fault, seed, worlds, empty_home, tmp_path / f"{seed} before") as world:
            running, undisturbed = world.running, world.undisturbed
            after = chance.randrange(strikable(fault, world.asked))
            count = fault.count if once(connector, fault) else chance.randint(1, 2 if key in ONE_ANSWER else 3)
            running.faults.set(replace(fault, count=count, after=after, platform=connector.entity.source))
            read = partial(read_until_landed, connector, running, empty_home, clock=world.clock)
            disturbed = read(tmp_path / f"{seed} disturbed", fault=fault)
            running.faults.clear()
            assert any(request.fault == fault.name for request in running.journal.requests()), "it never struck"
            expected = read(tmp_path / f"{seed} after") if fault.name.startswith("row_") else undisturbed
        where = f"seed {seed}, after {after} calls, {count} times"
        late = fault.name in connector.late
        equal = equal_tables(disturbed, expected, connector.entity, late=late)
        note(
            connector=key,
            fault=named(fault),
            seed=seed,
            equal=equal,
            calls=disturbed.calls / (2 if late else 1),
            quiet=undisturbed.calls,
            rate=disturbed.busiest,
            limit=connector.calls,
        )
        assert equal, where
        assert disturbed.calls <= 3 * undisturbed.calls * (2 if late else 1), where
        assert disturbed.busiest <= connector.calls, where
        stops = fault in PERMANENT or "quota" in fault.name
        assert bool(disturbed.refusals) == stops or outlasts(fault, count), where
