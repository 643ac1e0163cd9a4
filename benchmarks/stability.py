"""Stability: runs that ought to give the same people are made and compared, table by table.

    python -m benchmarks.stability
    python -m benchmarks.stability --contacts 40156

A first run is the measure. Then: a second run with everything rebuilt, a run with the warehouse deleted, a first run of
the same rows in another order, and first runs with one, two and four DuckDB threads. Each is a process of its own. It
prints what differs and exits with 1 if anything does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.kills import SMALL, prepare, require_success
from contact_pipeline.config import Settings
from contact_pipeline_tests.homes import NOW
from contact_pipeline_tests.recovery import (
    Content,
    content_of_home,
    differences,
    fresh_copy,
    lasting,
    platforms_for_children,
    run_command,
)

PEOPLE = ("warehouse people.", "warehouse identity.", "warehouse exports.", "warehouse issues.", "ledger ", "export ")
FORCE_THREADS = """
import duckdb
_connect = duckdb.connect

def connect(database=":memory:", read_only=False, config=None):
    return _connect(database, read_only, {{**(config or {{}}), "threads": {threads}}})

duckdb.connect = connect
"""
"""Put on a process's path as `sitecustomize`, it is imported before anything else."""


@dataclass(frozen=True)
class Bench:
    """Where it works, the home not yet run, and what the first run gave."""

    folder: Path
    contacts: int
    template: Settings
    first: Settings
    expected: Content


def run_in(settings: Settings, folder: Path, *more: str, threads: int | None = None) -> float:
    """Run to the end; gives the seconds it took."""
    environment = {}
    if threads is not None:
        path = folder / f"threads-{threads}"
        path.mkdir(exist_ok=True)
        (path / "sitecustomize.py").write_text(FORCE_THREADS.format(threads=threads))
        environment["PYTHONPATH"] = f"{path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    ended = run_command(["run", "--home", str(settings.home), *more], log=folder / "run.log", environment=environment)
    require_success(ended)
    return ended.seconds


def second_run(bench: Bench) -> list[str]:
    """Everything rebuilt in the same home."""
    settings = fresh_copy(bench.first, bench.folder / "again")
    run_in(settings, bench.folder, "--force")
    return _differences(settings, bench)


def deleted_warehouse(bench: Bench) -> list[str]:
    """The warehouse removed, then a run."""
    settings = fresh_copy(bench.first, bench.folder / "again")
    settings.warehouse.unlink()
    run_in(settings, bench.folder)
    return _differences(settings, bench)


def _differences(settings: Settings, bench: Bench) -> list[str]:
    """Without the snapshot, which is the second generation, and the names of its files."""
    found = differences(lasting(content_of_home(settings)), lasting(bench.expected))
    return [line for line in found if not line.startswith(("published", "files"))]


def shuffled_rows(bench: Bench) -> list[str]:
    """A first run of the same rows in another order; what people see must be the same."""
    settings = prepare(bench.folder / "shuffled", bench.contacts, real_clock=False, shuffle=11)
    run_in(settings, bench.folder)
    found = differences(content_of_home(settings), bench.expected)
    return [line for line in found if line.startswith(PEOPLE)]


def thread_count(bench: Bench, threads: int) -> list[str]:
    """A first run with so many threads."""
    settings = fresh_copy(bench.template, bench.folder / "again")
    run_in(settings, bench.folder, threads=threads)
    return differences(content_of_home(settings), bench.expected)


def main() -> int:
    """Make the first run and all others, print what differs; 1 if anything did."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stability", description=__doc__.splitlines()[0])
    parser.add_argument("--contacts", type=int, default=SMALL, help="size of the invented campaign")
    contacts = parser.parse_args().contacts
    folder = Path(tempfile.mkdtemp(prefix="stability-"))
    template = prepare(folder, contacts, real_clock=False)
    with platforms_for_children(template, now=NOW):
        first = fresh_copy(template, folder / "first")
        seconds = run_in(first, folder)
        bench = Bench(folder, contacts, template, first, content_of_home(first))
        print(f"first run: {seconds:.1f} s, {len(bench.expected)} things to compare", flush=True)
        bad = sum(
            [
                tell("a second run, everything rebuilt", second_run(bench)),
                tell("the warehouse deleted", deleted_warehouse(bench)),
                tell("the rows in another order", shuffled_rows(bench)),
                *(tell(f"{count} DuckDB thread(s)", thread_count(bench, count)) for count in (1, 2, 4)),
            ]
        )
    shutil.rmtree(folder)
    return 1 if bad else 0


def tell(what: str, differ: list[str]) -> int:
    """Print what differs; gives 1 if anything does."""
    print(f"{what:<36} {'EQUAL' if not differ else 'DIFFERS'}", flush=True)
    for line in differ:
        print(f"      {line}", flush=True)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
