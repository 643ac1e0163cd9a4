"""Reading a list that may change while it is read.

Keeping page bodies until the whole list is known to be whole, reading it again when rows moved, and going on after a
break where the last try stopped belong here. What makes a pass whole (totals, repeated ids) is the platform's to say.

A pass that breaks off leaves its pages in a folder. The next one takes them up if it asks the same question within the
hour; its client reads the last of them once more and goes on only where that page is still the same one. Every proof
of a whole list holds over all pages, kept or new.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import TypeVar

from filelock import FileLock, Timeout

from contact_pipeline.sources.errors import SourceUnavailable
from contact_pipeline.sources.http import PassingFault, Reply

KEPT_IN_MEMORY = 16 * 1024 * 1024

KEPT_FOR = timedelta(hours=1)
"""How old a broken-off pass may be to be gone on with: what stands in its pages is then as old."""

QUESTION_FILE = "question.json"

PARTIAL = ".partial"
"""Below the landing folder: pages of readings that broke off."""

P = TypeVar("P")


class Shifted(Exception):
    """Rows appeared, vanished or moved while the list was read, so some may have been missed or met twice."""


class PageSpool:
    """Bodies of one pass in order, byte for byte; in memory while small, else in a temporary file."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 (closed by bodies() or close())
        self._sizes: list[int] = []

    @property
    def began(self) -> datetime | None:
        """When the pass began, where an earlier try did; None for a pass begun here."""
        return None

    def kept(self) -> Iterator[bytes]:
        """The bodies an earlier try left, in order; `add` goes on behind them."""
        return iter(())

    def add(self, body: bytes) -> None:
        """Keep one more body."""
        self._file.write(body)
        self._sizes.append(len(body))

    def bodies(self) -> Iterator[bytes]:
        """Every body once, in order; the spool is closed afterwards."""
        with self._file:
            self._file.seek(0)
            for size in self._sizes:
                yield self._file.read(size)

    def close(self) -> None:
        """Let go of the bodies; what is kept on disk waits for the next try."""
        self._file.close()

    def discard(self) -> None:
        """Throw the bodies away: they are of no use to anybody."""
        self.close()


class KeptSpool(PageSpool):
    """Bodies of one pass in a folder of its own, one file each, which outlives the process."""

    def __init__(self, folder: Path, question: str, lock: FileLock, now: datetime) -> None:
        self._folder = folder
        self._lock = lock
        self._began = _began(folder, question, now)
        if self._began is None:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            about = {"question": question, "began": now.isoformat()}
            (folder / QUESTION_FILE).write_text(json.dumps(about), encoding="utf-8")
        self._count = len(list(folder.glob("*.body")))

    @property
    def began(self) -> datetime | None:
        """When the pass began, where an earlier try did."""
        return self._began

    def kept(self) -> Iterator[bytes]:
        """The bodies an earlier try left."""
        return (self._path(number).read_bytes() for number in range(1, self._count + 1))

    def add(self, body: bytes) -> None:
        """Keep one more body: its file stands there whole or not at all."""
        part = self._folder / "next.part"
        part.write_bytes(body)
        part.replace(self._path(self._count + 1))
        self._count += 1

    def bodies(self) -> Iterator[bytes]:
        """Every body once, in order; when all were taken the folder is removed."""
        try:
            for number in range(1, self._count + 1):
                yield self._path(number).read_bytes()
            shutil.rmtree(self._folder, ignore_errors=True)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Leave the bodies to the next try."""
        self._lock.release()

    def discard(self) -> None:
        """Remove the bodies."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.release()

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06d}.body"


@dataclass(frozen=True)
class Keep:
    """Where the pages of a list wait between two tries.

    Attributes:
        folder: one list's own; made when it is needed.
        now: the wall clock, UTC, for the age of what waits.
    """

    folder: Path
    now: Callable[[], datetime]

    @classmethod
    def below(cls, landing: Path, *names: str) -> Keep:
        """The place of one list, named by its entity and, where an entity has several, by what tells them apart."""
        return cls(landing / PARTIAL / "-".join(names), lambda: datetime.now(UTC))

    def spool(self, question: str) -> PageSpool:
        """A spool for the question, with what an earlier try kept; in memory while another process has the folder.

        Args:
            question: what is asked, parameters included: pages of another question are thrown away.
        """
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder.with_name(f"{self.folder.name}.lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return PageSpool()
        return KeptSpool(self.folder, question, lock, self.now())


def _began(folder: Path, question: str, now: datetime) -> datetime | None:
    """When the pass that waits in the folder began; None where nothing waits that could be gone on with."""
    try:
        about = json.loads((folder / QUESTION_FILE).read_text(encoding="utf-8"))
        began = datetime.fromisoformat(about["began"])
        same = about["question"] == question
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return began if same and timedelta(0) <= now - began <= KEPT_FOR else None


def spools_of(keep: Keep | None, question: list[object]) -> Callable[[], PageSpool]:
    """What makes the spool of each pass: one that waits in `keep` for the same question, or one in memory."""
    return PageSpool if keep is None else partial(keep.spool, json.dumps(question))


def take_up(
    spool: PageSpool,
    read: Callable[[Reply], P],
    take: Callable[[P], None],
    again: Callable[[P], P],
    rows: Callable[[P], object],
) -> P | None:
    """Count the pages an earlier try kept as read, if the last of them is still the page it was.

    What was deleted meanwhile before it would have moved it.

    Args:
        spool: of the pass.
        read: judges a kept page as one that arrives.
        take: counts it as read.
        again: asks for the last one once more.
        rows: what two answers to one question must have in common.

    Returns:
        The last page as it was given now; None where nothing was kept.

    Raises:
        Shifted: it is another page, or a kept one cannot be read.
    """
    page: P | None = None
    for body in spool.kept():
        try:
            page = read(Reply(200, {}, body))
        except PassingFault as fault:
            raise Shifted("a page kept from before the break cannot be read") from fault
        take(page)
    if page is None:
        return None
    now = again(page)
    if rows(now) != rows(page):
        raise Shifted("the last page is no longer the one read before the break")
    return now


@contextmanager
def waiting_together(spools: list[PageSpool]) -> Iterator[None]:
    """Several lists read one after the other: when one breaks off, the pages of those before it wait with its own."""
    try:
        yield
    except BaseException:
        for spool in spools:
            spool.close()
        raise


def whole_pass(
    name: str,
    read: Callable[[PageSpool], object],
    *,
    passes: int,
    pause: Callable[[int], None],
    new_spool: Callable[[], PageSpool] = PageSpool,
) -> PageSpool:
    """The bodies of the first pass in which nothing moved.

    Args:
        name: the list, for the message.
        read: reads the list once into the spool, behind what `spool.kept()` holds already; raises `Shifted` when it
            cannot vouch for the pass.
        passes: how often to read before giving up; three keep the calls under three times the quiet number.
        pause: waits before the next pass, given how many failed.
        new_spool: makes the spool of each pass, for example `Keep.spool`.

    Raises:
        SourceUnavailable: no pass was whole.
    """
    reason: Shifted | None = None
    for number in range(1, passes + 1):
        spool = new_spool()
        try:
            read(spool)
        except Shifted as shift:
            spool.discard()
            reason = shift
            if number < passes:
                pause(number)
        except BaseException:
            spool.close()
            raise
        else:
            return spool
    raise SourceUnavailable(
        f"{name}: the list kept changing while it was read ({passes} passes; {reason}). "
        "Nothing was changed; the next run asks again."
    ) from reason
