"""From canonical columns to evidence, through the value tables of `normalize`.

Naming the canonical columns and joining the value tables belongs here. Reading a phone or a name belongs to
`normalize`; reading files belongs to `link_files`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.evidence import EVIDENCE_COLUMNS

if TYPE_CHECKING:
    from datetime import date

    import duckdb

CANONICAL_COLUMNS: Final[dict[str, str]] = {
    "prefix": "Mr, Dr, …",
    "first_name": "First name.",
    "middle_name": "Middle name or initial.",
    "last_name": "Last name.",
    "suffix": "Jr, Sr, III, …",
    "full_name": "The whole name in one cell, where the parts are not apart.",
    "preferred_name": "The name someone goes by.",
    "birth_date": "Birth date or birth year.",
    "phone": "Phone; several in one cell are told apart.",
    "phone2": "Another phone.",
    "email": "E-mail; several in one cell are told apart.",
    "email2": "Another e-mail.",
    "street_number": "House number, where it has its own column.",
    "address_line_1": "Street, with or without house number and unit.",
    "address_line_2": "Unit, or more of the address.",
    "city": "City.",
    "state": "State.",
    "zip": "ZIP code.",
    "country": "Country.",
    "company": "Employer.",
    "linkedin": "Address of a LinkedIn page.",
    "voter_id": "Voter id: `FL:104559901`, or the number alone where `state` says whose.",
    "external_id": "An id that is one person's in every file.",
}

_PREFIX: Final = "canonical_"


def normalised_evidence(
    connection: duckdb.DuckDBPyConnection, canonical: str, target: str, *, today: date, region: str = "US"
) -> int:
    """Turn a table of canonical columns into evidence.

    Args:
        connection: holds `canonical`; value tables are made in it and dropped again.
        canonical: table with `record_id`, `source_dataset` and all of `CANONICAL_COLUMNS`, as text.
        target: evidence table to create or replace (`evidence.EVIDENCE_COLUMNS`).
        today: the day against which "in the future" is decided for birth dates; a birth date in its year is the day of
            the form or this year's birthday, and left out.
        region: region of phones without a country code, and of the order of day and month.

    Returns:
        The number of records.
    """
    tables = _build_values(connection, canonical, today, region)
    columns = ", ".join(EVIDENCE_COLUMNS)
    connection.execute(_JOINED.format(target=target, canonical=canonical, columns=columns, this_year=today.year))
    for table in tables:
        connection.execute(f"drop table {table}")
    count: int = connection.sql(f"select count(*) from {target}").fetchall()[0][0]
    return count


def _build_values(connection: duckdb.DuckDBPyConnection, canonical: str, today: date, region: str) -> list[str]:
    """Make the value tables `_JOINED` reads; their names, so that they can be dropped."""
    from contact_pipeline.normalize.address_values import build_address_values
    from contact_pipeline.normalize.company import build_company_values
    from contact_pipeline.normalize.date_values import build_date_values
    from contact_pipeline.normalize.email_values import build_email_values
    from contact_pipeline.normalize.linkedin import build_linkedin_values
    from contact_pipeline.normalize.multi import build_multi_values
    from contact_pipeline.normalize.name_values import build_name_values
    from contact_pipeline.normalize.nickname import build_nicknames
    from contact_pipeline.normalize.phone_values import build_phone_values

    def cells(*columns: str) -> str:
        return " union all ".join(f"select {column} as raw from {canonical}" for column in columns)

    def values(table: str) -> str:
        return f"select value as raw from {_PREFIX}{table}"

    names = f"select {_NAME} from {canonical}"
    addresses = f"select {_ADDRESS} from {canonical}"
    build_name_values(connection, names, f"{_PREFIX}name")
    preferred = f"select null as prefix_raw, preferred_name as first_raw, {_NO_OTHER_NAME} from {canonical}"
    build_name_values(connection, preferred, f"{_PREFIX}preferred")
    build_date_values(connection, cells("birth_date"), f"{_PREFIX}date", today=today, region=region)
    build_multi_values(connection, cells("phone", "phone2"), f"{_PREFIX}phones")
    build_phone_values(connection, values("phones"), f"{_PREFIX}phone", region=region)
    build_multi_values(connection, cells("email", "email2"), f"{_PREFIX}emails")
    build_email_values(connection, values("emails"), f"{_PREFIX}email")
    build_address_values(connection, addresses, f"{_PREFIX}address")
    build_nicknames(connection, f"{_PREFIX}nickname")
    build_company_values(connection, cells("company"), f"{_PREFIX}company")
    build_linkedin_values(connection, cells("linkedin"), f"{_PREFIX}linkedin")
    kinds = (
        "name", "preferred", "date", "phones", "phone", "emails", "email", "address", "nickname", "company", "linkedin",
    )  # fmt: skip
    return [f"{_PREFIX}{kind}" for kind in kinds]


_NAME = """prefix as prefix_raw, coalesce(nullif(trim(first_name), ''), case when trim(coalesce(last_name, '')) = ''
    then full_name end) as first_raw, middle_name as middle_raw, last_name as last_raw, suffix as suffix_raw"""
_NO_OTHER_NAME = "null as middle_raw, null as last_raw, null as suffix_raw"
_ADDRESS = """nullif(concat_ws(' ', nullif(trim(street_number), ''), address_line_1), '') as line1_raw,
    address_line_2 as line2_raw, city as city_raw, state as state_raw, zip as zip_raw, country as country_raw"""

# A house number with a column of its own is the number even where the street is missing; what the second line says
# besides a unit (the name of a building or an estate) is compared as if it were one.
_IDENTIFIER_LISTS = """
    {kind}_claim as (
        select record_id, unnest([{column}, {column}2]) as raw from {{canonical}}
    ),
    {kind}_list as (
        select record_id, list_sort(list(distinct {value})) as {kind}s
        from {kind}_claim
        join canonical_{kind}s on canonical_{kind}s.raw = {kind}_claim.raw
        join canonical_{kind} on canonical_{kind}.raw = canonical_{kind}s.value
        where {kept}
        group by record_id
    )"""

_JOINED = (
    """
create or replace table {target} as
with """
    + _IDENTIFIER_LISTS.format(kind="phone", column="phone", value="e164", kept="canonical_phone.valid")
    + ","
    + _IDENTIFIER_LISTS.format(
        kind="email", column="email", value="canonical_email.email", kept="canonical_email.valid and not junk"
    )
    + f""",
    written as (
        select record_id, source_dataset, preferred_name as preferred_raw, birth_date as birth_raw, external_id,
            company, linkedin, voter_id,
            nullif(lower(trim(street_number)), '') as own_number,
            trim(coalesce(address_line_1, '')) <> '' as line1_given,
            nullif(lower(trim(address_line_2)), '') as rest,
            {_NAME}, {_ADDRESS}
        from {{canonical}}
    ),
    evidence as (
        select record_id, source_dataset,
            case when not name.junk then name.first_key end as first_name,
            case when not name.junk then name.middle_key end as middle_name,
            case when not name.junk then name.last_key end as last_name,
            case when not preferred.junk then preferred.first_key end as preferred_name,
            nickname.canonical_names,
            name.suffix_key as suffix,
            case when birth.birth_year < {{this_year}} then birth.birth_date end as birth_date,
            case when birth.birth_year < {{this_year}} then birth.birth_year end as birth_year,
            coalesce(phones, []) as phones,
            coalesce(emails, []) as emails,
            coalesce(own_number, address.street_number) as street_number,
            street_name,
            coalesce(case when line1_given then lower(unit) end, rest) as unit,
            city_key as city, address.state, zip5,
            company_key as company,
            list_filter(
                [nullif(trim(external_id), ''), 'linkedin:' || linkedin_key], lambda x: x is not null
            ) as external_ids,
            case
                when contains(voter_id, ':') then [upper(replace(voter_id, ' ', ''))]
                when trim(voter_id) <> '' and address.state is not null
                    then [address.state || ':' || upper(replace(voter_id, ' ', ''))]
                else []
            end as voter_ids,
            []::varchar[] as season_ids
        from written
        left join canonical_name as name
            on name.prefix_raw is not distinct from written.prefix_raw
            and name.first_raw is not distinct from written.first_raw
            and name.middle_raw is not distinct from written.middle_raw
            and name.last_raw is not distinct from written.last_raw
            and name.suffix_raw is not distinct from written.suffix_raw
        left join canonical_preferred as preferred on preferred.first_raw = preferred_raw
        left join canonical_nickname as nickname on nickname.name_key = name.first_key
        left join canonical_date as birth on birth.raw = birth_raw and birth.valid
        left join canonical_address as address
            on address.line1_raw is not distinct from written.line1_raw
            and address.line2_raw is not distinct from written.line2_raw
            and address.city_raw is not distinct from written.city_raw
            and address.state_raw is not distinct from written.state_raw
            and address.zip_raw is not distinct from written.zip_raw
            and address.country_raw is not distinct from written.country_raw
        left join canonical_company on canonical_company.raw = written.company
        left join canonical_linkedin on canonical_linkedin.raw = written.linkedin
        left join phone_list using (record_id)
        left join email_list using (record_id)
    )
select {{columns}} from evidence order by record_id
"""
)
