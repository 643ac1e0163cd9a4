"""Decisions on who is who: same, different, this voter, not this voter. All of them are kept on contacts.

PIDs merge and split; contacts stay what they are. So a decision about people is written down as one about their
contacts, with a hash of what each contact said at that time, and keeps its meaning whatever becomes of the PIDs. Which
of these decisions stand, and what they say, belongs here; reading what a human typed belongs to `people.deciding`, and
what follows belongs to `identity`, which reads `active_pairs` and `active_voter_choices`.

A decision on two people is about every pair of a contact of the one and a contact of the other. Of all that was said
about a pair and not withdrawn the newest stands; a line is never changed or deleted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import product
from typing import Any, NamedTuple

import pyarrow as pa
from sqlalchemy import Connection, Row, select

from contact_pipeline.ledger.decisions import UnknownMatterError
from contact_pipeline.ledger.ledger import Ledger, inserted_id
from contact_pipeline.ledger.tables import decision, decision_contact
from contact_pipeline.ledger.tabular import INTEGER, REAL, TEXT, TIME, as_table

PAIR_KINDS = ("same", "different")
VOTER_KINDS = ("voter", "not_voter")
CONTACT_KINDS = (*PAIR_KINDS, *VOTER_KINDS)

PAIR_COLUMNS = {"contact_id_l": TEXT, "contact_id_r": TEXT, "kind": TEXT, "decision_id": INTEGER}
VOTER_COLUMNS = {
    "contact_id": TEXT,
    "state": TEXT,
    "voter_id": TEXT,
    "kind": TEXT,
    "decision_id": INTEGER,
    "decided_by": TEXT,
    "decided_at": TIME,
}
SEEN_COLUMNS = {"decision_id": INTEGER, "kind": TEXT, "contact_id": TEXT, "side": TEXT, "evidence": TEXT}
LABEL_COLUMNS = {"record_id_l": TEXT, "record_id_r": TEXT, "clerical_match_score": REAL}

Pair = tuple[str, str]


@dataclass(frozen=True)
class Statement:
    """Something to be written down about contacts.

    Attributes:
        kind: one of CONTACT_KINDS.
        left: contacts of the one side; of the person, where a voter is meant.
        right: contacts of the other side; none where a voter is meant.
        reason: why.
        voter: `FL:123`, where a voter is meant.
        seen: hash of what each contact said when the human looked, of the named ones and of those that belonged to the
            same people; empty where nobody looked.
    """

    kind: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    reason: str
    voter: str | None = None
    seen: Mapping[str, str | None] = field(default_factory=dict)

    def pairs(self) -> Iterator[Pair]:
        """Every contact of the one side with every one of the other, the smaller id first."""
        for one, other in product(self.left, self.right):
            yield min(one, other), max(one, other)


class Written(NamedTuple):
    """What became of a statement: the decision's id, and whether it is new or stood already."""

    decision_id: int
    new: bool


@dataclass(frozen=True)
class _Line:
    """A decision with its contacts."""

    row: Row[Any]
    left: tuple[str, ...]
    right: tuple[str, ...]

    def matters(self) -> Iterator[tuple[str, ...]]:
        """What the line is about, piece by piece: two lines on the same matter replace each other."""
        return _matters(self.row.kind, self.left, self.right, self.row.value)


def same(
    ledger: Ledger,
    one: str,
    other: str,
    *,
    now: datetime,
    actor: str,
    reason: str,
    seen: Mapping[str, str | None] | None = None,
) -> int:
    """Two contacts are one person, whatever the score says; gives the decision's id. The order does not matter.

    Raises:
        ValueError: both are the same contact.
    """
    return _one(ledger, Statement("same", (one,), (other,), reason, seen=seen or {}), now, actor)


def different(
    ledger: Ledger,
    one: str,
    other: str,
    *,
    now: datetime,
    actor: str,
    reason: str,
    seen: Mapping[str, str | None] | None = None,
) -> int:
    """Two contacts are not one person: cannot-link evidence (DESIGN §7). Arguments and errors as in `same`."""
    return _one(ledger, Statement("different", (one,), (other,), reason, seen=seen or {}), now, actor)


def decide(
    ledger: Ledger, statements: Sequence[Statement], *, now: datetime, actor: str, bulk: str | None = None
) -> list[Written]:
    """Writes statements down in one transaction: all of them, or none.

    Args:
        ledger: the ledger.
        statements: what is said, in order; the later of two on one matter stands.
        now: when it was said.
        actor: who said it.
        bulk: what they have in common, to be undone together.

    Returns:
        One answer per statement, in order. What stands already on the same evidence is not written again.

    Raises:
        ValueError: a statement makes no sense by itself; nothing was written.
    """
    for statement in statements:
        _check(statement)
    with ledger.writing() as connection:
        return decide_in(connection, statements, now=now, actor=actor, bulk=bulk)


def decide_in(
    connection: Connection, statements: Sequence[Statement], *, now: datetime, actor: str, bulk: str | None = None
) -> list[Written]:
    """`decide` inside a transaction that is open."""
    stands = {matter: line.row for line in _standing(connection, CONTACT_KINDS) for matter in line.matters()}
    said = {"decided_at": now, "actor": actor, "bulk": bulk}
    written = []
    for statement in map(_in_order, statements):
        matters = list(_matters(statement.kind, statement.left, statement.right, statement.voter))
        before = {stands.get(matter) for matter in matters}
        known = before.pop() if len(before) == 1 else None
        if known is not None and (known.kind, known.evidence) == (statement.kind, _evidence(statement)):
            written.append(Written(int(known.decision_id), new=False))
            continue
        row = _add(connection, statement, said)
        stands.update(dict.fromkeys(matters, row))
        written.append(Written(int(row.decision_id), new=True))
    return written


def next_bulk(connection: Connection) -> str:
    """A name no bulk has had: B1, B2, …; inside a transaction that is open."""
    taken = connection.execute(select(decision.c.bulk).where(decision.c.bulk.is_not(None)).distinct()).scalars()
    return f"B{max((int(name[1:]) for name in taken if name[1:].isdigit()), default=0) + 1}"


def active_pairs(ledger: Ledger) -> pa.Table:
    """What stands about pairs: contact_id_l, contact_id_r (l is the smaller), kind (one of PAIR_KINDS), decision_id.

    Never a pair twice; in order of the ids.
    """
    with ledger.reading() as connection:
        pairs = standing_pairs(connection)
    return as_table([(*pair, row.kind, row.decision_id) for pair, row in sorted(pairs.items())], PAIR_COLUMNS)


def active_voter_choices(ledger: Ledger) -> pa.Table:
    """What stands about voters: which voter a person's contacts are, or are not (columns: VOTER_COLUMNS).

    `kind` is `voter` or `not_voter`. One row per contact of the person, as it was decided; a contact is one voter of a
    state at the most, and may be told apart from any number of them. In order of contact, state and voter id.
    """
    with ledger.reading() as connection:
        lines = _standing(connection, VOTER_KINDS)
    stands = {matter: line.row for line in lines for matter in line.matters()}
    chosen = {(contact, state): voter for (contact, state, voter), row in _oldest_first(stands) if row.kind == "voter"}
    rows = [
        (contact, state, voter, row.kind, row.decision_id, row.actor, row.decided_at)
        for (contact, state, voter), row in sorted(stands.items())
        if row.kind == "not_voter" or chosen[contact, state] == voter
    ]
    return as_table(rows, VOTER_COLUMNS)


def labels(ledger: Ledger, *, bulk: bool = False) -> pa.Table:
    """Pairs of records that humans judged, for training: 1 for the same person, 0 for different ones (LABEL_COLUMNS).

    What was accepted in bulk is left out unless `bulk` says otherwise: nobody looked at those pairs one by one, and a
    model must not be taught its own opinion.
    """
    with ledger.reading() as connection:
        pairs = standing_pairs(connection)
    judged = [(*pair, float(row.kind == "same")) for pair, row in sorted(pairs.items()) if bulk or row.bulk is None]
    return as_table(judged, LABEL_COLUMNS)


def evidence_seen(ledger: Ledger) -> pa.Table:
    """What each standing decision on contacts stood on (columns: SEEN_COLUMNS), by decision and contact.

    A decision stands while anything it said still does.
    """
    with ledger.reading() as connection:
        lines = _standing(connection, CONTACT_KINDS)
        standing = {matter: line.row for line in lines for matter in line.matters()}
        kinds = {row.decision_id: row.kind for row in standing.values()}
        found = connection.execute(select(decision_contact).order_by(*decision_contact.primary_key)).all()
    rows = [
        (r.decision_id, kinds[r.decision_id], r.contact_id, r.side, r.evidence) for r in found if r.decision_id in kinds
    ]
    return as_table(rows, SEEN_COLUMNS)


def statement_of(ledger: Ledger, decision_id: int) -> Statement:
    """What a decision on contacts said, as it was written down.

    Raises:
        UnknownMatterError: there is no such decision, or it is about something else.
    """
    with ledger.reading() as connection:
        lines = _lines(connection, select(decision).where(decision.c.decision_id == decision_id))
        wanted = select(decision_contact.c.contact_id, decision_contact.c.evidence)
        seen = connection.execute(wanted.where(decision_contact.c.decision_id == decision_id)).all()
    if not lines or lines[0].row.kind not in CONTACT_KINDS:
        raise UnknownMatterError(f"There is no decision {decision_id} on contacts.")
    said = lines[0].row
    hashes = {row.contact_id: row.evidence for row in seen}
    return Statement(said.kind, lines[0].left, lines[0].right, said.reason, voter=said.value, seen=hashes)


def voter_key(text: str) -> str:
    """`fl:123` as it is kept: the state's two letters in capitals, a colon, the voter id as text (decision 13).

    Raises:
        ValueError: it does not name a voter that way.
    """
    state, colon, voter_id = (part.strip() for part in text.strip().partition(":"))
    if not colon or len(state) != 2 or not state.isalpha() or not state.isascii() or not voter_id:
        raise ValueError(f"'{text}' names no voter: give the state's two letters and the voter id, for example FL:123.")
    return f"{state.upper()}:{voter_id}"


def standing_pairs(connection: Connection) -> dict[Pair, Row[Any]]:
    """For each pair the line that stands, inside a transaction that is open."""
    lines = _standing(connection, PAIR_KINDS)
    return {(matter[0], matter[1]): line.row for line in lines for matter in line.matters()}


def pairs_withdrawn(connection: Connection, kind: str) -> dict[Pair, Row[Any]]:
    """For each pair of which something was withdrawn, the newest line that withdrew it.

    Args:
        connection: of a transaction that is open.
        kind: what had been said.
    """
    taken = {line.row.decision_id: line for line in _lines(connection, select(decision).where(decision.c.kind == kind))}
    wanted = select(decision).where(decision.c.withdraws.is_not(None)).order_by(decision.c.decision_id)
    withdrawals = [row for row in connection.execute(wanted) if row.withdraws in taken]
    return {(m[0], m[1]): row for row in withdrawals for m in taken[row.withdraws].matters()}


def _one(ledger: Ledger, statement: Statement, now: datetime, actor: str) -> int:
    return decide(ledger, [statement], now=now, actor=actor)[0].decision_id


def _check(statement: Statement) -> None:
    if statement.kind not in CONTACT_KINDS:
        raise ValueError(f"'{statement.kind}' is none of {', '.join(CONTACT_KINDS)}.")
    if not statement.left or (statement.kind in PAIR_KINDS and not statement.right):
        raise ValueError("A decision names at least one contact on each side.")
    if set(statement.left) & set(statement.right):
        raise ValueError("A pair is two different contacts: one is on both sides.")
    if statement.kind in VOTER_KINDS:
        voter_key(statement.voter or "")


def _in_order(statement: Statement) -> Statement:
    """The side with the smallest contact comes first, the voter is spelled as it is kept."""
    left, right = tuple(sorted(set(statement.left))), tuple(sorted(set(statement.right)))
    if right and right < left:
        left, right = right, left
    voter = voter_key(statement.voter) if statement.voter else None
    return Statement(statement.kind, left, right, statement.reason, voter, statement.seen)


def _matters(kind: str, left: Sequence[str], right: Sequence[str], voter: str | None) -> Iterator[tuple[str, ...]]:
    if kind in PAIR_KINDS:
        for one, other in product(left, right):
            yield min(one, other), max(one, other)
    else:
        state, _, voter_id = (voter or "").partition(":")
        for contact in left:
            yield contact, state, voter_id


def _evidence(statement: Statement) -> str | None:
    """One hash over everything that was seen."""
    if not statement.seen:
        return None
    return sha256(json.dumps(sorted(statement.seen.items())).encode()).hexdigest()


def _add(connection: Connection, statement: Statement, said: dict[str, Any]) -> Row[Any]:
    line = {
        "kind": statement.kind,
        "subject": statement.left[0],
        "other": statement.right[0] if statement.right else None,
        "value": statement.voter,
        "evidence": _evidence(statement),
        "reason": statement.reason,
    }
    decision_id = inserted_id(connection, decision.insert().values(**line, **said))
    sides = {
        **dict.fromkeys(statement.seen, "beside"),
        **dict.fromkeys(statement.left, "left"),
        **dict.fromkeys(statement.right, "right"),
    }
    contacts = [
        {"decision_id": decision_id, "contact_id": contact, "side": side, "evidence": statement.seen.get(contact)}
        for contact, side in sorted(sides.items())
    ]
    connection.execute(decision_contact.insert(), contacts)
    return connection.execute(select(decision).where(decision.c.decision_id == decision_id)).one()


def _standing(connection: Connection, kinds: Iterable[str]) -> list[_Line]:
    """The lines of these kinds that were not withdrawn, oldest first: in a mapping by matter the newest stays."""
    withdrawn = select(decision.c.withdraws).where(decision.c.withdraws.is_not(None))
    wanted = select(decision).where(decision.c.kind.in_(list(kinds)), decision.c.decision_id.not_in(withdrawn))
    return _lines(connection, wanted)


def _lines(connection: Connection, wanted: Any) -> list[_Line]:
    rows = connection.execute(wanted.order_by(decision.c.decision_id)).all()
    sides: dict[int, dict[str, list[str]]] = {row.decision_id: {} for row in rows}
    for contact in connection.execute(select(decision_contact).order_by(decision_contact.c.contact_id)):
        if contact.decision_id in sides:
            sides[contact.decision_id].setdefault(contact.side, []).append(contact.contact_id)
    return [
        _Line(row, tuple(sides[row.decision_id].get("left", ())), tuple(sides[row.decision_id].get("right", ())))
        for row in rows
    ]


def _oldest_first(stands: Mapping[tuple[str, ...], Row[Any]]) -> list[tuple[tuple[str, ...], Row[Any]]]:
    return sorted(stands.items(), key=lambda item: item[1].decision_id)
