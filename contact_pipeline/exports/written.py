"""What a row of an import file says, as hashes: enough to prove later that it arrived, too little to read it back.

Which columns are compared, and how, belongs here. Comparing belongs to `dbt_like_sql/exports/outcome.sql`, which makes
the same hashes of what Givebutter shows (`exports.shown_value`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

COMPARED: Mapping[str, str] = {
    "Contact External ID": "external_id", "Prefix": "prefix", "First Name": "first_name",
    "Preferred First Name": "preferred_first", "Middle Name": "middle_name", "Last Name": "last_name",
    "Suffix": "suffix", "Date of Birth": "birth_date", "Primary Email": "email", "Email Addresses": "email",
    "Primary Phone Number": "phone",
    "Phone Numbers": "phone", "Address Line 1": "address_line", "City": "city", "State": "state", "Zip Code": "zip",
    "Tags": "tag", "Email Subscription Status": "email_status", "Phone Subscription Status": "sms_status",
    "Address Subscription Status": "mail_status",
}  # fmt: skip
"""Column of the file to what it is compared as. Columns Givebutter writes otherwise than it reads (countries), and
those it adds to (notes), are not compared."""

UNCOMPARED = (
    "Givebutter Contact ID", "Contact Since", "Address Line 2", "Country", "Gender", "Pronouns", "Household Name",
    "Household Envelope Name", "Is Household Primary Contact", "Employer", "Title", "Twitter URL",
    "LinkedIn URL", "Facebook URL", "TikTok URL", "Notes",
)  # fmt: skip
"""The template's other columns; what is in neither is a custom field, compared under its title."""

LISTS = ("email", "phone", "tag")
CUSTOM = "custom: "
LENGTH = 20
"""Hexadecimal digits of a hash that are kept: 80 bits tell two values of one row apart."""


def written_hashes(row: Mapping[str, str], key: str) -> dict[str, list[str]]:
    """Every filled value of a row, hashed, by what it is compared as.

    Args:
        row: cells by the file's headers.
        key: goes into every hash, so that equal values of two files do not look alike: the file's SHA-256.
    """
    found: dict[str, list[str]] = {}
    for header, cell in row.items():
        if header in UNCOMPARED or not cell:
            continue
        field = COMPARED.get(header, CUSTOM + header)
        parts = cell.split(",") if field in LISTS else [_iso(cell)] if field == "birth_date" else [cell]
        found.setdefault(field, []).extend(value_hash(key, field, part) for part in parts if part.strip())
    return {field: sorted(set(hashes)) for field, hashes in found.items()}


def _iso(day: str) -> str:
    """A date of the file, MM/DD/YYYY, as dates are compared: YYYY-MM-DD."""
    month, _, rest = day.partition("/")
    number, _, year = rest.partition("/")
    return f"{year}-{month}-{number}"


def value_hash(key: str, field: str, value: str) -> str:
    """The hash of one value; in DuckDB `left(sha256(key || chr(31) || field || chr(31) || lower(trim(value))), 20)`."""
    return hashlib.sha256(f"{key}\x1f{field}\x1f{value.strip().lower()}".encode()).hexdigest()[:LENGTH]
