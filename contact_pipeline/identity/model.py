"""The linking model on one page: what is compared, in which levels, how much each level says, and who meets whom.

Comparisons, blocking rules, starting parameters and thresholds belong here, as data; a reader who does not program can
check them. Computing with them belongs to `blocking`, `scoring`, `training` and `clustering`.

Three explanations compete for every pair of records (`HYPOTHESES`):

* **same**: both records are one person;
* **stranger**: two people who have nothing to do with each other. What they share is chance, so a rare name says more;
* **housemate**: two people of one home. They share address, last name, phone and often e-mail *because* of the home, so
  these four together say almost nothing about who is who; first name and birth date decide.

A model with strangers alone counts a shared home four times and merges spouses, twins, parents and children. The
match weight is therefore the weight against both rivals together, `-log2(2^-against_strangers +
2^-against_housemates)`, never above the weaker of the two. (Blank never matches blank: a missing value is no level and
says nothing.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contact_pipeline.normalize.reference_data import reference_rows

HYPOTHESES: Final = ("same", "stranger", "housemate")

JOIN_THRESHOLD: Final = 0.99
REVIEW_THRESHOLD: Final = 0.75

BIRTH_YEAR_GAP: Final = 13
"""Two people born this many years apart are two people (decision 15): younger than most parents, older than a slip."""

FEW_FAMILIES: Final = 0.05
"""Where a list holds this many pairs of housemates per pair of one person, or fewer, it shows no families: years that
lie far apart are then slips of the pen rather than a father and his son, and prove nothing."""

SEVERAL_NAMES: Final = 3
"""A phone or e-mail used under this many names is a shared one and has its own level. Names are counted by first
initials and by last names, whichever are more: Kathryn, Kathy and Kate are one."""

CROWD: Final = 10
"""A phone or e-mail used under more names than this is an office line or junk: no evidence, no reason to compare."""

LOWEST_NAME_FREQUENCY: Final = 0.0005
"""A rare name counts no more than one held by one in 2,000: rarer ones are often misspellings."""


@dataclass(frozen=True)
class Level:
    """One way in which two values can relate, and how often that happens under each hypothesis.

    Attributes:
        name: short, stable; the key under which a trained model keeps its parameters.
        words: how `explain` says it.
        sql: condition over `<column>_l` and `<column>_r` of a record table (`features`).
        same: share of the pairs of one person that stand so (m).
        stranger: share of the pairs of strangers (u).
        housemate: share of the pairs of two people of one home.
        frequency: column whose value frequency replaces `stranger`.
        tells_people_apart: whether this is what makes two people of one home two. In a list with families `same` is
            then not learned: given twins, fathers and sons, learning would take them for one person's slips.
    """

    name: str
    words: str
    sql: str
    same: float
    stranger: float
    housemate: float
    frequency: str | None = None
    tells_people_apart: bool = False


@dataclass(frozen=True)
class Comparison:
    """One kind of evidence: levels in the order they are tried; the last one catches the rest.

    Attributes:
        name: short, stable.
        words: the field as people call it.
        blank: SQL condition under which nothing can be said.
        levels: tried in order.
        learn_stranger: whether chance agreement is learned from random pairs. It is not for identifiers: two
            strangers almost never share one, so a sample shows none.
    """

    name: str
    words: str
    blank: str
    levels: tuple[Level, ...]
    learn_stranger: bool = True


# Michael and Michelle Mitchell resemble each other both ways round: names in place come before names out of place.
_SWAPPED = """(
    first_name_l <> first_name_r and last_name_l <> last_name_r
    and jaro_winkler_similarity(first_name_l, last_name_r) >= 0.88
    and jaro_winkler_similarity(last_name_l, first_name_r) >= 0.88
)"""
_SAME_SPELLING = "first_name_l = first_name_r"
_YEARS_APART = f"abs(birth_year_l - birth_year_r) >= {BIRTH_YEAR_GAP}"
_NOT_ONE_SLIP = "coalesce(damerau_levenshtein(birth_digits_l, birth_digits_r) > 1, true)"
_NAMESAKES_APART = f"{_SAME_SPELLING} and {_YEARS_APART} and {_NOT_ONE_SLIP}"
_NAMED_AFTER_ITS_OWNER = " and ".join(
    f"coalesce(email_letters_{side} in (replace(first_name_{side} || last_name_{side}, ' ', ''), "
    f"replace(left(first_name_{side}, 1) || last_name_{side}, ' ', '')), false)"
    for side in "lr"
)
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
            f"({_SAME_SPELLING} and generation_l <> generation_r) or ({_NAMESAKES_APART})",
            0.004,
            0.0015,
            0.012,
            "first_name",
            tells_people_apart=True,
        ),
        Level(
            "same_one_suffix",
            "the same first name, one of them with a suffix",
            f"{_SAME_SPELLING} and (generation_l is null) <> (generation_r is null)",
            0.02,
            0.0002,
            0.006,
            "first_name",
        ),
        Level("same", "the same first name", _SAME_SPELLING, 0.78, 0.004, 0.002, "first_name", tells_people_apart=True),
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
        Level("swapped", "first and last name in each other's place", _SWAPPED, 0.006, 0.0001, 0.0002),
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
            "jaro_winkler_similarity(first_name_l, first_name_r) >= 0.8"
            " and (jaro_winkler_similarity(first_name_l, first_name_r) >= 0.92"
            " or damerau_levenshtein(first_name_l, first_name_r) <= 1)",
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
        Level("different", "different first names, one of them unusual", "else", 0.03, 0.17, 0.13),
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

_YEAR_ONLY = "(birth_date_l is null or birth_date_r is null)"

BIRTH_DATE = Comparison(
    "birth_date",
    "birth date",
    # Said once: the first name comparison already knows of namesakes a generation apart.
    f"birth_year_l is null or birth_year_r is null or ({_NAMESAKES_APART})",
    (
        Level("same", "the same birth date", "birth_date_l = birth_date_r", 0.88, 0.00004, 0.01),
        Level(
            "day_month_swapped",
            "birth dates with day and month in each other's place",
            "birth_year_l = birth_year_r and day(birth_date_l) = month(birth_date_r)"
            " and month(birth_date_l) = day(birth_date_r)",
            0.01,
            0.00003,
            0.0003,
        ),
        Level(
            "slip",
            "birth dates one slip of the pen apart",
            "damerau_levenshtein(birth_digits_l, birth_digits_r) <= 1",
            0.03,
            0.0006,
            0.003,
        ),
        Level(
            "same_year_known",
            "the same birth year, no more is known",
            f"{_YEAR_ONLY} and birth_year_l = birth_year_r",
            0.04,
            0.0008,
            0.003,
        ),
        Level(
            "next_year_known",
            "birth years one apart, no more is known",
            f"{_YEAR_ONLY} and abs(birth_year_l - birth_year_r) = 1",
            0.003,
            0.0016,
            0.005,
        ),
        Level(
            "two_slips",
            "birth dates two slips of the pen apart",
            "damerau_levenshtein(birth_digits_l, birth_digits_r) <= 2",
            0.02,
            0.01,
            0.02,
        ),
        Level(
            "same_year",
            "birth dates that share only the year",
            f"birth_year_l = birth_year_r and not {_YEAR_ONLY}",
            0.004,
            0.015,
            0.03,
        ),
        Level("far", "birth dates a generation apart", _YEARS_APART, 0.004, 0.7, 0.45),
        Level("different", "different birth dates", "else", 0.009, 0.27, 0.48),
    ),
)

PHONE = Comparison(
    "phone",
    "phone",
    "len(phones_l) = 0 or len(phones_r) = 0",
    (
        Level("same", "a phone in common", "list_has_any(own_phones_l, own_phones_r)", 0.75, 0.000002, 0.42),
        Level(
            "shared",
            "a phone in common that several people use",
            "list_has_any(phones_l, phones_r)",
            0.05,
            0.000005,
            0.16,
        ),
        Level("different", "different phones", "else", 0.2, 0.999993, 0.42),
    ),
    learn_stranger=False,
)

EMAIL = Comparison(
    "email",
    "e-mail",
    "len(emails_l) = 0 or len(emails_r) = 0",
    (
        Level("same", "an e-mail in common", "list_has_any(own_emails_l, own_emails_r)", 0.7, 0.000001, 0.15),
        Level(
            "shared",
            "an e-mail in common that several people use",
            "list_has_any(emails_l, emails_r)",
            0.02,
            0.000003,
            0.05,
        ),
        Level(
            "slip",
            "e-mails one slip of the pen apart",
            # Letters only: jdoe1@ and jdoe2@, j.doe@ and jdoe@ are how two people of one name tell themselves apart.
            # Domain, length and first letters come first: counting edits takes long, and most pairs differ there.
            "email_domain_l = email_domain_r and email_letters_l <> email_letters_r"
            " and abs(length(email_letters_l) - length(email_letters_r)) <= 1"
            " and left(email_letters_l, 2) = left(email_letters_r, 2)"
            " and damerau_levenshtein(email_letters_l, email_letters_r) <= 1"
            # Sara Weber's saraweber@ and Sarah Weber's sarahweber@ say nothing the names have not said.
            f" and not ({_NAMED_AFTER_ITS_OWNER})",
            0.02,
            0.000005,
            0.0005,
        ),
        Level(
            "same_name_part",
            "e-mails that differ only after the @, and not just a name before it",
            "list_has_any(email_names_l, email_names_r)",
            0.03,
            0.00001,
            0.003,
        ),
        Level("different", "different e-mails", "else", 0.23, 0.99998, 0.7965),
    ),
    learn_stranger=False,
)

_SAME_NUMBER = "street_number_l = street_number_r"
_SAME_STREET = f"{_SAME_NUMBER} and street_name_l = street_name_r"

ADDRESS = Comparison(
    "address",
    "address",
    "street_name_l is null or street_name_r is null",
    (
        Level(
            "same",
            "the same address",
            f"{_SAME_STREET} and unit_l is not distinct from unit_r",
            0.6,
            0.00001,
            0.74,
        ),
        Level(
            "one_unit",
            "the same street and number, a unit on one side",
            f"{_SAME_STREET} and (unit_l is null) <> (unit_r is null)",
            0.06,
            0.00001,
            0.08,
        ),
        Level(
            "other_unit",
            "the same street and number, different units",
            f"{_SAME_STREET}",
            0.02,
            0.00001,
            0.04,
        ),
        Level(
            "alike",
            "addresses that look alike",
            f"jaro_winkler_similarity(street_name_l, street_name_r) >= 0.9 and {_SAME_NUMBER}",
            0.06,
            0.00002,
            0.04,
        ),
        Level(
            "lines_swapped",
            "address lines in each other's place",
            "jaro_winkler_similarity(street_name_l, unit_r) >= 0.9"
            " or jaro_winkler_similarity(unit_l, street_name_r) >= 0.9",
            0.004,
            0.00002,
            0.003,
        ),
        Level("street", "the same street", "street_name_l = street_name_r", 0.04, 0.002, 0.02),
        Level(
            "street_alike",
            "streets that look alike",
            "jaro_winkler_similarity(street_name_l, street_name_r) >= 0.9",
            0.01,
            0.003,
            0.005,
        ),
        Level("different", "different addresses", "else", 0.21, 0.994, 0.075),
    ),
)

PLACE = Comparison(
    "place",
    "ZIP and city",
    "(zip5_l is null or zip5_r is null) and (city_l is null or city_r is null)",
    (
        Level("same", "the same ZIP and city", "zip5_l = zip5_r and city_l = city_r", 0.75, 0.003, 0.92),
        Level("zip", "the same ZIP", "zip5_l = zip5_r", 0.06, 0.001, 0.03),
        Level("city", "the same city", "city_l = city_r", 0.08, 0.02, 0.02),
        Level(
            "alike",
            "ZIPs or cities one slip of the pen apart",
            "damerau_levenshtein(zip5_l, zip5_r) <= 1 or jaro_winkler_similarity(city_l, city_r) >= 0.85",
            0.03,
            0.006,
            0.01,
        ),
        Level("different", "different places", "else", 0.08, 0.97, 0.02),
    ),
)

EXTERNAL_ID = Comparison(
    "external_id",
    "external id",
    "not list_has_any(external_ids_l, external_ids_r)",
    (
        Level(
            "same", "an external id in common", "list_has_any(external_ids_l, external_ids_r)", 0.95, 0.0000001, 0.001
        ),
        Level("different", "different external ids", "else", 0.05, 0.9999999, 0.999),
    ),
    learn_stranger=False,
)

COMPARISONS: Final = (
    FIRST_NAME,
    LAST_NAME,
    MIDDLE_NAME,
    BIRTH_DATE,
    PHONE,
    EMAIL,
    ADDRESS,
    PLACE,
    EXTERNAL_ID,
)


@dataclass(frozen=True)
class BlockingRule:
    """Records with one key in common are compared.

    Attributes:
        name: kept with every pair as the reason the two met.
        keys: SQL over a record table giving a key, or a list of keys where `many`; null makes no key.
        most: a key that more records hold is too common to compare all of them; other rules still find the pairs.
        many: whether `keys` is a list.
    """

    name: str
    keys: str
    most: int
    many: bool = False


BLOCKING: Final = (
    BlockingRule("phone", "phones", 60, many=True),
    BlockingRule("e-mail", "emails", 60, many=True),
    BlockingRule("external id", "external_ids", 60, many=True),
    BlockingRule("both names", "least(first_name, last_name) || '|' || greatest(first_name, last_name)", 40),
    BlockingRule("last name and birth date", "last_name || '|' || birth_digits", 30),
    BlockingRule("first name and birth date", "first_name || '|' || birth_digits", 30),
    BlockingRule("birth date", "birth_digits", 10),
    BlockingRule("last name and ZIP", "last_name || '|' || zip5", 8),
    BlockingRule("first name and ZIP", "first_name || '|' || zip5", 6),
    BlockingRule("last name and city", "last_name || '|' || city", 6),
    BlockingRule("first name and city", "first_name || '|' || city", 6),
    BlockingRule("address", "street_number || '|' || street_name", 8),
    BlockingRule("street and ZIP", "street_name || '|' || zip5", 6),
    BlockingRule("first name and birth year", "first_name || '|' || birth_year", 6),
    BlockingRule("last name and birth year", "last_name || '|' || birth_year", 6),
    BlockingRule("first name and house number", "first_name || '|' || street_number", 6),
    BlockingRule("last name and house number", "last_name || '|' || street_number", 6),
    BlockingRule("part of the last name and first name", "[x || '|' || first_name for x in last_parts]", 60, many=True),
)

DUPLICATES_PER_RECORD: Final = 0.1
"""Expected pairs of one person per record before anything is learned."""

HOUSEMATES_PER_RECORD: Final = 0.4
"""Expected pairs of housemates per record before anything is learned."""

SMALLEST_POPULATION: Final = 1024
"""A short list is a sample of a larger world: two records are not likelier one person because the list is short."""
