"""The Givebutter import file: a machine file, byte-exact for the platform that reads it.

Writing rows that `exports.givebutter_row` holds, checking every cell, and the manifest belong here. Who is in it and
what it says is decided in SQL.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from contact_pipeline.exports.written import written_hashes
from contact_pipeline.landing.files import flush_to_disk
from contact_pipeline.ledger.exports import ExportedRow

CONFIG = Path(__file__).with_name("givebutter.toml")
PHONES = re.compile(r"^\+[1-9]\d{5,14}(, \+[1-9]\d{5,14})*$")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
    """A written export: the file, its held list, its manifest and what they hold."""

    path: Path
    held_path: Path
    manifest_path: Path
    sha256: str
    rows: int
    held: list[Held] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)


@cache
def _config() -> dict[str, Any]:
    return tomllib.loads(CONFIG.read_text(encoding="utf-8"))


def headers() -> list[str]:
    """The file's header row: the template's columns, then the custom fields' titles."""
    return [*_config()["columns"], *_config()["custom_fields"]]


def trouble_in(header: str, cell: str) -> str | None:
    """Why Givebutter or a spreadsheet would choke on this cell, or None. The value itself is not repeated."""
    if header in _config()["phone_columns"]:
        return None if not cell or PHONES.match(cell) else f"{header} is not a list of phone numbers"
    if cell.startswith(FORMULA):
        return f"{header} begins like a formula"
    if len(cell) > _config()["longest_cell"] and header not in ("Email Addresses", "Tags", "Notes"):
        return f"{header} is longer than {_config()['longest_cell']} characters"
    if "{{" in cell or "$undefined" in cell:
        return f"{header} holds an unreplaced placeholder"
    return None


def _read(connection: duckdb.DuckDBPyConnection) -> tuple[list[dict[str, str]], list[Held]]:
    sources = {**{name: name for name in _config()["columns"]}, **_config()["custom_fields"]}
    chosen = ", ".join(f"coalesce(cast(\"{column}\" as varchar), '')" for column in sources.values())
    query = (
        f"select person_id, {chosen} from exports.givebutter_row "
        'order by "Contact External ID" nulls last, "Givebutter Contact ID" nulls last, person_id'
    )
    rows: list[dict[str, str]] = []
    held: list[Held] = []
    for person_id, *cells in connection.execute(query).fetchall():
        row = dict(zip(sources, cells, strict=True))
        troubles = [trouble for header, cell in row.items() if (trouble := trouble_in(header, cell))]
        if troubles:
            held.append(
                Held(
                    person_id,
                    "unsafe_cell",
                    "; ".join(troubles),
                    row["Givebutter Contact ID"],
                    row["Contact External ID"],
                )
            )
        else:
            rows.append({"person_id": person_id, **row})
    return rows, held


def _held(connection: duckdb.DuckDBPyConnection) -> list[Held]:
    rows = connection.execute(
        "select person_id, code, detail, givebutter_contact_id, mentor_id from exports.givebutter_hold order by all"
    ).fetchall()
    return [Held(*row) for row in rows]


def file_bytes(rows: list[dict[str, str]]) -> bytes:
    """The import file: UTF-8 with BOM, every cell quoted, CRLF, as the official template is (sources.md 2.2)."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(headers())
    writer.writerows([row[header] for header in headers()] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def write_givebutter(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, written_at: datetime, versions: dict[str, str]
) -> ExportFile:
    """Write `givebutter-import.csv`, `givebutter-held.csv` and `givebutter-manifest.json` into `folder`.

    `connection` holds the tables of schema `exports`: the warehouse's or the published snapshot's. Each file appears
    whole or not at all.

    Raises:
        ValueError: if a Givebutter contact id would appear twice; nothing is written.
    """
    rows, unsafe = _read(connection)
    held = [*_held(connection), *unsafe]
    ids = [row["Givebutter Contact ID"] for row in rows if row["Givebutter Contact ID"]]
    if len(ids) != len(set(ids)):
        raise ValueError("A Givebutter contact id would appear twice in the file; nothing was written.")
    body = file_bytes(rows)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "givebutter-import.csv"
    _replace(path, body)
    held_path = folder / "givebutter-held.csv"
    _replace(held_path, _held_bytes(held))
    manifest = _manifest(connection, rows, held, body, written_at, versions)
    manifest_path = folder / "givebutter-manifest.json"
    _replace(manifest_path, (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())
    return ExportFile(path, held_path, manifest_path, manifest["sha256"], len(rows), held, manifest)


def export_rows(connection: duckdb.DuckDBPyConnection, key: str) -> list[ExportedRow]:
    """Every row of the file for the export ledger; `key` goes into the hashes of its values (see `written`)."""
    rows, _ = _read(connection)
    return [
        ExportedRow(
            row["person_id"],
            row["Givebutter Contact ID"] or None,
            row["Contact External ID"] or None,
            hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest(),
            written_hashes({header: cell for header, cell in row.items() if header != "person_id"}, key),
        )
        for row in rows
    ]


def _held_bytes(held: list[Held]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["Person", "Mentor ID", "Givebutter Contact ID", "Why", "Detail"])
    writer.writerows([h.person_id, h.mentor_id or "", h.givebutter_contact_id or "", h.code, h.detail] for h in held)
    return stream.getvalue().encode("utf-8-sig")


def _manifest(
    connection: duckdb.DuckDBPyConnection,
    rows: list[dict[str, str]],
    held: list[Held],
    body: bytes,
    written_at: datetime,
    versions: dict[str, str],
) -> dict[str, Any]:
    freshness = connection.execute(
        "select source || '.' || entity, max(content_at), max(arrived_at) from landing.batch group by all order by all"
    ).fetchall()
    reasons: dict[str, int] = {}
    for one in held:
        reasons[one.code] = reasons.get(one.code, 0) + 1
    seasons = connection.execute("select distinct season from exports.givebutter_candidate order by all").fetchall()
    return {
        "target": "givebutter",
        "file": "givebutter-import.csv",
        "sha256": hashlib.sha256(body).hexdigest(),
        "written_at": written_at.isoformat(),
        "filters": {"season": [season for (season,) in seasons], "who": "everyone with a sign-up who is not held"},
        "counts": {
            "rows": len(rows),
            "updates": sum(1 for row in rows if row["Givebutter Contact ID"]),
            "new contacts": sum(1 for row in rows if not row["Givebutter Contact ID"]),
            "people held": len({one.person_id for one in held}),
            "held by reason": reasons,
        },
        "columns": headers(),
        "freshness": {
            entity: {"content as of": _iso(content), "arrived": _iso(arrived)} for entity, content, arrived in freshness
        },
        "versions": versions,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _replace(path: Path, body: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as stream:
            stream.write(body)
            flush_to_disk(stream)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
