"""The voters in normal form: one evidence row per voter, made once per load, in a file beside the load's own.

Reading distinct cells through `normalize` and joining them to millions of rows belongs here, and where the result lies.
Which voters a person is compared with belongs to `voter_blocking`.

A voter file has few distinct words and many rows: every part of a name, street and town is read once by the one
normaliser and joined. A phone is only brought into E.164's shape: it is only ever compared with a number that
libphonenumber found valid, so what is invalid here matches nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock

from contact_pipeline.landing.files import sync_folder
from contact_pipeline.sources.voter_file.store import MARKED_EVIDENCE, NoVotersError, newest, sql_literal

if TYPE_CHECKING:
    import duckdb

VOTER_COLUMNS: Final[dict[str, str]] = {
    "state": "Whose voter file.",
    "voter_id": "The state's id.",
    "first_name": "First name, lower case, accents folded.",
    "middle_name": "Middle name or initial, lower case, accents folded.",
    "last_name": "Last name, lower case, accents folded.",
    "suffix": "`jr`, `sr`, `ii`, …",
    "birth_date": "Full birth date.",
    "phone_1": "A phone's digits, country code included.",
    "phone_2": "Another one.",
    "phone_3": "Another one.",
    "email_1": "An e-mail address, lower case.",
    "email_2": "Another one.",
    "street_number": "House number.",
    "street_name": "Street in normal form.",
    "unit": "Apartment or unit, lower case.",
    "city": "City, lower case, accents folded.",
    "zip5": "Five digits, as text.",
}
"""Columns of `voter_evidence.voter`; exempt voters have no row there."""

COUNTED_COLUMNS: Final = ("first_name", "last_name")
"""The columns whose values are counted over the whole file; a voter file knows no employers."""

ESTABLISHED_BEARERS: Final = 4
"""A first name under so many last names is a name of its own, not a misspelling; in a state's file, one in
`RECORDS_PER_BEARER` voters at the least."""
RECORDS_PER_BEARER: Final = 5000

_MEMORY_LIMIT = "3GB"


def evidence_file(voters: Path) -> Path:
    """Where the newest load's evidence lies, whether it has been made or not; its name holds the rules' version.

    Raises:
        NoVotersError: nothing has been loaded.
    """
    current = newest(voters)
    if current is None:
        raise NoVotersError(
            f"There is no voter file at {voters}. Load one: contact-pipeline voters load FILE --state FL"
        )
    return current.with_name(f"{current.stem}{MARKED_EVIDENCE}{_rules()}.duckdb")


def _rules() -> str:
    """Changes when this module or a normaliser does: evidence made by older rules is made anew."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for file in sorted((Path(__file__).parents[1] / "normalize").rglob("*")):
        if file.suffix in (".py", ".csv", ".toml"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


def ensure_voter_evidence(voters: Path, *, threads: int | None = None, log: Callable[[str], None] = print) -> Path:
    """Make the newest load's evidence unless it is there; a killed making leaves none.

    Args:
        voters: `Settings.voters`.
        threads: DuckDB's.
        log: told that it is being made.

    Returns:
        The evidence's file. Evidence of older rules is removed.

    Raises:
        NoVotersError: nothing has been loaded.
    """
    wanted = evidence_file(voters)
    if wanted.exists():
        return wanted
    with FileLock(wanted.with_name(f"{wanted.name}.lock")):
        if not wanted.exists():
            log("Bringing the voters into normal form, once per load.")
            _make(newest(voters) or voters, wanted, threads)
    wanted.with_name(f"{wanted.name}.lock").unlink(missing_ok=True)
    return wanted


def _make(voters: Path, wanted: Path, threads: int | None) -> None:
    import duckdb

    part = wanted.with_name(f"{wanted.name}.part")
    part.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"set memory_limit = '{_MEMORY_LIMIT}'")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"set temp_directory = '{sql_literal(part)}.spill'")
        if threads is not None:
            connection.execute(f"set threads = {threads}")
        connection.execute(f"attach '{sql_literal(voters)}' as voters (read_only)")
        connection.execute(f"attach '{sql_literal(part)}' as voter_evidence")
        build_voter_evidence(connection)
        connection.execute("detach voter_evidence")
    part.replace(wanted)
    sync_folder(wanted.parent)
    for older in wanted.parent.glob(f"{voters.stem}{MARKED_EVIDENCE}*.duckdb"):
        if older != wanted:
            older.unlink()


@contextmanager
def attached_evidence(connection: duckdb.DuckDBPyConnection, evidence: Path) -> Iterator[None]:
    """Attach an evidence file read-only as `voter_evidence` while the block runs."""
    connection.execute(f"attach '{sql_literal(evidence)}' as voter_evidence (read_only)")
    try:
        yield
    finally:
        connection.execute("detach voter_evidence")


def build_voter_evidence(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the attached, empty `voter_evidence` from the attached `voters`.

    Tables: `voter` (VOTER_COLUMNS), `first_name_frequency` and `last_name_frequency` (value, bearers),
    `established_name` (name), `counted` (state, voters). Rows of exempt voters are left out.
    """
    columns = {row[0] for row in connection.execute("describe voters.voter").fetchall()}
    read = {name: name if name in columns else "null::varchar" for name in _READ}
    parts = [_name_parts(connection, read), _street_parts(connection, read), _town_parts(connection, read)]
    kinds = ", ".join(f"{name} {_KINDS.get(name, 'varchar')}" for name in VOTER_COLUMNS)
    connection.execute(f"create or replace table voter_evidence.voter ({kinds})")
    connection.execute(_VOTER.format(**read))
    _read_odd_names(connection, read)
    connection.execute(_FREQUENCIES)
    for table in (table for tables in parts for table in tables):
        connection.execute(f"drop table temp.{table}")


_READ: Final = (
    "first_name", "middle_name", "last_name", "name_suffix", "address", "address_line_2", "city", "zip",
    "cell_phone", "landline_phone", "phone1", "email", "email_mydata",
)  # fmt: skip


def _distinct(connection: duckdb.DuckDBPyConnection, cells: Sequence[str]) -> list[str]:
    """The distinct texts of some expressions over the voters."""
    query = " union ".join(
        f"select distinct {cell} from voters.voter where {cell} is not null and not protected" for cell in cells
    )
    return [row[0] for row in connection.execute(query).fetchall()]


def _keep(connection: duckdb.DuckDBPyConnection, table: str, names: Sequence[str], rows: list[tuple[Any, ...]]) -> str:
    """A temporary table of text columns."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    given = pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)})
    connection.register("kept_rows", given)
    connection.execute(f"create or replace temp table {table} as select * from kept_rows")
    connection.unregister("kept_rows")
    return table


def _name_parts(connection: duckdb.DuckDBPyConnection, read: dict[str, str]) -> list[str]:
    """`name_part` (raw, key; key null where the whole name must be read) and `suffix_part` (raw, key)."""
    from contact_pipeline.normalize.name import clean_text, generation, own_affixes, plain_part

    cells = [read[name] for name in ("first_name", "middle_name", "last_name")]
    parts = [(raw, (plain_part(raw) or (None, None))[1]) for raw in _distinct(connection, cells)]
    suffixes = [
        (raw, generation(own_affixes("suffix", clean_text(raw))[0]) or None)
        for raw in _distinct(connection, [read["name_suffix"]])
    ]
    return [
        _keep(connection, "name_part", ("raw", "key"), parts),
        _keep(connection, "suffix_part", ("raw", "key"), suffixes),
    ]


def _street_parts(connection: duckdb.DuckDBPyConnection, read: dict[str, str]) -> list[str]:
    """`street_part` (raw, name, unit): what follows the number; `line_part` the same of lines without a number;
    `unit_part` (raw, unit) of second lines.

    Number and street are read apart: the number changes nothing about how the rest is read.
    """
    from contact_pipeline.normalize.address import WrittenAddress, parse_address

    def parsed(line1: str, line2: str = "") -> tuple[str | None, str | None, str | None]:
        address = parse_address(WrittenAddress(line1, line2))
        return address.street_number, address.street_name, address.unit

    numbered = f"case when {_NUMBERED.format(**read)} then {_STREET.format(**read)} end"
    other = f"case when not {_NUMBERED.format(**read)} then {read['address']} end"
    streets = [(raw, *parsed(f"1 {raw}")[1:]) for raw in _distinct(connection, [numbered])]
    lines = [(raw, *parsed(raw)) for raw in _distinct(connection, [other])]
    units = [(raw, parsed("1 Main St", raw)[2]) for raw in _distinct(connection, [read["address_line_2"]])]
    return [
        _keep(connection, "street_part", ("raw", "name", "unit"), streets),
        _keep(connection, "line_part", ("raw", "number", "name", "unit"), lines),
        _keep(connection, "unit_part", ("raw", "unit"), units),
    ]


def _town_parts(connection: duckdb.DuckDBPyConnection, read: dict[str, str]) -> list[str]:
    """`city_part` (raw, key) and `zip_part` (raw, zip5)."""
    from contact_pipeline.normalize.address import WrittenAddress, parse_address

    def address(**given: str) -> Any:
        return parse_address(WrittenAddress(**given))

    cities = [(raw, address(city=raw).city_key) for raw in _distinct(connection, [read["city"]])]
    zips = [(raw, address(zip=raw).zip5) for raw in _distinct(connection, [read["zip"]])]
    return [
        _keep(connection, "city_part", ("raw", "key"), cities),
        _keep(connection, "zip_part", ("raw", "zip5"), zips),
    ]


def _read_odd_names(connection: duckdb.DuckDBPyConnection, read: dict[str, str]) -> None:
    """Read as a whole the names one part of which cannot be read alone: `van der Berg, Jr.`, a title, two names."""
    from contact_pipeline.normalize.name_values import build_name_values

    odd = "select raw from name_part where key is null"
    given = (
        f"select voter_state, voter_id, null as prefix_raw, {read['first_name']} as first_raw, "
        f"{read['middle_name']} as middle_raw, {read['last_name']} as last_raw, {read['name_suffix']} as suffix_raw "
        f"from voters.voter where not protected and ({read['first_name']} in ({odd}) "
        f"or {read['middle_name']} in ({odd}) or {read['last_name']} in ({odd}))"
    )
    connection.execute(f"create or replace temp table odd_voter as {given}")
    raw = "prefix_raw, first_raw, middle_raw, last_raw, suffix_raw"
    build_name_values(connection, f"select {raw} from odd_voter", "odd_name")
    same = " and ".join(f"n.{column} is not distinct from v.{column}" for column in raw.split(", "))
    connection.execute(
        f"""
        update voter_evidence.voter as e set first_name = o.first_key, middle_name = o.middle_key,
            last_name = o.last_key, suffix = o.suffix_key
        from (select v.voter_state, v.voter_id, n.* from odd_voter v join odd_name n on {same} where not junk) as o
        where e.state = o.voter_state and e.voter_id = o.voter_id
        """
    )
    connection.execute("drop table temp.odd_voter")
    connection.execute("drop table odd_name")


_NUMBERED: Final = "try_cast(split_part({address}, ' ', 1) as uinteger) is not null"
_STREET: Final = "substr({address}, strpos({address}, ' ') + 1)"


def _phone(cell: str) -> str:
    """SQL for the digits of a number of the North American plan, country code included; null for anything else."""
    digits = cell
    for mark in " ().-+":
        digits = f"replace({digits}, '{mark}', '')"
    return f"try_cast(case when length({cell}) = 10 then {cell} else {digits} end as bigint)"


def _with_country(number: str) -> str:
    return (
        f"case when {number} between 2000000000 and 9999999999 then {number} + 10000000000 "
        f"when {number} between 12000000000 and 19999999999 then {number} end"
    )


_KINDS: Final = {
    "voter_id": "varchar using compression uncompressed", "birth_date": "date",
    **dict.fromkeys(("phone_1", "phone_2", "phone_3"), "bigint"),
    **dict.fromkeys(("email_1", "email_2"), "varchar using compression uncompressed"),
}  # fmt: skip

_VOTER: Final = f"""
insert into voter_evidence.voter
with sent as (
    select
        voter_state, voter_id, {{first_name}} as first_raw, {{middle_name}} as middle_raw, {{last_name}} as last_raw,
        {{name_suffix}} as suffix_raw, date_of_birth, {_phone("{cell_phone}")} as number_1,
        {_phone("{landline_phone}")} as number_2, {_phone("{phone1}")} as number_3,
        lower(trim({{email}})) as email_1, lower(trim({{email_mydata}})) as email_2, {{address}} as line_raw,
        case when {_NUMBERED} then {_STREET} end as street_raw, {{address_line_2}} as unit_raw, {{city}} as city_raw,
        {{zip}} as zip_raw
    from voters.voter
    where not protected
)
select
    voter_state, voter_id, first.key, middle.key, last.key, suffix.key, date_of_birth,
    {_with_country("number_1")}, {_with_country("number_2")}, {_with_country("number_3")}, email_1, email_2,
    case when street_raw is not null then split_part(line_raw, ' ', 1) else line.number end,
    coalesce(street.name, line.name), lower(coalesce(unit.unit, street.unit, line.unit)), town.key, zip.zip5
from sent
left join name_part as first on first.raw = first_raw
left join name_part as middle on middle.raw = middle_raw
left join name_part as last on last.raw = last_raw
left join suffix_part as suffix on suffix.raw = suffix_raw
left join street_part as street on street.raw = street_raw
left join line_part as line on line.raw = line_raw
left join unit_part as unit on unit.raw = unit_raw
left join city_part as town on town.raw = city_raw
left join zip_part as zip on zip.raw = zip_raw
"""

_FREQUENCIES: Final = f"""
create or replace table voter_evidence.first_name_frequency as
select first_name, count(*) as bearers from voter_evidence.voter where first_name is not null group by all;
create or replace table voter_evidence.last_name_frequency as
select last_name, count(*) as bearers from voter_evidence.voter where last_name is not null group by all;
create or replace table voter_evidence.counted as
select state, count(*) as voters from voter_evidence.voter group by all;
create or replace table voter_evidence.established_name as
select first_name as name from voter_evidence.voter where first_name is not null group by first_name
having count(distinct last_name) >= greatest(
    {ESTABLISHED_BEARERS}, (select sum(voters) from voter_evidence.counted) / {RECORDS_PER_BEARER}
);
"""
