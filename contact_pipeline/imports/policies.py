"""What becomes of a row whose person is known, and of one whose person is not: the four policies, as data.

Only the rules belong here. How much an imported value counts beside others is `people.ownership`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PolicyName = Literal["fill", "update", "upsert", "skip"]


@dataclass(frozen=True)
class Policy:
    """One policy.

    Attributes:
        name: As people type it.
        new: What a row of an unknown person does: `create`, or `skip`.
        known: What a row of a known person does: `fill`, `update` or `skip`.
        claim: How the landed row's values count (`people.ownership`): `fill` or `update`.
        asks: Whether it overwrites and so needs a yes (decision 33).
        says: In words.
    """

    name: PolicyName
    new: Literal["create", "skip"]
    known: Literal["fill", "update", "skip"]
    claim: Literal["fill", "update"]
    asks: bool
    says: str

    @property
    def regardless(self) -> bool:
        """Whether rows land whoever they are, and overwrite nothing: then nobody need be asked who is known."""
        return self.new == "create" and self.known == "fill"


POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy("fill", "create", "fill", "fill", False, "new people are added, blanks of known people are filled"),
        Policy("update", "skip", "update", "update", True, "known people are changed, nobody is added"),
        Policy("upsert", "create", "update", "update", True, "new people are added, known people are changed"),
        Policy("skip", "create", "skip", "fill", False, "new people are added, rows of known people are left out"),
    )
}
