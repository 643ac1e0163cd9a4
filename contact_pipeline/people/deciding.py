"""Deciding: from what a human typed (PIDs, contact ids, decision numbers) to lines in the ledger, and back.

Reading wishes, finding the contacts they mean and what those say today, and answering for every wish belong here. What
a line means afterwards belongs to `ledger.contact_decisions`; what follows belongs to the next run.

A wish about a person is about the contacts the published snapshot shows for that person: that is what the human saw.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb
from sqlalchemy import Connection, Row

from contact_pipeline.ledger import Ledger
from contact_pipeline.ledger.contact_decisions import (
    PAIR_KINDS,
    VOTER_KINDS,
    Pair,
    Statement,
    active_pairs,
    decide_in,
    next_bulk,
    standing_pairs,
    statement_of,
    voter_key,
)
from contact_pipeline.ledger.decisions import decisions_of, take_back
from contact_pipeline.ledger.pids import UnknownPidError, contacts_at_home, events, read_pid, resolve, valid_pid

KINDS = {
    "same": "same",
    "different": "different",
    "voter": "voter",
    "not-voter": "not_voter",
    "confirm": "confirm",
    "undo": "undo",
}
"""What a human may wish, as it is typed, and what it is called."""

CSV_COLUMNS = ("decision", "a", "b", "reason")


class WishError(ValueError):
    """A wish cannot be understood or makes no sense; the text says why and what to type."""


@dataclass(frozen=True)
class Wish:
    """What a human asked for.

    Attributes:
        kind: a key of KINDS.
        a: a PID, a contact id, a decision's number or a bulk (`B7`).
        b: a PID, a contact id or a voter (`FL:123`); blank where the kind needs none.
        reason: why.
        line: line of the file it came from.
    """

    kind: str
    a: str
    b: str
    reason: str
    line: int | None = None


@dataclass(frozen=True)
class Answer:
    """What became of a wish.

    Attributes:
        line: line of the file it came from, where it came from one.
        kind: what was wished.
        a: as typed.
        b: as typed.
        outcome: `decided`, `stood already` or `refused`.
        decisions: numbers of the decisions that say it now.
        message: what happened, in words.
    """

    line: int | None
    kind: str
    a: str
    b: str
    outcome: str
    decisions: list[int]
    message: str

    def as_json(self) -> dict[str, Any]:
        """Plain data with the attributes as keys."""
        return asdict(self)


@dataclass(frozen=True)
class _Act:
    """What a wish comes down to: statements to write, decisions to take back."""

    statements: tuple[Statement, ...] = ()
    withdrawn: tuple[int, ...] = ()


def read_wishes(text: str, *, reason: str | None = None) -> list[Wish]:
    """Wishes of a CSV file with the columns decision, a, b and reason; every line with something in it is one.

    Args:
        text: the file's content.
        reason: stands where a line has none.

    Raises:
        WishError: a column is missing.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in CSV_COLUMNS[:2] if name not in (reader.fieldnames or ())]
    if missing:
        raise WishError(f"The file has no column '{missing[0]}'; it needs decision, a, b, reason.")
    wishes = []
    for row in reader:
        cells = [str(row.get(name) or "").strip() for name in CSV_COLUMNS]
        if any(cells):
            wishes.append(Wish(cells[0].lower(), cells[1], cells[2], cells[3] or reason or "", reader.line_num))
    return wishes


def carry_out(
    ledger: Ledger,
    snapshot: duckdb.DuckDBPyConnection,
    wishes: Sequence[Wish],
    *,
    now: datetime,
    actor: str,
    join_threshold: float,
    bulk: bool = False,
) -> tuple[list[Answer], str | None]:
    """Writes down every wish that makes sense, in one transaction, and answers for each of them in order.

    Args:
        ledger: the ledger.
        snapshot: the published snapshot, read-only.
        wishes: what was asked for.
        now: when.
        actor: by whom.
        join_threshold: probability from which two contacts join by themselves: an undone merge must not come back.
        bulk: whether they are to be undone together.

    Returns:
        An answer per wish, and the name of the bulk, if anything new was written as one.
    """
    acts = [_act(ledger, snapshot, wish, join_threshold) for wish in wishes]
    with ledger.writing() as connection:
        name = next_bulk(connection) if bulk else None
        said = {"now": now, "actor": actor, "bulk": name}
        stood = standing_pairs(connection)
        answers = [_answer(connection, wish, act, said, stood) for wish, act in zip(wishes, acts, strict=True)]
    return answers, name if any(answer.outcome == "decided" for answer in answers) else None


def _act(ledger: Ledger, snapshot: duckdb.DuckDBPyConnection, wish: Wish, join_threshold: float) -> _Act | str:
    """What a wish comes down to, or why it is refused."""
    try:
        if not wish.reason.strip():
            raise WishError("A decision needs a reason: --reason, or the column reason.")
        if wish.kind not in KINDS:
            raise WishError(f"'{wish.kind}' is none of {', '.join(KINDS)}.")
        meaning = _Meaning(ledger, snapshot, join_threshold)
        kind = KINDS[wish.kind]
        if kind == "undo":
            return meaning.undo(wish)
        return _Act((meaning.confirm(wish) if kind == "confirm" else meaning.statement(kind, wish),))
    except (ValueError, LookupError) as error:
        return str(error)


def _answer(
    connection: Connection, wish: Wish, act: _Act | str, said: Mapping[str, Any], stood: Mapping[Pair, Row[Any]]
) -> Answer:
    """Does what a wish comes down to; `stood` is what was said about pairs before."""
    if isinstance(act, str):
        return Answer(wish.line, wish.kind, wish.a, wish.b, "refused", [], act)
    written = decide_in(connection, act.statements, **said)
    back = [take_back(connection, number, reason=wish.reason, **said) for number in act.withdrawn]
    numbers = sorted({*back, *(line.decision_id for line in written)})
    outcome = "decided" if back or any(line.new for line in written) else "stood already"
    message = f"Decision {', '.join(map(str, numbers))}: holds from the next run on."
    before = [stood.get(pair) for one in act.statements for pair in one.pairs() if one.kind in PAIR_KINDS]
    turned = sorted({row.decision_id for row in before if row is not None and row.kind != KINDS.get(wish.kind)})
    if turned and wish.kind != "undo":
        message += f" Until now decision {', '.join(map(str, turned))} said the opposite."
    return Answer(wish.line, wish.kind, wish.a, wish.b, outcome, numbers, message)


@dataclass(frozen=True)
class _Meaning:
    """Finds what typed words mean in one workspace."""

    ledger: Ledger
    snapshot: duckdb.DuckDBPyConnection
    join_threshold: float

    def statement(self, kind: str, wish: Wish) -> Statement:
        """The statement of a wish about a pair or a voter."""
        left = self.contacts(wish.a)
        if kind in VOTER_KINDS:
            return Statement(kind, tuple(left), (), wish.reason, voter=voter_key(wish.b), seen=self.seen(left))
        right = self.contacts(wish.b)
        both = set(left) & set(right)
        if both and len(left) != len(right) and kind == "different":
            left, right = sorted(set(left) - both) or left, sorted(set(right) - both) or right
        if set(left) & set(right):
            raise WishError(
                f"{wish.a} and {wish.b} are one person already. To part a merge: contact-pipeline undo PID; to part "
                "single contacts, name them by their ids."
            )
        return Statement(kind, tuple(left), tuple(right), wish.reason, seen=self.seen([*left, *right]))

    def confirm(self, wish: Wish) -> Statement:
        """The same decision again, on what its contacts say today."""
        said = statement_of(self.ledger, *_some(decisions_of(self.ledger, decision_id=_number(wish.a)), wish.a))
        today = self.seen([*said.left, *said.right])
        return Statement(said.kind, said.left, said.right, wish.reason, voter=said.voter, seen=today)

    def undo(self, wish: Wish) -> _Act:
        """What takes back a decision, a bulk, or a merge."""
        asked = wish.a.strip()
        if asked[:1] in "Bb" and asked[1:].isdigit():
            return _Act(withdrawn=tuple(_some(decisions_of(self.ledger, bulk=asked.upper()), asked)))
        if valid_pid(asked) and (not asked.isdigit() or self.is_given_out(asked)):
            return self.undo_merge(read_pid(asked), wish.reason)
        return _Act(withdrawn=tuple(_some(decisions_of(self.ledger, decision_id=_number(asked)), asked)))

    def undo_merge(self, asked: str, reason: str) -> _Act:
        """Takes back what joined a PID to another, and keeps the two apart where evidence alone would join them."""
        gone, stands = self.merge_of(asked)
        inside = contacts_at_home(self.ledger, gone)
        rest = [contact for contact in self.contacts(stands) if contact not in inside]
        if not inside or not rest:
            raise WishError(f"{gone} and {stands} share no contacts that could be parted.")
        joined = {
            row["decision_id"]
            for row in active_pairs(self.ledger).to_pylist()
            if row["kind"] == "same"
            and (row["contact_id_l"] in inside) != (row["contact_id_r"] in inside)
            and {row["contact_id_l"], row["contact_id_r"]} <= {*inside, *rest}
        }
        apart = Statement("different", tuple(inside), tuple(rest), reason, seen=self.seen([*inside, *rest]))
        return _Act((apart,) if not joined or self.would_join(inside, rest) else (), tuple(sorted(joined)))

    def is_given_out(self, asked: str) -> bool:
        """Whether a PID of digits alone is one, and not the number of a decision (`#123456` always is)."""
        try:
            resolve(self.ledger, asked)
        except UnknownPidError:
            return False
        return True

    def merge_of(self, asked: str) -> tuple[str, str]:
        """The absorbed PID that is meant, and the one that stands for it."""
        stands = resolve(self.ledger, asked)
        if stands != asked:
            return asked, stands
        taken = [row["other_pid"] for row in events(self.ledger, of=asked).to_pylist() if row["kind"] == "merged"]
        gone = sorted({pid for pid in taken if resolve(self.ledger, pid) == asked})
        if len(gone) != 1:
            known = f"Say which: {', '.join(gone)}." if gone else "Nothing was merged into it."
            raise WishError(f"There is no single merge to undo at {asked}. {known}")
        return gone[0], asked

    def contacts(self, asked: str) -> list[str]:
        """The contacts of a PID, or the contact itself.

        Raises:
            WishError: the snapshot does not know it.
        """
        if ":" not in asked and not valid_pid(asked):
            raise WishError(
                f"'{asked}' is not a PID (6 or 7 letters and digits, the last of which is a check character) and no "
                "contact id such as givebutter.contacts:1. Find one: contact-pipeline people find NAME."
            )
        if ":" in asked:
            condition, value = "contact_id = ?", asked.strip()
        else:
            condition, value = "person_id = ?", resolve(self.ledger, asked)
        rows = self.snapshot.execute(
            f"select contact_id from people.crosswalk where {condition} order by 1", [value]
        ).fetchall()
        if not rows:
            raise WishError(f"'{asked}' is in no published snapshot. Find one: contact-pipeline people find NAME.")
        return [row[0] for row in rows]

    def seen(self, named: Sequence[str]) -> dict[str, str | None]:
        """What every contact of the people the named contacts belong to says today, as hashes."""
        rows = self.snapshot.execute(
            "select x.contact_id, h.evidence_hash from people.crosswalk as x "
            "left join identity.evidence_hash as h on x.contact_id = h.contact_id where x.person_id in "
            "(select person_id from people.crosswalk where contact_id in (select unnest(?::varchar[])))",
            [list(named)],
        ).fetchall()
        return dict(rows)

    def would_join(self, one: Sequence[str], other: Sequence[str]) -> bool:
        """Whether evidence alone joins a contact of the one side with a contact of the other."""
        rows = self.snapshot.execute(
            "select count(*) from identity.pair where match_probability >= ? and asked_because is null and "
            "((record_id_l in (select unnest(?::varchar[])) and record_id_r in (select unnest(?::varchar[]))) or "
            "(record_id_r in (select unnest(?::varchar[])) and record_id_l in (select unnest(?::varchar[]))))",
            [self.join_threshold, list(one), list(other), list(one), list(other)],
        ).fetchall()
        return bool(rows[0][0])


def obvious_wishes(snapshot: duckdb.DuckDBPyConnection, answered: set[tuple[str, str]], reason: str) -> Iterator[Wish]:
    """A wish for every question of the queue that is obvious and was not answered since (`people.review`)."""
    rows = snapshot.execute(
        "select person_l, person_r, contact_id_l, contact_id_r from people.review where obvious order by position"
    ).fetchall()
    for person_l, person_r, one, other in rows:
        if (min(one, other), max(one, other)) not in answered:
            yield Wish("same", person_l, person_r, reason)


def answered_pairs(ledger: Ledger) -> set[tuple[str, str]]:
    """Every pair of contacts somebody judged, smaller id first."""
    return {(row["contact_id_l"], row["contact_id_r"]) for row in active_pairs(ledger).to_pylist()}


def _number(text: str) -> int:
    digits = text.strip().removeprefix("#")
    if not digits.isdigit():
        raise WishError(f"'{text}' is neither a decision's number, a bulk such as B7, nor a PID.")
    return int(digits)


def _some(numbers: list[int], asked: str) -> list[int]:
    if not numbers:
        raise WishError(f"No decision stands at {asked}: there is none, or it was undone.")
    return numbers
