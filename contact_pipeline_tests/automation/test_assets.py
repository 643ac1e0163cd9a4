"""What every asset tells: before a run in its definition, after a run in its metadata, and never a personal value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from contact_pipeline.assets.report import describe_column, glossary, mask, shown_columns
from contact_pipeline.assets.style import GROUPS, SOURCES, WAREHOUSE_SLOT
from contact_pipeline.checks.build import all_checks
from contact_pipeline.config import Settings
from contact_pipeline.definitions import build_definitions
from contact_pipeline.sources.fetching import FETCHED
from contact_pipeline.warehouse.models import all_models
from contact_pipeline_tests.homes import small_campaign, warehouse_of

DEFINITIONS = build_definitions(Settings(home=Path("nowhere")))
SPECS = {".".join(spec.key.path): spec for spec in DEFINITIONS.resolve_all_asset_specs()}
FETCHES = {f"landing.{entity.source}_{entity.name}" for entity in FETCHED}
VOTERS = {table for table in SPECS if table.startswith("voters.")}
"""They have a database file of their own."""
TRAINED_MODEL = "identity.trained_model"
"""Made by a job of its own, from the snapshot."""
KEPT_BESIDE = {"landing.known_column", "landing.reject", "meta.quarantine"}
"""Tables without an asset of their own: loading and contracts fill them."""

ALL = pytest.mark.parametrize("table", sorted(SPECS))
UNREAD = {
    "landing.jotform_further_forms",
    "landing.listomatic_people",
    "landing.contactics_contacts",
    "landing.airtable_records",
    "landing.airtable_fields",
    "landing.givebutter_api_contacts",
    "landing.givebutter_campaigns",
    "landing.givebutter_companies",
    "landing.givebutter_households",
}
"""Platforms on which the small campaign has no account: nothing is fetched from them."""
MATERIALISED = pytest.mark.parametrize("table", sorted(SPECS.keys() - UNREAD - VOTERS - {TRAINED_MODEL}))


def told(instance: dg.DagsterInstance, table: str) -> Mapping[str, Any]:
    """The metadata of an asset's last materialisation."""
    event = instance.get_latest_materialization_event(SPECS[table].key)
    assert event is not None, f"{table} was not materialised"
    assert event.asset_materialization is not None
    return event.asset_materialization.metadata


@ALL
def test_every_asset_says_what_it_is_and_whose(table: str) -> None:
    spec = SPECS[table]
    stage, _, name = table.partition(".")
    assert spec.description
    assert len(spec.description) > 20
    arrives = stage in ("landing", "raw") and table != "landing.batch"
    assert spec.group_name == (f"g1_{name.partition('_')[0]}" if arrives else GROUPS[stage])
    assert spec.kinds
    assert spec.owners
    assert spec.tags["stage"] == stage
    assert spec.tags["personal_data"] in ("yes", "no")


@ALL
def test_an_asset_of_one_platform_names_it(table: str) -> None:
    named = {source for source in SOURCES if table.partition(".")[2].startswith(f"{source}_")}
    assert {SPECS[table].tags.get("source")} - {None} == named


def test_groups_sorted_by_name_are_in_reading_order() -> None:
    assert list(GROUPS.values()) == sorted(GROUPS.values())
    assert list(GROUPS) == [
        "voters",
        "landing",
        "contacts",
        "identity",
        "people",
        "mentors",
        "sync",
        "issues",
        "exports",
        "published",
    ]


@MATERIALISED
def test_after_a_run_every_asset_shows_rows_seconds_columns_and_a_sample(
    table: str, finished_instance: dg.DagsterInstance
) -> None:
    metadata = told(finished_instance, table)
    assert metadata["dagster/row_count"].value >= 0
    assert metadata["seconds"].value >= 0
    schema = metadata["dagster/column_schema"].value
    assert schema.columns
    assert [column.name for column in schema.columns if not column.description] == []
    assert metadata["sample (masked)"].value.count("\n") >= 1


@pytest.mark.parametrize("table", sorted(all_models()))
def test_every_sql_model_shows_where_each_column_comes_from(table: str, finished_instance: dg.DagsterInstance) -> None:
    metadata = told(finished_instance, table)
    lineage = metadata["dagster/column_lineage"].value.deps_by_column
    columns = {column.name for column in metadata["dagster/column_schema"].value.columns}
    assert set(lineage) == columns
    assert any(lineage.values())
    assert {".".join(dep.asset_key.path) for deps in lineage.values() for dep in deps} <= {*SPECS, *KEPT_BESIDE}
    drawn = metadata["column lineage"].value
    assert all(f"| `{column}` |" in drawn for column in columns)


def test_lineage_writes_columns_as_their_tables_do(finished_home: Settings) -> None:
    """The import file's headers have capitals and spaces; sqlglot folds them."""
    with warehouse_of(finished_home) as connection:
        strangers = connection.execute(
            "select * from meta.column_lineage as l where l.upstream_table is not null and not exists ("
            "select 1 from duckdb_columns() as c where c.schema_name || '.' || c.table_name = l.upstream_table "
            "and c.column_name = l.upstream_column)"
        ).fetchall()
    assert strangers == []


def test_a_persons_phone_can_be_followed_to_the_table_it_comes_from(finished_instance: dg.DagsterInstance) -> None:
    drawn = told(finished_instance, "people.person")["column lineage"].value
    assert "people.field_value" in next(line for line in drawn.splitlines() if line.startswith("| `phone` |"))


def test_every_check_was_made_and_passed(finished_instance: dg.DagsterInstance) -> None:
    keys = [dg.AssetCheckKey(dg.AssetKey(check.asset.split(".")), check.name) for check in all_checks()]
    records = finished_instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    assert {key.name for key, record in records.items() if record.status.value == "SUCCEEDED"} == {
        check.name for check in all_checks()
    }


def test_everything_that_opens_the_warehouse_waits_for_its_one_slot() -> None:
    pools = {
        ".".join(key.path): definition.op.pool
        for definition in DEFINITIONS.assets or []
        if isinstance(definition, dg.AssetsDefinition)
        for key in definition.keys
    }
    assert {table for table, pool in pools.items() if pool is None} == FETCHES | VOTERS | {TRAINED_MODEL}
    assert {pool for pool in pools.values() if pool} == {WAREHOUSE_SLOT}
    checks = {
        key.name: check.op.pool
        for check in DEFINITIONS.asset_checks or []
        if isinstance(check, dg.AssetChecksDefinition)
        for key in check.check_keys
    }
    assert {name for name, pool in checks.items() if pool is None} == {"content_is_fresh", "calls_stay_within_budget"}
    assert {pool for pool in checks.values() if pool} == {WAREHOUSE_SLOT}


PLAIN_WORDS = {"none", "N/A", "1900-01-01", "# A", "Page", "page", "Mark"}
"""Cells of the campaign that are words of ours too: placeholders, the unit of an example, and what SQLite leaves of
"MarkdownMetadata" at the end of a page."""


def test_no_value_of_a_person_is_in_dagsters_storage(finished_home: Settings) -> None:
    """Metadata, log lines, events and captured output: everything Dagster keeps of a run."""
    kept = "\n".join(
        file.read_bytes().decode("utf-8", "ignore") for file in (finished_home.home / "dagster").rglob("*")
        if file.is_file()
    )  # fmt: skip
    assert "ASSET_MATERIALIZATION" in kept
    assert "people.person" in kept
    campaign = small_campaign()
    personal = ("Name", "Email", "Phone", "Address", "Birth", "Employer", "Notes", "LinkedIn")
    values = {
        str(cell)
        for record in campaign.contacts
        for column, cell in record.items()
        if any(word in column for word in personal) and len(str(cell or "")) > 3
    }
    members = {str(member[key]) for member in campaign.members for key in ("email", "phone") if member.get(key)}
    words = set(re.findall(r"\w+", kept))
    suspects = {
        value for value in (values | members) - PLAIN_WORDS if all(w in words for w in re.findall(r"\w+", value))
    }
    found = {value for value in suspects if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", kept)}
    found |= {
        value for value in values | members if not value.isascii() and value.encode("unicode_escape").decode() in kept
    }
    assert found == set()


def test_a_masked_value_keeps_nothing_but_its_length() -> None:
    assert mask("Marisol", shown=False) == "••••••• (7)"
    assert mask("Maximiliana-Josefina", shown=False) == "•••••••• (20)"
    assert mask(None, shown=False) == "·"
    assert mask("", shown=False) == "“”"
    assert mask("a|b", shown=True) == "a¦b"


def test_of_a_raw_table_only_our_own_columns_are_shown() -> None:
    """A list may call anything `source` or `title`."""
    assert shown_columns("raw.list_people") == {"_batch_id", "_line"}


def test_the_clean_line_of_an_address_is_not_the_line_of_a_file() -> None:
    """Both columns are called `line`; the street was once shown in samples."""
    assert "line" not in shown_columns("contacts.address_value")
    assert "line" in shown_columns("contacts.contact")
    assert "canonical_names" not in shown_columns("identity.evidence")


def test_what_is_shown_unmasked_exists(finished_home: Settings) -> None:
    with warehouse_of(finished_home) as connection:
        rows = connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns()"
        ).fetchall()
    by_table = glossary()["not_personal"]["tables"]
    assert {(table, name) for table, names in by_table.items() for name in names} <= set(rows)
    known = {name for _, name in rows} | {"times_seen"}
    assert set(glossary()["not_personal"]["columns"]) <= known


def test_every_column_of_the_warehouse_is_described(finished_home: Settings) -> None:
    with warehouse_of(finished_home) as connection:
        rows = connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() where schema_name in "
            "('landing', 'raw', 'contacts', 'identity', 'people', 'issues', 'exports')"
        ).fetchall()
    of_assets = [(table, column) for table, column in rows if table in SPECS]
    assert [pair for pair in of_assets if not describe_column(*pair)] == []
