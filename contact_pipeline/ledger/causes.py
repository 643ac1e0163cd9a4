"""Causes: which human's decision a change of PIDs follows from, so that its event names that human and the reason.

Telling the causes of a plan belongs here; what no decision explains was the evidence's doing, and says so.

A merge is a human's when a standing `same` joins contacts of two PIDs that now have one. A part that leaves is a
human's when a standing `different`, or a `same` that was withdrawn, is about a contact that left and one that stayed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row

from contact_pipeline.ledger.contact_decisions import Pair, pairs_withdrawn, standing_pairs
from contact_pipeline.ledger.pid_plan import Known, PidEvent, PidPlan


class Cause(NamedTuple):
    """Who brought a change about, and why."""

    actor: str
    reason: str


def causes_of(connection: Connection, plan: PidPlan, known: Known) -> dict[PidEvent, Cause]:
    """The events of a plan that a decision explains, each with its cause; of several decisions the newest is named."""
    if not any(event.other_pid for event in plan.events):
        return {}
    joined, parted = _joined(connection, plan, known), _parted(connection, plan, known)
    found: dict[PidEvent, Cause] = {}
    for event in plan.events:
        causes = joined if event.kind in ("absorbed", "merged") else parted
        row = causes.get((event.pid, event.other_pid or "")) or causes.get((event.other_pid or "", event.pid))
        if row is not None:
            found[event] = Cause(row.actor, f"{row.reason} (decision {row.decision_id})")
    return found


def _joined(connection: Connection, plan: PidPlan, known: Known) -> dict[Pair, Row[Any]]:
    """For each (PID before, PID now) that a human joined, the newest decision that did."""
    pairs = {pair: row for pair, row in standing_pairs(connection).items() if row.kind == "same"}
    ways: dict[Pair, Row[Any]] = {}
    for (one, other), row in _oldest_first(pairs):
        before, now = _places(plan, known, one, other)
        if before[0] != before[1] and now[0] == now[1]:
            ways |= {(old, now[0]): row for old in before if old != now[0]}
    return ways


def _parted(connection: Connection, plan: PidPlan, known: Known) -> dict[Pair, Row[Any]]:
    """For each (PID before, PID now) that a human told apart, the newest decision that did."""
    apart = {pair: row for pair, row in standing_pairs(connection).items() if row.kind == "different"}
    ways: dict[Pair, Row[Any]] = {}
    for (one, other), row in _oldest_first({**pairs_withdrawn(connection, "same"), **apart}):
        before, now = _places(plan, known, one, other)
        if before[0] == before[1] and now[0] != now[1]:
            ways |= {(before[0], new): row for new in now if new != before[0]}
    return ways


def _places(plan: PidPlan, known: Known, one: str, other: str) -> tuple[Pair, Pair]:
    """The PIDs of two contacts before and after; a contact that is nowhere stands for itself."""
    before = [known.standings[contact].pid if contact in known.standings else contact for contact in (one, other)]
    now = [plan.pids.get(contact, contact) for contact in (one, other)]
    return (before[0], before[1]), (now[0], now[1])


def _oldest_first(pairs: Mapping[Pair, Row[Any]]) -> Iterator[tuple[Pair, Row[Any]]]:
    return iter(sorted(pairs.items(), key=lambda item: int(item[1].decision_id)))
