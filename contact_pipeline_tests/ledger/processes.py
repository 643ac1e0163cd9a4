"""Real processes that use the ledger, and real ends to them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from contact_pipeline.ledger import Ledger

FORK = multiprocessing.get_context("fork")


def together(count: int, work: Callable[[], Any]) -> list[Any]:
    """Does the work in several processes that begin at the same moment; gives what each of them answered."""
    barrier, answers = FORK.Barrier(count), FORK.SimpleQueue()

    def begin() -> None:
        barrier.wait()
        answers.put(work())

    processes = [FORK.Process(target=begin) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    return [answers.get() for _ in processes]


def killed_at_write(url: str, number: int, work: Callable[[Ledger], Any]) -> bool:
    """Does the work in a process that gets SIGKILL right after its n-th INSERT or UPDATE; whether it came to that."""
    process = FORK.Process(target=lambda: work(_doomed(Ledger.open(url), number)))
    process.start()
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def _doomed(ledger: Ledger, number: int) -> Ledger:
    writes = 0

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal writes
        if statement.startswith(("INSERT", "UPDATE")):
            writes += 1
            if writes == number:
                os.kill(os.getpid(), signal.SIGKILL)

    event.listen(ledger.engine, "after_cursor_execute", count)
    return ledger
