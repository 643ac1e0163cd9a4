"""Calls of a platform against its budget: what the ledger remembers, what the present rhythm will make of it.

Joining settings, cadence and past readings belongs here; the arithmetic is `sources.budget`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contact_pipeline.config import Settings
from contact_pipeline.ledger.fetches import calls_since, last_fetches
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.sources.budget import MONTH, Budget, BudgetUsedUp
from contact_pipeline.sources.entities import Entity
from contact_pipeline.sources.fetching import FETCHINGS, minutes_between

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True)
class Calls:
    """One platform's budget and rhythm.

    Attributes:
        source: the platform.
        budget: its limits and what was called in the last 30 days.
        last: calls of the last good reading, by entity key; who was never read is not in it.
        per_day: calls a day at the present rhythm, by entity key; of configured entities that were read.
    """

    source: str
    budget: Budget
    last: dict[str, int]
    per_day: dict[str, float]

    @property
    def forecast(self) -> float:
        """Calls a day at the present rhythm."""
        return sum(self.per_day.values())

    @property
    def warning(self) -> str | None:
        """What to be told about, if anything."""
        return self.budget.warning(self.forecast)

    def expected(self, entities: Iterable[Entity]) -> int:
        """Calls that reading these entities now will make, as far as the last readings tell; at least one each."""
        return sum(max(1, self.last.get(entity.key, 1)) for entity in entities)

    def affordable(self, entities: Iterable[Entity]) -> list[Entity]:
        """As many of these entities, in order, as the budget has room for."""
        chosen: list[Entity] = []
        for entity in entities:
            if self.budget.fits(self.expected([*chosen, entity])):
                chosen.append(entity)
        return chosen

    def require(self, entity: Entity) -> None:
        """Let a reading begin only if its calls fit.

        Raises:
            BudgetUsedUp: they do not; the message says when they will, and how to read all the same.
        """
        wanted = self.expected([entity])
        if not self.budget.fits(wanted):
            raise BudgetUsedUp(self.refusal(wanted, entity.key), self.budget.free_at(wanted))

    def refusal(self, wanted: int, what: str) -> str:
        """Why a reading does not begin, and what to do."""
        return (
            f"{what} was not read: it takes about {wanted:,} calls and the budget of {self.source} has "
            f"{self.budget.left:,} left ({self.budget.used_day:,} in 24 hours, {self.budget.used_month:,} in 30 days). "
            f"There is room from {self.budget.free_at(wanted):%Y-%m-%d %H:%M} UTC. To read all the same: "
            "contact-pipeline run --beyond-budget"
        )


def calls_of(source: str, settings: Settings, ledger: Ledger, *, now: datetime) -> Calls:
    """A platform's calls against its budget, now."""
    platform = getattr(settings, source)
    spent = calls_since(ledger, now - MONTH).get(source, [])
    good = last_fetches(ledger, good_only=True).to_pylist()
    last = {f"{row['source']}.{row['entity']}": int(row["calls"]) for row in good if row["source"] == source}
    per_day = {
        key: last[key] * MINUTES_A_DAY / minutes_between(fetching, settings)
        for key, fetching in FETCHINGS.items()
        if key in last and fetching.configured(settings)
    }
    return Calls(source, Budget(platform.calls_per_day, platform.calls_per_month, spent, now), last, per_day)
