"""Givebutter's CSV import as a third party saw it in April 2026 (sources.md 2.3), on the book the API serves.

What a row does to the book, and why one is rejected, belongs here. It knows nothing of our exporter: whatever file
comes, by whatever headers of the template. Where the real behaviour is unknown, `ImportManner` says which was chosen.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contact_pipeline.sandbox.campaign.givebutter_api import custom_item
from contact_pipeline.sandbox.simulators.givebutter_contacts import (
    SUBSCRIPTIONS,
    ContactBook,
    Invalid,
    with_fields,
)
from contact_pipeline.sandbox.simulators.paging import Json

COLUMNS = {
    "Givebutter Contact ID": "id", "Contact External ID": "external_id", "Contact Since": "contact_since",
    "Prefix": "prefix", "First Name": "first_name", "Preferred First Name": "preferred_name",
    "Middle Name": "middle_name", "Last Name": "last_name", "Suffix": "suffix", "Primary Email": "primary_email",
    "Primary Phone Number": "primary_phone", "Address Line 1": "address_1", "Address Line 2": "address_2",
    "City": "city", "State": "state", "Zip Code": "zipcode", "Country": "country", "Gender": "gender",
    "Pronouns": "pronouns", "Household Name": "household_name", "Household Envelope Name": "household_envelope_name",
    "Is Household Primary Contact": "is_household_primary_contact", "Email Addresses": "emails",
    "Phone Numbers": "phones", "Date of Birth": "dob", "Employer": "employer", "Title": "title",
    "Twitter URL": "twitter_url", "LinkedIn URL": "linkedin_url", "Facebook URL": "facebook_url",
    "TikTok URL": "tiktok_url", "Tags": "tags", "Notes": "note", "Email Subscription Status": "email_subscription",
    "Phone Subscription Status": "phone_subscription", "Address Subscription Status": "address_subscription",
}  # fmt: skip
"""The template's headers (sources.md 2.2) and what a failed-rows file calls them."""

ALIASES = {"Country Code": "Country"}
ERRORS = "ERRORS"
OVERWRITTEN = (
    "external_id", "contact_since", "prefix", "first_name", "preferred_name", "middle_name", "last_name", "suffix",
    "gender", "pronouns", "dob", "employer", "title", "twitter_url", "linkedin_url", "facebook_url", "tiktok_url",
)  # fmt: skip
"""What an update puts in place of the old value where the cell holds something."""

ADDRESS = ("address_1", "city", "state", "zipcode")
AMERICA = ("", "us", "usa", "united states")
PHONE = re.compile(r"^\+?1?[2-9]\d{2}[2-9]\d{6}$")
SHORT_TEXT = 255


@dataclass(frozen=True)
class ImportManner:
    """What sources.md leaves open.

    Attributes:
        merges_on_create: whether a row without id is folded into a contact of its name that shares an e-mail or phone,
            as creating over the API does (decisions 6.13); one tester saw a duplicate instead.
        replaces_tags: whether an update takes away the tags the row does not name.
        primary_moves: whether an update's primary e-mail and phone become the contact's primary ones.
    """

    merges_on_create: bool = True
    replaces_tags: bool = False
    primary_moves: bool = True


@dataclass(frozen=True)
class RowDone:
    """What became of one row: created, updated, merged or rejected; the contact, or why not."""

    row: int
    what: str
    contact_id: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Imported:
    """What an import did, and the file of failed rows Givebutter offers; None where every row went through."""

    rows: tuple[RowDone, ...]
    errors_file: bytes | None

    def count(self, what: str) -> int:
        """How many rows were `created`, `updated`, `merged` or `rejected`."""
        return sum(1 for row in self.rows if row.what == what)


class _Rejected(Exception):
    pass


def import_csv(book: ContactBook, data: bytes, manner: ImportManner | None = None) -> Imported:
    """Import a file as the contacts' page does.

    Args:
        book: the account's contacts; changed in place.
        data: CSV with a header row. Headers that are neither the template's nor a custom field's title are passed over.
        manner: what sources.md leaves open.

    Raises:
        ValueError: it is no CSV, or has no header of the template.
    """
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    if not set(reader.fieldnames or ()) & COLUMNS.keys():
        raise ValueError("The file has no column of Givebutter's import template.")
    done: list[RowDone] = []
    failed: list[tuple[Mapping[str, str], str]] = []
    for number, cells in enumerate(reader, start=1):
        row = {ALIASES.get(name, name): (cell or "").strip() for name, cell in cells.items() if name is not None}
        try:
            done.append(_taken(book, row, number, manner or ImportManner()))
        except _Rejected as rejected:
            done.append(RowDone(number, "rejected", why=str(rejected)))
            failed.append((row, str(rejected)))
    return Imported(tuple(done), _errors_file(book, failed) if failed else None)


def _taken(book: ContactBook, row: Mapping[str, str], number: int, manner: ImportManner) -> RowDone:
    _check(book, row)
    contact_id = row.get("Givebutter Contact ID", "")
    if not contact_id:
        before = len(book.rows)
        try:
            made = book.create(_body(book, row), forced=not manner.merges_on_create)
        except Invalid as invalid:
            raise _Rejected(" ".join(text for texts in invalid.errors.values() for text in texts)) from None
        return RowDone(number, "created" if len(book.rows) > before else "merged", int(made["id"]))
    held = _held(book, contact_id)
    book.replace(_updated(held, _body(book, row), manner))
    return RowDone(number, "updated", int(contact_id))


def _held(book: ContactBook, contact_id: str) -> Json:
    try:
        held = book.get(int(contact_id))
    except (KeyError, ValueError):
        raise _Rejected("The selected Givebutter contact ID is invalid.") from None
    if held.get("archived_at"):
        raise _Rejected("The selected Givebutter contact ID is invalid.")
    return held


def _check(book: ContactBook, row: Mapping[str, str]) -> None:
    """Every reason to refuse a row, all at once, as the ERRORS column lists them."""
    reasons = [*_identity_faults(row), *_address_faults(row), *_field_faults(book, row)]
    if reasons:
        raise _Rejected(" ".join(reasons))


def _identity_faults(row: Mapping[str, str]) -> list[str]:
    emails = _listed(row, "Primary Email", "Email Addresses")
    phones = _listed(row, "Primary Phone Number", "Phone Numbers")
    faults = []
    if not row.get("Last Name"):
        faults.append("The last name field is required.")
    if not (row.get("First Name") or row.get("Last Name") or emails or phones):
        faults.append("A name, an email or a phone is required.")
    if emails and not row.get("Email Subscription Status"):
        faults.append("The email subscription status field is required when an email is present.")
    if any("@" not in email for email in emails):
        faults.append("The email must be a valid email address.")
    if any(not PHONE.match(re.sub(r"[ ().-]", "", phone)) for phone in phones):
        faults.append("The phone must be a valid phone number.")
    prefix, last = row.get("Prefix", ""), row.get("Last Name", "")
    if len(prefix) > 32 or (last and " " in prefix and last.casefold() in prefix.casefold()):
        faults.append("The prefix is invalid.")
    return faults


def _address_faults(row: Mapping[str, str]) -> list[str]:
    names = ("Address Line 1", "City", "State", "Zip Code")
    filled = [name for name in names if row.get(name)]
    faults = []
    if filled and len(filled) < len(names):
        faults.append("The address must be complete.")
    american = row.get("Country", "").casefold() in AMERICA
    if row.get("Zip Code") and american and not re.match(r"^\d{5}(-\d{4})?$", row["Zip Code"]):
        faults.append("The zip code format is invalid.")
    return faults


def _field_faults(book: ContactBook, row: Mapping[str, str]) -> list[str]:
    faults = []
    for field in book.fields:
        value = row.get(field.title, "") if field.title not in COLUMNS else ""
        if len(value) > SHORT_TEXT:
            faults.append(f"The {field.title} may not be greater than {SHORT_TEXT} characters.")
        if value and field.options and value not in field.options:
            faults.append(f"The selected {field.title} is invalid.")
    return faults


def _listed(row: Mapping[str, str], *columns: str) -> list[str]:
    return [part.strip() for column in columns for part in row.get(column, "").split(",") if part.strip()]


def _body(book: ContactBook, row: Mapping[str, str]) -> Json:
    """The row as a body of the API, with what is filled alone."""
    body: dict[str, Any] = {
        name: row[column] for column, name in COLUMNS.items() if row.get(column) and name not in ("id", *SUBSCRIPTIONS)
    }
    body["emails"] = _listed(row, "Email Addresses")
    body["phones"] = [_e164(phone) for phone in _listed(row, "Phone Numbers")]
    body["tags"] = _listed(row, "Tags")
    if "primary_phone" in body:
        body["primary_phone"] = _e164(body["primary_phone"])
    for column, name in COLUMNS.items():
        if name in SUBSCRIPTIONS and row.get(column):
            body[name] = row[column].casefold() in ("yes", "true", "1")
    body["custom_fields"] = [
        custom_item(field, row[field.title])
        for field in book.fields
        if field.title not in COLUMNS and row.get(field.title)
    ]
    return body


def _e164(phone: str) -> str:
    return "+1" + re.sub(r"\D", "", phone)[-10:]


def _updated(held: Json, body: Json, manner: ImportManner) -> Json:
    """Names overwritten, e-mails and phones added, notes appended (sources.md 2.3); an empty cell changes nothing."""
    row = {**held, **{name: body[name] for name in OVERWRITTEN if name in body}}
    for kind, primary in (("emails", "primary_email"), ("phones", "primary_phone")):
        row[kind] = _joined(held[kind] or [], body.get(primary), body[kind], first=manner.primary_moves)
    row["note"] = "\n".join(text for text in (held.get("note"), body.get("note")) if text) or None
    tags = [*([] if manner.replaces_tags and body["tags"] else held.get("tags") or []), *body["tags"]]
    row["tags"] = list(dict.fromkeys(tags))
    row["custom_fields"] = with_fields(held.get("custom_fields") or [], body["custom_fields"])
    row.update({column: body[name] for name, column in SUBSCRIPTIONS.items() if name in body})
    if body.get("address_1"):
        address = {name: body.get(name) for name in (*ADDRESS, "address_2", "country")}
        others = [old for old in held.get("addresses") or [] if {name: old.get(name) for name in address} != address]
        row["addresses"] = [{**address, "type": "home", "is_primary": True}, *others]
    return row


def _joined(held: list[Json], primary: str | None, more: list[str], *, first: bool) -> list[Json]:
    """What is held and what is new, by value; the primary one first where it moves."""
    by_value = {str(item["value"]).casefold(): item for item in held}
    for value in filter(None, (primary, *more)):
        by_value.setdefault(value.casefold(), {"type": "personal", "value": value})
    if first and primary:
        by_value = {primary.casefold(): by_value[primary.casefold()], **by_value}
    return list(by_value.values())


def _errors_file(book: ContactBook, failed: list[tuple[Mapping[str, str], str]]) -> bytes:
    """The failed rows under the API's names, with why (sources.md 2.3)."""
    fields = {field.title: f"custom_fields_field_{field.number}" for field in book.fields}
    names = {**{title: name for title, name in fields.items() if title not in COLUMNS}, **COLUMNS}
    present = [column for column in (*COLUMNS, *fields) if any(column in row for row, _ in failed)]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([*(names[column] for column in present), ERRORS])
    writer.writerows([*(row.get(column, "") for column in present), why] for row, why in failed)
    return buffer.getvalue().encode()
