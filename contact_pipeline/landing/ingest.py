"""One file from a path to rows, and the answer as others script it: what `contact-pipeline ingest` prints.

Waiting for a file to settle, landing, loading and reporting in the agreed keys belong here. The command line and the
pipeline's further run do not.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from contact_pipeline.landing.files import Sleep, wait_until_settled
from contact_pipeline.landing.load import LoadReport, load_batch
from contact_pipeline.landing.outcomes import Held, LedgerImbalanceError, Refused
from contact_pipeline.landing.recognising import recognised
from contact_pipeline.landing.store import DROP_GUARD, Arrival, Gate, LandingStore, Status
from contact_pipeline.sources.entities import Entity

SETTLE_SECONDS = 0.5
RAW_SHOWN = 2_000
"""Characters of a reject's text in the answer; `landing.reject` has it whole."""


@dataclass(frozen=True)
class IngestResult:
    """The answer for one file; the fields are the keys of `ingest --json`, in order.

    Counts are null where the file was not read far enough to count. `seconds` is the time it took, `peak_mb` the most
    memory the process has held so far, in MiB.
    """

    file: str
    batch_id: str | None
    sha256: str | None
    status: Status
    message: str
    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    seen: int | None = None
    accepted: int | None = None
    quarantined: int | None = None
    blank: int | None = None
    rejects: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    peak_mb: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The answer as the agreed keys."""
        return asdict(self)


def ingest_file(
    connection: DuckDBPyConnection,
    store: LandingStore,
    path: Path,
    entity: Entity,
    *,
    now: datetime,
    encoding: str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
    sheet: str | None = None,
    full: bool | None = None,
    drop_guard: float = DROP_GUARD,
    settle: float = SETTLE_SECONDS,
    gate: Gate | None = None,
    sleep: Sleep = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> IngestResult:
    """Land one file and load it.

    A file that landed before but was never loaded (a crash between the two) is loaded now and counts as landed.

    Args:
        connection: The warehouse, outside any transaction.
        store: The landing store.
        path: The file; it stays where it is.
        entity: What files of its source usually hold; see `recognised`.
        now: The present, UTC.
        encoding: What the sender says about the file; see `decide_dialect`.
        delimiter: See `decide_dialect`.
        header: See `decide_dialect`.
        sheet: The sheet of a workbook to read.
        full: True: complete, whatever its size; False: a part, absence means nothing; None: as usual.
        drop_guard: Share of the last full file's records below which a full file is held.
        settle: Seconds a file must be left alone before it is read.
        gate: Who else must let it pass; see `LandingStore.land_file`.
        sleep: Waits that long.
        monotonic: Measures `seconds`.
    """
    started = monotonic()
    entity = recognised(path, entity)
    arrival = _arrive(
        store, path, entity, now, encoding, delimiter, header, sheet, full, drop_guard, settle, gate, sleep
    )
    report = None
    if arrival.batch is not None and arrival.status in ("landed", "unchanged"):
        try:
            report = load_batch(connection, store, arrival.batch, entity, now=now)
        except LedgerImbalanceError as error:
            arrival = Arrival(arrival.file, "refused", str(error), arrival.sha256)
    return _result(arrival, report, monotonic() - started)


def _arrive(
    store: LandingStore,
    path: Path,
    entity: Entity,
    now: datetime,
    encoding: str | None,
    delimiter: str | None,
    header: bool | None,
    sheet: str | None,
    full: bool | None,
    drop_guard: float,
    settle: float,
    gate: Gate | None,
    sleep: Sleep,
) -> Arrival:
    try:
        seen = wait_until_settled(path, now=now, settle=settle, sleep=sleep)
    except Held as error:
        return Arrival(str(path), "held", str(error))
    except Refused as error:
        return Arrival(str(path), "refused", str(error))
    return store.land_file(
        path,
        entity,
        now=now,
        encoding=encoding,
        delimiter=delimiter,
        header=header,
        sheet=sheet,
        full=full,
        drop_guard=drop_guard,
        seen_as=seen,
        gate=gate,
    )


def _result(arrival: Arrival, report: LoadReport | None, seconds: float) -> IngestResult:
    batch = arrival.batch
    status, message = arrival.status, arrival.message
    if status == "unchanged" and report is not None and report.loaded:
        status, message = "landed", "The file had landed before and is loaded now."
    return IngestResult(
        file=arrival.file,
        batch_id=arrival.batch_id,
        sha256=arrival.sha256,
        status=status,
        message=message,
        encoding=batch.encoding if batch else None,
        delimiter=batch.delimiter if batch else None,
        header=batch.header if batch else None,
        seen=batch.seen if batch else None,
        accepted=batch.accepted if batch else None,
        quarantined=batch.quarantined if batch else None,
        blank=batch.blank if batch else None,
        rejects=_rejects(report),
        seconds=round(seconds, 3),
        peak_mb=peak_mb(),
    )


def _rejects(report: LoadReport | None) -> list[dict[str, Any]]:
    found = report.rejects if report is not None else ()
    return [
        {"line": reject.line, "column": reject.column, "reason": reject.reason, "raw": reject.raw[:RAW_SHOWN]}
        for reject in found
    ]


def peak_mb() -> float:
    """The most memory this process, or one it started, has held, in MiB."""
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)
