"""The fault matrix: every entity that comes over an API, against every fault, as tables.

One case invents an account, reads it undisturbed into one home and with a fault into another, through the same
functions as a run, and compares what the contact tables hold afterwards. How an account is invented and what the
settings say of it is all that is particular to an entity. Faults that leave an account as it was share one account and
one undisturbed reading of it: that is half of the work.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import fetch_entity
from contact_pipeline.landing.load import load_pending
from contact_pipeline.landing.pages import RECORDS_FILE
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.sandbox.simulators import Fault, RunningSimulators, SimulatorData, SimulatorOptions, serve
from contact_pipeline.sandbox.simulators.journal import Request
from contact_pipeline.sources import http
from contact_pipeline.sources.airtable.roles import write_roles
from contact_pipeline.sources.entities import ENTITIES, Entity
from contact_pipeline.sources.errors import QuotaExhausted, SourceError, SourceRefused
from contact_pipeline.sources.jotform.forms import write_forms, write_questions
from contact_pipeline.warehouse.models import SqlModel, all_models, run_model
from contact_pipeline_tests.sources.helpers import FakeClock, limits_for

SEEDS = int(os.environ.get("FAULT_SEEDS", "3"))
"""How many accounts and positions each fault is tried on; `make faults` asks for twenty."""

WHEN = (
    "_batch_id", "batch_id", "_line", "line", "observed_at", "arrived_at", "sequence", "api_batch_id", "api_line",
    "export_batch_id", "export_line", "read_on", "noticed_at",
)  # fmt: skip
"""Columns that say when or as which row something was read, not what it is."""

RUNS = 3
"""How many runs a fault may cost: the one it hits, the one that finds the platform well, one to spare."""

Tables = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Connector:
    """One entity in the matrix.

    Attributes:
        entity: what is read.
        account: invents an account of three or four pages.
        settings: what the settings say about the platform, given the running simulators.
        calls: the platform's own limit: so many calls …
        seconds: … within any window this long.
        heals: faults that are permanent elsewhere and that this client mends by itself.
        late: changes behind the reader's back that only the next reading shows; raw rows of who is gone stay.
    """

    entity: Entity
    account: Callable[[random.Random], SimulatorData]
    settings: Callable[[RunningSimulators], dict[str, Any]]
    calls: int
    seconds: float
    heals: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Outcome:
    """What one home holds after its readings, and what they cost."""

    home: Settings
    landed: list[list[str]]
    calls: int
    refusals: list[str]
    busiest: int


@contextmanager
def on_this_clock(clock: FakeClock, fault: Fault | None) -> Iterator[None]:
    """Let every client wait on the fake clock, and give up quickly on what has to be waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http, "Timekeeper", clock.time_keeper)
        if fault is not None:
            patch.setattr(http, "Politeness", lambda: replace(limits_for(fault), attempts=6))
        yield


def read_until_landed(
    connector: Connector,
    running: RunningSimulators,
    empty_home: Path,
    home: Path,
    clock: FakeClock,
    fault: Fault | None = None,
) -> Outcome:
    """Read the entity as runs would into a copy of `empty_home`, until one lands or the tries are used up."""
    shutil.copytree(empty_home, home)
    refusals: list[str] = []
    running.journal.clear()
    with on_this_clock(clock, fault):
        for _ in range(RUNS):
            settings = settings_of(connector, running, home, clock)
            try:
                fetch_entity(connector.entity, settings, log=lambda _: None)
                break
            except SourceError as error:
                refusals.append(str(error))
                if isinstance(error, SourceRefused | QuotaExhausted):
                    running.faults.clear()
                clock.sleep(timedelta(days=1).total_seconds())
        if fault is not None and fault.name in connector.late:
            clock.sleep(timedelta(days=1).total_seconds())
            settings = settings_of(connector, running, home, clock)
            fetch_entity(connector.entity, settings, log=lambda _: None)
    platform = connector.entity.source
    answered = running.journal.requests(platform)
    busiest = running.journal.busiest(platform, connector.seconds)
    return Outcome(settings, landed_records(settings), len(answered), refusals, busiest)


def landed_records(settings: Settings) -> list[list[str]]:
    """The records of every landed batch, in the batches' order, each batch sorted."""
    store = LandingStore(settings.landing)
    return [sorted((store.path_of(batch) / RECORDS_FILE).read_text("utf-8").split("\n")) for batch in store.manifest()]


def equal_tables(one: Outcome, other: Outcome, entity: Entity, *, late: bool = False) -> bool:
    """Whether both homes give the same tables: surely when the same records landed, else the tables are made.

    After a change that was seen late the raw table still has the row of who is gone: it is left out.
    """
    if one.landed == other.landed:
        return True
    found, expected = tables_of(one.home, entity), tables_of(other.home, entity)
    if late:
        del found[entity.table], expected[entity.table]
    return found == expected


def settings_of(connector: Connector, running: RunningSimulators, home: Path, clock: FakeClock) -> Settings:
    """The home's settings at this moment; read once for an account, as reading them costs as much as three calls."""
    settings = _settings_once(connector.entity.key, running.url, lambda: connector.settings(running))
    return settings.model_copy(update={"home": home, "now": clock.now()})


_read_settings: dict[tuple[str, str], Settings] = {}


def _settings_once(key: str, url: str, said: Callable[[], dict[str, Any]]) -> Settings:
    if (key, url) not in _read_settings:
        _read_settings.clear()
        _read_settings[key, url] = Settings(home=Path("elsewhere"), **{key.partition(".")[0]: said()})
    return _read_settings[key, url]


def tables_of(settings: Settings, entity: Entity) -> Tables:
    """The newest raw row of every record, and the platform's contact tables, sorted and without `WHEN`."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'; create schema contacts")
        of_platform = {key: known for key, known in ENTITIES.items() if known.source == entity.source}
        load_pending(connection, LandingStore(settings.landing), now=settings.clock(), entities=of_platform)
        forms = settings.jotform.forms
        write_forms(
            connection,
            forms={name: form.id for name, form in forms.items()},
            season=settings.season,
            time_zone=settings.jotform.time_zone,
            consent_asked=False,
        )
        write_roles(connection, settings.airtable.tables)
        write_questions(connection, {name: form.questions for name, form in forms.items()})
        newest = (
            f"select r.* from {entity.table} as r join landing.batch as b on r._batch_id = b.batch_id "
            "qualify row_number() over (partition by r._record_id order by b.sequence desc, r._line desc) = 1"
        )
        found = {entity.table: _rows(connection, newest)}
        for model in models_of(entity.source):
            run_model(connection, model)
            found[model.table] = _rows(connection, f"from {model.table}")
        return found


@cache
def models_of(source: str) -> tuple[SqlModel, ...]:
    """The SQL models made of one platform's records alone, in order."""
    models = all_models()
    return tuple(models[table] for table in models if table.startswith(f"contacts.{source}_"))


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    relation = connection.sql(query)
    kept = [name for name in relation.columns if name not in WHEN]
    columns = ", ".join(f'"{name}"' for name in kept)
    return sorted(connection.sql(f"select {columns} from ({query})").fetchall(), key=repr)


@dataclass
class World:
    """An invented account that is served, and how it reads when nothing goes wrong.

    Attributes:
        running: the simulators.
        clock: theirs and the clients'.
        undisturbed: the home of a reading without faults.
        asked: what that reading asked.
    """

    running: RunningSimulators
    clock: FakeClock
    undisturbed: Outcome
    asked: list[Request]


@contextmanager
def invented_world(connector: Connector, seed: int, empty_home: Path, home: Path) -> Iterator[World]:
    """The account of a connector and seed, served, read once into `home`."""
    clock = FakeClock()
    options = SimulatorOptions(now=clock.now, monotonic=clock.monotonic, **connector.options)
    account = connector.account(random.Random(f"{connector.entity.key} {seed}"))
    with serve(account, options=options) as running:
        undisturbed = read_until_landed(connector, running, empty_home, home, clock)
        yield World(running, clock, undisturbed, running.journal.requests(connector.entity.source))


class Worlds:
    """The accounts of one connector, made when first asked for and kept while that connector is tried."""

    def __init__(self, empty_home: Path, folder: Path) -> None:
        self._empty_home = empty_home
        self._folder = folder
        self._open = ExitStack()
        self._key = ""
        self._made = 0
        self._worlds: dict[int, World] = {}

    def shared(self, connector: Connector, seed: int) -> World:
        """The account as it was invented, at the hour it was invented; a case leaves it as it found it."""
        if connector.entity.key != self._key:
            self.close()
            self._key = connector.entity.key
        if seed not in self._worlds:
            self._made += 1
            home = self._folder / str(self._made)
            self._worlds[seed] = self._open.enter_context(invented_world(connector, seed, self._empty_home, home))
        world = self._worlds[seed]
        world.clock.turn_back()
        return world

    def close(self) -> None:
        """Stop serving."""
        self._open.close()
        self._worlds.clear()
