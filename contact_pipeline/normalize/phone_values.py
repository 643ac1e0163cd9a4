"""The phone value table: ordinary American numbers set-based, everything else through libphonenumber.

Which written forms are surely read alike by both belongs here, with the reason. What the patterns are belongs to
`phone_patterns`, the meaning of one number to `phone`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_pipeline.normalize.phone import NO_AREA_CODE, NOT_ASSIGNED, PHONE_CAP, parse_phone
from contact_pipeline.normalize.phone_patterns import MAIN_REGION, line_type_by_region_case, line_type_case, region_case
from contact_pipeline.normalize.value_table import parsed_table, scratch_table

if TYPE_CHECKING:
    import duckdb

MARKS = " ().-"
"""Five marks that libphonenumber drops wherever they stand between, before or after the digits."""

NATIONAL_FORM = r"1?[2-9][0-9]{9}|1[0-9]{9}"
"""Ten digits, perhaps after the national prefix: only a reading in the United States is certain.

Ten digits that begin with 1 (`1234567890`) keep it, since nine are too short; no region has such a number.
"""

INTERNATIONAL_FORM = r"\+1[1-9][0-9]{9}"
"""The same with the country code: read alike from every region."""

LOCAL_FORM = r"[24-9][0-9]{6}"
"""Seven digits: no number of the plan without its area code, except some that begin with 3 in Canada."""

WITH_EXTENSION = r"^([-0-9 ().+]*[0-9][-0-9 ().+]*?) *(?:[xX]|[eE][xX][tT])[.]? *([0-9]{1,9})$"
"""A number, `x` or `ext`, and at most nine digits: the extension libphonenumber takes, whatever stands before."""


def build_phone_values(connection: duckdb.DuckDBPyConnection, source: str, target: str, *, region: str = "US") -> None:
    """Build the table of distinct phone cells and libphonenumber's reading of each (decision 35).

    Args:
        connection: A DuckDB connection that may write `target`.
        source: A select with one text column, `raw`. NULLs are left out; a blank cell is a row that is neither valid
            nor has a reason.
        target: Table to create or replace: raw, e164, extension, country, line_type, valid, reason; sorted by raw.
            All but raw, valid and reason are NULL where the number is not valid.
        region: Region code assumed where no country code is written.
    """
    with (
        scratch_table(connection, "phone_shaped", _shaped(source, region)) as shaped,
        parsed_table(
            connection,
            "phone_odd",
            f"select raw from {shaped} where national is null and not local",
            _schema(),
            lambda raw: _row(raw, region),
        ) as odd,
    ):
        connection.execute(
            f"create or replace table {target} as {_read_ordinary(shaped)} union all select * from {odd} order by raw"
        )


def _shaped(source: str, region: str) -> str:
    """Distinct raw, and its ten national digits and extension, or that it is a local number, where that is certain."""
    shape = INTERNATIONAL_FORM if region != "US" else f"(?:{INTERNATIONAL_FORM}|{NATIONAL_FORM})"
    return f"""
    with given as (select distinct raw::varchar as raw from ({source}) where raw is not null),
         parted as (
             select raw,
                    case when contains(raw, 'x') or contains(raw, 'X')
                         then regexp_extract(raw, '{WITH_EXTENSION}', ['number', 'extension']) end as parts
             from given),
         compacted as (
             select raw, {_without_marks("coalesce(parts.number, raw)")} as compact,
                    nullif(parts.extension, '') as extension
             from parted)
    select raw, extension,
           case when regexp_full_match(compact, '{shape}') and length(raw) <= {PHONE_CAP}
                then right(compact, 10) end as national,
           case when {region == "US"} and length(compact) = 7 and length(raw) <= {PHONE_CAP}
                then regexp_full_match(compact, '{LOCAL_FORM}') else false end as local
    from compacted"""


def _without_marks(text: str) -> str:
    """SQL: a text without `MARKS` (one replacement each is half the work of `translate`)."""
    for mark in MARKS:
        text = f"replace({text}, '{mark}', '')"
    return text


def _read_ordinary(shaped: str) -> str:
    """The seven columns for the rows whose form is certain."""
    return f"""
    with matched as (
             select raw, national, extension, {line_type_case("national", MAIN_REGION)} as main_type
             from {shaped} where national is not null or local),
         placed as (select *, {region_case("national", "main_type")} as region from matched),
         typed as (select *, {line_type_by_region_case("national", "region", "main_type")} as line_type from placed)
    select raw,
           case when line_type is not null then '+1' || national end as e164,
           case when line_type is not null then extension end as extension,
           case when line_type is not null then region end as country,
           line_type,
           line_type is not null as valid,
           case when national is null then '{NO_AREA_CODE}' when line_type is null then '{NOT_ASSIGNED}' end as reason
    from typed"""


def _row(raw: str, region: str) -> tuple[str, str | None, str | None, str | None, str | None, bool, str | None]:
    phone = parse_phone(raw, region)
    return (raw, phone.e164, phone.extension, phone.country, phone.line_type, phone.valid, phone.reason)


def _schema() -> Any:
    import pyarrow as pa

    text = ["raw", "e164", "extension", "country", "line_type"]
    return pa.schema([(name, pa.string()) for name in text] + [("valid", pa.bool_()), ("reason", pa.string())])
