"""What the tests of automation share: Dagster instances in folders of their own, and the finished home's history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.utils import make_new_run_id

from contact_pipeline.automation.running import history
from contact_pipeline.config import Settings


def added_run(
    instance: dg.DagsterInstance, job: str, status: dg.DagsterRunStatus, tags: Mapping[str, str] | None = None
) -> str:
    """A run of the daemon's in the history, without a process; gives its run id."""
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("contact_pipeline"), "__repository__")
    origin = RemoteJobOrigin(repository, job)
    run = dg.DagsterRun(
        job_name=job, run_id=make_new_run_id(), status=status, remote_job_origin=origin, tags=dict(tags or {})
    )
    return instance.add_run(run).run_id


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance with the shipped settings and an empty history."""
    with history(Settings(home=tmp_path / "instance")) as opened:
        yield opened


@pytest.fixture(scope="session")
def finished_instance(finished_home: Settings) -> Iterator[dg.DagsterInstance]:
    """The history of the finished home; only to be read."""
    with history(finished_home) as opened:
        yield opened
