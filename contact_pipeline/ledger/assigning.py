"""Giving PIDs to people: one transaction, who caused what, and a stop before a change that is too large.

Writing the tables `pid`, `pid_event` and `crosswalk` belongs here. The rules are in `pid_plan`, what counts as too
large in `churn`, whose doing a change was in `causes`.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import NamedTuple

import pyarrow as pa
from sqlalchemy import Connection, bindparam, func, select, update

from contact_pipeline.ledger.causes import Cause, causes_of
from contact_pipeline.ledger.churn import Budget, forget_change, stop_if_too_large
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.pid_code import pid_of
from contact_pipeline.ledger.pid_plan import Known, PidEvent, PidPlan, Standing, plan_pids
from contact_pipeline.ledger.tables import crosswalk, pid, pid_event
from contact_pipeline.ledger.tabular import TEXT, as_table, texts

__all__ = ["assign_pids"]


class _Read(NamedTuple):
    """What a plan was made from: the newest lines of crosswalk and events, and what they add up to."""

    at: tuple[int | None, int | None]
    known: Known


def assign_pids(
    ledger: Ledger,
    clusters: pa.Table,
    *,
    now: datetime,
    actor: str = "pipeline",
    reason: str,
    budget: Budget | None = None,
) -> pa.Table:
    """Gives every contact the PID of its person and writes down what changed, all in one transaction (decision 11).

    Given the same people again, in whatever order and under whatever cluster names, it writes nothing.

    Args:
        ledger: the ledger.
        clusters: all current contacts: contact_id, cluster_id, and optionally match_probability (how sure the linking
            was; kept when a contact gets a PID, not refreshed afterwards).
        now: when the change happens.
        actor: who caused it; a change that follows from a human's decision names that human instead.
        reason: why, in a few words; stands in every event that no decision explains.
        budget: how many people may move without anybody's consent; any number where not given.

    Returns:
        contact_id, pid; one row per contact of the input, in order of contact id.

    Raises:
        ValueError: an id is missing, or a contact is in the input twice.
        TooMuchChange: more people would move than the budget allows, and nobody agreed; nothing was written.
    """
    cluster_of = _cluster_of(clusters)
    mint = partial(pid_of, workspace_key=ledger.workspace)
    with ledger.reading() as connection:
        read = _read(connection)
        plan = plan_pids(cluster_of, read.known, mint)
        stop_if_too_large(connection, plan, read.known, budget, after=read.at[1])
    if plan.placements or plan.pointers:
        with ledger.writing() as connection:
            # A million contacts take seconds to plan: nobody waits for that, and seldom does another run come between.
            if _newest(connection) != read.at:
                read = _read(connection)
                plan = plan_pids(cluster_of, read.known, mint)
                stop_if_too_large(connection, plan, read.known, budget, after=read.at[1])
            known_causes = causes_of(connection, plan, read.known)
            _write(connection, plan, _probabilities(clusters), known_causes, Cause(actor, reason), now)
    forget_change(ledger)
    return as_table(plan.pids.items(), {"contact_id": TEXT, "pid": TEXT})


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


def _read(connection: Connection) -> _Read:
    return _Read(_newest(connection), _known(connection))


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


def _write(
    connection: Connection,
    plan: PidPlan,
    sure: dict[str, float],
    known_causes: dict[PidEvent, Cause],
    otherwise: Cause,
    now: datetime,
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
        told = [{**e._asdict(), "happened_at": now, **known_causes.get(e, otherwise)._asdict()} for e in plan.events]
        connection.execute(pid_event.insert(), told)


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
