"""What one written birth date means."""

from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_pipeline.normalize.date import (
    FUTURE,
    IMPOSSIBLE,
    NOT_A_DATE,
    OVER_CAP,
    PLACEHOLDER,
    TOO_EARLY,
    ZERO,
    BirthDate,
    parse_date,
)
from contact_pipeline.normalize.date_values import build_date_values
from contact_pipeline_tests.normalize.tables import built_from_raws

TODAY = date(2026, 5, 1)
BORN = date(1988, 3, 9)
MONTH_FIRST = "read month first, the order of the region"

VALID = {
    "ISO": ("1988-03-09", BORN, None),
    "ISO with a time": ("1988-03-09T00:00:00.000Z", BORN, None),
    "compact": ("19880309", BORN, None),
    "month first": ("3/9/1988", BORN, MONTH_FIRST),
    "padded": ("03/09/1988", BORN, MONTH_FIRST),
    "hyphens": ("03-09-1988", BORN, MONTH_FIRST),
    "with a time": ("3/9/1988 0:00", BORN, MONTH_FIRST),
    "only one order is a date": ("13/3/1988", date(1988, 3, 13), "read day first: the other order is no date"),
    "no doubt about the order": ("3/13/1988", date(1988, 3, 13), None),
    "day and month alike": ("3/3/1988", date(1988, 3, 3), None),
    "month in words": ("March 9, 1988", BORN, None),
    "month shortened": ("Mar 9th 1988", BORN, None),
    "day first in words": ("9 March 1988", BORN, None),
    "day-month-year": ("09-MAR-1988", BORN, None),
    "two-digit year of one century only": ("3/13/88", date(1988, 3, 13), "two-digit year read as 1988"),
    "two-digit year of a young person": ("3/13/08", date(2008, 3, 13), "two-digit year read as 2008"),
    "leap day": ("2/29/2000", date(2000, 2, 29), None),
}

INVALID = {
    "impossible": ("2/30/1990", IMPOSSIBLE),
    "no leap year": ("1900-02-29", IMPOSSIBLE),
    "no such month": ("13/13/1990", IMPOSSIBLE),
    "future": ("2026-05-02", FUTURE),
    "future year": ("2030", FUTURE),
    "placeholder": ("01/01/1900", PLACEHOLDER),
    "before 1900": ("1899-12-31", TOO_EARLY),
    "year before 1900": ("1850", TOO_EARLY),
    "zeros": ("0000-00-00", ZERO),
    "two centuries": ("3/9/20", "two-digit year: 1920 or 2020"),
    "a spreadsheet's day": ("32211", "probably a spreadsheet's day number (it would be 1988-03-09)"),
    "words": ("last spring", NOT_A_DATE),
    "no month": ("Foo 9, 1988", NOT_A_DATE),
    "Arabic digits": ("١٩٨٨-٠٣-٠٩", NOT_A_DATE),
    "too long": ("9" * 100, OVER_CAP),
}


@pytest.mark.parametrize(("raw", "born", "reason"), VALID.values(), ids=VALID)
def test_a_date_is_read_and_every_assumption_is_said(raw: str, born: date, reason: str | None) -> None:
    assert parse_date(raw, today=TODAY) == BirthDate(born, born.year, True, reason)


@pytest.mark.parametrize(("raw", "reason"), INVALID.values(), ids=INVALID)
def test_a_date_that_names_no_birthday_has_a_reason(raw: str, reason: str) -> None:
    assert parse_date(raw, today=TODAY) == BirthDate(reason=reason)


@pytest.mark.parametrize("raw", ["1988", "1988.0", "3/1988", "March 1988"])
def test_a_year_alone_gives_a_year_and_no_day(raw: str) -> None:
    read = parse_date(raw, today=TODAY)
    assert (read.birth_date, read.birth_year, read.valid) == (None, 1988, True)


def test_elsewhere_the_day_comes_first() -> None:
    assert parse_date("9/3/1988", today=TODAY, region="GB").birth_date == BORN


@given(st.dates(date(1900, 1, 2), TODAY), st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y", "%d %b %Y", "%Y%m%d"]))
def test_every_day_of_the_range_survives_every_form(day: date, form: str) -> None:
    assert parse_date(day.strftime(form), today=TODAY).birth_date == day


def test_the_table_says_what_a_single_reading_says(connection: duckdb.DuckDBPyConnection) -> None:
    raws = [*(case[0] for case in VALID.values()), *(case[0] for case in INVALID.values()), "", "1988"]
    rows = built_from_raws(connection, build_date_values, [*raws, None, *raws], today=TODAY)
    assert rows == {raw: tuple(vars(parse_date(raw, today=TODAY)).values()) for raw in raws}
