"""A case: one way in which records mislead a matcher, with its story and how often it happens.

The list of all cases is `ALL_CASES` in `invention`; the stories are what documentation and the truth's labels mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contact_pipeline.sandbox.campaign.population import Cast

FEWEST = 3
"""However small the campaign, each case happens this often: a handful is needed to see it."""


@dataclass(frozen=True, slots=True)
class Case:
    """`count` is how often the case is built in a campaign of the default size; `build` adds one instance."""

    name: str
    count: int
    story: str
    build: Callable[[Cast, str], None]

    def scaled(self, share: float) -> int:
        """How often the case is built in a campaign `share` times the default size."""
        return max(FEWEST, round(self.count * share))
