"""Time as a client lives it: clocks, waiting, and never asking faster than allowed.

Clocks, sleeping and the limit on calls per window belong here. How long to wait after a failure belongs to `http`.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Timekeeper:
    """How time passes for a client; a test hands in its own so that waiting costs nothing.

    Attributes:
        now: wall clock, UTC.
        monotonic: seconds that never go back, for counting calls per window.
        sleep: waits that many seconds.
        chance: a number in [0, 1), to spread retries.
    """

    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


@dataclass
class Pace:
    """At most `calls` requests within any `seconds`: a sliding window, so it also holds for a server's fixed windows.

    Attributes:
        calls: requests allowed per window; keep it under the documented limit, the server counts on its own clock.
        seconds: length of the window.
    """

    calls: int
    seconds: float
    _sent: deque[float] = field(default_factory=deque, repr=False)

    def wait_turn(self, time_keeper: Timekeeper) -> None:
        """Wait until one more request fits the window, and count it."""
        while len(self._sent) >= self.calls:
            free_at = self._sent[0] + self.seconds
            remaining = free_at - time_keeper.monotonic()
            if remaining <= 0:
                self._sent.popleft()
            else:
                time_keeper.sleep(remaining)
        self._sent.append(time_keeper.monotonic())
