"""Outlines: what two records show at a glance, and which levels that leaves open.

An outline is a record in some twenty numbers: whether a field is blank, and whether two values can be the same. Three
of four candidate pairs fall on that alone, before any name is read letter by letter. What a glance rules out belongs
here, beside what it rests on in `model`; a glance may leave too much open, never too little.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.model import COMPARISONS, LOWEST_NAME_FREQUENCY, Comparison, Level

if TYPE_CHECKING:
    import duckdb

OUTLINE: Final = "outline"
"""Bench table of the outlines, by `record_number`."""

_SEVERAL: Final = 0
"""Stands for a list of several values, of which a glance says nothing."""


def _brief(value: str) -> str:
    """A value as a number: other numbers are other values, equal numbers may be equal ones."""
    return f"case when {value} is not null then (hash({value}) & 4294967295)::uinteger end"


def _only(values: str) -> str:
    """The one value of a list; null for none, `_SEVERAL` for more."""
    return (
        f"case when coalesce(len({values}), 0) = 0 then null when len({values}) > 1 then {_SEVERAL}::uinteger"
        f" else {_brief(values + '[1]')} end"
    )


_COLUMNS: Final[dict[str, str]] = {
    "first_name": _brief("first_name"),
    "last_name": _brief("last_name"),
    "initial": "unicode(middle_name)",
    "birth_date": "birth_date",
    "birth_year": "birth_year",
    "phone": _only("phones"),
    "email": _only("emails"),
    "email_start": "(hash(email_domain, left(email_letters, 2)) & 4294967295)::uinteger",
    "email_name": _only("email_names"),
    "email_domain": _only("email_domains"),
    "street_name": _brief("street_name"),
    "street_number": _brief("street_number"),
    "has_unit": "unit is not null",
    "has_building": "building is not null",
    "zip5": _brief("zip5"),
    "city": _brief("city"),
    "external_id": _only("external_ids"),
    "company": _brief("company"),
}


@dataclass(frozen=True)
class Glance:
    """What one comparison can still come to.

    Attributes:
        when: SQL over the outlines of both records.
        never: levels that are then impossible; None where the comparison is blank for certain.
        blank: whether it may also be blank.
    """

    when: str
    never: tuple[str, ...] | None
    blank: bool = False


def _missing(column: str) -> str:
    return f"({column}_l is null or {column}_r is null)"


def _none_in_common(column: str) -> str:
    return f"{column}_l <> {column}_r and {column}_l <> {_SEVERAL} and {column}_r <> {_SEVERAL}"


def _nothing_in_common(column: str) -> str:
    return f"({_missing(column)} or ({_none_in_common(column)}))"


_NUMBERS_DIFFER: Final = "coalesce(street_number_l <> street_number_r, true)"
_OF_THE_NUMBER: Final = ("same", "one_unit", "other_unit", "alike")

GLANCES: Final[dict[str, tuple[Glance, ...]]] = {
    "first_name": (
        Glance(_missing("first_name"), None),
        Glance("first_name_l <> first_name_r", ("same_other_generation", "same_one_suffix", "same")),
    ),
    "last_name": (
        Glance(_missing("last_name"), None),
        Glance("last_name_l <> last_name_r", ("same",), blank=True),
    ),
    "middle_name": (
        Glance(_missing("initial"), None),
        Glance("initial_l <> initial_r", ("same", "initial")),
    ),
    "birth_date": (
        Glance(_missing("birth_year"), None),
        Glance("birth_date_l = birth_date_r", ()),
        Glance(f"{_missing('birth_date')} and birth_year_l = birth_year_r", ()),
        Glance(
            f"{_missing('birth_date')}",
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
            f"{_none_in_common('email')} and email_start_l <> email_start_r and {_nothing_in_common('email_name')}"
            f" and {_nothing_in_common('email_domain')}",
            ("same", "shared", "slip", "same_name_part", "same_domain"),
        ),
        Glance(f"{_none_in_common('email')} and email_start_l <> email_start_r", ("same", "shared", "slip")),
        Glance(_none_in_common("email"), ("same", "shared")),
    ),
    "address": (
        Glance(f"{_missing('street_name')} and not (has_building_l and has_building_r)", None),
        Glance(
            f"not {_missing('street_name')} and {_NUMBERS_DIFFER} and not has_unit_l and not has_unit_r",
            (*_OF_THE_NUMBER, "lines_swapped", "building"),
        ),
        Glance(f"not {_missing('street_name')} and {_NUMBERS_DIFFER}", _OF_THE_NUMBER),
    ),
    "place": (
        Glance(f"{_missing('zip5')} and {_missing('city')}", None),
        Glance("coalesce(zip5_l <> zip5_r, true) and coalesce(city_l <> city_r, true)", ("same", "zip", "city")),
        Glance("coalesce(zip5_l <> zip5_r, true)", ("same", "zip")),
        Glance("coalesce(city_l <> city_r, true)", ("same", "city")),
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


def draw_outlines(bench: duckdb.DuckDBPyConnection) -> None:
    """Bench table `OUTLINE` (record_number, the columns above, `rare_<column>`: bits by which a name is rare)."""
    columns = ", ".join(f"{sql} as {name}" for name, sql in _COLUMNS.items())
    rarities = ", ".join(
        f"-log2(greatest(tf_{name}, {LOWEST_NAME_FREQUENCY!r})) as rare_{name}" for name in _frequencies()
    )
    joins = " ".join(f"left join frequency_{name} using ({name})" for name in _frequencies())
    bench.execute(
        f"create or replace temp table {OUTLINE} as select record_number, {columns}, {rarities} from record {joins}"
    )


def outline_columns() -> list[str]:
    """The columns of an outline."""
    return [*_COLUMNS, *(f"rare_{name}" for name in _frequencies())]


def reach_sql(comparison: Comparison, bits: Bits, bits_if_certain: Bits | None) -> str:
    """SQL over two outlines: the most bits a comparison can add.

    Args:
        comparison: one of the model's.
        bits: the weight of a level, whatever the name.
        bits_if_certain: the weight a level whose name's rarity decides had if everybody bore the name; None where
            rarity says nothing.
    """
    glances = (*GLANCES.get(comparison.name, ()), Glance("true", (), blank=True))
    cases = " ".join(
        f"when {glance.when} then {_most_sql(comparison, glance, bits, bits_if_certain)}" for glance in glances
    )
    return f"case {cases} end"


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
    return f"greatest({usual!r}::double, coalesce({certain!r} + rare_{rare[0].frequency}_l, {most!r}))"


def _frequencies() -> list[str]:
    return sorted({level.frequency for comparison in COMPARISONS for level in comparison.levels if level.frequency})
