"""Givebutter's "Export All Contacts", written out of the book the API serves.

Only which contacts an export lists and in which order belongs here. The cells are `campaign.givebutter_api`'s, the
bytes `campaign.writing`'s.
"""

from __future__ import annotations

from collections.abc import Iterable

from contact_pipeline.sandbox.campaign.givebutter_api import export_row
from contact_pipeline.sandbox.campaign.writing import base_columns, export_bytes
from contact_pipeline.sandbox.simulators.givebutter_contacts import ContactBook
from contact_pipeline.sandbox.simulators.paging import Json


def export_csv(book: ContactBook, households: Iterable[Json] = (), columns: int = 45) -> bytes:
    """Every individual that is not archived, in order of creation, by the export's columns (sources.md 2.1).

    Args:
        book: the contacts.
        households: each with its contacts.
        columns: 45 base columns, or the 39 of the older layout; the account's custom fields follow.
    """
    homes = {int(contact["id"]): home for home in households for contact in home.get("contacts") or []}
    listed = [
        row for row in book.rows if (row.get("type") or "individual") == "individual" and not row.get("archived_at")
    ]
    listed.sort(key=lambda row: (str(row.get("created_at") or ""), int(row["id"])))
    rows = (export_row(row, homes.get(int(row["id"])), book.fields) for row in listed)
    return export_bytes(rows, base_columns(columns), book.fields)
