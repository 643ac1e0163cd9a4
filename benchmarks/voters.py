"""A state's voter file: loading it, against DuckDB counting its rows and nothing else, in the same run.

    python -m benchmarks.voters --rows 8200000 --refresh --folder /tmp

Floor and load run in processes of their own with two threads. On a machine that others use too, wall time tells more
about them: the ratio of processor seconds is given beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from contact_pipeline.sandbox.voters import write_voters

ROWS = 1_000_000
SEED = 11
ROUNDS = 3

FLOOR = """
import duckdb, sys
connection = duckdb.connect()
connection.execute("set threads = 2; set enable_progress_bar = false")
names = open(sys.argv[1]).readline().strip().split(",")
columns = "{" + ", ".join(f"'{name}': 'varchar'" for name in names) + "}"
print(connection.execute(
    f"select count(*) from read_csv('{sys.argv[1]}', header=true, auto_detect=false, delim=',', quote='\\"', "
    f"escape='\\"', columns={columns})"
).fetchall()[0][0])
"""

LOAD = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from contact_pipeline.sources.voter_file.building import Loading
from contact_pipeline.sources.voter_file.load import load_voters
loading = Loading(Path(sys.argv[2]) / "voters.duckdb", "FL", datetime.now(UTC), threads=2)
print(json.dumps(load_voters([Path(sys.argv[1])], loading).as_json(), default=str))
"""


def measure(rows: int = ROWS, *, refresh: bool = False, folder: Path | None = None) -> dict[str, Any]:
    """Load an invented i360-like CSV, and where asked the next quarter's over it.

    Returns:
        Seconds (wall and processor) of floor and load, their ratios, peak MiB, the balance, the file's size; for the
        refresh its seconds and the number of changes.
    """
    with tempfile.TemporaryDirectory(dir=folder) as name:
        place = Path(name)
        path = place / "fl.csv"
        made = write_voters(path, rows, seed=SEED)
        path.read_bytes()
        floors = [timed_program(FLOOR, path) for _ in range(ROUNDS)]
        wall, processor, answer = timed_program(LOAD, path, place)
        report = json.loads(answer)
        if report["status"] != "loaded" or report["seen"] != made.lines:
            raise RuntimeError(report["message"])
        floor_wall, floor_processor = min(floor[0] for floor in floors), min(floor[1] for floor in floors)
        result = {
            "rows": rows,
            "file, MiB": round(path.stat().st_size / 2**20),
            "floor: count only, s": round(floor_wall, 2),
            "floor, processor s": round(floor_processor, 2),
            "load, s": round(wall, 1),
            "load, processor s": round(processor, 1),
            "load / floor": round(wall / floor_wall, 1),
            "load / floor, processor": round(processor / floor_processor, 1),
            "steps, s": report["steps"],
            "peak memory, MiB": report["peak_mb"],
            "seen = accepted + quarantined + blank": [
                report[key] for key in ("seen", "accepted", "quarantined", "blank")
            ],
            "voter file, MiB": round((place / "voters.duckdb").resolve().stat().st_size / 2**20),
        }
        return result | (_refresh(path, place, rows) if refresh else {})


def _refresh(path: Path, place: Path, rows: int) -> dict[str, Any]:
    write_voters(path, rows, seed=SEED, quarter=1)
    wall, processor, answer = timed_program(LOAD, path, place)
    report = json.loads(answer)
    again, _, same = timed_program(LOAD, path, place)
    if json.loads(same)["status"] != "unchanged":
        raise RuntimeError("the same file again was loaded again")
    return {
        "refresh, s": round(wall, 1),
        "refresh, processor s": round(processor, 1),
        "refresh, peak MiB": report["peak_mb"],
        "changes": report["changes"],
        "same file again, s": round(again, 1),
    }


def timed_program(program: str, *arguments: Path) -> tuple[float, float, str]:
    """Wall seconds, processor seconds and output of a Python program in a process of its own."""
    before, started = os.times(), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], check=True, capture_output=True, text=True
    )
    wall, after = time.monotonic() - started, os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, processor, done.stdout


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--refresh", action="store_true")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    print(json.dumps(measure(given.rows, refresh=given.refresh, folder=given.folder), indent=1))
