"""The manifest: one line per batch, written last, never edited.

The line is the commit: bytes without a line never arrived. Reading, appending and repairing the file belong here;
what is written into it is decided in `store` and `pages`.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from contact_pipeline.landing.dialect import Dialect
from contact_pipeline.landing.outcomes import LandingDamagedError

_TIMES = ("arrived_at", "content_at", "newest_change")


@dataclass(frozen=True)
class Batch:
    """One arrival: a file or one reading of an API.

    Attributes:
        batch_id: `<source>.<entity>-<12 hex>`, made from the content: the same bytes give the same id anywhere.
        kind: `file` or `pages`.
        file_name: The name the file arrived under; `pages` for an API.
        stored: Where the bytes lie, relative to the landing folder.
        sha256: Hash of the bytes.
        content_sha256: Hash of what they say; differs from `sha256` where an API adds call counters to each page, and
            for a workbook, where it is of one sheet.
        bytes: How many.
        arrived_at: When they came, UTC.
        content_at: How old the content is (decision 37), UTC; None when nothing tells.
        full: Whether absence from this batch means something (decision 42).
        cursor: Where the next reading of the API goes on, if it has one.
        status: `landed`; `held` until somebody decides; `withdrawn` while its records are not to count.
        seen: Records counted independently; with `accepted`, `quarantined` and `blank` the ledger's balance.
        sheet: The sheet that is read, where the file is a workbook.
        newest_change: Of a reading: the newest change its records tell of, UTC; None where they tell none.
        sequence: The manifest line (from 1) that committed the batch.
    """

    batch_id: str
    source: str
    entity: str
    kind: Literal["file", "pages"]
    file_name: str
    stored: str
    sha256: str
    content_sha256: str
    bytes: int
    arrived_at: datetime
    content_at: datetime | None
    encoding: str | None
    delimiter: str | None
    header: bool
    columns: tuple[str, ...]
    full: bool
    cursor: str | None
    status: Literal["landed", "held", "withdrawn"]
    seen: int
    accepted: int
    quarantined: int
    blank: int
    quote: str = '"'
    header_line: int = 0
    all_quoted: bool = False
    evidence: dict[str, str] = field(default_factory=dict)
    sheet: str | None = None
    newest_change: datetime | None = None
    sequence: int = 0

    @property
    def key(self) -> str:
        """`source.entity`."""
        return f"{self.source}.{self.entity}"

    @property
    def dialect(self) -> Dialect:
        """How the file is written, as decided when it landed: a replay decides nothing again."""
        return Dialect(
            encoding=self.encoding or "utf-8",
            bom=(self.encoding or "") in ("utf-8-sig", "utf-16", "utf-32"),
            delimiter=self.delimiter or ",",
            quote=self.quote,
            header=self.header,
            columns=self.columns,
            header_line=self.header_line,
            all_quoted=self.all_quoted,
            evidence=self.evidence,
        )


def to_line(batch: Batch) -> str:
    """A batch as one line of JSON."""
    content = asdict(batch)
    del content["sequence"]
    for name in _TIMES:
        content[name] = content[name].isoformat() if content[name] else None
    return json.dumps(content, ensure_ascii=True, separators=(",", ":")) + "\n"


def from_line(line: str, sequence: int) -> Batch:
    """The batch one line of the manifest describes."""
    content: dict[str, Any] = json.loads(line)
    for name in _TIMES:
        text = content.get(name)
        content[name] = datetime.fromisoformat(text) if text else None
    content["columns"] = tuple(content["columns"])
    return Batch(**content, sequence=sequence)


def read_manifest(path: Path) -> list[Batch]:
    """Every batch in the order in which it was committed, each as its last line says.

    One that is withdrawn, or counts again, keeps its place: its records are as old as they were.

    A last line without its end was never committed and is passed over.

    Raises:
        LandingDamagedError: A committed line cannot be read.
    """
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")
    batches: dict[str, Batch] = {}
    for sequence, line in enumerate(lines[:-1], start=1):
        try:
            batch = from_line(line.decode("utf-8"), sequence)
        except (ValueError, TypeError, KeyError) as error:
            raise LandingDamagedError(
                f"Line {sequence} of {path.name} cannot be read. Restore the landing folder from a backup."
            ) from error
        earlier = batches.get(batch.batch_id)
        if earlier is not None and "withdrawn" in (batch.status, earlier.status):
            batches[batch.batch_id] = replace(batch, sequence=earlier.sequence)
            continue
        batches.pop(batch.batch_id, None)
        batches[batch.batch_id] = batch
    return list(batches.values())


def append_batch(path: Path, batch: Batch) -> Batch:
    """Commit a batch: its line is on disk when this returns. The caller holds the landing lock.

    A torn last line, left by a crash, is cut off first: it would swallow the new one.
    """
    with path.open("a+b") as stream:
        stream.seek(0)
        content = stream.read()
        whole = content.rfind(b"\n") + 1
        if whole != len(content):
            stream.truncate(whole)
        stream.seek(0, os.SEEK_END)
        stream.write(to_line(batch).encode("ascii"))
        stream.flush()
        os.fsync(stream.fileno())
    return replace(batch, sequence=content.count(b"\n") + 1)
