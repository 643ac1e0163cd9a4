"""Promises about the log of syncs: a line for each, failed where nobody finished it, files that left beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy.exc

from contact_pipeline.ledger import Ledger
from contact_pipeline.ledger.exports import record_export
from contact_pipeline.ledger.syncs import FIGURES, SyncKind, fail_sync, finish_sync, start_sync, sync_log, syncs
from contact_pipeline.ledger.tables import sync_run

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
COUNTS = {name: place for place, name in enumerate(FIGURES, start=1)}


def start(ledger: Ledger, run_id: str = "run-1", kind: SyncKind = SyncKind.PERIODIC) -> int:
    return start_sync(ledger, kind=kind, triggered_by="sensor", run_id=run_id, now=NOW)


def newest(ledger: Ledger) -> dict[str, Any]:
    line: dict[str, Any] = syncs(ledger, newest=1).to_pylist()[0]
    return line


def test_a_sync_that_went_well_has_its_figures_and_times(ledger: Ledger) -> None:
    finish_sync(ledger, start(ledger), COUNTS, now=LATER)
    line = newest(ledger)
    assert (line["kind"], line["status"], line["triggered_by"]) == ("periodic", "completed", "sensor")
    assert (line["started_at"], line["ended_at"]) == (NOW, LATER)
    assert {name: line[name] for name in FIGURES} == COUNTS


def test_one_that_nobody_finished_is_told_as_failed_by_the_next(ledger: Ledger) -> None:
    start(ledger)
    finish_sync(ledger, start(ledger, "run-2"), COUNTS, now=LATER)
    assert [line["status"] for line in syncs(ledger).to_pylist()] == ["completed", "failed"]


def test_a_run_that_failed_after_its_figures_were_written_counts_as_failed(ledger: Ledger) -> None:
    finish_sync(ledger, start(ledger), COUNTS, now=NOW)
    fail_sync(ledger, "run-1", "It failed.", now=LATER)
    assert (newest(ledger)["status"], newest(ledger)["message"]) == ("failed", "It failed.")


def test_figures_of_a_sync_that_ended_are_not_written_again(ledger: Ledger) -> None:
    sync_id = start(ledger)
    fail_sync(ledger, "run-1", "It failed.", now=LATER)
    finish_sync(ledger, sync_id, COUNTS, now=LATER)
    assert newest(ledger)["status"] == "failed"


def test_files_that_left_stand_among_the_syncs_by_time(ledger: Ledger) -> None:
    finish_sync(ledger, start(ledger, kind=SyncKind.SET_UP), COUNTS, now=LATER)
    said = {"target": "givebutter", "file_name": "f.csv", "sha256": "x", "manifest": {}, "rows": []}
    record_export(ledger, **said, now=LATER, actor="ann")
    log = sync_log(ledger).to_pylist()
    assert [(line["kind"], line["triggered_by"], line["processed"]) for line in log] == [
        ("export", "ann", 0),
        ("set_up", "sensor", COUNTS["processed"]),
    ]


def test_the_ledger_takes_the_kinds_of_the_one_list_and_no_other(ledger: Ledger) -> None:
    for kind in SyncKind:
        if kind != SyncKind.EXPORT:
            start(ledger, kind=kind)
    with pytest.raises(sqlalchemy.exc.IntegrityError), ledger.writing() as connection:
        connection.execute(
            sync_run.insert().values(kind="hourly", status="running", triggered_by="ann", started_at=NOW)
        )
