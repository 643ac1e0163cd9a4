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
from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.landing.recognising import recognised
from contact_pipeline.landing.store import DROP_GUARD, Arrival, Gate, LandingStore
from contact_pipeline.sources.entities import FILE_ENTITIES, Entity

PROBLEM_SUFFIX = ".problem.txt"
"""Ending of the note that lies beside a file that was held or refused."""

VOTERS = "voters"
"""The folder of voter files, which land in a database of their own and not here."""


@dataclass(frozen=True)
class InboxFile:
    """A file somebody dropped; `source` is the folder's name."""

    path: Path
    source: str
    size: int
    modified_ns: int


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
    gate_of: Callable[[InboxFile], Gate] | None = None,
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
        gate_of: Who else must let a file pass; see `LandingStore.land_file`.
    """
    return [_take(file, store, now, settle, drop_guard, entities, gate_of) for file in waiting_files(inbox)]


def _take(
    file: InboxFile,
    store: LandingStore,
    now: datetime,
    settle: float,
    drop_guard: float,
    entities: Mapping[str, Entity],
    gate_of: Callable[[InboxFile], Gate] | None,
) -> Arrival:
    path, seen = file.path, Look(file.size, file.modified_ns)
    entity = entities.get(file.source)
    if entity is None:
        known = ", ".join(f"inbox/{source}" for source in entities)
        arrival = Arrival(
            str(path), "refused", f"Files from {file.source!r} are not known. Move it to one of: {known}."
        )
    elif age_in_seconds(seen, now) < settle or open_for_writing(path):
        return Arrival(str(path), "held", "The file is still being copied; it will be taken when it is complete.")
    else:
        gate = gate_of(file) if gate_of is not None else None
        kind = recognised(path, entity)
        arrival = store.land_file(path, kind, now=now, drop_guard=drop_guard, seen_as=seen, gate=gate)
    if arrival.status in ("landed", "unchanged"):
        _remove(path, seen)
    else:
        arrival = replace(arrival, message=_leave_note(path, arrival))
    return arrival


def _remove(path: Path, seen: Look) -> None:
    """Take a landed file out of the inbox, unless somebody has written another in its place meanwhile."""
    try:
        if look(path) == seen:
            path.unlink()
    except (FileNotFoundError, Refused):
        pass
    _note_of(path).unlink(missing_ok=True)


def _note_of(path: Path) -> Path:
    return path.with_name(path.name + PROBLEM_SUFFIX)


def _leave_note(path: Path, arrival: Arrival) -> str:
    """Write the note; it is younger than the file, which tells that the file was judged and not touched since."""
    note = _note_of(path)
    temporary = path.with_name(f".{path.name}{PROBLEM_SUFFIX}")
    temporary.write_text(
        f"{path.name} was {arrival.status}.\n\n{arrival.message}\n\n"
        "When it is put right, save it again under the same name or remove it; this note then goes away.\n",
        encoding="utf-8",
    )
    os.replace(temporary, note)  # noqa: PTH105 (atomic)
    return arrival.message
