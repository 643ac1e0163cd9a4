"""Imports: `make bench-imports` prints seconds, rows a second and memory beside what is aimed at.

    python -m benchmarks.imports --contacts 1000000 --rows 50000 --large 1000000 --run 100000 --folder /tmp

A file of 50,000 rows with 8 % problems against a million contacts; one of a million rows in an empty home; and the run
that follows an import, half as many rows as contacts. A part whose number is 0 is left out. Every part is measured in a
process of its own, so that the memory is its own. The contacts are the invented ones of `sandbox.campaign.scale`; half
of the file's rows are people who are among them. By hand only; 15 minutes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.table import Clock, Row, alone, peak
from contact_pipeline.config import Settings
from contact_pipeline.identity.clustering import cluster
from contact_pipeline.identity.incremental import link
from contact_pipeline.identity.link_state import State
from contact_pipeline.identity.training import train
from contact_pipeline.imports.applying import apply_import
from contact_pipeline.imports.base import EMPTY
from contact_pipeline.imports.canonical import MODELS
from contact_pipeline.imports.plan import Plan
from contact_pipeline.imports.planning import plan_import
from contact_pipeline.imports.reports import write_report
from contact_pipeline.imports.undoing import undo_import
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.news import wanted_fingerprint
from contact_pipeline.landing.tables import create_raw_table, create_tables
from contact_pipeline.ledger.models import save_model, use_model
from contact_pipeline.ledger.tables import pid
from contact_pipeline.normalize.nickname import build_nicknames
from contact_pipeline.normalize.tables import VALUE_TABLES, Reading
from contact_pipeline.people.ownership import write_ownership
from contact_pipeline.sandbox.campaign.scale import COLUMNS, scaled_contacts, write_scaled_contacts
from contact_pipeline.sources.entities import IMPORTS_PEOPLE
from contact_pipeline.sources.voter_file.given import SOURCES as GIVEN_IN
from contact_pipeline.sources.voter_file.given import write_given_voter_ids
from contact_pipeline.warehouse.connection import open_warehouse
from contact_pipeline.warehouse.fingerprint import link_made_with
from contact_pipeline.warehouse.models import all_models, run_model
from contact_pipeline.warehouse.publish import publish

CONTACTS, ROWS, LARGE, RUN = 1_000_000, 50_000, 1_000_000, 100_000
SHOWN = ", ".join(name for name in COLUMNS if name not in ("record_id", "person"))
ACTOR = "benchmark"

PROBLEMS = """
select * replace (
    case when i % 50 = 0 then '813-555-01' when i % 50 = 1 then '12' else phone end as phone,
    case when i % 50 = 2 then replace(email, '@', ' at ') else email end as email,
    case when i % 50 = 3 then '31/02/1990' else birth_date end as birth_date
) from (select *, row_number() over () as i from wanted)
"""
"""Four rows in fifty have something wrong."""


def write_files(folder: Path, contacts: int, rows: int) -> tuple[Path, Path]:
    """A list of so many contacts, and a file to import: half of it people of that list, half others."""
    everybody = scaled_contacts(contacts + rows // 2, seed=5)
    known, file = folder / "known.csv", folder / "file.csv"
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    connection.register("everybody", everybody)
    connection.execute("create table contact as select *, row_number() over (order by record_id) as n from everybody")
    connection.execute(f"copy (select {SHOWN} from contact where n <= {contacts}) to '{known}' (header true)")
    connection.execute(
        f"create view wanted as select {SHOWN} from contact "
        f"where n > {contacts} or n % {max(1, 2 * contacts // rows)} = 0 order by n"
    )
    connection.execute(f"copy (select {SHOWN} from ({PROBLEMS})) to '{file}' (header true)")
    connection.close()
    return known, file


def make_home(folder: Path, known: Path) -> Settings:
    """A home whose snapshot holds the list's people, made by the models of a run, without landing it."""
    settings = Settings(home=folder / "home")
    with open_warehouse(settings.warehouse, wait_seconds=10, log=print) as connection:
        _contacts(connection, known, settings.clock())
        _people(connection, settings)
        publish(connection, settings.published, fingerprint=wanted_fingerprint(settings), published_at=settings.clock())
    return settings


def _contacts(connection: duckdb.DuckDBPyConnection, known: Path, now: datetime) -> None:
    """The contacts stage for a list that is there as a file."""
    create_tables(connection)
    for entity in {*GIVEN_IN, IMPORTS_PEOPLE}:
        create_raw_table(connection, entity)
    named = {
        "first_raw": "first_name", "middle_raw": "middle_name", "last_raw": "last_name", "suffix_raw": "suffix",
        "birth_raw": "birth_date", "line1_raw": "address_line_1", "line2_raw": "address_line_2", "city_raw": "city",
        "state_raw": "state", "zip_raw": "zip", "phones_raw": "phone", "emails_raw": "email",
    }  # fmt: skip
    connection.execute(
        f"create table as_sent as select row_number() over () as _line, * from read_csv('{known}', all_varchar = true)"
    )
    connection.execute(
        f"insert into {IMPORTS_PEOPLE.table} (_batch_id, _line, _record_id, policy, {', '.join(named)}) "
        f"select 'known', _line, 'known' || _line, 'fill', {', '.join(named.values())} from as_sent"
    )
    connection.execute("drop table as_sent")
    connection.execute(
        "insert into landing.batch (batch_id, source, entity, arrived_at, sequence) values ('known', ?, ?, ?, 1)",
        [IMPORTS_PEOPLE.source, IMPORTS_PEOPLE.name, now],
    )
    models = all_models()
    run_model(connection, models["contacts.import_person"])
    connection.execute("create view contacts.source_record as from contacts.import_person")
    for table in VALUE_TABLES:
        table.build(connection, Reading("US", now.date()))
    build_nicknames(connection, "contacts.nickname")
    write_given_voter_ids(connection, default_state="FL")
    connection.execute(
        "create table identity.written_external_id (external_id varchar, contact_id varchar, first_written timestamptz)"
    )
    for name in MODELS:
        run_model(connection, models[name])


def _people(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Linking, people and their values; PIDs are made up, as minting a million takes the ledger half a minute."""
    ledger = open_ledger(settings)
    try:
        model = train(connection, "identity.evidence")
        version = save_model(ledger, model.as_json(), trained_on="a benchmark", created_at=settings.clock(), metrics={})
        use_model(ledger, version, now=settings.clock(), actor=ACTOR, reason="a benchmark")
    finally:
        ledger.close()
    text = json.dumps(model.as_json())
    connection.execute("create table identity.model as select ? as version, ? as model", [version, text])
    connection.execute(
        "create table identity.decision (contact_id_l varchar, contact_id_r varchar, kind varchar, decision_id integer)"
    )
    link(
        connection, "identity.evidence", model, "identity.pair", state=State("meta.link_"),
        made_with=link_made_with(text, settings.review_threshold), threshold=settings.review_threshold,
    )  # fmt: skip
    cluster(connection, "identity.evidence", "identity.pair", target="identity.cluster", refused="identity.refused")
    connection.execute(
        "create table people.crosswalk as select c.contact_id, 'P' || substr(k.cluster_id, 16) as person_id, c.source, "
        "c.entity, c.record_id from contacts.contact as c join identity.cluster as k on k.record_id = c.contact_id"
    )
    _give_out(connection, settings)
    for table in ("people.decided_value", "sync.field_state"):
        connection.execute(f"create table {table} ({EMPTY['base.' + table]})")
    write_ownership(connection)
    for name in ("people.claim", "people.field_value", "people.person"):
        run_model(connection, all_models()[name])


def _give_out(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Write the made-up PIDs into the ledger: without them the snapshot would be newer than it."""
    people = connection.execute("select distinct person_id from people.crosswalk order by 1").fetchall()
    rows = [{"number": place, "pid": name} for place, (name,) in enumerate(people, start=1)]
    ledger = open_ledger(settings)
    try:
        with ledger.writing() as writing:
            writing.execute(pid.insert(), rows)
    finally:
        ledger.close()


def timed(what: str, aim: str, rows: int, work: Callable[[], Any]) -> tuple[Row, Any]:
    """A line with seconds and rows a second, and what the work gave."""
    clock = Clock()
    gave = work()
    speed = f"{rows / clock.wall:,.0f} rows/s ({rows / clock.busy:,.0f} of processors)"
    return Row(what, aim, f"{clock}, {speed}"), gave


def _memory(aim: str = "") -> Row:
    return Row("  peak memory", aim, f"{peak():,} MB")


def measure_list(settings: Settings, file: Path, contacts: int, rows: int) -> list[Row]:
    """Dry run, apply and undo of one file in a home with so many contacts."""
    dry, plan = timed(
        f"dry run, {rows:,} rows against {contacts:,} contacts", "10 s", rows,
        lambda: plan_import(settings, file, policy="upsert", actor=ACTOR),
    )  # fmt: skip
    counts = plan.counts
    told = {name: counts[name] for name in ("create", "update", "conflicts", "duplicates_inside")}
    told["problems"] = sum(found["rows"] for found in counts["findings"])
    why = counts["everything_linked_because"] or "what the new rows touch"
    held = _memory()
    apply, _ = timed("  apply", "15 s", rows, lambda: apply_import(settings, plan.import_id, confirm=True, actor=ACTOR))
    undo, _ = timed("  undo", "15 s", rows, lambda: undo_import(settings, plan.import_id, actor=ACTOR))
    shown = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in told.items())
    return [dry, held, Row("  linked", "", why), Row("  rows", "", shown), apply, undo]


def measure_large(folder: Path, rows: int) -> list[Row]:
    """Dry run, apply, report and undo of a large file in an empty home."""
    file = folder / "large.csv"
    alone(partial(write_scaled_contacts, seed=6), file, rows)
    settings = Settings(home=folder / "large")
    dry, plan = timed(
        f"dry run, {rows:,} rows in an empty home", "3 min", rows, lambda: plan_import(settings, file, actor=ACTOR)
    )
    report, _ = timed(
        "  report of all rows, CSV", "", rows,
        lambda: write_report(settings, plan.import_id, folder, form="csv", refused_only=False, actor=ACTOR),
    )  # fmt: skip
    apply, _ = timed("  apply", "", rows, lambda: apply_import(settings, plan.import_id, actor=ACTOR))
    undo, _ = timed("  undo", "", rows, lambda: undo_import(settings, plan.import_id, actor=ACTOR))
    return [dry, report, apply, undo, _memory("2 GB")]


def measure_run(folder: Path, contacts: int, rows: int) -> list[Row]:
    """The runs that work an import in, and out again, in a home whose contacts are an import too."""
    known, file = write_files(folder, contacts, rows)
    settings = Settings(home=folder / "home")
    _apply(settings, known, "fill")
    _refresh(settings)
    plan = _apply(settings, file, "upsert")
    taken_in, _ = timed(f"run after {rows:,} rows, {contacts:,} contacts there", "", rows, lambda: _refresh(settings))
    undo_import(settings, plan.import_id, actor=ACTOR)
    taken_out, _ = timed("  run after their undo", "", rows, lambda: _refresh(settings))
    return [taken_in, taken_out, _memory()]


def _apply(settings: Settings, file: Path, policy: str) -> Plan:
    plan = plan_import(settings, file, policy=policy, actor=ACTOR)
    apply_import(settings, plan.import_id, confirm=True, actor=ACTOR)
    return plan


def _refresh(settings: Settings) -> None:
    from contact_pipeline.automation.running import run_job

    done = run_job("refresh", settings, quiet=True)
    if not done.success:
        raise SystemExit(f"The run failed: {done.errors}")


def rows(asked: argparse.Namespace) -> Iterator[Row]:
    """Every line of the table, as soon as it is known."""
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        if asked.rows and asked.contacts:
            known, file = alone(write_files, folder, asked.contacts, asked.rows)
            settings = alone(make_home, folder, known)
            yield from alone(measure_list, settings, file, asked.contacts, asked.rows)
        if asked.large:
            yield from alone(measure_large, folder, asked.large)
        if asked.run:
            (folder / "run").mkdir()
            yield from alone(measure_run, folder / "run", asked.run, asked.run // 2)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in (("contacts", CONTACTS), ("rows", ROWS), ("large", LARGE), ("run", RUN)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--folder", type=Path, default=None)
    for row in rows(parser.parse_args()):
        print(row, flush=True)


if __name__ == "__main__":
    main()
