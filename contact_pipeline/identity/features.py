"""Features: what comparing needs beyond the evidence itself, computed once per record.

A *bench* is a private in-memory database in which linking works: Splink creates and drops many tables, and neither the
warehouse nor a read-only snapshot should see them. Copying evidence onto a bench, numbering the records, splitting
shared from own identifiers and smoothing name frequencies belong here. Comparing does not.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.evidence import evidence_columns
from contact_pipeline.identity.model import CROWD, LOWEST_NAME_FREQUENCY, SEVERAL_NAMES, SMALLEST_POPULATION
from contact_pipeline.normalize.reference_data import reference_rows

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

FREQUENCY_COLUMNS: Final = ("first_name", "last_name", "company")

Frequencies = Mapping[str, Mapping[str, float]]
"""Column -> name -> share of the records that bear it."""

_REFERENCE_WEIGHT: Final = 2000
"""A file's own name frequencies count as much as the reference list's once it has this many records."""

LEARNED_NAMES: Final = "learned_name"
"""The table of `learned_names`."""

_COARSE: Final = "pow(2, floor(log2({share})))"

_ESTABLISHED_BEARERS: Final = 4
_RECORDS_PER_BEARER: Final = 5000
"""A first name is one of its own, not a misspelling, under this many last names, and in a long list under one for so
many records: there even a misspelling has namesakes."""

_IDENTIFIERS: Final = ("phones", "emails", "external_ids")

PROVIDERS: Final = "email_providers"
"""Reference list of domains where anyone has an address."""

_NAMED: Final = 5
"""A second address line with this many letters names a building or an estate; with fewer it is a unit."""


def open_bench(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A private in-memory database for linking."""
    import duckdb

    bench = duckdb.connect(":memory:")
    bench.execute("set enable_progress_bar = false")
    if threads is not None:
        bench.execute(f"set threads = {threads}")
    return bench


def lay_out(connection: duckdb.DuckDBPyConnection, evidence: str, bench: duckdb.DuckDBPyConnection) -> int:
    """Copy `evidence` onto the bench as table `record`, with features, and count the records.

    Args:
        connection: where the evidence is; only read, so a read-only snapshot will do.
        evidence: table or subquery with the columns of `evidence.EVIDENCE_COLUMNS`.
        bench: from `open_bench`; may be `connection` itself.

    Returns:
        The number of records. `record` is numbered by `record_id`, so the order of the rows never matters.
    """
    if connection is bench:
        bench.execute(f"create or replace temp view given as select {evidence_columns()} from {evidence}")
    else:
        arrow = connection.sql(f"select {evidence_columns()} from {evidence}").to_arrow_table()
        bench.register("given", arrow)
    bench.execute(_NUMBERED)
    if connection is not bench:
        bench.unregister("given")
    load_reference_names(bench)
    count: int = bench.sql("select count(*) from numbered").fetchall()[0][0]
    for summary in SUMMARIES:
        bench.execute(f"create or replace temp table {summary.name} as {summary.sql(count)}")
    build_records(bench)
    return count


def load_reference_names(bench: duckdb.DuckDBPyConnection) -> None:
    """Table `reference_name` (kind, name, share): common names with their share of the population; tables `given_name`
    (name): first names of many languages; `public_domain` (domain): e-mail providers.

    The shares steady the frequencies of short lists; see the header of `name_frequency.csv` for their origin.
    """
    for name, rows in reference_names().items():
        bench.register("given_rows", rows)
        bench.execute(f"create or replace table {name} as from given_rows")
        bench.unregister("given_rows")


@cache
def reference_names() -> dict[str, pa.Table]:
    """The tables of `load_reference_names` by their names."""
    text = (resources.files("contact_pipeline.identity") / "name_frequency.csv").read_text(encoding="utf-8")
    frequencies = [line.split(",") for line in text.splitlines() if line and not line.startswith("#")][1:]
    return {
        "reference_name": _table(("kind", "name", "share"), frequencies),
        "given_name": _table(("name",), ([row["name"]] for row in reference_rows("given_names"))),
        "public_domain": _table(("domain",), ([row["domain"]] for row in reference_rows(PROVIDERS))),
    }


def _table(columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> pa.Table:
    """Rows of text as a table; what is called share or learned is a number.

    Arrow makes a table of Python's lists only after half a second spent on loading pandas; of CSV it does without.
    """
    import pyarrow as pa
    from pyarrow.csv import ConvertOptions, ReadOptions, read_csv

    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    kinds = {name: pa.float64() if name in ("share", "learned") else pa.string() for name in columns}
    if not written.tell():
        return pa.schema(list(kinds.items())).empty_table()
    return read_csv(
        io.BytesIO(written.getvalue().encode()),
        read_options=ReadOptions(column_names=columns),
        convert_options=ConvertOptions(column_types=kinds, strings_can_be_null=False),
    )


def build_records(bench: duckdb.DuckDBPyConnection) -> None:
    """Table `record` from `numbered` and the `SUMMARIES`; see `_RECORD` for its columns."""
    bench.execute(_RECORD)


def build_frequencies(bench: duckdb.DuckDBPyConnection, records: int, learned: Frequencies) -> None:
    """Tables `frequency_<column>` (value, `tf_<column>`) of the names of `record`; see `frequency_sql`.

    Args:
        bench: holds `record` and `reference_name`.
        records: how many records are linked in all.
        learned: the model's `frequencies`.
    """
    bench.register(LEARNED_NAMES, learned_names(learned))
    for column in FREQUENCY_COLUMNS:
        sql = frequency_sql(column, records, "record", learned)
        bench.execute(f"create or replace table frequency_{column} as {sql}")
    bench.unregister(LEARNED_NAMES)


def learned_names(learned: Frequencies) -> pa.Table:
    """A model's frequencies as the table `LEARNED_NAMES` (kind, name, learned) that `frequency_sql` reads."""
    rows = ((kind, name, share) for kind, names in learned.items() for name, share in names.items())
    return _table(("kind", "name", "learned"), rows)


def frequency_sql(column: str, records: int, counted: str, learned: Frequencies) -> str:
    """One row per value of a frequency column: the value and `tf_<column>`, its share of the records.

    A model that knows no names has them counted, smoothed with the reference names, in steps of a quarter power of two.
    Names that a model learned keep their share: another list must not move the weight of every pair there is. Only a
    name that has become twice as common counts as what it is now, in steps of two: it must not pass for rare.

    Args:
        column: one of `FREQUENCY_COLUMNS`.
        records: how many records are linked in all.
        counted: table with the name columns; one row per record.
        learned: the model's `frequencies`; where there are any, `LEARNED_NAMES` is read.
    """
    share = f"(bearers + {_REFERENCE_WEIGHT} * coalesce(share, 0)) / ({population(records)} + {_REFERENCE_WEIGHT})"
    counted_share, joined = f"pow(2, floor(4 * log2(greatest({share}, {LOWEST_NAME_FREQUENCY})) + 0.5) / 4)", ""
    if learned:
        known = f"coalesce(learned, {LOWEST_NAME_FREQUENCY})"
        now = _COARSE.format(share=share)
        counted_share = f"case when {now} >= 2 * {known} then {now} else {known} end"
        joined = f"left join {LEARNED_NAMES} as l on l.kind = '{column}' and l.name = {column}"
    return f"""
        with own as (
            select {column}, count(*) as bearers from {counted} where {column} is not null group by all
        )
        select {column}, {counted_share} as tf_{column}
        from own left join reference_name as r on r.kind = '{column}' and r.name = {column} {joined}
        """


def frequencies_of(bench: duckdb.DuckDBPyConnection) -> Frequencies:
    """What a model keeps of the bench's `frequency_<column>`: names more common than the floor, in order."""
    return {
        column: dict(
            bench.execute(
                f"select {column}, tf_{column} from frequency_{column} where tf_{column} > ? order by all",
                [LOWEST_NAME_FREQUENCY],
            ).fetchall()
        )
        for column in FREQUENCY_COLUMNS
    }


def population(records: int) -> int:
    """The number of records that a prior or a share is taken over.

    Rounded up to a quarter power of two: the prior does not move, and no pair changes its band, each time one record
    arrives.
    """
    return math.ceil(2 ** (math.ceil(4 * math.log2(max(records, SMALLEST_POPULATION))) / 4))


MERGED_IDS: Final = """* replace (list_concat(
    coalesce(external_ids, []), list_transform(coalesce(voter_ids, []), lambda x: 'voter:' || x)
) as external_ids)"""
"""The evidence columns with voter ids among the external ids."""

_NUMBERED = f"""
create or replace table numbered as
select record_number, {MERGED_IDS}
from (select record_id, row_number() over (order by record_id) as record_number from given)
join given using (record_id)
"""

_NAMES_IN_USE = "greatest(count(distinct first_name[1]), count(distinct regexp_extract(last_name, '[^ -]+$')))"
"""Krause Lopez, Krause and Lopez are two names: a double one counts by its last part."""

_MIXED = """coalesce(len(list_reduce(
    list(distinct coalesce(canonical_names, [first_name])) filter (length(first_name) > 1),
    lambda x, y: list_intersect(x, y)
)) = 0, false)"""
"""Whether the first names in use cannot all stand for one, as Robert and Bob can."""

_USES = f"""
with use as (
    select unnest({{identifiers}}) as identifier, first_name, last_name, canonical_names
    from numbered where len({{identifiers}}) > 0
),
several as (
    select hash(identifier) as hashed from use group by hashed having count(*) >= {SEVERAL_NAMES}
)
select identifier, {_NAMES_IN_USE} as names, {_MIXED} as mixed
from use semi join several on several.hashed = hash(use.identifier)
group by identifier having names >= {SEVERAL_NAMES} or mixed
"""

MAILBOXES_OF_FEW: Final = 3 * CROWD
"""A domain with more mailboxes is no family's or small firm's, whatever names stand beside them; often none does."""

_DOMAINS = f"""
with use as (
    select email, domain, first_name, last_name
    from (
        select email, split_part(email, '@', 2) as domain, first_name, last_name
        from (select unnest(emails) as email, first_name, last_name from numbered where len(emails) > 0)
    )
    anti join public_domain using (domain)
)
select domain, {_NAMES_IN_USE} > {CROWD} or count(distinct email) > {MAILBOXES_OF_FEW} as crowded
from use
group by domain
"""
"""A provider's domain is not among them: there anyone has a mailbox."""

_OWN_DOMAINS = """
    own_domain as (
        select record_number, list(distinct hash(domain)) as email_domains
        from (select record_number, split_part(unnest(emails), '@', 2) as domain from numbered where len(emails) > 0)
        join used_domain using (domain)
        where not crowded
        group by record_number
    )"""

_NAMES = f"""
select first_name as name from numbered where first_name is not null
group by first_name
having count(distinct last_name) >= greatest(
    {_ESTABLISHED_BEARERS}, {{records}} / {_RECORDS_PER_BEARER}
)
union
select name from reference_name where kind = 'first_name'
union
select name from given_name
"""


@dataclass(frozen=True)
class Summary:
    """A table counted over all records, on which the features of single records stand.

    Attributes:
        name: temporary table of a bench; its first column is the value that was counted.
        select: SQL over `numbered`; `{records}` stands for the population.
        values: SQL over a row of `numbered` giving the values of its record, one each.
    """

    name: str
    select: str
    values: str

    def sql(self, records: int) -> str:
        """The rows of the table, for so many records."""
        return self.select.format(records=population(records))


SUMMARIES: Final = (
    *(Summary(f"used_{name}", _USES.format(identifiers=name), f"unnest({name})") for name in _IDENTIFIERS),
    Summary("used_domain", _DOMAINS, "split_part(unnest(emails), '@', 2)"),
    Summary("established_name", _NAMES, "first_name"),
)
"""All there are: a record's features depend on its own row and on these, and incremental linking counts on that."""

_SHARED = """
    shared_{identifiers} as (
        select record_number,
            list(hash(identifier)) filter (names > {crowd}) as crowded_{identifiers},
            list(hash(identifier)) filter (names >= {several}) as shared_{identifiers},
            list(hash(identifier)) filter (mixed) as mixed_{identifiers}
        from (select record_number, unnest({identifiers}) as identifier from numbered where len({identifiers}) > 0)
        join used_{identifiers} using (identifier)
        group by record_number
    )"""

_WITHOUT = """
    case when {taken} is null then {given} else list_filter({given}, lambda x: not list_contains({taken}, x)) end"""


def _hashed(identifiers: str) -> str:
    """Identifiers are only ever compared for equality: as numbers they take a fraction of the room and time."""
    return f"list_transform(coalesce({identifiers}, []), lambda x: hash(x)) as hashed_{identifiers}"


def _without(identifiers: str) -> str:
    """The identifiers that are evidence, and those of them that are one's own."""
    crowded, shared = (f"{kind}_{identifiers}" for kind in ("crowded", "shared"))
    return (
        f"{_WITHOUT.format(given=f'hashed_{identifiers}', taken=crowded)} as {identifiers},"
        f"{_WITHOUT.format(given=f'hashed_{identifiers}', taken=shared)} as own_{identifiers}"
    )


_DIGITS_OF_ONES_OWN = "[0-9]{5}|^[^0-9]*(1[0-8]|2[1-9]|[03-9][0-9])[0-9]{1,2}[^0-9]*$"
"""Digits beside a name that are no year: perez84 and perez1984 say what name and birth year say."""


def _letters(local: str) -> str:
    return f"regexp_replace({local}, '[^a-z]+', '', 'g')"


def _of_ones_own(local: str, letters: str) -> str:
    """Whether what stands before the @ says more than a name and a birth year do."""
    return (
        f"case when contains({letters}, last_letters) or contains({letters}, first_letters)"
        f" then regexp_matches({local}, '{_DIGITS_OF_ONES_OWN}') else true end"
    )


def _name_letters(column: str) -> str:
    return f"coalesce(nullif(replace({column}, ' ', ''), ''), '?') as {column.removesuffix('_name')}_letters"


# Most records have one e-mail: it is read as a value, and only several as a list.
_EMAIL_NAMES = f"""
    case when len(emails) = 1 then
        case when length(email_start) > 4 and {_of_ones_own("email_start", "email_letters")}
            then [hash(email_start)] else [] end
    else list_filter(
        [split_part(x, '@', 1) for x in emails if strpos(x, '@') > 5],
        lambda x: {_of_ones_own("x", _letters("x"))}
    ).list_transform(lambda x: hash(x)) end as email_names"""

_RECORD = f"""
create or replace table record as
with {",".join(_SHARED.format(identifiers=name, crowd=CROWD, several=SEVERAL_NAMES) for name in _IDENTIFIERS)},
{_OWN_DOMAINS},
started as (
    select *, split_part(emails[1], '@', 1) as email_start, {_name_letters("first_name")}, {_name_letters("last_name")},
        {", ".join(_hashed(identifiers) for identifiers in _IDENTIFIERS)}
    from numbered
),
read as (
    select *, {_letters("email_start")} as email_letters from started
)
select
    record_number, record_id, source_dataset,
    nullif(first_name, '') as first_name,
    nullif(middle_name, '') as middle_name,
    nullif(last_name, '') as last_name,
    nullif(preferred_name, '') as preferred_name,
    canonical_names,
    case suffix
        when 'i' then 1 when 'sr' then 1 when 'jr' then 2 when 'ii' then 2
        when 'iii' then 3 when 'iv' then 4 when 'v' then 5
    end as generation,
    established_name.name is not null as first_name_known,
    case when contains(last_name, ' ') or contains(last_name, '-')
        then list_filter(string_split_regex(last_name, '[ -]+'), lambda x: length(x) > 2)
        else [last_name]
    end as last_parts,
    birth_date,
    coalesce(birth_year, year(birth_date)) as birth_year,
    strftime(birth_date, '%Y%m%d') as birth_digits,
    {",".join(_without(identifiers) for identifiers in ("phones", "emails"))},
    {_EMAIL_NAMES.strip()},
    email_letters,
    hash(split_part(emails[1], '@', 2)) as email_domain,
    coalesce(email_domains, []) as email_domains,
    coalesce(mixed_phones, []) as mixed_phones,
    coalesce(mixed_emails, []) as mixed_emails,
    nullif(street_number, '') as street_number,
    nullif(street_name, '') as street_name,
    replace(nullif(street_name, ''), ' ', '') as street_letters,
    nullif(unit, '') as unit,
    case when regexp_matches(unit, '([a-z].*){{{_NAMED}}}') then unit end as building,
    nullif(city, '') as city,
    nullif(zip5, '') as zip5,
    nullif(company, '') as company,
    {_without("external_ids").strip()}
from read
left join shared_phones using (record_number)
left join shared_emails using (record_number)
left join shared_external_ids using (record_number)
left join own_domain using (record_number)
left join established_name on established_name.name = first_name
"""
