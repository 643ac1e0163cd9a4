"""One value of one field, for the command line and the dry run of an import: the same readings as the value tables.

Choosing the reading for a field and giving it one common shape belongs here. What a value means does not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from contact_pipeline.normalize.address import WrittenAddress, parse_address
from contact_pipeline.normalize.date import parse_date
from contact_pipeline.normalize.email import parse_email
from contact_pipeline.normalize.multi import split_multi
from contact_pipeline.normalize.name import WrittenName, parse_name
from contact_pipeline.normalize.phone import parse_phone
from contact_pipeline.normalize.state import parse_state
from contact_pipeline.normalize.zip_code import parse_zip

BLANK = "blank"
NOT_TEXT = "not a text"
SEVERAL = "several values in one cell: the first is given, the others are in parts"
UNKNOWN_STATE = "not a state, territory or province that is known"


@dataclass(frozen=True)
class Normalised:
    """A value read as one field: the keys of the `normalise` command's output.

    `normalised` is None unless `valid`. `reason` says why a value is not valid, or what was assumed. `parts` holds what
    the field's own reading gives (texts, booleans, numbers; no None), ready for JSON.
    """

    normalised: str | None
    valid: bool
    reason: str | None
    parts: dict[str, Any] = field(default_factory=dict)


def normalise(field: str, value: object, region: str = "US", *, today: dt.date | None = None) -> Normalised:
    """Read one value as a field, with the same rules as the value tables; no value makes it raise.

    Args:
        field: One of `FIELDS`: phone, email, name, address, date, zip, state.
        value: The value as written: a text, a number as JSON gives it, or None.
        region: Region code assumed for numbers, and for the order of day and month.
        today: The day against which "in the future" is decided; without it the current day in UTC.

    Returns:
        The normal form (E.164, lower-case address, `First Middle Last, Suffix`, `number street, unit, city, state
        ZIP`, ISO date or year, ZIP or ZIP+4, two-letter code), validity, reason and parts.
    """
    read = READINGS.get(field)
    if read is None:
        return Normalised(None, False, f"unknown field; known are {', '.join(FIELDS)}")
    text = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    if text is None or (isinstance(text, str) and not text.strip()):
        return Normalised(None, False, BLANK)
    if not isinstance(text, str):
        return Normalised(None, False, NOT_TEXT)
    normalised = read(text, region.upper(), today or dt.datetime.now(dt.UTC).date())
    return normalised if normalised.valid or normalised.reason else replace(normalised, reason=BLANK)


def _phone(value: str, region: str, _today: dt.date) -> Normalised:
    phones = [parse_phone(piece, region) for piece in split_multi(value)]
    if len(phones) < 2 or not all(phone.valid for phone in phones):
        phones = [parse_phone(value, region)]
    first, *others = phones
    parts = _parts(first)
    if others:
        parts["others"] = [phone.e164 for phone in others]
    return Normalised(first.e164, first.valid, SEVERAL if others else first.reason, parts)


def _email(value: str, _region: str, _today: dt.date) -> Normalised:
    emails = [parse_email(piece) for piece in split_multi(value)]
    if len(emails) < 2 or not all(email.valid for email in emails):
        emails = [parse_email(value)]
    first, *others = emails
    parts = _parts(first)
    if others:
        parts["others"] = [email.email for email in others]
    return Normalised(first.email, first.valid, SEVERAL if others else first.reason, parts)


def _name(value: str, _region: str, _today: dt.date) -> Normalised:
    name = parse_name(WrittenName(first=value))
    words = " ".join(part for part in (name.first_name, name.middle_name, name.last_name) if part)
    shown = ", ".join(part for part in (words, name.suffix) if part)
    valid = bool(shown) and not name.junk
    return Normalised(shown if valid else None, valid, name.reason, _parts(name))


def _address(value: str, _region: str, _today: dt.date) -> Normalised:
    address = parse_address(WrittenAddress(line1=value))
    zip_code = "-".join(part for part in (address.zip5, address.zip4) if part)
    place = " ".join(part for part in (address.state, zip_code) if part)
    unit = f"Unit {address.unit}" if address.unit else None
    shown = ", ".join(part for part in (address.line, unit, address.city, place) if part)
    return Normalised(shown if address.valid else None, address.valid, address.reason, _parts(address))


def _date(value: str, region: str, today: dt.date) -> Normalised:
    read = parse_date(value, today=today, region=region)
    shown = read.birth_date.isoformat() if read.birth_date else str(read.birth_year) if read.birth_year else None
    parts = _parts(read)
    if read.birth_date:
        parts["birth_date"] = read.birth_date.isoformat()
    return Normalised(shown, read.valid, read.reason, parts)


def _zip(value: str, _region: str, _today: dt.date) -> Normalised:
    read = parse_zip(value)
    shown = "-".join(part for part in (read.zip5, read.zip4) if part) or None
    return Normalised(shown, read.valid, read.reason, _parts(read))


def _state(value: str, region: str, _today: dt.date) -> Normalised:
    for country in dict.fromkeys((region, "US", "CA")):
        code = parse_state(value, country)
        if code:
            return Normalised(code, True, None, {"country": country})
    return Normalised(None, False, UNKNOWN_STATE)


def _parts(reading: Any) -> dict[str, Any]:
    """A reading's own parts, without those that are empty and those that `Normalised` has itself."""
    return {key: part for key, part in vars(reading).items() if part not in (None, "") and key not in OWN_KEYS}


OWN_KEYS = frozenset({"valid", "reason"})

READINGS: dict[str, Callable[[str, str, dt.date], Normalised]] = {
    "phone": _phone,
    "email": _email,
    "name": _name,
    "address": _address,
    "date": _date,
    "zip": _zip,
    "state": _state,
}

FIELDS = tuple(READINGS)
