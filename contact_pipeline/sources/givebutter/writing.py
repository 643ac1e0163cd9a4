"""Changing a Givebutter contact over the API (sources.md 1.7): tags, one by one, and custom fields.

Only requests that may be sent twice are here: a tag added twice is one tag. Nothing here can touch a subscription.
Who may be changed, and what is wanted, belongs to `contact_pipeline.sync`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import quote

from contact_pipeline.sources.errors import SourceRefused
from contact_pipeline.sources.givebutter.client import CONTACTS, NOT_FOUND, GivebutterClient
from contact_pipeline.sources.http import Reply

TagVerb = Literal["add", "remove"]


class ContactGone(SourceRefused):
    """Givebutter does not know the contact: nothing was changed."""


class GivebutterWriter(GivebutterClient):
    """Changes one account's contacts. Not for several threads at once."""

    def shown(self, contact_id: str) -> dict[str, Any]:
        """The contact as it is now.

        Raises:
            ContactGone: it is not there.
            SourceError: no answer, or the key may not read it.
        """
        found: dict[str, Any] = json.loads(self.contact(contact_id))
        if NOT_FOUND in found:
            raise ContactGone(f"Givebutter: contact {contact_id} is not there.")
        return found

    def change_tags(self, contact_id: str, verb: TagVerb, tags: Sequence[str]) -> list[str]:
        """Add tags to a contact, or remove them; gives the tags it then has.

        Raises:
            ContactGone: it is not there.
            SourceError: no answer, or the key may not write.
        """
        path = f"{CONTACTS}/{quote(contact_id, safe='')}/tags/{verb}"
        told = self._http.post_json(path, {"tags": list(tags)}, lambda reply: self._contact_in(reply, path, contact_id))
        return [str(tag) for tag in told.get("tags") or []]

    def set_fields(self, contact: dict[str, Any], values: dict[int, str]) -> dict[str, Any]:
        """Write custom fields, by Givebutter's number of each; the contact's own names go along, as it demands.

        Args:
            contact: as `shown` gave it.
            values: what to write.

        Raises:
            ContactGone: it is not there.
            SourceError: no answer, or the key may not write.
        """
        contact_id = str(contact["id"])
        path = f"{CONTACTS}/{quote(contact_id, safe='')}"
        body = {
            "first_name": contact.get("first_name"),
            "last_name": contact.get("last_name"),
            "custom_fields": {f"field_{number}": value for number, value in values.items()},
        }
        return self._http.put_json(path, body, lambda reply: self._contact_in(reply, path, contact_id))

    def _contact_in(self, reply: Reply, path: str, contact_id: str) -> dict[str, Any]:
        if reply.status == 404:
            raise ContactGone(f"Givebutter: contact {contact_id} is not there.")
        self._http.expect_success(reply, path)
        return reply.json_object()
