"""Reading a list that may change while it is read.

Keeping page bodies until the whole list is known to be whole, and reading it again when rows moved, belongs here. What
makes a pass whole (totals, repeated ids) is the platform's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile

from contact_pipeline.sources.errors import SourceUnavailable

KEPT_IN_MEMORY = 16 * 1024 * 1024


class Shifted(Exception):
    """Rows appeared, vanished or moved while the list was read, so some may have been missed or met twice."""


class PageSpool:
    """Bodies of one pass in order, byte for byte; in memory while small, else in a temporary file."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 (closed by bodies() or close())
        self._sizes: list[int] = []

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
        """Let go of the bodies."""
        self._file.close()


def whole_pass(
    name: str, read: Callable[[PageSpool], object], *, passes: int, pause: Callable[[int], None]
) -> PageSpool:
    """The bodies of the first pass in which nothing moved.

    Args:
        name: the list, for the message.
        read: reads the list once into the spool; raises `Shifted` when it cannot vouch for the pass.
        passes: how often to read before giving up; three keep the calls under three times the quiet number.
        pause: waits before the next pass, given how many failed.

    Raises:
        SourceUnavailable: no pass was whole.
    """
    reason: Shifted | None = None
    for number in range(1, passes + 1):
        spool = PageSpool()
        try:
            read(spool)
        except Shifted as shift:
            spool.close()
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
