"""Imports: dry run, apply and undo of 50,000 rows with 8 % problems against a million contacts; a million rows.

    python -m benchmarks.imports --contacts 1000000 --rows 50000 --large 1000000 --folder /tmp

Wall and processor seconds, rows a second of wall, and the most memory the process has held. The contacts are the
invented ones of `sandbox.campaign.scale`; half of the file's rows are people who are among them.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from contact_pipeline.config import Settings
from contact_pipeline.identity.clustering import cluster
from contact_pipeline.identity.incremental import link
from contact_pipeline.identity.link_state import State
from contact_pipeline.identity.training import train
from contact_pipeline.imports.applying import apply_import
from contact_pipeline.imports.base import EMPTY
from contact_pipeline.imports.canonical import MODELS
from contact_pipeline.imports.planning import plan_import
from contact_pipeline.imports.undoing import undo_import
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.news import wanted_fingerprint
from contact_pipeline.landing.tables import create_raw_table, create_tables
from contact_pipeline.ledger.models import save_model, use_model
from contact_pipeline.ledger.tables import pid
from contact_pipeline.normalize.nickname import build_nicknames
from contact_pipeline.normalize.tables import VALUE_TABLES, Reading
from contact_pipeline.people.ownership import write_ownership
from contact_pipeline.sandbox.campaign.scale import COLUMNS, scaled_contacts
from contact_pipeline.sources.entities import IMPORTS_PEOPLE
from contact_pipeline.sources.voter_file.given import SOURCES as GIVEN_IN
from contact_pipeline.sources.voter_file.given import write_given_voter_ids
from contact_pipeline.warehouse.connection import open_warehouse
from contact_pipeline.warehouse.fingerprint import link_made_with
from contact_pipeline.warehouse.models import all_models, run_model
from contact_pipeline.warehouse.publish import publish

CONTACTS, ROWS, LARGE = 1_000_000, 50_000, 1_000_000
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


def timed(work: Callable[[], Any], rows: int) -> tuple[dict[str, float], Any]:
    """Seconds, processor seconds, rows a second, and peak MiB, with what the work gave."""
    wall, cpu = time.monotonic(), time.process_time()
    gave = work()
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": round(wall, 1), "cpu_seconds": round(cpu, 1), "rows_a_second": round(rows / wall),
        "rows_a_cpu_second": round(rows / cpu), "peak_mb": round(peak),
    }, gave  # fmt: skip


def measure(settings: Settings, file: Path, rows: int) -> dict[str, Any]:
    """Dry run, apply and undo of one file."""
    plan_time, plan = timed(lambda: plan_import(settings, file, policy="upsert", actor=ACTOR), rows)
    apply_time, _ = timed(lambda: apply_import(settings, plan.import_id, confirm=True, actor=ACTOR), rows)
    undo_time, _ = timed(lambda: undo_import(settings, plan.import_id, actor=ACTOR), rows)
    return {"dry run": plan_time, "counts": plan.counts, "apply": apply_time, "undo": undo_time}


def measure_large(folder: Path, rows: int) -> dict[str, Any]:
    """The dry run of a large file in an empty home, in a process of its own."""
    asked = ["--only-large", str(rows), "--folder", str(folder)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.imports", *asked], check=True, capture_output=True, text=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _only_large(folder: Path, rows: int) -> dict[str, Any]:
    file = folder / "large.csv"
    subprocess.run(
        [sys.executable, "-c", "import sys; from pathlib import Path; from contact_pipeline.sandbox.campaign.scale "
         f"import write_scaled_contacts as w; w(Path({str(file)!r}), {rows}, seed=6)"],
        check=True,
    )  # fmt: skip
    settings = Settings(home=folder / "large")
    took, plan = timed(lambda: plan_import(settings, file, actor=ACTOR), rows)
    return {"dry run": took, "counts": plan.counts}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in (("contacts", CONTACTS), ("rows", ROWS), ("large", LARGE), ("only-large", 0)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        if asked.only_large:
            print(json.dumps(_only_large(folder, asked.only_large)))
            return
        known, file = write_files(folder, asked.contacts, asked.rows)
        figures = measure(make_home(folder, known), file, asked.rows)
        print(json.dumps(figures, indent=1))
        if asked.large:
            print(json.dumps({"a file of many rows": measure_large(folder, asked.large)}, indent=1))


if __name__ == "__main__":
    main()
