"""When a window of new submissions is enough, and when a whole form has to be read (sources.md 3.4, 3.5).

What is remembered of a form between two readings, and what its count tells, belong here. Calls belong to the client.

A window asks for what was made after a moment, on the clock Jotform writes. That clock repeats an hour each autumn, so
a window reaches back an hour further than the usual overlap. Jotform may read the moment on another clock than it
writes, or leave a row out: what a window cannot show, the form's count gives away, and the whole form is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from contact_pipeline.sources.jotform.client import Listing
from contact_pipeline.sources.jotform.time import eastern_to_utc
from contact_pipeline.sources.window import CLOCK_SLACK, OVERLAP

REACH = OVERLAP + timedelta(hours=1)
"""How far a window reaches back before the newest submission, on the wall clock."""

WALL = "%Y-%m-%d %H:%M:%S"
LONG_AGO = "1970-01-01 00:00:00"


@dataclass(frozen=True)
class FormState:
    """A form as the last reading left it.

    Attributes:
        newest: when its newest submission was made, New York's wall clock; empty where it has none.
        edge: ids of the submissions that the next window will show again.
        count: submissions it should have.
    """

    newest: str
    edge: tuple[str, ...]
    count: int

    @property
    def window_start(self) -> str:
        """After which moment the next window asks, on the wall clock; for a form without submissions, any."""
        if not self.newest:
            return LONG_AGO
        return (datetime.strptime(self.newest, WALL) - REACH).strftime(WALL)  # noqa: DTZ007 (a wall clock)


def state_of(listing: Listing, *, now: datetime, before: FormState | None = None) -> FormState:
    """The state after a reading.

    Args:
        listing: a whole form, or with `before` a window of it.
        now: the current time; a submission far ahead of it is a typing error, not news.
        before: the state the window began from.
    """
    moments = [made for made in listing.created.values() if _can_be(made, now)]
    newest = max([*moments, before.newest if before is not None else ""])
    start = FormState(newest, (), 0).window_start
    edge = sorted(number for number, made in listing.created.items() if made > start)
    count = listing.count if before is None else before.count + len(_new(before, listing))
    return FormState(newest, tuple(edge), count)


def shows_all(before: FormState, listing: Listing) -> bool:
    """Whether a window tells all that happened since, as far as counts can say.

    False where the form shrank, where a known submission is missing, and where it grew by more than the window shows.
    One that came while the window was read is in the window and not yet in the count: the next reading sees both.
    """
    if listing.count < before.count or not listing.created.keys() >= set(before.edge):
        return False
    return listing.count <= before.count + len(_new(before, listing))


def states_from(cursor: str | None) -> dict[str, FormState]:
    """The states a cursor holds, by form id; none where there is no cursor."""
    kept: dict[str, dict[str, object]] = json.loads(cursor) if cursor is not None else {}
    return {
        form: FormState(str(state["newest"]), tuple(map(str, _listed(state["edge"]))), int(str(state["count"])))
        for form, state in kept.items()
    }


def cursor_from(states: Mapping[str, FormState]) -> str:
    """The states as one line of text: equal states, equal text."""
    return json.dumps({form: asdict(state) for form, state in sorted(states.items())}, separators=(",", ":"))


def _new(before: FormState, listing: Listing) -> set[str]:
    inside = {number for number, made in listing.created.items() if made > before.window_start}
    return inside - set(before.edge)


def _can_be(made: str, now: datetime) -> bool:
    try:
        return eastern_to_utc(made) <= now + CLOCK_SLACK
    except ValueError:
        return False


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
