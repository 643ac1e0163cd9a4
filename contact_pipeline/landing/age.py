"""How old a file's content is: from inside the file, else from its name, never from when it arrived (decision 37).

Reading modified times and dates in file names belongs here. What counts as stale does not.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_NAME_DATE = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
CLOCK_SLACK = timedelta(days=1)
"""How far ahead of our clock a source's may be; a later time is a typing error."""


def modified_time(text: str) -> datetime | None:
    """A source's modified time as UTC: ISO 8601, or `YYYY-MM-DD HH:MM:SS` without a zone (sources.md 2.1: UTC)."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


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
        moment = modified_time(text) if text else None
        if moment is not None and moment <= self._limit and (self.value is None or moment > self.value):
            self.value = moment
