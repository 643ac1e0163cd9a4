"""The address value table: ordinary lines taken apart set-based, unusual addresses read one by one.

How distinct written addresses meet their readings belongs here, with the conditions under which the parts may be read
apart from each other. The meaning of an address belongs to `address`, the ordinary shape of a line to `street`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_pipeline.normalize.address import (
    ADDRESS_CAP,
    WrittenAddress,
    city_key,
    clean_part,
    display_city,
    display_street,
    parse_address,
)
from contact_pipeline.normalize.state import parse_country, parse_state
from contact_pipeline.normalize.street import ORDINARY_LINE, is_ordinary_street, street_key, unit_identifier
from contact_pipeline.normalize.value_table import parsed_table, scratch_table
from contact_pipeline.normalize.zip_code import parse_zip

if TYPE_CHECKING:
    import duckdb

RAW_COLUMNS = ("line1_raw", "line2_raw", "city_raw", "state_raw", "zip_raw", "country_raw")
READ_COLUMNS = (
    "line", "street_number", "street_name", "unit", "city", "city_key", "state", "zip5", "zip4", "country",
)  # fmt: skip


def build_address_values(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Build the table of distinct written addresses and the reading of each.

    Args:
        connection: A DuckDB connection that may write `target`.
        source: A select with the text columns line1_raw, line2_raw, city_raw, state_raw, zip_raw, country_raw.
        target: Table to create or replace, one row per distinct combination (NULL and blank are told apart: join with
            `is not distinct from`), sorted by it: the six raw columns, line, street_number, street_name, unit, city,
            city_key, state, zip5, zip4, country, valid, reason. A blank address is a row of NULLs, not valid, without a
            reason.
    """
    raw = ", ".join(f"{column}::varchar as {column}" for column in RAW_COLUMNS)
    with (
        scratch_table(connection, "address_given", f"select distinct {raw} from ({source})") as given,
        scratch_table(connection, "address_lines", _lines(given)) as lines,
        parsed_table(
            connection, "address_streets", _distinct_streets(lines), _words("written", "shown", "key"), _street
        ) as streets,
        parsed_table(connection, "address_cells", _distinct_cells(given), _cell_schema(), _cell) as cells,
        scratch_table(connection, "address_looked_up", _looked_up(lines, streets, cells)) as looked_up,
        parsed_table(
            connection,
            "address_odd",
            f"select {', '.join(RAW_COLUMNS)} from {looked_up} where not ordinary",
            _schema(),
            _row,
        ) as odd,
    ):
        connection.execute(f"""
            create or replace table {target} as
            select * exclude (ordinary) from {looked_up} where ordinary
            union all select * from {odd}
            order by all""")


def _lines(given: str) -> str:
    """The given columns, and number, street and unit of line 1 where it has the ordinary shape."""
    shape = ORDINARY_LINE.replace("'", "''")
    return f"""
    with upper_case as (
             select *, case when regexp_full_match(line1_raw, '[ -~]+') then upper(line1_raw) end as line1_upper
             from {given}),
         matched as (
             select * exclude (line1_upper),
                    regexp_extract(line1_upper, '{shape}', ['number', 'street', 'unit']) as found
             from upper_case)
    select * exclude (found), found.number as number, found.unit as unit_upper,
           case when found.number <> ''
                then substr(line1_raw, length(found.number) + 2, length(found.street)) end as street
    from matched"""


def _distinct_streets(lines: str) -> str:
    return f"select distinct street from {lines} where street is not null"


def _distinct_cells(given: str) -> str:
    """Every distinct cell of the parts that are read alone, with the part it belongs to."""
    return " union ".join(
        f"select '{part}' as part, {part}_raw as written from {given} where {part}_raw is not null"
        for part in ("line2", "city", "state", "zip", "country")
    )


def _looked_up(lines: str, streets: str, cells: str) -> str:
    """The table's columns for every address, and whether they are its reading: nothing in it is unusual.

    Unusual is whatever gives a reason or lets one part fill or contradict another.
    """
    joins = "\n".join(
        f"left join {cells} as {part} on {part}.part = '{part}' and {part}.written = {part}_raw"
        for part in ("line2", "city", "state", "zip", "country")
    )
    return f"""
    select {", ".join(RAW_COLUMNS)},
           number || ' ' || streets.shown as line, number as street_number, streets.key as street_name,
           coalesce(nullif(unit_upper, ''), line2.shown) as unit,
           city.shown as city, city.key as city_key, state.shown as state, zip.shown as zip5, zip.key as zip4,
           case when coalesce(country.shown, state.shown, zip.shown) is not null then 'US' end as country,
           true as valid, null::varchar as reason,
           streets.shown is not null
           and coalesce(line2.usual, true) and coalesce(state.usual, true) and coalesce(zip.usual, true)
           and coalesce(country.usual, true)
           and length(concat({", ".join(RAW_COLUMNS)})) <= {ADDRESS_CAP} as ordinary
    from {lines} as lines
    left join {streets} as streets on streets.written = lines.street
    {joins}"""


def _street(written: str) -> tuple[str, str | None, str | None]:
    if not is_ordinary_street(written):
        return (written, None, None)
    return (written, display_street(written), street_key(written))


def _cell(part: str, written: str) -> tuple[str, str, str | None, str | None, bool]:
    """A cell of one part: what is shown, a second text (a city's key, a ZIP code's last four), whether it is usual."""
    text = clean_part(written)
    if not text:
        return (part, written, None, None, True)
    if part == "line2":
        unit = unit_identifier(text.strip(" ,;"))
        return (part, written, unit, None, unit is not None)
    if part == "city":
        return (part, written, display_city(text), city_key(text) or None, True)
    if part == "zip":
        read = parse_zip(text)
        return (part, written, read.zip5, read.zip4, read.valid and read.reason is None)
    code = parse_state(text) if part == "state" else parse_country(text)
    return (part, written, code, None, code is not None if part == "state" else code == "US")


def _row(*written: str | None) -> tuple[Any, ...]:
    return (*written, *vars(parse_address(WrittenAddress(*(text or "" for text in written)))).values())


def _words(*columns: str) -> Any:
    import pyarrow as pa

    return pa.schema([(column, pa.string()) for column in columns])


def _cell_schema() -> Any:
    import pyarrow as pa

    return _words("part", "written", "shown", "key").append(pa.field("usual", pa.bool_()))


def _schema() -> Any:
    import pyarrow as pa

    text = _words(*RAW_COLUMNS, *READ_COLUMNS)
    return text.append(pa.field("valid", pa.bool_())).append(pa.field("reason", pa.string()))
