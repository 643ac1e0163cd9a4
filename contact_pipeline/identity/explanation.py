"""Explanation: why two records are, or are not, one person, in words and weights, and what would change it.

Weighing a few pairs exactly as a run would, and saying it, belong here. It works on any pair, also one that blocking
never brought together, and only reads: a read-only snapshot will do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from contact_pipeline.identity.asking import WHY
from contact_pipeline.identity.blocking import build_every_key, rule_name
from contact_pipeline.identity.cannot_link import cannot_link_rules, read_facts, reason_apart
from contact_pipeline.identity.features import MAILBOXES_OF_FEW, build_frequencies, lay_out, open_bench, reference_names
from contact_pipeline.identity.flipping import APART, JOINED, Flip, band_of, smallest_flip, words_of
from contact_pipeline.identity.model import BIRTH_YEAR_GAP, COMPARISONS, JOIN_THRESHOLD, REVIEW_THRESHOLD, Comparison
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.scoring import housemate_prior_weight, prior_weight
from contact_pipeline.identity.weighing import BLANK, Weighed, probability_of, weigh

if TYPE_CHECKING:
    import duckdb


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
class Decided:
    """What a human decided about two records.

    Attributes:
        same: one person, or two.
        words: the decision in words.
    """

    same: bool
    words: str


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
        asked_because: why a human decides however high the score is, or None.
        decided: what a human decided about the two, in words, or None; it holds whatever the score and the rules say.
        meet_by: the first blocking rule that compares them, or None: a run would then never look at them.
        flip: the smallest change of one field that would join the two, or keep them from being joined; None where no
            single field could.
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
    asked_because: str | None
    decided: str | None
    meet_by: str | None
    flip: Flip | None
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
    (told,) = explain_pairs(
        connection, evidence, model, [(a, b)], join_threshold=join_threshold, review_threshold=review_threshold
    )
    return told


def explain_pairs(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    model: Model,
    pairs: Sequence[tuple[str, str]],
    *,
    join_threshold: float = JOIN_THRESHOLD,
    review_threshold: float = REVIEW_THRESHOLD,
    birth_year_gap: int = BIRTH_YEAR_GAP,
    decided: Mapping[tuple[str, str], Decided] | None = None,
) -> list[Explanation]:
    """The same for several pairs at once, in their order; see `explain`.

    `birth_year_gap` is the years between two births from which they are two people's, as the run has it; `decided`
    what humans decided, by the pair's record ids, the smaller first.
    """
    if any(a == b for a, b in pairs):
        raise ValueError("A record is compared with another one, not with itself.")
    wanted = sorted({record_id for pair in pairs for record_id in pair})
    known = read_facts(connection, evidence, wanted)
    for record_id in wanted:
        if record_id not in known:
            raise RecordUnknown(f"No record '{record_id}'. See `contact-pipeline people find` for ids.")
    with among_neighbours(connection, evidence, wanted, model) as (bench, records):
        weighed, met = _weigh(bench, model, records)
    rules = cannot_link_rules(birth_year_gap)
    return [
        _explained(
            (a, b),
            weighed[min(a, b), max(a, b)],
            model,
            records,
            reason_apart(known[a], known[b], rules),
            met.get((min(a, b), max(a, b))),
            (join_threshold, review_threshold),
            (decided or {}).get((min(a, b), max(a, b))),
        )
        for a, b in pairs
    ]


@contextmanager
def among_neighbours(
    connection: duckdb.DuckDBPyConnection, evidence: str, wanted: list[str], model: Model
) -> Iterator[tuple[duckdb.DuckDBPyConnection, int]]:
    """A bench that holds the wanted records alone, with the features and name frequencies they have among all.

    Args:
        connection: holds `evidence`; only read.
        evidence: evidence table (`evidence.EVIDENCE_COLUMNS`).
        wanted: record ids.
        model: with the frequencies it learned.

    Yields:
        The bench (`features`), closed afterwards, and how many records the evidence has.
    """
    records: int = connection.sql(f"select count(*) from {evidence}").fetchall()[0][0]
    bench = open_bench(threads=1)  # A few records: sharing them out among threads takes longer than working.
    try:
        bench.execute("pragma disable_optimizer")
        bench.register("neighbourhood", _neighbourhood(connection, evidence, wanted))
        lay_out(bench, "neighbourhood", bench)
        build_frequencies(bench, records, model.frequencies)
        bench.execute("delete from record where not list_contains(?, record_id)", [wanted])
        yield bench, records
    finally:
        bench.close()


def _weigh(
    bench: duckdb.DuckDBPyConnection, model: Model, records: int
) -> tuple[dict[tuple[str, str], Weighed], dict[tuple[str, str], str]]:
    """Every pair of the bench's records, weighed; and the blocking rule that brings a pair together, where one does."""
    build_every_key(bench)
    met = bench.sql(
        """
        with named as (select rule, block_key, record_id from every_key join record using (record_number))
        select l.record_id, r.record_id, min(rule)
        from named as l join named as r using (rule, block_key) where l.record_id < r.record_id
        group by l.record_id, r.record_id
        """
    ).fetchall()
    bench.execute(
        """
        create or replace table wanted as
        select l.record_number as record_number_l, r.record_number as record_number_r
        from record as l join record as r on l.record_number < r.record_number
        """
    )
    weighed = {(pair.a, pair.b): pair for pair in weigh(bench, model, "wanted", records=records)}
    return weighed, {(a, b): rule_name(key) for a, b, key in met}


def _neighbourhood(connection: duckdb.DuckDBPyConnection, evidence: str, wanted: list[str]) -> Any:
    """The records and all that share a value with one of them whose commonness counts, as an Arrow table."""
    values = connection.execute(
        f"select list(first_name), list(last_name), list(company), {', '.join(f'flatten(list({x}))' for x in _LISTS)} "
        f"from {evidence} where list_contains(?, record_id)",
        [wanted],
    ).fetchall()[0]
    sought = dict(zip(("first_name", "last_name", "company", *_LISTS), values, strict=True))
    held = {column: [value for value in found or () if value] for column, found in sought.items()}
    held["emails"] += _mailboxes_beside(connection, evidence, held["emails"])
    conditions = [f"list_contains(${column}::varchar[], {column})" for column in ("first_name", "last_name", "company")]
    conditions += [_IN_COMMON.format(column=column) for column in _LISTS]
    return connection.sql(
        f"select * from {evidence} where {' or '.join(conditions)} or list_contains($wanted, record_id)",
        params={**held, "wanted": wanted},
    ).to_arrow_table()


def _mailboxes_beside(connection: duckdb.DuckDBPyConnection, evidence: str, emails: list[str]) -> list[str]:
    """Mailboxes of the same domains, of each as many as tell whether only a few people use it."""
    providers = set(reference_names()["public_domain"]["domain"].to_pylist())
    found: list[str] = []
    for domain in sorted({mail.split("@")[-1] for mail in emails} - providers):
        rows = connection.execute(
            f"select email from (select unnest(emails) as email from {evidence} where len(emails) > 0) "
            f"where ends_with(email, ?) limit {_USES_OF_A_DOMAIN}",
            [f"@{domain}"],
        ).fetchall()
        found += sorted({row[0] for row in rows})[: MAILBOXES_OF_FEW + 1]
    return found


_LISTS: Final = ("phones", "emails", "external_ids")

_IN_COMMON: Final = """
case len({column}) when 0 then false when 1 then list_contains(${column}::varchar[], {column}[1])
else list_has_any({column}, ${column}::varchar[]) end"""

_USES_OF_A_DOMAIN: Final = 1000
"""Among so many uses a domain of many mailboxes shows them; one of a few is seen whole, or is an office's."""


def _explained(
    ids: tuple[str, str],
    pair: Weighed,
    model: Model,
    records: int,
    reason: str | None,
    meet_by: str | None,
    thresholds: tuple[float, float],
    decided: Decided | None,
) -> Explanation:
    probability = probability_of(pair.match_weight)
    if decided is not None:
        band, reason = (JOINED if decided.same else APART), None
    else:
        band = APART if reason is not None else band_of(probability, thresholds, asked=pair.asked)
    open_to_score = reason is None and decided is None
    asked_because = WHY if pair.asked and open_to_score else None
    fields = tuple(
        _field(comparison, position, rarity, model)
        for comparison, position, rarity in zip(COMPARISONS, pair.levels, pair.rarity, strict=True)
    )
    rival = "strangers" if pair.stranger_weight <= pair.housemate_weight else "housemates"
    flip = smallest_flip(pair, model, thresholds) if open_to_score else None
    return Explanation(
        record_a=ids[0],
        record_b=ids[1],
        match_weight=pair.match_weight,
        match_probability=round(probability, 9),
        band=band,
        rival=rival,
        stranger_prior=round(prior_weight(model, records), 3),
        housemate_prior=round(housemate_prior_weight(model), 3),
        fields=fields,
        cannot_link=reason,
        asked_because=asked_because,
        decided=decided.words if decided is not None else None,
        meet_by=meet_by,
        flip=flip,
        sentence=_sentence(fields, probability, band, rival, reason, asked_because, decided, meet_by, flip),
    )


def _field(comparison: Comparison, position: int, rarity: float, model: Model) -> FieldWeight:
    if position == BLANK:
        return FieldWeight(comparison.words, words_of(comparison, BLANK), 0.0, 0.0)
    level = comparison.levels[position]
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
    asked_because: str | None,
    decided: Decided | None,
    meet_by: str | None,
    flip: Flip | None,
) -> str:
    def weight(field: FieldWeight) -> float:
        return field.stranger_weight if rival == "strangers" else field.housemate_weight

    spoken = sorted((field for field in fields if abs(weight(field)) >= _WORTH_SAYING), key=weight, reverse=True)
    speaks_for = [field.finding for field in spoken if weight(field) > 0]
    speaks_against = [field.finding for field in reversed(spoken) if weight(field) < 0]
    likely = f"{_percent(probability)} likely one person rather than {_RIVALS[rival]}."
    parts = [f"{band.capitalize()}: {likely}"]
    if decided is not None:
        parts = [f"{band.capitalize()}, whatever score and rules say: {decided.words}. By evidence alone: {likely}"]
    if speaks_for:
        parts.append(f"For it: {', '.join(speaks_for)}.")
    if speaks_against:
        parts.append(f"Against it: {', '.join(speaks_against)}.")
    if reason is not None:
        parts.append(f"They stay apart whatever the score: {reason}.")
    if asked_because is not None:
        parts.append(f"No score joins them by itself: {asked_because}.")
    if meet_by is None and decided is None:
        parts.append("No blocking rule brings the two together, so a run does not compare them.")
    if flip is not None:
        ending = "they would not be joined" if band == JOINED else "they would be joined"
        parts.append(f"The smallest change that turns it: with “{flip.finding}” as the {flip.field}, {ending}.")
    elif reason is None and decided is None:
        parts.append("No single field could turn it.")
    return " ".join(parts)


def _percent(probability: float) -> str:
    if probability > 0.999:
        return "over 99.9%"
    return "under 0.1%" if probability < 0.001 else f"{probability:.1%}"


def pairs_between(records_a: Sequence[str], records_b: Sequence[str]) -> list[tuple[str, str]]:
    """Every pair of one record of each side; within one side, where both are the same."""
    if list(records_a) == list(records_b):
        return list(combinations(records_a, 2))
    return [(a, b) for a in records_a for b in records_b if a != b]


_WORTH_SAYING: Final = 0.5
"""Bits: what weighs less stands in the table only. That housemates share a home is no reason for them to be two."""

_RIVALS: Final = {"strangers": "two strangers", "housemates": "two people of one home"}
