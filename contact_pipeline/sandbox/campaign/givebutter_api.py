"""A Givebutter contact in two forms, an export's row and the API's object, and each made of the other.

Shapes follow sources.md 1.5 and, for households, the published spec. Export rows belong to `givebutter`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contact_pipeline.sandbox.campaign.givebutter import CUSTOM_FIELDS, CustomField
from contact_pipeline.sources.entities import GIVEBUTTER_API_CONTACT_COLUMNS, GIVEBUTTER_CONTACT_COLUMNS

Json = dict[str, Any]

_PLAIN = {
    "Contact External ID": "external_id", "Prefix": "prefix", "First Name": "first_name",
    "Preferred First Name": "preferred_name", "Middle Name": "middle_name", "Last Name": "last_name",
    "Suffix": "suffix", "Date of Birth": "dob", "Pronouns": "pronouns", "Employer": "employer", "Title": "title",
    "Primary Email": "primary_email", "Primary Phone": "primary_phone", "Website": "website_url",
    "Twitter": "twitter_url", "LinkedIn": "linkedin_url", "Facebook": "facebook_url", "TikTok": "tiktok_url",
    "Instagram": "instagram_url", "Notes": "note",
}  # fmt: skip
_ADDRESS = {
    "Address Line 1": "address_1", "Address Line 2": "address_2", "City": "city", "State": "state",
    "Postal Code": "zipcode", "Country": "country",
}  # fmt: skip
_SUBSCRIBED = {
    "Engage Email Subscribed": "is_email_subscribed", "Engage SMS Subscribed": "is_phone_subscribed",
    "Engage Mail Subscribed": "is_address_subscribed",
}  # fmt: skip


def api_contact(row: Mapping[str, str], fields: tuple[CustomField, ...] = CUSTOM_FIELDS) -> Json:
    """One export row as the API's object: the 47 properties, absent ones null, lists empty.

    Args:
        row: cells by the export's column names; a 39-column row lacks some.
        fields: the account's custom fields.
    """
    contact: Json = dict.fromkeys(GIVEBUTTER_API_CONTACT_COLUMNS)
    contact.update({name: row.get(column) or None for column, name in _PLAIN.items()})
    contact.update({name: row.get(column, "").lower() in ("yes", "true") for column, name in _SUBSCRIBED.items()})
    address = _address(row)
    contact.update(
        id=int(row["Givebutter Contact ID"]), type="individual", contact_since=_moment(row.get("Contact Since")),
        gender=(row.get("Gender") or "").lower() or None, associated_companies=[], external_ids=[],
        custom_fields=[custom_item(field, row[field.key]) for field in fields if row.get(field.key)],
        emails=_values("personal", row.get("Primary Email"), row.get("Additional Emails")),
        phones=_values("cell", row.get("Primary Phone"), row.get("Additional Phones")),
        addresses=[address] if address else [], primary_address=address,
        last_donation_amount=_amount(row.get("Last Donation Amount")),
        stats={"total_contributions": _amount(row.get("Total Contributions")) or 0,
               "recurring_contributions": _amount(row.get("Recurring Contributions")) or 0},
        tags=_parts(row.get("Tags")), created_at=_moment(row.get("Date Created (UTC)")),
        updated_at=_moment(row.get("Last Modified (UTC)")),
        salutation_name=row.get("Preferred First Name") or row.get("First Name") or None,
    )  # fmt: skip
    return contact


def custom_item(field: CustomField, value: object) -> Json:
    """A custom field's value as a contact carries it (sources.md 1.5: the shape of an SDK; the live one is unknown)."""
    return {
        "id": field.number, "field_id": field.number, "type": "select" if field.options else "text",
        "title": field.title, "description": None, "value": value,
    }  # fmt: skip


def export_row(
    contact: Json, home: Json | None = None, fields: tuple[CustomField, ...] = CUSTOM_FIELDS
) -> dict[str, str]:
    """The API's object as a row of the export, by column name and by the custom fields' keys.

    Args:
        contact: with or without all of its 47 properties.
        home: its household, where it has one.
        fields: the account's custom fields.
    """
    row = dict.fromkeys((*GIVEBUTTER_CONTACT_COLUMNS, *(field.key for field in fields)), "")
    row.update({column: str(contact.get(name) or "") for column, name in _PLAIN.items()})
    row.update({column: "yes" if contact.get(name) else "no" for column, name in _SUBSCRIBED.items()})
    address = contact.get("primary_address") or {}
    row.update({column: str(address.get(name) or "") for column, name in _ADDRESS.items()})
    for kind, column in (("emails", "Additional Emails"), ("phones", "Additional Phones")):
        row[column] = ", ".join(str(item["value"]) for item in (contact.get(kind) or [])[1:])
    stats = contact.get("stats") or {}
    row.update(
        {
            "Givebutter Contact ID": str(contact["id"]), "Contact Since": _cell_of(contact.get("contact_since")),
            "Gender": str(contact.get("gender") or ""), "Tags": ", ".join(contact.get("tags") or []),
            "Total Contributions": f"{float(stats.get('total_contributions') or 0):.2f}",
            "Recurring Contributions": f"{float(stats.get('recurring_contributions') or 0):.2f}",
            "Total Soft Credits": "0.00", "Date Created (UTC)": _cell_of(contact.get("created_at")),
            "Last Modified (UTC)": _cell_of(contact.get("updated_at")),
        }
    )  # fmt: skip
    if contact.get("last_donation_amount") is not None:
        row["Last Donation Amount"] = f"{float(contact['last_donation_amount']):.2f}"
    if home is not None:
        head = home.get("head_contact_id") == contact["id"]
        row.update({"Household ID": str(home["id"]), "Household": str(home.get("envelope_name") or ""),
                    "Household Primary Contact": "yes" if head else "no"})  # fmt: skip
    keys = {field.number: field.key for field in fields}
    for item in contact.get("custom_fields") or []:
        row[keys[item["field_id"]]] = str(item.get("value") or "")
    return row


def _cell_of(moment: object) -> str:
    """A moment of the API as the export writes it, in UTC without a zone."""
    return str(moment)[:19].replace("T", " ") if moment else ""


def api_households(rows: Iterable[Mapping[str, str]]) -> list[Json]:
    """The households the rows name, each with its contacts as the API embeds them."""
    homes: dict[str, Json] = {}
    for row in rows:
        number = row.get("Household ID")
        if number:
            contact = api_contact(row)
            home = homes.setdefault(number, _household(int(number), row))
            home["contacts"].append(contact)
            if row.get("Household Primary Contact", "").lower() in ("yes", "true"):
                home["head_contact_id"] = contact["id"]
    return list(homes.values())


def _household(number: int, row: Mapping[str, str]) -> Json:
    created = _moment(row.get("Date Created (UTC)"))
    return {
        "id": number, "name": row.get("Household") or "Household", "head_contact_id": None, "account_id": 5120,
        "envelope_name": row.get("Household") or None, "note": None, "created_at": created, "updated_at": created,
        "contacts": [],
    }  # fmt: skip


def _address(row: Mapping[str, str]) -> Json | None:
    parts: Json = {name: row.get(column) or None for column, name in _ADDRESS.items()}
    if not any(parts.values()):
        return None
    stamps = {"created_at": _moment(row.get("Date Created (UTC)")), "updated_at": None}
    return {**parts, "type": "home", "is_primary": True, **stamps}


def _values(kind: str, *cells: str | None) -> list[Json]:
    return [{"type": kind, "value": value} for cell in cells for value in _parts(cell)]


def _parts(cell: str | None) -> list[str]:
    return [part.strip() for part in (cell or "").split(",") if part.strip()]


def _amount(cell: str | None) -> float | None:
    return float(cell) if cell else None


def _moment(cell: str | None) -> str | None:
    """`2024-02-11 15:04:05`, which is UTC, as the API writes it."""
    return f"{cell.replace(' ', 'T')}+00:00" if cell else None
