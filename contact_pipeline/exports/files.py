"""What every export shares: who is held back, the files as they are written, the manifest's common part.

Putting bytes in their place whole, and saying what they were made of, belongs here. What a file holds belongs to its
target.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from contact_pipeline.exports.gates import Gate, Override
from contact_pipeline.landing.files import flush_to_disk
from contact_pipeline.ledger.exports import ExportedRow


@dataclass(frozen=True)
class Held:
    """A person left out of a file: why, in a code and in words."""

    person_id: str
    code: str
    detail: str
    givebutter_contact_id: str | None = None
    mentor_id: str | None = None


@dataclass(frozen=True)
class ExportFile:
    """A written export: the file, its held list, its manifest and what they hold.

    Attributes:
        path: the file.
        held_path: the list of people held back.
        manifest_path: what it was made of.
        sha256: of the file's bytes.
        rows: how many rows it has.
        held: who is held back.
        manifest: as written.
        ledger_rows: what the export ledger keeps of each row.
    """

    path: Path
    held_path: Path
    manifest_path: Path
    sha256: str
    rows: int
    held: list[Held] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)
    ledger_rows: Sequence[ExportedRow] = ()


def csv_bytes(headers: Sequence[str], rows: Iterable[Mapping[str, str]], *, quote_all: bool = True) -> bytes:
    """A machine file: UTF-8 with BOM, every cell quoted, CRLF, as Givebutter's template is (sources.md 2.2)."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows([row[header] for header in headers] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def write_files(
    folder: Path,
    name: str,
    body: bytes,
    held: list[Held],
    manifest: dict[str, Any],
    ledger_rows: Sequence[ExportedRow],
) -> ExportFile:
    """Put `<name>.csv`, `<target>-held.csv` and `<target>-manifest.json` into `folder`; each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    target = manifest["target"]
    path = folder / f"{name}.csv"
    held_path, manifest_path = folder / f"{target}-held.csv", folder / f"{target}-manifest.json"
    put(path, body)
    put(held_path, _held_bytes(held))
    put(manifest_path, (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())
    return ExportFile(
        path, held_path, manifest_path, manifest["sha256"], manifest["counts"]["rows"], held, manifest, ledger_rows
    )


def row_hash(row: Mapping[str, str]) -> str:
    """A hash of what a row says."""
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


def held_people(connection: duckdb.DuckDBPyConnection, table: str) -> list[Held]:
    """Everybody a hold table names, with the reason."""
    contact = "givebutter_contact_id" if table == "exports.givebutter_hold" else "null"
    rows = connection.execute(
        f"select person_id, code, detail, {contact}, mentor_id from {table} order by all"
    ).fetchall()
    return [Held(*row) for row in rows]


def common_manifest(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    body: bytes,
    held: Sequence[Held],
    *,
    written_at: datetime,
    gate: Gate,
    override: Override | None,
) -> dict[str, Any]:
    """The manifest's part that all exports share: hash, time, season, who is held why, ages, coverage."""
    freshness = connection.execute(
        "select source || '.' || entity, max(content_at), max(arrived_at) from landing.batch group by all order by all"
    ).fetchall()
    season = connection.execute(
        "select season, sentence from mentors.season left join mentors.coverage using (season) where current"
    ).fetchall()[0]
    return {
        "target": target,
        "sha256": hashlib.sha256(body).hexdigest(),
        "written_at": written_at.isoformat(),
        "season": season[0],
        "coverage": season[1],
        "people held": len({one.person_id for one in held}),
        "held by reason": dict(sorted(Counter(one.code for one in held).items())),
        "freshness gate": gate.as_manifest(override),
        "freshness": {
            entity: {"content as of": _iso(content), "arrived": _iso(arrived)} for entity, content, arrived in freshness
        },
    }


def put(path: Path, body: bytes) -> None:
    """Write a file whole: a reader sees the old one or the new one."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as stream:
            stream.write(body)
            flush_to_disk(stream)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _held_bytes(held: list[Held]) -> bytes:
    headers = ("Person", "Mentor ID", "Givebutter Contact ID", "Why", "Detail")
    rows = (
        dict(
            zip(headers, (h.person_id, h.mentor_id or "", h.givebutter_contact_id or "", h.code, h.detail), strict=True)
        )
        for h in held
    )
    return csv_bytes(headers, rows, quote_all=False)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
