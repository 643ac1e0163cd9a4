"""Running the jobs inside this process, through Dagster, with the run in its history.

Starting a run for the CLI and the demo belongs here, and telling how far it is. What runs belongs to the assets.
"""

from __future__ import annotations

import getpass
import logging
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.ledger.syncs import SyncKind, fail_sync

if TYPE_CHECKING:
    import dagster as dg

QUIETENED = ("dagster", "dagster._core.execution.plan.active")
"""The second warns of every blocking check of a run that its gate held back."""

SHIPPED_INSTANCE = Path(__file__).with_name("dagster.yaml")
WAITING = "Waiting for another run"
"""How the warehouse begins to say that somebody else has it."""

Progress = Callable[[str, int, int], None]
"""Called with (step, done, all) when a step ends."""


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended: whether it succeeded, the assets it materialised, and the errors by step."""

    success: bool
    materialised: tuple[str, ...]
    errors: tuple[tuple[str, str], ...]
    run_id: str


def dagster_home(settings: Settings) -> Path:
    """`<home>/dagster` with the shipped `dagster.yaml`; a changed one is left alone."""
    folder = (settings.home / "dagster").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "dagster.yaml").exists():
        shutil.copyfile(SHIPPED_INSTANCE, folder / "dagster.yaml")
    return folder


@contextmanager
def history(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance of a home: its runs and their events."""
    import dagster as dg

    os.environ["DAGSTER_HOME"] = str(dagster_home(settings))
    with dg.DagsterInstance.get() as instance:
        yield instance


def run_job(
    name: str,
    settings: Settings,
    *,
    quiet: bool,
    progress: Progress | None = None,
    select: Sequence[str] = (),
    beyond_budget: bool = False,
    kind: SyncKind | None = None,
) -> RunOutcome:
    """Run `fetch` or `refresh` here and now; `quiet` runs materialise nothing when nothing is new.

    Runs that an earlier process left behind when it was killed are marked failed first.

    `select` narrows the run to these tables (`people.person`) where given; `beyond_budget` lets a fetch ask more than
    the budgets of calls allow; `kind` is what the log of syncs calls a refresh, on demand where nothing is said.
    """
    import dagster as dg

    from contact_pipeline.automation.orphans import sweep_orphans
    from contact_pipeline.definitions import build_definitions

    for noisy in QUIETENED:
        logging.getLogger(noisy).setLevel(logging.ERROR)
    run_id = str(uuid.uuid4())
    with history(settings) as instance:
        sweep_orphans(instance, now=datetime.now(UTC))
        job = build_definitions(settings).resolve_job_def(name)
        if progress is not None:
            _watch(instance, run_id, len(job.graph.node_dict), progress)
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            raise_on_error=False,
            asset_selection=[dg.AssetKey(table.split(".")) for table in select] or None,
            tags={
                "contact_pipeline/quiet": "yes" if quiet else "no",
                "contact_pipeline/beyond_budget": "yes" if beyond_budget else "no",
                "contact_pipeline/started_by": getpass.getuser(),
                "contact_pipeline/sync_kind": (kind or SyncKind.ON_DEMAND).value,
            },
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    if not result.success:
        note_failed_sync(settings, run_id)
    return _outcome(result, run_id)


def note_failed_sync(settings: Settings, run_id: str) -> None:
    """Say in the log of syncs that a run's refresh failed; the errors themselves are Dagster's."""
    ledger = open_ledger(settings)
    try:
        fail_sync(
            ledger, run_id, "It failed; nothing was published. The errors stand in Dagster.", now=settings.clock()
        )
    finally:
        ledger.close()


def refreshed_tables() -> list[str]:
    """The tables a refresh can make, as `schema.table`."""
    from contact_pipeline.definitions import build_definitions

    job = build_definitions().resolve_job_def("refresh")
    return sorted(".".join(key.path) for key in job.asset_layer.executable_asset_keys)


def _watch(instance: dg.DagsterInstance, run_id: str, steps: int, progress: Progress) -> None:
    done = 0

    def on_event(entry: Any, _cursor: Any = None) -> None:
        nonlocal done
        event = entry.dagster_event
        if event is None and entry.user_message.startswith(WAITING):
            sys.stderr.write(f"{entry.user_message}\n")
        if event is not None and event.event_type_value in ("STEP_SUCCESS", "STEP_SKIPPED", "STEP_FAILURE"):
            done += 1
            progress((event.step_key or "").replace("__", "."), done, steps)

    instance.add_event_listener(run_id, on_event)


def _outcome(result: dg.ExecuteInProcessResult, run_id: str) -> RunOutcome:
    errors: list[tuple[str, str]] = []
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            cause = error.cause or error if error else None
            text = event.step_failure_data.user_failure_data
            message = text.description if text and text.description else (cause.message if cause else "failed")
            errors.append(((event.step_key or "").replace("__", "."), str(message).strip()))
    made = tuple(
        ".".join(event.asset_key.path)
        for event in result.all_events
        if event.is_step_materialization and event.asset_key is not None
    )
    return RunOutcome(result.success, made, tuple(errors), run_id)
