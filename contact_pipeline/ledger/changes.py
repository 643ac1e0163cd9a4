"""The change feed: every PID that changed its meaning, for whom else keeps PIDs.

Which change, when, why, by whom, and which past exports carried the PIDs: putting that together belongs here. What
happened is in `pid_event` (`pids.events`); one change has several events there, one for each side, and one row here.

| kind | old PID | new PID |
|---|---|---|
| absorbed | the one that ended | the one that stands for it from then on |
| revived | the one that had stood for it | the one that came back with its contacts |
| split | the one that lost contacts | the one that has them from then on |
| retired | the one a human ended | none |

A person nobody knew before changes no PID and is not in the feed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Row, select

from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.tables import export, export_row, pid_event
from contact_pipeline.ledger.tabular import INTEGER, TEXT, TIME, as_table

CHANGE_COLUMNS = {
    "event_id": INTEGER,
    "changed_at": TIME,
    "kind": TEXT,
    "old_pid": TEXT,
    "new_pid": TEXT,
    "actor": TEXT,
    "reason": TEXT,
    "old_exports": pa.list_(INTEGER),
    "new_exports": pa.list_(INTEGER),
}

KINDS = ("absorbed", "revived", "split", "retired")


def pid_changes(ledger: Ledger, *, since: datetime | None = None) -> pa.Table:
    """Every change of a PID, oldest first (columns: CHANGE_COLUMNS).

    `old_exports` and `new_exports` are the ids of the exports that carried the old and the new PID before the change.

    Args:
        ledger: the ledger.
        since: only what changed at this moment or later.
    """
    wanted = select(pid_event).where(pid_event.c.kind.in_(KINDS)).order_by(pid_event.c.event_id)
    if since is not None:
        wanted = wanted.where(pid_event.c.happened_at >= since)
    carried = select(export_row.c.person_id, export.c.export_id, export.c.exported_at).join(export).distinct()
    with ledger.reading() as connection:
        rows = connection.execute(wanted).all()
        exports: dict[str, list[Any]] = defaultdict(list)
        if rows:
            for person_id, export_id, exported_at in connection.execute(carried.order_by(export.c.export_id)):
                exports[person_id].append((exported_at, export_id))
    return as_table([_row(event, *_ways(event), exports) for event in _one_each(rows)], CHANGE_COLUMNS)


def _one_each(events: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Leaves out the split that a return makes on its other side."""
    kept = list(events)
    returns = {(event.happened_at, event.other_pid, event.pid) for event in kept if event.kind == "revived"}
    return [e for e in kept if e.kind != "split" or (e.happened_at, e.pid, e.other_pid) not in returns]


def _ways(event: Row[Any]) -> tuple[str, str | None]:
    return (event.other_pid, event.pid) if event.kind == "revived" else (event.pid, event.other_pid)


def _row(event: Row[Any], old: str, new: str | None, exports: dict[str, list[Any]]) -> tuple[Any, ...]:
    carried = [
        [export_id for at, export_id in exports.get(pid or "", ()) if at <= event.happened_at] for pid in (old, new)
    ]
    return event.event_id, event.happened_at, event.kind, old, new, event.actor, event.reason, *carried
