"""Readings of Airtable one after another, as runs make them: what the tables hold is what the account holds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import FetchOutcome, fetch_entity
from contact_pipeline.landing.changes import land_whole
from contact_pipeline.landing.load import load_pending
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.landing.tables import create_tables
from contact_pipeline.sandbox.simulators import RunningSimulators, SimulatorData, SimulatorOptions, serve
from contact_pipeline.sandbox.simulators.airtable_tables import Table
from contact_pipeline.sources.airtable.roles import write_roles
from contact_pipeline.sources.entities import AIRTABLE_RECORDS
from contact_pipeline.sources.errors import SourceRefused
from contact_pipeline.warehouse.models import all_models, run_model
from contact_pipeline_tests.sources.airtable_bases import BASE, EMAIL, NAME, TABLE, base, record_id
from contact_pipeline_tests.sources.helpers import KEY, FakeClock
from contact_pipeline_tests.sources.matrix import on_this_clock

COUNT = 40
PEOPLE = {"base": BASE, "table": TABLE, "fields": {NAME: "full_name", EMAIL: "email"}}


@dataclass
class Account:
    """A running account, a home that reads it, and the clock of both."""

    running: RunningSimulators
    home: Path
    clock: FakeClock
    webhooks: dict[str, str]

    @property
    def table(self) -> Table:
        return self.running.airtable.account.base(BASE).table(TABLE)

    @property
    def settings(self) -> Settings:
        airtable: dict[str, Any] = {
            "base_url": self.running.airtable_url,
            "tables": {"people": PEOPLE},
            "webhooks": self.webhooks,
            "calls_per_month": None,
        }
        return Settings(home=self.home, now=self.clock.now(), airtable=airtable)  # type: ignore[arg-type]

    def watch(self) -> None:
        """Have a webhook made, as `connect` would, and name it in the settings."""
        book = self.running.airtable.account.base(BASE).webhooks
        filters = {"dataTypes": ["tableData"]}
        self.webhooks = {BASE: book.add({"specification": {"options": {"filters": filters}}})["id"]}

    def read(self) -> FetchOutcome:
        """One run's reading."""
        self.clock.sleep(60)
        with on_this_clock(self.clock, None):
            return fetch_entity(AIRTABLE_RECORDS, self.settings, log=lambda _: None)

    def known(self) -> dict[str, str]:
        """Record id to name, as the tables say."""
        with duckdb.connect() as connection:
            connection.execute("create schema contacts")
            create_tables(connection)
            load_pending(connection, LandingStore(self.settings.landing), self.clock.now(), entity=AIRTABLE_RECORDS)
            write_roles(connection, self.settings.airtable.tables)
            for table in ("airtable_latest", "airtable_value", "airtable_refusal", "airtable_record"):
                run_model(connection, all_models()[f"contacts.{table}"])
            rows = connection.execute("select record_id, first_raw from contacts.airtable_record").fetchall()
        return {record.rpartition("/")[2]: name for record, name in rows}

    def actual(self) -> dict[str, str]:
        """Record id to name, as the account says."""
        return {row["id"]: row["fields"].get(NAME) for row in self.table.rows}


@contextmanager
def opened(home: Path) -> Iterator[Account]:
    clock = FakeClock()
    options = SimulatorOptions(now=clock.now, monotonic=clock.monotonic)
    with serve(SimulatorData(airtable_bases=[base(COUNT)]), options=options) as running:
        yield Account(running, home, clock, {})


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    monkeypatch.setenv("AIRTABLE_API_KEY", KEY)
    with opened(tmp_path / "home") as place:
        yield place


def test_what_a_webhook_told_is_what_the_tables_hold(account: Account) -> None:
    account.watch()
    account.read()
    account.table.write([{"id": record_id(3), "fields": {NAME: "Changed"}}])
    account.table.write([{"fields": {NAME: "New"}}])
    account.table.delete([record_id(4)])
    outcome = account.read()
    assert outcome.calls == 2
    assert account.known() == account.actual()
    assert len(account.known()) == COUNT


def test_a_quiet_hour_costs_one_call_a_reading_and_lands_nothing(account: Account) -> None:
    account.watch()
    assert account.read().new
    outcomes = [account.read() for _ in range(4)]
    assert [(outcome.new, outcome.calls) for outcome in outcomes] == [(False, 1)] * 4


def test_everything_is_read_now_and_then_and_lands_only_if_it_says_something_new(account: Account) -> None:
    account.watch()
    account.read()
    account.clock.sleep(timedelta(hours=6).total_seconds())
    whole = account.read()
    assert (whole.new, whole.records) == (False, COUNT)
    assert whole.calls > 1
    account.clock.sleep(timedelta(hours=6).total_seconds())
    account.table.data["records"] = [row for row in account.table.rows if row["id"] != record_id(7)]  # nobody is told
    assert account.read().new
    assert account.known() == account.actual()


def test_reading_everything_now_and_then_keeps_the_webhook_alive(account: Account) -> None:
    account.watch()
    for _ in range(4):
        account.read()
        account.clock.sleep(timedelta(days=5).total_seconds())
    assert account.running.airtable.account.base(BASE).webhooks.listed()
    account.table.write([{"id": record_id(3), "fields": {NAME: "Changed"}}])
    account.read()
    assert account.known() == account.actual()


def test_without_a_webhook_everything_is_read_every_time(account: Account) -> None:
    account.read()
    account.table.delete([record_id(4)])
    account.table.write([{"id": record_id(3), "fields": {NAME: "Changed"}}])
    assert account.read().new
    assert account.known() == account.actual()
    assert not account.read().new


def test_a_list_that_loses_most_of_its_records_is_not_believed(account: Account) -> None:
    account.read()
    account.table.data["records"] = account.table.rows[:5]
    with pytest.raises(SourceRefused, match="of 40 known records only 5 are listed"):
        account.read()
    assert len(account.known()) == COUNT


def test_a_table_taken_out_of_the_settings_takes_its_contacts_along(account: Account) -> None:
    other = account.running.airtable.account.base(BASE).tables[1]
    other.write([{"fields": {"Place": "Tampa"}}])
    with on_this_clock(account.clock, None):
        both = {"people": PEOPLE, "places": {"base": BASE, "table": other.id, "fields": {}}}
        settings = account.settings.model_copy(
            update={"airtable": account.settings.airtable.model_validate({**_dumped(account), "tables": both})}
        )
        fetch_entity(AIRTABLE_RECORDS, settings, log=lambda _: None)
    assert len(account.known()) == COUNT + 1
    account.read()
    assert account.known() == account.actual()


def _dumped(account: Account) -> dict[str, Any]:
    return account.settings.airtable.model_dump()


def test_the_same_records_in_another_order_are_nothing_new(tmp_path: Path) -> None:
    store = LandingStore(tmp_path)
    records = [{"key": f"b/t/{number}", "id": str(number), "fields": {}} for number in range(3)]
    arrivals = [
        land_whole(
            store, AIRTABLE_RECORDS, [b"page"], lambda _, given=given: given, now=FakeClock().now(), cursor="here"
        )
        for given in (records, records[::-1])
    ]
    assert [arrival.status for arrival in arrivals] == ["landed", "unchanged"]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_between_readings_the_tables_hold_what_the_account_holds(account: Account, seed: int) -> None:
    chance = random.Random(seed)
    account.watch()
    account.read()
    for step in range(5):
        for _ in range(chance.randint(0, 4)):
            happen(account, chance, step)
        account.read()
        assert account.known() == account.actual(), step


def happen(account: Account, chance: random.Random, step: int) -> None:
    """One thing somebody does to the account, or time does to the webhook."""
    row = chance.choice(account.table.rows)["id"]
    what = chance.choice(["edit", "edit", "make", "delete", "come back", "rename", "wait", "long wait", "webhook"])
    if what == "edit":
        account.table.write([{"id": row, "fields": {NAME: f"Edited {step}"}}])
    elif what == "make":
        account.table.write([{"fields": {NAME: f"Made {step}"}} for _ in range(3)])
    elif what == "delete":
        account.table.delete([row])
    elif what == "come back":
        kept = account.table.get(row)
        account.table.delete([row])
        account.table.rows.append(kept)
        account.table.write([{"id": row, "fields": {NAME: f"Back {step}"}}])
    elif what == "rename":
        account.table.change_field(EMAIL, {"name": f"E-mail {step}"})
    elif what == "webhook":
        account.watch()
    else:
        account.clock.sleep(timedelta(days=8 if what == "long wait" else 1).total_seconds())
