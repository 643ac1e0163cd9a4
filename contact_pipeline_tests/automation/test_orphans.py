"""Promises of the sweep: a run whose process is gone is marked failed, and no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.utils import make_new_run_id

from contact_pipeline.automation.orphans import (
    NAMELESS_FOR,
    UNDER_WAY,
    NamedProcess,
    began_at,
    is_alive,
    process_of,
    sweep_orphans,
)
from contact_pipeline.automation.sensors import orphaned_runs
from contact_pipeline_tests.automation.conftest import added_run


@contextmanager
def hanging_run(instance: dg.DagsterInstance) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A real run in a process of its own that never ends by itself; and its run id."""
    command = [sys.executable, "-m", "contact_pipeline_tests.automation.lost_run", instance.root_directory]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def status_of(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def test_a_run_whose_process_was_killed_is_marked_failed_and_one_that_lives_is_not(
    instance: dg.DagsterInstance,
) -> None:
    with hanging_run(instance) as (process, run_id):
        named = process_of(instance, run_id)
        assert named is not None
        assert named.pid == process.pid
        assert sweep_orphans(instance, now=datetime.now(UTC)) == []
        assert status_of(instance, run_id) == dg.DagsterRunStatus.STARTED
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert sweep_orphans(instance, now=datetime.now(UTC)) == [run_id]
    assert status_of(instance, run_id) == dg.DagsterRunStatus.FAILURE
    assert sweep_orphans(instance, now=datetime.now(UTC)) == [], "once is enough"


def test_the_sensor_sweeps_and_says_so(instance: dg.DagsterInstance) -> None:
    with hanging_run(instance) as (process, run_id):
        process.kill()
        process.wait()
        answer = orphaned_runs(dg.build_sensor_context(instance=instance))
    assert isinstance(answer, dg.SkipReason)
    assert (answer.skip_message or "").startswith("1 runs had lost their process")
    assert status_of(instance, run_id) == dg.DagsterRunStatus.FAILURE


@pytest.mark.parametrize("status", UNDER_WAY)
def test_a_run_that_names_no_process_is_lost_after_a_while_and_not_before(
    status: dg.DagsterRunStatus, instance: dg.DagsterInstance
) -> None:
    """A command line killed between making its run and starting it; a launch whose code server died."""
    run_id = added_run(instance, "refresh", status)
    now = datetime.now(UTC)
    assert sweep_orphans(instance, now=now + NAMELESS_FOR - timedelta(seconds=30)) == []
    assert sweep_orphans(instance, now=now + NAMELESS_FOR + timedelta(seconds=30)) == [run_id]


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.SUCCESS])
def test_a_queued_run_and_one_that_ended_are_left_alone(
    status: dg.DagsterRunStatus, instance: dg.DagsterInstance
) -> None:
    run_id = added_run(instance, "refresh", status)
    assert sweep_orphans(instance, now=datetime.now(UTC) + timedelta(days=1)) == []
    assert status_of(instance, run_id) == status


def test_the_daemons_and_the_command_lines_events_both_name_the_process(instance: dg.DagsterInstance) -> None:
    run = instance.add_run(dg.DagsterRun(job_name="refresh", run_id=make_new_run_id()))
    assert process_of(instance, run.run_id) is None
    instance.report_engine_event("Started process for run (pid: 4711).", run)
    instance.report_engine_event("Executing steps in process (pid: 4712)", run)
    instance.report_engine_event("Finished steps in process (pid: 4713) in 2.1s", run)
    named = process_of(instance, run.run_id)
    assert named is not None
    assert named.pid == 4712


def test_this_process_lives_and_began_before_now() -> None:
    began = began_at(os.getpid())
    assert began is not None
    assert began < datetime.now(UTC)
    assert is_alive(NamedProcess(os.getpid(), datetime.now(UTC)))


def test_a_process_that_only_has_the_id_of_the_lost_one_does_not_count() -> None:
    """After a restart in a container the same small numbers are given out again."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert not is_alive(NamedProcess(os.getpid(), yesterday))


def test_a_process_that_ended_but_was_not_waited_for_does_not_count() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    try:
        while began_at(process.pid) != datetime.max.replace(tzinfo=UTC):
            time.sleep(0.01)
        assert not is_alive(NamedProcess(process.pid, datetime.now(UTC)))
    finally:
        process.wait()
