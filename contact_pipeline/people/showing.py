"""One person's values, each with where it came from and why it was chosen, told from the published snapshot.

Reading provenance for people belongs here; choosing values is SQL (`people.field_value`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb

from contact_pipeline.ledger.pid_code import read_pid, valid_pid

WHY = {
    "locked": "locked by a human, whatever any source says",
    "chosen": "chosen by a human",
    "same": "both sides say so",
    "ours": "ours: Givebutter has not changed it since both last agreed",
    "theirs": "changed in Givebutter since both last agreed",
    "conflict": "ours, while the conflict is open (contact-pipeline conflicts)",
}
"""`people.field_value.chosen_because` in words; where it is empty, ownership and the latest statement decided."""

VALUES = """
select v.field, v.value, v.rank, v.source, v.entity, v.contact_id, v.said_at, v.chosen_because,
       d.decision_id, d.decided_by, d.reason
from people.field_value as v
left join people.decided_value as d
    on v.person_id = d.person_id and v.field = d.field and v.source = 'decision'
where v.person_id = ?
order by v.field, v.rank
"""


_MOST_MERGES = 100
"""No PID was taken in so often, one after the other; the ledger's are never in a circle."""


class UnknownPersonError(LookupError):
    """No such person is in the snapshot."""


@dataclass(frozen=True)
class ShownValue:
    """One value of a field: rank 1 is shown, the others lost to it."""

    field: str
    value: str
    rank: int
    source: str
    entity: str
    contact_id: str
    said_at: datetime | None
    chosen_because: str | None
    decision_id: int | None
    decided_by: str | None
    reason: str | None

    @property
    def why(self) -> str:
        """Why it was chosen, or lost, in words."""
        if self.decision_id is not None:
            word = "locked" if self.entity == "lock" else "said"
            return f"{word} by {self.decided_by}: {self.reason} (decision {self.decision_id})"
        if self.rank > 1:
            return ""
        return WHY.get(self.chosen_because or "", "its source's word counts first here")

    @property
    def origin(self) -> str:
        """Where it comes from."""
        return "a human" if self.source == "decision" else self.contact_id

    def as_json(self) -> dict[str, Any]:
        """Plain data: the attributes, and `why`."""
        return {**asdict(self), "why": self.why}


def pid_today(connection: duckdb.DuckDBPyConnection, pid: str) -> str:
    """The PID that stands for a PID in the snapshot: itself, or the one that took it in."""
    today = read_pid(pid)
    for _ in range(_MOST_MERGES):
        found = connection.execute(
            """
            select arg_max(new_pid, event_id) from people.pid_change
            where kind = 'absorbed' and old_pid = $pid
                and $pid not in (select person_id from people.crosswalk)
            """,
            {"pid": today},
        ).fetchall()[0][0]
        if found is None:
            break
        today = str(found)
    return today


def values_of(connection: duckdb.DuckDBPyConnection, asked: str) -> tuple[str, list[ShownValue]]:
    """The PID and every value of a person, named by PID or by a contact's id.

    Raises:
        UnknownPersonError: nobody of that name is in the snapshot.
    """
    text = asked.strip()
    by_pid = ":" not in text and valid_pid(text)
    condition, value = ("person_id = ?", pid_today(connection, text)) if by_pid else ("contact_id = ?", text)
    found = connection.execute(f"select person_id from people.crosswalk where {condition} limit 1", [value]).fetchall()
    if not found:
        raise UnknownPersonError(f"'{asked}' is in no published snapshot. Find one: contact-pipeline people find NAME")
    person = str(found[0][0])
    return person, [ShownValue(*row) for row in connection.execute(VALUES, [person]).fetchall()]
