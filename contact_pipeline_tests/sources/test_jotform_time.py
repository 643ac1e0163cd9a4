from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.sources.jotform import eastern_to_utc, next_midnight

CASES = {
    "an ordinary summer morning": ("2026-05-12 08:14:09", "2026-05-12T12:14:09"),
    "an ordinary winter morning": ("2026-01-12 08:14:09", "2026-01-12T13:14:09"),
    "the last second before the clocks go back": ("2026-11-01 00:59:59", "2026-11-01T04:59:59"),
    "the hour that happens twice, its first second": ("2026-11-01 01:00:00", "2026-11-01T06:00:00"),
    "the hour that happens twice, its last second": ("2026-11-01 01:59:59", "2026-11-01T06:59:59"),
    "after the clocks went back": ("2026-11-01 02:00:00", "2026-11-01T07:00:00"),
    "the last second before the clocks go forward": ("2026-03-08 01:59:59", "2026-03-08T06:59:59"),
    "the hour that does not exist": ("2026-03-08 02:30:00", "2026-03-08T07:30:00"),
    "after the clocks went forward": ("2026-03-08 03:00:00", "2026-03-08T07:00:00"),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_a_wall_clock_time_means_one_moment(text: str, expected: str) -> None:
    assert eastern_to_utc(text) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_the_sql_of_the_mapping_reads_every_time_the_same_way() -> None:
    start = datetime(2026, 3, 7, 22)  # noqa: DTZ001 (a wall clock)
    spring = [start + timedelta(minutes=15 * step) for step in range(40)]
    autumn = [moment.replace(month=11, day=1 + (moment.day - 7), hour=moment.hour) for moment in spring]
    texts = [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in spring + autumn]
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        rows = connection.execute(
            "select created_at, epoch(timezone('America/New_York', cast(created_at as timestamp)))"
            " from (select unnest(?) as created_at)",
            [texts],
        ).fetchall()
    assert dict(rows) == {text: eastern_to_utc(text).timestamp() for text in texts}


@pytest.mark.parametrize("text", ["", "2026-05-12", "2026-05-12T08:14:09Z", "2026-02-30 08:00:00", "yesterday"])
def test_a_text_that_is_no_such_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"does not match|day is out of range"):
        eastern_to_utc(text)


def test_another_zone_can_be_named() -> None:
    assert eastern_to_utc("2026-05-12 08:14:09", "UTC") == datetime(2026, 5, 12, 8, 14, 9, tzinfo=UTC)


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2040, 1, 1)))  # noqa: DTZ001
@settings(max_examples=200)
def test_midnight_is_always_ahead_and_less_than_a_day_and_an_hour_away(moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    ahead = next_midnight(now) - now
    assert timedelta(0) < ahead <= timedelta(hours=25)


def test_midnight_follows_summer_time() -> None:
    assert next_midnight(datetime(2026, 7, 1, 3, 59, tzinfo=UTC)) == datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
    assert next_midnight(datetime(2026, 7, 1, 4, 0, tzinfo=UTC)) == datetime(2026, 7, 2, 4, 0, tzinfo=UTC)
    assert next_midnight(datetime(2026, 1, 15, 12, 0, tzinfo=UTC)) == datetime(2026, 1, 16, 5, 0, tzinfo=UTC)
