"""PIDs: finding out what became of one, and ending one by hand.

Reading the tables `pid`, `pid_event` and `crosswalk` belongs here. Giving PIDs to people belongs to `assigning`, the
rules to `pid_plan`, the spelling to `pid_code`, which is offered here as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter

import pyarrow as pa
from sqlalchemy import Connection, func, select, update

from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.pid_code import pid_of, read_pid, valid_pid
from contact_pipeline.ledger.pid_plan import root
from contact_pipeline.ledger.tables import crosswalk, pid, pid_event
from contact_pipeline.ledger.tabular import INTEGER, REAL, TEXT, TIME, as_table

__all__ = [
    "UnknownPidError",
    "contact_history",
    "contacts_at_home",
    "contacts_of",
    "current_crosswalk",
    "events",
    "given_out",
    "last_person_of",
    "pid_of",
    "pids_given_out",
    "read_pid",
    "resolutions",
    "resolve",
    "retire_pid",
    "valid_pid",
]

CROSSWALK_COLUMNS = {"contact_id": TEXT, "pid": TEXT, "since": TIME, "rule": TEXT, "match_probability": REAL}
HISTORY_COLUMNS = {"pid": TEXT, "since": TIME, "until": TIME, "rule": TEXT, "match_probability": REAL}
EVENT_COLUMNS = {
    "event_id": INTEGER,
    "pid": TEXT,
    "kind": TEXT,
    "other_pid": TEXT,
    "happened_at": TIME,
    "actor": TEXT,
    "reason": TEXT,
}


class UnknownPidError(LookupError):
    """No such PID was ever given out in this workspace, or not by then."""


def pids_given_out(ledger: Ledger) -> int:
    """How many PIDs were ever given out."""
    with ledger.reading() as connection:
        return int(connection.execute(select(func.coalesce(func.max(pid.c.number), 0))).scalar_one())


MOST_NAMED = 10_000
"""Values named in one statement; SQLite takes some 32,000."""


def in_parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Names in parts that one statement takes."""
    return (names[start : start + MOST_NAMED] for start in range(0, len(names), MOST_NAMED))


def numbers_of(ledger: Ledger, pids: Iterable[str]) -> dict[str, int]:
    """The place of each of these PIDs in the sequence: the smaller, the older."""
    wanted = select(pid.c.pid, pid.c.number)
    with ledger.reading() as connection:
        return {
            row.pid: row.number
            for some in in_parts(sorted(pids))
            for row in connection.execute(wanted.where(pid.c.pid.in_(some)))
        }


def retire_pid(ledger: Ledger, asked: str, *, now: datetime, actor: str, reason: str) -> None:
    """Ends a person by hand: its PID and all it absorbed. Contacts that come back belong to a new person.

    Raises:
        ValueError: it spells no PID.
        UnknownPidError: it was never given out here.
    """
    with ledger.writing() as connection:
        stands_for = resolutions(connection)
        found = given_out(connection, asked)
        person = stands_for.get(found, found)
        ended = [person, *(old for old, survivor in stands_for.items() if survivor == person)]
        current = crosswalk.c.until.is_(None) & (crosswalk.c.pid == person)
        connection.execute(update(crosswalk).where(current).values(until=now))
        if connection.execute(
            update(pid).where(pid.c.pid.in_(ended), pid.c.retired_at.is_(None)).values(retired_at=now)
        ).rowcount:
            event = {"pid": person, "kind": "retired", "happened_at": now, "actor": actor, "reason": reason}
            connection.execute(pid_event.insert().values(**event))


def resolve(ledger: Ledger, asked: str, *, as_of: datetime | None = None) -> str:
    """The PID that stands for this one; an old PID resolves for ever. Reads what humans type (`read_pid`).

    Args:
        ledger: the ledger.
        asked: a PID.
        as_of: the moment that is meant, events of that very moment included; today where not given.

    Raises:
        ValueError: it spells no PID.
        UnknownPidError: it was never given out here, or not by then.
    """
    with ledger.reading() as connection:
        found = given_out(connection, asked)
        while (older := _older(connection, found, as_of)) is not None:
            found = older
        return found


def _older(connection: Connection, asked: str, as_of: datetime | None) -> str | None:
    """The PID it is, or was, absorbed into, if any."""
    if as_of is None:
        row = connection.execute(select(pid.c.absorbed_into).where(pid.c.pid == asked)).one()
        return None if row.absorbed_into is None else str(row.absorbed_into)
    newest = (
        select(pid_event.c.kind, pid_event.c.other_pid)
        .where(pid_event.c.pid == asked, pid_event.c.happened_at <= as_of)
        .where(pid_event.c.kind.in_(["born", "absorbed", "revived"]))
        .order_by(pid_event.c.event_id.desc())
        .limit(1)
    )
    event = connection.execute(newest).one_or_none()
    if event is None:
        raise UnknownPidError(f"{asked} was not given out by {as_of.isoformat()}.")
    return str(event.other_pid) if event.kind == "absorbed" else None


def resolutions(connection: Connection) -> dict[str, str]:
    """For every absorbed PID the one that stands for it today."""
    absorbed = select(pid.c.pid, pid.c.absorbed_into).where(pid.c.absorbed_into.is_not(None))
    absorbed_into = {row.pid: row.absorbed_into for row in connection.execute(absorbed)}
    return {old: root(old, absorbed_into) for old in absorbed_into}


def events(ledger: Ledger, *, since: datetime | None = None, of: str | None = None) -> pa.Table:
    """What happened to PIDs, oldest first (columns: EVENT_COLUMNS; kinds: see `pid_plan`).

    Args:
        ledger: the ledger.
        since: only what happened at this moment or later.
        of: only what happened to this PID, as it is written.
    """
    wanted = select(*(pid_event.c[name] for name in EVENT_COLUMNS)).order_by(pid_event.c.event_id)
    if since is not None:
        wanted = wanted.where(pid_event.c.happened_at >= since)
    if of is not None:
        wanted = wanted.where(pid_event.c.pid == of)
    with ledger.reading() as connection:
        return as_table(connection.execute(wanted).all(), EVENT_COLUMNS)


def current_crosswalk(ledger: Ledger) -> pa.Table:
    """Which contact belongs to which person now, in order of contact id (columns: CROSSWALK_COLUMNS)."""
    wanted = select(*(crosswalk.c[name] for name in CROSSWALK_COLUMNS)).where(crosswalk.c.until.is_(None))
    with ledger.reading() as connection:
        rows = connection.execute(wanted).all()
    return as_table(sorted(rows, key=itemgetter(0)), CROSSWALK_COLUMNS)


def contacts_of(ledger: Ledger, asked: str, *, as_of: datetime | None = None) -> list[str]:
    """The contacts that belong, or at a moment belonged, to exactly this PID, not to one that stands for it; sorted."""
    wanted = select(crosswalk.c.contact_id).where(crosswalk.c.pid == asked)
    if as_of is None:
        wanted = wanted.where(crosswalk.c.until.is_(None))
    else:
        wanted = wanted.where(crosswalk.c.since <= as_of, crosswalk.c.until.is_(None) | (crosswalk.c.until > as_of))
    with ledger.reading() as connection:
        return sorted(set(connection.execute(wanted).scalars()))


def last_person_of(ledger: Ledger, contact_ids: Sequence[str]) -> pa.Table:
    """The person that stands today for the one each contact belonged to last (columns: contact_id, pid).

    Contacts that never had a person are left out.
    """
    wanted = select(crosswalk.c.contact_id, crosswalk.c.pid).order_by(crosswalk.c.crosswalk_id)
    asked = set(contact_ids)
    with ledger.reading() as connection:
        stands_for = resolutions(connection) if asked else {}
        rows = connection.execute(wanted).all() if asked else []
    last = {row.contact_id: row.pid for row in rows if row.contact_id in asked}
    return as_table(
        ((contact_id, stands_for.get(pid_, pid_)) for contact_id, pid_ in last.items()),
        {"contact_id": TEXT, "pid": TEXT},
    )


def contacts_at_home(ledger: Ledger, asked: str) -> list[str]:
    """The contacts that return to a PID when the merge that ended it is undone; sorted.

    They are at home in it or in one it had absorbed itself, and have not moved to another person by themselves.
    """
    current = select(crosswalk.c.contact_id, crosswalk.c.pid, crosswalk.c.home_pid).where(crosswalk.c.until.is_(None))
    with ledger.reading() as connection:
        absorbed = select(pid.c.pid, pid.c.absorbed_into).where(pid.c.absorbed_into.is_not(None))
        absorbed_into = {row.pid: row.absorbed_into for row in connection.execute(absorbed)}
        stands = root(asked, absorbed_into)
        before = {old: new for old, new in absorbed_into.items() if old != asked}
        rows = connection.execute(current.where(crosswalk.c.pid == stands)).all()
    return sorted(row.contact_id for row in rows if root(row.home_pid, before) == asked)


def contact_history(ledger: Ledger, contact_id: str) -> pa.Table:
    """Whom a contact belonged to and when, oldest first (columns: HISTORY_COLUMNS; `until` is null for today's)."""
    wanted = select(*(crosswalk.c[name] for name in HISTORY_COLUMNS)).where(crosswalk.c.contact_id == contact_id)
    with ledger.reading() as connection:
        return as_table(connection.execute(wanted.order_by(crosswalk.c.crosswalk_id)).all(), HISTORY_COLUMNS)


def given_out(connection: Connection, asked: str) -> str:
    """The PID as it is written, if it was ever given out.

    Raises:
        ValueError: it spells no PID.
        UnknownPidError: it was never given out here.
    """
    spelled = read_pid(asked)
    if connection.execute(select(pid.c.pid).where(pid.c.pid == spelled)).one_or_none() is None:
        raise UnknownPidError(f"{spelled} was never given out in this workspace.")
    return spelled
