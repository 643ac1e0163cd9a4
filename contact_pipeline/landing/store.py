"""The landing store: bytes first, then one line in the manifest; nothing is ever edited or removed.

Landing files and pages, and finding them again, belong here. Reading a file's content is `survey`'s, loading `load`'s.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from filelock import FileLock, Timeout

from contact_pipeline.landing import pages as page_files
from contact_pipeline.landing.file_batch import Asked, batch_of_file, encoding_is_guessed
from contact_pipeline.landing.files import Copied, Look, copy_and_hash, hash_of, look, sync_folder
from contact_pipeline.landing.json_file import JSON_READERS, json_batch_id, json_body, json_stored
from contact_pipeline.landing.manifest import Batch, append_batch, read_manifest
from contact_pipeline.landing.outcomes import Held, LandingDamagedError, LedgerImbalanceError, Refused
from contact_pipeline.sources.entities import Entity

DROP_GUARD = 0.5
"""A full file with fewer than this share of the last one's records is held, unless somebody says otherwise."""

OWNER = ".owner"
"""The lock in a place of `.incoming` that tells whether its process lives."""

Status = Literal["landed", "unchanged", "held", "refused"]


class Gate(Protocol):
    """Somebody who must let a file pass before it is loaded."""

    def judge(self, copy: Path, batch: Batch, entity: Entity) -> None:
        """Let a batch whose bytes lie at `copy` pass, or raise `Held` or `Refused`."""


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
        sheet: str | None = None,
        full: bool | None = None,
        drop_guard: float = DROP_GUARD,
        seen_as: Look | None = None,
        gate: Gate | None = None,
    ) -> Arrival:
        """Keep a file's bytes and add it to the manifest.

        Args:
            path: The file; it is left where it is.
            entity: What it holds.
            now: When it arrived, UTC.
            encoding: See `decide_dialect`; with `delimiter` and `header` for what the sender knows better.
            delimiter: See `decide_dialect`.
            header: See `decide_dialect`.
            sheet: The sheet of a workbook to read; see `read_workbook`.
            full: True for a whole export whatever its size, False for a partial one, None for what is usual.
            drop_guard: Share of the last full file's records below which this one is held.
            seen_as: How the file looked before; if it looks otherwise now it is still being written.
            gate: Who else must let it pass; None for nobody.

        Returns:
            `refused` and `held` are answers, not exceptions; then nothing of the file is loaded.
        """
        asked = Asked(encoding, delimiter, header, sheet)
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
                if entity.key in JSON_READERS:
                    return self._land_json(path, copy, place, entity, now)
                return self._land_copy(path, copy, copied, entity, asked, now, full, drop_guard, gate)
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
            reading = page_files.write_pages(place / "pages", pages, records_of, entity, now=now)
            with self._lock():
                earlier = [batch for batch in self.manifest() if batch.key == entity.key]
                said = (reading.content_sha256, cursor, full)
                if earlier and (earlier[-1].content_sha256, earlier[-1].cursor, earlier[-1].full) == said:
                    return _unchanged(entity.key, earlier[-1])
                repeats = sum(1 for batch in earlier if batch.content_sha256 == reading.content_sha256)
                batch = page_files.batch_of(reading, entity, repeats, now=now, full=full, cursor=cursor)
                batch = self._commit(place / "pages", batch)
            return Arrival(entity.key, "landed", f"{batch.seen:,} records landed.", batch.sha256, batch)

    def land_made(self, path: Path, describe: Callable[[Path, Copied], Batch]) -> Arrival:
        """Keep a file that this program made itself, such as the accepted rows of an import.

        Args:
            path: The file; it is left where it is.
            describe: Gives the batch of its copy.

        Returns:
            `unchanged` where a landed batch has this id.
        """
        with self._incoming() as place:
            copy = place / "file"
            batch = describe(copy, copy_and_hash(path, copy))
            with self._lock():
                known = self.batch(batch.batch_id)
                if known is not None and known.status == "landed":
                    return _unchanged(path.name, known)
                batch = self._commit(copy, batch)
            return Arrival(path.name, "landed", _landed_message(batch), batch.sha256, batch)

    def _land_json(self, path: Path, copy: Path, place: Path, entity: Entity, now: datetime) -> Arrival:
        """Keep a file of JSON records as the one page of a reading: its bytes as they are, its records beside them."""
        body = json_body(copy)
        reading = page_files.write_pages(place / "pages", [body], JSON_READERS[entity.key], entity, now=now)
        with self._lock():
            known = [batch for batch in self.manifest() if batch.key == entity.key and batch.sha256 == reading.sha256]
            if known and known[-1].status == "landed":
                return _unchanged(str(path), known[-1])
            batch = replace(
                page_files.batch_of(reading, entity, 0, now=now, full=False, cursor=None),
                batch_id=known[-1].batch_id if known else json_batch_id(entity, reading.sha256),
                file_name=path.name,
            )
            batch = self._commit(place / "pages", replace(batch, stored=json_stored(batch)))
            return Arrival(str(path), "landed", _landed_message(batch), batch.sha256, batch)

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
        gate: Gate | None,
    ) -> Arrival:
        batch, note = batch_of_file(path.name, copy, copied, entity, asked, now, full)
        known = self.batch(batch.batch_id)
        landed = known is not None and known.status == "landed"
        waits = _waits(gate, copy, batch, entity) if gate is not None and not landed else None
        with self._lock():
            known = self.batch(batch.batch_id)
            if known is not None and known.status == "landed":
                return _unchanged(str(path), known)
            reason = waits or _drop(batch, self.manifest(), full, drop_guard)
            if reason is None:
                batch = self._commit(copy, batch)
                return Arrival(str(path), "landed", _landed_message(batch) + note, batch.sha256, batch)
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

    def mark(self, batch_id: str, status: Literal["landed", "withdrawn"], reason: str) -> Batch:
        """Say with one more line in the manifest, and why, that a batch is withdrawn or counts again.

        Raises:
            KeyError: no batch has this id.
        """
        with self._lock():
            batch = self.batch(batch_id)
            if batch is None:
                raise KeyError(batch_id)
            if batch.status == status:
                return batch
            evidence = {**batch.evidence, status: reason}
            return append_batch(self._manifest, replace(batch, status=status, evidence=evidence))

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


def _unchanged(file: str, batch: Batch) -> Arrival:
    what = "records" if batch.kind == "pages" else "bytes"
    message = f"The same {what} are here already as {batch.batch_id}; nothing changed."
    return Arrival(file, "unchanged", message, batch.sha256, batch)


def _waits(gate: Gate, copy: Path, batch: Batch, entity: Entity) -> str | None:
    """Why a gate holds a file; None when it passes."""
    try:
        gate.judge(copy, batch, entity)
    except Held as error:
        return str(error)
    return None


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
    """A full file of the same entity; for lists, an earlier list under the same name, and from the same sheet."""
    if other.key != batch.key or other.kind != "file" or other.status != "landed":
        return False
    return other.full if batch.full else (other.file_name, other.sheet) == (batch.file_name, batch.sheet)


def _landed_message(batch: Batch) -> str:
    parts = [f"{batch.accepted:,} of {batch.seen:,} records accepted"]
    if batch.quarantined:
        parts.append(f"{batch.quarantined:,} quarantined (the reasons are in the rejects)")
    if batch.blank:
        parts.append(f"{batch.blank:,} blank")
    told = ", ".join(parts) + "."
    if encoding_is_guessed(batch):
        told += f" Its encoding, {batch.encoding}, is a guess: if names look wrong, ingest it again with --encoding."
    return told
