"""One birth date: the day it names, or why it names none.

What a single written date means belongs here. Reading many at once belongs to `date_values`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

DATE_CAP = 64
"""Longest cell read, in characters."""

FIRST_YEAR = 1900
OLDEST_AGE = 110
"""Years after which a two-digit year is no longer read as of the last century."""

MONTH_FIRST_REGIONS = frozenset({"US"})
"""Regions whose `3/9/1988` is the ninth of March."""

PLACEHOLDERS = frozenset({date(1900, 1, 1)})
EXCEL_EPOCH = date(1899, 12, 30)

ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9:.,+Z -]*)?", re.ASCII)
COMPACT = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})", re.ASCII)
YEAR_FIRST = re.compile(r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})", re.ASCII)
NUMBERS = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?:,? [0-9:]+(?: ?[AaPp][Mm])?)?", re.ASCII)
MONTH_WORD = r"([A-Za-z]{3,9})\.?"
MONTH_DAY = re.compile(MONTH_WORD + r"[ -]*([0-9]{1,2})(?:st|nd|rd|th)?(?:, *| +|-)([0-9]{4}|'?[0-9]{2})", re.ASCII)
DAY_MONTH = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th)?[ -]*(?:of )?" + MONTH_WORD + r"[, -]*([0-9]{4}|'?[0-9]{2})", re.ASCII
)
YEAR = re.compile(r"([0-9]{4})(?:\.0)?", re.ASCII)
MONTH_YEAR = re.compile(r"(?:([0-9]{1,2})[/-]|" + MONTH_WORD + r",? )([0-9]{4})", re.ASCII)
SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?", re.ASCII)

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip

NOT_A_DATE = "not a form of date that is known here"
IMPOSSIBLE = "there is no such day"
FUTURE = "in the future"
TOO_EARLY = f"before {FIRST_YEAR}"
PLACEHOLDER = "1900-01-01 is a placeholder, not a birth date"
ZERO = "a date of zeros: not known"
OVER_CAP = f"longer than {DATE_CAP} characters: not a date"


@dataclass(frozen=True)
class BirthDate:
    """A reading of one written date.

    `birth_date` is None where only the year is known; both are None unless `valid`. `reason` says why a date is not
    valid, or, on a valid one, what was assumed; None for a blank cell.
    """

    birth_date: date | None = None
    birth_year: int | None = None
    valid: bool = False
    reason: str | None = None


def parse_date(raw: str, *, today: date, region: str = "US") -> BirthDate:
    """Read one birth date.

    `3/9/1988` is read month first in the United States and day first elsewhere, and says so where both readings exist
    and differ; where only one is a day of the calendar, that one is taken. A two-digit year is taken where only one
    century gives an age from 0 to 110. A spreadsheet's day number is pointed out and not converted.

    Args:
        raw: The cell as written.
        today: The day against which "in the future" is decided.
        region: Region code that decides the order of day and month.
    """
    text = " ".join(raw.split()) if len(raw) <= DATE_CAP else ""
    if not text:
        return BirthDate(reason=OVER_CAP if len(raw) > DATE_CAP else None)
    for pattern in (ISO, COMPACT, YEAR_FIRST):
        if found := pattern.fullmatch(text):
            year, month, day = map(int, found.groups())
            return _dated(year, month, day, today)
    if found := NUMBERS.fullmatch(text):
        return _from_numbers(int(found[1]), int(found[3]), found[4], today, region in MONTH_FIRST_REGIONS)
    if found := MONTH_DAY.fullmatch(text):
        return _from_words(found[1], int(found[2]), found[3], today)
    if found := DAY_MONTH.fullmatch(text):
        return _from_words(found[2], int(found[1]), found[3], today)
    return _less_than_a_day(text, today)


def _from_numbers(first: int, second: int, year_text: str, today: date, month_first: bool) -> BirthDate:
    month, day = (first, second) if month_first else (second, first)
    order = "month" if month_first else "day"
    if month > 12 and day <= 12:
        month, day = day, month
        note = f"read {'day' if month_first else 'month'} first: the other order is no date"
    elif max(month, day) <= 12 and month != day:
        note = f"read {order} first, the order of the region"
    else:
        note = None
    return _with_year(year_text, month, day, today, note)


def _from_words(word: str, day: int, year_text: str, today: date) -> BirthDate:
    month = month_number(word)
    if month is None:
        return BirthDate(reason=NOT_A_DATE)
    return _with_year(year_text.lstrip("'"), month, day, today, None)


def month_number(word: str) -> int | None:
    """1 to 12 for an English month's name or its first three or four letters, else None."""
    text = word.lower()
    for number, name in enumerate(MONTHS, start=1):
        if text == name or text in (name[:3], name[:4]):
            return number
    return None


def _with_year(year_text: str, month: int, day: int, today: date, note: str | None) -> BirthDate:
    if len(year_text) == 4:
        return _dated(int(year_text), month, day, today, note)
    short = int(year_text)
    last, this = 1900 + short, 2000 + short
    if this > today.year:
        year = last
    elif today.year - last > OLDEST_AGE:
        year = this
    else:
        return BirthDate(reason=f"two-digit year: {last} or {this}")
    return _dated(year, month, day, today, f"two-digit year read as {year}" + (f"; {note}" if note else ""))


def _dated(year: int, month: int, day: int, today: date, note: str | None = None) -> BirthDate:
    if year == 0 or month == 0 or day == 0:
        return BirthDate(reason=ZERO)
    try:
        born = date(year, month, day)
    except ValueError:
        return BirthDate(reason=IMPOSSIBLE)
    if born in PLACEHOLDERS:
        return BirthDate(reason=PLACEHOLDER)
    if born.year < FIRST_YEAR:
        return BirthDate(reason=TOO_EARLY)
    if born > today:
        return BirthDate(reason=FUTURE)
    return BirthDate(born, born.year, True, note)


def _less_than_a_day(text: str, today: date) -> BirthDate:
    """A year, a month of a year, a spreadsheet's day number, or nothing."""
    if found := YEAR.fullmatch(text):
        return _year_only(int(found[1]), today, "only the year is given")
    if found := MONTH_YEAR.fullmatch(text):
        month = int(found[1]) if found[1] else month_number(found[2])
        if month is None or not 1 <= month <= 12:
            return BirthDate(reason=NOT_A_DATE)
        return _year_only(int(found[3]), today, "only month and year are given")
    if SERIAL.fullmatch(text):
        day = EXCEL_EPOCH + timedelta(days=int(text[:5]))
        return BirthDate(reason=f"probably a spreadsheet's day number (it would be {day.isoformat()})")
    return BirthDate(reason=NOT_A_DATE)


def _year_only(year: int, today: date, note: str) -> BirthDate:
    if year < FIRST_YEAR:
        return BirthDate(reason=TOO_EARLY)
    if year > today.year:
        return BirthDate(reason=FUTURE)
    return BirthDate(None, year, True, note)
