"""The platforms' own limits: so many calls per window, so many calls per day.

Counting calls against a limit belongs here. The body a refusal carries belongs to the platform modules.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass
class CallWindow:
    """At most `calls` per `seconds`, sliding (sources.md 1.8: 500 a minute)."""

    calls: int
    seconds: float
    monotonic: Callable[[], float]
    _taken: deque[float] = field(default_factory=deque)

    def refused_for(self) -> int:
        """Whole seconds to wait, or 0 when the call is taken (and counted)."""
        now = self.monotonic()
        while self._taken and now - self._taken[0] >= self.seconds:
            self._taken.popleft()
        if len(self._taken) >= self.calls:
            return max(1, math.ceil(self._taken[0] + self.seconds - now))
        self._taken.append(now)
        return 0

    def left(self) -> int:
        """Calls that would be taken now."""
        now = self.monotonic()
        return self.calls - sum(1 for moment in self._taken if now - moment < self.seconds)

    def free_in(self) -> int:
        """Whole seconds until the oldest call of the window is forgotten; 0 when there is none."""
        return max(0, math.ceil(self._taken[0] + self.seconds - self.monotonic())) if self._taken else 0


@dataclass
class DailyCalls:
    """At most `calls` per day of New York (sources.md 3.7)."""

    calls: int
    now: Callable[[], datetime]
    used: int = 0
    _day: date | None = None

    def take(self) -> bool:
        """Use one call; False when none is left today."""
        today = self.now().astimezone(ZoneInfo("America/New_York")).date()
        if today != self._day:
            self._day, self.used = today, 0
        if self.used >= self.calls:
            return False
        self.used += 1
        return True

    @property
    def left(self) -> int:
        """Calls left today."""
        return max(0, self.calls - self.used)
