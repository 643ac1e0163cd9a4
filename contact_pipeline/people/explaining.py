"""Why two records are, or are not, one person, told from the published snapshot.

Finding the two records and what stands about them belongs here; weighing evidence belongs to `identity`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import duckdb

from contact_pipeline.config import Settings
from contact_pipeline.identity.explanation import Explanation, explain
from contact_pipeline.identity.parameters import model_from_json
from contact_pipeline.ledger.pid_code import read_pid, valid_pid
from contact_pipeline.warehouse.publish import open_published


class UnknownRecordError(Exception):
    """No record or person of that id is in the snapshot."""


@dataclass(frozen=True)
class Told:
    """An explanation with whom the two records belong to today."""

    a: str
    b: str
    person_a: str
    person_b: str
    explanation: Explanation

    @property
    def same_person(self) -> bool:
        """Whether both belong to one person in the snapshot."""
        return self.person_a == self.person_b

    def as_json(self) -> dict[str, Any]:
        """Plain data: a, b, person_a, person_b, same_person, and the explanation's own keys."""
        return {
            "a": self.a,
            "b": self.b,
            "person_a": self.person_a,
            "person_b": self.person_b,
            "same_person": self.same_person,
            **self.explanation.as_json(),
        }

    def as_text(self) -> str:
        """A few lines for people."""
        state = f"both belong to {self.person_a}" if self.same_person else f"{self.person_a} and {self.person_b}"
        told = self.explanation
        housemates = told.rival == "housemates"
        prior = told.housemate_prior if housemates else told.stranger_prior
        lines = [
            f"{self.a} and {self.b}",
            f"Today: {state}.",
            told.sentence,
            "",
            f"Bits for one person, against two {told.rival}:",
            f"  {prior:+7.1f}  before anything is compared",
        ]
        for field in told.fields:
            weight = field.housemate_weight if housemates else field.stranger_weight
            lines.append(f"  {weight:+7.1f}  {field.field}: {field.finding}")
        lines.append(
            f"  {told.match_weight:+7.1f}  together, against every rival: {told.match_probability:.4f} probable"
        )
        return "\n".join(lines)


def explain_records(settings: Settings, a: str, b: str) -> Told:
    """Weigh two records against each other; a PID stands for the person's record that compares best with the other.

    Raises:
        NothingPublishedError: there is no snapshot.
        UnknownRecordError: one of the two is not in it.
    """
    with open_published(settings.published) as connection:
        records_a, records_b = _records(connection, a), _records(connection, b)
        model = model_from_json(json.loads(connection.execute("select model from identity.model").fetchall()[0][0]))
        best: tuple[str, str, Explanation] | None = None
        for left in records_a:
            for right in records_b:
                if left != right:
                    told = explain(connection, "identity.evidence", model, left, right)
                    if best is None or told.match_weight > best[2].match_weight:
                        best = (left, right, told)
        if best is None:
            raise UnknownRecordError("Both are the same record.")
        people = dict(
            connection.execute(
                "select contact_id, person_id from people.crosswalk where contact_id in (?, ?)", [best[0], best[1]]
            ).fetchall()
        )
    return Told(best[0], best[1], people[best[0]], people[best[1]], best[2])


def _records(connection: duckdb.DuckDBPyConnection, asked: str) -> list[str]:
    text = asked.strip()
    condition = "x.contact_id = ? or x.record_id = ?"
    values = [text, text]
    if ":" not in text and valid_pid(text):
        condition, values = "x.person_id = ? or x.record_id = ?", [read_pid(text), text]
    rows = connection.execute(
        f"select x.contact_id from people.crosswalk as x join identity.evidence as e on x.contact_id = e.record_id "
        f"where {condition} order by 1 limit 10",
        values,
    ).fetchall()
    if not rows:
        raise UnknownRecordError(
            f"No record or person '{text}' is in the snapshot. Give a PID, a record id (givebutter.contacts:1), "
            "or find one with: contact-pipeline people find NAME"
        )
    return [row[0] for row in rows]
