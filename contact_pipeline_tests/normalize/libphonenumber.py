"""Plain libphonenumber, written down once more and independently of the project: the reference of the phone tests."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

Reading = tuple[str | None, str | None, str | None, str | None, bool]


def plain_reading(raw: str, region: str) -> Reading:
    """E.164, extension, region code, line type and validity."""
    try:
        number = phonenumbers.parse(raw, region)
    except NumberParseException:
        return (None, None, None, None, False)
    if not phonenumbers.is_valid_number(number):
        return (None, None, None, None, False)
    return (
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        number.extension or None,
        phonenumbers.region_code_for_number(number),
        PhoneNumberType.to_string(phonenumbers.number_type(number)).lower(),
        True,
    )
