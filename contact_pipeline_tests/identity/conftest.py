"""One town, one trained model: training takes seconds, so the tests that only read share them."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.training import train
from contact_pipeline_tests.identity.people import Town, invent_town, table


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of the test's own."""
    with duckdb.connect(":memory:") as opened:
        yield opened


@pytest.fixture(scope="session")
def town() -> Town:
    """A thousand households."""
    return invent_town(seed=4, households=1000)


@pytest.fixture(scope="session")
def model(town: Town) -> Model:
    """A model learned from the town, without its truth."""
    with duckdb.connect(":memory:") as opened:
        return train(opened, table(opened, town.rows))
