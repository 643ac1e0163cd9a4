"""Landed batches into raw tables: rows, rejects, batch id and cursor in one transaction, so never half a batch.

Loading belongs here; it decides nothing about a file, only repeats what was decided when it landed. A restart asks
whether the batch id is here before it does anything (engineering notes: a commit may outlive its acknowledgement).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from duckdb import DuckDBPyConnection

from contact_pipeline.landing.columns import OWN_COLUMNS, same_name, table_columns, told_apart
from contact_pipeline.landing.judgement import Cells, Judged, Reject
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.outcomes import LandingDamagedError, LedgerImbalanceError
from contact_pipeline.landing.pages import page_records
from contact_pipeline.landing.shape import SEPARATOR, judged_records
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.landing.tables import add_columns, create_raw_table, create_tables, raw_columns, table_name
from contact_pipeline.landing.text import open_text
from contact_pipeline.landing.workbook import sheet_records
from contact_pipeline.sources.entities import ENTITIES, Entity
from contact_pipeline.warehouse.connection import transaction

CHUNK_CELLS = 400_000
CHUNK_CHARACTERS = 16_000_000
KEPT_REJECTS = 10_000
"""Rejects handed back in a report; `landing.reject` has them all."""


@dataclass(frozen=True)
class LoadReport:
    """The balance of one batch: `seen` = `accepted` + `quarantined` + `blank`; `loaded` is False if it was here."""

    batch_id: str
    seen: int
    accepted: int
    quarantined: int
    blank: int
    rejects: tuple[Reject, ...]
    loaded: bool = True


def load_batch(
    connection: DuckDBPyConnection, store: LandingStore, batch: Batch, entity: Entity, *, now: datetime
) -> LoadReport:
    """Load one landed batch, unless it is here already.

    Args:
        connection: The warehouse, outside any transaction.
        store: Where the bytes lie.
        batch: A landed batch.
        entity: Its entity.
        now: Unused by the rows (a rebuild must give the same ones); kept for callers that stamp reports.

    Raises:
        LandingDamagedError: The bytes are not those that landed.
        LedgerImbalanceError: Fewer or more records came out than were counted; nothing is loaded.
    """
    del now
    create_tables(connection)
    if is_loaded(connection, batch.batch_id):
        return earlier_report(connection, batch.batch_id)
    store.verify(batch)
    with transaction(connection):
        return _load(connection, store, batch, entity)


def is_loaded(connection: DuckDBPyConnection, batch_id: str) -> bool:
    """Whether a batch is in the warehouse."""
    return bool(connection.execute("select 1 from landing.batch where batch_id = ?", [batch_id]).fetchall())


def earlier_report(connection: DuckDBPyConnection, batch_id: str) -> LoadReport:
    """The balance of a batch that is in the warehouse, from its tables."""
    seen, accepted, quarantined, blank = connection.execute(
        "select seen, accepted, quarantined, blank from landing.batch where batch_id = ?", [batch_id]
    ).fetchall()[0]
    rejects = connection.execute(
        "select line, column_name, reason, raw from landing.reject where batch_id = ? order by line limit ?",
        [batch_id, KEPT_REJECTS],
    ).fetchall()
    return LoadReport(batch_id, seen, accepted, quarantined, blank, tuple(map(Reject._make, rejects)), loaded=False)


def pending_batches(connection: DuckDBPyConnection, store: LandingStore) -> list[Batch]:
    """Batches that landed and are not in the warehouse, in the order in which they landed.

    Raises:
        LandingDamagedError: The warehouse holds a batch that the manifest does not name: a line of it is lost.
    """
    create_tables(connection)
    here = {batch_id for (batch_id,) in connection.execute("select batch_id from landing.batch").fetchall()}
    batches = store.manifest()
    lost = here - {batch.batch_id for batch in batches}
    if lost:
        raise LandingDamagedError(
            f"The landing manifest no longer names {', '.join(sorted(lost))}, which were loaded from it. Restore the "
            "landing folder from a backup, or drop the same files into the inbox again; nothing was changed."
        )
    return [batch for batch in batches if batch.status == "landed" and batch.batch_id not in here]


def load_pending(
    connection: DuckDBPyConnection,
    store: LandingStore,
    now: datetime,
    *,
    entity: Entity | None = None,
    entities: Mapping[str, Entity] = ENTITIES,
) -> list[LoadReport]:
    """Load what landed and is not here, each batch in a transaction of its own, then checkpoint.

    Args:
        connection: The warehouse, outside any transaction.
        store: The landing store.
        now: The time of this run.
        entity: Only this entity's batches; None for all. Its table is made even when nothing is to be loaded.
        entities: The known entities by key.
    """
    create_tables(connection)
    unload_withdrawn(connection, store, entities, entity)
    for known in [entity] if entity is not None else entities.values():
        create_raw_table(connection, known)
    wanted = [batch for batch in pending_batches(connection, store) if entity is None or batch.key == entity.key]
    reports = [load_batch(connection, store, batch, entities[batch.key], now=now) for batch in wanted]
    if reports:
        connection.execute("checkpoint")
    return reports


def unload_withdrawn(
    connection: DuckDBPyConnection,
    store: LandingStore,
    entities: Mapping[str, Entity] = ENTITIES,
    entity: Entity | None = None,
) -> list[str]:
    """Take the rows of withdrawn batches out of the warehouse, one transaction each; gives the batches' ids."""
    gone = [
        batch
        for batch in store.manifest()
        if batch.status == "withdrawn"
        and (entity is None or batch.key == entity.key)
        and is_loaded(connection, batch.batch_id)
    ]
    for batch in gone:
        with transaction(connection):
            for table, column in (
                (table_name(entities[batch.key]), "_batch_id"),
                ("landing.reject", "batch_id"),
                ("landing.batch", "batch_id"),
            ):
                connection.execute(f"delete from {table} where {column} = ?", [batch.batch_id])
    return [batch.batch_id for batch in gone]


def _load(connection: DuckDBPyConnection, store: LandingStore, batch: Batch, entity: Entity) -> LoadReport:
    create_raw_table(connection, entity)
    names = told_apart(batch.columns) if batch.kind == "pages" else batch.columns
    existing = raw_columns(connection, entity)
    targets = table_columns(names, entity.columns, existing)
    add_columns(connection, entity, [name for name in targets if name not in existing])
    writer = _Writer(connection, batch, entity, targets)
    for judged in records_of_batch(store, batch, entity):
        if judged.cells is not None:
            writer.accept(judged)
        elif judged.reject is not None:
            writer.put_aside(judged.reject)
        else:
            writer.blank += 1
    writer.flush()
    report = writer.report()
    _balance(report, batch)
    _supersede(connection, batch, entity)
    _remember(connection, batch, report, names, targets)
    return report


def records_of_batch(store: LandingStore, batch: Batch, entity: Entity) -> Iterator[Judged]:
    """Every record of a landed batch, judged as it was when it landed."""
    path = store.path_of(batch)
    if batch.kind == "pages":
        yield from page_records(path, batch, entity)
        return
    dialect = batch.dialect
    if batch.sheet is not None:
        yield from sheet_records(path, batch.sheet, dialect, entity)
        return
    with open_text(path, dialect.encoding) as text:
        yield from judged_records(text, dialect, entity)


def _balance(report: LoadReport, batch: Batch) -> None:
    """Compare what came out with what an independent counter found in the same bytes when they landed.

    Raises:
        LedgerImbalanceError: The counts differ.
    """
    if report.seen != batch.seen:
        raise LedgerImbalanceError(
            f"{batch.batch_id}: {batch.seen:,} records were counted and {report.seen:,} came out. Nothing was loaded."
        )


def _supersede(connection: DuckDBPyConnection, batch: Batch, entity: Entity) -> None:
    """Take out the rows of an earlier reading of the same bytes: somebody had them read in another way.

    Another sheet of the same workbook is other content, and stays.
    """
    earlier = connection.execute(
        "select batch_id from landing.batch where kind = 'file' and ? = 'file' and source = ? and entity = ? "
        "and sha256 = ? and content_sha256 = ? and superseded_by is null",
        [batch.kind, batch.source, batch.entity, batch.sha256, batch.content_sha256],
    ).fetchall()
    for (batch_id,) in earlier:
        connection.execute(f"delete from {table_name(entity)} where _batch_id = ?", [batch_id])
        connection.execute("update landing.batch set superseded_by = ? where batch_id = ?", [batch.batch_id, batch_id])


def _remember(
    connection: DuckDBPyConnection, batch: Batch, report: LoadReport, names: Sequence[str], targets: Sequence[str]
) -> None:
    connection.execute(
        f"insert into landing.batch values ({', '.join('?' * 22)})",
        [
            batch.batch_id, batch.source, batch.entity, batch.kind, batch.file_name, batch.sha256,
            batch.content_sha256, batch.bytes, batch.arrived_at, batch.content_at, batch.encoding, batch.delimiter,
            batch.header, batch.full, report.seen, report.accepted, report.quarantined, report.blank, batch.sequence,
            list(names), list(targets), None,
        ],
    )  # fmt: skip
    if batch.cursor is not None:
        connection.execute("delete from landing.cursor where source = ? and entity = ?", [batch.source, batch.entity])
        connection.execute(
            "insert into landing.cursor values (?, ?, ?, ?)",
            [batch.source, batch.entity, batch.cursor, batch.batch_id],
        )


class RecordIds:
    """The record ids of one batch: the source's own, or a hash of the cells (decision 21: a row number is no id)."""

    def __init__(self, columns: Sequence[str], entity: Entity) -> None:
        wanted = same_name(entity.id_column) if entity.id_column is not None else None
        self._place = next((place for place, name in enumerate(columns) if same_name(name) == wanted), None)
        self._seen: set[int] = set()
        self._repeats: dict[int, int] = {}

    def of(self, cells: Cells) -> str:
        """The id of the next record: equal cells give the same id in any batch, repeats in one batch `-2`, `-3` …."""
        if self._place is not None:
            return (cells[self._place] or "").strip()
        text = SEPARATOR.join([cell or "" for cell in cells])
        digest = hashlib.sha256(text.encode("utf-8")).digest()[:8]
        number = int.from_bytes(digest, "big")
        if number not in self._seen:
            self._seen.add(number)
            return digest.hex()
        self._repeats[number] = self._repeats.get(number, 1) + 1
        return f"{digest.hex()}-{self._repeats[number]}"


class _Writer:
    """Cells and rejects of one batch on their way into DuckDB, in chunks of bounded size."""

    def __init__(self, connection: DuckDBPyConnection, batch: Batch, entity: Entity, targets: Sequence[str]) -> None:
        self._connection = connection
        self._batch = batch
        self._entity = entity
        self._columns = [*OWN_COLUMNS, *targets]
        self._ids = RecordIds(targets, entity)
        self._lines: list[int] = []
        self._record_ids: list[str] = []
        self._rows: list[Cells] = []
        self._rejects: list[Reject] = []
        self._characters = 0
        self._chunk_rows = max(1, CHUNK_CELLS // max(1, len(targets)))
        self._kept: list[Reject] = []
        self._accepted = 0
        self._quarantined = 0
        self.blank = 0

    def accept(self, judged: Judged) -> None:
        """Take an accepted record."""
        cells = judged.cells or ()
        self._lines.append(judged.line)
        self._record_ids.append(self._ids.of(cells))
        self._rows.append(cells)
        self._accepted += 1
        self._characters += judged.size
        if len(self._rows) >= self._chunk_rows or self._characters >= CHUNK_CHARACTERS:
            self.flush()

    def put_aside(self, reject: Reject) -> None:
        """Take a reject."""
        self._rejects.append(reject)
        self._quarantined += 1
        if len(self._kept) < KEPT_REJECTS:
            self._kept.append(reject)
        self._characters += len(reject.raw)
        if self._characters >= CHUNK_CHARACTERS or len(self._rejects) >= CHUNK_CELLS:
            self.flush()

    def flush(self) -> None:
        """Write what has been taken."""
        if self._rows:
            self._insert(table_name(self._entity), self._chunk())
            self._lines, self._record_ids, self._rows = [], [], []
        if self._rejects:
            self._insert("landing.reject", self._reject_chunk())
            self._rejects = []
        self._characters = 0

    def report(self) -> LoadReport:
        """The balance of what was taken."""
        seen = self._accepted + self._quarantined + self.blank
        return LoadReport(self._batch.batch_id, seen, self._accepted, self._quarantined, self.blank, tuple(self._kept))

    def _chunk(self) -> pa.Table:
        count = len(self._rows)
        cells = [pa.array(column, pa.string()) for column in zip(*self._rows, strict=True)]
        own = [
            pa.array([self._batch.batch_id] * count, pa.string()),
            pa.array(self._lines, pa.int64()),
            pa.array(self._record_ids, pa.string()),
        ]
        return pa.Table.from_arrays([*own, *cells], names=self._columns)

    def _reject_chunk(self) -> pa.Table:
        lines, columns, reasons, raws = zip(*self._rejects, strict=True)
        return pa.table(
            {
                "batch_id": pa.array([self._batch.batch_id] * len(lines), pa.string()),
                "line": pa.array(lines, pa.int64()),
                "column_name": pa.array(columns, pa.string()),
                "reason": pa.array(reasons, pa.string()),
                "raw": pa.array(raws, pa.string()),
            }
        )

    def _insert(self, table: str, chunk: pa.Table) -> None:
        self._connection.register("landing_chunk", chunk)
        try:
            self._connection.execute(f"insert into {table} by name select * from landing_chunk")
        finally:
            self._connection.unregister("landing_chunk")
