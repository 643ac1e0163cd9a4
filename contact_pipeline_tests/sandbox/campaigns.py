"""Campaigns the tests of this folder share: inventing one is deterministic, so once is enough."""

from datetime import date
from functools import cache

from contact_pipeline.sandbox.campaign import Campaign, invent

TODAY = date(2026, 9, 15)


@cache
def whole_campaign() -> Campaign:
    """The campaign of the default size."""
    return invent(20260915, today=TODAY)


@cache
def small_campaign() -> Campaign:
    """The smallest that holds every case."""
    return invent(3, today=TODAY, contacts=700, mentors=160, former_mentors=40)
