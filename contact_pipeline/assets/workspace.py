"""The `Workspace` resource: the settings, landing store and ledger of one home folder.

Only access belongs here.
"""

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow as pa
from pydantic import PrivateAttr

from contact_pipeline.config import Settings
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.ledger import Ledger


class Workspace(dg.ConfigurableResource):  # type: ignore[type-arg]
    """One campaign's data folder. `home` is an absolute path."""

    home: str
    _settings: Settings | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Read the settings once a run: all of its tables are made with the same, and the snapshot says with which."""
        self._settings = Settings(home=Path(self.home))

    def settings(self) -> Settings:
        """The workspace's settings, as the run found them; outside a run as they are now."""
        return self._settings if self._settings is not None else Settings(home=Path(self.home))

    def store(self) -> LandingStore:
        """Where arrived bytes are kept."""
        return LandingStore(self.settings().landing)

    def ledger(self) -> Ledger:
        """What cannot be recomputed; the caller closes it."""
        settings = self.settings()
        return Ledger.open(settings.ledger_url, workspace=settings.workspace, now=settings.clock())


def write_ledger_table(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, table: str, read: Callable[[Ledger], pa.Table]
) -> None:
    """Make a table of what the ledger answers."""
    ledger = workspace.ledger()
    try:
        answer = read(ledger)
    finally:
        ledger.close()
    connection.register("ledger_answer", answer)
    connection.execute(f"create or replace table {table} as select * from ledger_answer")
    connection.unregister("ledger_answer")
