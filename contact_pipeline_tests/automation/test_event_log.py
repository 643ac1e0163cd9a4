"""Promises of the event log whose connections are kept: Dagster's own reads it, live, and few files stay open."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from contact_pipeline.automation.event_log import EventLog
from contact_pipeline_tests.automation.conftest import added_run


@pytest.fixture
def log(instance: dg.DagsterInstance) -> EventLog:
    """The log of an empty history."""
    assert isinstance(instance.event_log_storage, EventLog), "the shipped settings name another one"
    return instance.event_log_storage


def said(instance: dg.DagsterInstance, words: str) -> str:
    """A run with one event that says this; gives its run id."""
    run_id = added_run(instance, "refresh", dg.DagsterRunStatus.STARTED)
    say(instance, run_id, words)
    return run_id


def say(instance: dg.DagsterInstance, run_id: str, words: str) -> None:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    instance.report_engine_event(words, run)


def folder_of(log: EventLog) -> Path:
    return Path(log.path_for_shard("index")).parent


def test_dagsters_own_storage_reads_what_is_written_while_it_is_written(
    instance: dg.DagsterInstance, log: EventLog
) -> None:
    run_id = said(instance, "the first")
    own = SqliteEventLogStorage(str(folder_of(log)))
    assert [entry.message for entry in own.get_logs_for_run(run_id)] == ["the first"]
    say(instance, run_id, "the second")
    assert [entry.message for entry in own.get_logs_for_run(run_id)] == ["the first", "the second"]


def test_a_page_that_follows_a_run_is_woken_by_every_event(instance: dg.DagsterInstance, log: EventLog) -> None:
    run_id = said(instance, "before")
    page, woken, heard = SqliteEventLogStorage(str(folder_of(log))), Event(), []
    page.watch(run_id, None, lambda entry, _cursor: (heard.append(entry.message), woken.set()))
    try:
        say(instance, run_id, "after")
        assert woken.wait(30), "nothing woke it"
        assert heard[:2] == ["before", "after"]
    finally:
        page.dispose()


def test_only_the_index_and_the_run_asked_for_last_stay_open(instance: dg.DagsterInstance, log: EventLog) -> None:
    runs = [said(instance, "a run") for _ in range(4)]
    assert all(instance.all_logs(run_id) for run_id in runs)
    assert open_shards(log) == {"index", runs[-1]}
    log.dispose()
    assert open_shards(log) == set()


def open_shards(log: EventLog) -> set[str]:
    """The databases of the log that this process holds open."""
    held = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        target = descriptor.readlink() if descriptor.is_symlink() else Path()
        if target.parent == folder_of(log) and target.suffix == ".db":
            held.add(target.stem)
    return held
