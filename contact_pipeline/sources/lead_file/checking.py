"""What a lead file holds, before or after it is taken: every record accounted for, every doubtful value with its place.

Looking belongs here; it changes nothing. A doubtful value does not keep a record out: the contact goes without it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from contact_pipeline.sources.lead_file.records import LEAD_ID, NotLeadsError, leads_of
from contact_pipeline.sources.list_file.mapping import map_headers

WAYS_TO_REACH = ("email_1", "email_2", "phone_1", "phone_2", "phone_3", "linkedin")
NAMES = ("full_raw", "first_raw", "last_raw")
SUFFIXES = (".json", ".jsonl", ".ndjson")


@dataclass(frozen=True)
class Problem:
    """One thing to look at: which record (from 1), which field, what stands there, what to do."""

    position: int | None
    field: str | None
    value: str | None
    advice: str


@dataclass(frozen=True)
class LeadFile:
    """One file, looked at; `seen` = `accepted` + `quarantined`.

    Attributes:
        file: its path.
        sha256: of its bytes.
        seen: records in it.
        accepted: records that would be loaded.
        quarantined: records that would be set aside.
        fields: names of fields that are understood, by what they are understood as.
        unknown: names of fields that are kept and not understood.
        problems: what to look at.
    """

    file: str
    sha256: str
    seen: int
    accepted: int
    quarantined: int
    fields: dict[str, list[str]]
    unknown: tuple[str, ...]
    problems: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return asdict(self)


def lead_files(paths: Iterable[Path]) -> list[Path]:
    """The JSON files among these paths and below these folders, in order of their names."""
    found: dict[Path, None] = {}
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found |= dict.fromkeys(p for p in inside if p.is_file() and (p == path or p.suffix.lower() in SUFFIXES))
    return list(found)


def look_at(path: Path, *, region: str = "US") -> LeadFile:
    """Look at one file.

    Args:
        path: the file.
        region: of phone numbers without a country code.

    Raises:
        OSError: it cannot be read.
    """
    body = path.read_bytes()
    sha256 = hashlib.sha256(body).hexdigest()
    try:
        records = leads_of(body)
    except NotLeadsError as error:
        return LeadFile(str(path), sha256, 0, 0, 0, {}, (), (Problem(None, None, None, str(error)),))
    names = dict.fromkeys(name for record in records if isinstance(record, dict) for name in record)
    found = map_headers(names)
    known = {name for headers in found.values() for name in headers} | {LEAD_ID}
    problems = [
        problem for place, record in enumerate(records, 1) for problem in _problems(place, record, found, region)
    ]
    quarantined = sum(1 for record in records if not isinstance(record, dict) or LEAD_ID not in record)
    unknown = tuple(name for name in names if name not in known)
    return LeadFile(
        str(path), sha256, len(records), len(records) - quarantined, quarantined, found, unknown, tuple(problems)
    )


def _problems(place: int, record: Any, found: Mapping[str, list[str]], region: str) -> list[Problem]:
    if not isinstance(record, dict):
        advice = "It is no object with named values and is set aside: correct it in the file."
        return [Problem(place, None, str(record)[:200], advice)]
    if LEAD_ID not in record:
        return [Problem(place, None, None, "The record is empty and is set aside.")]
    said = {column for column, names in found.items() if any(record.get(name) not in (None, "") for name in names)}
    problems = []
    if not said & {*WAYS_TO_REACH, *NAMES}:
        advice = "Nothing in it says who this is: name, e-mail, phone or LinkedIn. It is kept and joins nobody."
        problems.append(Problem(place, None, None, advice))
    for column in ("email_1", "email_2", "phone_1", "phone_2", "phone_3"):
        for name in found.get(column, []):
            problems += _bad_value(place, column, name, record.get(name), region)
    return problems


def _bad_value(place: int, column: str, name: str, value: Any, region: str) -> list[Problem]:
    from contact_pipeline.normalize import normalise

    if not isinstance(value, str) or not value.strip():
        return []
    kind = column.partition("_")[0]
    judged = normalise(kind, value, region)
    if judged.valid:
        return []
    what = "e-mail address" if kind == "email" else "phone number"
    advice = f"No {what} ({judged.reason}): the contact goes without it. Correct it where it came from."
    return [Problem(place, name, value[:200], advice)]
