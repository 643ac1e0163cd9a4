"""Promises of the contracts: a failing row is set aside by its key, counted, and takes nobody with it."""

from __future__ import annotations

import re

import duckdb
import pytest

from contact_pipeline.schemas.contracts import CONTACT_ID, CONTRACTS
from contact_pipeline.schemas.quarantine import KEYS, ContractBrokenError, enforce_contract
from contact_pipeline.sources.entities import ENTITIES


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for schema in ("people", "meta"):
        connection.execute(f"create schema {schema}")
    connection.execute(
        "create table people.person (person_id varchar, phone varchar, email varchar, zip5 varchar, contacts integer)"
    )
    return connection


def test_a_failing_row_is_named_by_its_key_and_leaves_the_table(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("insert into people.person values ('7K2Q9M', '+18135550142', null, '02134', 1)")
    connection.execute("insert into people.person values ('8K2Q9M', '8135550142', 'no', '2134', 0)")
    assert enforce_contract(connection, "people.person") == 1
    assert connection.execute("select person_id from people.person").fetchall() == [("7K2Q9M",)]
    set_aside = connection.execute("select row_key, column_name from meta.quarantine order by all").fetchall()
    assert set_aside == [("8K2Q9M", column) for column in ("contacts", "email", "phone", "zip5")]


def test_the_value_itself_is_not_repeated_in_the_quarantine(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("insert into people.person values ('8K2Q9M', '813secret0142', null, null, 1)")
    enforce_contract(connection, "people.person")
    assert "secret" not in str(connection.execute("select * from meta.quarantine").fetchall())


def test_a_second_run_does_not_count_twice(connection: duckdb.DuckDBPyConnection) -> None:
    for _ in range(2):
        connection.execute("delete from people.person")
        connection.execute("insert into people.person values ('8K2Q9M', 'x', null, null, 1)")
        assert enforce_contract(connection, "people.person") == 1
    assert connection.execute("select count(*) from meta.quarantine").fetchall() == [(1,)]


def test_a_table_of_the_wrong_shape_stops_the_run(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create or replace table people.person as select 1 as person_id, 1 as phone, 'x' as email, "
                       "'02134' as zip5, 1 as contacts")  # fmt: skip
    with pytest.raises(ContractBrokenError, match=r"people\.person"):
        enforce_contract(connection, "people.person")


def test_every_contract_has_a_key() -> None:
    assert set(KEYS) == set(CONTRACTS)


@pytest.mark.parametrize("entity", sorted(ENTITIES))
def test_a_record_of_any_source_may_be_a_contact(entity: str) -> None:
    assert re.match(CONTACT_ID, f"{entity}:6110982336411700001")
