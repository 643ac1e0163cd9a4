"""Explanation: why two records are, or are not, one person, in words and weights.

Scoring one pair exactly as a run would, and saying it, belong here. It works on any pair, also one that blocking never
brought together, and only reads: a read-only snapshot will do.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from contact_pipeline.identity.blocking import build_candidates, rule_name
from contact_pipeline.identity.cannot_link import read_facts, reason_apart, rules_for
from contact_pipeline.identity.features import PROVIDERS, build_frequencies, lay_out, open_bench
from contact_pipeline.identity.model import (
    COMPARISONS,
    JOIN_THRESHOLD,
    REVIEW_THRESHOLD,
    Comparison,
    Level,
)
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.scoring import (
    LEVEL_PREFIX,
    housemate_prior_weight,
    level_number,
    prior_weight,
    score_pairs,
)
from contact_pipeline.normalize.reference_data import reference_rows

if TYPE_CHECKING:
    import duckdb

JOINED: Final = "joined"
REVIEW: Final = "a human decides"
APART: Final = "not joined"


class RecordUnknown(LookupError):
    """A record id is not in the evidence; the text names it."""


@dataclass(frozen=True)
class FieldWeight:
    """What one comparison said.

    Attributes:
        field: the comparison, as people call it.
        finding: how the two values relate.
        stranger_weight: bits for one person against strangers; the rarity of a name is included.
        housemate_weight: bits for one person against housemates.
    """

    field: str
    finding: str
    stranger_weight: float
    housemate_weight: float


@dataclass(frozen=True)
class Explanation:
    """Why two records are, or are not, one person.

    Attributes:
        record_a: one record id.
        record_b: the other.
        match_weight: bits for one person against both rivals, priors included.
        match_probability: the same as a probability.
        band: `joined`, `a human decides` or `not joined`; what cannot be linked is not joined.
        rival: `strangers` or `housemates`: what else the two would be.
        stranger_prior: bits before anything is compared, against strangers.
        housemate_prior: bits before anything is compared, against housemates.
        fields: one per comparison, blanks included, in the model's order.
        cannot_link: why the two must stay apart whatever the score, or None.
        meet_by: the first blocking rule that compares them, or None: a run would then never look at them.
        sentence: all of it in plain words.
    """

    record_a: str
    record_b: str
    match_weight: float
    match_probability: float
    band: str
    rival: str
    stranger_prior: float
    housemate_prior: float
    fields: tuple[FieldWeight, ...]
    cannot_link: str | None
    meet_by: str | None
    sentence: str

    def as_json(self) -> dict[str, Any]:
        """The explanation as plain data."""
        return asdict(self)


def explain(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    model: Model,
    a: str,
    b: str,
    *,
    join_threshold: float = JOIN_THRESHOLD,
    review_threshold: float = REVIEW_THRESHOLD,
) -> Explanation:
    """Say why two records are, or are not, one person.

    Args:
        connection: holds `evidence`; only read.
        evidence: evidence table (`evidence.EVIDENCE_COLUMNS`).
        model: the model of the run that is explained.
        a: a record id.
        b: another.
        join_threshold: match probability from which a pair is joined by itself.
        review_threshold: match probability from which a human decides.

    Raises:
        RecordUnknown: a record is not in the evidence.
        ValueError: `a` and `b` are one record.
    """
    if a == b:
        raise ValueError("A record is compared with another one, not with itself.")
    known = read_facts(connection, evidence, [a, b])
    for record_id in (a, b):
        if record_id not in known:
            raise RecordUnknown(f"No record '{record_id}'. See `contact-pipeline people find` for ids.")
    records: int = connection.sql(f"select count(*) from {evidence}").fetchall()[0][0]
    bench = open_bench()
    try:
        row, meet_by = _score(connection, evidence, model, a, b, bench, records)
    finally:
        bench.close()
    reason = reason_apart(known[a], known[b], rules_for(model))
    probability = 1 / (1 + 2 ** -row["match_weight"])
    band = APART if reason is not None else _band(probability, join_threshold, review_threshold)
    fields = tuple(_field(comparison, row, model) for comparison in COMPARISONS)
    rival = "strangers" if row["stranger_weight"] <= row["housemate_weight"] else "housemates"
    return Explanation(
        record_a=a,
        record_b=b,
        match_weight=row["match_weight"],
        match_probability=round(probability, 9),
        band=band,
        rival=rival,
        stranger_prior=round(prior_weight(model, records), 3),
        housemate_prior=round(housemate_prior_weight(model), 3),
        fields=fields,
        cannot_link=reason,
        meet_by=meet_by,
        sentence=_sentence(fields, probability, band, rival, reason, meet_by),
    )


def _score(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    model: Model,
    a: str,
    b: str,
    bench: duckdb.DuckDBPyConnection,
    records: int,
) -> tuple[dict[str, Any], str | None]:
    """Score the pair among the records that decide how rare their values are."""
    connection_rows = _neighbourhood(connection, evidence, a, b)
    bench.register("neighbourhood", connection_rows)
    lay_out(bench, "neighbourhood", bench)
    build_frequencies(bench, records)
    bench.execute("delete from record where record_id not in (?, ?)", [a, b])
    build_candidates(bench, "meeting")
    met = bench.sql("select match_key from meeting").fetchall()
    bench.execute(
        """
        create or replace table wanted as
        select '0' as match_key, min(record_number) as join_key_l, max(record_number) as join_key_r from record
        """
    )
    score_pairs(bench, model, "wanted", "scored", records=records)
    scored = bench.execute("select * from scored")
    names = [column[0] for column in scored.description]
    row = dict(zip(names, scored.fetchall()[0], strict=True))
    return row, rule_name(met[0][0]) if met else None


def _neighbourhood(connection: duckdb.DuckDBPyConnection, evidence: str, a: str, b: str) -> Any:
    """The two records and all that share a name, company or identifier with one of them, as an Arrow table.

    Of their e-mail domains only one that both have, and that is no provider's, can say anything.
    """
    providers = [row["domain"] for row in reference_rows(PROVIDERS)]
    return connection.sql(
        f"""
        with pair as (select * from {evidence} where record_id in (?, ?)),
        domain as (
            select split_part(unnest(emails), '@', 2) as domain from pair
            group by domain having count(distinct record_id) > 1 and not list_contains(?::varchar[], domain)
        ),
        sought as (
            select list(first_name) as first_names, list(last_name) as last_names, list(company) as companies,
                flatten(list(phones)) as phones, flatten(list(emails)) as emails,
                flatten(list(external_ids)) as external_ids, flatten(list(voter_ids)) as voter_ids,
                coalesce((select list(domain) from domain), []) as domains
            from pair
        )
        select given.* from {evidence} as given, sought
        where list_contains(first_names, first_name) or list_contains(last_names, last_name)
            or list_contains(companies, company)
            or list_has_any(given.phones, sought.phones) or list_has_any(given.emails, sought.emails)
            or list_has_any(given.external_ids, sought.external_ids) or list_has_any(given.voter_ids, sought.voter_ids)
            or (len(domains) > 0
                and len(list_filter(given.emails, lambda x: list_contains(domains, split_part(x, '@', 2)))) > 0)
            or record_id in (?, ?)
        """,
        params=[a, b, providers, a, b],
    ).to_arrow_table()


def _band(probability: float, join_threshold: float, review_threshold: float) -> str:
    if probability >= join_threshold:
        return JOINED
    return REVIEW if probability >= review_threshold else APART


def _field(comparison: Comparison, row: dict[str, Any], model: Model) -> FieldWeight:
    number = row[f"{LEVEL_PREFIX}{comparison.name}"]
    if number < 0:
        return FieldWeight(comparison.words, "nothing to compare", 0.0, 0.0)
    level: Level = comparison.levels[level_number(comparison, number)]
    rarity = row.get(f"frequency_{comparison.name}", 0.0)
    return FieldWeight(
        comparison.words,
        level.words,
        round(model.weight(comparison, level, "stranger") + rarity, 3),
        round(model.weight(comparison, level, "housemate"), 3),
    )


def _sentence(
    fields: tuple[FieldWeight, ...],
    probability: float,
    band: str,
    rival: str,
    reason: str | None,
    meet_by: str | None,
) -> str:
    def weight(field: FieldWeight) -> float:
        return field.stranger_weight if rival == "strangers" else field.housemate_weight

    spoken = sorted((field for field in fields if weight(field) != 0), key=weight, reverse=True)
    speaks_for = [field.finding for field in spoken if weight(field) > 0]
    speaks_against = [field.finding for field in reversed(spoken) if weight(field) < 0]
    parts = [f"{band.capitalize()}: {_percent(probability)} likely one person rather than {_RIVALS[rival]}."]
    if speaks_for:
        parts.append(f"For it: {', '.join(speaks_for)}.")
    if speaks_against:
        parts.append(f"Against it: {', '.join(speaks_against)}.")
    if reason is not None:
        parts.append(f"They stay apart whatever the score: {reason}.")
    if meet_by is None:
        parts.append("No blocking rule brings the two together, so a run does not compare them.")
    return " ".join(parts)


def _percent(probability: float) -> str:
    if probability > 0.999:
        return "over 99.9%"
    return "under 0.1%" if probability < 0.001 else f"{probability:.1%}"


_RIVALS: Final = {"strangers": "two strangers", "housemates": "two people of one home"}
