"""Linking: `make bench-identity` prints seconds, ratios, memory, accuracy and stability beside what is aimed at.

Every measurement runs in a process of its own, so that the memory is its own. Ratios are against S, one hash over the
identity columns of as many records in the same process: they travel between machines, seconds do not. Processor
seconds stand beside the clock's: they mean the same on a machine that others use too. By hand only; 20 minutes.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import voters_match
from benchmarks.table import Clock, Row, alone, peak
from contact_pipeline.identity.canonical import CANONICAL_COLUMNS, normalised_evidence
from contact_pipeline.identity.clustering import cluster
from contact_pipeline.identity.evaluation import evaluate_clusters
from contact_pipeline.identity.features import lay_out, open_bench
from contact_pipeline.identity.incremental import link
from contact_pipeline.identity.link_state import State
from contact_pipeline.identity.parameters import Model, model_from_json
from contact_pipeline.identity.prediction import predict, predict_on
from contact_pipeline.identity.training import train_on
from contact_pipeline.sandbox.campaign.scale import scaled_contacts
from contact_pipeline_tests.identity.febrl import link_febrl3

TODAY = date(2026, 11, 20)
SMALL, LARGE = 50_000, 1_000_000
VOTERS = 8_200_000
CHANGED = 500
THREADS = 2
SCANS = 5
PAIRS = "identity_pairs"

SCAN = """
select bit_xor(hash(first_name, middle_name, last_name, suffix, birth_date, phones, emails, street_number, street_name,
    city, zip5)) from evidence
"""


def measure_febrl(thresholds: tuple[float, ...] = (0.99, 0.9)) -> dict[str, Any]:
    """FEBRL 3 without the social security number, through the backend of the `link` command.

    Returns:
        Per threshold: precision, recall, f1.
    """
    found = {}
    for threshold in thresholds:
        with tempfile.TemporaryDirectory() as folder:
            accuracy = link_febrl3(Path(folder), threshold)
        found[str(threshold)] = {name: round(getattr(accuracy, name), 4) for name in ("precision", "recall", "f1")}
    return found


def learn(count: int) -> dict[str, Any]:
    """A model learned from `count` invented contacts, as data."""
    bench = open_bench(THREADS)
    write_evidence(bench, count)
    lay_out(bench, "evidence", bench)
    return train_on(bench, count).as_json()


def linking(count: int, model: Model | None) -> list[Row]:
    """Find the people among `count` contacts, with a saved model or one learned on the way."""
    bench = open_bench(THREADS)
    write_evidence(bench, count)
    scan = min(_scan(bench) for _ in range(SCANS))
    clock = Clock()
    lay_out(bench, "evidence", bench)
    used = model or train_on(bench, count)
    predict_on(bench, count, used, "pair")
    cluster(bench, "evidence", "pair", target="person", refused="refused", model=used)
    took, ratio = str(clock), f"{clock.wall / scan:,.0f} S"
    found = evaluate_clusters(bench, "person", "truth")
    how = "a saved model" if model else "training"
    aim = {(LARGE, True): "10 s", (LARGE, False): "30 s"}.get((count, model is not None), "")
    return [
        Row(f"{count:,} contacts, {how}", aim, f"{took}, {ratio}"),
        Row("  F1 at the automatic threshold", "", f"{found.f1:.4f} ({found.precision:.4f} / {found.recall:.4f})"),
        Row("  peak memory", "4 GB", f"{peak():,} MB"),
    ]


def incremental(count: int, model: Model) -> list[Row]:
    """Link everything into a warehouse file, then some changed contacts, and compare with a full run."""
    with tempfile.TemporaryDirectory() as folder:
        connection = duckdb.connect(str(Path(folder) / "warehouse.duckdb"), config={"threads": THREADS})
        write_evidence(connection, count)
        remembered: dict[str, Any] = {"state": State("link_"), "made_with": "1", "threads": THREADS}
        clock = Clock()
        link(connection, "evidence", model, PAIRS, **remembered)
        first = str(clock)
        _change(connection, count)
        clock = Clock()
        report = link(connection, "evidence", model, PAIRS, **remembered)
        changed = str(clock)
        clock = Clock()
        cluster(connection, "evidence", PAIRS, target="person", refused="refused", model=model)
        people, held = str(clock), peak()
        predict(connection, "evidence", model, "full_run", threads=THREADS)
        other = _differences(connection, PAIRS, "full_run")
        connection.close()
    return [
        Row(f"{count:,} contacts into a file, and remembered", "", first),
        Row(
            f"{report.changed} changed against {count:,}",
            {SMALL: "1 s", LARGE: "1.5 s"}.get(count, ""),
            f"{changed}, {report.relinked:,} compared again, clusters {people}",
        ),
        Row("  pairs other than those of a full run", "0", str(other)),
        Row("  peak memory", "4 GB", f"{held:,} MB"),
    ]


def stability(count: int, model: Model) -> list[Row]:
    """People who change on repeating, shuffling and with other numbers of threads."""
    connection = duckdb.connect()
    write_evidence(connection, count)
    connection.execute("create table shuffled as from evidence order by hash(record_id, 7)")
    runs = {"first": ("evidence", 2), "repeat": ("evidence", 2), "shuffle": ("shuffled", 2)}
    runs |= {f"{threads} threads": ("evidence", threads) for threads in (1, 4)}
    for name, (evidence, threads) in runs.items():
        connection.execute(f"set threads = {threads}")
        predict(connection, evidence, model, "pair", threads=threads)
        cluster(connection, evidence, "pair", target=f'"{name}"', refused="refused", model=model)
    return [
        Row(
            f"people of {count:,} contacts that change: {name}",
            "0",
            str(_differences(connection, "first", f'"{name}"')),
        )
        for name in runs
        if name != "first"
    ]


def matching(voters: int) -> list[Row]:
    """Load an invented state of so many voters and match contacts with it; S is a scan of its voters."""
    found = voters_match.measure(voters)
    wall, busy = found["load: wall s, processor s"]
    size = f"{found['contacts']:,} contacts × {voters:,} voters"
    table = [
        Row(
            f"{voters:,} voters loaded, against counting their rows",
            "8",
            f"{wall:.1f} s ({busy:.1f} s of processors), {found['load / count only, processor']:.1f} times",
        )
    ]
    steps = {"normalise voters": "30 S", "tiers": "3 S", "model on the rest": "20 S", "500 changed": "5 s"}
    for step, aim in steps.items():
        wall, busy, scans = found[f"{step}: wall s, processor s, S"]
        table.append(Row(f"{size}: {step}", aim, f"{wall:.1f} s ({busy:.1f} s of processors), {scans:.1f} S"))
    for tier, aim in (("voter id", "0.999"), ("name and address", "0.999"), ("name and city", "0.99")):
        _, precision = found[f"tier {tier}: links, precision"]
        table.append(Row(f"  precision of the tier {tier}", aim, f"{precision:.4f}"))
    precision, recall = found["posterior from 0.9: precision, recall"]
    table.append(Row("  precision / recall from 0.9", "0.995 / 0.90", f"{precision:.4f} / {recall:.3f}"))
    most = max(found["peak memory of loading, MiB"], found["peak memory of matching, MiB"])
    return [*table, Row("  peak memory", "4 GB", f"{most:,.0f} MB")]


def write_evidence(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    """Tables `evidence` and `truth` of invented contacts."""
    connection.execute("set enable_progress_bar = false")
    contacts = scaled_contacts(count)
    given = set(contacts.column_names)
    columns = ", ".join(f"{name if name in given else 'null'}::varchar as {name}" for name in CANONICAL_COLUMNS)
    connection.register("contacts", contacts)
    connection.execute(
        f"create table canonical as select record_id, 'scale' as source_dataset, {columns} from contacts"
    )
    connection.execute("create table truth as select record_id, person, null::varchar as household from contacts")
    connection.unregister("contacts")
    normalised_evidence(connection, "canonical", "evidence", today=TODAY)
    connection.execute("drop table canonical")


def _change(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    """Change three fifths of `CHANGED` records, delete a fifth, add a fifth that resemble others."""
    one_in = count * 5 // CHANGED
    connection.execute(
        f"create temp table added as select * replace ('new' || record_id as record_id, null::date as birth_date) "
        f"from evidence where hash(record_id) % {one_in} = 4"
    )
    connection.execute(
        f"update evidence set phones = ['+1404' || (2000000 + hash(record_id) % 7000000)::varchar], zip5 = '30601' "
        f"where hash(record_id) % {one_in} < 3"
    )
    connection.execute(f"delete from evidence where hash(record_id) % {one_in} = 3")
    connection.execute("insert into evidence from added")


def _differences(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    (count,) = connection.execute(
        f"select (select count(*) from (from {one} except all from {other})) "
        f"+ (select count(*) from (from {other} except all from {one}))"
    ).fetchall()[0]
    return int(count)


def _scan(bench: duckdb.DuckDBPyConnection) -> float:
    clock = Clock()
    bench.sql(SCAN).fetchall()
    return clock.wall


def rows(large: int = LARGE) -> Iterator[Row]:
    """Every line of the table, as soon as it is known.

    Args:
        large: contacts of the large list; fewer for a quick look, with as many fewer voters.
    """
    model = model_from_json(alone(learn, SMALL))
    parts: list[tuple[Callable[..., list[Row]], int, Model | None]] = [
        (linking, SMALL, None),
        (linking, large, model),
        (linking, large, None),
        (incremental, SMALL, model),
        (incremental, large, model),
        (stability, SMALL, model),
    ]
    for threshold, found in alone(measure_febrl).items():
        yield Row(f"FEBRL 3 without SSN, F1 from {threshold}", "0.994", str(found["f1"]))
    for work, count, used in parts:
        yield from alone(work, count, used)
    yield from alone(matching, VOTERS * large // LARGE)


def measure() -> dict[str, Any]:
    """The table as `make bench` prints it."""
    return {row.what: f"{row.measured}{f'   (aim: {row.aim})' if row.aim else ''}" for row in rows()}


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else LARGE):
        print(row, flush=True)
