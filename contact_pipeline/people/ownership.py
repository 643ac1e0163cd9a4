"""Field ownership as a table, so that the SQL can rank and compare by it.

The rules are data in `ownership.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb

OWNERSHIP = Path(__file__).with_name("ownership.toml")

DIRECTIONS = ("from form", "both ways", "from Givebutter", "ours only", "not synced")
COMPARISONS = ("exact", "name", "phone", "email set", "date", "option", "tags", "none")

UPDATE, FILL = "imports.update", "imports.fill"
"""Imported contacts by their policy: one that updates has its say right after the field's owner, one that fills blanks
after everybody, also after sources that no rule names (rank 99 in `people.claim`)."""

AFTER_EVERYBODY = 100


class FieldRule(NamedTuple):
    """What holds for one field.

    Attributes:
        direction: one of DIRECTIONS: whose word counts between the forms and Givebutter.
        compare: one of COMPARISONS: when two values count as alike.
        sources: whose word the list of people shows, the first first.
        custom_field: title of the custom field of Givebutter that carries it, where one does.
    """

    direction: str
    compare: str
    sources: tuple[str, ...]
    custom_field: str | None = None


@cache
def field_rules() -> dict[str, FieldRule]:
    """Every field's rule.

    Raises:
        ValueError: a rule has a direction or a comparison nobody knows.
    """
    rules: dict[str, FieldRule] = {}
    for field, said in tomllib.loads(OWNERSHIP.read_text(encoding="utf-8")).items():
        rule = FieldRule(said["direction"], said["compare"], tuple(said["sources"]), said.get("custom_field"))
        if rule.direction not in DIRECTIONS or rule.compare not in COMPARISONS:
            raise ValueError(f"{OWNERSHIP.name}: {field} has an unknown direction or comparison.")
        rules[field] = rule
    return rules


def _ranks(rule: FieldRule) -> list[tuple[str | None, int | None]]:
    """Sources with their rank, imports by their policy among them (decision 33)."""
    unowned = [] if rule.sources else [(None, None)]
    ranked = enumerate((*rule.sources[:1], UPDATE, *rule.sources[1:]), start=1)
    return [*unowned, *((source, rank) for rank, source in ranked), (FILL, AFTER_EVERYBODY)]


def write_ownership(connection: duckdb.DuckDBPyConnection, custom_fields: Iterable[tuple[str, str, bool]] = ()) -> None:
    """Rebuild `people.ownership`: one row per field and source with its rank, 1 being the owner.

    A field without sources has a row whose source and rank are empty.

    Args:
        connection: the warehouse.
        custom_fields: (field, title of the custom field that carries it, whether Givebutter owns it), as the season
            says (decision 28).
    """
    said = {field: (title, theirs) for field, title, theirs in custom_fields}
    rows = []
    for field, rule in field_rules().items():
        title, theirs = said.get(field, (rule.custom_field, False))
        direction = "from Givebutter" if theirs else rule.direction
        rows += [
            (field, source, rank, direction, rule.compare, None if source in (UPDATE, FILL) else title)
            for source, rank in _ranks(rule)
        ]
    connection.execute(
        "create or replace table people.ownership (field varchar, source_entity varchar, rank integer, "
        "direction varchar, compare varchar, custom_field varchar)"
    )
    connection.executemany("insert into people.ownership values (?, ?, ?, ?, ?, ?)", rows)
