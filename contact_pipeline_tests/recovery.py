"""Killing runs and telling whether two homes hold the same: the parts that tests and `benchmarks.kills` share.

Starting a run as a process of its own, killing its whole process group, and reading everything a home holds belong
here. When to kill belongs to who asks.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from contact_pipeline.config import Settings
from contact_pipeline.landing.pages import RECORDS_FILE
from contact_pipeline.warehouse.publish import current_generation

COMMAND = Path(sys.executable).with_name("contact-pipeline")
PATIENCE = 600.0
"""Seconds after which a run that was not killed counts as hanging."""

ATTEMPTS = ("fetch", "arrival", "sync_run")
"""Tables of the ledger that tell what was tried and when: a killed run leaves another history, and should."""

COUNTERS = ("sha256", "bytes")
"""Of a batch: Jotform's bodies carry a counter of calls, so equal readings differ in these; `content_sha256` counts."""

ATTEMPTS_TOLD = ("sync.log", "meta.sync_run")
"""The same as tables of the warehouse and the snapshot."""

WORKING = (".lock", "ledger.sqlite-shm", "ledger.sqlite-wal")
"""Endings of files that locks and SQLite keep; they say nothing."""

LEDGERS_WORD = (
    "exports.outcome", "exports.sent_candidate", "exports.sent_row", "exports.sent_value", "exports.shown_value",
    "exports.value_shown", "identity.written_external_id", "people.exported", "sync.unseen_value",
)  # fmt: skip
"""Tables of which files had left, and what became of them, when a run began."""

LAST_RUNS_WORD = ("meta.voter_changed",)
"""Which contacts the last run matched anew: after a fault some were matched by the run before it."""

Content = dict[str, str]
"""What a home holds: a name for each table or file, and a short text that differs when the content does."""


@dataclass(frozen=True)
class Ended:
    """How a started run ended: its exit code (negative: the signal), how long it took, what it printed."""

    code: int
    seconds: float
    printed: str

    @property
    def killed(self) -> bool:
        """Whether it was killed before it ended by itself."""
        return self.code == -signal.SIGKILL


def run_command(
    arguments: Sequence[str],
    *,
    log: Path,
    kill_when: Callable[[int], bool] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run `contact-pipeline …` as a process group of its own; kill all of it once `kill_when(process id)` says so.

    Args:
        arguments: of the command.
        log: where its output goes.
        kill_when: asked every millisecond.
        environment: variables on top of this process's own.

    Raises:
        TimeoutError: it did not end within PATIENCE.
    """
    started = time.monotonic()
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(COMMAND), *arguments],
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
        )
        try:
            while process.poll() is None:
                seconds = time.monotonic() - started
                if kill_when is not None and kill_when(process.pid):
                    break
                if seconds > PATIENCE:
                    raise TimeoutError(f"The run did not end within {PATIENCE:.0f} s: {log}")
                time.sleep(0.001)
        finally:
            kill_group(process)
    return Ended(process.returncode, time.monotonic() - started, log.read_text(errors="replace"))


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the process and all it started; nothing happens to one that has ended."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def work_done(process_id: int) -> float:
    """Processor seconds a process has used: how far a run is, whatever else the machine does; 0 once it is gone."""
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def last_step(home: Path) -> str:
    """The step a killed run was in, as Dagster's own event log tells; `before the first step` where it names none."""
    logs = sorted((home / "dagster").rglob("*.db"), key=_last_written)
    for path in reversed(logs):
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as events:
                rows = events.execute(
                    "select step_key, dagster_event_type from event_logs where step_key is not null "
                    "order by id desc limit 1"
                ).fetchall()
        except sqlite3.Error:
            continue
        for step, kind in rows:
            ended = kind in ("STEP_SUCCESS", "STEP_FAILURE", "STEP_SKIPPED")
            return ("after " if ended else "") + str(step).replace("__", ".")
    return "before the first step"


def _last_written(database: Path) -> float:
    """SQLite writes beside a database first: its own time may be older."""
    log = database.with_name(f"{database.name}-wal")
    return max(path.stat().st_mtime for path in (database, log) if path.exists())


def content_of_home(settings: Settings, *, times: bool = True) -> Content:
    """Everything a home holds: warehouse, ledger, snapshot, exports, landing, and the names of all its files.

    Args:
        settings: of the home; nothing may run in it.
        times: False leaves out the columns and keys that say when something happened: two runs differ in them, unless
            their clock is fixed.
    """
    return {
        **_tables(settings.warehouse, "warehouse", times),
        **_ledger(settings.home / "ledger.sqlite", times),
        **_published(settings, times),
        **_exports(settings.exports, times),
        **_landing(settings.landing, times),
        "files": "\n".join(files_of(settings.home)),
    }


def differences(found: Mapping[str, str], expected: Mapping[str, str]) -> list[str]:
    """The names of what differs, is missing or is too much, with both texts cut short."""
    names = sorted({*found, *expected})
    return [
        f"{name}: {found.get(name, 'missing')[:300]!r} instead of {expected.get(name, 'nothing')[:300]!r}"
        for name in names
        if found.get(name) != expected.get(name)
    ]


def lasting(content: Content) -> Content:
    """Without the tables that tell what the ledger knew when a run began (once an export left, it knows more), and what
    the last run alone had to do.

    `identity.evidence`, which reads them, must not differ for that.
    """
    left_out = {
        f"{store} {table}" for store in ("warehouse", "published") for table in (*LEDGERS_WORD, *LAST_RUNS_WORD)
    }
    return {name: what for name, what in content.items() if name not in left_out}


def files_of(home: Path) -> list[str]:
    """Every file of a home by its path in it, without Dagster's history, the sandbox, and what locks keep."""
    found = (str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
    return sorted(name for name in found if not name.startswith(("dagster/", "sandbox/")) and not _working(name))


def _working(name: str) -> bool:
    return name.endswith(WORKING)


def _tables(path: Path, name: str, times: bool) -> dict[str, str]:
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        connection.execute("set timezone = 'UTC'")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = current_database() order by all"
        ).fetchall()
        return {
            f"{name} {schema}.{table}": _rows(connection, schema, table, times)
            for schema, table in tables
            if f"{schema}.{table}" not in ATTEMPTS_TOLD
        }


def _rows(connection: duckdb.DuckDBPyConnection, schema: str, table: str, times: bool) -> str:
    """Columns, row count and a hash of the rows in any order."""
    columns = [
        column
        for column, kind in connection.execute(
            "select column_name, data_type from duckdb_columns() where database_name = current_database() "
            "and schema_name = ? and table_name = ? order by column_index",
            [schema, table],
        ).fetchall()
        if (times or not _is_time(column, kind)) and not (table == "batch" and column in COUNTERS)
    ]
    row = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
    count, total = connection.execute(
        f"select count(*), coalesce(sum((md5_number(to_json(row({row}))::varchar) % {2**61 - 1})::hugeint), 0) "
        f'from {schema}."{table}"'
    ).fetchall()[0]
    return f"{count} rows of {len(columns)} columns, {total}"


def _is_time(column: str, kind: str) -> bool:
    return kind.startswith("TIMESTAMP")


def _ledger(path: Path, times: bool) -> dict[str, str]:
    content: dict[str, str] = {}
    with closing(sqlite3.connect(path)) as connection:
        tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        for table in sorted(set(tables) - set(ATTEMPTS)):
            columns = [
                row[1]
                for row in connection.execute(f"pragma table_info({table})")
                if times or not (row[1].endswith(("_at", "_seen")) or row[1] in ("since", "until", "manifest"))
            ]
            rows = sorted(connection.execute(f"select {', '.join(columns)} from {table}").fetchall(), key=repr)
            content[f"ledger {table}"] = f"{len(rows)} rows, {_digest(repr(rows).encode())}"
    return content


def _published(settings: Settings, times: bool) -> dict[str, str]:
    generation = current_generation(settings.published)
    if generation is None:
        return {"published": "nothing"}
    pointer = {name: value for name, value in vars(generation).items() if times or name != "published_at"}
    moving = (*ATTEMPTS_TOLD, *LEDGERS_WORD)
    pointer["tables"] = {table: rows for table, rows in generation.tables.items() if table not in moving}
    return {
        "published pointer": json.dumps(pointer, sort_keys=True),
        **_tables(settings.published / generation.file, "published", times),
    }


def _exports(folder: Path, times: bool) -> dict[str, str]:
    content: dict[str, str] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.name.endswith("-manifest.json") and not times:
            manifest: dict[str, Any] = json.loads(data)
            data = json.dumps({k: v for k, v in manifest.items() if k not in ("written_at", "freshness")}).encode()
        content[f"export {path.name}"] = f"{len(data)} bytes, {_digest(data)}"
    return content


def _landing(folder: Path, times: bool) -> dict[str, str]:
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    content: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        batch = json.loads(line)
        left_out = COUNTERS if times else (*COUNTERS, "arrived_at", "content_at")
        kept = {name: value for name, value in batch.items() if name not in left_out}
        content[f"manifest line {number}"] = json.dumps(kept, sort_keys=True)
        stored = folder / batch["stored"]
        said = stored / RECORDS_FILE if stored.is_dir() else stored
        content[f"landed {batch['batch_id']}"] = _digest(said.read_bytes())
    return content


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


@contextmanager
def platforms_for_children(settings: Settings, *, now: str | None) -> Iterator[None]:
    """Serve the home's platforms from this process and point every process started meanwhile at them.

    Args:
        settings: of a demo's home.
        now: the fixed clock of those processes; None leaves them the real one.
    """
    from contact_pipeline.sandbox.demo import simulated_platforms

    before = os.environ.get("CONTACT_PIPELINE_NOW")
    with simulated_platforms(settings):
        if now is not None:
            os.environ["CONTACT_PIPELINE_NOW"] = now
        try:
            yield
        finally:
            os.environ.pop("CONTACT_PIPELINE_NOW", None)
            if before is not None:
                os.environ["CONTACT_PIPELINE_NOW"] = before


def fresh_copy(template: Settings, folder: Path) -> Settings:
    """The template's home in another place, times of its files kept; what stood there before is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template.home, folder)
    return Settings(home=folder)
