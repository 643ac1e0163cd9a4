"""How old content is: from inside it, else from a file's name, never from when it arrived (decision 37).

Reading modified times and dates in file names belongs here. What counts as stale does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_NAME_DATE = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
CLOCK_SLACK = timedelta(days=1)
"""How far ahead of our clock a source's may be; a later time is a typing error."""


CHANGED = ("updated_at", "modified", "created_at", "createdTime")
"""What the platforms call the time of a record's last change, or of its making."""

WALL_CLOCKS = {"jotform": "America/New_York"}
"""Sources whose times carry no zone and are not UTC (sources.md 3.5)."""

LAST_MILLISECOND = 253_402_300_799_000
"""The end of the year 9999: a larger number is no time."""


def modified_time(text: str, zone: str = "UTC") -> datetime | None:
    """A source's modified time as UTC: ISO 8601, or `YYYY-MM-DD HH:MM:SS` on the wall clock of `zone`."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment).astimezone(UTC)


def changed_at(record: Mapping[str, object], source: str) -> datetime | None:
    """The newest time a platform's record says of itself, as UTC; None where it says none."""
    moments = [_moment(record.get(name), WALL_CLOCKS.get(source, "UTC")) for name in CHANGED]
    return max((moment for moment in moments if moment is not None), default=None)


def _moment(value: object, zone: str) -> datetime | None:
    if isinstance(value, str):
        return modified_time(value, zone)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LAST_MILLISECOND:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)


def date_in_name(file_name: str) -> datetime | None:
    """The last date in a file's name (`contacts-2026-04-16-1776.csv`) as midnight UTC."""
    for found in reversed(_NAME_DATE.findall(file_name)):
        try:
            return datetime(int(found[0]), int(found[1]), int(found[2]), tzinfo=UTC)
        except ValueError:
            continue
    return None


class Newest:
    """The newest plausible time among many texts."""

    def __init__(self, now: datetime) -> None:
        self._limit = now + CLOCK_SLACK
        self.value: datetime | None = None

    def see(self, text: str) -> None:
        """Take one text into account; what is no time, or lies in the future, is passed over."""
        self.see_moment(modified_time(text) if text else None)

    def see_moment(self, moment: datetime | None) -> None:
        """Take one time into account, unless it lies in the future."""
        if moment is not None and moment <= self._limit and (self.value is None or moment > self.value):
            self.value = moment
