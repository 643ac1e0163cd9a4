"""Changing the rules of imports: by an administrator only, with the difference, who, when and why.

Who may, and what a change amounts to, belongs here. What rules say belongs to `rules`, keeping them to the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contact_pipeline.imports.rules import Rules, default_rules, rules_from
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.rules import add_rules, current_rules

PACKAGED = 0
"""The number of the rules that come with the program, which hold until a workspace has its own."""


class NotAllowed(PermissionError):
    """Somebody who is no administrator wants to change the rules; the message says who may."""


@dataclass(frozen=True)
class Holding:
    """The rules that hold, and their version (`PACKAGED` where the workspace has none of its own)."""

    version: int
    rules: Rules


def rules_that_hold(ledger: Ledger, entity: str = "people") -> Holding:
    """The rules an import is held to today."""
    found = current_rules(ledger, entity)
    return Holding(PACKAGED, default_rules()) if found is None else Holding(found.version, rules_from(found.document))


def set_rules(
    ledger: Ledger, rules: Rules, *, administrators: Sequence[str], actor: str, reason: str, now: datetime
) -> tuple[int, list[str]]:
    """Make these the rules from now on; gives the version and what changed, nothing where they hold already.

    Raises:
        NotAllowed: the actor is no administrator.
    """
    require_administrator(administrators, actor)
    before = rules_that_hold(ledger, rules.entity)
    changes = differences(before.rules.as_json(), rules.as_json())
    if not changes:
        return before.version, []
    kept = rules.as_json()
    return add_rules(
        ledger, rules.entity, kept, changes=changes, now=now, actor=actor, reason=reason
    ), changes  # fmt: skip


def require_administrator(administrators: Sequence[str], actor: str) -> None:
    """Refuse whoever may not change rules.

    Raises:
        NotAllowed: says who may, or how somebody comes to be an administrator.
    """
    if actor in administrators:
        return
    may = (
        f"Administrators are: {', '.join(administrators)}."
        if administrators
        else 'Nobody is one yet: write administrators = ["name"] into the home\'s contact_pipeline.toml.'
    )
    raise NotAllowed(f"{actor} may not change the rules of imports; an administrator may. {may}")


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between two documents, one line each: path, what it said, what it says."""
    old, new = dict(_flat(before)), dict(_flat(after))
    return [
        f"{path}: {_shown(old, path)} → {_shown(new, path)}"
        for path in sorted({*old, *new})
        if old.get(path) != new.get(path)
    ]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every single thing a document says, by its path; the places of a list count from 1."""
    if isinstance(value, Mapping) and value:
        for key, one in value.items():
            yield from _flat(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for place, one in enumerate(value, start=1):
            yield from _flat(one, f"{path}[{place}]")
    else:
        yield path, value


def _shown(said: Mapping[str, Any], path: str) -> str:
    return repr(said[path]) if path in said else "nothing"
