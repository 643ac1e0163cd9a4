"""Jotform writes times without a zone: the wall clock of New York, summer time included (sources.md 3.5).

Turning such a text into UTC, and knowing when the day's quota returns, belongs here.

The same in SQL, and equal at every change of clocks (a test compares them):

    timezone('America/New_York', cast(created_at as timestamp))
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EASTERN = "America/New_York"


def eastern_to_utc(text: str, zone: str = EASTERN) -> datetime:
    """The moment a wall-clock text means; of two possible moments always the later one.

    The hour that happens twice in autumn is read as its second happening (standard time). The hour that is skipped in
    spring is read as if clocks had not yet changed. Both are one rule, and DuckDB's.

    Args:
        text: `YYYY-MM-DD HH:MM:SS`.
        zone: the account's zone, where it is not New York.

    Raises:
        ValueError: the text is no such time.
    """
    wall = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZoneInfo(zone))
    return max(wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC))


def next_midnight(now: datetime, zone: str = EASTERN) -> datetime:
    """The next midnight on the wall clock of `zone`, in UTC: when the daily calls return (sources.md 3.7)."""
    tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
