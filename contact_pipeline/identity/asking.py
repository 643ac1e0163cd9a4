"""Asking: pairs that no score joins, because the one thing that would tell two people apart is missing.

Juan and Johnny may be one man or two brothers. Where both first names may stand for one, all that a home shares (last
name, address, phone, a mailbox) speaks for either, so one thing of a person's own has to agree. What counts as such is
data here, and so is what is said where none does; that such a pair is not joined belongs to `clustering`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.model import COMPARISONS, Comparison

if TYPE_CHECKING:
    import duckdb

TWO_NAMES: Final = ("nickname_of_both", "nickname", "same_formal_name", "swapped_roughly", "initial")
"""Levels of the first name at which two people of one home may bear the two names: a father called Robert and his son
Bobby, the sisters Ana and Anita (Wood Anita and Ana Wood, too), J. and any of them."""

OF_ONES_OWN: Final[dict[str, tuple[str, ...]]] = {
    "birth_date": ("same", "day_month_swapped", "slip", "same_year_known"),
    "middle_name": ("same",),
    "external_id": ("same",),
}
"""Levels that say one person even of two names. A middle initial does not: one sister in fourteen shares it."""

CALLED_SO: Final = "coalesce(preferred_name_l = first_name_r or first_name_l = preferred_name_r, false)"
"""One of them says that they go by the other's name."""

_NAMED = " or ".join(
    f"(length(first_name_{side}) > 2 and contains({start}, replace(first_name_{side}, ' ', '')))"
    f" or starts_with({start}, left(first_name_{side}, 1) || {last})"
    f" or starts_with({start}, {last} || left(first_name_{side}, 1))"
    for side, start, last in (
        (side, "translate(split_part(x, '@', 1), '._-', '')", f"replace(last_name_{side}, ' ', '')") for side in "lr"
    )
)
OWN_MAILBOX: Final = f"""coalesce(
    len(list_filter(list_intersect(written_emails_l, written_emails_r), lambda x: {_NAMED})) > 0
    and not list_has_any(mixed_phones_l, mixed_phones_r) and not list_has_any(mixed_emails_l, mixed_emails_r),
    false
)"""
"""An e-mail in common that is named after one of them (robert.smith@, rsmith@), while nobody with a name of another
family uses that e-mail or a phone they share: where a mother or a brother does, it is a home's. `written_emails` are
those of the evidence."""

WHY: Final = (
    "two people of one home may bear these two first names, and no birth date, middle name or id says that it is one"
)
"""What is said of such a pair."""

_FIRST_NAME: Final = COMPARISONS[0]
_SIDE: Final = re.compile(r"\b(\w+)_([lr])\b")

LevelSql = Callable[[Comparison, int], str]
"""SQL for "this comparison stands at the level of this position"."""


def find_asked(bench: duckdb.DuckDBPyConnection, scored: str, level: LevelSql) -> None:
    """Bench table `asked` (record_number_l, record_number_r, asked_because): the pairs that a human decides.

    Args:
        bench: holds `record`, `numbered` (`features`) and the pairs.
        scored: bench table of pairs with record_number_l, record_number_r and their levels.
        level: how levels are asked for in it.
    """
    bench.execute(
        f"""
        create or replace temp table two_names as
        select * from {scored} where {_stands(level, _FIRST_NAME, TWO_NAMES)}
        """
    )
    bench.execute(
        """
        create or replace temp table named as
        select record.*, numbered.emails as written_emails from record join numbered using (record_number)
        where record_number in (select unnest([record_number_l, record_number_r]) from two_names)
        """
    )
    own = [_stands(level, comparison, OF_ONES_OWN.get(comparison.name, ())) for comparison in COMPARISONS]
    settled = _SIDE.sub(r"\2.\1", f"{CALLED_SO} or {OWN_MAILBOX}")
    bench.execute(
        f"""
        create or replace temp table asked as
        select record_number_l, record_number_r, '{WHY}' as asked_because
        from two_names
        join named as l on l.record_number = record_number_l
        join named as r on r.record_number = record_number_r
        where not ({" or ".join([*filter(None, own), settled])})
        """
    )
    bench.execute("drop table two_names")
    bench.execute("drop table named")


def asked(levels: Sequence[int], *, settled: bool) -> bool:
    """The same of one pair whose levels are known.

    Args:
        levels: position of the level of each comparison, in the model's order; below 0 is blank.
        settled: whether `CALLED_SO` or `OWN_MAILBOX` holds.
    """
    names = {
        comparison.name: comparison.levels[position].name
        for comparison, position in zip(COMPARISONS, levels, strict=True)
        if position >= 0
    }
    own = any(names.get(name) in agreeing for name, agreeing in OF_ONES_OWN.items())
    return names.get(_FIRST_NAME.name) in TWO_NAMES and not (own or settled)


def _stands(level: LevelSql, comparison: Comparison, names: tuple[str, ...]) -> str:
    return " or ".join(level(comparison, place) for place, one in enumerate(comparison.levels) if one.name in names)
