"""Weighing contacts against voters: the linking model's comparisons with numbers of their own, and frequencies of the
whole file.

Bringing both sides onto a bench, scoring, and the mass of what was not compared belong here; the comparisons are the
linking model's (`model`), its numbers for voters stand in `voter_model.json` (`voter_training` learns them).

What a pair weighs depends on the contact, the voter and the voter file, never on the other contacts asked about: so
asking about the changed ones alone gives what asking about everybody would.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contact_pipeline.identity.evidence import EVIDENCE_COLUMNS, evidence_columns
from contact_pipeline.identity.features import (
    FREQUENCY_COLUMNS,
    MERGED_IDS,
    SUMMARIES,
    build_records,
    load_reference_names,
    population,
)
from contact_pipeline.identity.model import COMPARISONS, LOWEST_NAME_FREQUENCY, Comparison, Level
from contact_pipeline.identity.parameters import Model, model_from_json
from contact_pipeline.identity.scoring import LEVEL_PREFIX, level_number, score_pairs
from contact_pipeline.identity.voter_evidence import COUNTED_COLUMNS
from contact_pipeline.normalize.nickname import build_nicknames

if TYPE_CHECKING:
    import duckdb

IN_FILE: Final = 0.75
"""Share of the people a campaign knows who are in the state's file, before anything is compared (decision 7)."""

HOUSEMATES: Final = 1.6
"""Voters who share a contact's home, on average."""

LOWEST_WEIGHT: Final = -7.0
"""Pairs below this weight (bits) are left out: one of them moves a posterior by less than one in a hundred."""

SMALLEST_STATE: Final = 1_000_000
"""People come from a state, however few voters a file holds: a name is not rarer because the file is short."""

CORROBORATING: Final[dict[str, tuple[str, ...]]] = {
    "middle_name": ("same", "initial"),
    "birth_date": ("same", "day_month_swapped", "slip", "same_year_known"),
    "phone": ("same", "shared"),
    "email": ("same", "shared", "slip", "same_name_part"),
    "address": ("same", "one_unit", "other_unit", "alike", "lines_swapped", "building"),
    "place": ("same", "zip"),
    "external_id": ("same", "shared"),
}
"""Levels that are another agreeing field beside names and city, without which nobody is linked (decision 5)."""

PAIR_COLUMNS: Final[dict[str, str]] = {
    "record_id": "The contact.",
    "state": "The voter's state.",
    "voter_id": "The voter's id.",
    "rule": "The rule by which the two met.",
    "match_weight": "Bits for one person against being somebody else, or not in the file at all.",
    "corroborated": "Whether another field agrees beside names and city.",
    **{
        f"{LEVEL_PREFIX}{comparison.name}": f"Level of the {comparison.words} comparison; -1 is blank."
        for comparison in COMPARISONS
    },
}

PACKAGED: Final = Path(__file__).with_name("voter_model.json")
"""The shipped numbers; `python -m benchmarks.voters_match --learn` makes them."""


@cache
def packaged_model() -> Model:
    """The numbers for voters that are shipped."""
    return model_from_json(json.loads(PACKAGED.read_text(encoding="utf-8")))


def with_prior(model: Model, voters: int) -> Model:
    """The model with the prior of one contact against a file of so many voters."""
    duplicates = IN_FILE / (1 - IN_FILE) / max(voters, SMALLEST_STATE) * population(voters) / 2
    return replace(model, duplicates_per_record=duplicates, housemates_per_record=duplicates * HOUSEMATES / IN_FILE)


def score_voters(
    bench: duckdb.DuckDBPyConnection, evidence: str, pairs: str, target: str, *, model: Model | None = None
) -> int:
    """Weigh pairs of contacts and voters.

    Args:
        bench: `voter_evidence` is attached.
        evidence: bench table of the contacts (`evidence.EVIDENCE_COLUMNS`).
        pairs: bench table (record_id, voter_row, rule) from `voter_blocking.find_pairs`.
        target: bench table to create, columns `PAIR_COLUMNS`; pairs below `LOWEST_WEIGHT` are left out.
        model: the numbers; the packaged ones if not given.

    Returns:
        The number of voters in the file.
    """
    voters = count_voters(bench)
    lay_out_both(bench, evidence, pairs)
    bench.execute(
        f"""
        create or replace table candidate as
        select 0 as match_key, c.record_number as join_key_l, v.record_number as join_key_r
        from {pairs} p join contact_number c using (record_id) join voter_number v using (voter_row)
        """
    )
    score_pairs(
        bench,
        with_prior(model or packaged_model(), voters),
        "candidate",
        "scored",
        records=voters,
        lowest_weight=LOWEST_WEIGHT,
    )
    levels = ", ".join(f"s.{LEVEL_PREFIX}{c.name}::tinyint as {LEVEL_PREFIX}{c.name}" for c in COMPARISONS)
    bench.execute(
        f"""
        create or replace table {target} as
        select p.record_id, v.state, v.voter_id, p.rule, s.match_weight, {_corroborated()} as corroborated, {levels}
        from scored s
        join contact_number c on c.record_number = s.record_number_l
        join voter_number v on v.record_number = s.record_number_r
        join {pairs} p on p.record_id = c.record_id and p.voter_row = v.voter_row
        order by 1, 2, 3
        """
    )
    for table in ("candidate", "scored", "record", "numbered"):
        bench.execute(f"drop table {table}")
    return voters


def _corroborated() -> str:
    """SQL over the levels of `s`: whether one of `CORROBORATING` holds."""
    return " or ".join(
        f"s.{LEVEL_PREFIX}{name} = {level_number(_comparison(name), place)}"
        for name, levels in CORROBORATING.items()
        for place, level in enumerate(_comparison(name).levels)
        if level.name in levels
    )


def count_voters(bench: duckdb.DuckDBPyConnection) -> int:
    """Voters in the attached file, the exempt ones left out."""
    counted: int = bench.sql("select coalesce(sum(voters), 0)::bigint from voter_evidence.counted").fetchall()[0][0]
    return counted


def lay_out_both(bench: duckdb.DuckDBPyConnection, evidence: str, pairs: str) -> None:
    """Bench table `record` of both sides of `pairs`, with the frequencies of the whole file.

    What is shared and which names are established is decided by the voters alone. `contact_number` (record_number,
    record_id) and `voter_number` (record_number, voter_row, state, voter_id) say who is who.
    """
    build_nicknames(bench, "voter_nickname")
    bench.execute(
        f"""
        create or replace table voter_near as
        select v.rowid as voter_row, v.*, canonical_names from voter_evidence.voter v
        left join voter_nickname n on n.name_key = v.first_name
        where v.rowid in (select voter_row from {pairs})
        """
    )
    made = {
        "record_id": "state || ':' || voter_id",
        "source_dataset": "'voters'",
        "birth_year": "year(birth_date)",
        "phones": "list_filter([phone_1, phone_2, phone_3], lambda x: x is not null)"
        ".list_distinct().list_transform(lambda x: '+' || x)",
        "emails": "list_distinct(list_filter([email_1, email_2], lambda x: x is not null))",
        "external_ids": "[]",
        "voter_ids": "[state || ':' || voter_id]",
    }
    own = {row[0] for row in bench.execute("describe voter_near").fetchall()}
    columns = ", ".join(
        f"{made.get(name, name if name in own else 'null')}::{kind} as {name}"
        for name, (kind, _) in EVIDENCE_COLUMNS.items()
    )
    bench.execute(
        f"create or replace table numbered as select {MERGED_IDS} "
        f"from (select row_number() over (order by voter_row) as record_number, {columns} from voter_near)"
    )
    load_reference_names(bench)
    for summary in SUMMARIES:
        bench.execute(f"create or replace temp table {summary.name} as {summary.sql(count_voters(bench))}")
    bench.execute(
        "insert into established_name select name from voter_evidence.established_name "
        "where name not in (select name from established_name)"
    )
    bench.execute(
        "create or replace table voter_number as select row_number() over (order by voter_row) as record_number, "
        "voter_row, state, voter_id from voter_near"
    )
    bench.execute(
        f"""
        create or replace table contact_number as
        select row_number() over (order by record_id) + (select count(*) from voter_number) as record_number,
            record_id
        from {evidence} where record_id in (select record_id from {pairs})
        """
    )
    bench.execute(
        f"insert into numbered by name select {MERGED_IDS} "
        f"from (select record_number, {evidence_columns('e.')} from {evidence} e join contact_number using (record_id))"
    )
    build_records(bench)
    bench.execute("drop table voter_near")
    for column in FREQUENCY_COLUMNS:
        counted = f"voter_evidence.{column}_frequency"
        if column not in COUNTED_COLUMNS:
            counted = f"(select null::varchar as {column}, 0 as bearers where false)"
        bench.execute(
            f"create or replace table frequency_{column} as select {column}, bearers / n.voters as tf_{column} "
            f"from {counted}, (select sum(voters) as voters from voter_evidence.counted) n"
        )


def namesake_weights(
    bench: duckdb.DuckDBPyConnection, evidence: str, scored: str, target: str, *, model: Model
) -> None:
    """How many voters of the whole file have a contact's names, and what those weigh who were not compared.

    Args:
        bench: `voter_evidence` is attached.
        evidence: bench table of the contacts.
        scored: table from `score_voters`.
        target: bench table to create: record_id, namesakes (voters with first and last name), unseen_mass (the sum of
            2^weight of those of them that are not in `scored`: a namesake elsewhere may be the person, moved).
        model: with its prior (`with_prior`).
    """
    name, place, born = (_comparison(kind) for kind in ("last_name", "place", "birth_date"))
    first = _comparison("first_name")
    voters = count_voters(bench)
    prior = math.log2(IN_FILE / (1 - IN_FILE) / max(voters, SMALLEST_STATE))
    same = sum(math.log2(model.shares(c, _level(c, "same"))["same"]) for c in (first, name))
    elsewhere = model.weight(place, place.levels[-1], "stranger")
    other_birth = model.weight(born, born.levels[-1], "stranger")
    bench.execute(
        f"""
        create or replace table {target} as
        with namesake as (
            select first_name, last_name, count(*) as namesakes from voter_evidence.voter
            where (first_name, last_name) in (select (first_name, last_name) from {evidence}) group by all
        ),
        seen as (
            select record_id, count(*) as seen from {scored}
            where {LEVEL_PREFIX}first_name in ({_same_names(first)}) and {LEVEL_PREFIX}last_name = {_same_names(name)}
            group by all
        )
        select e.record_id, coalesce(namesakes, 0) as namesakes,
            greatest(coalesce(namesakes, 0) - coalesce(seen, 0), 0) * pow(2, {prior!r} + {same!r}
                - log2(greatest(coalesce(f.tf_first_name, 1), {LOWEST_NAME_FREQUENCY}))
                - log2(greatest(coalesce(l.tf_last_name, 1), {LOWEST_NAME_FREQUENCY}))
                + case when e.zip5 is null and e.city is null then 0 else {elsewhere!r} end
                + case when e.birth_date is null and e.birth_year is null then 0 else {other_birth!r} end
            ) as unseen_mass
        from {evidence} e
        left join namesake using (first_name, last_name)
        left join seen using (record_id)
        left join frequency_first_name f using (first_name)
        left join frequency_last_name l using (last_name)
        """
    )


def _same_names(comparison: Comparison) -> str:
    """Splink's numbers of the levels at which two names are spelt the same."""
    numbers = [str(level_number(comparison, place)) for place, level in enumerate(comparison.levels) if level.frequency]
    return ", ".join(numbers)


def _comparison(name: str) -> Comparison:
    return next(comparison for comparison in COMPARISONS if comparison.name == name)


def _level(comparison: Comparison, name: str) -> Level:
    return next(level for level in comparison.levels if level.name == name)


def model_as_text(model: Model) -> str:
    """The model as `voter_model.json` holds it."""
    data: dict[str, Any] = model.as_json()
    return json.dumps(data, indent=1) + "\n"
