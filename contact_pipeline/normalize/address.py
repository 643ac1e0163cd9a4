"""One postal address: street line, unit, city, state, ZIP.

What the written parts mean together belongs here. Street and unit forms belong to `street`, ZIP codes to `zip_code`,
states and countries to `state`. Reading many at once belongs to `address_values`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from contact_pipeline.normalize.fold import fold
from contact_pipeline.normalize.junk import is_missing
from contact_pipeline.normalize.name import clean_text
from contact_pipeline.normalize.name_case import display_case
from contact_pipeline.normalize.state import parse_country, parse_state
from contact_pipeline.normalize.street import (
    PO_BOX,
    StreetLine,
    address_words,
    ordinary_line,
    street_key,
    unit_identifier,
)
from contact_pipeline.normalize.zip_code import ZipCode, parse_zip

ADDRESS_CAP = 1_000
"""Longest address read, all parts together, in characters: the parser's time grows with the square."""

OVER_CAP = f"longer than {ADDRESS_CAP} characters: not an address"
NO_STREET = "no street line that could be taken apart"
WITHHELD = "withheld by its source"
UNKNOWN_STATE = "unknown state"
UNKNOWN_COUNTRY = "unknown country"


@dataclass(frozen=True)
class WrittenAddress:
    """The six parts as a source gives them; blank text where it gives none."""

    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""


@dataclass(frozen=True)
class Address:
    """A reading of a written address; None where a part is not known.

    `line` is number and street as shown, without the unit. `street_number`, `street_name`, `unit` and `city_key` are
    normal forms for comparing; a post box has street_name `po box` and its number as street_number. `valid` means that
    the street line was taken apart and that a state and ZIP code, where written, are real ones. `reason` says what is
    wrong, or what was assumed.
    """

    line: str | None = None
    street_number: str | None = None
    street_name: str | None = None
    unit: str | None = None
    city: str | None = None
    city_key: str | None = None
    state: str | None = None
    zip5: str | None = None
    zip4: str | None = None
    country: str | None = None
    valid: bool = False
    reason: str | None = None


def parse_address(written: WrittenAddress) -> Address:
    """Read an address from its written parts.

    A unit leaves the street line or comes from line 2; a city, state or ZIP code written into line 1 fills a blank part
    and never replaces a filled one. Outside the United States and Canada the street line is kept whole.
    """
    if sum(map(len, vars(written).values())) > ADDRESS_CAP:
        return Address(reason=OVER_CAP)
    parts = {name: clean_part(text) for name, text in vars(written).items()}
    if not any(parts.values()):
        return Address()
    notes: list[str] = []
    if "protected" in fold(parts["line1"]) and "*" in parts["line1"]:
        return Address(reason=WITHHELD)
    line, found = read_lines(parts["line1"], parts["line2"], notes)
    for part in ("city", "state", "zip"):
        parts[part] = parts[part] or found.get(part, "")
    return _placed(line, parts, notes)


def clean_part(text: str) -> str:
    """A part with single spaces and without control marks; blank for a word for nothing (`n/a`)."""
    return "" if is_missing(text) else clean_text(text)


def read_lines(line1: str, line2: str, notes: list[str]) -> tuple[StreetLine, dict[str, str]]:
    """Take the two street lines apart; also gives a city, state or ZIP code found in the first."""
    first, second = line1.strip(" ,;"), line2.strip(" ,;")
    unit = unit_identifier(second) if second else None
    if second and unit is None and not first[:1].isdigit() and second[:1].isdigit():
        first, second = second, ""
        notes.append("line 2 holds the street")
    line, found = read_line(first)
    if second and unit is None:
        box = None if line.street else _post_box(second.upper())
        if box:
            return box, found
        notes.append("line 2 is not a unit and is left out")
    return StreetLine(line.number, line.street, line.unit or unit or ""), found


def read_line(text: str) -> tuple[StreetLine, dict[str, str]]:
    """One street line: by its ordinary shape, as a post box, else by usaddress."""
    upper = text.upper() if text.isascii() else text
    ordinary = ordinary_line(upper) or _post_box(upper)
    if ordinary:
        return _as_written(ordinary, text), {}
    return _tagged(text) if text else (StreetLine(), {})


def _as_written(line: StreetLine, text: str) -> StreetLine:
    """The same line with the street in its owner's capitals (the shape was read in upper case)."""
    place = text.upper().find(line.street, len(line.number))
    street = text[place : place + len(line.street)] if place >= 0 else line.street
    return StreetLine(line.number, street, line.unit)


def _post_box(upper: str) -> StreetLine | None:
    found = PO_BOX.fullmatch(upper)
    return StreetLine(found[1], POST_BOX) if found else None


POST_BOX = "PO Box"
STREET_LABELS = (
    "StreetNamePreModifier", "StreetNamePreDirectional", "StreetNamePreType", "StreetName", "StreetNamePostType",
    "StreetNamePostDirectional",
)  # fmt: skip
NUMBER_LABELS = ("AddressNumberPrefix", "AddressNumber", "AddressNumberSuffix")
UNIT_LABELS = ("OccupancyIdentifier", "SubaddressIdentifier")


def _tagged(text: str) -> tuple[StreetLine, dict[str, str]]:
    """The reading of usaddress; a line it finds contradictory has no normal form."""
    import usaddress

    try:
        labels, _ = usaddress.tag(text)
    except usaddress.RepeatedLabelError:
        return StreetLine(), {}
    found = {
        part: labels[label].strip(" ,")
        for part, label in (("city", "PlaceName"), ("state", "StateName"), ("zip", "ZipCode"))
        if label in labels
    }
    if "USPSBoxID" in labels and "StreetName" not in labels:
        return StreetLine(labels["USPSBoxID"].strip(" #").upper(), POST_BOX), found
    number = _joined(labels, NUMBER_LABELS)
    number = address_words("number").get(number.lower(), number.upper())
    unit = _joined(labels, UNIT_LABELS).strip(" #.-").upper()
    return StreetLine(number, _joined(labels, STREET_LABELS), unit), found


def _joined(labels: dict[str, str], names: tuple[str, ...]) -> str:
    return " ".join(labels[name].strip(" ,;") for name in names if name in labels).strip()


def _placed(line: StreetLine, parts: dict[str, str], notes: list[str]) -> Address:
    """Add city, state, ZIP code and country to a street line, and judge the whole."""
    faults: list[str] = []
    country = _country(parts, faults)
    state = parse_state(parts["state"], country or "US") if parts["state"] else None
    zip_code = parse_zip(parts["zip"]) if parts["zip"] and country in (None, "US") else ZipCode()
    if parts["state"] and state is None and country in (None, "US", "CA"):
        faults.append(UNKNOWN_STATE)
    if zip_code.reason:
        (notes if zip_code.valid else faults).append(f"ZIP code: {zip_code.reason}")
    if country is None and not faults and (zip_code.valid or state):
        country = "US"
    shown, number, street = _street_forms(line, parts, country, faults)
    return Address(
        line=shown,
        street_number=number,
        street_name=street,
        unit=line.unit or None,
        city=display_city(parts["city"]),
        city_key=city_key(parts["city"]) or None,
        state=state,
        zip5=zip_code.zip5,
        zip4=zip_code.zip4,
        country=country,
        valid=not faults,
        reason="; ".join([*faults, *notes]) or None,
    )


def _country(parts: dict[str, str], faults: list[str]) -> str | None:
    """The written country's code; where none is written, Canada if only it has that province."""
    if parts["country"]:
        country = parse_country(parts["country"])
        if country is None:
            faults.append(UNKNOWN_COUNTRY)
        return country
    state = parts["state"]
    return "CA" if state and parse_state(state) is None and parse_state(state, "CA") else None


def _street_forms(
    line: StreetLine, parts: dict[str, str], country: str | None, faults: list[str]
) -> tuple[str | None, str | None, str | None]:
    """The shown line, the number and the street's normal form."""
    whole = display_street(parts["line1"]) or None
    if country not in (None, "US", "CA"):
        return whole, None, None
    if not line.street or not line.number:
        faults.append(NO_STREET)
        return whole, None, None
    if line.street == POST_BOX:
        return f"{POST_BOX} {line.number}", line.number, "po box"
    return f"{line.number} {display_street(line.street)}", line.number, street_key(line.street)


def display_street(text: str) -> str:
    """A street as shown: capitals where it is written all in one case, directions such as `NW` kept."""
    if not (text.isupper() or text.islower()):
        return text
    return " ".join(map(_display_word, text.lower().split()))


def _display_word(word: str) -> str:
    if word in address_words("directional").values():
        return word.upper()
    return word if word[:1].isdigit() else display_case(word)


def display_city(city: str) -> str | None:
    """A city as shown, without stray marks at its ends; None where nothing is left."""
    return display_case(city.strip(" ,.;")) or None


def city_key(city: str) -> str:
    """A city's normal form: `Saint Petersburg` and `St. Petersburg` both give `st petersburg`."""
    words = re.sub(r"[^\w]+", " ", fold(city).replace(".", "").replace("'", "")).split()
    return " ".join(CITY_WORDS.get(word, word) for word in words)


CITY_WORDS = {"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}
