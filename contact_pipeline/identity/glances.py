"""Glances: what two outlines show, and which levels that leaves open.

Most candidate pairs fall on a glance, before any name is read letter by letter. What a glance rules out belongs here,
beside what it rests on in `model`; a glance may leave too much open, never too little.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from contact_pipeline.identity.model import Comparison, Level
from contact_pipeline.identity.outlines import RARITY_STEPS, SEVERAL


@dataclass(frozen=True)
class Glance:
    """What one comparison can still come to.

    Attributes:
        when: SQL over the outlines of both records and `SIGHTS`.
        never: levels that are then impossible; None where the comparison is blank for certain.
        blank: whether it may also be blank.
    """

    when: str
    never: tuple[str, ...] | None
    blank: bool = False


def _missing(field: str) -> str:
    return f"({field}_l = 0 or {field}_r = 0)"


def _differ(field: str) -> str:
    """Also where one is blank."""
    return f"({field}_l <> {field}_r or {field}_l = 0)"


def _none_in_common(field: str) -> str:
    return f"({field}_l <> {field}_r and {field}_l <> {SEVERAL} and {field}_r <> {SEVERAL})"


def _nothing_in_common(field: str) -> str:
    return f"({_missing(field)} or {_none_in_common(field)})"


_ROUNDING: Final = 0.001


def _unlike(one: tuple[str, str], other: tuple[str, str], least: float) -> str:
    """SQL that holds only where two names have a Jaro-Winkler similarity below `least`.

    A letter that the other name lacks matches nothing, so no more than the rest of the letters match. A common
    beginning raises the similarity; there is none where the first letters differ. Of names that hold more than plain
    letters nothing is said.

    Args:
        one: field and side of one name.
        other: of the other.
        least: the similarity.
    """
    (size, others_size), (letters, others), (start, others_start) = (
        tuple(f"{name}_{what}_{side}" for name, side in (one, other)) for what in ("size", "letters", "start")
    )
    matches = (
        f"least({size}::integer - bit_count({letters} & ~{others}),"
        f" {others_size}::integer - bit_count({others} & ~{letters}))"
    )
    # Of the similarity s = (m/a + m/b + 1) / 3, and s + 4 * 0.1 * (1 - s) with four letters of common beginning.
    apart, begun_alike = 3 * least - 1 - _ROUNDING, 3 * (least - 0.4) / 0.6 - 1 - _ROUNDING
    return (
        f"({size} > 0 and {others_size} > 0 and {matches} * ({size}::integer + {others_size}::integer)"
        f" < case when {start} <> {others_start} then {apart!r}::float else {begun_alike!r}::float end"
        f" * ({size}::integer * {others_size}::integer))"
    )


_FIRST, _LAST = "first_name", "last_name"
SIGHTS: Final[dict[str, str]] = {
    "first_unlike": _unlike((_FIRST, "l"), (_FIRST, "r"), 0.8),
    "last_unlike": _unlike((_LAST, "l"), (_LAST, "r"), 0.8),
    "in_place": f"({_unlike((_FIRST, 'l'), (_LAST, 'r'), 0.88)} or {_unlike((_LAST, 'l'), (_FIRST, 'r'), 0.88)})",
}
"""What several glances ask: whether first or last names are unlike, and whether they are not in each other's place."""

_UNRELATED: Final = (
    f"first_unlike and (called_l & called_r) = 0 and (in_place or {_missing(_LAST)})"
    " and first_name_l <> last_name_r and last_name_l <> first_name_r"
)
_OF_LIKE_NAMES: Final = (
    "same_other_generation", "same_one_suffix", "same", "nickname_of_both", "nickname", "same_formal_name", "swapped",
    "swapped_roughly", "out_of_place", "initial", "similar_names", "slip", "alike",
)  # fmt: skip
_OF_THE_NUMBER: Final = ("same", "one_unit", "other_unit", "alike")
_NO_UNIT: Final = "has_unit_l = 0 and has_unit_r = 0"

GLANCES: Final[dict[str, tuple[Glance, ...]]] = {
    "first_name": (
        Glance(_missing(_FIRST), None),
        Glance(f"{_UNRELATED} and first_name_known_l = 1 and first_name_known_r = 1", (*_OF_LIKE_NAMES, "different")),
        Glance(_UNRELATED, (*_OF_LIKE_NAMES, "two_names")),
        Glance("first_name_l <> first_name_r", ("same_other_generation", "same_one_suffix", "same")),
    ),
    "last_name": (
        Glance(_missing(_LAST), None),
        Glance(f"last_unlike and (in_place or {_missing(_FIRST)})", ("same", "part", "slip", "alike")),
        Glance("last_name_l <> last_name_r", ("same",), blank=True),
    ),
    "middle_name": (
        Glance(_missing("initial"), None),
        Glance("initial_l <> initial_r", ("same", "initial")),
    ),
    "birth_date": (
        Glance(_missing("birth_year"), None),
        Glance(f"not {_differ('birth_date')}", ()),
        Glance(f"{_missing('birth_date')} and birth_year_l = birth_year_r", ()),
        Glance(
            _missing("birth_date"),
            ("same", "day_month_swapped", "slip", "same_year_known", "two_slips", "same_year"),
            blank=True,
        ),
        Glance(
            "birth_year_l <> birth_year_r",
            ("same", "day_month_swapped", "same_year_known", "next_year_known", "same_year"),
            blank=True,
        ),
        Glance("birth_date_l <> birth_date_r", ("same", "same_year_known", "next_year_known")),
    ),
    "phone": (
        Glance(_missing("phone"), None),
        Glance(_none_in_common("phone"), ("same", "shared")),
    ),
    "email": (
        Glance(_missing("email"), None),
        Glance(
            f"{_none_in_common('email')} and {_differ('email_start')} and {_nothing_in_common('email_name')}"
            f" and {_nothing_in_common('email_domain')}",
            ("same", "shared", "slip", "same_name_part", "same_domain"),
        ),
        Glance(f"{_none_in_common('email')} and {_differ('email_start')}", ("same", "shared", "slip")),
        Glance(_none_in_common("email"), ("same", "shared")),
    ),
    "address": (
        Glance(f"{_missing('street_name')} and not (has_building_l = 1 and has_building_r = 1)", None),
        Glance(
            f"not {_missing('street_name')} and {_differ('street_number')} and {_NO_UNIT}",
            (*_OF_THE_NUMBER, "lines_swapped", "building"),
        ),
        Glance(f"not {_missing('street_name')} and {_differ('street_number')}", _OF_THE_NUMBER),
    ),
    "place": (
        Glance(f"{_missing('zip5')} and {_missing('city')}", None),
        Glance(f"{_differ('zip5')} and {_differ('city')}", ("same", "zip", "city")),
        Glance(_differ("zip5"), ("same", "zip")),
        Glance(_differ("city"), ("same", "city")),
    ),
    "external_id": (Glance(_nothing_in_common("external_id"), None),),
    "company": (
        Glance(_missing("company"), None),
        Glance("company_l <> company_r", ("same",)),
    ),
}
"""Per comparison the glances in the order they are tried; where none fits, or for a comparison that is missing here,
every level and blank are open."""

Bits = Callable[[Comparison, Level], float]
"""Bits of a level of a comparison."""


def glance_sql(comparison: Comparison) -> str:
    """SQL over two outlines and `SIGHTS`: the place of the first glance at a comparison that fits."""
    cases = " ".join(f"when {glance.when} then {place}" for place, glance in enumerate(_glances(comparison)))
    return f"(case {cases} end)::utinyint"


def reach_sql(comparison: Comparison, seen: str, bits: Bits, bits_if_certain: Bits | None) -> str:
    """SQL over the left outline: the most bits a comparison can add.

    Args:
        comparison: one of the model's.
        seen: column with the value of `glance_sql`.
        bits: the weight of a level, whatever the name.
        bits_if_certain: the weight a level whose name's rarity decides had if everybody bore the name; None where
            rarity says nothing.
    """
    reached = [_most_sql(comparison, glance, bits, bits_if_certain) for glance in _glances(comparison)]
    return f"case {seen} {' '.join(f'when {place} then {sql}' for place, sql in enumerate(reached))} end"


def _glances(comparison: Comparison) -> tuple[Glance, ...]:
    return (*GLANCES.get(comparison.name, ()), Glance("true", (), blank=True))


def _most_sql(comparison: Comparison, glance: Glance, bits: Bits, bits_if_certain: Bits | None) -> str:
    if glance.never is None:
        return "0::double"
    blank = [0.0] if glance.blank else []
    left = [level for level in comparison.levels if level.name not in glance.never]
    most = max(*blank, *(bits(comparison, level) for level in left), -math.inf)
    rare = [level for level in left if level.frequency is not None] if bits_if_certain else []
    if not rare or bits_if_certain is None:
        return f"{most!r}::double"
    usual = max([*blank, *(bits(comparison, level) for level in left if level not in rare)], default=0.0)
    certain = max(bits_if_certain(comparison, level) for level in rare)
    rarity = f"{rare[0].frequency}_rarity_l"
    counted = (
        f"greatest({usual!r}::double, {certain - 1 / RARITY_STEPS!r}::double + {rarity} / {RARITY_STEPS}.0::double)"
    )
    return f"case when {rarity} = 0 then {most!r}::double else {counted} end"
