"""What the tests of automation share: Dagster instances in folders of their own, and the finished home's history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef

from contact_pipeline.automation.running import dagster_home
from contact_pipeline.config import Settings


@pytest.fixture()
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance with the shipped settings and an empty history."""
    folder = dagster_home(Settings(home=tmp_path / "instance"))
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(folder))) as opened:
        yield opened


@pytest.fixture(scope="session")
def finished_instance(finished_home: Settings) -> Iterator[dg.DagsterInstance]:
    """The history of the finished home; only to be read."""
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(dagster_home(finished_home)))) as opened:
        yield opened
