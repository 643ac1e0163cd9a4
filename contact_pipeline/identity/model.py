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

from contact_pipeline.identity.comparisons.birth_date import BIRTH_DATE, BIRTH_YEAR_GAP
from contact_pipeline.identity.comparisons.identifier import COMPANY, EMAIL, EXTERNAL_ID, PHONE
from contact_pipeline.identity.comparisons.level import HYPOTHESES, Comparison, Level
from contact_pipeline.identity.comparisons.name import FIRST_NAME, LAST_NAME, MIDDLE_NAME
from contact_pipeline.identity.comparisons.place import ADDRESS, PLACE

__all__ = [
    "BIRTH_YEAR_GAP",
    "BLOCKING",
    "COMPARISONS",
    "CROWD",
    "DUPLICATES_PER_RECORD",
    "FEW_FAMILIES",
    "HOUSEMATES_PER_RECORD",
    "HYPOTHESES",
    "JOIN_THRESHOLD",
    "LOWEST_NAME_FREQUENCY",
    "REVIEW_THRESHOLD",
    "SEVERAL_NAMES",
    "SMALLEST_POPULATION",
    "BlockingRule",
    "Comparison",
    "Level",
]

JOIN_THRESHOLD: Final = 0.99
REVIEW_THRESHOLD: Final = 0.75

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
    COMPANY,
)


@dataclass(frozen=True)
class BlockingRule:
    """Records with one key in common are compared.

    Attributes:
        name: kept with every pair as the reason the two met.
        keys: SQL over a record table: what a key is made of; a null among it makes no key.
        most: a key that more records hold is too common to compare all of them; other rules still find the pairs.
        many: whether the first of `keys` is a list: each of its values makes a key.
    """

    name: str
    keys: tuple[str, ...]
    most: int
    many: bool = False


BLOCKING: Final = (
    BlockingRule("phone", ("phones",), 60, many=True),
    BlockingRule("e-mail", ("emails",), 60, many=True),
    BlockingRule("external id", ("external_ids",), 60, many=True),
    BlockingRule("both names", ("least(first_name, last_name)", "greatest(first_name, last_name)"), 40),
    BlockingRule("last name and birth date", ("last_name", "birth_digits"), 30),
    BlockingRule("first name and birth date", ("first_name", "birth_digits"), 30),
    BlockingRule("birth date", ("birth_digits",), 10),
    BlockingRule("last name and ZIP", ("last_name", "zip5"), 8),
    BlockingRule("first name and ZIP", ("first_name", "zip5"), 6),
    BlockingRule("last name and city", ("last_name", "city"), 6),
    BlockingRule("first name and city", ("first_name", "city"), 6),
    BlockingRule("address", ("street_number", "street_name"), 8),
    BlockingRule("street and ZIP", ("street_name", "zip5"), 6),
    BlockingRule("first name and birth year", ("first_name", "birth_year"), 6),
    BlockingRule("last name and birth year", ("last_name", "birth_year"), 6),
    BlockingRule("first name and house number", ("first_name", "street_number"), 6),
    BlockingRule("last name and house number", ("last_name", "street_number"), 6),
    BlockingRule("part of the last name and first name", ("last_parts", "first_name"), 60, many=True),
)

DUPLICATES_PER_RECORD: Final = 0.1
"""Expected pairs of one person per record before anything is learned."""

HOUSEMATES_PER_RECORD: Final = 0.4
"""Expected pairs of housemates per record before anything is learned."""

SMALLEST_POPULATION: Final = 1024
"""A short list is a sample of a larger world: two records are not likelier one person because the list is short."""
