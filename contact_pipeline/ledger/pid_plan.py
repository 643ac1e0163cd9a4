"""The plan of PIDs: which person keeps, loses, gets or returns to which PID. Pure: no database, no clock.

The rules of DESIGN §7 belong here. Reading what is known and writing what was decided belong to `pids`.

1. Each contact has a *home*: the PID it first had. A merge moves nobody's home; that is what makes it undoable.
2. Each PID *claims* one cluster: the one with the largest part of the contacts at home there (ties: the part with the
   smallest contact id). So the largest part keeps it in a split. A contact that moved to another person while its home
   lives on has no say: it must not pull its old PID after it.
3. In each cluster the oldest claimer survives; the others are absorbed into it. So the oldest survives a merge.
4. A cluster that nobody claims is a new person, and its contacts are at home there from now on. New PIDs are given
   in order of the clusters' smallest contact ids.
5. A PID absorbed earlier that now wins a cluster is *revived*: undoing a merge brings the old identities back.
6. A contact missing from the input keeps its PID (a partial export never deletes) and follows it into a merge and out
   of one. A PID whose contacts are all missing stays as it is: it is neither retired nor given to someone else.

It follows, and tests hold it: a person whose contacts stay the same keeps its PID whatever happens to others; and
when the contacts of a ledger's first run return to the people of that run, they return to its PIDs.

The outcome depends on which contacts are together, never on the order of rows or the names of clusters.

What happened to a PID (`kind`) and how a contact got its PID (`rule`):

| event | pid | other pid |
|---|---|---|
| born | the new one | the one its contacts came from, if any |
| absorbed | the one that ended | the one that stands for it |
| merged | the one that took contacts in | the one they came from |
| split | the one that lost contacts | the one they went to |
| revived | the one that came back | the one it had been absorbed into |
| retired | the one a human ended | |

Rules: `born` (first of a new person), `joined` (a new contact of a known person), `absorbed`, `revived`, `split` (to a
person born by it), `moved` (to another known person).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Standing(NamedTuple):
    """Where a contact stands: its PID, and the PID it is at home in."""

    pid: str
    home: str


class Placement(NamedTuple):
    """A contact's new place, and how it came there."""

    contact_id: str
    pid: str
    home: str
    rule: str


class PidEvent(NamedTuple):
    """Something that happened to a PID; the module's table says what."""

    pid: str
    kind: str
    other_pid: str | None


@dataclass(frozen=True)
class Known:
    """What the ledger knows.

    Attributes:
        standings: the current place of each contact.
        numbers: every PID's place in the sequence.
        absorbed_into: for each absorbed PID, the older one that stands for it.
    """

    standings: Mapping[str, Standing]
    numbers: Mapping[str, int]
    absorbed_into: Mapping[str, str]


@dataclass
class PidPlan:
    """What has to be written, and the answer.

    Attributes:
        pids: the PID of each contact of the input, in order of contact id.
        born: new PIDs with their numbers, in order.
        pointers: PIDs whose `absorbed_into` changes, with the new value.
        placements: contacts that are new or change their PID.
        events: what happened, in order.
    """

    pids: dict[str, str] = field(default_factory=dict)
    born: dict[str, int] = field(default_factory=dict)
    pointers: dict[str, str | None] = field(default_factory=dict)
    placements: list[Placement] = field(default_factory=list)
    events: list[PidEvent] = field(default_factory=list)


def plan_pids(clusters: Mapping[str, str], known: Known, mint: Callable[[int], str]) -> PidPlan:
    """Decides the PID of every contact (the rules are at the top of this module).

    Args:
        clusters: for each contact id the name of its cluster; names mean nothing beyond being equal.
        known: what the ledger knows.
        mint: gives the PID of a number, as `pid_code.pid_of` does.
    """
    cluster_of = dict(sorted(clusters.items()))
    plan = PidPlan()
    claims = _claims(cluster_of, known)
    owners = _owners(cluster_of, claims, known, mint, plan.born)
    absorbed_into = _point(claims, owners, known, plan.pointers)
    plan.pids = {contact_id: owners[cluster] for contact_id, cluster in cluster_of.items()}
    plan.placements = [*_live_placements(plan, known), *_absent_placements(plan, known, absorbed_into)]
    plan.events = [*_births(plan, known), *_pointer_events(plan, known), *_moves(plan, known)]
    return plan


def _claims(cluster_of: Mapping[str, str], known: Known) -> dict[str, str]:
    """The one cluster each PID with contacts in the input claims (rule 2)."""
    sizes: dict[str, dict[str, int]] = {}
    for contact_id, cluster in cluster_of.items():
        standing = known.standings.get(contact_id)
        if standing is not None and _came_from_home(standing, known):
            parts = sizes.setdefault(standing.home, {})
            parts[cluster] = parts.get(cluster, 0) + 1
    # Contacts come in order of id and max() keeps the first of equals: the part with the smallest contact id.
    return {pid: max(parts, key=parts.__getitem__) for pid, parts in sizes.items()}


def _came_from_home(standing: Standing, known: Known) -> bool:
    """Whether the contact is where its home is, rather than having moved to another person by itself."""
    return root(standing.home, known.absorbed_into) == standing.pid


def _owners(
    cluster_of: Mapping[str, str],
    claims: Mapping[str, str],
    known: Known,
    mint: Callable[[int], str],
    born: dict[str, int],
) -> dict[str, str]:
    """The PID of each cluster: its oldest claimer (rule 3), or a new one, which is added to `born` (rule 4)."""
    owners: dict[str, str] = {}
    for pid in sorted(claims, key=known.numbers.__getitem__):
        owners.setdefault(claims[pid], pid)
    number = max(known.numbers.values(), default=0)
    for cluster in cluster_of.values():
        if cluster not in owners:
            number += 1
            owners[cluster] = mint(number)
            born[owners[cluster]] = number
    return owners


def _point(
    claims: Mapping[str, str], owners: Mapping[str, str], known: Known, pointers: dict[str, str | None]
) -> dict[str, str]:
    """Lets every claimer resolve to its cluster's owner (rules 3, 5); notes changes in `pointers`, gives all of them.

    Oldest first: an owner is older than those it absorbs, so it stands already, and pointers never form a circle.
    """
    absorbed_into = dict(known.absorbed_into)
    for pid in sorted(claims, key=known.numbers.__getitem__):
        owner = owners[claims[pid]]
        if owner == pid and pid in absorbed_into:
            del absorbed_into[pid]
            pointers[pid] = None
        elif root(pid, absorbed_into) != owner:
            absorbed_into[pid] = pointers[pid] = owner
    return absorbed_into


def root(pid: str, absorbed_into: Mapping[str, str]) -> str:
    """The PID that stands for this one, however often it was absorbed."""
    while pid in absorbed_into:
        pid = absorbed_into[pid]
    return pid


def _live_placements(plan: PidPlan, known: Known) -> Iterator[Placement]:
    """Contacts of the input that are new or change their PID; only a new PID becomes a home (rules 1, 4)."""
    for contact_id, pid in plan.pids.items():
        standing = known.standings.get(contact_id)
        if standing is None:
            yield Placement(contact_id, pid, pid, "born" if pid in plan.born else "joined")
        elif standing.pid != pid:
            home = pid if pid in plan.born else standing.home
            yield Placement(contact_id, pid, home, _rule(standing.pid, pid, plan))


def _absent_placements(plan: PidPlan, known: Known, absorbed_into: Mapping[str, str]) -> Iterator[Placement]:
    """Contacts missing from the input whose PID was merged away or came back (rule 6)."""
    if not plan.pointers:
        return
    for contact_id, standing in known.standings.items():
        if contact_id not in plan.pids:
            base = standing.home if _came_from_home(standing, known) else standing.pid
            pid = root(base, absorbed_into)
            if pid != standing.pid:
                yield Placement(contact_id, pid, standing.home, _rule(standing.pid, pid, plan))


def _rule(old: str, new: str, plan: PidPlan) -> str:
    """Why a known contact changed from one PID to another."""
    if new in plan.born:
        return "split"
    if plan.pointers.get(old) == new:
        return "absorbed"
    return "revived" if new in plan.pointers and plan.pointers[new] is None else "moved"


def _births(plan: PidPlan, known: Known) -> Iterator[PidEvent]:
    """Who was born, and out of which older PID, if any."""
    parents: dict[str, str] = {}
    for old, new in _ways(plan, known, {"split"}):
        parents.setdefault(new, old)
    for pid in plan.born:
        yield PidEvent(pid, "born", parents.get(pid))


def _pointer_events(plan: PidPlan, known: Known) -> Iterator[PidEvent]:
    """Who was absorbed by whom, and who came back."""
    for pid, survivor in plan.pointers.items():
        if survivor is None:
            yield PidEvent(pid, "revived", root(pid, known.absorbed_into))
        else:
            yield PidEvent(pid, "absorbed", survivor)
            yield PidEvent(survivor, "merged", pid)


def _moves(plan: PidPlan, known: Known) -> Iterator[PidEvent]:
    """Who lost contacts to whom without ending."""
    moved = set(_ways(plan, known, {"moved"}))
    for old, new in _ways(plan, known, {"split", "revived", "moved"}):
        yield PidEvent(old, "split", new)
        if (old, new) in moved:
            yield PidEvent(new, "merged", old)


def _ways(plan: PidPlan, known: Known, rules: set[str]) -> list[tuple[str, str]]:
    """The distinct (old PID, new PID) of contacts placed by one of the rules, oldest first."""
    numbers = {**known.numbers, **plan.born}
    ways = {
        (known.standings[placement.contact_id].pid, placement.pid)
        for placement in plan.placements
        if placement.rule in rules
    }
    return sorted(ways, key=lambda way: (numbers[way[0]], numbers[way[1]]))
