"""The `Warehouse` resource: one connection a run, one transaction an asset, closed in any case.

Only what Dagster needs on top of `connection` belongs here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from dagster import InitResourceContext
from dagster_duckdb import DuckDBResource
from pydantic import PrivateAttr

from contact_pipeline.warehouse.connection import open_warehouse, transaction


class Warehouse(DuckDBResource):
    """dagster-duckdb's resource, but it waits its turn, closes when an asset raises, and is opened once a run.

    `database` is the file; `lock_wait_seconds` how long a run waits for another one.
    """

    lock_wait_seconds: float = 600.0
    _connection: duckdb.DuckDBPyConnection | None = PrivateAttr(default=None)

    @classmethod
    def on(cls, connection: duckdb.DuckDBPyConnection, database: Path) -> "Warehouse":
        """The resource on a connection that is open already, for who runs assets without a run."""
        warehouse = cls(database=str(database))
        warehouse._connection = connection
        return warehouse

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> "Iterator[Warehouse]":
        """Open the database for the length of the run."""
        log = context.log.info if context.log else print
        with open_warehouse(Path(self.database), wait_seconds=self.lock_wait_seconds, log=log) as connection:
            self._connection = connection
            try:
                yield self
            finally:
                self._connection = None

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The run's connection.

        Raises:
            RuntimeError: outside a run.
        """
        if self._connection is None:
            raise RuntimeError("The warehouse is open only during a run; readers use the published snapshot.")
        return self._connection

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One asset's work: all of it or nothing."""
        with transaction(self.connection) as connection:
            yield connection
