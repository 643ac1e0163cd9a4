"""One in-memory DuckDB per test."""

from collections.abc import Iterator

import duckdb
import pytest


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A fresh database with two threads, as a run has."""
    with duckdb.connect() as database:
        database.execute("set threads = 2")
        yield database
