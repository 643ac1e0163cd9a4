"""What is wrong with a row before it leaves: the rules by which Givebutter refuses rows, and those against harm.

Every trouble has a code, the column, and words that never repeat the cell. Where the rules come from stands in
sources.md 2.3. Who is held for other reasons is decided in SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

SHORT, LONG = 255, 2_000
"""Characters of a short and of a long text: a longer cell fails the whole row."""
PREFIX = 32
PHONES = re.compile(r"^\+[1-9]\d{5,14}(, \+[1-9]\d{5,14})*$")
PHONE_COLUMNS = ("Primary Phone Number", "Phone Numbers")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LISTS = ("Email Addresses", "Phone Numbers", "Tags", "Notes")
"""Columns that may be longer than a short text."""
ADDRESS = ("Address Line 1", "City", "State", "Zip Code", "Country")
STATUSES = {
    "Primary Email": "Email Subscription Status",
    "Primary Phone Number": "Phone Subscription Status",
    "Address Line 1": "Address Subscription Status",
}
DATE = re.compile(r"^(\d{2}/\d{2}/\d{4}|\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True)
class CustomColumn:
    """A custom field's column: what its cells may be. `options` empty: anything of the type."""

    title: str
    type: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """One thing wrong with a row: a code, the column, and words without the cell."""

    code: str
    header: str
    words: str


def troubles_in(row: Mapping[str, str], custom: Mapping[str, CustomColumn]) -> list[Trouble]:
    """Everything wrong with a row of the Givebutter import file; `custom` by title."""
    cells = [
        trouble for header, cell in row.items() if cell for trouble in cell_troubles(header, cell, custom.get(header))
    ]
    return [*cells, *_row_troubles(row)]


def cell_troubles(header: str, cell: str, custom: CustomColumn | None = None) -> Iterator[Trouble]:
    """Everything wrong with one filled cell."""
    if header in PHONE_COLUMNS:
        if not PHONES.match(cell):
            yield Trouble("phone_malformed", header, "is not a list of phone numbers")
    elif cell.startswith(FORMULA) and not (custom and custom.type == "number"):
        yield Trouble("looks_like_formula", header, "begins like a formula")
    longest = LONG if custom and custom.type == "long_text" else SHORT
    if len(cell) > longest and header not in LISTS:
        yield Trouble("too_long", header, f"is longer than {longest} characters")
    yield from text_troubles(header, cell)
    if custom:
        yield from _custom_troubles(cell, custom)


def text_troubles(header: str, cell: str) -> Iterator[Trouble]:
    """What a template left behind in a text."""
    if "{{" in cell or "}}" in cell:
        yield Trouble("placeholder_left", header, "holds a placeholder that was not replaced")
    if "$undefined" in cell:
        yield Trouble("undefined_left", header, "holds $undefined where a value was missing")


def _custom_troubles(cell: str, custom: CustomColumn) -> Iterator[Trouble]:
    if custom.options and cell not in custom.options:
        yield Trouble("option_unknown", custom.title, f"is none of its options: {', '.join(custom.options)}")
    if custom.type == "number" and not _is_number(cell):
        yield Trouble("not_a_number", custom.title, "is not a number")
    if custom.type == "date" and not DATE.match(cell):
        yield Trouble("not_a_date", custom.title, "is not a date as MM/DD/YYYY or YYYY-MM-DD")


def _is_number(cell: str) -> bool:
    try:
        return Decimal(cell).is_finite()
    except InvalidOperation:
        return False


def _row_troubles(row: Mapping[str, str]) -> Iterator[Trouble]:
    if not row["Last Name"]:
        yield Trouble("last_name_missing", "Last Name", "is empty; Givebutter refuses an individual without")
    prefix, last = row["Prefix"].casefold(), row["Last Name"].casefold()
    if " " in prefix.strip() and last and last in prefix:
        yield Trouble("prefix_is_a_name", "Prefix", "holds a full name; Givebutter refuses it")
    if len(row["Prefix"]) > PREFIX:
        yield Trouble("too_long", "Prefix", f"is longer than {PREFIX} characters")
    for address, status in STATUSES.items():
        if row[address] and not row[status]:
            yield Trouble(
                "subscription_missing", status, f"is empty beside a filled {address}; Givebutter refuses the row"
            )
        elif row[status] not in ("", "yes", "no"):
            yield Trouble("subscription_unknown", status, "is neither yes nor no")
    if 0 < sum(bool(row[part]) for part in ADDRESS) < len(ADDRESS):
        missing = ", ".join(part for part in ADDRESS if not row[part])
        yield Trouble("address_incomplete", "Address Line 1", f"is not whole: {missing} missing")
