"""PIDs: giving them to people, and finding out what became of one.

Reading and writing the tables `pid`, `pid_event` and `crosswalk` belongs here. The rules are in `pid_plan`, the
spelling is in `pid_code`; both are offered here as well, because callers think of them as one subject.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from operator import itemgetter

import pyarrow as pa
from sqlalchemy import Connection, bindparam, func, select, update

from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.pid_code import pid_of, read_pid, valid_pid
from contact_pipeline.ledger.pid_plan import Known, PidPlan, Standing, plan_pids, root
from contact_pipeline.ledger.tables import crosswalk, pid, pid_event
from contact_pipeline.ledger.tabular import INTEGER, REAL, TEXT, TIME, as_table, texts

__all__ = [
    "UnknownPidError",
    "assign_pids",
    "contact_history",
    "current_crosswalk",
    "events",
    "given_out",
    "pid_of",
    "pids_given_out",
    "preview_pids",
    "read_pid",
    "resolutions",
    "resolve",
    "resolve_as_of",
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


def assign_pids(ledger: Ledger, clusters: pa.Table, *, now: datetime, actor: str = "pipeline", reason: str) -> pa.Table:
    """Gives every contact the PID of its person and writes down what changed, all in one transaction (decision 11).

    Given the same people again, in whatever order and under whatever cluster names, it writes nothing.

    Args:
        ledger: the ledger.
        clusters: all current contacts: contact_id, cluster_id, and optionally match_probability (how sure the linking
            was; kept when a contact gets a PID, not refreshed afterwards).
        now: when the change happens.
        actor: who caused it.
        reason: why, in a few words; stands in every event.

    Returns:
        contact_id, pid; one row per contact of the input, in order of contact id.

    Raises:
        ValueError: an id is missing, or a contact is in the input twice.
    """
    cluster_of = _cluster_of(clusters)
    with ledger.reading() as connection:
        read_at, known = _newest(connection), _known(connection)
    plan = plan_pids(cluster_of, known, partial(pid_of, workspace_key=ledger.workspace))
    if plan.placements or plan.pointers:
        with ledger.writing() as connection:
            # A million contacts take seconds to plan: nobody waits for that, and seldom does another run come between.
            if _newest(connection) != read_at:
                plan = plan_pids(cluster_of, _known(connection), partial(pid_of, workspace_key=ledger.workspace))
            _write(connection, plan, _probabilities(clusters), now=now, actor=actor, reason=reason)
    return as_table(plan.pids.items(), {"contact_id": TEXT, "pid": TEXT})


def preview_pids(ledger: Ledger, clusters: pa.Table) -> PidPlan:
    """What `assign_pids` would do, without doing it: for a budget on how many people may change in one run."""
    with ledger.reading() as connection:
        known = _known(connection)
    return plan_pids(_cluster_of(clusters), known, partial(pid_of, workspace_key=ledger.workspace))


def pids_given_out(ledger: Ledger) -> int:
    """How many PIDs were ever given out."""
    with ledger.reading() as connection:
        return int(connection.execute(select(func.coalesce(func.max(pid.c.number), 0))).scalar_one())


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


def resolve(ledger: Ledger, asked: str) -> str:
    """The PID that stands for this one today; an old PID resolves for ever. Reads what humans type (`read_pid`).

    Raises:
        ValueError: it spells no PID.
        UnknownPidError: it was never given out here.
    """
    with ledger.reading() as connection:
        found = given_out(connection, asked)
        while True:
            older = connection.execute(select(pid.c.absorbed_into).where(pid.c.pid == found)).scalar_one()
            if older is None:
                return found
            found = older


def resolve_as_of(ledger: Ledger, asked: str, moment: datetime) -> str:
    """The PID that stood for this one at a moment, events of that very moment included.

    Raises:
        ValueError: it spells no PID.
        UnknownPidError: it was not given out by then.
    """
    with ledger.reading() as connection:
        found = given_out(connection, asked)
        while True:
            newest = (
                select(pid_event.c.kind, pid_event.c.other_pid)
                .where(pid_event.c.pid == found, pid_event.c.happened_at <= moment)
                .where(pid_event.c.kind.in_(["born", "absorbed", "revived"]))
                .order_by(pid_event.c.event_id.desc())
                .limit(1)
            )
            event = connection.execute(newest).one_or_none()
            if event is None:
                raise UnknownPidError(f"{found} was not given out by {moment.isoformat()}.")
            if event.kind != "absorbed":
                return found
            found = event.other_pid


def resolutions(connection: Connection) -> dict[str, str]:
    """For every absorbed PID the one that stands for it today."""
    absorbed = select(pid.c.pid, pid.c.absorbed_into).where(pid.c.absorbed_into.is_not(None))
    absorbed_into = {row.pid: row.absorbed_into for row in connection.execute(absorbed)}
    return {old: root(old, absorbed_into) for old in absorbed_into}


def events(ledger: Ledger, *, since: datetime | None = None) -> pa.Table:
    """What happened to PIDs, oldest first (columns: EVENT_COLUMNS; kinds: see `pid_plan`).

    Args:
        ledger: the ledger.
        since: only what happened at this moment or later.
    """
    wanted = select(*(pid_event.c[name] for name in EVENT_COLUMNS)).order_by(pid_event.c.event_id)
    if since is not None:
        wanted = wanted.where(pid_event.c.happened_at >= since)
    with ledger.reading() as connection:
        return as_table(connection.execute(wanted).all(), EVENT_COLUMNS)


def current_crosswalk(ledger: Ledger) -> pa.Table:
    """Which contact belongs to which person now, in order of contact id (columns: CROSSWALK_COLUMNS)."""
    wanted = select(*(crosswalk.c[name] for name in CROSSWALK_COLUMNS)).where(crosswalk.c.until.is_(None))
    with ledger.reading() as connection:
        rows = connection.execute(wanted).all()
    return as_table(sorted(rows, key=itemgetter(0)), CROSSWALK_COLUMNS)


def contact_history(ledger: Ledger, contact_id: str) -> pa.Table:
    """Whom a contact belonged to and when, oldest first (columns: HISTORY_COLUMNS; `until` is null for today's)."""
    wanted = select(*(crosswalk.c[name] for name in HISTORY_COLUMNS)).where(crosswalk.c.contact_id == contact_id)
    with ledger.reading() as connection:
        return as_table(connection.execute(wanted.order_by(crosswalk.c.crosswalk_id)).all(), HISTORY_COLUMNS)


def _cluster_of(clusters: pa.Table) -> dict[str, str]:
    """The input as a mapping, checked."""
    contact_ids = texts(clusters, "contact_id")
    cluster_of = dict(zip(contact_ids, texts(clusters, "cluster_id"), strict=True))
    if len(cluster_of) != len(contact_ids):
        raise ValueError(f"{len(contact_ids) - len(cluster_of)} contacts are in the clusters more than once.")
    return cluster_of


def _probabilities(clusters: pa.Table) -> dict[str, float]:
    """How sure the linking was of each contact, where the input says so."""
    if "match_probability" not in clusters.column_names:
        return {}
    contact_ids, sure = texts(clusters, "contact_id"), clusters.column("match_probability").to_pylist()
    return dict(zip(contact_ids, sure, strict=True))


def _known(connection: Connection) -> Known:
    """All current contacts and all PIDs."""
    current = select(crosswalk.c.contact_id, crosswalk.c.pid, crosswalk.c.home_pid).where(crosswalk.c.until.is_(None))
    standings = {row[0]: Standing(row[1], row[2]) for row in connection.execute(current).all()}
    people = connection.execute(select(pid.c.pid, pid.c.number, pid.c.absorbed_into)).all()
    return Known(
        standings, {row[0]: row[1] for row in people}, {row[0]: row[2] for row in people if row[2] is not None}
    )


def _newest(connection: Connection) -> tuple[int | None, int | None]:
    """Grows with every change of PIDs or their contacts: what was read at the same value still holds."""
    line = connection.execute(select(func.max(crosswalk.c.crosswalk_id))).scalar_one()
    return line, connection.execute(select(func.max(pid_event.c.event_id))).scalar_one()


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


def _write(
    connection: Connection, plan: PidPlan, sure: dict[str, float], *, now: datetime, actor: str, reason: str
) -> None:
    """Writes a plan; an empty one writes nothing."""
    if plan.born:
        connection.execute(pid.insert(), [{"pid": new, "number": number} for new, number in plan.born.items()])
    if plan.pointers:
        pointed = update(pid).where(pid.c.pid == bindparam("changed")).values(absorbed_into=bindparam("survivor"))
        connection.execute(pointed, [{"changed": old, "survivor": new} for old, new in plan.pointers.items()])
    if plan.placements:
        _place(connection, plan, sure, now)
    if plan.events:
        told = {"happened_at": now, "actor": actor, "reason": reason}
        connection.execute(pid_event.insert(), [{**event._asdict(), **told} for event in plan.events])


def _place(connection: Connection, plan: PidPlan, sure: dict[str, float], now: datetime) -> None:
    """Ends the rows that hold no more and adds the new ones."""
    left = [{"moved": place.contact_id} for place in plan.placements if place.rule not in ("born", "joined")]
    if left:
        current = crosswalk.c.until.is_(None) & (crosswalk.c.contact_id == bindparam("moved"))
        connection.execute(update(crosswalk).where(current).values(until=now), left)
    rows = [
        {
            "contact_id": place.contact_id,
            "pid": place.pid,
            "home_pid": place.home,
            "since": now,
            "match_probability": sure.get(place.contact_id),
            "rule": place.rule,
        }
        for place in plan.placements
    ]
    connection.execute(crosswalk.insert(), rows)
