"""The voter match: contacts against the attached voter file, tiers first, the model for the rest.

The order of steps and the tables that come out belong here. What a tier is stands in
`dbt_like_sql/identity/voter_tier.sql`, who is linked in `people/person_voter_match.sql`; keys belong to
`voter_blocking`, weights to `voter_scoring`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.evidence import evidence_columns
from contact_pipeline.identity.features import open_bench
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.voter_blocking import RULES, TIER_RULES, find_pairs, lay_out_contacts
from contact_pipeline.identity.voter_changes import CHANGED, find_changed, keep_unchanged, remember_matched
from contact_pipeline.identity.voter_evidence import attached_evidence
from contact_pipeline.identity.voter_scoring import (
    PAIR_COLUMNS,
    count_voters,
    namesake_weights,
    packaged_model,
    score_voters,
    with_prior,
)
from contact_pipeline.warehouse.connection import row_count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

SETTING: Final = "identity.voter_setting"
CHOSEN: Final = "identity.chosen_voter"
NEAR: Final = "identity.voter_near"
TIER: Final = "identity.voter_tier"
PAIR: Final = "identity.voter_pair"
NAMESAKE: Final = "identity.voter_namesake"

NEAR_COLUMNS: Final[dict[str, str]] = {
    "record_id": "varchar", "state": "varchar", "voter_id": "varchar", "rule": "varchar", "first_name": "varchar",
    "middle_name": "varchar", "last_name": "varchar", "suffix": "varchar", "birth_date": "date", "phones": "varchar[]",
    "emails": "varchar[]", "street_number": "varchar", "street_name": "varchar", "unit": "varchar", "city": "varchar",
    "zip5": "varchar",
}  # fmt: skip
"""Columns of `identity.voter_near`: a contact and a voter that share a tier's key, with what the voter says."""

_PAIR_KINDS: Final = {
    **dict.fromkeys(PAIR_COLUMNS, "tinyint"), "record_id": "varchar", "state": "varchar", "voter_id": "varchar",
    "rule": "varchar", "match_weight": "double", "corroborated": "boolean",
}  # fmt: skip
_NAMESAKE_KINDS: Final = {"record_id": "varchar", "namesakes": "bigint", "unseen_mass": "double"}


@contextmanager
def voter_bench(
    connection: duckdb.DuckDBPyConnection, voters: Path, *, evidence: str, threads: int | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private database with the contacts as table `asked` and `contact`, and the voters attached read-only.

    Args:
        connection: where the contacts are; only read.
        voters: a file from `voter_evidence.ensure_voter_evidence`.
        evidence: table or subquery of the contacts (`evidence.EVIDENCE_COLUMNS`).
        threads: threads to use; the result does not depend on it.
    """
    bench = open_bench(threads)
    try:
        bench.register(
            "given_contacts", connection.sql(f"select {evidence_columns()} from {evidence}").to_arrow_table()
        )
        bench.execute("create table asked as select * replace (lower(unit) as unit) from given_contacts")
        bench.unregister("given_contacts")
        lay_out_contacts(bench, "asked")
        with attached_evidence(bench, voters):
            yield bench
    finally:
        bench.close()


def near_voters(bench: duckdb.DuckDBPyConnection, target: str) -> None:
    """Bench table `target` (NEAR_COLUMNS): every contact with the voters that share a tier's key."""
    find_pairs(bench, TIER_RULES, "near_pair")
    bench.execute(
        f"""
        create or replace table {target} as
        select p.record_id, v.state, v.voter_id, p.rule, v.first_name, v.middle_name, v.last_name, v.suffix,
            v.birth_date,
            list_transform(list_filter([phone_1, phone_2, phone_3], lambda x: x is not null), lambda x: '+' || x)
                as phones,
            list_filter([email_1, email_2], lambda x: x is not null) as emails,
            v.street_number, v.street_name, v.unit, v.city, v.zip5
        from near_pair p join voter_evidence.voter v on v.rowid = p.voter_row
        order by 1, 2, 3
        """
    )
    bench.execute("drop table near_pair")


def weigh_voters(bench: duckdb.DuckDBPyConnection, tier: str, near: str, *, model: Model | None = None) -> None:
    """Bench tables `weighed` (PAIR_COLUMNS) and `namesake` (record_id, namesakes, unseen_mass).

    Contacts that a tier settled are weighed against those voters alone that share a tier's key; all others against
    whomever the rules find.

    Args:
        bench: from `voter_bench`.
        tier: bench table with the columns of `identity.voter_tier`.
        near: bench table from `near_voters`.
        model: the numbers; the packaged ones if not given.
    """
    bench.execute(
        f"create or replace table open_contact as select * from contact "
        f"where record_id not in (select record_id from {tier} where settled)"
    )
    find_pairs(bench, RULES, "far_pair", contacts="open_contact")
    bench.execute(
        f"""
        create or replace table voter_candidate as
        select record_id, voter_row, rule from far_pair
        union all
        select n.record_id, v.rowid, n.rule from {near} n join voter_evidence.voter v using (state, voter_id)
        anti join far_pair f on f.record_id = n.record_id and f.voter_row = v.rowid
        """
    )
    numbers = model or packaged_model()
    score_voters(bench, "asked", "voter_candidate", "weighed", model=numbers)
    with_its_prior = with_prior(numbers, count_voters(bench))
    namesake_weights(bench, "asked", "weighed", "namesake", model=with_its_prior)


def write_setting(
    connection: duckdb.DuckDBPyConnection, voters: Path, *, link_threshold: float, sure_threshold: float
) -> None:
    """Write `identity.voter_setting`: the thresholds, and name and time of the newest load of `voters`, if any."""
    from contact_pipeline.sources.voter_file.store import newest, open_voters

    current, loaded_at = newest(voters), None
    if current is not None:
        with open_voters(voters) as opened:
            loaded_at = opened.execute("select max(loaded_at) from load").fetchall()[0][0]
    connection.execute(
        f"create or replace table {SETTING} "
        "(link_threshold double, sure_threshold double, voter_file varchar, loaded_at timestamptz)"
    )
    connection.execute(
        f"insert into {SETTING} values (?, ?, ?, ?)",
        [link_threshold, sure_threshold, current.name if current is not None else None, loaded_at],
    )


def write_chosen(connection: duckdb.DuckDBPyConnection, voters: Path | None) -> None:
    """Write `identity.chosen_voter`: what the voter file says of every voter a human chose, in a state it holds.

    Args:
        connection: the warehouse; holds `identity.voter_choice`.
        voters: from `voter_evidence.ensure_voter_evidence`; None where there is no voter file: the table is empty.
    """
    connection.execute(
        f"""
        create or replace table {CHOSEN} (
            state varchar, voter_id varchar, in_file boolean, first_name varchar, last_name varchar, suffix varchar,
            birth_date date
        )
        """
    )
    if voters is None:
        return
    chosen = connection.sql("select distinct state, voter_id from identity.voter_choice where kind = 'voter'")
    bench = open_bench()
    try:
        bench.register("chosen", chosen.to_arrow_table())
        with attached_evidence(bench, voters):  # Not on the warehouse: its transaction would hold the file.
            bench.execute(
                """
                create table found as
                select c.state, c.voter_id, v.voter_id is not null as in_file, v.first_name, v.last_name, v.suffix,
                    v.birth_date
                from chosen as c left join voter_evidence.voter as v using (state, voter_id)
                where c.state in (select state from voter_evidence.counted)
                """
            )
        _copy(bench, "found", connection, CHOSEN)
    finally:
        bench.close()


def write_near(
    connection: duckdb.DuckDBPyConnection,
    voters: Path | None,
    *,
    evidence: str,
    made_with: str,
    threads: int | None = None,
) -> int:
    """Write `identity.voter_near` for the contacts that changed, and keep what it says of the others.

    Args:
        connection: the warehouse.
        voters: from `voter_evidence.ensure_voter_evidence`; None where there is no voter file: all tables are empty.
        evidence: table of the contacts.
        made_with: names the voter file and the rules (`voter_changes.find_changed`).
        threads: threads to use; the result does not depend on it.

    Returns:
        How many contacts were looked at.
    """
    changed = find_changed(connection, evidence, made_with=made_with)
    keep_unchanged(connection, NEAR, NEAR_COLUMNS, evidence)
    if voters is None or not changed:
        return 0
    with voter_bench(connection, voters, evidence=_changed(evidence), threads=threads) as bench:
        near_voters(bench, "near")
        _copy(bench, "near", connection, NEAR)
    return changed


def write_pairs(
    connection: duckdb.DuckDBPyConnection, voters: Path | None, *, evidence: str, threads: int | None = None
) -> int:
    """Write `identity.voter_pair` and `identity.voter_namesake` for the contacts `write_near` looked at; the pairs."""
    keep_unchanged(connection, PAIR, _PAIR_KINDS, evidence)
    keep_unchanged(connection, NAMESAKE, _NAMESAKE_KINDS, evidence)
    if voters is not None and row_count(connection, CHANGED):
        with voter_bench(connection, voters, evidence=_changed(evidence), threads=threads) as bench:
            _copy(connection, _changed(NEAR), bench, "near", create=True)
            _copy(connection, _changed(TIER), bench, "tier", create=True)
            weigh_voters(bench, "tier", "near")
            _copy(bench, "namesake", connection, NAMESAKE)
            _copy(bench, "weighed", connection, PAIR)
    remember_matched(connection, evidence)
    return row_count(connection, PAIR)


def _changed(table: str) -> str:
    """The rows of a table that are about contacts that changed."""
    return f"(select * from {table} where record_id in (select record_id from {CHANGED}))"


def _copy(
    source: duckdb.DuckDBPyConnection, table: str, target: duckdb.DuckDBPyConnection, into: str, *, create: bool = False
) -> None:
    rows = source.sql(f"select * from {table}").to_arrow_table()
    target.register("copied_rows", rows)
    if create:
        target.execute(f"create or replace table {into} as select * from copied_rows")
    else:
        target.execute(f"insert into {into} by name select * from copied_rows")
    target.unregister("copied_rows")
