"""Churn: how many people a run would move, and the stop before a change that is larger than anybody expects.

Measuring a plan, holding it against the budget, and keeping the one change that waits for a human's yes belong here.
Saying yes is a decision (`decisions.agree_to_change`).

A person is *moved* when its PID ends, comes back, or loses contacts to another. A new person, and a new contact of a
known one, move nobody: so a first load is no churn, whatever its size.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select

from contact_pipeline.ledger.decisions import agreed_in
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.pid_plan import Known, PidPlan
from contact_pipeline.ledger.tables import pid_event, planned_change

MOVING = ("absorbed", "revived", "split")
"""Kinds of event that move the PID they happen to."""

EXAMPLES = 20
"""How many events of a change are kept to be looked at."""


@dataclass(frozen=True)
class Budget:
    """What a run may do by itself: move `share` of all people, and in any case `at_least` so many."""

    share: float
    at_least: int

    def allows(self, moved: int, people: int) -> bool:
        """Whether so many of so many people may move."""
        return moved <= max(self.at_least, self.share * people)


@dataclass(frozen=True)
class Change:
    """What a run would do to people that are known.

    Attributes:
        fingerprint: the same for the same change from the same state, whatever else arrives; never the same again after
            any change was made.
        people: people there are.
        moved: of them, those whose PID would end, come back or lose contacts.
        counts: kind of event to number of events.
        examples: a few events, each with kind, pid and other_pid.
    """

    fingerprint: str
    people: int
    moved: int
    counts: dict[str, int]
    examples: list[dict[str, str | None]]

    def as_json(self) -> dict[str, Any]:
        """Plain data, no personal data: fingerprint, people, moved, counts, examples."""
        return self.__dict__.copy()


class TooMuchChange(RuntimeError):
    """A run would move more people than it may; nothing was written. `change` says what it would have done."""

    def __init__(self, change: Change) -> None:
        """Says the numbers and what to do."""
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in change.counts.items())
        super().__init__(
            f"{change.moved:,} of {change.people:,} people would change their PID ({kinds}): more than a run may do by "
            "itself. Nothing was published. Look with: contact-pipeline churn. If it is right: "
            "contact-pipeline churn agree --reason …, then run again."
        )
        self.change = change


def change_of(plan: PidPlan, known: Known, *, after: int | None) -> Change:
    """What a plan does to known people.

    Args:
        plan: the plan.
        known: what it was made from.
        after: id of the newest event then; it makes a fingerprint good for once.
    """
    moving = [event for event in plan.events if event.kind in MOVING]
    first_there: dict[str, str] = {}
    for place in sorted(plan.placements):
        first_there.setdefault(place.pid, place.contact_id)
    moves = sorted(
        (place.contact_id, known.standings[place.contact_id].pid, _name(place.pid, plan, first_there))
        for place in plan.placements
        if place.contact_id in known.standings
    )
    said = json.dumps([after, moves, sorted(plan.pointers.items())])
    return Change(
        fingerprint=sha256(said.encode()).hexdigest()[:16],
        people=len({standing.pid for standing in known.standings.values()}),
        moved=len({event.pid for event in moving}),
        counts=dict(Counter(event.kind for event in moving)),
        examples=[event._asdict() for event in moving[:EXAMPLES]],
    )


def stop_if_too_large(
    connection: Connection, plan: PidPlan, known: Known, budget: Budget | None, *, after: int | None
) -> None:
    """Lets a plan through that is within the budget, or that somebody agreed to.

    Raises:
        TooMuchChange: it is neither.
    """
    if budget is None or not plan.events:
        return
    change = change_of(plan, known, after=after)
    if not budget.allows(change.moved, change.people) and change.fingerprint not in agreed_in(connection):
        raise TooMuchChange(change)


def remember_change(ledger: Ledger, change: Change, *, now: datetime) -> None:
    """Keeps the change a run stopped at, in place of any other that waited: it is what `waiting_change` shows."""
    with ledger.writing() as connection:
        waits = connection.execute(select(planned_change.c.fingerprint)).scalars().all()
        if waits != [change.fingerprint]:
            connection.execute(planned_change.delete())
            connection.execute(planned_change.insert().values(**change.as_json(), planned_at=now))


def forget_change(ledger: Ledger) -> None:
    """PIDs were given out: nothing waits any more. Writes only where something did."""
    if waiting_change(ledger) is not None:
        with ledger.writing() as connection:
            connection.execute(planned_change.delete())


def moved_at(ledger: Ledger, now: datetime) -> int:
    """How many PIDs the run moved that happened at this moment."""
    moving = pid_event.c.kind.in_(MOVING) & (pid_event.c.happened_at == now)
    with ledger.reading() as connection:
        return int(connection.execute(select(func.count(pid_event.c.pid.distinct())).where(moving)).scalar_one())


def waiting_change(ledger: Ledger) -> Change | None:
    """The change the last run stopped at, agreed to or not, until a run goes through."""
    with ledger.reading() as connection:
        row = connection.execute(select(planned_change).limit(1)).one_or_none()
    return None if row is None else Change(row.fingerprint, row.people, row.moved, row.counts, row.examples)


def _name(pid: str, plan: PidPlan, first_there: dict[str, str]) -> str:
    """A PID not given out yet is named after its first contact: its code depends on who else arrives."""
    return f"new: {first_there[pid]}" if pid in plan.born else pid
