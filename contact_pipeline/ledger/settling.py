"""Settling conflicts: what a human says of a field in which two sides differ, one or many in one transaction.

Writing the lines belongs here; which fields are in conflict belongs to `sync`, what the lines mean to `decisions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from contact_pipeline.ledger.contact_decisions import next_bulk
from contact_pipeline.ledger.decisions import add_decision, resolve_in
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.pids import given_out

LATER = "later"
"""What an issue that was put off says as its resolution."""


@dataclass(frozen=True)
class Settlement:
    """One answer.

    Attributes:
        person_id: whose field.
        field: which.
        value: the value that holds; None to put the question off.
        locked: whether it holds whatever any side says later.
        fingerprint: of the issue that asks.
    """

    person_id: str
    field: str
    value: str | None
    locked: bool
    fingerprint: str


def settle(
    ledger: Ledger, settlements: Sequence[Settlement], *, now: datetime, actor: str, reason: str
) -> tuple[list[int], str | None]:
    """Write every answer down in one transaction: all of them, or none.

    Several get a bulk's name, under which they are undone together.

    Returns:
        The decisions' numbers in order, and the bulk's name where there is one.

    Raises:
        UnknownMatterError: the issue of a question that is put off is not in the ledger.
        UnknownPidError: a person's PID was never given out here.
    """
    with ledger.writing() as connection:
        bulk = next_bulk(connection) if len(settlements) > 1 else None
        said: dict[str, Any] = {"now": now, "actor": actor, "reason": reason, "bulk": bulk}
        return [_write(connection, one, said) for one in settlements], bulk


def _write(connection: Connection, one: Settlement, said: dict[str, Any]) -> int:
    """A value is said again even where it stands already: what came since was seen."""
    if one.value is None:
        return resolve_in(connection, one.fingerprint, LATER, **said)
    person = given_out(connection, one.person_id)
    kind = "lock" if one.locked else "use_value"
    matter = {"kind": kind, "subject": person, "field": one.field, "value": one.value}
    return add_decision(connection, matter, again=True, **said)
