"""The pipeline from outside: the demo, a run with nothing new, a 40k file from drop to export.

Each is the command a user types, in a child process; the floor is a scan of the same file's columns by DuckDB.
"""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

COMMAND = str(Path(sys.executable).with_name("contact-pipeline"))


def seconds_of(*words: str) -> float:
    """Wall time of one command.

    Raises:
        CalledProcessError: the command failed.
    """
    started = time.monotonic()
    subprocess.run([COMMAND, *words], check=True, capture_output=True)
    return time.monotonic() - started


def scan_seconds(export: Path) -> float:
    """The floor: DuckDB reads every column of the same file as text and hashes the rows."""
    started = time.monotonic()
    names = "names=[" + ",".join(f"'c{number}'" for number in range(_width(export))) + "]"
    duckdb.connect().execute(
        f"select bit_xor(hash(t)) from read_csv('{export}', all_varchar=true, header=false, skip=1, {names}) as t"
    ).fetchall()
    return time.monotonic() - started


def _width(export: Path) -> int:
    with export.open(encoding="utf-8-sig", newline="") as stream:
        return len(next(csv.reader(stream)))


def touched_copy(export: Path, folder: Path) -> Path:
    """The export with one cell changed: a new file as far as its bytes go."""
    copy = folder / "contacts-2026-11-30-7.csv"
    copy.write_bytes(export.read_bytes().replace(b'"Athens"', b'"Athens City"', 1))
    return copy


def measure() -> dict[str, Any]:
    """Seconds for each, their ratio to the floor, and the largest child's memory in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        at_home = ("--home", str(home))
        first = seconds_of("demo", *at_home)
        again = seconds_of("demo", *at_home)
        export = next((home / "sandbox" / "drop" / "givebutter").iterdir())
        floor = scan_seconds(export)
        dropped = touched_copy(export, Path(folder))
        drop = seconds_of("ingest", str(dropped), "--source", "givebutter", *at_home)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "floor: scan of the export's columns, s": round(floor, 3),
        "demo, first time, s": round(first, 1),
        "demo, nothing new, s": round(again, 1),
        "40,156-row file, drop to export, s": round(drop, 1),
        "drop to export / floor": round(drop / floor, 1),
        "peak memory, MiB": round(peak),
    }
