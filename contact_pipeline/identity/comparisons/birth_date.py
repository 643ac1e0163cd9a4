"""Birth dates and years, and what tells two bearers of one name a generation apart."""

from __future__ import annotations

from typing import Final

from contact_pipeline.identity.comparisons.level import Comparison, Level

BIRTH_YEAR_GAP: Final = 13
"""Two people born this many years apart are two people (decision 15): younger than most parents, older than a slip."""

SAME_SPELLING = "first_name_l = first_name_r"
_YEARS_APART = f"abs(birth_year_l - birth_year_r) >= {BIRTH_YEAR_GAP}"
_NOT_ONE_SLIP = "coalesce(damerau_levenshtein(birth_digits_l, birth_digits_r) > 1, true)"
NAMESAKES_APART = f"{SAME_SPELLING} and {_YEARS_APART} and {_NOT_ONE_SLIP}"

_YEAR_ONLY = "(birth_date_l is null or birth_date_r is null)"

BIRTH_DATE = Comparison(
    "birth_date",
    "birth date",
    # Said once: the first name comparison already knows of namesakes a generation apart.
    f"birth_year_l is null or birth_year_r is null or ({NAMESAKES_APART})",
    (
        Level("same", "the same birth date", "birth_date_l = birth_date_r", 0.88, 0.00004, 0.012),
        Level(
            "day_month_swapped",
            "birth dates with day and month in each other's place",
            "birth_year_l = birth_year_r and day(birth_date_l) = month(birth_date_r)"
            " and month(birth_date_l) = day(birth_date_r)",
            0.01,
            0.00003,
            0.0003,
        ),
        Level(
            "slip",
            "birth dates one slip of the pen apart",
            "damerau_levenshtein(birth_digits_l, birth_digits_r) <= 1",
            0.03,
            0.0006,
            0.003,
        ),
        Level(
            "same_year_known",
            "the same birth year, no more is known",
            f"{_YEAR_ONLY} and birth_year_l = birth_year_r",
            0.04,
            0.0008,
            0.003,
        ),
        Level(
            "next_year_known",
            "birth years one apart, no more is known",
            f"{_YEAR_ONLY} and abs(birth_year_l - birth_year_r) = 1",
            0.003,
            0.0016,
            0.005,
        ),
        Level(
            "two_slips",
            "birth dates two slips of the pen apart",
            "damerau_levenshtein(birth_digits_l, birth_digits_r) <= 2",
            0.02,
            0.01,
            0.02,
        ),
        Level(
            "same_year",
            "birth dates that share only the year",
            f"birth_year_l = birth_year_r and not {_YEAR_ONLY}",
            0.004,
            0.015,
            0.03,
        ),
        Level("far", "birth dates a generation apart", _YEARS_APART, 0.004, 0.7, 0.45),
        Level("different", "different birth dates", "else", 0.009, 0.27, 0.48),
    ),
)
