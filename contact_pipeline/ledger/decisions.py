"""Decisions: what humans said. Append-only; a later line takes an earlier one back, nothing is ever deleted.

Writing them down, taking them back and telling which stand belongs here; who is who has rules of its own, in
`contact_decisions`. What follows from them belongs to `identity`, `people` and `landing`, which are pure functions of
the standing decisions: so a decision outlives every run and every model.

Each decision is about one matter: a field of a person or contact, an issue, a batch, a change of PIDs. Of all that was
said about a matter and not withdrawn, the newest stands. Saying the same twice writes one line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Row, select, update

from contact_pipeline.ledger.ledger import Ledger, inserted_id
from contact_pipeline.ledger.pids import given_out, resolutions
from contact_pipeline.ledger.tables import decision, issue, planned_change
from contact_pipeline.ledger.tabular import FLAG, INTEGER, TEXT, TIME, as_table

VALUE_KINDS = ("use_value", "lock")

VALUE_COLUMNS = {
    "subject": TEXT,
    "field": TEXT,
    "value": TEXT,
    "locked": FLAG,
    "decided_at": TIME,
    "decision_id": INTEGER,
    "decided_by": TEXT,
    "reason": TEXT,
}
DECISION_COLUMNS = {
    "decision_id": INTEGER,
    "kind": TEXT,
    "subject": TEXT,
    "other": TEXT,
    "field": TEXT,
    "value": TEXT,
    "evidence": TEXT,
    "withdraws": INTEGER,
    "decided_at": TIME,
    "actor": TEXT,
    "reason": TEXT,
    "bulk": TEXT,
}


class UnknownMatterError(LookupError):
    """The decision is about something the ledger does not have."""


def use_value(ledger: Ledger, subject: str, field: str, value: str, *, now: datetime, actor: str, reason: str) -> int:
    """Of conflicting values of a field, this one is right. It settles today's conflict; a later change may win again.

    Args:
        ledger: the ledger.
        subject: a PID, or a contact id (which has a colon).
        field: the field's name.
        value: the value.
        now: when it was said.
        actor: who said it.
        reason: why.

    Returns:
        The decision's id.

    Raises:
        ValueError: the subject has no colon and spells no PID.
        UnknownPidError: the PID was never given out here.
    """
    return _say_value(ledger, "use_value", subject, field, value, now=now, actor=actor, reason=reason)


def lock(ledger: Ledger, subject: str, field: str, value: str, *, now: datetime, actor: str, reason: str) -> int:
    """A field has this value and keeps it, whatever any source says later (decision 24: a lock wins over everything).

    Arguments and errors as in `use_value`.
    """
    return _say_value(ledger, "lock", subject, field, value, now=now, actor=actor, reason=reason)


def whole_fingerprint(ledger: Ledger, given: str) -> str:
    """The fingerprint of an open issue that begins so.

    Raises:
        UnknownMatterError: no open issue begins so, or several do.
    """
    begins = issue.c.fingerprint.startswith(given.strip().lower(), autoescape=True)
    wanted = select(issue.c.fingerprint).where(issue.c.closed_at.is_(None), begins).limit(2)
    with ledger.reading() as connection:
        found = list(connection.execute(wanted).scalars()) if given.strip() else []
    if len(found) != 1:
        raise UnknownMatterError(f"{'Several open issues begin' if found else 'No open issue begins'} with '{given}'.")
    return str(found[0])


def resolve_issue(ledger: Ledger, fingerprint: str, resolution: str, *, now: datetime, actor: str, reason: str) -> int:
    """An issue has been looked at and this is the answer. It stays resolved until it is gone and comes back.

    Raises:
        UnknownMatterError: there is no such issue.
    """
    with ledger.writing() as connection:
        return resolve_in(connection, fingerprint, resolution, now=now, actor=actor, reason=reason)


def resolve_in(
    connection: Connection,
    fingerprint: str,
    resolution: str,
    *,
    now: datetime,
    actor: str,
    reason: str,
    bulk: str | None = None,
) -> int:
    """`resolve_issue` inside a transaction that is open."""
    held = connection.execute(select(issue.c.resolution).where(issue.c.fingerprint == fingerprint)).one_or_none()
    if held is None:
        raise UnknownMatterError(f"There is no issue {fingerprint}.")
    answer = {"resolution": resolution, "resolved_by": actor, "resolved_at": now}
    connection.execute(update(issue).where(issue.c.fingerprint == fingerprint).values(**answer))
    matter = {"kind": "resolve", "subject": fingerprint, "value": resolution}
    again = held.resolution != resolution
    return add_decision(connection, matter, now=now, actor=actor, reason=reason, again=again, bulk=bulk)


def confirm_batch(ledger: Ledger, batch_id: str, *, now: datetime, actor: str, reason: str) -> int:
    """A batch that was held (far fewer rows than the last full one, for example) is right and may be loaded."""
    with ledger.writing() as connection:
        return add_decision(connection, {"kind": "confirm", "subject": batch_id}, now=now, actor=actor, reason=reason)


def withdraw(ledger: Ledger, decision_id: int, *, now: datetime, actor: str, reason: str) -> int:
    """Takes a decision back; what stood before it stands again. An issue's resolution is simply taken off.

    Returns:
        The id of the line that takes it back.

    Raises:
        UnknownMatterError: there is no such decision.
        ValueError: it is itself a withdrawal; say again what was withdrawn instead.
    """
    with ledger.writing() as connection:
        return take_back(connection, decision_id, now=now, actor=actor, reason=reason)


def take_back(
    connection: Connection, decision_id: int, *, now: datetime, actor: str, reason: str, bulk: str | None = None
) -> int:
    """`withdraw` inside a transaction that is open, so that many can be taken back in one."""
    taken = connection.execute(select(decision).where(decision.c.decision_id == decision_id)).one_or_none()
    if taken is None:
        raise UnknownMatterError(f"There is no decision {decision_id}.")
    if taken.kind == "withdraw":
        raise ValueError(f"Decision {decision_id} is a withdrawal: decide again what it took back.")
    if taken.kind == "resolve":
        unresolved = {"resolution": None, "resolved_by": None, "resolved_at": None}
        connection.execute(update(issue).where(issue.c.fingerprint == taken.subject).values(**unresolved))
    matter = {"kind": "withdraw", "subject": taken.subject, "withdraws": decision_id}
    return add_decision(connection, matter, now=now, actor=actor, reason=reason, bulk=bulk)


def active_values(ledger: Ledger) -> pa.Table:
    """What stands about fields of a contact or of today's PID (columns: VALUE_COLUMNS).

    Said of a PID that was absorbed since, it holds for the one that stands for it, and returns with an undone merge.
    Never a subject and field twice: the newest wins.
    """
    with ledger.reading() as connection:
        stands_for = resolutions(connection)
        newest: dict[tuple[str, str], tuple[Any, ...]] = {}
        for row in standing_decisions(connection, VALUE_KINDS):
            subject = stands_for.get(row.subject, row.subject)
            said = (row.decided_at, row.decision_id, row.actor, row.reason)
            newest[subject, row.field] = (subject, row.field, row.value, row.kind == "lock", *said)
    return as_table([newest[matter] for matter in sorted(newest)], VALUE_COLUMNS)


def confirmed_batches(ledger: Ledger) -> frozenset[str]:
    """Ids of batches a human let through."""
    with ledger.reading() as connection:
        return frozenset(row.subject for row in standing_decisions(connection, ("confirm",)))


def decisions_of(ledger: Ledger, *, decision_id: int | None = None, bulk: str | None = None) -> list[int]:
    """Numbers of the decisions of a bulk, or the one decision, that can be taken back and were not; in order."""
    withdrawn = select(decision.c.withdraws).where(decision.c.withdraws.is_not(None))
    wanted = select(decision.c.decision_id).where(
        decision.c.kind != "withdraw", decision.c.decision_id.not_in(withdrawn)
    )
    about = decision.c.decision_id == decision_id if bulk is None else decision.c.bulk == bulk
    with ledger.reading() as connection:
        return list(connection.execute(wanted.where(about).order_by(decision.c.decision_id)).scalars())


def agree_to_change(ledger: Ledger, fingerprint: str, *, now: datetime, actor: str, reason: str) -> int:
    """A change of PIDs that stopped a run (`churn`) is right: exactly this one may be made.

    Raises:
        UnknownMatterError: no run stopped at such a change.
    """
    with ledger.writing() as connection:
        known = select(planned_change.c.fingerprint).where(planned_change.c.fingerprint == fingerprint)
        if connection.execute(known).one_or_none() is None:
            raise UnknownMatterError(f"No run stopped at a change {fingerprint}.")
        return add_decision(connection, {"kind": "agree", "subject": fingerprint}, now=now, actor=actor, reason=reason)


def agreed_in(connection: Connection) -> frozenset[str]:
    """Fingerprints of the changes of PIDs a human agreed to, inside a transaction that is open."""
    return frozenset(row.subject for row in standing_decisions(connection, ("agree",)))


def decisions(ledger: Ledger) -> pa.Table:
    """Every line ever written, oldest first (columns: DECISION_COLUMNS)."""
    wanted = select(*(decision.c[name] for name in DECISION_COLUMNS)).order_by(decision.c.decision_id)
    with ledger.reading() as connection:
        return as_table(connection.execute(wanted).all(), DECISION_COLUMNS)


def _say_value(ledger: Ledger, kind: str, subject: str, field: str, value: str, **said: Any) -> int:
    with ledger.writing() as connection:
        about = subject if ":" in subject else given_out(connection, subject)
        return add_decision(connection, {"kind": kind, "subject": about, "field": field, "value": value}, **said)


def add_decision(
    connection: Connection,
    matter: dict[str, Any],
    *,
    now: datetime,
    actor: str,
    reason: str,
    again: bool = False,
    bulk: str | None = None,
) -> int:
    """Adds a line, unless the line that stands says the same already (`again` adds it even then); gives its id."""
    said = select(decision).where(decision.c.subject == matter["subject"]).order_by(decision.c.decision_id)
    line = {"other": None, "field": None, "value": None, "evidence": None, "withdraws": None, **matter}
    standing = [row for row in _newest_of_each(connection.execute(said)) if _matter(row) == _matter_of(line)]
    if standing and not again and all(getattr(standing[0], name) == value for name, value in line.items()):
        return int(standing[0].decision_id)
    added = decision.insert().values(**line, decided_at=now, actor=actor, reason=reason, bulk=bulk)
    return inserted_id(connection, added)


def standing_decisions(connection: Connection, kinds: Iterable[str]) -> list[Row[Any]]:
    """The lines of these kinds that stand, oldest first."""
    wanted = select(decision).where(decision.c.kind.in_([*kinds, "withdraw"])).order_by(decision.c.decision_id)
    return [row for row in _newest_of_each(connection.execute(wanted)) if row.kind != "withdraw"]


def _newest_of_each(lines: Iterable[Row[Any]]) -> list[Row[Any]]:
    """The newest line of each matter that was not withdrawn, oldest first; lines come oldest first."""
    said = list(lines)
    withdrawn = {row.withdraws for row in said}
    newest = {_matter(row): row for row in said if row.decision_id not in withdrawn}
    return sorted(newest.values(), key=lambda row: row.decision_id)


def _matter(row: Row[Any]) -> tuple[Any, ...]:
    return _matter_of(row._asdict())


def _matter_of(line: dict[str, Any]) -> tuple[Any, ...]:
    """What a line is about: two lines on the same matter replace each other."""
    about = "value" if line["kind"] in VALUE_KINDS else line["kind"]
    return about, line["subject"], line["other"], line["field"], line["withdraws"]
