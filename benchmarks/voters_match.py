"""The voter match: seconds against a scan of the voters in the same run, and accuracy on people whose voter is known.

    python -m benchmarks.voters_match --rows 8200000 --seed 12 --folder /tmp

A scan (S) is one hash over eleven identity columns of the loaded voter table. Ratios are of processor seconds: on a
machine that others use too, wall time tells more about them; wall seconds stand beside. The shipped numbers were
learned from seed 11 (`--learn` does it again): any other seed is unseen.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.voters import FLOOR, LOAD, timed_program
from contact_pipeline.identity.canonical import CANONICAL_COLUMNS, normalised_evidence
from contact_pipeline.identity.voter_evidence import ensure_voter_evidence
from contact_pipeline.identity.voter_match import voter_bench, write_near, write_pairs
from contact_pipeline.identity.voter_scoring import PACKAGED, model_as_text
from contact_pipeline.identity.voter_training import learn_voter_model
from contact_pipeline.sandbox.voter_contacts import invent_contacts
from contact_pipeline.sandbox.voters import write_voters
from contact_pipeline.warehouse.models import all_models, run_model

ROWS, CONTACTS, CHANGED = 300_000, 50_000, 500
SEED, LEARNED_FROM = 12, 11
THREADS = 2
TODAY = date(2026, 11, 20)

SCAN = """
select bit_xor(hash(first_name, middle_name, last_name, name_suffix, date_of_birth, cell_phone, landline_phone, email,
    address, city, zip)) from voters.voter
"""
RIGHT = "coalesce(voter_id in (true_voter_id, second_voter_id), false)"


def measure(
    rows: int = ROWS, *, contacts: int = CONTACTS, seed: int = SEED, folder: Path | None = None
) -> dict[str, Any]:
    """Load an invented state, match contacts of people most of whom are in it.

    Returns:
        The load against counting only (`benchmarks.voters`); seconds and scans of normalising, tiers, the model on the
        rest, and of 500 changed contacts; peak MiB; precision of each tier; precision and recall from a posterior of
        0.75, 0.9 and 0.95; recall by story.
    """
    with tempfile.TemporaryDirectory(dir=folder) as name:
        voters, load = _loaded(Path(name), rows, seed)
        scans = [_scan(voters)]
        warehouse = _contacts(rows, contacts, seed)
        normalise, evidence = _timed(lambda: ensure_voter_evidence(voters, threads=THREADS, log=lambda _: None))
        tiers, _ = _timed(lambda: _tiers(warehouse, evidence))
        scans.append(_scan(voters))
        rest, pairs = _timed(lambda: write_pairs(warehouse, evidence, evidence="identity.evidence", threads=THREADS))
        scans.append(_scan(voters))
        accuracy = _accuracy(warehouse)
        warehouse.execute(f"update identity.evidence set middle_name = 'q' where {_FEW}")
        changed, _ = _timed(lambda: _everything(warehouse, evidence))
    scan = min(scans, key=lambda spent: spent[1])
    steps = {"normalise voters": normalise, "tiers": tiers, "model on the rest": rest, "500 changed": changed}
    return {
        "voters": rows,
        "contacts": contacts,
        **load,
        "S: wall s, processor s": [round(spent, 3) for spent in scan],
        **{
            f"{step}: wall s, processor s, S": [round(wall, 1), round(busy, 1), round(busy / scan[1], 1)]
            for step, (wall, busy) in steps.items()
        },
        "pairs": pairs,
        "peak memory of matching, MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **accuracy,
    }


def learn(folder: Path | None = None) -> None:
    """Learn the shipped numbers anew, from the one seed that is theirs."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        voters, _ = _loaded(Path(name), ROWS, LEARNED_FROM)
        warehouse = _contacts(ROWS, 20_000, LEARNED_FROM)
        evidence = ensure_voter_evidence(voters, threads=THREADS, log=lambda _: None)
        with voter_bench(warehouse, evidence, evidence="identity.evidence", threads=THREADS) as bench:
            bench.register("true_links", warehouse.sql(_KNOWN).to_arrow_table())
            model = learn_voter_model(bench, "asked", "true_links")
    PACKAGED.write_text(model_as_text(model), encoding="utf-8")


_KNOWN = "select record_id, 'FL' as state, true_voter_id as voter_id from truth where true_voter_id is not null"


def _loaded(folder: Path, rows: int, seed: int) -> tuple[Path, dict[str, Any]]:
    """The voter file of an invented state, and what loading it took."""
    sent = folder / "fl.csv"
    write_voters(sent, rows, seed=seed)
    floor = min(timed_program(FLOOR, sent)[:2] for _ in range(2))
    wall, busy, answer = timed_program(LOAD, sent, folder)
    report = json.loads(answer)
    if report["status"] != "loaded":
        raise RuntimeError(report["message"])
    sent.unlink()
    return folder / "voters.duckdb", {
        "count only: wall s, processor s": [round(spent, 1) for spent in floor],
        "load: wall s, processor s": [round(wall, 1), round(busy, 1)],
        "load / count only, processor": round(busy / floor[1], 1),
        "peak memory of loading, MiB": report["peak_mb"],
    }


def _contacts(rows: int, contacts: int, seed: int) -> duckdb.DuckDBPyConnection:
    """A database with `identity.evidence` and `truth`."""
    warehouse = duckdb.connect()
    warehouse.execute(
        f"set threads = {THREADS}; set enable_progress_bar = false; create schema identity; create schema meta"
    )
    given = invent_contacts(rows, contacts, seed=seed, draw=seed)
    warehouse.register("given", given)
    have = set(given.column_names)
    columns = ", ".join(
        "'FL:' || voter_id as voter_id"
        if name == "voter_id"
        else f"{name if name in have else 'null'}::varchar as {name}"
        for name in CANONICAL_COLUMNS
    )
    warehouse.execute(f"create table sent as select record_id, 'list.people' as source_dataset, {columns} from given")
    warehouse.execute("create table truth as select record_id, true_voter_id, second_voter_id, story from given")
    normalised_evidence(warehouse, "sent", "identity.evidence", today=TODAY)
    warehouse.execute(
        "create table identity.voter_choice (contact_id varchar, state varchar, voter_id varchar, kind varchar)"
    )
    return warehouse


def _tiers(warehouse: duckdb.DuckDBPyConnection, evidence: Path) -> None:
    write_near(warehouse, evidence, evidence="identity.evidence", made_with="this run", threads=THREADS)
    run_model(warehouse, all_models()["identity.voter_tier"])


_FEW = f"record_id in (select record_id from identity.evidence order by record_id limit {CHANGED})"


def _everything(warehouse: duckdb.DuckDBPyConnection, evidence: Path) -> None:
    _tiers(warehouse, evidence)
    write_pairs(warehouse, evidence, evidence="identity.evidence", threads=THREADS)
    run_model(warehouse, all_models()["identity.voter_candidate"])


def _accuracy(warehouse: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    run_model(warehouse, all_models()["identity.voter_candidate"])
    told: dict[str, Any] = {}
    for tier, links, precision in warehouse.execute(
        f"select tier, count(*), avg({RIGHT}::integer) from identity.voter_tier join truth using (record_id) "
        "where settled group by all order by all"
    ).fetchall():
        told[f"tier {tier}: links, precision"] = [links, round(precision, 5)]
    linked = (
        "(select record_id, voter_id from identity.voter_candidate "
        "where rank = 1 and corroborated and probability >= {}) as linked"
    )
    counts = f"count(voter_id), sum({RIGHT}::integer), count(true_voter_id)"
    for threshold in (0.75, 0.9, 0.95):
        found, right, true = warehouse.execute(
            f"select {counts} from truth left join {linked.format(threshold)} using (record_id)"
        ).fetchall()[0]
        told[f"posterior from {threshold}: precision, recall"] = [round(right / found, 5), round(right / true, 4)]
    told["recall from 0.9 by story"] = {
        story: round(right / true, 3)
        for story, _, right, true in warehouse.execute(
            f"select story, {counts} from truth left join {linked.format(0.9)} using (record_id) group by 1 order by 1"
        ).fetchall()
        if true
    }
    return told


def _scan(voters: Path) -> tuple[float, float]:
    """Wall and processor seconds of the quickest of several scans."""
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {THREADS}; set enable_progress_bar = false")
        connection.execute(f"attach '{voters.resolve()}' as voters (read_only)")
        spent = [_timed(lambda: connection.execute(SCAN).fetchall())[0] for _ in range(4)]
    return min(spent, key=lambda each: each[1])


def _timed(work: Any) -> tuple[tuple[float, float], Any]:
    started, busy = time.perf_counter(), time.process_time()
    answer = work()
    return (time.perf_counter() - started, time.process_time() - busy), answer


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--contacts", type=int, default=CONTACTS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--learn", action="store_true", help="write the shipped numbers anew")
    wanted = parser.parse_args()
    if wanted.learn:
        learn(wanted.folder)
    else:
        answer = measure(wanted.rows, contacts=wanted.contacts, seed=wanted.seed, folder=wanted.folder)
        print(json.dumps(answer, indent=1))
