"""A person's voter in words: who it is and how we know, or who comes nearest and why nobody is linked.

Reading the published links and claims and saying them belongs here; who is linked is decided in
`dbt_like_sql/people/person_voter_match.sql`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from contact_pipeline.warehouse.connection import columns_of

if TYPE_CHECKING:
    import duckdb

CLAIM: Final = "people.voter_claim"
SETTING: Final = "identity.voter_setting"

ABOUT_AS_WELL: Final = 0.5
"""A voter at least this share as probable as the best one fits about as well."""

_SAME_NAME: Final = {
    "name and city": "voters of that name in the city",
    "names and city": "voters of that name in the city",
    "names and ZIP": "voters of that name in the ZIP code",
    "both names": "voters of that name",
}
"""What voters who met the person by a rule (`identity.voter_blocking`) have in common, where it is the name."""


@dataclass(frozen=True)
class ToldVoter:
    """A person's voter, or the likeliest candidate; without a candidate only `reason` says something.

    Attributes:
        state: whose voter file.
        voter_id: the state's id.
        band: sure or probable; None where nobody is linked.
        match_type: the tier, `evidence` or `decision`.
        rule: the rule by which the two met.
        probability: the posterior among all candidates.
        reason: why nobody is linked; None where somebody is.
    """

    state: str | None = None
    voter_id: str | None = None
    band: str | None = None
    match_type: str | None = None
    rule: str | None = None
    probability: float | None = None
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The attributes as plain data, in their order."""
        return asdict(self)

    def as_text(self) -> str:
        """One line for people."""
        if self.voter_id is None:
            return f"Voter: none. {self.reason}"
        how = f"{self.match_type}, met by {self.rule}" if self.rule else self.match_type
        told = f"{self.state}:{self.voter_id} ({how}, probability {self.probability:.3f})"
        if self.band is not None:
            return f"Voter: {told}, {self.band}."
        return f"Voter: none. The likeliest is {told}, not linked: {self.reason}"


def tell_voter(connection: duckdb.DuckDBPyConnection, person: str) -> ToldVoter:
    """Who a person is in the voter file.

    Args:
        connection: the published snapshot; one without voter tables counts as one without a voter file.
        person: the PID.
    """
    if not columns_of(connection, CLAIM) or not columns_of(connection, SETTING):
        return ToldVoter(reason="No voter file is loaded.")
    found = connection.execute(
        f"""
        select c.state, c.voter_id, m.band, c.match_type, c.rule, c.probability, c.corroborated, c.rank_of_person,
            c.namesakes, s.link_threshold,
            (
                select list(o.rule) from {CLAIM} as o
                where o.person_id = c.person_id and o.probability >= c.probability * {ABOUT_AS_WELL}
            ) as rules_of_as_likely
        from {CLAIM} as c
        cross join {SETTING} as s
        left join people.person_voter_match as m on c.person_id = m.pid
        where c.person_id = ? and c.rank = 1
        """,
        [person],
    ).fetchall()
    if not found:
        loaded = connection.execute(f"select count(voter_file) from {SETTING}").fetchall()[0][0]
        return ToldVoter(reason="Nobody in the voter file comes near." if loaded else "No voter file is loaded.")
    voter = ToldVoter(*found[0][:6])
    return voter if voter.band is not None else replace(voter, reason=_why_not(voter.match_type, *found[0][6:]))


def _why_not(
    match_type: str | None, corroborated: bool, rank_of_person: int, namesakes: int, threshold: float, rules: list[str]
) -> str:
    """What keeps `person_voter_match.sql` from linking the likeliest voter, as a sentence's end.

    Args:
        match_type: the likeliest voter's.
        corroborated: whether more than names and city agree.
        rank_of_person: of this person among those who claim the voter.
        namesakes: voters of that name in the whole file.
        threshold: from where a voter is linked.
        rules: how those who fit about as well met the person, the likeliest included.
    """
    if match_type == "voter id contradicted":
        return "its id was given, but the name or the birth year is somebody else's."
    if len(rules) > 1:
        common = _SAME_NAME.get(rules[0], "voters") if len(set(rules)) == 1 else "voters"
        return f"{_counted(len(rules))} {common} fit about as well."
    if not corroborated:
        return "only names and city agree."
    if rank_of_person > 1:
        return "another person fits this voter better."
    below = f"it stays below {threshold:g}"
    return f"{below}; {_counted(namesakes)} voters in the file have that name." if namesakes > 1 else f"{below}."


def _counted(number: int) -> str:
    return {2: "two", 3: "three"}.get(number, f"{number:,}")
