"""Homes for tests: a small invented campaign in a folder of its own, its platforms served on loopback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from contact_pipeline.automation.running import RunOutcome, dagster_home, run_job
from contact_pipeline.config import Settings
from contact_pipeline.sandbox.campaign import Campaign, invent, shuffled, write_sandbox
from contact_pipeline.sandbox.demo import prepare_home, simulated_platforms

TODAY = date(2026, 11, 20)
NOW = "2026-11-20T12:00:00+00:00"
TIMES = ("first_seen", "last_seen", "closed_at", "arrived_at", "observed_at", "published_at", "times_seen")
"""Columns that say when something happened here: the one thing two equal runs differ in."""

PEOPLE_TABLES = (
    "people.person", "people.crosswalk", "people.field_value", "people.consent", "people.participation",
    "people.household", "people.issue", "contacts.contact", "contacts.phone", "contacts.email", "identity.pair",
    "exports.givebutter_row", "exports.givebutter_hold",
)  # fmt: skip


def small_campaign() -> Campaign:
    """As few contacts as hold every case."""
    return invent(7, today=TODAY, contacts=1_600, mentors=160, former_mentors=40)


WITHOUT_EVENTS = """
event_log_storage:
  module: contact_pipeline_tests.no_events
  class: NoEvents
"""
"""For homes whose history no test reads."""


def new_home(folder: Path, *, shuffle: int | None = None, history: bool = False) -> Settings:
    """A home with the small campaign's export in its inbox; with `history` Dagster keeps its events in files."""
    campaign = small_campaign()
    settings = Settings(home=folder)
    folder.mkdir(parents=True)
    write_sandbox(campaign if shuffle is None else shuffled(campaign, shuffle), settings.sandbox)
    prepared = prepare_home(settings, today=TODAY, say=lambda _: None)
    settle(prepared)
    if not history:
        forget_events(prepared)
    return prepared


def forget_events(settings: Settings) -> None:
    """Let the home's Dagster keep no events, neither those of runs before nor of runs to come."""
    shutil.rmtree(settings.home / "dagster", ignore_errors=True)
    with (dagster_home(settings) / "dagster.yaml").open("a", encoding="utf-8") as shipped:
        shipped.write(WITHOUT_EVENTS)
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])  # for runs in processes of their own


def settle(settings: Settings) -> None:
    """Make waiting files look old enough to be taken: nobody is still writing them."""
    for file in settings.inbox.glob("*/*"):
        long_ago = datetime.fromisoformat(NOW).timestamp() - 3600
        os.utime(file, (long_ago, long_ago))


def run(settings: Settings, *, quiet: bool = True) -> tuple[RunOutcome, RunOutcome]:
    """Fetch and refresh, as a schedule and a sensor would."""
    with simulated_platforms(settings):
        fetched = run_job("fetch", settings, quiet=quiet)
        refreshed = run_job("refresh", settings, quiet=quiet)
    return fetched, refreshed


@contextmanager
def warehouse_of(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, read-only; only while nothing runs."""
    connection = duckdb.connect(str(settings.warehouse), read_only=True)
    connection.execute("set timezone = 'UTC'")
    try:
        yield connection
    finally:
        connection.close()


def content_of(settings: Settings, tables: tuple[str, ...] = PEOPLE_TABLES) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables, sorted, without the columns of TIMES and the batch's position in a file."""
    content: dict[str, list[tuple[Any, ...]]] = {}
    with warehouse_of(settings) as connection:
        for table in tables:
            left_out = [name for name in (*TIMES, "line", "batch_id") if name in _columns(connection, table)]
            exclude = f" exclude ({', '.join(left_out)})" if left_out else ""
            rows = connection.execute(f"select * {exclude} from {table}").fetchall()
            content[table] = sorted(rows, key=repr)
    return content


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [row[0] for row in connection.execute(f"describe {table}").fetchall()]


def copy_home(settings: Settings, folder: Path, *, history: bool = False) -> Settings:
    """The same home in another place; Dagster's history comes along and goes on only with `history`."""
    shutil.copytree(settings.home, folder, ignore=None if history else shutil.ignore_patterns("dagster"))
    copy = Settings(home=folder)
    if not history:
        forget_events(copy)
    return copy
