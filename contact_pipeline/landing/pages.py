"""Pages of an API as files: every body byte for byte, and beside them the records taken out of them.

Writing and reading pages belongs here. Fetching them belongs to each source; `records.jsonl` is made from the bodies
when they land, so that loading needs no knowledge of any platform's envelope.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from contact_pipeline.landing.age import Newest, changed_at
from contact_pipeline.landing.files import flush_to_disk, sync_folder
from contact_pipeline.landing.judgement import Judged, Reject
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.shape import CELL_CAP
from contact_pipeline.landing.text import readable_text
from contact_pipeline.sources.entities import Entity

RECORDS_FILE = "records.jsonl"


@dataclass(frozen=True)
class PagesWritten:
    """What one reading of an API holds: hashes of its bytes and of its records, sizes, all keys, the newest change."""

    sha256: str
    content_sha256: str
    bytes: int
    records: int
    quarantined: int
    columns: tuple[str, ...]
    newest_change: datetime | None


def write_pages(
    folder: Path,
    pages: Iterable[bytes],
    records_of: Callable[[bytes], list[dict[str, Any]]],
    entity: Entity,
    *,
    now: datetime,
) -> PagesWritten:
    """Write the bodies as `page-00001.json` …, and their records, one a line, all on disk when this returns."""
    folder.mkdir(parents=True)
    bodies, contents, size, records, quarantined = hashlib.sha256(), hashlib.sha256(), 0, 0, 0
    columns: dict[str, None] = {}
    newest = Newest(now)
    with (folder / RECORDS_FILE).open("wb") as lines:
        for number, body in enumerate(pages, start=1):
            with (folder / f"page-{number:05d}.json").open("wb") as page:
                page.write(body)
                flush_to_disk(page)
            bodies.update(hashlib.sha256(body).digest())
            size += len(body)
            for record in records_of(body):
                line = compact_json(record).encode("utf-8", "backslashreplace") + b"\n"
                contents.update(line)
                lines.write(line)
                records += 1
                quarantined += _problem(record, entity) is not None
                if isinstance(record, dict):
                    columns.update(dict.fromkeys(record))
                    newest.see_moment(changed_at(record, entity.source))
        flush_to_disk(lines)
    sync_folder(folder)
    return PagesWritten(
        bodies.hexdigest(), contents.hexdigest(), size, records, quarantined, tuple(columns), newest.value
    )


def hash_of_pages(folder: Path) -> str:
    """The hash of a folder's bodies, as `write_pages` gave it."""
    bodies = hashlib.sha256()
    for page in sorted(folder.glob("page-*.json")):
        bodies.update(hashlib.sha256(page.read_bytes()).digest())
    return bodies.hexdigest()


def compact_json(value: object) -> str:
    """JSON on one line with nothing but what it says."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def batch_of(
    reading: PagesWritten, entity: Entity, repeats: int, *, now: datetime, full: bool, cursor: str | None
) -> Batch:
    """The batch of a reading.

    Args:
        reading: What was written.
        entity: What the pages hold.
        repeats: How many earlier batches said the same; a state that comes back is an arrival of its own.
        now: When the reading was made.
        full: Whether a record that is missing is gone.
        cursor: Where the next reading goes on.
    """
    content = f"{entity.key}\n{reading.content_sha256}\n{repeats or ''}"
    batch_id = f"{entity.key}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    return Batch(
        batch_id=batch_id,
        source=entity.source,
        entity=entity.name,
        kind="pages",
        file_name="pages",
        stored=f"{entity.source}/{entity.name}/{batch_id}",
        sha256=reading.sha256,
        content_sha256=reading.content_sha256,
        bytes=reading.bytes,
        arrived_at=now,
        content_at=now,
        encoding="utf-8",
        delimiter=None,
        header=False,
        columns=reading.columns,
        full=full,
        cursor=cursor,
        status="landed",
        seen=reading.records,
        accepted=reading.records - reading.quarantined,
        quarantined=reading.quarantined,
        blank=0,
        newest_change=reading.newest_change,
    )


def page_records(folder: Path, batch: Batch, entity: Entity) -> Iterator[Judged]:
    """Each record of a landed reading: its number (from 1), and its cells or why it is put aside.

    Cells follow `batch.columns`: nested values as compact JSON, null and missing ones as None, the rest as JSON text.
    """
    with (folder / RECORDS_FILE).open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            text = line.decode("utf-8").rstrip("\n")
            record = json.loads(text)
            problem = _problem(record, entity)
            if problem is None:
                yield Judged(number, [cell_text(record.get(name)) for name in batch.columns], None, len(text))
            else:
                yield Judged(number, None, Reject(number, problem[0], problem[1], text), len(text))


def cell_text(value: object) -> str | None:
    """A JSON value as the text of one cell."""
    if value is None:
        return None
    return readable_text(value if isinstance(value, str) else compact_json(value))


def _problem(record: object, entity: Entity) -> tuple[str | None, str] | None:
    if not isinstance(record, dict):
        return None, "the record is not an object with named values"
    for name, value in record.items():
        if len(cell_text(value) or "") > CELL_CAP:
            return name, f"a value holds more than {CELL_CAP:,} characters"
    if entity.id_column is not None and not (cell_text(record.get(entity.id_column)) or "").strip():
        return entity.id_column, f"no {entity.id_column}"
    return None
