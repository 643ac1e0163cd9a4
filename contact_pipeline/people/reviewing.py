"""The review queue as people read it: each question in a plain sentence, with what to type.

Reading `people.review` and putting it into words belongs here; its order and what counts as obvious are in the SQL
model, answers belong to `people.deciding`.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

COLUMNS = (
    "position", "group_id", "person_l", "person_r", "contact_id_l", "contact_id_r", "kind", "match_probability", "harm",
    "money", "in_season", "exports", "contacts", "speaks_for", "speaks_against", "obvious",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """One question of the queue: the columns of `people.review` and the names of the two people."""

    position: int
    group_id: str
    person_l: str
    person_r: str
    contact_id_l: str
    contact_id_r: str
    kind: str
    match_probability: float
    harm: int
    money: float
    in_season: bool
    exports: int
    contacts: int
    speaks_for: list[str]
    speaks_against: list[str]
    obvious: bool
    name_l: str
    name_r: str

    @property
    def sentence(self) -> str:
        """Why they may be one person, and what speaks against it."""
        sure = f"{min(self.match_probability, 0.999):.1%} likely"
        against = f" Against it: {', '.join(self.speaks_against)}." if self.speaks_against else ""
        if self.kind == "kept apart":
            return f"Kept apart by a rule, though {sure} one person: {', '.join(self.speaks_for) or 'alike'}.{against}"
        return f"Perhaps one person ({sure}): {', '.join(self.speaks_for) or 'alike as a whole'}.{against}"

    @property
    def stakes(self) -> str:
        """What depends on the answer."""
        parts = [
            f"{self.money:,.0f} dollars" if self.money else "",
            "a mentor of the season" if self.in_season else "",
            f"{self.exports:,} past exports" if self.exports else "",
            f"{self.contacts} contacts",
        ]
        return ", ".join(filter(None, parts))

    @property
    def commands(self) -> list[str]:
        """What to type to answer."""
        return [
            f"contact-pipeline decide {kind} {self.person_l} {self.person_r} --reason …"
            for kind in ("same", "different")
        ]

    def as_json(self) -> dict[str, Any]:
        """Plain data: the attributes, sentence, stakes and commands."""
        return {**asdict(self), "sentence": self.sentence, "stakes": self.stakes, "commands": self.commands}


def questions(
    snapshot: duckdb.DuckDBPyConnection, answered: Set[tuple[str, str]], *, limit: int | None = None
) -> tuple[list[Question], int]:
    """The first questions of the queue, and how many there are, those answered since the last run left out.

    Args:
        snapshot: the published snapshot.
        answered: pairs of contacts somebody judged, smaller id first.
        limit: how many at the most.
    """
    name = "coalesce(nullif(concat_ws(' ', {0}.first_name, {0}.last_name, {0}.suffix), ''), 'no name')"
    rows = snapshot.execute(
        f"select {', '.join(f'q.{column}' for column in COLUMNS)}, {name.format('l')}, {name.format('r')} "
        "from people.review as q left join people.person as l on q.person_l = l.person_id "
        "left join people.person as r on q.person_r = r.person_id order by q.position"
    ).fetchall()
    found = [Question(*row) for row in rows]
    still_open = [q for q in found if tuple(sorted((q.contact_id_l, q.contact_id_r))) not in answered]
    return still_open[:limit], len(still_open)
