"""Reading only what changed: from where, and where the next reading goes on.

The arithmetic of windows belongs here. What a platform calls its changed-since filter belongs to its client; keeping
the cursor to `landing`, which commits it together with the rows.

A cursor is the newest change a platform has told of, on the platform's own clock: two systems' clocks are never
compared (decision 41). The next window begins a little before it, edge included, because a platform may commit a change
late. A window says nothing about what lies outside it: it is never a deletion (decision 45).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

OVERLAP = timedelta(minutes=10)
"""How far a window reaches back before the cursor."""

CLOCK_SLACK = timedelta(days=1)
"""How far ahead of ours a platform's clock may be: a record "changed" in a later year must not hide all others."""


@dataclass(frozen=True)
class Changes:
    """The records of one window.

    Attributes:
        pages: their bodies, byte for byte; the whole list was read before the first is given.
        newest: the newest change among them, UTC; None where there is none.
        took: how much older than `newest` a change may be that was not seen: from the first page to the last, longer
            than the overlap where a reading broke off and was taken up; or what a last page spans that nothing proves.
    """

    pages: Iterator[bytes]
    newest: datetime | None
    took: timedelta = timedelta(0)


def window_start(cursor: str | None, now: datetime, first_days: int) -> datetime | None:
    """From when to ask for changes, edge included; None asks for everybody.

    Args:
        cursor: what `next_cursor` gave for the last reading; None before the first.
        now: the current time, for the first window only.
        first_days: how many days the first window reaches back, to that day's beginning: a first reading that broke off
            asks the same question again; 0 is everything.
    """
    if cursor is not None:
        return datetime.fromisoformat(cursor) - OVERLAP
    first_day = (now - timedelta(days=first_days)).replace(hour=0, minute=0, second=0, microsecond=0)
    return first_day if first_days > 0 else None


def next_cursor(
    cursor: str | None, newest: datetime | None, start: datetime | None, took: timedelta = timedelta(0)
) -> str | None:
    """Where the next reading goes on, as ISO 8601 in UTC; it never moves back.

    Args:
        cursor: that of the last reading; None before the first.
        newest: the newest change of this reading.
        start: where a first window began: the cursor of a first reading that found nothing.
        took: how long the reading took. A record changed behind the reader is as old as that at most; the overlap
            covers it, and where the reading took longer than the overlap, the cursor stays behind by as much.
    """
    if newest is not None and took > OVERLAP:
        newest -= took
    earlier = datetime.fromisoformat(cursor) if cursor is not None else start
    known = [moment for moment in (earlier, newest) if moment is not None]
    return max(known).astimezone(UTC).isoformat() if known else None


def newest_of(moments: Iterable[datetime | None], now: datetime) -> datetime | None:
    """The newest of the moments that can be true; one far in the future is a typing error, not news."""
    return max((moment for moment in moments if moment is not None and moment <= now + CLOCK_SLACK), default=None)
