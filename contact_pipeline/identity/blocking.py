"""Blocking: which records are compared at all.

Making keys from records and pairs from keys belongs here, set-based. The rules themselves are in `model`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.model import BLOCKING, BlockingRule

if TYPE_CHECKING:
    import duckdb


def build_every_key(bench: duckdb.DuckDBPyConnection) -> None:
    """Bench table `every_key` (rule, block_key, record_number): what each record of `record` holds.

    A key is a number, another for every rule: texts of millions of records would take long to hash again and again.
    """
    bench.execute(f"create or replace table every_key as {' union all '.join(map(_keys_sql, range(len(BLOCKING))))}")


def most_sql(rule: str) -> str:
    """SQL for how many records may hold one key of a rule, given the expression that is the rule's number."""
    return f"case {rule} {' '.join(f'when {number} then {known.most}' for number, known in enumerate(BLOCKING))} end"


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
    build_every_key(bench)
    bench.execute("create or replace temp table met (rule utinyint, l uinteger, r uinteger)")
    for number, rule in enumerate(BLOCKING):
        _meet(bench, number, rule.most)
    bench.execute(
        f"""
        create or replace table {target} as
        select min(rule) as match_key, l as join_key_l, r as join_key_r
        from met {_ACROSS if link_only else ""}
        group by l, r
        """
    )
    bench.execute("drop table met")
    if not keep_keys:
        bench.execute("drop table every_key")
    count: int = bench.sql(f"select count(*) from {target}").fetchall()[0][0]
    return count


def rule_name(match_key: int) -> str:
    """The name of the rule behind a pair's `match_key`."""
    return BLOCKING[match_key].name


_ACROSS: Final = """
    join (select record_number as l, source_dataset as source_l from record) using (l)
    join (select record_number as r, source_dataset as source_r from record) using (r)
    where source_l is distinct from source_r
"""


def _meet(bench: duckdb.DuckDBPyConnection, number: int, most: int) -> None:
    """Add to `met` the pairs of one rule: of keys held by at least two records and by no more than `most`.

    Most keys that are shared are shared by two: those two are known once the key is counted, without a join.
    """
    bench.execute(
        f"""
        create or replace temp table shared_key as
        select block_key, count(*) as held, min(record_number) as l, max(record_number) as r
        from every_key where rule = {number} group by block_key having count(*) between 2 and {most}
        """
    )
    bench.execute(f"insert into met select {number}, l, r from shared_key where held = 2")
    bench.execute(
        f"""
        create or replace temp table block as
        select block_key, record_number from every_key
        where rule = {number} and block_key in (select block_key from shared_key where held > 2)
        """
    )
    bench.execute(
        f"""
        insert into met select {number}, l.record_number, r.record_number
        from block as l join block as r on l.block_key = r.block_key and l.record_number < r.record_number
        """
    )
    bench.execute("drop table shared_key")
    bench.execute("drop table block")


def _keys_sql(number: int) -> str:
    rule: BlockingRule = BLOCKING[number]
    first, *others = rule.keys
    if rule.many:
        first = f"unnest(case when len({first}) > 1 then list_distinct({first}) else {first} end)"
    parts = {"key": first} | {f"key_{place}": sql for place, sql in enumerate(others)}
    named = ", ".join(f"{sql} as {name}" for name, sql in parts.items())
    given = " and ".join(f"{name} is not null" for name in parts)
    return f"""
        select rule, hash({", ".join(("rule", *parts))}) as block_key,
            record_number::uinteger as record_number
        from (select {number}::utinyint as rule, record_number, {named} from record)
        where {given}
    """
