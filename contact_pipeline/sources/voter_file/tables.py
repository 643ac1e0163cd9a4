"""The tables of the voter file and the one select that makes voters out of what was read.

SQL that depends on a file's columns is put together here; SQL that does not stands in the `.sql` files beside.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from contact_pipeline.normalize.reference_data import reference_rows
from contact_pipeline.sources.voter_file.layouts import OWN_COLUMNS, Reading, rules

if TYPE_CHECKING:
    import duckdb

TYPES = {"date_of_birth": "date", "protected": "boolean", "file_number": "integer", "line": "bigint"}
"""What is not text. Ids, ZIPs and phones are text: zeros lead some of them (decision 13)."""

_FIXED = """
create table if not exists {schema}.load (
    load_id varchar, voter_state varchar, loaded_at timestamptz, rules_sha256 varchar, layout varchar, files bigint,
    seen bigint, accepted bigint, quarantined bigint, blank bigint, voters bigint, protected bigint,
    repeated bigint, same_person bigint, unread_dates bigint);
create table if not exists {schema}.file (
    load_id varchar, voter_state varchar, file_number integer, file_name varchar, kind varchar, bytes bigint,
    sha256 varchar, encoding varchar, layout varchar, seen bigint, accepted bigint, quarantined bigint, blank bigint,
    unknown_columns varchar[], missing_columns varchar[]);
create table if not exists {schema}.reject (
    voter_state varchar, file_number integer, line bigint, reason varchar, raw varchar);
create table if not exists {schema}.same_person (
    voter_state varchar, voter_id varchar, other_voter_id varchar, agree varchar[]);
create table if not exists {schema}.change (
    voter_state varchar, load_id varchar, change varchar, voter_id varchar, former_voter_id varchar,
    before varchar, after varchar);
"""
STATE_TABLES = ("reject", "same_person", "change", "repeat")
"""Tables that hold, per state, what its newest load found."""


def create_tables(connection: duckdb.DuckDBPyConnection, schema: str, extra: Iterable[str]) -> None:
    """Make all tables in an empty database; `extra` are the voter table's columns beyond the usual ones."""
    columns = [*OWN_COLUMNS[:1], *rules().columns, *OWN_COLUMNS[1:], *dict.fromkeys(extra)]
    plain = rules().hardly_repeating
    made = ", ".join(
        f'"{name}" {TYPES.get(name, "varchar")}{" using compression uncompressed" if name in plain else ""}'
        for name in columns
    )
    connection.execute(f"create table {schema}.voter ({made}); create table {schema}.repeat ({made})")
    connection.execute(_FIXED.format(schema=schema))


def extra_columns(reading: Reading) -> list[str]:
    """The columns a file adds to the usual ones, in its order."""
    return [name for name in reading.columns if name not in rules().columns]


def voters_select(reading: Reading, source: str, *, file_number: int) -> str:
    """The select that makes voters out of a file's rows.

    A generation's suffix at the end of the last name goes to `name_suffix` unless another one stands there.

    Args:
        reading: What the columns are called.
        source: A table or view with those columns as clean text, `line`, and `protected`.
        file_number: The file's number in this load.

    Returns:
        SQL for `insert into … by name`; needs the parameter `state`. Rows of exempt voters are left out.
    """
    values = {name: f'"{name}"' for name in reading.columns} | _derived(reading)
    columns = ", ".join(f'{value} as "{name}"' for name, value in values.items())
    born = _date("date_of_birth") if "date_of_birth" in reading.columns else "null"
    return (
        f"with read as (select *, {_glued(reading.columns)} as glued_suffix, {born} as born from {source} "
        f"where not protected) "
        f"select $state as voter_state, protected, {file_number} as file_number, line, {columns} from read"
    )


def _glued(columns: tuple[str, ...]) -> str:
    """The suffix at the end of a last name, null where there is none; only names of several words are looked at."""
    if "last_name" not in columns:
        return "null"
    words = "|".join(row["written"] for row in reference_rows("name_affixes") if _is_generation(row))
    pattern = f"(?i)[^ ,][ ,]+({words})\\.?$"
    several_words = "last_name like '% %' or last_name like '%,%'"
    return f"case when {several_words} then nullif(regexp_extract(last_name, '{pattern}', 1), '') end"


def _is_generation(row: dict[str, str]) -> bool:
    return row["kind"] == "suffix" and row["where"] == "any" and bool(row["key"])


def _derived(reading: Reading) -> dict[str, str]:
    """Our columns that are not a file's column as it stands."""
    have, derived = set(reading.columns), {}
    if "date_of_birth" in have:
        derived["date_of_birth"] = "born"
        derived["date_of_birth_as_sent"] = "case when born is null then date_of_birth end"
    if "last_name" in have:
        given = "name_suffix" if "name_suffix" in have else "null"
        fits = f"glued_suffix is not null and upper(rtrim(coalesce({given}, glued_suffix), '.')) = upper(glued_suffix)"
        shorter = "rtrim(left(rtrim(last_name, '.'), length(rtrim(last_name, '.')) - length(glued_suffix)), ' ,')"
        derived["last_name"] = f"case when {fits} then {shorter} else last_name end"
        derived["name_suffix"] = f"coalesce({given}, upper(glued_suffix))"
    if "zip" in have:
        long = "length(zip) > 5 and regexp_full_match(zip, '[0-9]{5}[- ]?[0-9]{4}')"
        derived["zip"] = f"case when {long} then left(zip, 5) else zip end"
        further = "zip_plus_4" if "zip_plus_4" in have else "null"
        derived["zip_plus_4"] = f"coalesce({further}, case when {long} then right(zip, 4) end)"
    for ours, parts in reading.layout.together.items():
        if set(parts) <= have and ours not in have:
            joined = " || ".join(f'"{part}"' for part in parts)
            derived[ours] = joined
    return derived


def _date(column: str) -> str:
    """`MM/DD/YYYY`, ISO with or without a time, or `YYYYMMDD`; null for what no calendar has."""
    return (
        f"case when {column} like '__/__/____' "
        f"then try_cast(substr({column}, 7) || '-' || left({column}, 2) || '-' || substr({column}, 4, 2) as date) "
        f"when contains({column}, '/') then try_strptime({column}, '%m/%d/%Y')::date "
        f"when length({column}) = 8 "
        f"then try_cast(left({column}, 4) || '-' || substr({column}, 5, 2) || '-' || right({column}, 2) as date) "
        f"else try_cast(left({column}, 10) as date) end"
    )
