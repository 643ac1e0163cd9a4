"""Incremental linking: compare what changed with all the rest, and give the pairs a full run would give.

A pair's weight depends on its two records' features and on how frequent their names are; whether two records meet, on
their keys and on how many others hold them. So what is looked at again is every record that said something else, every
record with a value that is now counted otherwise (a phone that has become an office's, a name that has become common),
and every pair of a block that has just become, or ceased to be, small enough to compare. Nothing else can have moved.
Choosing those and patching the pairs belongs here, remembering to `link_state`, weighing to `prediction`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.blocking import build_every_key, most_sql
from contact_pipeline.identity.features import (
    FREQUENCY_COLUMNS,
    MERGED_IDS,
    SUMMARIES,
    build_records,
    lay_out,
    open_bench,
)
from contact_pipeline.identity.link_state import (
    State,
    count_summaries,
    create_tables,
    drop_counts,
    number_sql,
    population_then,
    print_sql,
    remember_run,
    summary_values,
    why_everything,
)
from contact_pipeline.identity.model import REVIEW_THRESHOLD
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.prediction import predict_on, weigh_candidates, weight_of
from contact_pipeline.identity.scoring import (
    DIGITS,
    match_probability_sql,
    match_weight_sql,
    prior_among,
    prior_weight,
)

if TYPE_CHECKING:
    import duckdb

MOST_SHARE: Final = 0.2
"""Where more than this share of the records must be looked at again, linking everything is quicker."""

_NUMBERED_KEYS: Final = f"""
select rule, block_key, {number_sql("record_id")} as number
from every_key join (select record_number, record_id from record) using (record_number)
"""

STEPS: Final = (
    "link_now", "link_changed", "link_moved", "link_dirty", "link_old_key", "link_new_key", "link_touched",
    "link_member", "link_block", "link_flipped", "link_candidate", "link_known", "link_pair",
)  # fmt: skip
"""Temporary tables that a run of linking leaves behind."""


@dataclass(frozen=True)
class LinkReport:
    """What a run of linking did.

    Attributes:
        records: records there are.
        changed: records that are new, gone or say something else; all of them in a full run.
        relinked: records compared with the rest, those whose names or identifiers are counted otherwise included.
        pairs: pairs from the threshold, old and new.
        everything_because: why everything was linked, or None.
    """

    records: int
    changed: int
    relinked: int
    pairs: int
    everything_because: str | None


def link(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    model: Model,
    target: str,
    *,
    state: State,
    made_with: str,
    threshold: float = REVIEW_THRESHOLD,
    most_share: float = MOST_SHARE,
    threads: int | None = None,
) -> LinkReport:
    """Bring the pairs of `target` up to date with `evidence`.

    Args:
        connection: holds `evidence`, and `target` and the state of the last run if there was one; both are written
            through it. Give it one transaction: a state without its pairs is of no use.
        evidence: evidence table; `record_id` is unique.
        model: the parameters.
        target: pairs, columns `prediction.PAIR_COLUMNS`, sorted by the two ids; the same as `prediction.predict` gives.
        state: where linking remembers.
        made_with: one text for model, threshold and code; pairs made with another are not used.
        threshold: lowest match probability kept.
        most_share: share of the records to be looked at again above which everything is linked.
        threads: threads of the bench.
    """
    create_tables(connection, state)
    connection.execute(f"create or replace temp table link_now as {print_sql(evidence)}")
    records = _count(connection, "link_now")
    try:
        count_summaries(connection, evidence, records, model.frequencies)
        reason = why_everything(connection, state, made_with, records, target)
        changed = relinked = records
        if reason is None:
            changed, relinked = find_dirty(connection, state)
            if relinked > most_share * records:
                reason = "so many records must be looked at again that linking everything is quicker"
        if reason is not None:
            changed = relinked = records
            _link_everything(connection, evidence, model, target, state, threshold, threads)
        elif relinked:
            weigh_dirty(connection, evidence, records, model, state, threshold=threshold, threads=threads)
            kept = kept_pairs(target, prior_moved(connection, state, model, records), threshold)
            _patch(connection, target, kept, state)
        remember_run(connection, state, made_with, records, target)
    finally:
        drop_counts(connection)
        for step in STEPS:
            connection.execute(f"drop table if exists temp.{step}")
    return LinkReport(records, changed, relinked, _count(connection, target), reason)


def _link_everything(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    model: Model,
    target: str,
    state: State,
    threshold: float,
    threads: int | None,
) -> None:
    bench = open_bench(threads)
    try:
        records = lay_out(connection, evidence, bench)
        predict_on(bench, records, model, "pair", threshold=threshold, keep_keys=True)
        pairs = bench.sql("from pair").to_arrow_table()
        keys = bench.sql(_NUMBERED_KEYS).to_arrow_table()
    finally:
        bench.close()
    connection.register("given_pairs", pairs)
    connection.register("given_keys", keys)
    connection.execute(f"create or replace table {target} as from given_pairs")
    connection.execute(f"create or replace table {state.key} as from given_keys")
    connection.unregister("given_pairs")
    connection.unregister("given_keys")
    connection.execute(f"create or replace table {state.record} as from link_now")
    connection.execute(f"create or replace table {state.summary} as from now_summary")


def find_dirty(connection: duckdb.DuckDBPyConnection, state: State) -> tuple[int, int]:
    """Make `link_dirty` (record_id, number, gone), of `link_now` and `count_summaries`: the records to be compared
    anew; gives how many changed and how many it holds.
    """
    connection.execute(
        f"""
        create or replace temp table link_changed as
        select coalesce(now.record_id, before.record_id) as record_id, now.record_id is null as gone
        from link_now as now full join {state.record} as before on now.record_id = before.record_id
        where now.print is distinct from before.print
        """
    )
    connection.execute(
        f"""
        create or replace temp table link_moved as
        select distinct coalesce(now.summary, before.summary) as summary, coalesce(now.value, before.value) as value
        from now_summary as now
        full join {state.summary} as before on now.summary = before.summary and now.value = before.value
        where now.print is distinct from before.print
        """
    )
    holders = [
        f"select record_id, false as gone from (select record_id, {values} as value from numbered)"
        f" semi join (select value from link_moved where summary = '{name}') as moved using (value)"
        for name, values in summary_values().items()
        if connection.execute("select 1 from link_moved where summary = ? limit 1", [name]).fetchall()
    ]
    found = " union ".join(["select record_id, gone from link_changed", *holders])
    connection.execute(
        f"""
        create or replace temp table link_dirty as
        select record_id, gone, {number_sql("record_id")} as number from ({found})
        """
    )
    return _count(connection, "link_changed"), _count(connection, "link_dirty")


def weigh_dirty(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    records: int,
    model: Model,
    state: State,
    *,
    threshold: float,
    threads: int | None = None,
) -> None:
    """Make `link_pair`, columns of the pairs, and `link_flipped`: what `find_dirty` found, compared with the rest.

    The state is only read; see `kept_pairs` for the pairs that stay.
    """
    _find_new_keys(connection, evidence, threads)
    _find_blocks(connection, state)
    _find_candidates(connection, state)
    _weigh(connection, evidence, records, model, threshold, threads)


def _find_new_keys(connection: duckdb.DuckDBPyConnection, evidence: str, threads: int | None) -> None:
    """Make `link_new_key` (rule, block_key, number): the keys the dirty records hold now."""
    bench = open_bench(threads)
    try:
        _lay_out_some(connection, evidence, "(select record_id from link_dirty where not gone)", bench)
        build_every_key(bench)
        connection.register("given_keys", bench.sql(_NUMBERED_KEYS).to_arrow_table())
    finally:
        bench.close()
    connection.execute("create or replace temp table link_new_key as from given_keys")
    connection.unregister("given_keys")


def _lay_out_some(
    connection: duckdb.DuckDBPyConnection, evidence: str, wanted: str, bench: duckdb.DuckDBPyConnection
) -> None:
    """Tables `numbered`, the summaries and `record` of a bench, for the records of `wanted` (record_id) alone."""
    connection.execute(
        f"""
        create or replace temp table link_known as
        select row_number() over (order by record_id) as record_number, {MERGED_IDS}
        from {evidence} semi join {wanted} as wanted using (record_id)
        """
    )
    _hand_over(connection, bench, "link_known", "numbered")
    for summary in SUMMARIES:
        # Its first column, whatever it is called, is the value.
        held = f"(select {summary.values} as value from link_known)"
        column = connection.sql(f"from now_{summary.name} limit 0").columns[0]
        rows = f"select now.* from now_{summary.name} as now semi join {held} as held on now.{column} = held.value"
        _hand_over(connection, bench, f"({rows})", summary.name)
    build_records(bench)


def _hand_over(
    connection: duckdb.DuckDBPyConnection, bench: duckdb.DuckDBPyConnection, source: str, target: str
) -> None:
    bench.register("handed_over", connection.sql(f"from {source}").to_arrow_table())
    bench.execute(f"create or replace temp table {target} as from handed_over")
    bench.unregister("handed_over")


def _find_blocks(connection: duckdb.DuckDBPyConnection, state: State) -> None:
    """Make the blocks that dirty records hold or held.

    `link_touched` (rule, block_key); `link_member` (rule, block_key, number, dirty): who holds them now; `link_block`
    (rule, block_key, was_compared, is_compared).
    """
    steps = {
        "link_old_key": f"from {state.key} semi join link_dirty using (number)",
        "link_touched": """
            select rule, block_key from link_old_key union select rule, block_key from link_new_key
        """,
        "link_member": f"""
            select rule, block_key, number, false as dirty
            from (from {state.key} semi join link_touched using (block_key)) anti join link_dirty using (number)
            union all select rule, block_key, number, true from link_new_key
        """,
        "link_block": f"""
            with held as (
                select rule, block_key, 1 as now, (not dirty)::integer as before from link_member
                union all select rule, block_key, 0, 1 from link_old_key
            )
            select rule, block_key, sum(before) between 2 and {most_sql("rule")} as was_compared,
                sum(now) between 2 and {most_sql("rule")} as is_compared
            from held group by rule, block_key
        """,
    }
    for table, sql in steps.items():
        connection.execute(f"create or replace temp table {table} as {sql}")


def _find_candidates(connection: duckdb.DuckDBPyConnection, state: State) -> None:
    """Make `link_candidate` (number_l, number_r, rule): the pairs to be weighed, and `link_flipped` (number_l,
    number_r): pairs of records that are not dirty, of blocks that are compared now and were not, or no longer are.
    """
    connection.execute(
        """
        create or replace temp table link_candidate as
        select least(l.number, r.number) as number_l, greatest(l.number, r.number) as number_r, min(l.rule) as rule
        from link_member as l
        join link_block using (block_key)
        join link_member as r on l.block_key = r.block_key and l.number <> r.number
        where is_compared and l.dirty
        group by all
        """
    )
    connection.execute(
        """
        create or replace temp table link_flipped as
        select distinct l.number as number_l, r.number as number_r
        from link_member as l
        join link_block using (block_key)
        join link_member as r on l.block_key = r.block_key and l.number < r.number
        where was_compared <> is_compared and not l.dirty and not r.dirty
        """
    )
    if _count(connection, "link_flipped"):
        connection.execute(_FLIPPED_CANDIDATES.format(key=state.key, most=most_sql("rule")))


_FLIPPED_CANDIDATES: Final = """
insert into link_candidate
with of_record as (
    from {key} semi join (select number_l as number from link_flipped union select number_r from link_flipped)
        using (number)
),
shared as (
    select number_l, number_r, l.rule, l.block_key from link_flipped
    join of_record as l on l.number = number_l
    join of_record as r on r.number = number_r and r.block_key = l.block_key
),
compared as (
    select rule, block_key from {key} semi join shared using (block_key) anti join link_touched using (block_key)
    group by all having count(*) <= {most}
    union all select rule, block_key from link_block where is_compared
)
select number_l, number_r, min(rule) as rule from shared semi join compared using (block_key) group by all
"""


def _weigh(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    records: int,
    model: Model,
    threshold: float,
    threads: int | None,
) -> None:
    """Make `link_pair`, columns of the pairs, from `link_candidate`."""
    connection.execute(
        f"""
        create or replace temp table link_named as
        with known as (
            select {number_sql("record_id")} as number, record_id from link_now
        )
        select rule, l.record_id as record_id_l, r.record_id as record_id_r from link_candidate
        join known as l on l.number = number_l join known as r on r.number = number_r
        """
    )
    bench = open_bench(threads)
    try:
        wanted = "(select record_id_l as record_id from link_named union select record_id_r from link_named)"
        _lay_out_some(connection, evidence, wanted, bench)
        for column in FREQUENCY_COLUMNS:
            names = f"select now.* from now_frequency_{column} as now semi join link_known using ({column})"
            _hand_over(connection, bench, f"({names})", f"frequency_{column}")
        _hand_over(connection, bench, "link_named", "named")
        bench.execute(
            """
            create or replace table candidate as
            select rule as match_key, least(l.record_number, r.record_number) as join_key_l,
                greatest(l.record_number, r.record_number) as join_key_r
            from named
            join record as l on l.record_id = record_id_l join record as r on r.record_id = record_id_r
            """
        )
        weigh_candidates(bench, records, model, "pair", threshold=threshold)
        _hand_over(bench, connection, "pair", "link_pair")
    finally:
        bench.close()
        connection.execute("drop table if exists temp.link_named")


def prior_moved(connection: duckdb.DuckDBPyConnection, state: State, model: Model, records: int) -> float:
    """By how many bits the prior is another than in the last run: 0, or below it where there are many more records."""
    return prior_weight(model, records) - prior_among(model, population_then(connection, state))


def kept_pairs(pairs: str, moved: float, threshold: float) -> str:
    """SQL for the pairs of the last run that stand beside `link_pair`, as they weigh now.

    Args:
        pairs: those of the last run.
        moved: from `prior_moved`.
        threshold: lowest match probability kept.
    """
    kept = f"""
        with numbered_pair as (
            select *, {number_sql("record_id_l")} as a, {number_sql("record_id_r")} as b from {pairs}
        )
        select * exclude (a, b) from numbered_pair
        where a not in (select number from link_dirty) and b not in (select number from link_dirty)
            and (least(a, b), greatest(a, b)) not in (select (number_l, number_r) from link_flipped)
        """
    if not moved:
        return kept
    weights = {
        "stranger_weight": f"round(stranger_weight + {moved!r}, {DIGITS})",
        "match_weight": match_weight_sql("stranger_weight", "housemate_weight"),
        "match_probability": match_probability_sql("match_weight"),
    }
    for weight, sql in weights.items():
        kept = f"select * replace ({sql} as {weight}) from ({kept})"
    return f"from ({kept}) where match_weight >= {weight_of(threshold)!r}"


def _patch(connection: duckdb.DuckDBPyConnection, target: str, kept: str, state: State) -> None:
    """Put `link_pair` and the kept pairs in the place of the last run's, and remember the dirty records anew."""
    connection.execute(f"insert into link_pair {kept}")
    connection.execute(f"create or replace table {target} as from link_pair order by record_id_l, record_id_r")
    connection.execute(f"delete from {state.key} where number in (select number from link_dirty)")
    connection.execute(f"insert into {state.key} select rule, block_key, number from link_new_key")
    connection.execute(f"delete from {state.record} where record_id in (select record_id from link_dirty)")
    connection.execute(
        f"insert into {state.record} select link_now.* from link_now semi join link_dirty using (record_id)"
    )
    connection.execute(f"create or replace table {state.summary} as from now_summary")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    count: int = connection.execute(f"select count(*) from {table}").fetchall()[0][0]
    return count
