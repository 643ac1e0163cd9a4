"""Promises about the SQL models: one file one table, a description each, Spark can read them, lineage comes out."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from contact_pipeline.issues.registry import issue_kinds
from contact_pipeline.warehouse.lineage import column_lineage
from contact_pipeline.warehouse.models import SqlModel, all_models, read_model, run_model

MODELS = list(all_models().values())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)
def test_every_model_says_what_a_row_is(model: SqlModel) -> None:
    assert model.description.lower().startswith("one row per"), model.table
    assert model.description.endswith(".")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)
def test_every_model_can_be_turned_into_spark_sql(model: SqlModel) -> None:
    spark = model.expression.sql(dialect="spark")
    assert sqlglot.parse_one(spark, dialect="spark")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)
def test_what_a_model_reads_is_what_its_parsed_query_names(model: SqlModel) -> None:
    parsed = {f"{table.db}.{table.name}" for table in model.expression.find_all(exp.Table) if table.db}
    assert set(model.reads) == parsed


def test_models_come_after_what_they_read() -> None:
    seen: set[str] = set()
    for model in MODELS:
        assert not {table for table in model.reads if table in all_models()} - seen, model.table
        seen.add(model.table)


def test_every_kind_of_issue_has_a_model_and_every_issue_model_a_kind() -> None:
    assert {f"issues.{code}" for code in issue_kinds()} == {t for t in all_models() if t.startswith("issues.")}


def test_a_file_is_split_into_comment_and_query(tmp_path: Path) -> None:
    (tmp_path / "people").mkdir()
    path = tmp_path / "people" / "town.sql"
    path.write_text("-- One row per town,\n-- sorted.\nselect city from people.person\n-- not part of it\n;")
    model = read_model(path)
    assert (model.table, model.description) == ("people.town", "One row per town, sorted.")
    assert model.reads == ("people.person",)


def test_lineage_names_the_columns_a_column_is_made_of() -> None:
    model = SqlModel(
        "people.town",
        "",
        "with named as (select p.city || ', ' || s.name as town, p.zip5 from people.person p join people.state s "
        "on p.state = s.code) select town, zip5 as zip, 'x' as mark from named",
    )
    schema = {
        "people.person": {"city": "varchar", "state": "varchar", "zip5": "varchar"},
        "people.state": {"code": "varchar", "name": "varchar"},
    }
    assert column_lineage(model, schema) == {
        "town": [("people.person", "city"), ("people.state", "name")],
        "zip": [("people.person", "zip5")],
        "mark": [],
    }


def test_a_model_rebuilds_its_table_from_nothing() -> None:
    connection = duckdb.connect()
    connection.execute("create schema people")
    model = SqlModel("people.number", "", "select 1 as n union all select 2")
    assert run_model(connection, model) == 2
    assert run_model(connection, model) == 2
