"""Cannot-link: facts that make two records two people, whatever the score says.

The rules, their reasons in plain words, and the SQL that finds groups worth checking belong here (DESIGN §7, decision
15). Acting on them belongs to `clustering`; the birth-year limit is in `model`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from contact_pipeline.identity.model import BIRTH_YEAR_GAP, FEW_FAMILIES
from contact_pipeline.identity.parameters import Model

if TYPE_CHECKING:
    import duckdb

GENERATIONS: Final = {"i": 1, "sr": 1, "jr": 2, "ii": 2, "iii": 3, "iv": 4, "v": 5}
"""Suffixes that say which of several namesakes is meant. `jr` and `ii` may be one man; `md` says nothing."""


@dataclass(frozen=True)
class Facts:
    """What the rules read of one record.

    Attributes:
        record_id: the record.
        suffix: `jr`, `sr`, …
        birth_year: year, where known.
        birth_digits: `yyyymmdd`, where the full date is known.
        season_ids: `season:id` of sign-ups.
        voter_ids: `state:id` of voters.
        names: first and last name, where both are known.
        reached_by: phones and e-mails.
    """

    record_id: str
    suffix: str | None = None
    birth_year: int | None = None
    birth_digits: str | None = None
    season_ids: tuple[str, ...] = ()
    voter_ids: tuple[str, ...] = ()
    names: tuple[str, str] | None = None
    reached_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """One cannot-link rule.

    Attributes:
        name: short, stable.
        words: why these are two people.
        holds: whether it keeps two records apart.
        suspicious: SQL aggregate condition over a group's evidence that holds whenever the rule could hold inside it.
    """

    name: str
    words: str
    holds: Callable[[Facts, Facts], bool]
    suspicious: str


def _generations_differ(a: Facts, b: Facts) -> bool:
    first, second = GENERATIONS.get(a.suffix or ""), GENERATIONS.get(b.suffix or "")
    return first is not None and second is not None and first != second


def _years_apart(gap: int, a: Facts, b: Facts) -> bool:
    if a.birth_year is None or b.birth_year is None or abs(a.birth_year - b.birth_year) < gap:
        return False
    return not (a.birth_digits and b.birth_digits and one_slip_apart(a.birth_digits, b.birth_digits))


def _signed_up_twice(a: Facts, b: Facts) -> bool:
    return _ids_differ(a.season_ids, b.season_ids) and not surely_one_human(a, b)


def _two_voters(a: Facts, b: Facts) -> bool:
    return _ids_differ(a.voter_ids, b.voter_ids)


def _ids_differ(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether both hold ids (`scope:id`) of one scope, and none in common there."""
    scopes = {item.split(":", 1)[0] for item in ours} & {item.split(":", 1)[0] for item in theirs}
    return any(not {item for item in ours if item.startswith(f"{scope}:")} & set(theirs) for scope in scopes)


def surely_one_human(a: Facts, b: Facts) -> bool:
    """Whether two sign-ups are one human's who signed up twice: one name, one full birth date, one phone or e-mail.

    Twins share birth date, last name, home and phone, but no first name.
    """
    one_name = a.names is not None and a.names == b.names
    one_birth_date = a.birth_digits is not None and a.birth_digits == b.birth_digits
    return one_name and one_birth_date and bool(a.reached_by & b.reached_by) and not _generations_differ(a, b)


def cannot_link_rules(birth_year_gap: int = BIRTH_YEAR_GAP) -> tuple[Rule, ...]:
    """Every rule, in the order they are asked.

    Args:
        birth_year_gap: years between two births from which they are two people's (a setting of the workspace).
    """
    return (
        Rule(
            "voter_id",
            "they have two voter ids of one state",
            _two_voters,
            "len(list_distinct(flatten(list(voter_ids)))) > 1",
        ),
        Rule(
            "suffix",
            "their suffixes name different generations, such as Jr and Sr",
            _generations_differ,
            "count(distinct suffix) > 1",
        ),
        Rule(
            "birth_year",
            f"their birth years lie {birth_year_gap} or more apart, and no single slip of the pen explains it",
            partial(_years_apart, birth_year_gap),
            f"max(born) - min(born) >= {birth_year_gap}",
        ),
        Rule(
            "season",
            "they signed up in one season under different ids",
            _signed_up_twice,
            "len(list_distinct(flatten(list(season_ids)))) > 1",
        ),
    )


RULES: Final = cannot_link_rules()

HUMAN: Final = "a human said that they are not the same person"


def one_slip_apart(a: str, b: str) -> bool:
    """Whether two texts of one length differ by one character, or by two neighbours in each other's place."""
    if len(a) != len(b):
        return False
    places = [place for place, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(places) < 2:
        return True
    first, *others = places
    return others == [first + 1] and a[first] == b[first + 1] and a[first + 1] == b[first]


def shows_families(model: Model) -> bool:
    """Whether the model's list holds people who share homes in any number (`FEW_FAMILIES`)."""
    return model.housemates_per_record > FEW_FAMILIES * model.duplicates_per_record


def rules_for(model: Model | None, birth_year_gap: int = BIRTH_YEAR_GAP) -> tuple[Rule, ...]:
    """The rules that hold for data of this kind.

    A birth-year gap keeps a father and his son of one name apart. A list that shows no families (`FEW_FAMILIES`) holds
    more mistyped years than such fathers: there the gap is evidence like any other, it lowers the score.
    """
    rules = cannot_link_rules(birth_year_gap)
    if model is None or shows_families(model):
        return rules
    return tuple(rule for rule in rules if rule.name != "birth_year")


def reason_apart(a: Facts, b: Facts, rules: tuple[Rule, ...] = RULES) -> str | None:
    """Why two records must not be one person, in words; None if no rule keeps them apart."""
    return next((rule.words for rule in rules if rule.holds(a, b)), None)


def suspicious_groups(
    connection: duckdb.DuckDBPyConnection, evidence: str, groups: str, rules: tuple[Rule, ...] = RULES
) -> list[str]:
    """The groups inside which a rule may hold, sorted.

    Args:
        connection: holds both tables.
        evidence: evidence table or subquery.
        groups: table (record_id, group_id).
        rules: those that hold (`rules_for`).
    """
    conditions = " or ".join(f"({rule.suspicious})" for rule in rules)
    rows = connection.sql(
        f"""
        select group_id
        from (
            select group_id, suffix, coalesce(birth_year, year(birth_date)) as born,
                coalesce(season_ids, []) as season_ids, coalesce(voter_ids, []) as voter_ids
            from {evidence} join {groups} using (record_id)
        )
        group by group_id having {conditions} order by group_id
        """
    ).fetchall()
    return [row[0] for row in rows]


def read_facts(connection: duckdb.DuckDBPyConnection, evidence: str, record_ids: Iterable[str]) -> dict[str, Facts]:
    """The facts of some records, by record id."""
    rows: list[tuple[Any, ...]] = connection.execute(
        f"""
        select record_id, suffix, coalesce(birth_year, year(birth_date)), strftime(birth_date, '%Y%m%d'),
            coalesce(season_ids, []), coalesce(voter_ids, []), first_name, last_name, list_concat(phones, emails)
        from {evidence} where record_id in (select unnest(?::varchar[]))
        """,
        [list(record_ids)],
    ).fetchall()
    return {row[0]: _facts(*row) for row in rows}


def _facts(
    record_id: str,
    suffix: str | None,
    birth_year: int | None,
    birth_digits: str | None,
    season_ids: list[str],
    voter_ids: list[str],
    first_name: str | None,
    last_name: str | None,
    reached_by: list[str] | None,
) -> Facts:
    return Facts(
        record_id,
        suffix,
        birth_year,
        birth_digits,
        tuple(season_ids),
        tuple(voter_ids),
        (first_name, last_name) if first_name and last_name else None,
        frozenset(reached_by or ()),
    )
