"""The landing store: bytes first, then one line in the manifest; nothing is ever edited or removed.

Landing files and pages, and finding them again, belong here. Reading a file's content is `survey`'s, loading `load`'s.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from contact_pipeline.landing import pages as page_files
from contact_pipeline.landing.dialect import Dialect, decide_dialect
from contact_pipeline.landing.files import Copied, Look, copy_and_hash, hash_of, look, sync_folder
from contact_pipeline.landing.manifest import Batch, append_batch, read_manifest
from contact_pipeline.landing.outcomes import Held, LandingDamagedError, LedgerImbalanceError, Refused
from contact_pipeline.landing.survey import Survey, survey_file
from contact_pipeline.landing.text import Bytes, mapped
from contact_pipeline.sources.entities import Entity

DROP_GUARD = 0.5
"""A full file with fewer than this share of the last one's records is held, unless somebody says otherwise."""

OWNER = ".owner"
"""The lock in a place of `.incoming` that tells whether its process lives."""

Status = Literal["landed", "unchanged", "held", "refused"]


@dataclass(frozen=True)
class Asked:
    """What somebody said about how a file is written; None leaves it to be decided."""

    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None

    @property
    def anything(self) -> bool:
        """Whether anything was asked for."""
        return self != Asked()


@dataclass(frozen=True)
class Arrival:
    """What became of one file or one reading.

    Attributes:
        file: The path, or `source.entity` for an API.
        status: `landed`, `unchanged` (these bytes are here already), `held` or `refused`.
        message: For the person who sent it: what happened and what to do.
        sha256: Of the bytes, where they could be read.
        batch: What lies in landing, also when held; None when refused.
    """

    file: str
    status: Status
    message: str
    sha256: str | None = None
    batch: Batch | None = None

    @property
    def batch_id(self) -> str | None:
        """The batch's id, if it has one."""
        return self.batch.batch_id if self.batch else None

    @property
    def records(self) -> int | None:
        """Records seen, if they were counted."""
        return self.batch.seen if self.batch else None


class LandingStore:
    """The landing folder of one workspace; several processes may land at once.

    Files lie in `<source>/<entity>/<batch id>.csv`, pages in a folder `<batch id>`, the lines in `manifest.jsonl`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._manifest = root / "manifest.jsonl"

    def manifest(self) -> list[Batch]:
        """Every batch in the order in which it was committed."""
        return read_manifest(self._manifest)

    def batch(self, batch_id: str) -> Batch | None:
        """One batch, or None."""
        return next((batch for batch in self.manifest() if batch.batch_id == batch_id), None)

    def path_of(self, batch: Batch) -> Path:
        """Where a batch's bytes lie: a file, or a folder of pages."""
        return self.root / batch.stored

    def land_file(
        self,
        path: Path,
        entity: Entity,
        *,
        now: datetime,
        encoding: str | None = None,
        delimiter: str | None = None,
        header: bool | None = None,
        full: bool | None = None,
        drop_guard: float = DROP_GUARD,
        seen_as: Look | None = None,
    ) -> Arrival:
        """Keep a file's bytes and add it to the manifest.

        Args:
            path: The file; it is left where it is.
            entity: What it holds.
            now: When it arrived, UTC.
            encoding: See `decide_dialect`; with `delimiter` and `header` for what the sender knows better.
            delimiter: See `decide_dialect`.
            header: See `decide_dialect`.
            full: True for a whole export whatever its size, False for a partial one, None for what is usual.
            drop_guard: Share of the last full file's records below which this one is held.
            seen_as: How the file looked before; if it looks otherwise now it is still being written.

        Returns:
            `refused` and `held` are answers, not exceptions; then nothing of the file is loaded.
        """
        asked = Asked(encoding, delimiter, header)
        with self._incoming() as place:
            copy = place / "file"
            copied = None
            try:
                before = look(path)
                copied = copy_and_hash(path, copy)
                if look(path) != before or (seen_as is not None and before != seen_as):
                    raise Held("The file is still being copied: it changed while we read it. Nothing was loaded.")
                known = self._known(entity, copied, asked, full)
                if known is not None:
                    return _unchanged(str(path), known)
                return self._land_copy(path, copy, copied, entity, asked, now, full, drop_guard)
            except (Refused, LedgerImbalanceError) as error:
                return Arrival(str(path), "refused", str(error), copied.sha256 if copied else None)
            except Held as error:
                return Arrival(str(path), "held", str(error), copied.sha256 if copied else None)

    def land_pages(
        self,
        entity: Entity,
        pages: Iterable[bytes],
        records_of: Callable[[bytes], list[dict[str, Any]]],
        *,
        now: datetime,
        full: bool = True,
        cursor: str | None = None,
    ) -> Arrival:
        """Keep the pages of one reading of an API, unless they say what the last reading said.

        Args:
            entity: What the pages hold.
            pages: Their bodies, as sent; an error while they are read leaves nothing behind.
            records_of: Takes a body apart.
            now: When the reading was made, UTC; also the age of its content.
            full: Whether a record that is missing is gone.
            cursor: Where the next reading goes on.
        """
        with self._incoming() as place:
            reading = page_files.write_pages(place / "pages", pages, records_of, entity)
            with self._lock():
                earlier = [batch for batch in self.manifest() if batch.key == entity.key]
                if earlier and earlier[-1].content_sha256 == reading.content_sha256 and earlier[-1].cursor == cursor:
                    return _unchanged(entity.key, earlier[-1])
                repeats = sum(1 for batch in earlier if batch.content_sha256 == reading.content_sha256)
                batch = page_files.batch_of(reading, entity, repeats, now=now, full=full, cursor=cursor)
                batch = self._commit(place / "pages", batch)
            return Arrival(entity.key, "landed", f"{batch.seen:,} records landed.", batch.sha256, batch)

    def _known(self, entity: Entity, copied: Copied, asked: Asked, full: bool | None) -> Batch | None:
        """The landed batch with these bytes, when nobody asked for another reading of them."""
        if asked.anything:
            return None
        same = [batch for batch in self.manifest() if batch.key == entity.key and batch.sha256 == copied.sha256]
        return next((batch for batch in reversed(same) if batch.status == "landed"), None)

    def _land_copy(
        self,
        path: Path,
        copy: Path,
        copied: Copied,
        entity: Entity,
        asked: Asked,
        now: datetime,
        full: bool | None,
        drop_guard: float,
    ) -> Arrival:
        with mapped(copy) as data:
            dialect = decide_dialect(
                data, entity, encoding=asked.encoding, delimiter=asked.delimiter, header=asked.header
            )
            plain = dialect if not asked.anything else _decided_alone(data, entity)
        survey = survey_file(copy, path.name, dialect, entity, now=now)
        batch = _file_batch(path.name, copied, entity, dialect, survey, now, full, written_as=plain)
        with self._lock():
            known = self.batch(batch.batch_id)
            if known is not None and known.status == "landed":
                return _unchanged(str(path), known)
            reason = _drop(batch, self.manifest(), full, drop_guard)
            if reason is None:
                batch = self._commit(copy, batch)
                return Arrival(str(path), "landed", _landed_message(batch), batch.sha256, batch)
            held = replace(batch, status="held")
            if known is None:
                held = self._commit(copy, held)
            return Arrival(str(path), "held", reason, batch.sha256, held)

    def _commit(self, incoming: Path, batch: Batch) -> Batch:
        """Move the bytes to their place and add the line; the caller holds the lock."""
        target = self.root / batch.stored
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            shutil.rmtree(target)
        os.replace(incoming, target)  # noqa: PTH105 (folders too)
        sync_folder(target.parent)
        return append_batch(self._manifest, batch)

    def verify(self, batch: Batch) -> None:
        """Check that a batch's bytes are still those that arrived.

        Raises:
            LandingDamagedError: They are missing or differ.
        """
        path = self.path_of(batch)
        if not path.exists():
            raise LandingDamagedError(f"The bytes of {batch.batch_id} are missing from landing. Restore them.")
        found = page_files.hash_of_pages(path) if batch.kind == "pages" else hash_of(path)
        if found != batch.sha256:
            raise LandingDamagedError(f"The bytes of {batch.batch_id} changed since they landed. Restore them.")

    def _lock(self) -> FileLock:
        self.root.mkdir(parents=True, exist_ok=True)
        return FileLock(self.root / ".lock")

    @contextmanager
    def _incoming(self) -> Iterator[Path]:
        """A place of one's own on the same disk, locked while its process lives.

        What a killed process left in its own is never looked at, and removed by the next one that lands something.
        """
        incoming = self.root / ".incoming"
        place = incoming / uuid.uuid4().hex
        owner = FileLock(place / OWNER)
        with self._lock():
            incoming.mkdir(exist_ok=True)
            _sweep(incoming)
            place.mkdir()
            owner.acquire()
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)
            owner.release()


def _sweep(incoming: Path) -> None:
    """Remove the places whose process is gone: the operating system has let go of their locks."""
    for place in incoming.iterdir():
        owner = FileLock(place / OWNER)
        try:
            owner.acquire(timeout=0)
        except Timeout:
            continue
        shutil.rmtree(place)
        owner.release()


def _decided_alone(data: Bytes, entity: Entity) -> Dialect | None:
    """How the file would be read if nobody had said anything; None where it would be refused."""
    try:
        return decide_dialect(data, entity)
    except Refused:
        return None


def _unchanged(file: str, batch: Batch) -> Arrival:
    what = "records" if batch.kind == "pages" else "bytes"
    message = f"The same {what} are here already as {batch.batch_id}; nothing changed."
    return Arrival(file, "unchanged", message, batch.sha256, batch)


def _batch_id(entity: Entity, sha256: str, dialect: Dialect, plain: Dialect | None) -> str:
    """From the content, and from how it was read only where somebody had it read otherwise than it would be."""
    how = "" if plain is not None and _reading(dialect) == _reading(plain) else repr(_reading(dialect))
    content = f"{entity.key}\n{sha256}\n{how}"
    return f"{entity.key}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def _reading(dialect: Dialect) -> tuple[object, ...]:
    return (dialect.encoding, dialect.delimiter, dialect.quote, dialect.header_line)


def _file_batch(
    file_name: str,
    copied: Copied,
    entity: Entity,
    dialect: Dialect,
    survey: Survey,
    now: datetime,
    full: bool | None,
    *,
    written_as: Dialect | None,
) -> Batch:
    batch_id = _batch_id(entity, copied.sha256, dialect, written_as)
    return Batch(
        batch_id=batch_id,
        source=entity.source,
        entity=entity.name,
        kind="file",
        file_name=file_name,
        stored=f"{entity.source}/{entity.name}/{batch_id}.csv",
        sha256=copied.sha256,
        content_sha256=copied.sha256,
        bytes=copied.size,
        arrived_at=now,
        content_at=survey.content_at,
        encoding=dialect.encoding,
        delimiter=dialect.delimiter,
        header=dialect.header,
        columns=dialect.columns,
        full=is_snapshot(entity) if full is None else full,
        cursor=None,
        status="landed",
        seen=survey.seen,
        accepted=survey.accepted,
        quarantined=survey.quarantined,
        blank=survey.blank,
        quote=dialect.quote,
        header_line=dialect.header_line,
        all_quoted=dialect.all_quoted,
        evidence=dialect.evidence,
    )


def is_snapshot(entity: Entity) -> bool:
    """Whether a file of the entity is usually the whole of it: an export is, a list of people is one list of many."""
    return entity.id_column is not None


def _drop(batch: Batch, earlier: list[Batch], full: bool | None, drop_guard: float) -> str | None:
    """Why a file should wait for somebody's word; None when it may go on (decision 42)."""
    if full is not None:
        return None
    if batch.full and batch.accepted == 0:
        return (
            f"None of the file's {batch.seen:,} records is usable: as a full export it would say that nobody is left. "
            f"Its bytes are kept, nothing was loaded. {HOW_TO_CONFIRM}"
        )
    last = next((other for other in reversed(earlier) if _comparable(batch, other)), None)
    if last is None or batch.accepted >= drop_guard * last.accepted:
        return None
    return (
        f"The file has {batch.accepted:,} usable records, the last one ({last.file_name}) had {last.accepted:,}. "
        f"Its bytes are kept, nothing was loaded. {HOW_TO_CONFIRM}"
    )


HOW_TO_CONFIRM = (
    "If it is only a part of the list, ingest it again with --partial; if it is complete, with --full; "
    "if neither, export it again."
)


def _comparable(batch: Batch, other: Batch) -> bool:
    """A full file of the same entity; for lists, an earlier list under the same name."""
    if other.key != batch.key or other.kind != "file" or other.status != "landed":
        return False
    return other.full if batch.full else other.file_name == batch.file_name


def _landed_message(batch: Batch) -> str:
    parts = [f"{batch.accepted:,} of {batch.seen:,} records accepted"]
    if batch.quarantined:
        parts.append(f"{batch.quarantined:,} quarantined (the reasons are in the rejects)")
    if batch.blank:
        parts.append(f"{batch.blank:,} blank")
    return ", ".join(parts) + "."
