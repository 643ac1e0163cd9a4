"""Clustering: from pairs to people, never across a fact that forbids it.

Groups are the connected components of the joined pairs. Only a group that holds a contradiction, or that hangs together
by a thread, is taken apart and put together again strongest pair first, each union checked before it is made: whether
two records end up together then depends on the evidence, not on the order of rows. What was refused is returned with
the reason, for a human to look at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from contact_pipeline.identity.cannot_link import (
    HUMAN,
    RULES,
    Facts,
    Rule,
    read_facts,
    reason_apart,
    rules_for,
    suspicious_groups,
)
from contact_pipeline.identity.model import BIRTH_YEAR_GAP, JOIN_THRESHOLD
from contact_pipeline.identity.parameters import Model

if TYPE_CHECKING:
    import duckdb

BRIDGE_GROUP: Final = 3
"""A group of this many records stands on its own; joining two such groups needs more than one pair."""

BRIDGE_SUPPORT: Final = 0.2
"""Share of the pairs between two such groups that must be joined pairs; fewer are a bridge and are refused."""

CHAIN_GROUP: Final = 12
"""From this many records a group must hold together by more than a chain, each record by one other."""

CHAIN_SUPPORT: Final = 1 / 6
"""Share of the pairs inside such a group that must be joined pairs; a chain of twelve has just that."""

_HUMAN_WEIGHT: Final = 1000.0

REFUSED_COLUMNS: Final[dict[str, str]] = {
    "record_id_l": "The smaller record id of the pair.",
    "record_id_r": "The larger record id of the pair.",
    "match_weight": "The pair's weight (bits).",
    "match_probability": "The same as a probability.",
    "kind": "`cannot link`, `human`, `bridge`; `overruled` where a human joined what a rule forbids.",
    "because_l": "The record on the left side that the reason is about.",
    "because_r": "The record on the right side that the reason is about.",
    "reason": "Why they were kept apart, in words.",
}


class Edge(NamedTuple):
    """A joined pair."""

    left: str
    right: str
    weight: float
    probability: float


class Refused(NamedTuple):
    """A joined pair whose records stayed apart; the fields are `REFUSED_COLUMNS`."""

    record_id_l: str
    record_id_r: str
    match_weight: float
    match_probability: float
    kind: str
    because_l: str
    because_r: str
    reason: str


@dataclass
class ClusterReport:
    """What clustering did.

    Attributes:
        records: records seen.
        clusters: people found.
        joined: records that are not alone.
        refused: pairs kept apart against their score.
    """

    records: int
    clusters: int
    joined: int
    refused: int


@dataclass
class _Group:
    """Records joined so far, with their facts."""

    members: list[str]
    facts: list[Facts]


@dataclass
class _Joining:
    """The state of putting one component together again."""

    groups: dict[str, _Group]
    group_of: dict[str, str]
    neighbours: dict[str, set[str]]
    different: dict[str, set[str]]
    rules: tuple[Rule, ...]
    refused: list[Refused] = field(default_factory=list)


def cluster(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    pairs: str,
    *,
    target: str,
    refused: str,
    threshold: float = JOIN_THRESHOLD,
    same: str | None = None,
    different: str | None = None,
    model: Model | None = None,
    birth_year_gap: int = BIRTH_YEAR_GAP,
) -> ClusterReport:
    """Group records into people.

    Args:
        connection: holds the tables; `target` and `refused` are written through it.
        evidence: evidence table; every record of it gets a cluster.
        pairs: table from `prediction.predict`.
        target: table to create or replace (record_id, cluster_id), in the order of the evidence; cluster_id is the
            smallest record id of the group.
        refused: table to create or replace, columns `REFUSED_COLUMNS`.
        threshold: match probability from which a pair is joined, unless it is one to ask about (`asking`).
        same: table (record_id_l, record_id_r) of pairs a human joined.
        different: table (record_id_l, record_id_r) of pairs a human said are not the same person.
        model: the model the pairs were scored with; decides which cannot-link rules hold (`cannot_link.rules_for`).
        birth_year_gap: years between two births from which they are two people's.

    Returns:
        Counts.
    """
    _find_components(connection, evidence, pairs, threshold, same)
    apart = _read_apart(connection, different)
    rules = rules_for(model, birth_year_gap)
    _find_doubtful(connection, evidence, different, rules)
    refusals = _put_together(connection, evidence, apart, rules)
    _write(connection, evidence, target)
    _write_refused(connection, refusals, refused)
    records, joined, groups = connection.execute(
        f"""
        select (select count(*) from {evidence}), coalesce(sum(held), 0), count(*)
        from (select count(*) as held from component group by group_id having held > 1)
        """
    ).fetchall()[0]
    for table in ("joined_pair", "component", "doubtful"):
        connection.execute(f"drop table temp.{table}")
    return ClusterReport(records, records - int(joined) + groups, int(joined), len(refusals))


def connected(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For every record that occurs in `pairs`, the smallest record its connected component holds."""
    parent: dict[str, str] = {}

    def find(record: str) -> str:
        top = record
        while (above := parent.setdefault(top, top)) != top:
            top = above
        while parent[record] != top:
            parent[record], record = top, parent[record]
        return top

    for left, right in pairs:
        a, b = find(left), find(right)
        if a < b:
            parent[b] = a
        elif b < a:
            parent[a] = b
    return {record: find(record) for record in parent}


def _find_components(
    connection: duckdb.DuckDBPyConnection, evidence: str, pairs: str, threshold: float, same: str | None
) -> None:
    """Temporary tables `joined_pair` (record_id_l, record_id_r, match_weight, match_probability) and `component`
    (record_id, group_id): the records that are not alone, and the smallest of those that hang together with each.

    Most groups are two records: those two are known without walking from pair to pair.
    """
    connection.execute(
        f"""
        create or replace temp table joined_pair as
        select record_id_l, record_id_r, match_weight, match_probability from {pairs}
        where match_probability >= {threshold!r} and asked_because is null
        """
    )
    if same is not None:
        known = f"(select record_id from {evidence})"
        connection.execute(
            f"""
            insert into joined_pair
            select distinct least(record_id_l, record_id_r), greatest(record_id_l, record_id_r), {_HUMAN_WEIGHT}, 1
            from {same}
            where record_id_l in {known} and record_id_r in {known} and record_id_l <> record_id_r
            """
        )
    connection.execute(
        """
        create or replace temp table component as
        with several as (
            select record_id from (
                select record_id_l as record_id from joined_pair union all select record_id_r from joined_pair
            )
            group by record_id having count(*) > 1
        ),
        two as (
            from joined_pair
            anti join several as l on l.record_id = record_id_l anti join several as r on r.record_id = record_id_r
        )
        select record_id_l as record_id, record_id_l as group_id from two
        union all select record_id_r, record_id_l from two
        """
    )
    walked = connection.execute(
        "select record_id_l, record_id_r from joined_pair anti join component as c on c.record_id = record_id_l"
    ).fetchall()
    _regroup(connection, connected(walked))


def _regroup(connection: duckdb.DuckDBPyConnection, groups: dict[str, str]) -> None:
    """Put records into other groups of `component`."""
    import pyarrow as pa

    connection.register(
        "regrouped",
        pa.table({"record_id": pa.array(groups, pa.string()), "group_id": pa.array(groups.values(), pa.string())}),
    )
    connection.execute("delete from component where record_id in (select record_id from regrouped)")
    connection.execute("insert into component from regrouped")
    connection.unregister("regrouped")


def _read_apart(connection: duckdb.DuckDBPyConnection, different: str | None) -> dict[str, set[str]]:
    apart: dict[str, set[str]] = defaultdict(set)
    if different is not None:
        for left, right in connection.sql(f"select record_id_l, record_id_r from {different}").fetchall():
            apart[left].add(right)
            apart[right].add(left)
    return apart


def _find_doubtful(
    connection: duckdb.DuckDBPyConnection, evidence: str, different: str | None, rules: tuple[Rule, ...]
) -> None:
    """Temporary table `doubtful` (group_id): components that contradict themselves or may hold a bridge."""
    connection.execute(
        f"""
        create or replace temp table doubtful as
        select group_id from component group by group_id having count(*) >= {2 * BRIDGE_GROUP}
        union select unnest(?::varchar[])
        """,
        [suspicious_groups(connection, evidence, "component", rules)],
    )
    if different is not None:
        connection.execute(
            f"""
            insert into doubtful
            select distinct l.group_id from {different}
            join component as l on l.record_id = record_id_l
            join component as r on r.record_id = record_id_r and r.group_id = l.group_id
            anti join doubtful as d on d.group_id = l.group_id
            """
        )


def _put_together(
    connection: duckdb.DuckDBPyConnection,
    evidence: str,
    apart: dict[str, set[str]],
    rules: tuple[Rule, ...],
) -> list[Refused]:
    """Join the doubtful components again with care; `component` is changed."""
    by_component: dict[str, list[Edge]] = defaultdict(list)
    for group, *edge in connection.execute(
        "select group_id, joined_pair.* from joined_pair join component on record_id = record_id_l "
        "semi join doubtful using (group_id)"
    ).fetchall():
        by_component[group].append(Edge(*edge))
    members = {record for edges in by_component.values() for edge in edges for record in edge[:2]}
    facts = read_facts(connection, evidence, sorted(members)) if members else {}
    refusals: list[Refused] = []
    groups: dict[str, str] = {}
    for component in sorted(by_component):
        joining = join_with_care(by_component[component], facts, apart, rules)
        refusals.extend(joining.refused)
        for group in joining.groups.values():
            groups.update(dict.fromkeys(group.members, min(group.members)))
    _regroup(connection, groups)
    return refusals


def join_with_care(
    edges: list[Edge], facts: dict[str, Facts], different: dict[str, set[str]], rules: tuple[Rule, ...] = RULES
) -> _Joining:
    """Join strongest pair first, and refuse a union that would put two records together that must stay apart.

    Args:
        edges: the joined pairs of one component.
        facts: facts by record id.
        different: for a record, those a human said are someone else.
        rules: the cannot-link rules that hold.
    """
    records = sorted({record for edge in edges for record in edge[:2]})
    joining = _Joining(
        groups={record: _Group([record], [facts.get(record, Facts(record))]) for record in records},
        group_of={record: record for record in records},
        neighbours=_neighbours(edges),
        different=different,
        rules=rules,
    )
    for edge in sorted(edges, key=lambda edge: (-edge.weight, edge.left, edge.right)):
        left, right = joining.group_of[edge.left], joining.group_of[edge.right]
        if left != right:
            _try_to_join(joining, edge, joining.groups[left], joining.groups[right])
    return joining


def _neighbours(edges: list[Edge]) -> dict[str, set[str]]:
    neighbours: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        neighbours[edge.left].add(edge.right)
        neighbours[edge.right].add(edge.left)
    return neighbours


def _try_to_join(joining: _Joining, edge: Edge, left: _Group, right: _Group) -> None:
    refusal = _refusal(joining, edge, left, right)
    if refusal is not None:
        joining.refused.append(refusal)
        if refusal.kind != "overruled":
            return
    kept, taken = sorted((left, right), key=lambda group: group.members[0])
    kept.members.extend(taken.members)
    kept.facts.extend(taken.facts)
    name = joining.group_of[kept.members[0]]
    del joining.groups[joining.group_of[taken.members[0]]]
    joining.group_of.update(dict.fromkeys(taken.members, name))


def _refusal(joining: _Joining, edge: Edge, left: _Group, right: _Group) -> Refused | None:
    for a in left.members:
        for b in sorted(joining.different.get(a, set()).intersection(right.members)):
            return Refused(*edge, "human", a, b, HUMAN)
    for one in left.facts:
        for other in right.facts:
            reason = reason_apart(one, other, joining.rules)
            if reason is not None:
                kind = "overruled" if edge.weight == _HUMAN_WEIGHT else "cannot link"
                return Refused(*edge, kind, one.record_id, other.record_id, reason)
    if edge.weight != _HUMAN_WEIGHT and _is_bridge(joining, left, right):
        reason = f"only a thread holds {len(left.members)} and {len(right.members)} records together"
        return Refused(*edge, "bridge", edge.left, edge.right, reason)
    return None


def _is_bridge(joining: _Joining, left: _Group, right: _Group) -> bool:
    return _hangs_by_a_thread(joining, left, right) or _makes_a_chain(joining, left, right)


def _makes_a_chain(joining: _Joining, left: _Group, right: _Group) -> bool:
    together = {*left.members, *right.members}
    if len(together) < CHAIN_GROUP:
        return False
    joined = sum(len(joining.neighbours[record] & together) for record in together) / 2
    return joined < CHAIN_SUPPORT * len(together) * (len(together) - 1) / 2


def _hangs_by_a_thread(joining: _Joining, left: _Group, right: _Group) -> bool:
    if min(len(left.members), len(right.members)) < BRIDGE_GROUP:
        return False
    others = set(right.members)
    joined = sum(len(joining.neighbours[record] & others) for record in left.members)
    return joined < BRIDGE_SUPPORT * len(left.members) * len(right.members)


def _write(connection: duckdb.DuckDBPyConnection, evidence: str, target: str) -> None:
    connection.execute(
        f"""
        create or replace table {target} as
        select record_id, coalesce(group_id, record_id) as cluster_id
        from (select record_id from {evidence}) left join component using (record_id)
        """
    )


def _write_refused(connection: duckdb.DuckDBPyConnection, refusals: list[Refused], target: str) -> None:
    import pyarrow as pa

    kinds = dict.fromkeys(REFUSED_COLUMNS, pa.string()) | {
        "match_weight": pa.float64(),
        "match_probability": pa.float64(),
    }
    rows = [refusal._asdict() for refusal in refusals]
    connection.register("refusal", pa.Table.from_pylist(rows, schema=pa.schema(list(kinds.items()))))
    try:
        connection.execute(
            f"create or replace table {target} as select * from refusal order by record_id_l, record_id_r"
        )
    finally:
        connection.unregister("refusal")
