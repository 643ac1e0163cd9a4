"""An invented state voter file of any size, with the traps of sources.md 5.4, and what changed a quarter later.

Making lines and writing them in the five kinds of file and two layouts belongs here; no pipeline code reads it. The
people are made in DuckDB from hashes of their numbers (`voters.sql`): one seed gives one file, whatever the threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from contact_pipeline.sandbox.campaign.names import FEMALE, MALE, name_stock
from contact_pipeline.sandbox.campaign.places import STREET_NAMES, STREET_TYPES

if TYPE_CHECKING:
    import duckdb

Kind = Literal["csv", "tsv", "parquet", "sqlite", "duckdb"]
Layout = Literal["i360", "florida"]

LARGEST = 100_000_000
"""Ids of movers, re-issues and newcomers lie in blocks of this size above the people's own."""

_SLOTS = 20_000
_SQL = Path(__file__).with_name("voters.sql")

TOWNS = (
    ("Miami", "MIAMI-DADE", "DAD", "12086", "305", 25.70, -80.20, "33125 33127 33129 33130 33133 33134 33137 33143"),
    ("Fort Lauderdale", "BROWARD", "BRO", "12011", "954", 26.10, -80.10, "33301 33304 33308 33309 33311 33312 33316"),
    ("Boca Raton", "PALM BEACH", "PAL", "12099", "561", 26.30, -80.10, "33428 33431 33432 33433 33434 33486 33487"),
    ("Tampa", "HILLSBOROUGH", "HIL", "12057", "813", 27.90, -82.40, "33602 33606 33609 33611 33613 33614 33618 33624"),
    ("Orlando", "ORANGE", "ORA", "12095", "407", 28.50, -81.30, "32801 32803 32804 32806 32807 32812 32819 32822"),
    ("St. Petersburg", "PINELLAS", "PIN", "12103", "727", 27.70, -82.60, "33701 33702 33703 33704 33705 33710 33713"),
    ("Jacksonville", "DUVAL", "DUV", "12031", "904", 30.30, -81.60, "32202 32205 32207 32210 32216 32217 32223 32225"),
)
"""City, county, the state's county code (sources.md 5.2), county FIPS, area code, latitude, longitude, ZIPs."""

_LARGE_TOWN_SLOTS = 12
"""A large town is so many times as large as a small one; all seven together hold a quarter of the voters."""

_SMALL_TOWNS = tuple(
    f"{before} {stem}{ending}".strip()
    for before in ("", "Lake", "Port", "Fort", "New", "Palm")
    for stem in ("Ash", "Beck", "Clay", "Dun", "Fair", "Glen", "Hart", "Mar", "Pem", "Ros", "Sand", "Wake")
    for ending in ("ford", "wood", "mere", "ton")
)
"""Invented towns of one to three ZIPs: name and city must not be taken for a name and a crowd."""

_MACROS = """
create or replace temp macro drawn(n, salt, size) as (hash(n * 64 + salt, getvariable('seed')) % size)::bigint;
create or replace temp macro changed(n, salt, one_in) as
    getvariable('quarter') > 0 and drawn(n, 1000 + getvariable('quarter') * 10 + salt, one_in) = 0;
create or replace temp macro voter_number(n) as lpad(((n * 700_001 + 12_345) % 999_999_937)::varchar, 9, '0');
create or replace temp macro former_of(n) as n - getvariable('people');
create or replace temp macro absent(says_null) as case when says_null then 'NULL' end;
create or replace temp macro lettered(word, is_upper) as case when is_upper then upper(word) else word end;
create or replace temp macro telephone(area, owner, salt, form) as
    case when form = 0
         then '(' || area || ') ' || (220 + drawn(owner, salt, 700)) || '-'
              || lpad(drawn(owner, salt + 70, 10_000)::varchar, 4, '0')
         else area || (220 + drawn(owner, salt, 700)) || lpad(drawn(owner, salt + 70, 10_000)::varchar, 4, '0') end;
create or replace temp macro mailbox(first_name, last_name, n) as
    lower(replace(strip_accents(first_name || '.' || last_name), ' ', '')) || n || '@example.org';
"""

_LINES = """
create or replace temp table voter_line as
with kept as (
    select n, 'person' as kind from range(getvariable('people')) t(n) where not changed(n, 4, 100)
    union all
    select n, 'new' from range(getvariable('people'), getvariable('people') + getvariable('people') // 100) t(n)
    where getvariable('quarter') > 0
    union all
    select n + getvariable('people'), 'reused' from range(getvariable('people')) t(n)
    where changed(n, 4, 100) and drawn(n, 61, 50) = 0
    union all
    select drawn(n, 62, getvariable('people')), 'duplicate' from range(getvariable('extras')) t(n)
    union all
    select drawn(n, 63, getvariable('people')), 'mover' from range(getvariable('extras')) t(n)
)
select row_number() over () - 1 as line, n, kind from kept
where kind in ('person', 'new', 'reused') or not changed(n, 4, 100)
"""

FLORIDA = """
    county_code, svid, last_name, name_suffix, first_name, middle_name, case when is_exempt then 'Y' else 'N' end,
    address, address_line_2, city, state, zip || coalesce(zip_plus_4, ''), mailing_address, mailing_address_line_2,
    null, mailing_city, mailing_state, mailing_zip, null, gender, race, date_of_birth, registration_date,
    registered_party, precinct, null, null, null, voter_status, congressional_district, state_house_district,
    state_senate_district, null, null, left(regexp_replace(cell_phone, '[^0-9]', '', 'g'), 3),
    right(regexp_replace(cell_phone, '[^0-9]', '', 'g'), 7), null, email
"""
"""The state's 38 columns, in order, out of the invented ones (sources.md 5.2)."""


@dataclass(frozen=True)
class Invented:
    """What a file holds: its lines, and how many of them repeat an id or give a mover a second one."""

    lines: int
    duplicates: int
    movers: int
    exempt: int


def write_voters(
    path: Path, rows: int, *, seed: int, kind: Kind = "csv", layout: Layout = "i360", quarter: int = 0, threads: int = 2
) -> Invented:
    """Write an invented state file; about one line in a thousand repeats an id, another gives a mover a second one.

    Args:
        path: The new file.
        rows: Lines, the header aside; in later quarters about as many.
        seed: One seed, one state.
        kind: csv and tsv are UTF-8 text; sqlite and duckdb hold one table `voters`.
        layout: `florida` is the state's own extract: tab-delimited, no header, 38 columns; only as tsv.
        quarter: 0 is the first file; each later one differs from it by removals (1 %), newcomers (1 %), moves (2 %),
            new surnames (0.2 %), re-issued ids (0.2 %), and a few removed ids given to others.
        threads: DuckDB's.

    Raises:
        ValueError: The layout does not come as that kind of file.
    """
    import duckdb

    if layout == "florida" and kind != "tsv":
        raise ValueError("Florida's own extract is a tab-delimited text file: kind='tsv'")
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {threads}")
        connection.execute("set memory_limit = '3GB'")
        connection.execute("set enable_progress_bar = false")
        invent_voters(connection, rows, seed=seed, quarter=quarter)
        _WRITERS[kind](connection, path, layout)
        return _invented(connection)


def invent_voters(connection: duckdb.DuckDBPyConnection, rows: int, *, seed: int, quarter: int = 0) -> None:
    """Make the temporary view `invented_voter`: one row per line of the file, with `line`, `n` (the person), `kind`."""
    random, stock = Random(seed), name_stock()
    values: dict[str, Any] = {
        "seed": seed, "quarter": quarter, "state": "FL", "extras": rows // 1000, "people": rows - 2 * (rows // 1000),
        "surnames": [stock.surname(random)[0] for _ in range(_SLOTS)],
        "women": [stock.first(random, FEMALE, "") for _ in range(_SLOTS)],
        "men": [stock.first(random, MALE, "") for _ in range(_SLOTS)],
        "streets": [f"{name} {STREET_TYPES.draw(random)}".upper() for name in STREET_NAMES for _ in range(3)],
    }  # fmt: skip
    for name, value in values.items():
        connection.execute(f"set variable {name} = $1", [value])
    connection.execute(f"set variable places = [{', '.join(_places())}]")
    connection.execute(_MACROS)
    connection.execute(_LINES)
    connection.execute("create or replace temp view invented_voter as " + _SQL.read_text(encoding="utf-8"))


def _places() -> list[str]:
    """Towns as DuckDB structs, the large ones many times: a slot drawn at random falls into a town by its size."""
    places = []
    for city, county, code, fips, area, latitude, longitude, zips in TOWNS:
        struct = (
            f"{{'city': '{city}', 'county': '{county}', 'code': '{code}', 'fips': '{fips}', 'area': '{area}', "
            f"'latitude': {latitude}::double, 'longitude': {longitude}::double, 'zips': {zips.split()}}}"
        )
        places += [struct] * _LARGE_TOWN_SLOTS
    for number, city in enumerate(_SMALL_TOWNS):
        _, county, code, fips, area, latitude, longitude, _ = TOWNS[number % len(TOWNS)]
        own_zips = [str(34_000 + 3 * number + further) for further in range(1 + number % 3)]
        places.append(
            f"{{'city': '{city}', 'county': '{county}', 'code': '{code}', 'fips': '{fips}', 'area': '{area}', "
            f"'latitude': {latitude + number / 2000}::double, 'longitude': {longitude}::double, 'zips': {own_zips}}}"
        )
    return places


def true_changes(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """What a quarter changed for those with one id and one row, after `invent_voters`: change → voter ids."""
    mine = "from voter_line where kind = 'person' and n not in (select n from voter_line where kind <> 'person')"
    open_mine = f"{mine} and drawn(n, 23, 350) <> 0"
    stays = f"{open_mine} and not changed(n, 3, 500)"
    queries = {
        "new": "select voter_number(n) from voter_line where kind = 'new'",
        "reused": "select voter_number(former_of(n)) from voter_line where kind = 'reused'",
        "purged": "select voter_number(n) from range(getvariable('people')) t(n) where changed(n, 4, 100) "
        "and drawn(n, 61, 50) <> 0",
        "moved": f"select voter_number(n) {stays} and changed(n, 1, 50)",
        "renamed": f"select voter_number(n) {stays} and changed(n, 2, 500)",
        "reissued": f"select voter_number(n + 400_000_000) {open_mine} and changed(n, 3, 500) "
        "and not changed(n, 2, 500)",
    }
    return {change: {row[0] for row in connection.execute(query).fetchall()} for change, query in queries.items()}


def _invented(connection: duckdb.DuckDBPyConnection) -> Invented:
    counts = connection.execute(
        "select count(*), count(*) filter (kind = 'duplicate'), count(*) filter (kind = 'mover'), "
        "count(*) filter (drawn(n, 23, 350) = 0) from voter_line"
    ).fetchall()[0]
    return Invented(*counts)


def _chosen(layout: Layout) -> str:
    columns = FLORIDA if layout == "florida" else "* exclude (line, n, kind, is_exempt, county_code)"
    return f"select {columns} from invented_voter"


def _write_text(connection: duckdb.DuckDBPyConnection, path: Path, layout: Layout) -> None:
    options = {
        ".florida": "delimiter '\t', quote '', escape '', header false",
        ".csv": "delimiter ',', header true",
    }  # fmt: skip
    chosen = options.get("." + layout) or (
        options[".csv"] if path.suffix == ".csv" else "delimiter '\t', quote '', escape '', header true"
    )
    connection.execute(f"copy ({_chosen(layout)}) to '{path}' (format csv, {chosen})")


def _write_parquet(connection: duckdb.DuckDBPyConnection, path: Path, layout: Layout) -> None:
    connection.execute(f"copy ({_chosen(layout)}) to '{path}' (format parquet)")


def _write_duckdb(connection: duckdb.DuckDBPyConnection, path: Path, layout: Layout) -> None:
    connection.execute(f"attach '{path}' as written")
    connection.execute(f"create table written.voters as {_chosen(layout)}")
    connection.execute("detach written")


def _write_sqlite(connection: duckdb.DuckDBPyConnection, path: Path, layout: Layout) -> None:
    """Through Python's own module: DuckDB's SQLite extension cannot be had offline."""
    import sqlite3

    rows = connection.execute(_chosen(layout))
    names = [column[0] for column in rows.description]
    target = sqlite3.connect(path)
    try:
        target.execute("create table voters (" + ", ".join(f"{name} text" for name in names) + ")")
        insert = "insert into voters values (" + ", ".join("?" * len(names)) + ")"
        while chunk := rows.fetchmany(20_000):
            target.executemany(insert, chunk)
        target.commit()
    finally:
        target.close()


_WRITERS = {
    "csv": _write_text, "tsv": _write_text, "parquet": _write_parquet, "duckdb": _write_duckdb, "sqlite": _write_sqlite,
}  # fmt: skip
