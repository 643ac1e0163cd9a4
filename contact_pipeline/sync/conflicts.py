"""Conflicts between the forms and Givebutter: which are open, and what a human's answer comes down to.

Reading them from the published snapshot and turning an answer into values belongs here. Finding them is SQL
(`dbt_like_sql/sync/`), writing answers down the ledger's (`ledger.settling`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import duckdb

from contact_pipeline.ledger import Ledger
from contact_pipeline.ledger.decisions import active_values
from contact_pipeline.ledger.issues import issues
from contact_pipeline.ledger.settling import Settlement
from contact_pipeline.normalize.one_value import normalise
from contact_pipeline.people.ownership import field_rules

Choice = Literal["keep-ours", "accept-theirs", "lock", "later"]

ID_LENGTH = 10
"""Characters of the fingerprint that are shown and asked for; fewer will do where they are enough."""

READINGS = {"phone": "phone", "email set": "email", "date": "date"}
"""Comparison of a field to the normaliser that reads its values; others stand as they were written."""

OPEN = """
select fingerprint, person_id, mentor_id, contact_id, field, ours, theirs, base, changed_by, owner, suggestion, advice,
       since
from sync.conflict
order by field, person_id
"""


class ConflictError(ValueError):
    """An answer cannot be taken; the text says why and what to type."""


@dataclass(frozen=True)
class Conflict:
    """One field in which the two sides differ; the attributes are the columns of `sync.conflict`.

    `resolution` is `later` where somebody put it off.
    """

    fingerprint: str
    person_id: str
    mentor_id: str | None
    contact_id: str
    field: str
    ours: str
    theirs: str
    base: str | None
    changed_by: str
    owner: str
    suggestion: str
    advice: str
    since: datetime
    resolution: str | None

    @property
    def id(self) -> str:
        """The beginning of the fingerprint, by which it is named."""
        return self.fingerprint[:ID_LENGTH]

    def as_json(self) -> dict[str, Any]:
        """Plain data: the attributes, and `id`."""
        return {"id": self.id, **asdict(self)}


def open_conflicts(
    snapshot: duckdb.DuckDBPyConnection, ledger: Ledger, *, field: str | None = None, put_off_too: bool = False
) -> list[Conflict]:
    """The conflicts of the published snapshot that nobody answered since, by field and person.

    Args:
        snapshot: the published snapshot.
        ledger: the ledger, for answers that no run has followed yet.
        field: only this field.
        put_off_too: those also that somebody put off.
    """
    followed = {row[0] for row in snapshot.execute("select decision_id from people.decided_value").fetchall()}
    answered = {
        (row["subject"], row["field"])
        for row in active_values(ledger).to_pylist()
        if row["decision_id"] not in followed
    }
    said = {row["fingerprint"]: row["resolution"] for row in issues(ledger, open_only=True).to_pylist()}
    found = [Conflict(*(*row, said.get(row[0]))) for row in snapshot.execute(OPEN).fetchall()]
    return [
        one
        for one in found
        if (one.person_id, one.field) not in answered
        and field in (None, one.field)
        and (put_off_too or one.resolution is None)
    ]


def chosen(conflicts: Sequence[Conflict], ids: Collection[str]) -> list[Conflict]:
    """The conflicts whose fingerprints begin so, in that order.

    Raises:
        ConflictError: nothing, or more than one, begins so.
    """
    picked = []
    for given in ids:
        named = [one for one in conflicts if given and one.fingerprint.startswith(given.strip().lower())]
        if len(named) != 1:
            raise ConflictError(
                f"{'Several open conflicts begin' if named else 'No open conflict begins'} with '{given}'. "
                "They are listed by: contact-pipeline conflicts"
            )
        picked += named
    return picked


def settlement(conflict: Conflict, choice: Choice, *, value: str | None = None, region: str = "US") -> Settlement:
    """What a choice comes down to for one conflict.

    Args:
        conflict: the conflict.
        choice: keep-ours or accept-theirs hold until a side says something new; lock holds for good; later asks again
            when it changes.
        value: a value of one's own, for a lock; ours where it is missing.
        region: assumed for phone numbers without a country code.

    Raises:
        ConflictError: the value is none the field can hold. The value itself is not repeated.
    """
    about = (conflict.person_id, conflict.field)
    if choice == "later":
        return Settlement(*about, None, False, conflict.fingerprint)
    wanted = conflict.theirs if choice == "accept-theirs" else value if choice == "lock" and value else conflict.ours
    return Settlement(*about, _in_normal_form(conflict.field, wanted, region), choice == "lock", conflict.fingerprint)


def _in_normal_form(field: str, value: str, region: str) -> str:
    reading = READINGS.get(field_rules()[field].compare)
    if reading is None:
        return value.strip()
    read = normalise(reading, value, region)
    if not read.valid or read.normalised is None:
        raise ConflictError(f"That is no value for {field}: {read.reason}.")
    return read.normalised
