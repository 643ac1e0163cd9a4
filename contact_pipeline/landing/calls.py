"""Calls of a platform against its budget: what the ledger remembers, what the present rhythm will make of it.

Joining settings, cadence and past readings belongs here; the arithmetic is `sources.budget`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contact_pipeline.config import Settings
from contact_pipeline.ledger.fetches import calls_since, last_good_calls, last_whole
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.sources.budget import MONTH, Budget, BudgetUsedUp
from contact_pipeline.sources.entities import Entity
from contact_pipeline.sources.fetching import FETCHINGS, minutes_between
from contact_pipeline.sources.pull import Fetching

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True)
class Calls:
    """One platform's budget and rhythm.

    Attributes:
        source: the platform.
        budget: its limits and what was called in the last 30 days.
        last: calls of the last good reading that was like the next one will be (a window, or the whole list), by entity
            key; who was never read is not in it.
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
    good = last_good_calls(ledger, source)
    last: dict[str, int] = {}
    per_day: dict[str, float] = {}
    for key, fetching in FETCHINGS.items():
        window, whole = (good.get((fetching.entity.name, kind)) for kind in (False, True))
        if fetching.entity.source != source or (window is None and whole is None):
            continue
        whole_next = whole_is_due(fetching.entity, settings, ledger, now)
        last[key] = _first_of(*((whole, window) if whole_next else (window, whole)))
        if fetching.configured(settings):
            per_day[key] = _per_day(fetching, settings, window, whole)
    return Calls(source, Budget(platform.calls_per_day, platform.calls_per_month, spent, now), last, per_day)


def whole_is_due(entity: Entity, settings: Settings, ledger: Ledger, now: datetime) -> bool:
    """Whether the whole list was last read as long ago as its fetching allows."""
    hours = FETCHINGS[entity.key].whole_hours
    if hours is None:
        return False
    last = last_whole(ledger, entity.source, entity.name)
    return last is None or last + timedelta(hours=hours(settings)) <= now


def _first_of(*counts: int | None) -> int:
    """The first of the counts that is known; 1 where none is."""
    return next((count for count in counts if count is not None), 1)


def _per_day(fetching: Fetching, settings: Settings, window: int | None, whole: int | None) -> float:
    """Calls a day: readings at the entity's cadence, and where it is read in windows the whole list now and then."""
    readings = MINUTES_A_DAY / minutes_between(fetching, settings)
    if fetching.whole_hours is None or whole is None:
        return _first_of(window, whole) * readings
    wholes = min(readings, 24 / fetching.whole_hours(settings))
    return _first_of(window, whole) * (readings - wholes) + whole * wholes
