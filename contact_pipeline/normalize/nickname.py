"""Nicknames: which formal names a given name may stand for.

The sets belong here. Comparing them belongs to `identity`: two names that share a canonical name may be one person's; a
name is never rewritten into another.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from contact_pipeline.normalize.fold import name_key
from contact_pipeline.normalize.reference_data import reference_rows
from contact_pipeline.normalize.value_table import insert_rows

if TYPE_CHECKING:
    import duckdb


@cache
def nickname_sets() -> dict[str, tuple[str, ...]]:
    """Name key → sorted canonical name keys, itself among them, for every name that has or is a nickname.

    `bob` gives `('bob', 'robert')`, `robert` gives `('robert', …)`: the two share `robert`. The names come from the
    `nicknames` package and from `reference/nickname_extras.csv`.
    """
    from nicknames import name_triplets

    pairs = [(triplet.name2, triplet.name1) for triplet in name_triplets()]
    pairs += [(row["nickname"], row["canonical"]) for row in reference_rows("nickname_extras")]
    sets: dict[str, set[str]] = {}
    for nickname, canonical in ((name_key(nickname), name_key(canonical)) for nickname, canonical in pairs):
        sets.setdefault(canonical, {canonical})
        sets.setdefault(nickname, {nickname}).add(canonical)
    return {name: tuple(sorted(names)) for name, names in sorted(sets.items())}


def canonical_names(key: str) -> tuple[str, ...]:
    """The canonical names of one name key; the key alone where it is no nickname, nothing for a blank key."""
    return nickname_sets().get(key, (key,) if key else ())


def share_a_nickname(first: str, second: str) -> bool:
    """Whether two name keys may be one person's given name (`bob` and `rob`: both stand for `robert`)."""
    return not set(canonical_names(first)).isdisjoint(canonical_names(second))


def build_nicknames(connection: duckdb.DuckDBPyConnection, target: str) -> None:
    """Build the table of nickname sets.

    Args:
        connection: A DuckDB connection that may write `target`.
        target: Table to create or replace: name_key, canonical_names (varchar[], sorted, never empty); sorted by
            name_key. A name that is not in it stands for itself alone.
    """
    import pyarrow as pa

    schema = pa.schema([("name_key", pa.string()), ("canonical_names", pa.list_(pa.string()))])
    connection.execute(f"create or replace table {target} (name_key varchar, canonical_names varchar[])")
    insert_rows(connection, target, schema, nickname_sets().items())
