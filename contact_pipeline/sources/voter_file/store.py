"""Where the voters are kept: one DuckDB file per load, and a link that says which is the newest.

Swapping, locking and attaching belong here. `Settings.voters` is a symbolic link to `<name>.<id>.duckdb` beside it: a
load builds a file of its own, then the link is replaced in one step. Whoever has the old file open keeps reading it; a
load killed at any moment leaves the old link. A name is never used twice running, because a process that still has a
replaced file open would get the old data under that name (measured with DuckDB 2.0).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from contact_pipeline.landing.files import sync_folder
from contact_pipeline.landing.outcomes import Held

if TYPE_CHECKING:
    import duckdb

MARKED_EVIDENCE = ".evidence-"
"""What stands between a load's name and the version of the rules, in the name of a file made out of that load."""

ATTEMPTS = 5
"""Times a reader looks for the newest file when a load replaces it under its hands."""


class NoVotersError(Exception):
    """No voter file has been loaded here; the message says how to load one."""


@contextmanager
def loading(voters: Path) -> Iterator[None]:
    """Be the one who loads; what a killed load left behind is removed first.

    Raises:
        Held: Another process loads a voter file.
    """
    voters.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(voters.with_suffix(".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Held("Another process is loading a voter file here. Wait for it, then load again.") from error
    try:
        sweep(voters)
        yield
    finally:
        lock.release()


def newest(voters: Path) -> Path | None:
    """The newest complete file; None where nothing has been loaded."""
    return voters.resolve() if voters.exists() else None


def building(voters: Path, load_id: str) -> Path:
    """The file a load builds, under the name it will keep."""
    return voters.with_name(f"{voters.stem}.{load_id}.duckdb")


def publish(voters: Path, built: Path) -> None:
    """Make a finished file the newest, on disk when this returns, and drop the ones before it."""
    with built.open("rb") as stream:
        os.fsync(stream.fileno())
    link = voters.with_name(f"{voters.name}.link")
    link.unlink(missing_ok=True)
    link.symlink_to(built.name)
    link.replace(voters)
    sync_folder(voters.parent)
    sweep(voters)


def sweep(voters: Path) -> None:
    """Remove files of this name that are neither the newest nor made out of it, and their logs and spilled data."""
    current = newest(voters)
    for path in voters.parent.glob(f"{voters.stem}.*.duckdb*"):
        if current is not None and path.name.startswith(f"{current.stem}{MARKED_EVIDENCE}"):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        elif path.resolve() != current:
            path.unlink(missing_ok=True)


@contextmanager
def open_voters(voters: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The newest file, read-only.

    Raises:
        NoVotersError: Nothing has been loaded.
    """
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")  # it would go to standard output, among the JSON
        attach_voters(connection, voters)
        connection.execute("use voters")
        yield connection


def attach_voters(connection: duckdb.DuckDBPyConnection, voters: Path, name: str = "voters") -> None:
    """Attach the newest file read-only to a connection: `voters.voter` and the tables beside it.

    Raises:
        NoVotersError: Nothing has been loaded.
    """
    import duckdb

    for attempt in range(ATTEMPTS):
        current = newest(voters)
        if current is None:
            break
        try:
            connection.execute(f"attach '{sql_literal(current)}' as {name} (read_only)")
        except duckdb.IOException:
            if current.exists() or attempt == ATTEMPTS - 1:
                raise
        else:
            return
    raise NoVotersError(f"There is no voter file at {voters}. Load one: contact-pipeline voters load FILE --state FL")


def sql_literal(path: Path) -> str:
    """A path between single quotes in SQL."""
    return str(path).replace("'", "''")
