"""ZIP codes, states and countries."""

import pytest

from contact_pipeline.normalize.reference_data import reference_rows
from contact_pipeline.normalize.state import parse_country, parse_state
from contact_pipeline.normalize.zip_code import NOT_A_ZIP, PLACEHOLDER, ZERO_RESTORED, ZipCode, parse_zip

ZIPS = {
    "five": ("33602", ZipCode("33602", None, True)),
    "leading zero": ("02134", ZipCode("02134", None, True)),
    "plus four": ("33602-1234", ZipCode("33602", "1234", True)),
    "nine digits": ("336021234", ZipCode("33602", "1234", True)),
    "a spreadsheet's number": ("33602.0", ZipCode("33602", None, True)),
    "trailing hyphen": ("33602-", ZipCode("33602", None, True)),
    "empty plus four": ("33602-0000", ZipCode("33602", None, True)),
    "lost zero": ("2134", ZipCode("02134", None, True, ZERO_RESTORED)),
    "lost zero in a spreadsheet": ("2134.0", ZipCode("02134", None, True, ZERO_RESTORED)),
    "three digits are not guessed": ("601", ZipCode(reason=NOT_A_ZIP)),
    "lost zero with plus four is not guessed": ("2134-1234", ZipCode(reason=NOT_A_ZIP)),
    "placeholder": ("00000", ZipCode(reason=PLACEHOLDER)),
    "Canada": ("K1A 0B1", ZipCode(reason=NOT_A_ZIP)),
    "full-width digits": ("３３６０２", ZipCode(reason=NOT_A_ZIP)),
    "too long": ("3" * 100, ZipCode(reason=NOT_A_ZIP)),
    "blank": (" ", ZipCode()),
}


@pytest.mark.parametrize(("raw", "read"), ZIPS.values(), ids=ZIPS)
def test_a_zip_code_is_text_and_nothing_is_guessed(raw: str, read: ZipCode) -> None:
    assert parse_zip(raw) == read


@pytest.mark.parametrize("raw", ["FL", "fl", "F.L.", "Florida", "FLORIDA", "Fla.", " florida "])
def test_a_state_has_one_code(raw: str) -> None:
    assert parse_state(raw) == "FL"


def test_every_state_is_known_by_code_and_name() -> None:
    for row in reference_rows("states"):
        assert parse_state(row["code"].lower(), row["country"]) == row["code"]
        assert parse_state(row["name"].upper(), row["country"]) == row["code"]


@pytest.mark.parametrize("raw", ["XX", "", "Floridaa", "1", "x" * 1000])
def test_an_unknown_state_has_no_code(raw: str) -> None:
    assert parse_state(raw) is None


def test_fifty_states_the_district_territories_and_armed_forces_are_listed() -> None:
    assert sum(row["country"] == "US" for row in reference_rows("states")) == 50 + 1 + 5 + 3


@pytest.mark.parametrize("raw", ["US", "usa", "U.S.A.", "United States", "united states of america"])
def test_the_united_states_have_one_code(raw: str) -> None:
    assert parse_country(raw) == "US"


def test_every_country_is_known_as_written() -> None:
    assert all(parse_country(row["written"].upper()) == row["code"] for row in reference_rows("countries"))
