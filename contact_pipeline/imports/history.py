"""The history of imports and their figures: what became of each, how many succeed, what goes wrong most.

Adding up what the ledger remembers belongs here. Remembering belongs to `ledger.imports`.

An import succeeds (decision 68) when it was applied, nobody had to send a file for it again, and at least 95 % of its
rows were accepted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import median
from typing import Any, Final

import duckdb

from contact_pipeline.ledger.imports import import_events, import_reports
from contact_pipeline.ledger.ledger import Ledger

ENOUGH: Final = 0.95
"""Share of rows accepted from which an import succeeds (decision 68)."""
TOP: Final = 3
"""So many kinds of finding are told of an import."""
RETURNED: Final = "corrected by a report"
"""Key of an event's counts: rows that a report which came back corrected."""


@dataclass(frozen=True)
class ImportHistory:
    """One import, from its first look on.

    Attributes:
        import_id: Which.
        file_name: As it was handed in.
        source: The folder of the inbox it belongs to.
        preset: The preset it was read by, if any.
        policy: What becomes of rows whose person is known.
        rules_version: The rules it was last held to; 0 for those that come with the program.
        status: planned, applied or undone.
        mode: `dry run`, or how it was applied: `valid` or `all`.
        planned_at: When it was first looked at.
        applied_at: When it was first applied.
        undone_at: When it was taken back.
        actor: Who brought it.
        rows: Rows of the file.
        accepted: Rows that were accepted.
        refused: Rows that were refused.
        share: Of rows accepted; null where it has none.
        corrections: Times it was corrected.
        sent_again: Whether a corrected report had to be sent before it was applied.
        success: See the module; null while it was not applied.
        top_errors: Kinds of error with most rows.
        seconds: How long the last look or application took.
        reports: Where its reports were written.
    """

    import_id: str
    file_name: str
    source: str
    preset: str | None
    policy: str
    rules_version: int
    status: str
    mode: str
    planned_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    actor: str
    rows: int
    accepted: int
    refused: int
    share: float | None
    corrections: int
    sent_again: bool
    success: bool | None
    top_errors: list[str]
    seconds: float | None
    reports: list[str]


def history(ledger: Ledger) -> list[ImportHistory]:
    """Every import the ledger knows of, the newest first."""
    reports, found = import_reports(ledger), []
    events: dict[str, list[dict[str, Any]]] = {}
    for event in import_events(ledger):
        events.setdefault(event["import_id"], []).append(event)
    for import_id, some in events.items():
        found.append(_of_events(some, reports.get(import_id, [])))
    return sorted(found, key=lambda one: (one.planned_at, one.import_id), reverse=True)


def _of_events(events: Sequence[dict[str, Any]], reports: list[str]) -> ImportHistory:
    last = events[-1]
    counted = next(
        (event for event in reversed(events) if "rows" in event["counts"] and "refuse" in event["counts"]), last
    )
    counts = counted["counts"]
    applied = [event for event in events if event["kind"] == "applied"]
    undone = [event for event in events if event["kind"] in ("undone", "redone")]
    is_undone = bool(undone) and undone[-1]["kind"] == "undone"
    until = applied[0]["event_id"] if applied else last["event_id"] + 1
    again = any(event["counts"].get(RETURNED) for event in events if event["event_id"] < until)
    rows = int(counts.get("rows", 0))
    share = counts.get("accepted", 0) / rows if rows else None
    return ImportHistory(
        **{name: last[name] for name in ("import_id", "file_name", "source", "preset", "policy", "rules_version")},
        status="undone" if is_undone else "applied" if applied else "planned",
        mode=applied[-1]["mode"] if applied else "dry run",
        planned_at=events[0]["at"],
        applied_at=applied[0]["at"] if applied else None,
        undone_at=undone[-1]["at"] if is_undone else None,
        actor=events[0]["actor"],
        rows=rows,
        accepted=int(counts.get("accepted", 0)),
        refused=int(counts.get("refuse", 0)),
        share=share,
        corrections=sum(1 for event in events if event["kind"] == "fixed"),
        sent_again=again,
        success=None if not applied else not again and not is_undone and share is not None and share >= ENOUGH,
        top_errors=_top(counts),
        seconds=counted["seconds"],
        reports=reports,
    )


def _top(counts: dict[str, Any]) -> list[str]:
    errors = [found for found in counts.get("findings", []) if found["severity"] == "error"]
    return [f"{one['code']}: {one['rows']:,}" for one in sorted(errors, key=lambda one: -one["rows"])[:TOP]]


def figures(ledger: Ledger, imports: Iterable[ImportHistory] | None = None) -> dict[str, Any]:
    """How imports go: how many there were, were applied and succeeded; time to the first success; what goes wrong most.

    `rows a second` is by kind of event. Shares are null where there is nothing to divide by.
    """
    found = list(history(ledger) if imports is None else imports)
    tried = [one for one in found if one.success is not None]
    won = [one for one in tried if one.success]
    waits = [(one.applied_at - one.planned_at).total_seconds() for one in won if one.applied_at is not None]
    rows, accepted = sum(one.rows for one in tried), sum(one.accepted for one in tried)
    return {
        "imports": len(found),
        "applied": len(tried),
        "succeeded": len(won),
        "success rate": round(len(won) / len(tried), 4) if tried else None,
        "rows accepted": round(accepted / rows, 4) if rows else None,
        "median seconds to success": round(median(waits), 1) if waits else None,
        "rows a second": _pace(ledger),
        "top errors": _common(found),
    }


def _common(found: Iterable[ImportHistory]) -> dict[str, int]:
    codes: Counter[str] = Counter()
    for one in found:
        for told in one.top_errors:
            code, _, rows = told.rpartition(": ")
            codes[code] += int(rows.replace(",", ""))
    return dict(codes.most_common(2 * TOP))


def _pace(ledger: Ledger) -> dict[str, int]:
    rows: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for event in import_events(ledger):
        if event["seconds"] and event["kind"] in ("planned", "applied"):
            rows[event["kind"]] += int(event["counts"].get("rows", 0))
            seconds[event["kind"]] += event["seconds"]
    return {kind: round(rows[kind] / seconds[kind]) for kind in rows}


def write_history(connection: duckdb.DuckDBPyConnection, ledger: Ledger, table: str) -> dict[str, Any]:
    """Rebuild `table`: one row per import (columns: `ImportHistory`); gives `figures` for the asset's page."""
    import pyarrow as pa

    found = history(ledger)
    texts = {"top_errors": pa.list_(pa.string()), "reports": pa.list_(pa.string())}
    types = {
        **dict.fromkeys(
            ("import_id", "file_name", "source", "preset", "policy", "status", "mode", "actor"), pa.string()
        ),
        **dict.fromkeys(("rules_version", "rows", "accepted", "refused", "corrections"), pa.int64()),
        **dict.fromkeys(("planned_at", "applied_at", "undone_at"), pa.timestamp("us", tz="UTC")),
        **dict.fromkeys(("share", "seconds"), pa.float64()),
        **dict.fromkeys(("sent_again", "success"), pa.bool_()),
        **texts,
    }
    schema = pa.schema([(name, types[name]) for name in ImportHistory.__dataclass_fields__])
    connection.register("import_line", pa.Table.from_pylist([asdict(one) for one in found], schema))
    connection.execute(f"create or replace table {table} as select * from import_line order by planned_at, import_id")
    connection.unregister("import_line")
    return {name: figure for name, figure in figures(ledger, found).items() if figure is not None}
