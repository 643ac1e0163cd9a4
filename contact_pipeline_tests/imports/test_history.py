"""The history of imports: what became of each, when one succeeds, and figures without anybody's data."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contact_pipeline.imports.history import RETURNED, ImportHistory, figures, history, write_history
from contact_pipeline.ledger.imports import record_import, record_report
from contact_pipeline.ledger.ledger import Ledger

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}", workspace="test", now=NOON)
    yield opened
    opened.close()


def happened(
    ledger: Ledger, kind: str, *, minute: int, accepted: int = 100, import_id: str = "imp-1", **more: Any
) -> None:
    errors = [{"code": "required", "severity": "error", "rows": 100 - accepted, "findings": 100 - accepted}]
    told = {"code": "invalid_phone", "severity": "warning", "rows": 50, "findings": 50}
    counts = {"rows": 100, "accepted": accepted, "refuse": 100 - accepted, "findings": [*errors, told]}
    about = {"file_name": "ann lee.csv", "source": "list", "preset": None, "policy": "fill", "rules_version": 3}
    counts |= more.pop("counts", {})
    record_import(
        ledger,
        kind,
        now=NOON + timedelta(minutes=minute),
        actor="ann",
        import_id=import_id,
        counts=counts,
        **about,
        **more,
    )


def only(ledger: Ledger) -> ImportHistory:
    [one] = history(ledger)
    return one


def test_an_import_applied_at_once_with_most_rows_accepted_succeeded(ledger: Ledger) -> None:
    happened(ledger, "planned", minute=0, accepted=90)
    assert (only(ledger).success, only(ledger).mode) == (None, "dry run")
    happened(ledger, "fixed", minute=3, accepted=95)
    happened(ledger, "applied", minute=5, accepted=95, mode="valid", seconds=2.0)
    one = only(ledger)
    assert (one.status, one.mode, one.success, one.share) == ("applied", "valid", True, 0.95)
    assert (one.corrections, one.top_errors, one.rules_version, one.seconds) == (1, ["required: 5"], 3, 2.0)
    assert one.applied_at == NOON + timedelta(minutes=5)


CASES = {
    "too few rows accepted": [("applied", {"accepted": 94})],
    "a report had to come back first": [("fixed", {"counts": {RETURNED: 7}}), ("applied", {})],
    "taken back": [("applied", {}), ("undone", {})],
}


@pytest.mark.parametrize("events", CASES.values(), ids=CASES)
def test_an_import_did_not_succeed_where(events: list[tuple[str, dict[str, Any]]], ledger: Ledger) -> None:
    happened(ledger, "planned", minute=0)
    for minute, (kind, more) in enumerate(events, start=1):
        happened(ledger, kind, minute=minute, **({"mode": "valid"} if kind == "applied" else {}), **more)
    assert only(ledger).success is False


def test_a_report_that_comes_back_after_the_import_was_applied_takes_nothing_from_it(ledger: Ledger) -> None:
    happened(ledger, "planned", minute=0)
    happened(ledger, "applied", minute=1, mode="valid")
    happened(ledger, "fixed", minute=2, counts={RETURNED: 3})
    happened(ledger, "undone", minute=3)
    happened(ledger, "redone", minute=4)
    one = only(ledger)
    assert (one.success, one.status, one.undone_at) == (True, "applied", None)


def test_figures_say_how_imports_go(ledger: Ledger) -> None:
    for number, accepted in ((1, 100), (2, 60)):
        happened(ledger, "planned", minute=0, accepted=accepted, import_id=f"imp-{number}", seconds=4.0)
        happened(ledger, "applied", minute=10, accepted=accepted, import_id=f"imp-{number}", mode="valid", seconds=2.0)
    happened(ledger, "planned", minute=20, import_id="imp-3", seconds=2.0)
    record_report(ledger, "imp-2", "/out/r.xlsx", refused_only=True, rows=40, problems=41, now=NOON, actor="ann")
    told = figures(ledger)
    assert {name: told[name] for name in ("imports", "applied", "succeeded", "success rate", "rows accepted")} == {
        "imports": 3, "applied": 2, "succeeded": 1, "success rate": 0.5, "rows accepted": 0.8,
    }  # fmt: skip
    assert (told["median seconds to success"], told["rows a second"]) == (600.0, {"planned": 30, "applied": 50})
    assert told["top errors"]["required"] == 40
    connection = duckdb.connect()
    write_history(connection, ledger, "import_history")
    rows = connection.execute("select import_id, success, reports from import_history order by import_id").fetchall()
    assert rows == [("imp-1", True, []), ("imp-2", False, ["/out/r.xlsx"]), ("imp-3", None, [])]


def test_the_log_tells_ids_and_counts_and_nothing_of_people(ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "contact_pipeline.ledger.imports"):
        happened(ledger, "applied", minute=0, mode="valid", batch_id="imports.people-0123")
    [line] = [record.getMessage() for record in caplog.records]
    assert '"event": "applied"' in line
    assert '"rows": 100' in line
    assert "ann" not in line, "neither who did it nor the name of a file"
