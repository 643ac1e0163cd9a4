"""Promises of steps that several SQL models share: they run in order, alone if asked, and say which one failed."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from contact_pipeline.assets.sql import step_asset
from contact_pipeline.assets.steps import shared_steps
from contact_pipeline.warehouse.models import SqlModel
from contact_pipeline.warehouse.resource import Warehouse


def model(name: str, query: str) -> SqlModel:
    return SqlModel(f"issues.{name}", f"One row of {name}.", query)


COUNTED = model("counted", "select 1 as line")
DOUBLED = model("doubled", "select line * 2 as line from issues.counted")
BROKEN = model("broken", "select nothing_of_the_kind from issues.doubled")
AFTER = model("after", "select line from issues.doubled")


def made(folder: Path, *models: SqlModel, only: SqlModel | None = None) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [step_asset("issues", models)],
        resources={"warehouse": Warehouse(database=str(folder / "warehouse.duckdb"))},
        selection=None if only is None else [dg.AssetKey(only.table.split("."))],
        raise_on_error=False,
    )


def names(result: dg.ExecuteInProcessResult) -> list[str]:
    return [event.asset_key.path[-1] for event in result.get_asset_materialization_events() if event.asset_key]


def test_models_of_a_step_are_made_in_order(tmp_path: Path) -> None:
    assert names(made(tmp_path, COUNTED, DOUBLED)) == ["counted", "doubled"]


def test_one_model_of_a_step_can_be_made_alone(tmp_path: Path) -> None:
    assert made(tmp_path, COUNTED, DOUBLED).success
    assert names(made(tmp_path, COUNTED, DOUBLED, only=DOUBLED)) == ["doubled"]


def test_a_model_that_fails_is_named_and_those_before_it_stand(tmp_path: Path) -> None:
    result = made(tmp_path, COUNTED, DOUBLED, BROKEN, AFTER)
    assert not result.success
    assert names(result) == ["counted", "doubled"]
    error = result.failure_data_for_node("issues").error  # type: ignore[union-attr]
    assert error is not None
    assert error.cause is not None
    assert "issues.broken: " in error.cause.message


def test_models_of_a_stage_share_a_step_until_something_else_stands_between() -> None:
    reads = {
        "people.a": {"raw.x"},
        "people.b": {"people.a"},
        "ledger.c": {"people.b"},
        "people.d": {"ledger.c", "people.a"},
        "people.e": {"people.a"},
    }
    assert shared_steps(reads, ["people.a", "people.b", "people.e", "people.d"], ()) == {
        "people": ["people.a", "people.b", "people.e"],
        "people_2": ["people.d"],
    }


def test_two_stages_that_read_each_other_crosswise_do_not_wait_for_each_other() -> None:
    reads = {"people.a": set[str](), "sync.b": set[str](), "people.c": {"sync.b"}, "sync.d": {"people.a"}}
    assert shared_steps(reads, ["people.a", "sync.b", "people.c", "sync.d"], ()) == {
        "people": ["people.a", "people.c"],
        "sync": ["sync.b"],
        "sync_2": ["sync.d"],
    }


def test_what_reads_a_checked_table_waits_for_its_check_in_a_step_of_its_own() -> None:
    reads = {"people.a": set[str](), "people.b": {"people.a"}}
    assert shared_steps(reads, list(reads), {"people.a"}) == {"people": ["people.a"], "people_2": ["people.b"]}
