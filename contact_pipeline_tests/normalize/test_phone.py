"""What one written phone number means."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.normalize.phone import (
    NO_AREA_CODE,
    NO_NUMBER,
    NOT_ASSIGNED,
    OVER_CAP,
    TOO_LONG,
    TOO_SHORT,
    UNKNOWN_COUNTRY,
    Phone,
    parse_phone,
)
from contact_pipeline_tests.normalize.libphonenumber import plain_reading

VALID = {
    "ten digits": ("8135550142", "+18135550142", None, "US"),
    "brackets": ("(813) 555-0142", "+18135550142", None, "US"),
    "leading 1": ("1-813-555-0142", "+18135550142", None, "US"),
    "London, which is no American number": ("+44 20 7946 0958", "+442079460958", None, "GB"),
    "extension": ("813-555-0142 x89", "+18135550142", "89", "US"),
    "extension in words": ("813-555-0142 ext. 89", "+18135550142", "89", "US"),
    "vanity number": ("1-800-FLOWERS", "+18003569377", None, "US"),
    "full-width digits": ("８１３５５５０１４２", "+18135550142", None, "US"),
    "Arabic digits": ("٨١٣٥٥٥٠١٤٢", "+18135550142", None, "US"),
    "en dashes": ("813–555–0142", "+18135550142", None, "US"),
    "RFC 3966": ("tel:813-555-0142;phone-context=+1", "+18135550142", None, "US"),
    "RFC 3966 extension": ("+1-813-555-0142;ext=7", "+18135550142", "7", "US"),
    "dialled from America": ("011 44 20 7946 0958", "+442079460958", None, "GB"),
    "Canada": ("416-555-0142", "+14165550142", None, "CA"),
    "Puerto Rico": ("787-555-0142", "+17875550142", None, "PR"),
    "Bahamas": ("242-357-0142", "+12423570142", None, "BS"),
    "words before it": ("cell: 813-555-0142", "+18135550142", None, "US"),
}

INVALID = {
    "no digits": ("call me", NO_NUMBER),
    "too short": ("12", TOO_SHORT),
    "too long": ("81355501421234", TOO_LONG),
    "no area code": ("555-0142", NO_AREA_CODE),
    "unassigned area code": ("555-123-4567", NOT_ASSIGNED),
    "unassigned area code with an extension": ("555-123-4567 x89", NOT_ASSIGNED),
    "exchange that begins with 1": ("813-155-0142", NOT_ASSIGNED),
    "country code that does not exist": ("+999 123 4567", UNKNOWN_COUNTRY),
    "longer than the parser's limit": ("8135550142" + " " * 241, OVER_CAP),
}


@pytest.mark.parametrize(("raw", "e164", "extension", "country"), VALID.values(), ids=VALID)
def test_a_number_is_read_as_libphonenumber_reads_it(raw: str, e164: str, extension: str | None, country: str) -> None:
    phone = parse_phone(raw)
    assert (phone.e164, phone.extension, phone.country, phone.valid, phone.reason) == (
        e164,
        extension,
        country,
        True,
        None,
    )


@pytest.mark.parametrize(("raw", "reason"), INVALID.values(), ids=INVALID)
def test_an_invalid_number_has_a_reason_and_no_digits_are_invented(raw: str, reason: str) -> None:
    assert parse_phone(raw) == Phone(reason=reason)


def test_a_blank_cell_is_neither_valid_nor_wrong() -> None:
    assert parse_phone("  ") == Phone()


def test_a_number_without_country_code_is_of_the_given_region() -> None:
    assert parse_phone("020 7946 0958", "GB").e164 == "+442079460958"


def test_line_types_carry_libphonenumbers_names() -> None:
    assert parse_phone("+1 800 555 0142").line_type == "toll_free"
    assert parse_phone("+44 7400 123456").line_type == "mobile"
    assert parse_phone("813-555-0142").line_type == "fixed_line_or_mobile"


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=40), st.sampled_from(["US", "GB", "CA", "MX"]))
def test_every_text_is_read_as_plain_libphonenumber_reads_it(raw: str, region: str) -> None:
    phone = parse_phone(raw, region)
    read = (phone.e164, phone.extension, phone.country, phone.line_type, phone.valid)
    assert read == plain_reading(raw, region)
