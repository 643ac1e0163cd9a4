"""Cells a spreadsheet program damaged are left out and told, never guessed; what a column is stands in a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.load import load_pending
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.mappings import batch_mappings
from contact_pipeline.sources.entities import LIST_PEOPLE
from contact_pipeline.sources.list_file.building import write_lists
from contact_pipeline.sources.list_file.column_table import write_list_columns
from contact_pipeline.sources.list_file.document import MappingDocument, from_json
from contact_pipeline_tests.commands.test_commands import call

DAMAGED = """Full Name,Phone,Zip,DOB,Email,Newsletter,Shoe Size
Ann Lee,8.13555E+09,2134,32274,ann@example.org,Oui,38
Bob Ray,(813) 555-0144,33602,1988-03-09,#N/A,perhaps,44
Cy Fox,########,#REF!,05/04/1979,cy@example.org,no,
Dee Roe,1.2E+10,33603,,dee@example.org,yes,
Total,,,,,,82
"""
MODELS = Path(__file__).parents[3] / "dbt_like_sql" / "issues"


@pytest.fixture
def warehouse(home: Path, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A warehouse with the damaged list, read by the mapping it was taken with."""
    path = tmp_path / "damaged.csv"
    path.write_text(DAMAGED, encoding="utf-8")
    taken = call("ingest", str(path), "--source", "list", "--no-run", home=home)
    assert taken.exit_code == 0, taken.output
    settings = Settings(home=home)
    connection = duckdb.connect()
    connection.execute("create schema contacts")
    load_pending(connection, LandingStore(settings.landing), settings.clock(), entity=LIST_PEOPLE)
    ledger = open_ledger(settings)
    kept = batch_mappings(ledger)
    ledger.close()
    write_lists(connection, {key: from_json(line.mapping) for key, line in kept.items()})
    write_list_columns(connection, kept)
    return connection


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()


def test_damaged_cells_are_left_out_and_the_row_of_sums_is_nobody(warehouse: duckdb.DuckDBPyConnection) -> None:
    sql = "select first_raw, phones_raw, zip_raw, emails_raw from contacts.list_person order by line"
    assert rows(warehouse, sql) == [
        ("Ann Lee", [], None, ["ann@example.org"]),
        ("Bob Ray", ["(813) 555-0144"], "33602", []),
        ("Cy Fox", [], None, ["cy@example.org"]),
        ("Dee Roe", [], "33603", ["dee@example.org"]),
    ]


def test_every_column_is_told_with_what_is_wrong_in_it(warehouse: duckdb.DuckDBPyConnection) -> None:
    sql = (
        "select column_name, field, how, damaged, lost_zeros, day_numbers, unread_answers, sums_left_out "
        "from contacts.list_column order by position"
    )
    assert rows(warehouse, sql) == [
        ("Full Name", "full_name", "automatic", 0, 0, 0, 0, 1),
        ("Phone", "phone", "automatic", 3, 0, 0, 0, 1),
        ("Zip", "zip", "automatic", 1, 1, 0, 0, 1),
        ("DOB", "birth_date", "automatic", 0, 0, 1, 0, 1),
        ("Email", "email", "automatic", 1, 0, 0, 0, 1),
        ("Newsletter", "email_consent", "automatic", 0, 0, 0, 1, 1),
        ("Shoe Size", None, "automatic", None, None, None, None, 1),
    ]


def test_what_a_human_should_look_at_becomes_issues_without_anybodys_data(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = {
        code: [detail for (_, _, detail) in rows(warehouse, (MODELS / f"{code}.sql").read_text())]
        for code in ("list_cells_damaged", "list_answer_unknown", "list_columns_kept", "list_header_contradicted")
    }
    assert len(found["list_cells_damaged"]) == 4
    assert any("lost their leading zero" in detail for detail in found["list_cells_damaged"])
    assert found["list_answer_unknown"] == [
        "damaged.csv, column Newsletter (email_consent): 1 of 4 answers are neither a yes nor a no"
    ]
    assert found["list_columns_kept"] == ["damaged.csv: kept as they are: Shoe Size; 1 rows of sums left out"]
    assert found["list_header_contradicted"] == []
    assert "example.org" not in str(found)


def test_a_batch_without_a_mapping_is_read_by_its_names_as_before(warehouse: duckdb.DuckDBPyConnection) -> None:
    write_lists(warehouse, {})
    write_list_columns(warehouse, {})
    assert rows(warehouse, "select first_raw, zip_raw from contacts.list_person order by line")[0] == (
        "Ann Lee",
        "2134",
    )
    assert {how for (how,) in rows(warehouse, "select distinct how from contacts.list_column")} == {"plain"}
    assert rows(warehouse, "select field from contacts.list_column where column_name = 'Zip'") == [("zip",)]


def test_a_whole_name_beside_half_a_name_is_not_said_twice(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("First,Last,Full Name,Email\n,Lee,Ann Lee,a@example.org\nBob,Ray,Bob Ray,b@example.org\n")
    assert call("ingest", str(path), "--source", "list", "--no-run", home=home).exit_code == 0
    settings = Settings(home=home)
    connection = duckdb.connect()
    connection.execute("create schema contacts")
    load_pending(connection, LandingStore(settings.landing), settings.clock(), entity=LIST_PEOPLE)
    (batch,) = LandingStore(settings.landing).manifest()
    document = MappingDocument({"First": "first_name", "Last": "last_name", "Full Name": "full_name", "Email": "email"})
    write_lists(connection, {batch.batch_id: document})
    sql = "select first_raw, last_raw from contacts.list_person order by line"
    assert rows(connection, sql) == [("Ann Lee", None), ("Bob", "Ray")]
