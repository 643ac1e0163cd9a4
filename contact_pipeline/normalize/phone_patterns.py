"""libphonenumber's own patterns for the North American numbering plan, as DuckDB expressions.

Turning metadata into SQL belongs here. Which cells may use it is decided in `phone_values`.
"""

from __future__ import annotations

from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc, PhoneNumberType

from contact_pipeline.normalize.phone import line_type_name

NATIONAL_LENGTH = 10
"""Digits of a national number in the plan."""

TYPES_IN_ORDER = (
    ("premium_rate", PhoneNumberType.PREMIUM_RATE),
    ("toll_free", PhoneNumberType.TOLL_FREE),
    ("shared_cost", PhoneNumberType.SHARED_COST),
    ("voip", PhoneNumberType.VOIP),
    ("personal_number", PhoneNumberType.PERSONAL_NUMBER),
    ("pager", PhoneNumberType.PAGER),
    ("uan", PhoneNumberType.UAN),
    ("voicemail", PhoneNumberType.VOICEMAIL),
)
"""The order in which libphonenumber tries a region's descriptions, before fixed line and mobile."""


class NotExpressible(Exception):  # noqa: N818 - it says what the pattern is
    """A pattern that RE2 cannot express: the metadata has changed its style and the fast path must not be used."""


def region_metadata(region: str) -> PhoneMetadata:
    """The metadata of a supported region.

    Raises:
        LookupError: libphonenumber knows no such region.
    """
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None:
        raise LookupError(f"libphonenumber has no metadata for region {region}")
    return metadata


def full_match(column: str, desc: PhoneNumberDesc | None) -> str:
    """SQL condition: the ten digits in `column` match a metadata description (`false` where they never can).

    Raises:
        NotExpressible: The pattern uses a look-around or a back-reference.
    """
    if desc is None or desc.national_number_pattern is None:
        return "false"
    if desc.possible_length and NATIONAL_LENGTH not in desc.possible_length:
        return "false"
    pattern = desc.national_number_pattern
    if any(mark in pattern for mark in ("(?=", "(?!", "(?<", "\\1", "'")):
        raise NotExpressible(pattern)
    return f"regexp_full_match({column}, '{pattern}')"


def line_type_case(column: str, region: str) -> str:
    """SQL: the line type of the ten digits in `column` within one region, NULL where they are not valid there."""
    metadata = region_metadata(region)
    whens = [f"when not {full_match(column, metadata.general_desc)} then null"]
    for attribute, number_type in TYPES_IN_ORDER:
        condition = full_match(column, getattr(metadata, attribute))
        if condition != "false":
            whens.append(f"when {condition} then '{line_type_name(number_type)}'")
    fixed, mobile = full_match(column, metadata.fixed_line), full_match(column, metadata.mobile)
    either = "true" if metadata.same_mobile_and_fixed_line_pattern else mobile
    whens += [
        f"when {fixed} then case when {either} then 'fixed_line_or_mobile' else 'fixed_line' end",
        f"when {mobile} then 'mobile'",
    ]
    return "case " + "\n ".join(whens) + " end"


@cache
def region_case(column: str) -> str:
    """SQL: the region of the ten digits in `column`, NULL where none matches (libphonenumber's own order)."""
    whens = []
    for region in COUNTRY_CODE_TO_REGION_CODE[1]:
        metadata = region_metadata(region)
        if metadata.leading_digits is not None:
            whens.append(f"when regexp_matches({column}, '^(?:{metadata.leading_digits})') then '{region}'")
        else:
            whens.append(f"when ({line_type_case(column, region)}) is not null then '{region}'")
    return "case " + "\n ".join(whens) + " end"


@cache
def line_type_by_region_case(column: str, region_column: str) -> str:
    """SQL: the line type within the region named in `region_column`, NULL where the number is not valid there."""
    whens = [f"when '{region}' then {line_type_case(column, region)}" for region in COUNTRY_CODE_TO_REGION_CODE[1]]
    return f"case {region_column} " + "\n ".join(whens) + " end"
