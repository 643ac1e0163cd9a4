"""Comparing two ways to group the same records: what merges, what parts, with examples.

Counting differences belongs here. Which grouping is right nobody here knows: a human reads the examples.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Example:
    """A group of records that changes: the groups they are in before, and after."""

    before: tuple[tuple[str, ...], ...]
    after: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Difference:
    """How two groupings of the same records differ.

    Attributes:
        records: how many records both hold.
        groups_before: groups in the first.
        groups_after: groups in the second.
        changed: groups of the first that are not a group of the second.
        merged: groups of the second that hold records of several of the first.
        parted: groups of the first whose records are in several of the second.
        examples: some of the changes, largest first, then by record id.
    """

    records: int
    groups_before: int
    groups_after: int
    changed: int
    merged: int
    parted: int
    examples: tuple[Example, ...]

    @property
    def changed_share(self) -> float:
        """Share of the first grouping's groups that change; 0 where there are none."""
        return self.changed / self.groups_before if self.groups_before else 0.0

    def as_json(self) -> dict[str, Any]:
        """The difference as plain data."""
        return {**asdict(self), "changed_share": round(self.changed_share, 6)}


def compare_clusters(
    connection: duckdb.DuckDBPyConnection, before: str, after: str, *, examples: int = 10
) -> Difference:
    """Compare two groupings; records that only one of them holds are left out.

    Args:
        connection: holds both.
        before: table or subquery (record_id, cluster_id).
        after: the same.
        examples: how many changes to show.
    """
    connection.execute(
        f"""
        create or replace temp table both_groupings as
        select b.record_id, b.cluster_id as old_id, a.cluster_id as new_id
        from {before} as b join {after} as a using (record_id)
        """
    )
    records, old, new, changed, merged, parted = (int(n) for n in connection.execute(_COUNTS).fetchall()[0])
    shown = connection.execute(_EXAMPLES, [examples]).fetchall()
    found = tuple(Example(_groups(one), _groups(other)) for one, other in shown)
    return Difference(records, old, new, changed, merged, parted, found)


def _groups(rows: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group) for group in rows)


_COUNTS = """
with old as (select old_id, count(*) as held, count(distinct new_id) as parts from both_groupings group by all),
new as (select new_id, count(*) as held, count(distinct old_id) as parts from both_groupings group by all),
same as (
    select old_id from both_groupings join old using (old_id) join new using (new_id)
    group by old_id having max(old.parts) = 1 and max(new.parts) = 1
)
select (select count(*) from both_groupings), (select count(*) from old), (select count(*) from new),
    (select count(*) from old) - (select count(*) from same),
    (select count(*) from new where parts > 1), (select count(*) from old where parts > 1)
"""

_EXAMPLES = """
with parted as (select old_id from both_groupings group by 1 having count(distinct new_id) > 1),
merged as (select new_id from both_groupings group by 1 having count(distinct old_id) > 1),
touched as (
    select distinct new_id as subject from both_groupings where new_id in (from merged)
    union
    select min(new_id) from both_groupings where old_id in (from parted) group by old_id
),
around as (
    select distinct subject, o.record_id, o.old_id, o.new_id
    from touched
    join both_groupings as s on s.new_id = subject
    join both_groupings as o on o.old_id = s.old_id or o.new_id = s.new_id
),
old_groups as (
    select subject, list(members order by members) as groups from (
        select subject, list(record_id order by record_id) as members from around group by subject, old_id
    ) group by subject
),
new_groups as (
    select subject, list(members order by members) as groups from (
        select subject, list(record_id order by record_id) as members from around group by subject, new_id
    ) group by subject
)
select o.groups, n.groups
from old_groups as o join new_groups as n using (subject)
order by len(flatten(o.groups)) desc, subject
limit ?
"""
