"""Names: first, last and middle, as levels from "the same" to "different".

How a name is read belongs to `normalize`; which values of a record the conditions see belongs to `features`.
"""

from __future__ import annotations

from typing import Final

from contact_pipeline.identity.comparisons.birth_date import NAMESAKES_APART, SAME_SPELLING
from contact_pipeline.identity.comparisons.level import Comparison, Level
from contact_pipeline.normalize.reference_data import reference_rows

# Michael and Michelle Mitchell resemble each other both ways round: names in place come before names out of place.
_SWAPPED = """(
    first_name_l <> first_name_r and last_name_l <> last_name_r
    and jaro_winkler_similarity(first_name_l, last_name_r) >= 0.88
    and jaro_winkler_similarity(last_name_l, first_name_r) >= 0.88
)"""

_CROSSWISE = "first_name_l <> first_name_r and first_name_l = last_name_r and last_name_l = first_name_r"
_ESTABLISHED = "first_name_known_l and first_name_known_r"
NAMES_OF_BOTH: Final = frozenset(row["name"] for row in reference_rows("names_of_both"))
"""Chris may be Christopher or Christine, and the two may be married: such a name joins nobody of one home by itself."""

_NAME_OF_BOTH = " or ".join(
    f"first_name_{side} in ({', '.join(repr(name) for name in sorted(NAMES_OF_BOTH))})" for side in "lr"
)
_CALLED_SO = "coalesce(preferred_name_l = first_name_r or first_name_l = preferred_name_r, false)"
_RELATED_NAMES = """(
    coalesce(list_contains(canonical_names_l, first_name_r), false)
    or coalesce(list_contains(canonical_names_r, first_name_l), false)
    or coalesce(preferred_name_l = first_name_r, false)
    or coalesce(first_name_l = preferred_name_r, false)
    or starts_with(first_name_l, first_name_r || ' ')
    or starts_with(first_name_r, first_name_l || ' ')
)"""

FIRST_NAME = Comparison(
    "first_name",
    "first name",
    "first_name_l is null or first_name_r is null",
    (
        Level(
            "same_other_generation",
            "the same first name, a generation apart by suffix or birth year",
            f"({SAME_SPELLING} and generation_l <> generation_r) or ({NAMESAKES_APART})",
            0.004,
            0.0015,
            0.012,
            "first_name",
            tells_people_apart=True,
        ),
        Level(
            "same_one_suffix",
            "the same first name, one of them with a suffix",
            f"{SAME_SPELLING} and (generation_l is null) <> (generation_r is null)",
            0.02,
            0.0002,
            0.006,
            "first_name",
        ),
        Level("same", "the same first name", SAME_SPELLING, 0.78, 0.004, 0.002, "first_name", tells_people_apart=True),
        Level(
            "nickname_of_both",
            "first names that stand for each other, one of them borne by men and women",
            f"{_RELATED_NAMES} and ({_NAME_OF_BOTH}) and not {_CALLED_SO}",
            0.012,
            0.002,
            0.03,
            tells_people_apart=True,
        ),
        Level("nickname", "first names that stand for each other", _RELATED_NAMES, 0.06, 0.004, 0.006),
        Level(
            "same_formal_name",
            "first names that may stand for one and the same third",
            "list_has_any(canonical_names_l, canonical_names_r)",
            0.01,
            0.002,
            0.006,
        ),
        Level(
            "swapped",
            "first and last name in each other's place",
            _CROSSWISE,
            0.005,
            0.0001,
            0.00002,
            tells_people_apart=True,  # No two people of one home are called crosswise.
        ),
        Level(
            "swapped_roughly",
            "first and last name in each other's place, one of them written otherwise",
            _SWAPPED,
            0.001,
            0.0001,
            0.0003,
        ),
        Level(
            "out_of_place",
            "one's first name is the other's last name",
            "coalesce(first_name_l = last_name_r or last_name_l = first_name_r, false)",
            0.002,
            0.0008,
            0.002,
        ),
        Level(
            "initial",
            "an initial that fits the other first name",
            "least(length(first_name_l), length(first_name_r)) = 1 and first_name_l[1] = first_name_r[1]",
            0.02,
            0.002,
            0.002,
        ),
        Level(
            "similar_names",
            "two different first names that look alike",
            f"{_ESTABLISHED} and jaro_winkler_similarity(first_name_l, first_name_r) >= 0.8",
            0.004,
            0.02,
            0.04,
            tells_people_apart=True,
        ),
        Level(
            "slip",
            "first names one slip of the pen apart",
            # In a short name one other letter is another name, most of all the first: Tuan and Toan, Linh and Minh.
            "jaro_winkler_similarity(first_name_l, first_name_r) >= 0.8"
            " and (jaro_winkler_similarity(first_name_l, first_name_r) >= 0.92"
            " or damerau_levenshtein(first_name_l, first_name_r) <= 1)"
            " and (length(first_name_l) <> length(first_name_r) or length(first_name_l) > 4)",
            0.06,
            0.001,
            0.002,
        ),
        Level(
            "alike",
            "first names that look alike",
            "jaro_winkler_similarity(first_name_l, first_name_r) >= 0.8",
            0.02,
            0.01,
            0.01,
        ),
        Level("two_names", "two different first names", _ESTABLISHED, 0.004, 0.8, 0.8, tells_people_apart=True),
        Level("different", "different first names, one of them unusual", "else", 0.028, 0.1692, 0.128),
    ),
)

LAST_NAME = Comparison(
    "last_name",
    "last name",
    # A swap is one event: the first name tells of it, and counting it here again made two names alone join.
    f"last_name_l is null or last_name_r is null or coalesce({_SWAPPED}, false)",
    (
        Level("same", "the same last name", "last_name_l = last_name_r", 0.88, 0.002, 0.72, "last_name"),
        Level(
            "part",
            "last names that share a part",
            "(len(last_parts_l) > 1 or len(last_parts_r) > 1) and list_has_any(last_parts_l, last_parts_r)",
            0.02,
            0.0005,
            0.05,
        ),
        Level(
            "slip",
            "last names one slip of the pen apart",
            "jaro_winkler_similarity(last_name_l, last_name_r) >= 0.8"
            " and (jaro_winkler_similarity(last_name_l, last_name_r) >= 0.92"
            " or damerau_levenshtein(last_name_l, last_name_r) <= 1)",
            0.05,
            0.002,
            0.015,
        ),
        Level(
            "alike",
            "last names that look alike",
            "jaro_winkler_similarity(last_name_l, last_name_r) >= 0.85",
            0.012,
            0.006,
            0.005,
        ),
        Level("different", "different last names", "else", 0.04, 0.99, 0.2),
    ),
)

MIDDLE_NAME = Comparison(
    "middle_name",
    "middle name",
    "middle_name_l is null or middle_name_r is null",
    (
        Level(
            "same",
            "the same middle name",
            "middle_name_l = middle_name_r and length(middle_name_l) > 1",
            0.5,
            0.02,
            0.03,
        ),
        Level(
            "initial",
            "middle initials that agree",
            "least(length(middle_name_l), length(middle_name_r)) = 1 and middle_name_l[1] = middle_name_r[1]",
            0.42,
            0.07,
            0.07,
        ),
        Level("different", "different middle names", "else", 0.08, 0.91, 0.9),
    ),
)
