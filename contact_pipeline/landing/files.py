"""Small things about files: whether one is still being written, and writing one so that a crash leaves all or nothing.

Looking at and copying files belongs here. What is in them does not.
"""

from __future__ import annotations

import hashlib
import os
import signal
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from contact_pipeline.landing.outcomes import Held, Refused

PIECE = 1 << 20
UNFINISHED_SUFFIXES = (".part", ".partial", ".crdownload", ".download", ".tmp", ".filepart", ".opdownload")
"""Endings browsers and copy programs use until a file is complete."""

Sleep = Callable[[float], None]


class Look(NamedTuple):
    """What a glance at a file shows; two equal ones mean that nothing was written between them."""

    size: int
    modified_ns: int


def look(path: Path) -> Look:
    """Size and modified time of a plain file, followed through links.

    Raises:
        Refused: It does not exist, is a folder or another kind of thing, or may not be read.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise Refused(
            f"The file cannot be found or read ({error.strerror}). Check its name and permissions."
        ) from error
    if stat.S_ISDIR(found.st_mode):
        raise Refused("This is a folder, not a file. Name the files in it.")
    if not stat.S_ISREG(found.st_mode):
        raise Refused("This is not a plain file. Save the list as a CSV file first.")
    return Look(found.st_size, found.st_mtime_ns)


def wait_until_settled(path: Path, *, now: datetime, settle: float, sleep: Sleep) -> Look:
    """The file's look once nothing has been written to it for `settle` seconds.

    A file last written longer ago than that (by `now`) is settled at once.

    Raises:
        Held: It is still being written.
        Refused: It cannot be read; see `look`.
    """
    if path.name.lower().endswith(UNFINISHED_SUFFIXES):
        raise Held(f"The name says that it is still being copied or downloaded. {WAIT}")
    before = look(path)
    if age_in_seconds(before, now) < settle:
        sleep(settle)
        if look(path) != before:
            raise Held(f"The file is still being copied: it changed while we looked. {WAIT}")
    if open_for_writing(path):
        raise Held(f"Another program is still writing the file, or has it open. {WAIT}")
    return before


WAIT = "Nothing was loaded; try again when it is complete."


def age_in_seconds(seen: Look, now: datetime) -> float:
    """Seconds since the file was last written; 0 where its clock is ahead of ours."""
    modified = datetime.fromtimestamp(seen.modified_ns / 1e9, UTC)
    return max(0.0, (now - modified).total_seconds())


def open_for_writing(path: Path) -> bool:
    """Whether a process on this machine has the file open for writing; False where the system cannot tell."""
    import fcntl

    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        with path.open("rb") as stream:
            fcntl.fcntl(stream, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(stream, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(stream, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


class Copied(NamedTuple):
    """A file's hash and length, taken while it was copied."""

    sha256: str
    size: int


def copy_and_hash(path: Path, target: Path) -> Copied:
    """Copy a file to a new place, on disk when this returns.

    Raises:
        Refused: The file cannot be read.
    """
    try:
        source = path.open("rb")
    except OSError as error:
        raise Refused(f"The file cannot be read ({error.strerror}). Check its permissions.") from error
    digest, size = hashlib.sha256(), 0
    with source, target.open("wb") as copy:
        while piece := source.read(PIECE):
            digest.update(piece)
            size += len(piece)
            copy.write(piece)
        flush_to_disk(copy)
    return Copied(digest.hexdigest(), size)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def flush_to_disk(stream: BinaryIO) -> None:
    """Make what was written survive a power cut."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
