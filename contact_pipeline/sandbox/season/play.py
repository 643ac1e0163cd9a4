"""Letting the pipeline live through a season: reading the simulated accounts, refreshing, writing files.

The steps somebody takes with the command line, as calls, belong here. A refresh runs every asset of the job once, in
order, without Dagster's bookkeeping: a season has dozens.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contact_pipeline.config import SETTINGS_FILE, Settings
from contact_pipeline.sandbox.campaign.givebutter import CustomField
from contact_pipeline.sandbox.season.world import CAMPAIGN, SETUPS, SIGNUPS, TRAINING, World, blank_accounts
from contact_pipeline.sandbox.simulators import SimulatorOptions, serve
from contact_pipeline.sandbox.simulators.data import SANDBOX_KEY
from contact_pipeline.sandbox.simulators.givebutter_export import export_csv
from contact_pipeline.sandbox.simulators.givebutter_import import Imported, ImportManner, import_csv

if TYPE_CHECKING:
    import duckdb

START = datetime(2026, 9, 7, 12, tzinfo=UTC)
NOW_VARIABLE = "CONTACT_PIPELINE_NOW"


@dataclass
class Clock:
    """The simulated time; the pipeline's and the accounts' clock at once."""

    now: datetime = START

    def __call__(self) -> datetime:
        """The present moment."""
        return self.now

    def pass_time(self, **span: float) -> None:
        """Let time pass, for example `days=7`."""
        self.now += timedelta(**span)
        os.environ[NOW_VARIABLE] = self.now.isoformat()


@dataclass
class Stage:
    """A home, its accounts and the time; everything a person does with them is one call."""

    home: Path
    world: World
    clock: Clock
    imported: list[Imported] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The home's settings at this moment."""
        return Settings(home=self.home)

    def read(self) -> list[str]:
        """Read every configured list over the APIs; gives those that brought something new."""
        from contact_pipeline.landing.arriving import fetch_entity
        from contact_pipeline.sources.fetching import FETCHED, configured

        settings = self.settings
        return [
            entity.key
            for entity in FETCHED
            if configured(entity, settings) and fetch_entity(entity, settings, log=lambda _: None).new
        ]

    def drop(self, name: str, data: bytes) -> None:
        """Put a file into Givebutter's inbox, as a person does, a minute before now."""
        inbox = self.settings.inbox / "givebutter"
        inbox.mkdir(parents=True, exist_ok=True)
        path = inbox / name
        path.write_bytes(data)
        before = self.clock.now.timestamp() - 60
        os.utime(path, (before, before))

    def drop_export(self) -> None:
        """Download "Export All Contacts" and drop it."""
        self.drop(f"contacts-{self.clock.now:%Y-%m-%d}-{self.clock.now:%H%M%S}.csv", export_csv(self.world.book))

    def refresh(self) -> None:
        """Rebuild and publish, as the refresh job does."""
        from contact_pipeline.automation.plain import refresh_plainly

        refresh_plainly(self.settings)

    def import_file(self, manner: ImportManner | None = None) -> Imported:
        """Import the newest file we wrote into Givebutter; its failed rows come back into the inbox."""
        file = self.settings.exports / "givebutter" / "givebutter-import.csv"
        done = import_csv(self.world.book, file.read_bytes(), manner)
        self.imported.append(done)
        if done.errors_file:
            self.drop(f"errors-{self.clock.now:%Y%m%d%H%M%S}.csv", done.errors_file)
        return done

    @contextmanager
    def published(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The snapshot, read-only."""
        from contact_pipeline.warehouse.publish import open_published

        with open_published(self.settings.published) as connection:
            yield connection

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the snapshot."""
        with self.published() as connection:
            found: list[tuple[Any, ...]] = connection.execute(sql, values).fetchall()
            return found

    def ask_ledger(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the ledger."""
        import sqlite3
        from contextlib import closing

        with closing(sqlite3.connect(self.home / "ledger.sqlite")) as ledger:
            return ledger.execute(sql).fetchall()


@contextmanager
def stage(home: Path, *, seed: int = 1, options: SimulatorOptions | None = None) -> Iterator[Stage]:
    """A new home on blank accounts, served until the block ends; the environment points at them meanwhile."""
    clock = Clock()
    title_of = season_fields(home)
    options = options or SimulatorOptions(now=clock, givebutter_calls_per_minute=100_000)
    with serve(blank_accounts(title_of), options=options) as running, _environment(running, clock):
        yield Stage(home, World(running, clock, seed), clock)


def season_fields(home: Path) -> tuple[CustomField, ...]:
    """Write the home's settings and its season; gives the custom fields Givebutter has for it."""
    import tomlkit

    from contact_pipeline.mentors.season import EXAMPLE, read_season, season_path

    home.mkdir(parents=True, exist_ok=True)
    (home / SETTINGS_FILE).write_text(
        'workspace = "season"\nseason = "2026"\n[givebutter]\ncontacts = true\nwhole_every_hours = 24\n',
        encoding="utf-8",
    )
    document = tomlkit.parse(EXAMPLE.read_text(encoding="utf-8"))
    document["givebutter_campaign"] = CAMPAIGN
    document["consent_asked"] = True
    for name, form in (("signups", SIGNUPS), ("setups", SETUPS), ("training", TRAINING)):
        document["forms"].setdefault(name, {})["id"] = form
    document["forms"]["training"]["questions"] = {
        "fullName": "full_name", "email": "email", "phone": "phone", "mentorId": "mentor_id",
    }  # fmt: skip
    path = season_path(home, "2026")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    fields = read_season(path).custom_fields
    return tuple(CustomField(one.title, one.title, 9_101 + place) for place, one in enumerate(fields))


@contextmanager
def _environment(running: Any, clock: Clock) -> Iterator[None]:
    variables = {
        "CONTACT_PIPELINE_GIVEBUTTER__BASE_URL": running.givebutter_url,
        "CONTACT_PIPELINE_JOTFORM__BASE_URL": running.jotform_url,
        Settings().givebutter.credential: SANDBOX_KEY,
        Settings().jotform.credential: SANDBOX_KEY,
        NOW_VARIABLE: clock.now.isoformat(),
    }
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
