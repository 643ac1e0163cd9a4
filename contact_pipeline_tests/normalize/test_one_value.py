"""`normalise`: one value, any value."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.normalize import FIELDS, normalise
from contact_pipeline.normalize.one_value import BLANK, NOT_TEXT, SEVERAL

TODAY = date(2026, 5, 1)

NORMAL_FORMS = {
    "phone": ("phone", "(813) 555-0142", "+18135550142"),
    "e-mail": ("email", "Mari@Example.org", "mari@example.org"),
    "name": ("name", "SMITH, JOHN A JR", "John A Smith, Jr."),
    "address": ("address", "410 HERON LN APT 4B, TAMPA FL 33602-1234", "410 Heron Ln, Unit 4B, Tampa, FL 33602-1234"),
    "date": ("date", "March 9, 1988", "1988-03-09"),
    "year": ("date", "1988", "1988"),
    "ZIP code": ("zip", "33602.0", "33602"),
    "ZIP+4": ("zip", "336021234", "33602-1234"),
    "ZIP code as a JSON number": ("zip", 33602, "33602"),
    "state": ("state", "florida", "FL"),
    "province": ("state", "Quebec", "QC"),
}


@pytest.mark.parametrize(("field", "value", "normal"), NORMAL_FORMS.values(), ids=NORMAL_FORMS)
def test_a_value_gets_its_normal_form(field: str, value: Any, normal: str) -> None:
    read = normalise(field, value, today=TODAY)
    assert (read.normalised, read.valid) == (normal, True)


def test_two_numbers_in_one_cell_are_two_numbers_and_no_extension() -> None:
    read = normalise("phone", "813-555-0142; 813-555-0143")
    assert (read.normalised, read.reason) == ("+18135550142", SEVERAL)
    assert read.parts["others"] == ["+18135550143"]
    assert "extension" not in read.parts


def test_an_extension_is_a_part() -> None:
    assert normalise("phone", "813-555-0142 x89").parts["extension"] == "89"


def test_the_region_decides_what_a_number_without_country_code_is() -> None:
    assert normalise("phone", "020 7946 0958", "gb").normalised == "+442079460958"


def test_an_invalid_value_has_a_reason_and_no_normal_form() -> None:
    read = normalise("phone", "555-123-4567 x89")
    assert (read.normalised, read.valid) == (None, False)
    assert read.reason


def test_an_unknown_field_is_an_answer_that_names_the_known_ones() -> None:
    read = normalise("shoe_size", "9")
    assert not read.valid
    assert all(field in str(read.reason) for field in FIELDS)


@pytest.mark.parametrize("value", ["", "  ", None, "\u200f" * 0])
def test_a_blank_value_is_said_to_be_blank(value: str | None) -> None:
    assert normalise("email", value).reason == BLANK


@pytest.mark.parametrize("value", [True, [], {}, b"x"])
def test_what_is_no_text_is_said_to_be_none(value: object) -> None:
    assert normalise("name", value).reason == NOT_TEXT


HOSTILE = {
    "brackets": "(" * 100_000,
    "square brackets": "[" * 100_000,
    "brackets below the cap": "(" * 999,
    "quotes": "'" * 100_000,
    "separators": ",;/" * 30_000,
    "words": " or " * 25_000,
    "digits": "1" * 100_000,
    "addresses": "a@" * 50_000,
    "NULs": "\0" * 1_000,
    "lone surrogate": "\ud8008135550142 Main St",
    "right to left": "\u202e813-555-0142\u200f",
    "superscripts": "²" * 30,
    "mathematical digits": "𝟗" * 20,
    "fractions": "½ Main St",
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_value_is_answered(field: str, value: str) -> None:
    _is_an_answer(field, value)


PIECES = st.sampled_from(
    ["Jr", "Apt", "PO Box", "March", "@x.org", "tel:", "ext", "٣", "İ", "ß", "\ud800", "\u202e", "<", '"']
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(FIELDS), st.text(st.characters(), max_size=40) | st.lists(PIECES | st.text(max_size=3)).map("".join)
)
def test_any_value_is_answered(field: str, value: str) -> None:
    _is_an_answer(field, value)


def _is_an_answer(field: str, value: str) -> None:
    read = normalise(field, value, today=TODAY)
    assert read.valid == (read.normalised is not None)
    assert read.valid or read.reason
    json.dumps(vars(read), ensure_ascii=False).encode()
