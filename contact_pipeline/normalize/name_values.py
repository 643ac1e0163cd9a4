"""The name value table: ordinary parts looked up word by word, unusual names read one by one.

How distinct written names meet their readings belongs here; the meaning of a name, and which part may be read alone,
to `name`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_pipeline.normalize.name import (
    NAME_CAP,
    WrittenName,
    clean_text,
    generation,
    own_affixes,
    parse_name,
    plain_part,
    shown_prefix,
    shown_suffix,
)
from contact_pipeline.normalize.value_table import parsed_table, scratch_table

if TYPE_CHECKING:
    import duckdb

RAW_COLUMNS = ("prefix_raw", "first_raw", "middle_raw", "last_raw", "suffix_raw")
DISPLAY_COLUMNS = ("first_name", "middle_name", "last_name", "suffix", "prefix", "preferred_hint")
KEY_COLUMNS = ("first_key", "middle_key", "last_key", "suffix_key")


def build_name_values(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Build the table of distinct written names and the reading of each.

    Args:
        connection: A DuckDB connection that may write `target`.
        source: A select with the text columns prefix_raw, first_raw, middle_raw, last_raw, suffix_raw.
        target: Table to create or replace, one row per distinct combination (NULL and blank are told apart: join with
            `is not distinct from`), sorted by it: the five raw columns, first_name, middle_name, last_name, suffix,
            prefix, preferred_hint (display forms), first_key, middle_key, last_key, suffix_key (folded), junk, reason.
            Text is NULL where there is none. A blank name is a row of NULLs that is not junk.
    """
    raw = ", ".join(f"{column}::varchar as {column}" for column in RAW_COLUMNS)
    with (
        scratch_table(connection, "name_given", f"select distinct {raw} from ({source})") as given,
        parsed_table(
            connection, "name_parts", _distinct_parts(given), _text_schema("part", "shown", "key"), _part
        ) as part,
        parsed_table(connection, "name_affixes", _distinct_affixes(given), _affix_schema(), _affix) as affix,
        scratch_table(connection, "name_looked_up", _looked_up(given, part, affix)) as looked_up,
        parsed_table(
            connection,
            "name_odd",
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


def _distinct_parts(given: str) -> str:
    """Every distinct first, middle and last part."""
    return f"""
        select first_raw as part from {given} where first_raw is not null
        union select middle_raw from {given} where middle_raw is not null
        union select last_raw from {given} where last_raw is not null"""


def _distinct_affixes(given: str) -> str:
    """Every distinct prefix and suffix cell."""
    return f"""
        select 'prefix' as kind, prefix_raw as written from {given} where prefix_raw is not null
        union select 'suffix', suffix_raw from {given} where suffix_raw is not null"""


def _looked_up(given: str, part: str, affix: str) -> str:
    """The table's columns for every name, and whether they are its reading: all its parts can be read alone."""
    return f"""
    select {", ".join(RAW_COLUMNS)},
           first.shown as first_name, middle.shown as middle_name, last.shown as last_name,
           suffix.shown as suffix, prefix.shown as prefix, null::varchar as preferred_hint,
           first.key as first_key, middle.key as middle_key, last.key as last_key, suffix.key as suffix_key,
           false as junk, null::varchar as reason,
           first.shown is not null and last.shown is not null
           and (middle.shown is not null or trim(coalesce(middle_raw, '')) = '')
           and coalesce(prefix.known, true) and coalesce(suffix.known, true)
           and length(concat({", ".join(RAW_COLUMNS)})) <= {NAME_CAP} as ordinary
    from {given}
    left join {part} as first on first.part = first_raw
    left join {part} as middle on middle.part = middle_raw
    left join {part} as last on last.part = last_raw
    left join {affix} as prefix on prefix.kind = 'prefix' and prefix.written = prefix_raw
    left join {affix} as suffix on suffix.kind = 'suffix' and suffix.written = suffix_raw"""


def _part(raw: str) -> tuple[str, str | None, str | None]:
    return (raw, *(plain_part(raw) or (None, None)))


def _affix(kind: str, raw: str) -> tuple[str, str, str | None, str | None, bool]:
    found, unknown = own_affixes(kind, clean_text(raw))
    shown = shown_prefix(found) if kind == "prefix" else shown_suffix(found)
    return (kind, raw, shown, generation(found) or None, not unknown)


def _row(*written: str | None) -> tuple[Any, ...]:
    name = parse_name(WrittenName(*(text or "" for text in written)))
    shown = [getattr(name, column) for column in DISPLAY_COLUMNS]
    keys = [getattr(name, column) or None for column in KEY_COLUMNS]
    return (*written, *shown, *keys, name.junk, name.reason)


def _text_schema(*columns: str) -> Any:
    import pyarrow as pa

    return pa.schema([(column, pa.string()) for column in columns])


def _affix_schema() -> Any:
    import pyarrow as pa

    return _text_schema("kind", "written", "shown", "key").append(pa.field("known", pa.bool_()))


def _schema() -> Any:
    import pyarrow as pa

    text = _text_schema(*RAW_COLUMNS, *DISPLAY_COLUMNS, *KEY_COLUMNS)
    return text.append(pa.field("junk", pa.bool_())).append(pa.field("reason", pa.string()))
