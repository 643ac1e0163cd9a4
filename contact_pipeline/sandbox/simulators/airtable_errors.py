"""How Airtable says no (sources.md 4.4): a status and a body whose `error` is an object, or a bare text.

The refusals and their wording belong here; when to refuse belongs to the other Airtable modules.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TYPES = {
    401: ("AUTHENTICATION_REQUIRED", "Authentication required"),
    402: ("PAYMENT_REQUIRED", "Payment required"),
    403: (
        "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND",
        "Invalid permissions, or the requested model was not found. Check that both your user and your token have the "
        "required permissions, and that the model names and/or ids are correct.",
    ),
    414: ("URI_TOO_LONG", "The address is longer than 16,000 characters: use the listRecords endpoint"),
    422: ("INVALID_REQUEST_UNKNOWN", "Invalid request: parameter validation failed. Check your request data."),
    500: ("SERVER_ERROR", "Something went wrong"),
}
RATE_LIMIT = "RATE_LIMIT_REACHED"
BILLING_LIMIT = "PUBLIC_API_BILLING_LIMIT_EXCEEDED"
BILLING_WORDS = "You have exceeded your monthly API usage limit for this plan"
NOT_FOUND: Json = {"error": "NOT_FOUND"}
CURSOR_GONE = "LIST_RECORDS_ITERATOR_NOT_AVAILABLE"


class Refusal(Exception):
    """One refusal: `status` and `body`."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(str(status))
        self.status = status
        self.body = body


def refused(status: int, kind: str = "", message: str = "") -> Refusal:
    """A refusal with the error as an object; the usual type and message of the status where none are given."""
    usual = TYPES.get(status, TYPES[500])
    return Refusal(status, {"error": {"type": kind or usual[0], "message": message or usual[1]}})


def unknown() -> Refusal:
    """Unknown base or table, or one that the key may not see: they look the same."""
    return refused(403)


def malformed() -> Refusal:
    """A bad route or an id of the wrong shape: the bare text."""
    return Refusal(404, NOT_FOUND)


def invalid(kind: str, message: str) -> Refusal:
    """A 422 of a kind."""
    return refused(422, kind, message)
