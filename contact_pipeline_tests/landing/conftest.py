"""Fixtures of the landing tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contact_pipeline_tests.landing.helpers import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home.make(tmp_path)
    yield made
    made.connection.close()
