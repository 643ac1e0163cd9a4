"""How many calls a platform may be asked, and how many a reading has asked.

Counting calls and the arithmetic of windows belong here. What was called before is the ledger's to remember; how fast
to ask belongs to `pace`.

Both windows slide: at most so many calls in any 24 hours and in any 30 days, which also keeps within the day and the
month of whoever counts by the calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contact_pipeline.sources.errors import QuotaExhausted

DAY = timedelta(days=1)
MONTH = timedelta(days=30)
STEPS = 96
"""Into how many steps a window is parted to see when it will be full."""

NOTED_EVERY = 10
"""How many calls are written down together, before they are made: a killed reading counts too many by so few."""

NEARLY = 0.8
"""The share of a budget from which one is warned."""


class BudgetUsedUp(QuotaExhausted):
    """The workspace's own limit of calls is reached; nothing more is asked before `until`."""


class CallMeter:
    """Counts the calls of one reading, whichever clients make them, and stops it at a limit.

    Args:
        limit: the most calls; None where nothing limits them.
        until: when more may be asked again.
        note: writes down, before calls are made, how many there will have been; a kill takes nothing of it back.

    Attributes:
        calls: requests sent so far.
    """

    def __init__(
        self,
        limit: int | None = None,
        until: datetime | None = None,
        note: Callable[[int], None] = lambda calls: None,
    ) -> None:
        self.calls = 0
        self._limit = limit
        self._until = until
        self._note = note

    def count(self, name: str) -> None:
        """One more request is about to be sent.

        Args:
            name: the platform, for the message.

        Raises:
            BudgetUsedUp: the limit is reached; the request must not be sent.
        """
        if self._limit is not None and self.calls >= self._limit:
            raise BudgetUsedUp(
                f"{name}: the calls its budget leaves ({self._limit:,}) were used up before everything was read. "
                "Nothing was changed. See: contact-pipeline sources",
                self._until or datetime.max.replace(tzinfo=UTC),
            )
        if self.calls % NOTED_EVERY == 0:
            self._note(self.calls + NOTED_EVERY)
        self.calls += 1


_meter: ContextVar[CallMeter | None] = ContextVar("contact_pipeline_call_meter", default=None)


@contextmanager
def metered(meter: CallMeter) -> Iterator[CallMeter]:
    """Every client made inside the block counts its calls here.

    A client is made deep inside a platform's own module, and may fail before anybody holds it: so the meter is found by
    the client, not handed to it.
    """
    token = _meter.set(meter)
    try:
        yield meter
    finally:
        _meter.reset(token)


def present_meter() -> CallMeter:
    """The meter of the reading that is under way; one without a limit where there is none."""
    return _meter.get() or CallMeter()


@dataclass(frozen=True)
class Budget:
    """One platform's limits and what was called lately.

    Attributes:
        per_day: the most calls in 24 hours; None where nothing limits them.
        per_month: the most calls in 30 days.
        spent: (when, calls) of the readings of the last 30 days, oldest first.
        now: the present moment.
    """

    per_day: int | None
    per_month: int | None
    spent: Sequence[tuple[datetime, int]]
    now: datetime

    @property
    def used_day(self) -> int:
        """Calls of the last 24 hours."""
        return self._used(DAY)

    @property
    def used_month(self) -> int:
        """Calls of the last 30 days."""
        return self._used(MONTH)

    @property
    def left(self) -> int | None:
        """Calls that may be made now; None where nothing limits them."""
        rooms = [most - self._used(length) for most, length in self._windows()]
        return max(0, min(rooms)) if rooms else None

    def fits(self, calls: int) -> bool:
        """Whether so many more calls keep within both limits."""
        return self.left is None or calls <= self.left

    def free_at(self, calls: int) -> datetime:
        """The first moment at which so many calls fit, if nothing else is called; a month from now if they never do."""
        moments = [self.now, *(when + length for when, _ in self.spent for length in (DAY, MONTH))]
        for moment in sorted(moment for moment in moments if moment >= self.now):
            if all(calls <= most - self._used(length, moment) for most, length in self._windows()):
                return moment
        return self.now + MONTH

    def exceeded_in(self, per_day: float) -> timedelta | None:
        """How long until a limit is exceeded if so many calls a day go on; None: never."""
        found = [self._full_after(most, length, per_day) for most, length in self._windows()]
        return min((after for after in found if after is not None), default=None)

    def warning(self, per_day: float) -> str | None:
        """What to be told about: most of a limit is used, or the present rhythm exceeds it; None where all is well.

        Args:
            per_day: calls a day at the present rhythm.
        """
        parts = []
        for most, length in self._windows():
            span = "24 hours" if length == DAY else "30 days"
            used, expected = self._used(length), per_day * (length / DAY)
            if used >= NEARLY * most:
                parts.append(f"{used:,} of {most:,} calls of {span} are used")
            if expected > most:
                parts.append(f"the present rhythm makes {expected:,.0f} calls in {span}, {most:,} are allowed")
        return "; ".join(parts) or None

    def _windows(self) -> list[tuple[int, timedelta]]:
        limits = ((self.per_day, DAY), (self.per_month, MONTH))
        return [(most, length) for most, length in limits if most is not None]

    def _used(self, length: timedelta, at: datetime | None = None) -> int:
        start = (at or self.now) - length
        return sum(calls for when, calls in self.spent if when > start)

    def _full_after(self, most: int, length: timedelta, per_day: float) -> timedelta | None:
        for step in range(STEPS + 1):
            after = length * step / STEPS
            if self._used(length, self.now + after) + per_day * (after / DAY) > most:
                return after
        return None
