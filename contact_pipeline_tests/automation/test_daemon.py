"""The whole of it with real processes: `contact-pipeline ui`, its daemon, its sensors and its queue, on one home."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from contact_pipeline.assets.landing import QUIET_TAG
from contact_pipeline.automation.jobs import refresh_job
from contact_pipeline.automation.running import history
from contact_pipeline.config import Settings
from contact_pipeline_tests.automation.conftest import added_run
from contact_pipeline_tests.homes import copy_home, settle, warehouse_of
from contact_pipeline_tests.recovery import COMMAND

PATIENCE = 280.0
GONE = 4_194_305
"""One more than the largest process id Linux gives out."""

LAUNCH = """
mutation ($run: ExecutionParams!) { launchRun(executionParams: $run) { __typename ... on PythonError { message } } }
"""


def a_free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def served(settings: Settings, port: int) -> Iterator[None]:
    """`contact-pipeline ui` with everything it starts; all of it is gone afterwards."""
    command = [str(COMMAND), "ui", "--home", str(settings.home), "--port", str(port)]
    log = (settings.home / "ui.log").open("w")
    with log, subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True) as serving:
        try:
            yield
        finally:
            serving.send_signal(signal.SIGTERM)
            try:
                serving.wait(timeout=60)
            finally:
                kill_session(serving.pid)


def kill_session(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def eventually(what: str, happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not happen in {PATIENCE:.0f} s"
        time.sleep(0.5)


def launch_quietly(port: int) -> None:
    """Ask the web server for a refresh, as its launch button does."""
    job = {"repositoryLocationName": "contact_pipeline", "repositoryName": "__repository__", "jobName": "refresh"}
    tags = [{"key": "contact_pipeline/quiet", "value": "yes"}, {"key": "by", "value": "the test"}]
    run = {"selector": job, "runConfigData": "{}", "executionMetadata": {"tags": tags}}
    answer = ask(port, LAUNCH, {"run": run})
    assert answer["data"]["launchRun"]["__typename"] == "LaunchRunSuccess", answer


def ask(port: int, query: str, variables: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        data=json.dumps({"query": query, "variables": variables}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def answers(port: int) -> bool:
    """Whether the web server is up and has the code."""
    try:
        found = ask(port, "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }", {})
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return bool(found["data"]["repositoriesOrError"].get("nodes"))


@pytest.mark.usefixtures("fixed_clock")
def test_after_a_crash_the_lost_run_is_redone_the_dropped_file_taken_and_two_runs_queue(
    finished_home: Settings, tmp_path: Path
) -> None:
    settings, port = copy_home(finished_home, tmp_path / "home", history=True), a_free_port()
    dropped = settings.inbox / "list" / "people.csv"
    dropped.write_text("First Name,Last Name,Email\nNova,Quill,nova.quill@example.org\n", encoding="utf-8")
    settle(settings)
    with history(settings) as instance:
        lost = added_run(
            instance, "refresh", dg.DagsterRunStatus.STARTED, {**(refresh_job.tags or {}), QUIET_TAG: "yes"}
        )
        run = instance.get_run_by_id(lost)
        assert run is not None
        instance.report_engine_event(f"Started process for run (pid: {GONE}).", run)
        before = {record.dagster_run.run_id for record in instance.get_run_records()}

        def ended(**tags: str) -> list[dg.RunRecord]:
            wanted = dg.RunsFilter(job_name="refresh", statuses=[dg.DagsterRunStatus.SUCCESS], tags=tags)
            found = instance.get_run_records(wanted)
            return [record for record in found if record.dagster_run.run_id not in before]

        with served(settings, port):
            eventually("the retry of the lost run", lambda: ended(**{"dagster/retry_number": "1"}))
            eventually("the web server", lambda: answers(port))
            launch_quietly(port)
            launch_quietly(port)
            eventually("both launched runs", lambda: len(ended(by="the test")) == 2)
        lost_run = instance.get_run_by_id(lost)
        assert lost_run is not None
        assert lost_run.status == dg.DagsterRunStatus.FAILURE
        (redone,) = ended(**{"dagster/retry_number": "1"})
        assert redone.dagster_run.parent_run_id == lost
        assert overlapping(ended()) == []
        assert not dropped.exists()
    with warehouse_of(settings) as connection:
        taken = connection.execute("select count(*) from contacts.contact where source = 'imports'").fetchall()
    assert taken == [(1,)]


def overlapping(records: list[dg.RunRecord]) -> list[tuple[float, float]]:
    """When a run of these ended and the next one had started before, in seconds since 1970."""
    times = sorted((record.start_time or 0.0, record.end_time or 0.0) for record in records)
    return [(earlier[1], later[0]) for earlier, later in itertools.pairwise(times) if earlier[1] > later[0]]
