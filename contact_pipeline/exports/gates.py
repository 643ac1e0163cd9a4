"""Freshness gates: may a file leave, seeing how old what we know is? The policy is data, in `gates.toml`.

Judging ages belongs here. How old an entity is belongs to `landing.freshness`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from contact_pipeline.landing.freshness import Freshness

POLICY = Path(__file__).with_name("gates.toml")

Verdict = Literal["allow", "warn", "block"]
GateAge = Literal["fresh", "stale", "very_old", "missing"]


class GateClosedError(Exception):
    """What we know is too old for this export; the message says what, how old, and what to do."""


@dataclass(frozen=True)
class Override:
    """Somebody let a file leave all the same: who, and why."""

    actor: str
    reason: str


@dataclass(frozen=True)
class DatasetAge:
    """One dataset an export stands on: as of when it is known, and how old that is."""

    name: str
    as_of: datetime | None
    age: GateAge
    hours: float | None

    def in_words(self) -> str:
        """`contacts are 50.0 hours old (stale)`."""
        if self.hours is None:
            return f"{self.name} were never read"
        return f"{self.name} are {self.hours} hours old ({self.age.replace('_', ' ')})"


@dataclass(frozen=True)
class Gate:
    """The answer for one export: allow, warn or block, and the datasets' ages behind it."""

    target: str
    verdict: Verdict
    ages: tuple[DatasetAge, ...]
    why: str

    @property
    def trouble(self) -> str:
        """What is not fresh, in words; empty where all is."""
        old = [one.in_words() for one in self.ages if one.age != "fresh"]
        return f"{'; '.join(old)}. {self.why}" if old else ""

    def as_manifest(self, override: Override | None) -> dict[str, Any]:
        """What the manifest says of it."""
        told: dict[str, Any] = {
            "verdict": self.verdict,
            "ages": {
                one.name: {"as of": one.as_of.isoformat() if one.as_of else None, "hours": one.hours, "age": one.age}
                for one in self.ages
            },
        }
        if override is not None and self.verdict == "block":
            told["override"] = {"actor": override.actor, "reason": override.reason}
        return told

    def pass_through(self, override: Override | None) -> None:
        """Let the export go on.

        Raises:
            GateClosedError: it is blocked and nobody overrides that.
        """
        if self.verdict == "block" and override is None:
            raise GateClosedError(
                f"The {self.target} export is blocked: {self.trouble} Read the platforms anew (contact-pipeline run; "
                "drop a fresh Givebutter export into the inbox), or let it go: --override-freshness --reason …"
            )


def gate(target: str, known: Mapping[str, Freshness], *, now: datetime) -> Gate:
    """May this export leave now?

    Args:
        target: a table of `gates.toml`.
        known: what is known of each entity, as `landing.freshness.freshness` gives it.
        now: the moment it would leave.
    """
    policy = _policy()[target]
    ages = tuple(_age_of(name, entities, known, now) for name, entities in policy["needs"].items())
    verdicts: list[Verdict] = [policy[one.age] for one in ages]
    order: tuple[Verdict, ...] = ("allow", "warn", "block")
    return Gate(target, max(verdicts, key=order.index), ages, policy["why"])


def _age_of(name: str, entities: list[str], known: Mapping[str, Freshness], now: datetime) -> DatasetAge:
    newest = max(
        (known[entity] for entity in entities if entity in known and known[entity].whole_as_of is not None),
        key=lambda one: one.whole_as_of or now,
        default=None,
    )
    if newest is None:
        return DatasetAge(name, None, "missing", None)
    words = newest.age(now, whole=True)
    age: GateAge = "fresh" if words == "fresh" else "very_old" if words == "very old" else "stale"
    return DatasetAge(name, newest.whole_as_of, age, newest.hours(now, whole=True))


@cache
def _policy() -> dict[str, Any]:
    return tomllib.loads(POLICY.read_text(encoding="utf-8"))
