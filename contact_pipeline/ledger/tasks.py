"""What administrators said of a mentor of a season: trained, dropped, to get a new contact, or not. Kept as decisions.

Writing them down and telling which stand belongs here. What they lead to belongs to `dbt_like_sql/mentors/`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import pyarrow as pa

from contact_pipeline.ledger.decisions import add_decision, standing_decisions
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.pids import given_out, resolutions
from contact_pipeline.ledger.tabular import FLAG, TEXT, TIME, as_table

Task = Literal["training", "dropped", "new_contact"]
TASKS: tuple[Task, ...] = ("training", "dropped", "new_contact")

TASK_COLUMNS = {
    "person_id": TEXT,
    "season": TEXT,
    "task": TEXT,
    "done": FLAG,
    "decided_at": TIME,
    "actor": TEXT,
    "reason": TEXT,
}


def say_task(
    ledger: Ledger, task: Task, person_id: str, season: str, done: bool, *, now: datetime, actor: str, reason: str
) -> int:
    """A mentor is (not) trained, dropped out, or to get a new contact. Gives the decision's id; `undo` takes it back.

    A new contact is made in place of those that are gone in Givebutter.

    Raises:
        ValueError: what is given spells no PID.
        UnknownPidError: the PID was never given out here.
    """
    with ledger.writing() as connection:
        subject = given_out(connection, person_id)
        matter = {"kind": task, "subject": subject, "field": season, "value": "yes" if done else "no"}
        return add_decision(connection, matter, now=now, actor=actor, reason=reason)


def tasks_said(ledger: Ledger) -> pa.Table:
    """What stands, in order of PID (columns: TASK_COLUMNS). Of two people who became one the newer word counts."""
    with ledger.reading() as connection:
        stands_for = resolutions(connection)
        newest = {
            (stands_for.get(row.subject, row.subject), row.field, row.kind): row
            for row in standing_decisions(connection, TASKS)
        }
    found = [
        (person, season, task, row.value == "yes", row.decided_at, row.actor, row.reason)
        for (person, season, task), row in sorted(newest.items(), key=lambda item: item[0])
    ]
    return as_table(found, TASK_COLUMNS)
