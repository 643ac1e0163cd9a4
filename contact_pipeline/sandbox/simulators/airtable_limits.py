"""Airtable's limits (sources.md 4.5): calls per second and base with a lock-out, and calls per month.

Counting belongs here. What a refusal looks like belongs to `airtable`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LOCK_OUT_SECONDS = 30.0


@dataclass
class TokenBucket:
    """`rate` calls a second, as many saved up as a second holds; a call too many locks everybody out for 30 seconds.

    Attributes:
        rate: calls a second.
        monotonic: seconds.
    """

    rate: int
    monotonic: Callable[[], float]

    def __post_init__(self) -> None:
        self._tokens = float(self.rate)
        self._filled_at = self.monotonic()
        self._locked_until = float("-inf")

    def take(self) -> bool:
        """Use one call; False while locked out, and when the call is one too many (which locks)."""
        now = self.monotonic()
        if now < self._locked_until:
            return False
        self._tokens = min(float(self.rate), self._tokens + (now - self._filled_at) * self.rate)
        self._filled_at = now
        if self._tokens < 1.0 - 1e-9:
            self._locked_until = now + LOCK_OUT_SECONDS
            return False
        self._tokens -= 1.0
        return True


@dataclass
class MonthlyCalls:
    """At most `calls` of the plan, None for no limit; a month here never ends."""

    calls: int | None
    used: int = 0

    def take(self) -> bool:
        """Use one call; False when none is left."""
        if self.calls is not None and self.used >= self.calls:
            return False
        self.used += 1
        return True
