"""Versions of the rules of imports: lines are only added, the last one of an entity holds.

Remembering and finding belongs here. What rules say belongs to `imports.rules`, who may change them to
`imports.changing_rules`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from contact_pipeline.ledger.ledger import Ledger, inserted_id
from contact_pipeline.ledger.tables import rules_version


@dataclass(frozen=True)
class RulesVersion:
    """One version: the whole document, what changed with it, since when, by whom and why."""

    version: int
    entity: str
    document: dict[str, Any]
    changes: list[str]
    since: datetime
    actor: str
    reason: str


def add_rules(
    ledger: Ledger,
    entity: str,
    document: Mapping[str, Any],
    *,
    changes: Sequence[str],
    now: datetime,
    actor: str,
    reason: str,
) -> int:
    """Adds a version, which holds from now on; gives its number."""
    line = {"entity": entity, "document": dict(document), "changes": list(changes), "since": now}
    with ledger.writing() as connection:
        return inserted_id(connection, rules_version.insert().values(**line, actor=actor, reason=reason))


def rules_history(ledger: Ledger, entity: str = "people") -> list[RulesVersion]:
    """Every version of an entity's rules, the newest first."""
    return _read(ledger, _versions(entity))


def current_rules(ledger: Ledger, entity: str = "people") -> RulesVersion | None:
    """The version that holds; None where the workspace has no rules of its own."""
    return next(iter(_read(ledger, _versions(entity).limit(1))), None)


def rules_of_version(ledger: Ledger, version: int) -> RulesVersion | None:
    """One version, or None."""
    return next(iter(_read(ledger, select(rules_version).where(rules_version.c.version == version))), None)


def _versions(entity: str) -> Select[Any]:
    return select(rules_version).where(rules_version.c.entity == entity).order_by(rules_version.c.version.desc())


def _read(ledger: Ledger, wanted: Select[Any]) -> list[RulesVersion]:
    with ledger.reading() as connection:
        return [RulesVersion(**row._asdict()) for row in connection.execute(wanted).all()]
