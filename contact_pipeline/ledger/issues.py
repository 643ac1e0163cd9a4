"""Issues: one row for ever per thing a human should look at (decision 66).

Opening, touching, closing and re-opening rows belongs here. Which issues there are, their words and their severity
belong to the registry in `contact_pipeline.issues`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, bindparam, select, update

from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.tables import issue
from contact_pipeline.ledger.tabular import INTEGER, TEXT, TIME, as_table, texts

SEVERITIES = ("critical", "error", "warning", "info")
"""Worst first."""

FOUND_COLUMNS = ("fingerprint", "code", "severity", "subject", "title", "detail", "action", "person_id")
"""What a run says about an issue."""

OPTIONAL_COLUMNS = ("detail", "action", "person_id")
"""Those of them that may be null."""

ISSUE_COLUMNS = {
    **dict.fromkeys(FOUND_COLUMNS, TEXT),
    "first_seen": TIME,
    "last_seen": TIME,
    "closed_at": TIME,
    "reopened": INTEGER,
    "resolution": TEXT,
    "resolved_by": TEXT,
    "resolved_at": TIME,
}

UNANSWERED: dict[str, None] = {"resolution": None, "resolved_by": None, "resolved_at": None}
"""What an issue becomes when it says something new: a human's answer was to the old words."""

_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class IssueCounts:
    """What one call of `record_issues` did.

    Attributes:
        opened: new ones.
        reopened: found again after they had been gone.
        still_open: open before and after.
        changed: those of `still_open` whose words, severity or person changed.
        closed: gone since the last time.
    """

    opened: int = 0
    reopened: int = 0
    still_open: int = 0
    changed: int = 0
    closed: int = 0


def fingerprint(code: str, *parts: str | None) -> str:
    """A hash of what makes an issue the one it is: its code and what it is about, never its wording or a date.

    In DuckDB: `sha256(code || chr(31) || part_1 || chr(31) || coalesce(part_2, ''))`; a missing part counts as empty.

    Raises:
        ValueError: a part holds the separator U+001F.
    """
    words = [code, *(part or "" for part in parts)]
    if any(_SEPARATOR in word for word in words):
        raise ValueError("A fingerprint's parts must not hold U+001F, which stands between them.")
    return sha256(_SEPARATOR.join(words).encode()).hexdigest()


def record_issues(
    ledger: Ledger, found: pa.Table, *, now: datetime, codes: Collection[str] | None = None
) -> IssueCounts:
    """Brings the issue table in line with what was found: opens, re-opens, touches, and closes what is gone.

    With the same issues again, only `last_seen` moves; at the same `now`, nothing does.

    Args:
        ledger: the ledger.
        found: all issues there are now, with the columns of FOUND_COLUMNS.
        now: when they were looked for.
        codes: the codes that were looked for; issues of other codes are left alone. None means all.

    Raises:
        ValueError: a column or value is missing, a severity is unknown, a fingerprint stands for two issues, or an
            issue's code is none of `codes`.
    """
    seen = _checked(found, codes)
    with ledger.writing() as connection:
        known = _known(connection, codes)
        opened = [row for key, row in seen.items() if key not in known]
        returned = [row for key, row in seen.items() if key in known and known[key].closed_at is not None]
        stayed = [row for key, row in seen.items() if key in known and known[key].closed_at is None]
        changed = [
            row for row in stayed if tuple(known[row["fingerprint"]][: len(FOUND_COLUMNS)]) != tuple(row.values())
        ]
        gone = [key for key, row in known.items() if key not in seen and row.closed_at is None]
        _open(connection, opened, now)
        _rewrite(connection, changed, **UNANSWERED)
        _reopen(connection, returned)
        _close(connection, gone, now)
        _touch(connection, codes, now)
    return IssueCounts(len(opened), len(returned), len(stayed), len(changed), len(gone))


def issues(ledger: Ledger, *, open_only: bool = False) -> pa.Table:
    """All issues, or the open ones, in order of fingerprint (columns: ISSUE_COLUMNS)."""
    wanted = select(*(issue.c[name] for name in ISSUE_COLUMNS))
    if open_only:
        wanted = wanted.where(issue.c.closed_at.is_(None))
    with ledger.reading() as connection:
        return as_table(connection.execute(wanted.order_by(issue.c.fingerprint)).all(), ISSUE_COLUMNS)


def _checked(found: pa.Table, codes: Collection[str] | None) -> dict[str, dict[str, Any]]:
    """The found issues by fingerprint, each with FOUND_COLUMNS in that order."""
    columns = [texts(found, name, required=name not in OPTIONAL_COLUMNS) for name in FOUND_COLUMNS]
    seen: dict[str, dict[str, Any]] = {}
    for values in zip(*columns, strict=True):
        row = dict(zip(FOUND_COLUMNS, values, strict=True))
        if row["fingerprint"] in seen:
            raise ValueError(f"Two issues of code {row['code']} share the fingerprint {row['fingerprint']}.")
        if row["severity"] not in SEVERITIES:
            raise ValueError(f"Severity '{row['severity']}' of {row['code']} is none of {', '.join(SEVERITIES)}.")
        if codes is not None and row["code"] not in codes:
            raise ValueError(f"An issue of code {row['code']} was found, which was not looked for.")
        seen[row["fingerprint"]] = row
    return seen


def _known(connection: Connection, codes: Collection[str] | None) -> dict[str, Any]:
    """The issues on record, of the codes looked for: FOUND_COLUMNS, then closed_at."""
    wanted = select(*(issue.c[name] for name in FOUND_COLUMNS), issue.c.closed_at)
    if codes is not None:
        wanted = wanted.where(issue.c.code.in_(sorted(codes)))
    return {row.fingerprint: row for row in connection.execute(wanted)}


def _open(connection: Connection, rows: list[dict[str, Any]], now: datetime) -> None:
    if rows:
        connection.execute(
            issue.insert(), [{**row, "first_seen": now, "last_seen": now, "reopened": 0} for row in rows]
        )


def _rewrite(connection: Connection, rows: list[dict[str, Any]], **also: Any) -> None:
    """Gives rows their new words."""
    if rows:
        words: dict[str, Any] = {name: bindparam(f"new_{name}") for name in FOUND_COLUMNS[1:]}
        changed = update(issue).where(issue.c.fingerprint == bindparam("new_fingerprint")).values(**words, **also)
        connection.execute(changed, [{f"new_{name}": value for name, value in row.items()} for row in rows])


def _reopen(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """What a human said about an issue does not hold for its return: the evidence is new."""
    _rewrite(connection, rows, closed_at=None, reopened=issue.c.reopened + 1, **UNANSWERED)


def _close(connection: Connection, fingerprints: list[str], now: datetime) -> None:
    if fingerprints:
        closed = update(issue).where(issue.c.fingerprint == bindparam("gone")).values(closed_at=now)
        connection.execute(closed, [{"gone": key} for key in fingerprints])


def _touch(connection: Connection, codes: Collection[str] | None, now: datetime) -> None:
    """Every issue still open was seen now: one statement, however many there are."""
    seen = update(issue).where(issue.c.closed_at.is_(None), issue.c.last_seen < now).values(last_seen=now)
    if codes is not None:
        seen = seen.where(issue.c.code.in_(sorted(codes)))
    connection.execute(seen)
