"""The voters' folder of the inbox: which files wait for which state, and taking them.

Seeing what waits, loading it, and leaving a note where it cannot be loaded belong here. Loading itself is `load`; that
a run starts because something waits is a sensor's.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from contact_pipeline.landing.files import UNFINISHED_SUFFIXES, sync_folder
from contact_pipeline.landing.inbox import PROBLEM_SUFFIX, VOTERS
from contact_pipeline.sources.voter_file.building import Loading
from contact_pipeline.sources.voter_file.load import LoadReport, load_voters
from contact_pipeline.sources.voter_file.survey import Progress

KEPT = "voter_files"
"""The folder beside the voter file that keeps, per state, the bytes of its newest load."""


@dataclass(frozen=True)
class WaitingState:
    """All files that wait for one state; they are loaded together, as the whole state."""

    state: str
    files: tuple[Path, ...]
    note: Path

    @property
    def judged(self) -> bool:
        """Whether the files were refused or held before, and none was touched since."""
        return self.note.exists() and all(changed_ns(file) < changed_ns(self.note) for file in self.files)


def changed_ns(path: Path) -> int:
    """When a file was last written or put in its place; 0 where it is gone."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return 0
    return max(seen.st_mtime_ns, seen.st_ctime_ns)


def waiting_states(inbox: Path, *, default_state: str) -> list[WaitingState]:
    """What waits in `<inbox>/voters/`, state by state.

    Files in a folder of two letters (`voters/GA/`) are that state's, at any depth: Florida sends a folder of counties.
    All others are the default state's.
    """
    folder = inbox / VOTERS
    found: dict[str, list[Path]] = {}
    for path in _files(folder):
        first = path.relative_to(folder).parts[0]
        is_state = len(first) == 2 and first.isalpha() and (folder / first).is_dir()
        found.setdefault(first.upper() if is_state else default_state, []).append(path)
    return [
        WaitingState(state, tuple(sorted(files)), folder / f"{state}{PROBLEM_SUFFIX}")
        for state, files in sorted(found.items())
    ]


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        name = path.name.lower()
        hidden = any(part.startswith((".", "~$")) for part in inside)
        if not hidden and not name.endswith((PROBLEM_SUFFIX, *UNFINISHED_SUFFIXES)) and path.is_file():
            yield path


def take_state(
    waiting: WaitingState, loading: Loading, *, progress: Progress = lambda _step, _done, _total: None
) -> LoadReport:
    """Load what waits for a state.

    Loaded files leave the inbox for `voter_files/<state>/<load id>/` beside the voter file, in place of those of the
    load before. Refused or held ones stay, with `<state>.problem.txt` in the voters' folder saying what to do.

    Args:
        waiting: From `waiting_states`.
        loading: Where to, when; its state is the waiting one.
        progress: Told about every step.

    Returns:
        The load's report.
    """
    report = load_voters(waiting.files, loading, progress=progress)
    if report.status in ("loaded", "unchanged"):
        waiting.note.unlink(missing_ok=True)
        _keep(waiting.files, loading.voters.resolve().parent / KEPT / waiting.state, str(report.load_id))
    else:
        _leave_note(waiting, report)
    return report


def _keep(files: Sequence[Path], kept: Path, load_id: str) -> None:
    """Move files out of the inbox; the same name from two folders is told apart by a number."""
    target = kept / load_id
    target.mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(files, start=1):
        place = target / file.name
        shutil.move(file, place if not place.exists() else target / f"{number}-{file.name}")
    sync_folder(target)
    for other in kept.iterdir():
        if other != target:
            shutil.rmtree(other)


def _leave_note(waiting: WaitingState, report: LoadReport) -> None:
    """Write the note whole; it is younger than the files, which tells that they were judged and not touched since."""
    part = waiting.note.with_name(f".{waiting.note.name}")
    part.write_text(
        f"The voters of {waiting.state} were {report.status}.\n\n{report.message}\n\n"
        "When it is put right, save the files again under the same names or remove them; this note then goes away.\n",
        encoding="utf-8",
    )
    os.replace(part, waiting.note)  # noqa: PTH105 (atomic)
