"""Airtable's webhooks (sources.md 4.6): who asked to be told, and what there is to tell; payloads live seven days.

Keeping and giving payloads belongs here. Notifications are never sent: nobody needs a public address to poll.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from contact_pipeline.sandbox.simulators.airtable_errors import Json, invalid, malformed

LIFETIME = timedelta(days=7)
"""Of a webhook after it was made or refreshed, and of a payload."""

MOST_PER_BASE = 10
MOST_PER_ANSWER = 50


def as_wire_time(moment: datetime) -> str:
    """`2026-05-12T12:14:09.000Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


@dataclass
class Webhook:
    """One webhook.

    Attributes:
        id: `ach…`.
        specification: as it was asked for.
        notification_url: None where payloads are polled.
        expires_at: when it is gone, unless refreshed.
        next_cursor: of the payload that will come next.
        enabled: whether notifications would be sent.
        payloads: cursor, time and body of what is kept.
    """

    id: str
    specification: Json
    notification_url: str | None
    expires_at: datetime
    next_cursor: int = 1
    enabled: bool = True
    payloads: list[tuple[int, datetime, Json]] = field(default_factory=list)

    def wants(self, changed_tables: Json) -> Json:
        """The part of a transaction's changes the webhook asked for."""
        filters = self.specification.get("options", {}).get("filters", {})
        scope, kinds = filters.get("recordChangeScope"), filters.get("dataTypes", [])
        wanted = {}
        for table, changes in changed_tables.items():
            kept = {
                name: change
                for name, change in changes.items()
                if change and ("tableFields" if "Field" in name else "tableData") in kinds
            }
            if kept and scope in (None, table):
                wanted[table] = kept
        return wanted

    def described(self) -> Json:
        """As the list of webhooks shows it; the secret is never shown again."""
        return {
            "id": self.id,
            "areNotificationsEnabled": self.enabled,
            "cursorForNextPayload": self.next_cursor,
            "isHookEnabled": True,
            "lastSuccessfulNotificationTime": None,
            "notificationUrl": self.notification_url,
            "lastNotificationResult": None,
            "expirationTime": as_wire_time(self.expires_at),
            "specification": self.specification,
        }


class WebhookBook:
    """The webhooks of one base.

    Args:
        now: wall clock, UTC.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._hooks: dict[str, Webhook] = {}
        self._made = 0
        self._transactions = 0

    def listed(self) -> list[Json]:
        """Every webhook that has not expired."""
        self._forget_expired()
        return [hook.described() for hook in self._hooks.values()]

    def add(self, body: Json) -> Json:
        """Make one.

        Raises:
            Refusal: 422, the specification says nothing to watch, or the base has ten.
        """
        self._forget_expired()
        specification = body.get("specification")
        filters = specification.get("options", {}).get("filters", {}) if isinstance(specification, dict) else {}
        if not isinstance(specification, dict) or not filters.get("dataTypes"):
            raise invalid("INVALID_REQUEST_BODY", "Could not parse request body")
        if len(self._hooks) >= MOST_PER_BASE:
            raise invalid("TOO_MANY_WEBHOOKS_BY_BASE", "This base has as many webhooks as it may have")
        self._made += 1
        hook = Webhook(f"ach{self._made:014d}", specification, body.get("notificationUrl"), self._now() + LIFETIME)
        self._hooks[hook.id] = hook
        secret = base64.b64encode(f"secret of {hook.id}".encode()).decode("ascii")
        return {"id": hook.id, "macSecretBase64": secret, "expirationTime": as_wire_time(hook.expires_at)}

    def get(self, webhook_id: str) -> Webhook:
        """One webhook.

        Raises:
            Refusal: 404, it does not exist or expired.
        """
        self._forget_expired()
        if webhook_id not in self._hooks:
            raise malformed()
        return self._hooks[webhook_id]

    def refresh(self, webhook_id: str) -> Json:
        """Seven more days."""
        hook = self.get(webhook_id)
        hook.expires_at = self._now() + LIFETIME
        return {"expirationTime": as_wire_time(hook.expires_at)}

    def delete(self, webhook_id: str) -> None:
        """End it and its payloads."""
        self.get(webhook_id)
        del self._hooks[webhook_id]

    def tell(self, changed_tables: Json) -> None:
        """One transaction happened in the base."""
        self._transactions += 1
        now = self._now()
        for hook in self._hooks.values():
            wanted = hook.wants(changed_tables)
            if wanted:
                payload = {
                    "timestamp": as_wire_time(now),
                    "baseTransactionNumber": self._transactions,
                    "payloadFormat": "v0",
                    "actionMetadata": {"source": "client", "sourceMetadata": {}},
                    "changedTablesById": wanted,
                }
                hook.payloads.append((hook.next_cursor, now, payload))
                hook.next_cursor += 1

    def payloads(self, webhook_id: str, cursor: int, limit: int) -> Json:
        """The payloads from `cursor` on that are not older than seven days; older ones are gone without a word.

        Raises:
            Refusal: 404, no such webhook; 422, a cursor no payload can have.
        """
        hook = self.get(webhook_id)
        if not 1 <= cursor <= hook.next_cursor or not 1 <= limit <= MOST_PER_ANSWER:
            raise invalid("INVALID_REQUEST_UNKNOWN", "Invalid request: parameter validation failed.")
        oldest = self._now() - LIFETIME
        hook.payloads = [kept for kept in hook.payloads if kept[1] > oldest]
        found = [kept for kept in hook.payloads if kept[0] >= cursor]
        given = found[:limit]
        return {
            "payloads": [payload for _, _, payload in given],
            "cursor": given[-1][0] + 1 if given else hook.next_cursor,
            "mightHaveMore": len(found) > len(given),
        }

    def _forget_expired(self) -> None:
        now = self._now()
        self._hooks = {key: hook for key, hook in self._hooks.items() if hook.expires_at > now}
