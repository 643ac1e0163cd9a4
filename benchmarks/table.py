"""The table a measurement prints: what, the aim, what was found; each part measured in a process of its own."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of the table: what, the aim, and what was measured."""

    what: str
    aim: str
    measured: str

    def __str__(self) -> str:
        """The line, as `make` prints it."""
        return f"{self.what:<58} {self.aim:>6}  {self.measured}"


class Clock:
    """Seconds of the wall clock and of all processors since it was made."""

    def __init__(self) -> None:
        """Start now."""
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def __str__(self) -> str:
        """Both, for the table."""
        return f"{self.wall:.1f} s ({self.busy:.1f} s of processors)"

    @property
    def wall(self) -> float:
        """Seconds of the wall clock."""
        return time.perf_counter() - self._wall

    @property
    def busy(self) -> float:
        """Seconds of all processors."""
        return time.process_time() - self._processor


def peak() -> int:
    """The most memory this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def alone(work: Callable[..., Any], *given: Any) -> Any:
    """What `work` gives, in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
        return processes.submit(work, *given).result()
