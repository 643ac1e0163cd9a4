"""One phone number: libphonenumber's reading of it (decision 35), in our columns.

What a single written number means belongs here. Reading many at once belongs to `phone_values`, telling two numbers in
one cell apart to `multi`.
"""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

PHONE_CAP = 250
"""Longest cell handed to the parser, in characters: libphonenumber's own limit, so results stay equal to its own."""

NOT_ASSIGNED = "no such number: its area code, or the three digits after it, are not in use"
NO_NUMBER = "no phone number in it"
TOO_SHORT = "too short for a phone number"
TOO_LONG = "too long for a phone number"
UNKNOWN_COUNTRY = "the country code after + does not exist"
NO_AREA_CODE = "the area code is missing"
WRONG_LENGTH = "not a length that phone numbers of its country have"
OVER_CAP = f"longer than {PHONE_CAP} characters: not a phone number"

PARSE_REASONS = {
    NumberParseException.INVALID_COUNTRY_CODE: UNKNOWN_COUNTRY,
    NumberParseException.NOT_A_NUMBER: NO_NUMBER,
    NumberParseException.TOO_SHORT_AFTER_IDD: TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: TOO_SHORT,
    NumberParseException.TOO_LONG: TOO_LONG,
}
LENGTH_REASONS = {
    ValidationResult.IS_POSSIBLE: NOT_ASSIGNED,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: NO_AREA_CODE,
    ValidationResult.INVALID_COUNTRY_CODE: UNKNOWN_COUNTRY,
    ValidationResult.TOO_SHORT: TOO_SHORT,
    ValidationResult.TOO_LONG: TOO_LONG,
    ValidationResult.INVALID_LENGTH: WRONG_LENGTH,
}


@dataclass(frozen=True)
class Phone:
    """A reading of one written number.

    `e164`, `extension`, `country` (region code, for example `US`) and `line_type` (libphonenumber's number type in
    lower case: `fixed_line_or_mobile`, `toll_free`, …) are None unless `valid`. `reason` says in plain words why a
    number is not valid; it is None for a valid number and for a blank cell.
    """

    e164: str | None = None
    extension: str | None = None
    country: str | None = None
    line_type: str | None = None
    valid: bool = False
    reason: str | None = None


def line_type_name(number_type: int) -> str:
    """Our word for a `PhoneNumberType`: `mobile`, `fixed_line`, `fixed_line_or_mobile`, `toll_free`, `voip`, …"""
    return PhoneNumberType.to_string(number_type).lower()


def parse_phone(raw: str, region: str = "US") -> Phone:
    """Read one number as libphonenumber does; never invents digits (decision 35).

    A number is valid where libphonenumber knows its type: its own definition, without searching the region twice.

    Args:
        raw: The cell as written.
        region: Region code assumed where no country code is written.

    Returns:
        A valid number, or one with `valid` False and the reason in plain words.
    """
    if not raw.strip():
        return Phone()
    if len(raw) > PHONE_CAP:
        return Phone(reason=OVER_CAP)
    try:
        number = phonenumbers.parse(raw, region)
    except NumberParseException as error:
        return Phone(reason=PARSE_REASONS[error.error_type])
    line_type = phonenumbers.number_type(number)
    if line_type == PhoneNumberType.UNKNOWN:
        return Phone(reason=LENGTH_REASONS[phonenumbers.is_possible_number_with_reason(number)])
    return Phone(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        extension=number.extension or None,
        country=phonenumbers.region_code_for_number(number),
        line_type=line_type_name(line_type),
        valid=True,
    )
