"""Dagster's event log in SQLite, with its connections kept: what is stored, and where, is Dagster's own.

Dagster connects anew for every event it writes and every record it reads: each time statements are compiled again, and
the write-ahead log is emptied and deleted. That was half of a run. How long a connection lives belongs here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from dagster import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event


class EventLog(SqliteEventLogStorage):
    """Dagster's storage in Dagster's files; the index and the run that was asked for last stay connected."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """`base_dir` is Dagster's home; the files lie where Dagster has them when nothing is said."""
        return cls(str(Path(config_value["base_dir"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        if shard not in self._initialized_dbs:
            with super()._connect(shard):
                pass  # makes the file and its tables
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            for other in self._engines.keys() - {INDEX_SHARD_NAME}:
                self._engines.pop(other).dispose()
            address = self.conn_string_for_shard(shard)
            engine = create_engine(address, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
            event.listen(engine, "connect", _sync_at_checkpoints)
            self._engines[shard] = engine
        return self._engines[shard]

    def store_event(self, event: EventLogEntry) -> None:
        """Store it, and wake the page that follows the run: it watches the file; new events are in the log beside."""
        super().store_event(event)
        os.utime(self.path_for_shard(event.run_id))

    def dispose(self) -> None:
        """Let go of the files."""
        super().dispose()
        for shard in list(self._engines):
            self._engines.pop(shard).dispose()


def _sync_at_checkpoints(connection: Any, _record: object) -> None:
    """A kill loses nothing either way; a power cut may lose the newest events, but damages no file."""
    connection.execute("pragma synchronous = normal")
