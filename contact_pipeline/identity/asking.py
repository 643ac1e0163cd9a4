"""Asking: pairs that no score joins, because the one thing that would tell two people apart is missing.

Juan and Johnny may be one man or two brothers. Where both first names may stand for one, all that a home shares (last
name, address, phone, a mailbox) speaks for either, so one thing of a person's own has to agree. What counts as such is
data here, and so is what is said where none does; that such a pair is not joined belongs to `clustering`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from contact_pipeline.identity.model import COMPARISONS, Comparison

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

OWN_MAILBOX: Final = """(
    (list_has_any(named_emails_l, emails_r) or list_has_any(emails_l, named_emails_r))
    and not list_has_any(mixed_identifiers_l, mixed_identifiers_r)
)"""
"""An e-mail in common that is named after one of them (robert.smith@, rsmith@), while nobody with a name of another
family uses that e-mail or a phone they share: where a mother or a brother does, it is a home's."""

WHY: Final = "two people of one home may bear these two first names, and nothing that only one person has agrees"
"""What is said of such a pair."""

_FIRST_NAME: Final = COMPARISONS[0]

LevelSql = Callable[[Comparison, int], str]
"""SQL for "this comparison stands at the level of this position"."""


def asked_sql(level: LevelSql) -> str:
    """SQL giving `WHY` for a pair that a human decides however high the score is, else null.

    Args:
        level: how levels are asked for. Columns of the two records (`features`) are read as `<column>_l` and
            `<column>_r`.
    """
    own = [_stands(level, comparison, OF_ONES_OWN.get(comparison.name, ())) for comparison in COMPARISONS]
    settled = " or ".join([*filter(None, own), CALLED_SO, OWN_MAILBOX])
    return f"case when ({_stands(level, _FIRST_NAME, TWO_NAMES)}) and not ({settled}) then '{WHY}' end"


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
