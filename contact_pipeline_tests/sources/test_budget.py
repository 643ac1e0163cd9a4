"""Promises of the arithmetic of call budgets, and of the meter that stops a reading."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_pipeline.sources.budget import DAY, MONTH, Budget, BudgetUsedUp, CallMeter, metered
from contact_pipeline.sources.errors import KeyNotAccepted
from contact_pipeline_tests.sources.helpers import FORM, account, world

NOW = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
SPENT = st.lists(st.tuples(st.integers(0, 45 * 24), st.integers(1, 60)), max_size=20).map(
    lambda readings: sorted((NOW - timedelta(hours=hours), calls) for hours, calls in readings)
)
LIMIT = st.none() | st.integers(1, 400)


def hours_ago(*readings: tuple[float, int]) -> list[tuple[datetime, int]]:
    return sorted((NOW - timedelta(hours=hours), calls) for hours, calls in readings)


def test_calls_count_for_a_day_and_for_a_month() -> None:
    budget = Budget(100, 1000, hours_ago((1, 30), (23.9, 20), (24, 7), (29 * 24, 400), (30 * 24, 5)), NOW)
    assert (budget.used_day, budget.used_month) == (50, 457)
    assert budget.left == 50
    assert budget.fits(50)
    assert not budget.fits(51)


def test_no_limit_is_never_exceeded() -> None:
    budget = Budget(None, None, hours_ago((1, 10_000)), NOW)
    assert budget.left is None
    assert budget.fits(10**9)
    assert budget.exceeded_in(10**9) is None
    assert budget.warning(10**9) is None


def test_room_returns_when_the_oldest_calls_leave_the_day() -> None:
    budget = Budget(100, None, hours_ago((20, 60), (2, 40)), NOW)
    assert budget.free_at(50) == NOW + timedelta(hours=4)
    assert budget.free_at(90) == NOW + timedelta(hours=22)


def test_the_forecast_says_when_the_month_will_be_full_before_it_is() -> None:
    budget = Budget(None, 1000, hours_ago((48, 100)), NOW)
    after = budget.exceeded_in(90.0)
    assert after is not None
    assert timedelta(days=9) < after < timedelta(days=11)
    assert budget.exceeded_in(25.0) is None


@pytest.mark.parametrize(
    ("used", "per_day", "told"),
    [
        (79, 10.0, None),
        (80, 10.0, "80 of 100 calls of 24 hours are used"),
        (10, 101.0, "makes 101 calls in 24 hours, 100 are allowed"),
    ],
    ids=["well within", "80 % used", "forecast too high"],
)
def test_one_is_warned_at_four_fifths_or_of_a_forecast_too_high(used: int, per_day: float, told: str | None) -> None:
    warning = Budget(100, None, hours_ago((3, used)), NOW).warning(per_day)
    assert warning is None if told is None else told in (warning or "")


@given(SPENT, LIMIT, LIMIT, st.integers(1, 500))
def test_at_the_moment_room_is_promised_the_calls_fit(
    spent: list[tuple[datetime, int]], per_day: int | None, per_month: int | None, wanted: int
) -> None:
    at = Budget(per_day, per_month, spent, NOW).free_at(wanted)
    ever = wanted <= min(most for most in (per_day, per_month, 10**9) if most is not None)
    assert Budget(per_day, per_month, spent, at).fits(wanted) == ever or at == NOW + MONTH


@given(SPENT, LIMIT, LIMIT)
def test_spending_what_is_left_is_within_both_windows_and_one_more_is_not(
    spent: list[tuple[datetime, int]], per_day: int | None, per_month: int | None
) -> None:
    budget = Budget(per_day, per_month, spent, NOW)
    if budget.left is None:
        return
    after = Budget(per_day, per_month, [*spent, (NOW, budget.left)], NOW)
    within = [after.used_day <= (per_day or 10**9), after.used_month <= (per_month or 10**9)]
    assert all(within) or budget.left == 0
    assert not after.fits(1)


@given(SPENT, st.integers(1, 400), st.floats(0, 500))
def test_a_forecast_within_the_limit_and_an_empty_past_never_exceed(
    spent: list[tuple[datetime, int]], most: int, per_day: float
) -> None:
    alone = Budget(most, None, [], NOW).exceeded_in(per_day)
    assert (alone is None) == (per_day <= most)
    with_past = Budget(most, None, spent, NOW).exceeded_in(per_day)
    assert alone is None or (with_past is not None and with_past <= DAY)


def test_a_reading_stops_at_the_limit_with_nothing_given_and_every_call_counted() -> None:
    data = account(submission_count=2_500)
    with metered(CallMeter()) as whole, world(data) as live:
        pages = len(list(live.jotform.submission_pages(FORM)))
    assert (pages, whole.calls) == (3, live.jotform.calls)
    for limit in range(whole.calls):
        with metered(CallMeter(limit)) as meter, world(data) as again, pytest.raises(BudgetUsedUp):
            list(again.jotform.submission_pages(FORM))
        assert meter.calls == limit
    with metered(CallMeter(whole.calls)), world(data) as again:
        assert len(list(again.jotform.submission_pages(FORM))) == pages


def test_outside_a_metered_block_nothing_is_limited() -> None:
    with metered(CallMeter(0)):
        pass
    with world(account(member_count=1)) as live:
        assert len(live.givebutter.campaigns()) == 1


def test_a_key_that_is_not_accepted_is_told_apart_by_its_name() -> None:
    with world(account(member_count=1), key="wrong") as live, pytest.raises(KeyNotAccepted) as caught:
        live.givebutter.campaigns()
    assert caught.value.variable == "GIVEBUTTER_API_KEY"
    assert "wrong" not in str(caught.value)
