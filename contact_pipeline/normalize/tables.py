"""The value tables of the contacts stage: what each is made of, in the order in which they stand on each other.

A run makes one asset of each; a dry run of an import makes them all at once for its own records. What a value means
belongs to the `…_values` modules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

RECORDS = "contacts.source_record"
NAME = f"select prefix_raw, first_raw, middle_raw, last_raw, suffix_raw from {RECORDS}"
ADDRESS = f"select line1_raw, line2_raw, city_raw, state_raw, zip_raw, country_raw from {RECORDS}"
PREFERRED = (
    "select distinct cast(null as varchar) as prefix_raw, preferred_raw as first_raw, "
    "cast(null as varchar) as middle_raw, cast(null as varchar) as last_raw, cast(null as varchar) as suffix_raw "
    f"from {RECORDS} where preferred_raw is not null"
)


@dataclass(frozen=True)
class Reading:
    """How raw values are read.

    Attributes:
        region: Of phone numbers and dates that do not say whose they are.
        today: The day of the newest batch, not the clock's: a rebuild must read every birth date as before.
    """

    region: str
    today: date


def day_of_newest_batch(connection: duckdb.DuckDBPyConnection) -> date:
    """The day a rebuild reads dates by (`Reading.today`)."""
    day = connection.execute("select max(arrived_at)::date from landing.batch").fetchall()[0][0]
    return day if isinstance(day, date) else date.max


@dataclass(frozen=True)
class ValueTable:
    """One value table: its name, what it is made of, what it holds, and who makes it."""

    table: str
    reads: str
    description: str
    build: Callable[[duckdb.DuckDBPyConnection, Reading], None]


def _phone_cell(connection: duckdb.DuckDBPyConnection, _: Reading) -> None:
    from contact_pipeline.normalize.multi import build_multi_values

    build_multi_values(connection, f"select unnest(phones_raw) as raw from {RECORDS}", "contacts.phone_cell")


def _email_cell(connection: duckdb.DuckDBPyConnection, _: Reading) -> None:
    from contact_pipeline.normalize.multi import build_multi_values

    build_multi_values(connection, f"select unnest(emails_raw) as raw from {RECORDS}", "contacts.email_cell")


def _phone_value(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    from contact_pipeline.normalize.phone_values import build_phone_values

    build_phone_values(
        connection, "select value as raw from contacts.phone_cell", "contacts.phone_value", region=reading.region
    )


def _email_value(connection: duckdb.DuckDBPyConnection, _: Reading) -> None:
    from contact_pipeline.normalize.email_values import build_email_values

    build_email_values(connection, "select value as raw from contacts.email_cell", "contacts.email_value")


def _name_value(connection: duckdb.DuckDBPyConnection, _: Reading) -> None:
    from contact_pipeline.normalize.name_values import build_name_values

    build_name_values(connection, NAME, "contacts.name_value")


def _preferred_value(connection: duckdb.DuckDBPyConnection, _: Reading) -> None:
    from contact_pipeline.normalize.name_values import build_name_values

    build_name_values(connection, PREFERRED, "contacts.preferred_value")


def _birth_value(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    from contact_pipeline.normalize.date_values import build_date_values

    build_date_values(
        connection,
        f"select birth_raw as raw from {RECORDS}",
        "contacts.birth_value",
        today=reading.today,
        region=reading.region,
    )


def _address_value(connection: duckdb.DuckDBPyConnection, _: Reading) -> None:
    from contact_pipeline.normalize.address_values import build_address_values

    build_address_values(connection, ADDRESS, "contacts.address_value")


def _company_value(connection: duckdb.DuckDBPyConnection, _: Reading) -> None:
    from contact_pipeline.normalize.company import build_company_values

    build_company_values(connection, f"select employer as raw from {RECORDS}", "contacts.company_value")


def _linkedin_value(connection: duckdb.DuckDBPyConnection, _: Reading) -> None:
    from contact_pipeline.normalize.linkedin import build_linkedin_values

    build_linkedin_values(connection, f"select linkedin as raw from {RECORDS}", "contacts.linkedin_value")


VALUE_TABLES = (
    ValueTable("contacts.phone_cell", RECORDS, "One row per distinct phone cell and number in it.", _phone_cell),
    ValueTable("contacts.email_cell", RECORDS, "One row per distinct e-mail cell and address in it.", _email_cell),
    ValueTable(
        "contacts.phone_value",
        "contacts.phone_cell",
        "One row per distinct written phone number: what libphonenumber says of it.",
        _phone_value,
    ),
    ValueTable(
        "contacts.email_value",
        "contacts.email_cell",
        "One row per distinct written e-mail address: its plain form, or why it is none.",
        _email_value,
    ),
    ValueTable("contacts.name_value", RECORDS, "One row per distinct written name, taken apart.", _name_value),
    ValueTable("contacts.preferred_value", RECORDS, "One row per distinct preferred name.", _preferred_value),
    ValueTable("contacts.birth_value", RECORDS, "One row per distinct written birth date.", _birth_value),
    ValueTable("contacts.address_value", RECORDS, "One row per distinct address, taken apart.", _address_value),
    ValueTable(
        "contacts.company_value",
        RECORDS,
        "One row per distinct written employer, without its legal form.",
        _company_value,
    ),
    ValueTable(
        "contacts.linkedin_value",
        RECORDS,
        "One row per distinct LinkedIn address: whose page it is.",
        _linkedin_value,
    ),
)
