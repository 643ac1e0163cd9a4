"""The inbox: folders people drop files into, one per source.

Seeing what waits, taking it into landing, and leaving a note beside what cannot be taken belong here. Starting a run
because something waits does not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from contact_pipeline.landing.files import UNFINISHED_SUFFIXES, Look, age_in_seconds, look, open_for_writing
from contact_pipeline.landing.outcomes import Later, Refused
from contact_pipeline.landing.recognising import recognised
from contact_pipeline.landing.store import DROP_GUARD, Arrival, LandingStore
from contact_pipeline.sources.entities import FILE_ENTITIES, Entity

PROBLEM_SUFFIX = ".problem.txt"
"""Ending of the note that lies beside a file that was held or refused."""

STILL_COPIED = "The file is still being copied; it will be taken when it is complete."

VOTERS = "voters"
"""The folder of voter files, which land in a database of their own and not here."""


@dataclass(frozen=True)
class InboxFile:
    """A file somebody dropped; `source` is the folder's name."""

    path: Path
    source: str
    size: int
    modified_ns: int

    @property
    def seen(self) -> Look:
        """How the file looked when it was found."""
        return Look(self.size, self.modified_ns)

    @property
    def note(self) -> Path:
        """Where it stands why the file was not taken, if it was not."""
        return self.path.with_name(self.path.name + PROBLEM_SUFFIX)


TakeFirst = Callable[[InboxFile, Entity | None], Arrival | None]
"""Takes a file before it would land as it is, or leaves it (None); raises `Later` where another run is to take it.

It is given what files of the folder hold, None of a folder nobody knows."""


def touched_ns(path: Path) -> int:
    """When a file was last written, put in its place or touched; 0 where it is gone.

    The change time counts too: an old copy moved over a refused file keeps the old modified time.
    """
    try:
        seen = path.stat()
    except FileNotFoundError:
        return 0
    return max(seen.st_mtime_ns, seen.st_ctime_ns)


def already_judged(file: InboxFile) -> bool:
    """Whether a file was refused or held before and has not been touched since: its note is younger than it is."""
    return touched_ns(file.note) > touched_ns(file.path)


def waiting_files(inbox: Path) -> list[InboxFile]:
    """The files waiting in `<inbox>/<source>/`, oldest first; dot files, unfinished copies and notes are left out."""
    found = []
    for path in inbox.glob("*/*"):
        if _is_passed_over(path):
            continue
        try:
            seen = path.stat()
        except FileNotFoundError:
            continue
        if path.is_file():
            found.append(InboxFile(path, path.parent.name, seen.st_size, seen.st_mtime_ns))
    return sorted(found, key=lambda file: (file.modified_ns, str(file.path)))


def _is_passed_over(path: Path) -> bool:
    name = path.name.lower()
    hidden = name.startswith((".", "~$")) or path.parent.name.startswith(".")
    return hidden or path.parent.name == VOTERS or name.endswith((PROBLEM_SUFFIX, *UNFINISHED_SUFFIXES))


def take_inbox(
    inbox: Path,
    store: LandingStore,
    *,
    now: datetime,
    settle: float,
    drop_guard: float = DROP_GUARD,
    entities: Mapping[str, Entity] = FILE_ENTITIES,
    take_first: TakeFirst | None = None,
) -> list[Arrival]:
    """Land every waiting file.

    A landed or unchanged file leaves the inbox, its bytes are in landing. A held or refused one stays, with
    `<name>.problem.txt` beside it saying what to do. A file written less than `settle` seconds ago waits for next time.

    Args:
        inbox: The folder with one folder per source.
        store: Where bytes go.
        now: The present, UTC.
        settle: Seconds a file must have been left alone.
        drop_guard: See `LandingStore.land_file`.
        entities: The entity a source's files hold.
        take_first: Who takes some files otherwise; None to land all of them as they are.
    """
    return [_take(file, store, now, settle, drop_guard, entities, take_first) for file in waiting_files(inbox)]


def _take(
    file: InboxFile,
    store: LandingStore,
    now: datetime,
    settle: float,
    drop_guard: float,
    entities: Mapping[str, Entity],
    take_first: TakeFirst | None,
) -> Arrival:
    path, entity = file.path, entities.get(file.source)
    if age_in_seconds(file.seen, now) < settle or open_for_writing(path):
        return Arrival(str(path), "held", STILL_COPIED)
    try:
        arrival = take_first(file, entity) if take_first is not None else None
    except Later as error:
        return Arrival(str(path), "held", str(error))
    if arrival is not None:
        pass
    elif entity is not None:
        kind = recognised(path, entity)
        arrival = store.land_file(path, kind, now=now, drop_guard=drop_guard, seen_as=file.seen)
    else:
        known = ", ".join(f"inbox/{source}" for source in entities)
        message = f"Files from {file.source!r} are not known. Move it to one of: {known}."
        arrival = Arrival(str(path), "refused", message)
    if arrival.status in ("landed", "unchanged"):
        _remove(file)
    else:
        arrival = replace(arrival, message=_leave_note(file, arrival))
    return arrival


def _remove(file: InboxFile) -> None:
    """Take a landed file out of the inbox, unless somebody has written another in its place meanwhile."""
    try:
        if look(file.path) == file.seen:
            file.path.unlink()
    except (FileNotFoundError, Refused):
        pass
    file.note.unlink(missing_ok=True)


def _leave_note(file: InboxFile, arrival: Arrival) -> str:
    """Write the note; it is younger than the file, which tells that the file was judged and not touched since."""
    temporary = file.path.with_name(f".{file.path.name}{PROBLEM_SUFFIX}")
    temporary.write_text(
        f"{file.path.name} was {arrival.status}.\n\n{arrival.message}\n\n"
        "When it is put right, save it again under the same name or remove it; this note then goes away.\n",
        encoding="utf-8",
    )
    os.replace(temporary, file.note)  # noqa: PTH105 (atomic)
    return arrival.message
