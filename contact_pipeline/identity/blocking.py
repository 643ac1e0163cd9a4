"""Blocking: which records are compared at all.

Making keys from records and pairs from keys belongs here, set-based. The rules themselves are in `model`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_pipeline.identity.model import BLOCKING, BlockingRule

if TYPE_CHECKING:
    import duckdb


def build_every_key(bench: duckdb.DuckDBPyConnection) -> None:
    """Bench table `every_key` (rule, block_key, record_number, source_dataset): what each record of `record` holds."""
    bench.execute(f"create or replace table every_key as {' union all '.join(map(_keys_sql, range(len(BLOCKING))))}")


def most_sql(rule: str) -> str:
    """SQL for how many records may hold one key of a rule, given the expression that is the rule's number."""
    return f"case {rule} {' '.join(f'when {number} then {known.most}' for number, known in enumerate(BLOCKING))} end"


def build_keys(bench: duckdb.DuckDBPyConnection) -> None:
    """Bench table `block`, columns of `every_key`: the keys held by at least two records and by no more than the
    rule's `most`. `every_key` is made too, and stays.
    """
    build_every_key(bench)
    bench.execute(
        f"""
        create or replace table block as
        with size as (
            select rule, block_key, count(*) as held from every_key group by all
            having held > 1 and held <= {most_sql("rule")}
        )
        select rule, block_key, record_number, source_dataset from every_key join size using (rule, block_key)
        """
    )


def build_candidates(
    bench: duckdb.DuckDBPyConnection, target: str, *, link_only: bool = False, keep_keys: bool = False
) -> int:
    """Bench table `target` (match_key, join_key_l, join_key_r): every pair of records that shares a key, once.

    Args:
        bench: holds `record`.
        target: table to create; `match_key` is the number of the first rule by which the two meet.
        link_only: only pairs of different `source_dataset`.
        keep_keys: leave the table `every_key` on the bench.

    Returns:
        The number of pairs.
    """
    build_keys(bench)
    across = "and l.source_dataset is distinct from r.source_dataset" if link_only else ""
    bench.execute(
        f"""
        create or replace table {target} as
        select min(l.rule)::varchar as match_key, l.record_number as join_key_l, r.record_number as join_key_r
        from block l join block r
            on l.rule = r.rule and l.block_key = r.block_key and l.record_number < r.record_number {across}
        group by l.record_number, r.record_number
        """
    )
    bench.execute("drop table block")
    if not keep_keys:
        bench.execute("drop table every_key")
    count: int = bench.sql(f"select count(*) from {target}").fetchall()[0][0]
    return count


def rule_name(match_key: str) -> str:
    """The name of the rule behind a pair's `match_key`."""
    return BLOCKING[int(match_key)].name


def _keys_sql(number: int) -> str:
    rule: BlockingRule = BLOCKING[number]
    keys = f"distinct unnest({rule.keys})" if rule.many else rule.keys
    return f"""
        select {number}::utinyint as rule, hash(key) as block_key, record_number, source_dataset
        from (select {keys} as key, record_number, source_dataset from record) where key is not null
    """
