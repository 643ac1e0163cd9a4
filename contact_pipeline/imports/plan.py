"""A plan: one file looked at, with what would become of every row. Its folder, its `plan.json`, its tables.

Keeping a plan belongs here; making one belongs to `planning`. A plan lies in `<home>/imports/<import id>/`: the file's
bytes, `plan.json` and `plan.duckdb`. Nothing else of the home knows it until it is applied.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock

from contact_pipeline.config import Settings
from contact_pipeline.imports.policies import POLICIES, Policy
from contact_pipeline.landing.files import flush_to_disk
from contact_pipeline.sources.list_file.document import MappingDocument, from_json
from contact_pipeline.warehouse.connection import SCHEMAS

PLAN, TABLES, FILE, LOCK, UNFINISHED = "plan.json", "plan.duckdb", "file", ".lock", ".unfinished"
MEMORY, LEAST_MEMORY = "1GB", "100MB"
"""Most memory DuckDB holds for a plan's tables; more spills to disk. The least it keeps where others need it."""


class ImportsError(Exception):
    """An import cannot be done as asked; the message says why and what to do."""


class UnknownImportError(ImportsError):
    """There is no import of that id."""


@dataclass(frozen=True)
class Base:
    """What a plan stands on: a published snapshot, and whether that was the newest state of things.

    Attributes:
        generation: Number of the snapshot; 0 where nothing was published.
        fingerprint: Of its inputs.
        model: Version of the linking model; 0 where none is in use.
    """

    generation: int = 0
    fingerprint: str = ""
    model: int = 0


@dataclass(frozen=True)
class Applied:
    """One application of a plan: the batch it landed as, how many rows, when, by whom, in which mode."""

    batch_id: str
    rows: int
    at: str
    actor: str
    mode: str


@dataclass(frozen=True)
class Plan:
    """One import of one file.

    Attributes:
        import_id: From the file's content and where it comes from: the same file is the same import.
        file_name: As it was handed in.
        sha256: Of its bytes.
        source: The folder of the inbox it belongs to.
        sheet: The sheet, where it is a workbook.
        columns: The file's columns, in order.
        header: Whether the file names them.
        mapping: `MappingDocument` as JSON.
        preset: Name of the preset that was used, if any.
        policy: See `policies`.
        rules_version: Of the rules its rows were checked by; 0 for the built-in ones.
        base: What it stands on.
        content_at: How old the file's content is, where anything tells; ISO.
        planned_at: When, ISO.
        actor: By whom.
        counts: Rows by what would become of them, and findings; see `outcome.count`.
        applied: What was landed.
        undone_at: When it was taken back; None while it counts.
        notes: What whoever brought the file should know of how it was read.
    """

    import_id: str
    file_name: str
    sha256: str
    source: str
    sheet: str | None
    columns: tuple[str, ...]
    header: bool
    mapping: dict[str, Any]
    preset: str | None
    policy: str
    rules_version: int
    base: Base
    content_at: str | None
    planned_at: str
    actor: str
    counts: dict[str, Any] = field(default_factory=dict)
    applied: tuple[Applied, ...] = ()
    undone_at: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def document(self) -> MappingDocument:
        """How the file's columns are read."""
        return from_json(self.mapping)

    @property
    def rule(self) -> Policy:
        """The policy as data."""
        return POLICIES[self.policy]

    @property
    def status(self) -> str:
        """`planned`, `applied` or `undone`."""
        if self.undone_at is not None:
            return "undone"
        return "applied" if self.applied else "planned"

    def as_json(self) -> dict[str, Any]:
        """The same as plain values, with the status."""
        return {**asdict(self), "status": self.status}


def told(plan: Plan) -> dict[str, Any]:
    """What the ledger keeps of a plan with every event."""
    names = ("import_id", "file_name", "source", "preset", "policy", "rules_version")
    return {name: getattr(plan, name) for name in names}


def import_id_of(sha256: str, source: str, sheet: str | None) -> str:
    """The id of an import: the same bytes (and sheet) for the same source are the same import."""
    content = f"{source}\n{sha256}\n{sheet or ''}"
    return f"imp-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def folder_of(settings: Settings, import_id: str) -> Path:
    """Where a plan lies."""
    return settings.imports / import_id


def load_plan(settings: Settings, import_id: str) -> Plan:
    """A plan as it was kept; its id may be shortened as long as it is one plan's.

    Raises:
        UnknownImportError: there is none, or several begin so.
    """
    found = sorted(path.parent.name for path in settings.imports.glob(f"*/{PLAN}"))
    fits = [name for name in found if name == import_id] or [
        name for name in found if name.removeprefix("imp-").startswith(import_id.removeprefix("imp-"))
    ]
    if len(fits) != 1:
        what = "There is no import" if not fits else f"{len(fits)} imports begin with"
        raise UnknownImportError(f"{what} {import_id!r}. contact-pipeline imports list names them.")
    content = json.loads((settings.imports / fits[0] / PLAN).read_text(encoding="utf-8"))
    return _from_json(content)


def _from_json(content: dict[str, Any]) -> Plan:
    content.pop("status", None)
    content["columns"] = tuple(content["columns"])
    content["notes"] = tuple(content.get("notes", ()))
    content["base"] = Base(**content["base"])
    content["applied"] = tuple(Applied(**one) for one in content["applied"])
    return Plan(**content)


def save_plan(settings: Settings, plan: Plan) -> Plan:
    """Keep `plan.json`, all or nothing."""
    folder = folder_of(settings, plan.import_id)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{PLAN}.part"
    with part.open("wb") as stream:
        stream.write(json.dumps(plan.as_json(), indent=1, ensure_ascii=False).encode())
        flush_to_disk(stream)
    part.replace(folder / PLAN)
    return plan


def all_plans(settings: Settings) -> list[Plan]:
    """Every plan, the newest first."""
    found = [load_plan(settings, path.parent.name) for path in settings.imports.glob(f"*/{PLAN}")]
    return sorted(found, key=lambda plan: (plan.planned_at, plan.import_id), reverse=True)


@contextmanager
def working_on(settings: Settings, import_id: str) -> Iterator[Path]:
    """A plan's folder for one process at a time; the operating system frees the lock of one that died."""
    folder = folder_of(settings, import_id)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / LOCK):
        yield folder


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Mark a plan's tables as unfinished while the block runs; the mark outlives an error and a crash."""
    mark = folder / UNFINISHED
    mark.touch()
    yield
    mark.unlink()


def require_finished(folder: Path) -> None:
    """Refuse a plan whose tables were left half changed.

    Raises:
        ImportsError: Look at the file again; what was corrected is kept.
    """
    if (folder / UNFINISHED).exists():
        raise ImportsError(
            f"{folder.name} was interrupted while it was looked at. Look at its file again (contact-pipeline imports "
            "plan FILE): what was corrected is kept."
        )


@contextmanager
def open_tables(folder: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose own catalog is empty and in memory, with the plan's tables attached as `plan`."""
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"set memory_limit = '{MEMORY}'")
        connection.execute(f"set temp_directory = '{folder / 'spill'}'")
        connection.execute(f"attach '{folder / TABLES}' as plan{' (read_only)' if read_only else ''}")
        yield connection
    finally:
        connection.close()


def let_go(connection: duckdb.DuckDBPyConnection) -> None:
    """Give back the memory a plan's tables are held in, before something that works in a memory of its own.

    Where more than the least is in use and cannot leave, all of it stays.
    """
    with suppress(duckdb.OutOfMemoryException):
        connection.execute(f"set memory_limit = '{LEAST_MEMORY}'")
    connection.execute(f"set memory_limit = '{MEMORY}'")


@contextmanager
def on_stage(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """An empty catalog for a warehouse's models to run in, which is let go with all they made.

    Tables of the connection's own catalog are then found as `memory.name` alone.
    """
    connection.execute("attach ':memory:' as stage")
    connection.execute("use stage")
    try:
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
        yield
    finally:
        connection.execute("use memory")
        connection.execute("detach stage")


def moment(at: datetime) -> str:
    """A time as kept in `plan.json`."""
    return at.isoformat()
