"""Homes: the address with number, street and unit apart, ZIP and city."""

from __future__ import annotations

from contact_pipeline.identity.comparisons.level import Comparison, Level

_SAME_NUMBER = "street_number_l = street_number_r"
_SAME_STREET = f"{_SAME_NUMBER} and street_name_l = street_name_r"
_STREETS_ALIKE = "jaro_winkler_similarity(street_letters_l, street_letters_r) >= 0.9"
_SAME_BUILDING = "coalesce(jaro_winkler_similarity(building_l, building_r) >= 0.9, false)"

ADDRESS = Comparison(
    "address",
    "address",
    f"(street_name_l is null or street_name_r is null) and not {_SAME_BUILDING}",
    (
        Level(
            "same",
            "the same address",
            f"{_SAME_STREET} and unit_l is not distinct from unit_r",
            0.6,
            0.00001,
            0.74,
        ),
        Level(
            "one_unit",
            "the same street and number, a unit on one side",
            f"{_SAME_STREET} and (unit_l is null) <> (unit_r is null)",
            0.06,
            0.00001,
            0.08,
        ),
        Level(
            "other_unit",
            "the same street and number, different units",
            f"{_SAME_STREET}",
            0.02,
            0.00001,
            0.04,
        ),
        Level(
            "alike",
            "addresses that look alike",
            f"{_STREETS_ALIKE} and {_SAME_NUMBER}",
            0.06,
            0.00002,
            0.04,
        ),
        Level(
            "lines_swapped",
            "address lines in each other's place",
            "jaro_winkler_similarity(street_name_l, unit_r) >= 0.9"
            " or jaro_winkler_similarity(unit_l, street_name_r) >= 0.9",
            0.004,
            0.00002,
            0.003,
        ),
        Level("building", "the same named building or estate", _SAME_BUILDING, 0.01, 0.0005, 0.01),
        Level("street", "the same street", "street_name_l = street_name_r", 0.04, 0.002, 0.02),
        Level(
            "street_alike",
            "streets that look alike",
            _STREETS_ALIKE,
            0.01,
            0.003,
            0.005,
        ),
        Level("different", "different addresses", "else", 0.2, 0.9935, 0.065),
    ),
)

_ZIPS_ALIKE = "damerau_levenshtein(zip5_l, zip5_r) <= 1"
_CITIES_ALIKE = "jaro_winkler_similarity(city_l, city_r) >= 0.85"

PLACE = Comparison(
    "place",
    "ZIP and city",
    "(zip5_l is null or zip5_r is null) and (city_l is null or city_r is null)",
    (
        Level("same", "the same ZIP and city", "zip5_l = zip5_r and city_l = city_r", 0.75, 0.003, 0.92),
        Level(
            "slip",
            "ZIP and city the same but for slips of the pen",
            f"({_ZIPS_ALIKE}) and ({_CITIES_ALIKE})",
            0.06,
            0.004,
            0.02,
        ),
        Level("zip", "the same ZIP", "zip5_l = zip5_r", 0.04, 0.001, 0.02),
        Level("city", "the same city", "city_l = city_r", 0.04, 0.016, 0.01),
        Level(
            "alike",
            "ZIPs or cities one slip of the pen apart",
            f"{_ZIPS_ALIKE} or {_CITIES_ALIKE}",
            0.03,
            0.006,
            0.01,
        ),
        Level("different", "different places", "else", 0.08, 0.97, 0.02),
    ),
)
