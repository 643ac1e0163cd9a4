"""What the landing tests share: a home on disk, a clock, and one call that ingests bytes."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import duckdb

from contact_pipeline.landing.ingest import IngestResult, ingest_file
from contact_pipeline.landing.rows import write_rows
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.sources.entities import GIVEBUTTER_CONTACTS, LIST_PEOPLE, Entity

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@dataclass
class Home:
    """A workspace's landing folder and warehouse."""

    folder: Path
    store: LandingStore
    connection: duckdb.DuckDBPyConnection

    @classmethod
    def make(cls, folder: Path) -> Home:
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder, LandingStore(folder / "landing"), duckdb.connect(str(folder / "warehouse.duckdb")))

    def ingest(
        self, content: bytes | str, name: str = "people.csv", entity: Entity = LIST_PEOPLE, **how: Any
    ) -> IngestResult:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return ingest_file(self.connection, self.store, path, entity, now=NOW, settle=0.0, **how)

    def contacts(self, content: bytes | str, name: str = "contacts.csv", **how: Any) -> IngestResult:
        return self.ingest(content, name, GIVEBUTTER_CONTACTS, **how)

    def rows(self, batch_id: str | None) -> list[list[str]]:
        stream = io.StringIO(newline="")
        write_rows(self.connection, str(batch_id), stream)
        return list(csv.reader(io.StringIO(stream.getvalue(), newline="")))

    def count(self, table: str) -> int:
        return int(self.connection.execute(f"select count(*) from {table}").fetchall()[0][0])


def balanced(result: IngestResult) -> bool:
    assert result.seen is not None
    assert result.accepted is not None
    assert result.quarantined is not None
    assert result.blank is not None
    return result.seen == result.accepted + result.quarantined + result.blank


def as_csv(rows: list[list[str]], *, quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=quoting).writerows(rows)
    return stream.getvalue()
