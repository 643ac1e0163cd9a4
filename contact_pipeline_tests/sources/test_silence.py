"""Promises about silence: what a platform omits takes back no "no" that was said before, and is no yes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import pytest

from contact_pipeline.landing.tables import create_raw_table, create_tables
from contact_pipeline.sources.entities import AIRTABLE_RECORDS, CONTACTICS_CONTACTS
from contact_pipeline.warehouse.models import all_models, run_model


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema contacts")
        create_tables(connection)
        for entity in (AIRTABLE_RECORDS, CONTACTICS_CONTACTS):
            create_raw_table(connection, entity)
        yield connection


def batch(connection: duckdb.DuckDBPyConnection, number: int) -> str:
    connection.execute(
        "insert into landing.batch (batch_id, sequence, arrived_at) values (?, ?, now())", [f"b{number}", number]
    )
    return f"b{number}"


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (["none", None], "none"),
        (["none", ""], "none"),
        (["none", "sms"], "sms"),
        (["email", None], "email"),
        ([None, None], None),
    ],
)
def test_a_contactics_preference_that_is_omitted_stays_what_it_was(
    said: list[str | None], stands: str | None, warehouse: duckdb.DuckDBPyConnection
) -> None:
    for number, preference in enumerate(said):
        warehouse.execute(
            "insert into raw.contactics_contacts (_batch_id, _line, _record_id, contact_preference, modified) "
            "values (?, 1, '7', ?, ?)",
            [batch(warehouse, number), preference, str(1_777_400_000_000 + number)],
        )
    run_model(warehouse, all_models()["contacts.contactics_latest"])
    assert warehouse.sql("select contact_preference from contacts.contactics_latest").fetchall() == [(stands,)]


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (["No", None], [("No",)]),
        (["maybe", None], [("maybe",)]),
        (["No", "Yes"], []),
        (["No", "Yes", None], []),
        (["Yes", None], []),
        ([True, None], []),
        ([["No"], None], [('["No"]',)]),
    ],
)
def test_an_emptied_airtable_cell_takes_back_no_refusal_and_is_no_yes(
    said: list[object], stands: list[tuple[str]], warehouse: duckdb.DuckDBPyConnection
) -> None:
    warehouse.execute(
        "create table contacts.airtable_role as select 'people' as table_label, 'app1' as base_id, 'tbl1' as table_id, "
        "'fld1' as field_id, 'email_consent' as role, 1 as position"
    )
    for number, answer in enumerate(said):
        fields = json.dumps({} if answer is None else {"fld1": answer})
        warehouse.execute(
            "insert into raw.airtable_records (_batch_id, _line, _record_id, base_id, table_id, fields) "
            "values (?, 1, 'rec1', 'app1', 'tbl1', ?)",
            [batch(warehouse, number), fields],
        )
    run_model(warehouse, all_models()["contacts.airtable_refusal"])
    assert warehouse.sql("select value from contacts.airtable_refusal").fetchall() == stands
