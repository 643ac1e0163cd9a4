"""Imports: what became of each, and the corrections it was applied with.

Remembering belongs here; making, applying and taking back belong to `contact_pipeline.imports`. Counts and codes, never
a value of a person, except in corrections: those are what somebody said, and cannot be recomputed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contact_pipeline.ledger.ledger import Ledger, inserted_id
from contact_pipeline.ledger.tables import import_edit, import_event, import_report

logger = logging.getLogger(__name__)

LOGGED = ("import_id", "source", "policy", "mode", "rules_version", "batch_id", "counts", "seconds")
"""What the log tells of an event: ids, settings and counts. Names of files and of people stay in the ledger."""

KINDS = ("planned", "fixed", "applied", "undone", "redone", "refused")


def record_import(ledger: Ledger, kind: str, *, now: datetime, actor: str, **about: Any) -> int:
    """Remembers what became of an import; gives the event's id.

    Args:
        ledger: The ledger.
        kind: One of KINDS.
        now: When.
        actor: Who did it.
        about: import_id, file_name, source, preset, policy, mode, rules_version, batch_id, counts, seconds.

    Raises:
        ValueError: the kind is none of KINDS.
    """
    if kind not in KINDS:
        raise ValueError(f"An import is {', '.join(KINDS)}, not '{kind}'.")
    with ledger.writing() as connection:
        event = inserted_id(connection, import_event.insert().values(kind=kind, at=now, actor=actor, **about))
    shown = {name: about[name] for name in LOGGED if about.get(name) is not None}
    logger.info("import %s", json.dumps({"event": kind, **shown}, default=str, sort_keys=True))
    return event


def record_edits(ledger: Ledger, import_id: str, edits: Iterable[Mapping[str, Any]]) -> int:
    """Remembers corrections that are not remembered yet, by their number; gives how many those were.

    Args:
        ledger: The ledger.
        import_id: Whose.
        edits: number, kind, row_key, column_name, old, value, rows, actor, at.
    """
    with ledger.writing() as connection:
        known = set(
            connection.execute(select(import_edit.c.number).where(import_edit.c.import_id == import_id)).scalars()
        )
        new = [{"import_id": import_id, **edit} for edit in edits if edit["number"] not in known]
        if new:
            connection.execute(import_edit.insert(), new)
    return len(new)


def import_events(ledger: Ledger, import_id: str | None = None) -> list[dict[str, Any]]:
    """What became of an import, or of all, in order."""
    wanted = select(import_event).order_by(import_event.c.event_id)
    if import_id is not None:
        wanted = wanted.where(import_event.c.import_id == import_id)
    with ledger.reading() as connection:
        return [row._asdict() for row in connection.execute(wanted).all()]


def record_report(
    ledger: Ledger,
    import_id: str,
    path: str,
    *,
    refused_only: bool,
    rows: int,
    problems: int,
    now: datetime,
    actor: str,
) -> None:
    """Remembers a report that was written, and where."""
    line = {"import_id": import_id, "path": path, "refused_only": refused_only, "rows": rows, "problems": problems}
    with ledger.writing() as connection:
        connection.execute(import_report.insert().values(**line, at=now, actor=actor))


def import_reports(ledger: Ledger) -> dict[str, list[str]]:
    """Import → where its reports were written, in order."""
    found: dict[str, list[str]] = {}
    with ledger.reading() as connection:
        for row in connection.execute(select(import_report).order_by(import_report.c.report_id)).all():
            found.setdefault(row.import_id, []).append(row.path)
    return found
