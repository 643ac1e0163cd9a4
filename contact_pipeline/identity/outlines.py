"""Outlines: a record in a few numbers, enough to see of most pairs that they are two people.

What is drawn of a record, and how it is packed, belongs here; what two outlines rule out belongs to `glances`. Fetching
the two records of millions of pairs is what takes time, and it takes longer with every column: so some thirty small
numbers are packed into seven large ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.model import COMPARISONS, LOWEST_NAME_FREQUENCY

if TYPE_CHECKING:
    import duckdb

OUTLINE: Final = "outline"
"""Bench table of the outlines, by `record_number`."""

SEVERAL: Final = 1
"""Stands for a list of several values, of which a glance says nothing."""

RARITY_STEPS: Final = 4
"""Rarity is drawn in steps of so many to the bit, rounded up, and one added: 0 is a name that was not counted."""

_WORD: Final = 64
_LONGEST: Final = 60


def _value(sql: str, bits: int) -> str:
    """A value as a number of so many bits: other numbers are other values, equal ones may be equal; 0 is blank."""
    return f"case when {sql} is null then 0 else greatest(hash({sql}) & {2**bits - 1}, {SEVERAL + 1}) end"


def _only(values: str) -> str:
    return (
        f"case when coalesce(len({values}), 0) = 0 then 0 when len({values}) > 1 then {SEVERAL}"
        f" else {_value(values + '[1]', 16)} end"
    )


def _number(sql: str, bits: int) -> str:
    """A number that tells values apart up to 2^bits: what is larger counts as the largest."""
    return f"case when {sql} is null then 0 else greatest(least({sql}, {2**bits - 1}), 1) end"


def _bit(value: str) -> str:
    """One of 64 bits; none for a blank, which has a hash too."""
    return f"(case when {value} is null then 0::ubigint else 1::ubigint << (hash({value}) % {_WORD}) end)"


_FIRST_WORD: Final = "split_part(first_name, ' ', 1)"
_CALLED: Final = (
    f"{_bit('first_name')} | {_bit(_FIRST_WORD)} | {_bit('preferred_name')}"
    f" | coalesce(list_bit_or(list_transform(canonical_names, lambda x: {_bit('x')})), 0)"
)
_LETTERS: Final = " | ".join(
    f"(contains(name, '{letter}')::uinteger << {place})" for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz")
)
_KNOWN: Final = f"""
create or replace temp table known_{{name}} as
select name, ceil(round(-log2(greatest(frequency, {LOWEST_NAME_FREQUENCY!r})) * {RARITY_STEPS}, 6)) + 1 as rarity,
    ({_LETTERS})::uinteger as letters,
    case when regexp_full_match(name, '[a-z]{{{{1,{_LONGEST}}}}}') then length(name) else 0 end as size
from (select {{name}} as name, tf_{{name}} as frequency from frequency_{{name}})
"""

NAMES_WITH_LETTERS: Final = ("first_name", "last_name")


def _frequencies() -> list[str]:
    return sorted({level.frequency for comparison in COMPARISONS for level in comparison.levels if level.frequency})


FIELDS: Final[dict[str, tuple[str, int]]] = {
    "called": (_CALLED, 64),
    **{f"{name}_letters": (f"coalesce(known_{name}.letters, 0)", 26) for name in NAMES_WITH_LETTERS},
    **{f"{name}_size": (f"coalesce(known_{name}.size, 0)", 6) for name in NAMES_WITH_LETTERS},
    "first_name": (_value("first_name", 16), 16),
    "last_name": (_value("last_name", 16), 16),
    "phone": (_only("phones"), 16),
    "email": (_only("emails"), 16),
    "email_start": (_value("xor(email_domain, hash(left(email_letters, 2)))", 16), 16),
    "email_name": (_only("email_names"), 16),
    "email_domain": (_only("email_domains"), 16),
    "street_name": (_value("street_name", 16), 16),
    "street_number": (_value("street_number", 16), 16),
    "zip5": (_value("zip5", 16), 16),
    "city": (_value("city", 16), 16),
    "external_id": (_only("external_ids"), 16),
    "company": (_value("company", 16), 16),
    "initial": (_value("unicode(middle_name)", 16), 16),
    **{f"{name}_start": (_value(f"unicode({name})", 8), 8) for name in NAMES_WITH_LETTERS},
    "birth_year": (_number("birth_year", 14), 14),
    "has_unit": ("(unit is not null)", 1),
    "has_building": ("(building is not null)", 1),
    "birth_date": (_number("(birth_date - date '1000-01-01')", 22), 22),
    **{f"{name}_rarity": (f"coalesce(known_{name}.rarity, 0)", 6) for name in _frequencies()},
    "first_name_known": ("first_name_known", 1),
}
"""What an outline holds: SQL over `record` and its names' `known_<name>`, and how many bits it takes. 0 is blank or no.

`called` has one of 64 bits for each name someone goes by or may stand for: without a bit in common, no name is. The
letters of a name have one bit each; a name that holds more than plain letters has the size 0.
"""


def draw_outlines(bench: duckdb.DuckDBPyConnection) -> None:
    """Bench table `OUTLINE` (record_number, `word_<n>`): the `FIELDS` of every record of `record`, packed."""
    for name in _frequencies():
        bench.execute(_KNOWN.format(name=name))
    packed: dict[int, list[str]] = {}
    for field, (word, shift) in _places().items():
        packed.setdefault(word, []).append(f"({FIELDS[field][0]})::ubigint << {shift}")
    words = ", ".join(f"{' | '.join(f'({part})' for part in parts)} as word_{word}" for word, parts in packed.items())
    joins = " ".join(f"left join known_{name} on known_{name}.name = {name}" for name in _frequencies())
    bench.execute(f"create or replace temp table {OUTLINE} as select record_number, {words} from record {joins}")
    for name in _frequencies():
        bench.execute(f"drop table known_{name}")


def outlines_of_pairs(candidates: str, kept: str) -> str:
    """SQL giving the columns `kept` of the candidates and every field of both records: `<field>_l`, `<field>_r`."""
    words = sorted({word for word, _ in _places().values()})
    fetched = ", ".join(f"{side}.word_{word} as word_{word}_{side}" for word in words for side in "lr")
    fields = ", ".join(
        f"((word_{word}_{side} >> {shift}) & {2 ** FIELDS[field][1] - 1})::{_kind(FIELDS[field][1])} as {field}_{side}"
        for field, (word, shift) in _places().items()
        for side in "lr"
    )
    return f"""
    select {kept}, {fields} from (
        select {kept}, {fetched} from {candidates}
        join {OUTLINE} as l on l.record_number = join_key_l
        join {OUTLINE} as r on r.record_number = join_key_r
    )
    """


def _places() -> dict[str, tuple[int, int]]:
    """Per field its word and its place in it."""
    places, word, taken = {}, 0, 0
    for field, (_, bits) in FIELDS.items():
        if taken + bits > _WORD:
            word, taken = word + 1, 0
        places[field] = (word, taken)
        taken += bits
    return places


def _kind(bits: int) -> str:
    return next(
        kind for most, kind in ((8, "utinyint"), (16, "usmallint"), (32, "uinteger"), (64, "ubigint")) if bits <= most
    )
