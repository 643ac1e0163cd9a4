"""Why two records are, or are not, one person, told from the published snapshot.

Finding the two records and what stands about them belongs here; weighing evidence belongs to `identity`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from contact_pipeline.config import Settings
from contact_pipeline.identity.bridges import Bridge, weakest_bridge
from contact_pipeline.identity.explanation import Decided, Explanation, explain_pairs, pairs_between
from contact_pipeline.identity.parameters import Model, model_from_json
from contact_pipeline.ledger.pid_code import valid_pid
from contact_pipeline.people.showing import pid_today, values_of
from contact_pipeline.people.voter_telling import ToldVoter, tell_voter
from contact_pipeline.warehouse.publish import open_published

EVIDENCE = "identity.evidence"

NAME = "coalesce(nullif(concat_ws(' ', first_name, last_name, suffix), ''), 'no name')"
"""SQL over the evidence: the name a record goes by, as it is compared."""

MOST_RECORDS = 60
"""Records of one person that are weighed against each other: 1,770 pairs. Nobody has so many; a mistake may."""


class UnknownRecordError(Exception):
    """No record or person of that id is in the snapshot."""


@dataclass(frozen=True)
class Told:
    """An explanation with whom the two records belong to today, and by what names the records go."""

    a: str
    b: str
    name_a: str
    name_b: str
    person_a: str
    person_b: str
    explanation: Explanation

    @property
    def same_person(self) -> bool:
        """Whether both belong to one person in the snapshot."""
        return self.person_a == self.person_b

    def as_json(self) -> dict[str, Any]:
        """Plain data: a, b, name_a, name_b, person_a, person_b, same_person, and the explanation's own keys."""
        return {
            "a": self.a,
            "b": self.b,
            "name_a": self.name_a,
            "name_b": self.name_b,
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
            f"{self.name_a} ({self.a}) and {self.name_b} ({self.b})",
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


@dataclass(frozen=True)
class ToldPerson:
    """What holds a person's records together.

    Attributes:
        person: the PID.
        records: the records that were weighed, sorted.
        record_count: how many the person has.
        pairs: every pair of them.
        bridge: the weakest link, or None where there is one record only.
        voter: who the person is in the voter file.
        decided: values a human locked or chose: field, value and why.
    """

    person: str
    records: tuple[str, ...]
    record_count: int
    pairs: tuple[Explanation, ...]
    bridge: Bridge | None
    voter: ToldVoter
    decided: tuple[tuple[str, str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain data: person, records, record_count, pairs, bridge, voter, decided."""
        return {
            "person": self.person,
            "records": list(self.records),
            "record_count": self.record_count,
            "pairs": [pair.as_json() for pair in self.pairs],
            "bridge": asdict(self.bridge) if self.bridge else None,
            "voter": self.voter.as_json(),
            "decided": [dict(zip(("field", "value", "why"), one, strict=True)) for one in self.decided],
        }

    def as_text(self) -> str:
        """A few lines for people."""
        if self.bridge is None:
            only = f"{self.person} has one record, {self.records[0]}: nothing was joined."
            return "\n".join([only, "", *self._decided_lines(), self.voter.as_text()])
        lines = [f"{self.person} has {self.record_count} records; the strongest reason for each pair:"]
        for pair in sorted(self.pairs, key=lambda pair: -pair.match_weight):
            best = max(pair.fields, key=lambda field: min(field.stranger_weight, field.housemate_weight))
            reason = pair.decided or best.finding
            lines.append(f"  {pair.match_weight:+7.1f}  {pair.record_a} – {pair.record_b}: {reason} ({pair.band})")
        one, other = self.bridge.sides
        bridge = self.bridge
        lines += [
            "",
            f"Weakest bridge: {bridge.record_a} – {bridge.record_b} ({bridge.match_weight:+.1f} bits) holds "
            f"{len(one)} and {len(other)} records together.",
            f"Without it: {', '.join(one)} | {', '.join(other)}",
            f"Why it holds: contact-pipeline explain {bridge.record_a} {bridge.record_b}",
            "",
            *self._decided_lines(),
            self.voter.as_text(),
        ]
        return "\n".join(lines)

    def _decided_lines(self) -> list[str]:
        lines = [f"{field} is {value}: {why}" for field, value, why in self.decided]
        return [*lines, ""] if lines else []


def explain_records(settings: Settings, a: str, b: str) -> Told:
    """Weigh two records against each other; a PID stands for the person's record that compares best with the other.

    Raises:
        NothingPublishedError: there is no snapshot.
        UnknownRecordError: one of the two is not in it.
    """
    with open_published(settings.published) as connection:
        pairs = pairs_between(_records(connection, a), _records(connection, b))
        if not pairs:
            raise UnknownRecordError("Both are the same record.")
        told = max(_told(connection, settings, pairs), key=lambda pair: pair.match_weight)
        known = {
            contact: (name.title(), person)
            for contact, name, person in connection.execute(
                f"select contact_id, {NAME}, person_id from people.crosswalk as x "
                f"join {EVIDENCE} as e on x.contact_id = e.record_id where contact_id in (?, ?)",
                [told.record_a, told.record_b],
            ).fetchall()
        }
    (name_a, person_a), (name_b, person_b) = known[told.record_a], known[told.record_b]
    return Told(told.record_a, told.record_b, name_a, name_b, person_a, person_b, told)


def names_of(settings: Settings, records: list[str]) -> dict[str, str]:
    """The name each of the records goes by in the snapshot.

    Raises:
        NothingPublishedError: there is no snapshot.
    """
    with open_published(settings.published) as connection:
        found = connection.execute(
            f"select record_id, {NAME} from {EVIDENCE} where list_contains(?, record_id)", [records]
        ).fetchall()
    return {record: name.title() for record, name in found}


def explain_person(settings: Settings, asked: str) -> ToldPerson:
    """What holds a person's records together (every pair weighed, the weakest bridge), and the person's voter.

    Args:
        settings: the workspace's.
        asked: a PID, or the id of one of the person's records.

    Raises:
        NothingPublishedError: there is no snapshot.
        UnknownRecordError: the person is not in it.
    """
    with open_published(settings.published) as connection:
        first = _records(connection, asked)[0]
        found = connection.execute(
            "select contact_id, person_id from people.crosswalk "
            "where person_id = (select person_id from people.crosswalk where contact_id = ?) order by contact_id",
            [first],
        ).fetchall()
        records = [row[0] for row in found][:MOST_RECORDS]
        edges = _told(connection, settings, pairs_between(records, records)) if len(records) > 1 else []
        voter = tell_voter(connection, found[0][1])
        values = values_of(connection, found[0][1])[1]
    decided = tuple((one.field, one.value, one.why) for one in values if one.decision_id is not None)
    bridge = weakest_bridge(records, edges)
    return ToldPerson(found[0][1], tuple(records), len(found), tuple(edges), bridge, voter, decided)


def chart_pair(settings: Settings, told: Told, path: Path) -> Path:
    """Write the waterfall chart of an explained pair; gives the path.

    Raises:
        NothingPublishedError: there is no snapshot.
    """
    from contact_pipeline.identity.charts import write_waterfall

    with open_published(settings.published) as connection:
        return write_waterfall(connection, EVIDENCE, _model(connection), told.a, told.b, path)


def _model(connection: duckdb.DuckDBPyConnection) -> Model:
    return model_from_json(json.loads(connection.execute("select model from identity.model").fetchall()[0][0]))


def _told(connection: duckdb.DuckDBPyConnection, settings: Settings, pairs: list[tuple[str, str]]) -> list[Explanation]:
    return explain_pairs(
        connection,
        EVIDENCE,
        _model(connection),
        pairs,
        join_threshold=settings.join_threshold,
        review_threshold=settings.review_threshold,
        birth_year_gap=settings.birth_year_gap,
        decided=_decided(connection, pairs),
    )


def _decided(connection: duckdb.DuckDBPyConnection, pairs: list[tuple[str, str]]) -> dict[tuple[str, str], Decided]:
    """What humans decided about these pairs, as the run that made the snapshot obeyed it."""
    wanted = sorted({record for pair in pairs for record in pair})
    rows = connection.execute(
        "select contact_id_l, contact_id_r, kind, decision_id from identity.decision "
        "where list_contains($wanted, contact_id_l) and list_contains($wanted, contact_id_r)",
        {"wanted": wanted},
    ).fetchall()
    said = {"same": "they are one person", "different": "they are two people"}
    return {(a, b): Decided(kind == "same", f"a human said {said[kind]} (decision {n})") for a, b, kind, n in rows}


def _records(connection: duckdb.DuckDBPyConnection, asked: str) -> list[str]:
    text = asked.strip()
    condition = "x.contact_id = ? or x.record_id = ?"
    values = [text, text]
    if ":" not in text and valid_pid(text):
        condition, values = "x.person_id = ? or x.record_id = ?", [pid_today(connection, text), text]
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
