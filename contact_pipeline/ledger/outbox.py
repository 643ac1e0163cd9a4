"""The outbox: changes that go to a platform over its API, each planned once, sent at least once, and confirmed.

Remembering belongs here, in small transactions: whoever is killed between sending and hearing finds the change as sent
and asks the platform before sending it again. What is wanted, and the sending, belong to `contact_pipeline.sync.push`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select, update

from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.tables import capability, outbox

OPEN = ("planned", "sent")

Matter = tuple[str, str, str, str | None]


class Change(NamedTuple):
    """One change: the platform's contact, whose it is, what to do, and to what.

    `verb` is `add` or `remove` for the tag `name`, `set` for the custom field of that title; then `value_hash` tells
    one value from another.
    """

    contact_id: str
    person_id: str
    verb: str
    name: str
    value_hash: str | None = None

    @property
    def matter(self) -> Matter:
        """What makes two changes the same one."""
        return self.contact_id, self.verb, self.name, self.value_hash


class Waiting(NamedTuple):
    """A change that is not ended; `sent` says that it may have arrived already."""

    outbox_id: int
    change: Change
    sent: bool


def plan(ledger: Ledger, target: str, wanted: Iterable[Change], *, now: datetime) -> list[Waiting]:
    """Bring the open changes in line with what is wanted: what waits already stays, what nobody wants is dropped.

    Gives every open change, oldest first.
    """
    by_matter = {change.matter: change for change in wanted}
    with ledger.writing() as connection:
        rows = connection.execute(
            select(outbox).where(outbox.c.target == target, outbox.c.state.in_(OPEN)).order_by(outbox.c.outbox_id)
        ).all()
        waiting = {(row.contact_id, row.verb, row.name, row.value_hash): row.outbox_id for row in rows}
        dropped = [number for matter, number in waiting.items() if matter not in by_matter]
        if dropped:
            connection.execute(
                update(outbox).where(outbox.c.outbox_id.in_(dropped)).values(state="dropped", ended_at=now)
            )
        fresh = [change for matter, change in by_matter.items() if matter not in waiting]
        lines = [{"target": target, **change._asdict(), "state": "planned", "planned_at": now} for change in fresh]
        if lines:
            connection.execute(outbox.insert(), lines)
    return waiting_changes(ledger, target)


def waiting_changes(ledger: Ledger, target: str) -> list[Waiting]:
    """Every change that is not ended, oldest first."""
    wanted = select(outbox).where(outbox.c.target == target, outbox.c.state.in_(OPEN)).order_by(outbox.c.outbox_id)
    with ledger.reading() as connection:
        rows = connection.execute(wanted).all()
    return [
        Waiting(
            row.outbox_id,
            Change(row.contact_id, row.person_id, row.verb, row.name, row.value_hash),
            row.state == "sent",
        )
        for row in rows
    ]


def mark(ledger: Ledger, ids: Collection[int], state: str, *, now: datetime, message: str | None = None) -> None:
    """Say of changes that they are about to be sent (`sent`), `confirmed`, or `failed`, with why."""
    when = {"sent_at": now} if state == "sent" else {"ended_at": now}
    with ledger.writing() as connection:
        connection.execute(
            update(outbox).where(outbox.c.outbox_id.in_(list(ids))).values(state=state, message=message, **when)
        )


def confirmed_since(ledger: Ledger, target: str) -> dict[Matter, datetime]:
    """What was last confirmed when: a reading older than that does not show it yet."""
    matter = (outbox.c.contact_id, outbox.c.verb, outbox.c.name, outbox.c.value_hash)
    wanted = (
        select(*matter, func.max(outbox.c.ended_at).label("at"))
        .where(outbox.c.target == target, outbox.c.state == "confirmed")
        .group_by(*matter)
    )
    with ledger.reading() as connection:
        return {(row.contact_id, row.verb, row.name, row.value_hash): row.at for row in connection.execute(wanted)}


def counts(ledger: Ledger, target: str) -> dict[str, int]:
    """How many changes are in which state."""
    wanted = select(outbox.c.state, func.count().label("n")).where(outbox.c.target == target).group_by(outbox.c.state)
    with ledger.reading() as connection:
        return {row.state: int(row.n) for row in connection.execute(wanted)}


def record_capability(
    ledger: Ledger, platform: str, name: str, able: bool | None, detail: str, *, now: datetime, actor: str
) -> None:
    """Remember what a probe found; the detail holds no personal data."""
    line = {"platform": platform, "name": name, "able": able, "detail": detail, "probed_at": now, "actor": actor}
    with ledger.writing() as connection:
        connection.execute(capability.insert().values(**line))


def capabilities(ledger: Ledger, platform: str) -> dict[str, dict[str, Any]]:
    """What the account allows, by name: able (None: not tried), detail, probed_at, actor."""
    wanted = select(capability).where(capability.c.platform == platform).order_by(capability.c.capability_id)
    with ledger.reading() as connection:
        rows = connection.execute(wanted).all()
    return {
        row.name: {"able": row.able, "detail": row.detail, "probed_at": row.probed_at, "actor": row.actor}
        for row in rows
    }
