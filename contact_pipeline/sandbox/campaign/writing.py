"""Files of an invented campaign: the contact export in both layouts, API objects, the truth, and `campaign.json`.

`campaign.json` is written last and names every other file with its SHA-256: a folder without it, or with a file that
differs, is unfinished and is written again.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from contact_pipeline.sandbox.campaign.givebutter import CustomField, row_at
from contact_pipeline.sandbox.campaign.invention import Campaign, Truth
from contact_pipeline.sources.entities import GIVEBUTTER_COLUMNS_NEW_IN_2026, GIVEBUTTER_CONTACT_COLUMNS

MANIFEST = "campaign.json"
_FORMAT = 1
_YEAR = timedelta(days=365)


def write_givebutter_export(
    campaign: Campaign, path: Path, columns: int = 45, at: datetime | None = None, *, bom: bool = False
) -> Path:
    """Write "Export All Contacts" as the platform does (sources.md 2.1).

    All cells are quoted, quotes doubled, newlines kept inside cells, lines end in CRLF, text is UTF-8.

    Args:
        campaign: What to write.
        path: The file; replaced whole.
        columns: 45 base columns, or the 39 of the older layout; custom fields follow either.
        at: When the export was made (UTC): contacts created later are missing, values changed later are the earlier
            ones. The campaign's `now` for 45 columns, a year before for 39.
        bom: Whether a byte order mark comes first.

    Raises:
        ValueError: `columns` is neither 45 nor 39.
    """
    data = givebutter_export(campaign, columns, at)
    return _write(path, b"\xef\xbb\xbf" + data if bom else data)


def givebutter_export(campaign: Campaign, columns: int = 45, at: datetime | None = None) -> bytes:
    """The bytes `write_givebutter_export` writes, without byte order mark."""
    base = base_columns(columns)
    moment = at or (campaign.now if columns == 45 else campaign.now - _YEAR)
    return export_bytes(_rows_at(campaign, moment), base, campaign.custom_fields)


def export_bytes(rows: Iterable[Mapping[str, str]], base: Sequence[str], custom_fields: Sequence[CustomField]) -> bytes:
    """An export as the platform writes it: all cells quoted, quotes doubled, CRLF, UTF-8 without byte order mark.

    Args:
        rows: cells by column name and by the custom fields' keys.
        base: the base columns, in order.
        custom_fields: they follow, under their titles.
    """
    keys = (*base, *(field.key for field in custom_fields))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow((*base, *(field.title for field in custom_fields)))
    writer.writerows([row[key] for key in keys] for row in rows)
    return buffer.getvalue().encode()


def base_columns(columns: int) -> tuple[str, ...]:
    """The base columns of the 45- or the 39-column layout, in order.

    Raises:
        ValueError: There is no other layout.
    """
    if columns == 45:
        return GIVEBUTTER_CONTACT_COLUMNS
    if columns == 39:
        return tuple(name for name in GIVEBUTTER_CONTACT_COLUMNS if name not in GIVEBUTTER_COLUMNS_NEW_IN_2026)
    raise ValueError(f"a Givebutter export has 45 or 39 base columns, not {columns}")


def _rows_at(campaign: Campaign, moment: datetime) -> Iterator[dict[str, str]]:
    for row in campaign.contacts:
        shown = row_at(row, campaign.history.get(row["Givebutter Contact ID"], ()), moment)
        if shown is not None:
            yield shown


def export_name(campaign: Campaign, at: datetime) -> str:
    """The platform's kind of file name: `contacts-2026-04-16-<digits>.csv`."""
    digits = hashlib.sha256(f"{campaign.seed} {at.isoformat()}".encode()).digest()
    return f"contacts-{at.date().isoformat()}-{int.from_bytes(digits[:4], 'big')}.csv"


def write_sandbox(campaign: Campaign, folder: Path) -> Path:
    """Write a campaign into a folder, unless it is there already, whole.

    Layout: `drop/givebutter/` (the export to drop into an inbox), `older/givebutter/` (last year's, 39 columns), `api/`
    (members.json, signups.json, setups.json: lists of objects, for the simulators), `truth/truth.csv` (for measuring
    only) and `campaign.json`. Files of an earlier campaign in the same folder are removed.

    Returns:
        The folder.
    """
    files = _files(campaign)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    manifest = {**_description(campaign), "files": digests}
    if written_campaign(folder) == manifest:
        return folder
    previous = _listed_files(folder)
    (folder / MANIFEST).unlink(missing_ok=True)
    for name in sorted(previous - files.keys()):
        (folder / name).unlink(missing_ok=True)
    for name, data in files.items():
        _write(folder / name, data)
    _write(folder / MANIFEST, _json(manifest, indent=2))
    return folder


def written_campaign(folder: Path) -> dict[str, Any] | None:
    """What a folder's `campaign.json` says, if every file is as it was written; None where the folder is unfinished.

    Keys: format, seed, today, now, season, counts (per entity), cases (records per case), givebutter_campaign,
    jotform_signup_form, jotform_setup_form, files (SHA-256 by relative path). A caller that finds its seed and day here
    need not invent the campaign again.
    """
    manifest = _read_manifest(folder)
    if manifest is None or not all(_has(folder / name, digest) for name, digest in manifest["files"].items()):
        return None
    return manifest


def _has(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    """What `campaign.json` says; None where it is missing or was cut short."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError):
        return None
    return manifest if isinstance(manifest, dict) and isinstance(manifest.get("files"), dict) else None


def _listed_files(folder: Path) -> set[str]:
    manifest = _read_manifest(folder)
    return set(manifest["files"]) if manifest else set()


def _description(campaign: Campaign) -> dict[str, Any]:
    return {
        "format": _FORMAT, "seed": campaign.seed, "today": campaign.today.isoformat(), "now": campaign.now.isoformat(),
        "season": campaign.season, "counts": campaign.counts(), "cases": campaign.cases(),
        "givebutter_campaign": campaign.campaign_code, "jotform_signup_form": campaign.signup_form_id,
        "jotform_setup_form": campaign.setup_form_id,
    }  # fmt: skip


def _files(campaign: Campaign) -> dict[str, bytes]:
    year_ago = campaign.now - _YEAR
    return {
        f"drop/givebutter/{export_name(campaign, campaign.now)}": givebutter_export(campaign),
        f"older/givebutter/{export_name(campaign, year_ago)}": givebutter_export(campaign, 39, year_ago),
        "api/members.json": _json(campaign.members),
        "api/signups.json": _json(campaign.signups),
        "api/setups.json": _json(campaign.setups),
        "truth/truth.csv": _truth(campaign),
    }


def _truth(campaign: Campaign) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(field.name for field in fields(Truth))
    writer.writerows(astuple(truth) for truth in campaign.truth)
    return buffer.getvalue().encode()


def _json(value: Any, indent: int | None = None) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=indent) + "\n").encode()


def _write(path: Path, data: bytes) -> Path:
    """Put a file in place whole: a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
    return path
