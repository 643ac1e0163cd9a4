"""The whole graph as Dagster sees it, held against a tracked list, and the settings that are shipped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg

from contact_pipeline.config import Settings
from contact_pipeline.definitions import build_definitions

REPOSITORY = Path(__file__).parents[2]
GRAPH = Path(__file__).with_name("graph.txt")


def graph_as_text() -> str:
    """Every asset with its group, kinds, owners and upstream assets; every check, job, schedule and sensor."""
    definitions = build_definitions(Settings(home=Path("nowhere")))
    lines = []
    for spec in sorted(definitions.resolve_all_asset_specs(), key=lambda spec: (spec.group_name or "", spec.key)):
        upstream = " ".join(sorted(".".join(dep.asset_key.path) for dep in spec.deps)) or "-"
        owned = f"{'+'.join(sorted(spec.kinds))} {'+'.join(spec.owners)}"
        lines.append(f"asset {spec.group_name} {'.'.join(spec.key.path)} {owned} <- {upstream}")
    graph = definitions.resolve_asset_graph()
    for key in sorted(graph.asset_check_keys, key=str):
        blocking = "blocking" if graph.get_check_spec(key).blocking else "warning"
        lines.append(f"check {'.'.join(key.asset_key.path)} {key.name} {blocking}")
    repository = definitions.get_repository_def()
    lines += sorted(f"job {job.name}" for job in repository.get_all_jobs() if not job.name.startswith("__"))
    lines += sorted(
        f"schedule {it.name} {it.cron_schedule} -> {it.job_name} {it.default_status.value}"
        for it in repository.schedule_defs
    )
    lines += sorted(
        f"sensor {it.name} every {it.minimum_interval_seconds} s {it.default_status.value}"
        for it in repository.sensor_defs
    )
    return "\n".join(lines) + "\n"


def test_the_graph_is_the_one_that_was_agreed() -> None:
    """After a change on purpose: python -m contact_pipeline_tests.automation.test_definitions."""
    assert graph_as_text() == GRAPH.read_text(encoding="utf-8")


def test_all_kinds_of_issues_are_made_in_one_step() -> None:
    graph = build_definitions(Settings(home=Path("nowhere"))).resolve_asset_graph()
    steps = {one.op.name for one in graph.assets_defs if any(key.path[0] == "issues" for key in one.keys)}
    assert steps == {"issues"}


def test_the_definitions_hold_together() -> None:
    dg.Definitions.validate_loadable(build_definitions(Settings(home=Path("nowhere"))))


def test_dagster_finds_the_project_through_workspace_yaml(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dagster", "definitions", "validate", "-w", str(REPOSITORY / "workspace.yaml")],
        env={"PATH": "/usr/bin:/bin", "CONTACT_PIPELINE_HOME": str(tmp_path), "PYTHONPATH": str(REPOSITORY)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Validation successful for code location contact_pipeline" in done.stderr + done.stdout


def test_the_shipped_settings_keep_quiet_queue_runs_and_forget(instance: dg.DagsterInstance) -> None:
    assert not instance.telemetry_enabled
    assert not instance.nux_enabled
    assert instance.run_retries_enabled
    assert not instance.run_retries_retry_on_asset_or_op_failure
    assert instance.run_monitoring_enabled
    assert instance.run_monitoring_max_runtime_seconds == 7200
    assert instance.get_tick_retention_settings(dg._core.definitions.run_request.InstigatorType.SENSOR)
    pools = instance.get_concurrency_config().pool_config
    assert pools.default_pool_limit == 1
    assert pools.pool_granularity.value == "run"


def test_a_settings_file_someone_changed_is_left_alone(tmp_path: Path) -> None:
    from contact_pipeline.automation.running import dagster_home

    settings = Settings(home=tmp_path)
    changed = dagster_home(settings) / "dagster.yaml"
    changed.write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    assert dagster_home(settings) == changed.parent
    assert changed.read_text(encoding="utf-8") == "telemetry:\n  enabled: false\n"


if __name__ == "__main__":
    GRAPH.write_text(graph_as_text(), encoding="utf-8")
