"""Everything Dagster sees, in reading order. This module only assembles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg

from contact_pipeline.assets.contacts import contact_assets
from contact_pipeline.assets.deciding import deciding_assets
from contact_pipeline.assets.exports import export_assets
from contact_pipeline.assets.identity import identity_assets
from contact_pipeline.assets.landing import landing_assets
from contact_pipeline.assets.mentors import mentor_assets
from contact_pipeline.assets.people import people_assets
from contact_pipeline.assets.raw import raw_assets
from contact_pipeline.assets.sql import sql_assets
from contact_pipeline.assets.syncing import sync_assets
from contact_pipeline.assets.training import trained_model
from contact_pipeline.assets.voters import voter_assets
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.jobs import (
    every_night,
    fetch_job,
    housekeeping,
    refresh_job,
    source_jobs,
    source_schedules,
    train_job,
)
from contact_pipeline.automation.pushing import push as push_job
from contact_pipeline.automation.sensors import arrivals, orphaned_runs
from contact_pipeline.automation.syncing import failed_syncs, sync_jobs
from contact_pipeline.automation.voters import load_voters_job, voter_files
from contact_pipeline.automation.watching import every_hour, every_hour_old_exports, old_exports, watch_job
from contact_pipeline.checks.build import all_checks, asset_checks
from contact_pipeline.config import Settings
from contact_pipeline.warehouse.resource import Warehouse


def build_definitions(settings: Settings | None = None, **overrides: Any) -> dg.Definitions:
    """The whole project for one workspace.

    `overrides` replace parts of `Definitions`, so that tests run the real graph.
    """
    settings = settings or Settings()
    home = Path(settings.home).resolve()
    made_by_python = [
        *landing_assets(),
        *raw_assets(),
        *contact_assets(),
        *deciding_assets(),
        *identity_assets(),
        *people_assets(),
        *mentor_assets(),
        *sync_assets(),
        *export_assets(),
        *voter_assets(),
        trained_model,
    ]
    checked = {check.asset for check in all_checks() if check.blocking}
    parts: dict[str, Any] = {
        "assets": [*made_by_python, *sql_assets(made_by_python, checked=checked)],
        "asset_checks": asset_checks(),
        "jobs": [
            fetch_job,
            *source_jobs.values(),
            refresh_job,
            train_job,
            load_voters_job,
            watch_job,
            old_exports,
            housekeeping,
            *sync_jobs,
            push_job,
        ],
        "schedules": [*source_schedules.values(), every_hour, every_hour_old_exports, every_night],
        "sensors": [arrivals, voter_files, orphaned_runs, failed_syncs],
        "resources": {
            "workspace": Workspace(home=str(home)),
            "warehouse": Warehouse(
                database=str(home / settings.warehouse.name), lock_wait_seconds=settings.lock_wait_seconds
            ),
        },
        "executor": dg.in_process_executor,
    }
    return dg.Definitions(**{**parts, **overrides})


@dg.definitions
def definitions() -> dg.Definitions:
    """What Dagster loads; the home folder comes from CONTACT_PIPELINE_HOME."""
    return build_definitions()
