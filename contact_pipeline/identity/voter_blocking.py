"""Which voters a contact is compared with: rules over the whole file, each one join of hashed keys.

The rules as data and the joins belong here. The file is never crossed with the contacts: a rule gives each side keys,
and a key that too many voters hold makes no pairs by that rule. Weighing pairs belongs to `voter_scoring`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class VoterRule:
    """Contacts and voters with one key in common are compared.

    Attributes:
        name: kept with every pair as the reason the two met.
        contact: what a contact's key is made of: columns of `contact`, and `EACH` for one of several values.
        voter: for each alternative, SQL over `voter_evidence.voter`, in the order of `contact`.
        most: a key that more voters hold makes no pairs.
    """

    name: str
    contact: tuple[str, ...]
    voter: tuple[tuple[str, ...], ...]
    most: int


EACH: Final = {
    "first": "firsts", "last": "lasts", "initial": "initials", "phone": "phone_numbers", "email": "emails",
    "voter.state": "voters", "voter.number": "voters",
}  # fmt: skip
"""What stands for one value of a contact's list, and the list; values of two lists go with each other crosswise."""

_NAMES: Final = ("first_name", "last_name")
_BORN: Final = "year(birth_date)::integer"
# substr, not left: DuckDB works out substr once per distinct name of a compressed column, left once per voter.
_INITIAL: Final = "substr(first_name, 1, 1)"

TIER_RULES: Final = (
    VoterRule("voter id", ("voter.state", "voter.number"), (("state", "voter_id"),), 10),
    VoterRule(
        "last name, number and ZIP",
        ("last_name", "street_number", "zip5"),
        (("last_name", "street_number", "zip5"),),
        30,
    ),
    VoterRule("name and city", ("first", "last_name", "city"), ((*_NAMES, "city"),), 200),
)
"""What the tiers look at (`dbt_like_sql/identity/voter_tier.sql`)."""

RULES: Final = (
    VoterRule("phone", ("phone",), (("phone_1",), ("phone_2",), ("phone_3",)), 30),
    VoterRule("e-mail", ("email",), (("email_1",), ("email_2",)), 30),
    VoterRule("both names", ("first", "last"), (_NAMES,), 60),
    VoterRule("names swapped", ("last_name", "first_name"), (_NAMES,), 60),
    VoterRule("names and ZIP", ("first", "last", "zip5"), ((*_NAMES, "zip5"),), 60),
    VoterRule("names and city", ("first", "last", "city"), ((*_NAMES, "city"),), 60),
    VoterRule("names and birth year", ("first", "last", "birth_year"), ((*_NAMES, _BORN),), 60),
    VoterRule("last name, ZIP and initial", ("last", "zip5", "initial"), (("last_name", "zip5", _INITIAL),), 30),
    VoterRule("last name, city and initial", ("last", "city", "initial"), (("last_name", "city", _INITIAL),), 20),
    VoterRule(
        "address and initial",
        ("street_number", "street_name", "zip5", "initial"),
        (("street_number", "street_name", "zip5", _INITIAL),),
        30,
    ),
    VoterRule(
        "first name, city and four letters",
        ("first", "city", "substr(last_name, 1, 4)"),
        (("first_name", "city", "substr(last_name, 1, 4)"),),
        20,
    ),
    VoterRule(
        "last name, birth year and initial", ("last", "birth_year", "initial"), (("last_name", _BORN, _INITIAL),), 30
    ),
    VoterRule("first name and birth date", ("first", "birth_date"), (("first_name", "birth_date"),), 30),
)
"""Whom the contacts are compared with that no tier settles."""


FEW_CONTACTS: Final = 5_000
"""Up to so many contacts, the voters with one of their last names are picked out once, and most rules look at those."""

ALL_VOTERS: Final = "(select rowid as voter_row, * from voter_evidence.voter)"

_NAMED: Final = """
create or replace temp table named_voter as
select rowid as voter_row, first_name, last_name, birth_date, street_number, city, zip5 from voter_evidence.voter
where last_name in (
    select unnest(list_distinct(lasts || [last_name, first_name])) from {contacts}
)
"""
"""Every voter that a rule with a last name in its key can find: the rules compare it with no other part of a name."""


def lay_out_contacts(bench: duckdb.DuckDBPyConnection, evidence: str) -> int:
    """Bench table `contact`: one row per record of `evidence` with what the rules' keys are made of; how many."""
    bench.execute(_CONTACT.format(evidence=evidence))
    count: int = bench.sql("select count(*) from contact").fetchall()[0][0]
    return count


def find_pairs(
    bench: duckdb.DuckDBPyConnection, rules: tuple[VoterRule, ...], target: str, *, contacts: str = "contact"
) -> None:
    """Bench table `target` (record_id, voter_row, rule): every contact with every voter it shares a key with, once.

    Args:
        bench: holds `contact`; `voter_evidence` is attached.
        rules: in the order in which they name a pair.
        target: table to create; voter_row is the voter's rowid, rule the first rule by which the two met.
        contacts: the contacts asked about: a table with `contact`'s columns.
    """
    bench.execute("create or replace temp table hit (rule utinyint, record_id varchar, voter_row bigint)")
    voters = {True: ALL_VOTERS, False: ALL_VOTERS}
    if bench.sql(f"select count(*) <= {FEW_CONTACTS} from {contacts}").fetchall()[0][0]:
        bench.execute(_NAMED.format(contacts=contacts))
        voters[True] = "named_voter"
    for number, rule in enumerate(rules):
        _find_hits(bench, number, rule, contacts, voters["last_name" in rule.voter[0]])
    bench.execute("drop table if exists named_voter")
    names = " ".join(f"when {number} then '{rule.name}'" for number, rule in enumerate(rules))
    bench.execute(
        f"""
        create or replace table {target} as
        select record_id, voter_row, case min(rule) {names} end as rule from hit group by record_id, voter_row
        """
    )
    bench.execute("drop table hit")


def _find_hits(bench: duckdb.DuckDBPyConnection, number: int, rule: VoterRule, contacts: str, voters: str) -> None:
    each = {f"{contacts}.{EACH[part]}": part.partition(".")[0] for part in rule.contact if part in EACH}
    unnested = "".join(f", unnest({values}) as {name}_of({name})" for values, name in each.items())
    bench.execute(
        f"create or replace temp table wanted as select distinct record_id, hash({', '.join(rule.contact)}) as key "
        f"from {contacts}{unnested} where {_given(rule.contact)}"
    )
    met = " union ".join(
        f"select voter_row, hash({', '.join(values)}) as key from {voters} "
        f"where hash({', '.join(values)}) in (select key from wanted) and {_given(values)}"
        for values in rule.voter
    )
    bench.execute(f"create or replace temp table met as {met}")
    bench.execute(
        f"""
        insert into hit
        with held as (select key from met group by key having count(*) <= {rule.most})
        select {number}, record_id, voter_row from wanted join held using (key) join met using (key)
        """
    )
    bench.execute("drop table met")
    bench.execute("drop table wanted")


def _given(values: tuple[str, ...]) -> str:
    return " and ".join(f"{value} is not null" for value in values)


_CONTACT: Final = """
create or replace table contact as
select
    record_id, nullif(last_name, '') as last_name, nullif(first_name, '') as first_name,
    list_distinct(list_filter(
        [nullif(first_name, ''), nullif(split_part(first_name, ' ', 1), ''), nullif(preferred_name, '')]
        || coalesce(canonical_names, []), lambda x: x is not null
    )) as firsts,
    list_distinct(list_filter(
        [nullif(last_name, '')] || case when contains(last_name, ' ') or contains(last_name, '-')
            then string_split_regex(last_name, '[ -]+') else [] end,
        lambda x: length(x) > 2 or x = last_name
    )) as lasts,
    list_distinct(list_transform(firsts, lambda x: substr(x, 1, 1))) as initials,
    birth_date, coalesce(birth_year, year(birth_date))::integer as birth_year,
    list_filter(list_transform(phones, lambda x: try_cast(substr(x, 2) as bigint)), lambda x: x is not null)
        as phone_numbers,
    emails, nullif(street_number, '') as street_number, nullif(street_name, '') as street_name,
    nullif(city, '') as city, nullif(zip5, '') as zip5,
    list_transform(
        voter_ids, lambda x: struct_pack(state := split_part(x, ':', 1), number := substr(x, strpos(x, ':') + 1))
    ) as voters
from {evidence}
"""
