"""libphonenumber's own patterns for the North American numbering plan, as DuckDB expressions.

Turning metadata into SQL belongs here. Which cells may use it is decided in `phone_values`.
"""

from __future__ import annotations

from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc, PhoneNumberType

from contact_pipeline.normalize.phone import line_type_name

COUNTRY_CODE = 1
MAIN_REGION = COUNTRY_CODE_TO_REGION_CODE[COUNTRY_CODE][0]
"""The plan's first region, the United States: told by its full patterns, not by leading digits."""

NATIONAL_LENGTH = 10
"""Digits of a national number in the plan."""

FROM_TWO = r"[2-9]\d{9}"
"""The general description of a region whose numbers may have any area code."""

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


class NotExpressible(Exception):
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


def pattern_of(desc: PhoneNumberDesc | None) -> str | None:
    """A metadata description's pattern, None where no ten digits match it.

    Raises:
        NotExpressible: The pattern uses a look-around or a back-reference.
    """
    if desc is None or desc.national_number_pattern is None:
        return None
    if desc.possible_length and NATIONAL_LENGTH not in desc.possible_length:
        return None
    if any(mark in desc.national_number_pattern for mark in ("(?=", "(?!", "(?<", "\\1", "'")):
        raise NotExpressible(desc.national_number_pattern)
    return str(desc.national_number_pattern)


def full_match(column: str, *patterns: str | None) -> str:
    """SQL condition: the digits in `column` match one of the patterns from end to end (`false` without any)."""
    known = [pattern for pattern in patterns if pattern is not None]
    return f"regexp_full_match({column}, '{'|'.join(known)}')" if known else "false"


def any_digits_match(column: str, general: str | None) -> str:
    r"""SQL condition: the ten digits match a region's general description; the usual one needs no pattern.

    Ten digits match `[2-9]\d{9}` exactly where they sort from '2' on.
    """
    if general is not None and (general == FROM_TWO or general.startswith(FROM_TWO + "|")):
        return f"{column} >= '2'"
    return full_match(column, general)


def begins_with(column: str, leading_digits: str) -> str:
    """SQL condition: the digits in `column` begin as a region's pattern says; plain digits need no pattern."""
    starts = leading_digits.split("|")
    if all(start.isdigit() for start in starts):
        return "(" + " or ".join(f"starts_with({column}, '{start}')" for start in starts) + ")"
    return f"regexp_matches({column}, '^(?:{leading_digits})')"


def line_type_case(column: str, region: str) -> str:
    """SQL: the line type of the ten digits in `column` within one region, NULL where they are not valid there.

    The types that libphonenumber tries before fixed line and mobile are rare: one pattern for all of them spares most
    numbers a comparison with each.
    """
    metadata = region_metadata(region)
    rare = {line_type_name(number): pattern_of(getattr(metadata, attribute)) for attribute, number in TYPES_IN_ORDER}
    general, fixed, mobile = map(pattern_of, (metadata.general_desc, metadata.fixed_line, metadata.mobile))
    either = "true" if metadata.same_mobile_and_fixed_line_pattern else full_match(column, mobile)
    which = "\n ".join(f"when {full_match(column, pattern)} then '{name}'" for name, pattern in rare.items() if pattern)
    whens = [f"when not ({any_digits_match(column, general)}) then null"]
    if which:
        whens.append(f"when {full_match(column, *rare.values())} then case {which} end")
    whens += [
        f"when {full_match(column, fixed)} then case when {either} then 'fixed_line_or_mobile' else 'fixed_line' end",
        f"when {full_match(column, mobile)} then 'mobile'",
    ]
    return "case " + "\n ".join(whens) + " end"


@cache
def region_case(column: str, main_type: str) -> str:
    """SQL: the region of the ten digits in `column`, NULL where none matches (libphonenumber's own order).

    Args:
        column: Column of the digits.
        main_type: Column that already holds their line type within the main region, NULL where it has none.
    """
    main, *others = COUNTRY_CODE_TO_REGION_CODE[COUNTRY_CODE]
    whens = [f"when {main_type} is not null then '{main}'"]
    for region in others:
        leading_digits = region_metadata(region).leading_digits
        if leading_digits is not None:
            whens.append(f"when {begins_with(column, leading_digits)} then '{region}'")
        else:
            whens.append(f"when ({line_type_case(column, region)}) is not null then '{region}'")
    return "case " + "\n ".join(whens) + " end"


@cache
def line_type_by_region_case(column: str, region_column: str, main_type: str) -> str:
    """SQL: the line type within the region named in `region_column`, NULL where the number is not valid there.

    Args:
        column: Column of the digits.
        region_column: Column of the region, as `region_case` gives it.
        main_type: As in `region_case`.
    """
    main, *others = COUNTRY_CODE_TO_REGION_CODE[COUNTRY_CODE]
    whens = [f"when '{main}' then {main_type}"]
    whens += [f"when '{region}' then {line_type_case(column, region)}" for region in others]
    return f"case {region_column} " + "\n ".join(whens) + " end"
