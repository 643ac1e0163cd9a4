"""Applying a plan: what the dry run showed lands as one batch, or nothing does.

Looking again at what the plan stands on, refusing, and landing belong here. The next run makes contacts and people of
the batch, as of any other.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from duckdb import DuckDBPyConnection

from contact_pipeline.config import Settings
from contact_pipeline.imports.batches import batches_of, keep_original, land_rows, write_rows
from contact_pipeline.imports.changing_rules import rules_that_hold
from contact_pipeline.imports.outcome import LANDING
from contact_pipeline.imports.plan import (
    FILE,
    Applied,
    ImportsError,
    Plan,
    changing,
    load_plan,
    moment,
    open_tables,
    require_finished,
    save_plan,
    told,
    working_on,
)
from contact_pipeline.imports.unheard import remember_noes
from contact_pipeline.imports.validating import validate
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.news import landed_batches, wanted_fingerprint
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.imports import import_events, record_edits, record_import
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.mappings import preset_by_name, record_mapping
from contact_pipeline.sources.entities import IMPORT_COLUMNS
from contact_pipeline.warehouse.publish import current_generation

ROWS = "rows.csv"
"""The rows that would land, in the plan's folder."""

Mode = Literal["valid", "all"]


class NotApplied(ImportsError):
    """The plan waits for somebody's word; the message says whose and for what. Nothing was landed."""


class BaseMovedError(NotApplied):
    """What the plan stands on is no longer so.

    Attributes:
        moved: Rows whose outcome is another now: row_number, before, now (action and people each).
    """

    def __init__(self, message: str, moved: list[dict[str, Any]]) -> None:
        super().__init__(message)
        self.moved = moved


@dataclass(frozen=True)
class Application:
    """What applying did: the plan as it is now, how many rows landed, and whether anything did."""

    plan: Plan
    rows: int
    landed: bool
    message: str


def apply_import(
    settings: Settings,
    import_id: str,
    *,
    mode: Mode = "valid",
    confirm: bool = False,
    shown: bool = True,
    actor: str,
) -> Application:
    """Land the accepted rows of a plan as one batch.

    Args:
        settings: The workspace's.
        import_id: Which import.
        mode: `valid`: rows with an error are left out; `all`: any of them keeps everything out.
        confirm: Whether the policy may overwrite (decision 33).
        shown: Whether somebody was shown what it would do. Where nobody was (a list dropped into the inbox), and the
            policy lands its rows whoever they are, it need not be what a newer snapshot gives.
        actor: Who applies.

    Raises:
        BaseMovedError: Another snapshot would give another outcome, or one is still to be made. The plan now shows it.
        NotApplied: It has errors in mode `all`, needs a yes, or was taken back.
        UnknownImportError: There is no such import.
    """
    with working_on(settings, load_plan(settings, import_id).import_id) as folder:
        plan = recovered(settings, load_plan(settings, import_id))
        require_finished(folder)
        if plan.undone_at is not None:
            raise NotApplied(f"{plan.import_id} was taken back: contact-pipeline imports redo {plan.import_id}")
        with open_tables(folder) as connection, closing(open_ledger(settings)) as ledger:
            if _is_here(connection, settings, folder):
                _remember(connection, ledger, plan)
                return Application(plan, 0, False, "Nothing new: these rows landed before, or every row is left out.")
            started = time.monotonic()
            try:
                held = shown or not plan.rule.regardless
                plan = _look_again(connection, settings, ledger, plan, folder, held_to_it=held)
                _require_yes(plan, mode, confirm)
            except NotApplied:
                counts = plan.counts
                record_import(
                    ledger, "refused", now=settings.clock(), actor=actor, mode=mode, **told(plan), counts=counts
                )
                raise
            return _land(connection, settings, ledger, plan, folder, mode, actor, started)


def _rows_to_land() -> str:
    listed = ", ".join(f"'{action}'" for action in LANDING)
    chosen = ", ".join(f"m.{name}" for name in IMPORT_COLUMNS)
    return (
        f"select {chosen} from plan.mapped_row as m join plan.import_row as i using (row_key) "
        f"where i.action in ({listed}) order by i.row_number"
    )


def _is_here(connection: DuckDBPyConnection, settings: Settings, folder: Path) -> bool:
    """Whether there is nothing to land, or just that has landed: asked before anything else, as after a crash."""
    if not connection.execute(f"select count(*) from ({_rows_to_land()})").fetchall()[0][0]:
        return True
    known = LandingStore(settings.landing).batch(write_rows(connection, _rows_to_land(), folder / ROWS))
    return known is not None and known.status == "landed"


def recovered(settings: Settings, plan: Plan) -> Plan:
    """The plan with batches that landed before a crash kept it from noting them; the manifest is what counts."""
    noted = {applied.batch_id for applied in plan.applied}
    missed = [
        Applied(
            batch.batch_id, batch.accepted, moment(batch.arrived_at), batch.evidence["actor"], batch.evidence["mode"]
        )
        for batch in batches_of(settings, plan.import_id)
        if batch.batch_id not in noted
    ]
    return save_plan(settings, replace(plan, applied=(*plan.applied, *missed))) if missed else plan


def _look_again(
    connection: DuckDBPyConnection, settings: Settings, ledger: Ledger, plan: Plan, folder: Path, *, held_to_it: bool
) -> Plan:
    """Judge the plan against the newest snapshot, if it is another one than it was made on.

    `held_to_it` says whether that must give what the plan shows.

    Raises:
        BaseMovedError: That gives another outcome, or a run is still to come.
    """
    generation = current_generation(settings.published)
    published = generation.fingerprint if generation is not None else None
    waiting = landed_batches(settings) if published is None else published != wanted_fingerprint(settings)
    if waiting and held_to_it:
        raise BaseMovedError(
            "Something arrived or was decided that no run has worked in yet, so nobody can say what this import would "
            "do. Run contact-pipeline run, then apply again.",
            [],
        )
    if (published or "", rules_that_hold(ledger).version) == (plan.base.fingerprint, plan.rules_version):
        return plan
    outcome = "select row_key, row_number, action, persons from plan.import_row"
    connection.execute(f"create or replace temp table shown as {outcome}")
    now = settings.clock()
    with changing(folder):
        blank = int(plan.counts.get("blank", 0))
        plan = save_plan(settings, validate(connection, settings, ledger, plan, now=now, blank=blank))
    moved = connection.execute(
        f"""
        select now.row_number, shown.action, shown.persons, now.action, now.persons
        from ({outcome}) as now join shown using (row_key)
        where (now.action, now.persons) is distinct from (shown.action, shown.persons) order by 1
        """
    ).fetchall()
    if moved and held_to_it:
        raise BaseMovedError(
            f"The people or the rules this plan was made on have changed: {len(moved):,} rows would now do something "
            f"else. Look at contact-pipeline imports show {plan.import_id} --rows, then apply again.",
            [
                {"row_number": number, "before": [action, persons], "now": [new_action, new_persons]}
                for number, action, persons, new_action, new_persons in moved
            ],
        )
    return plan


def _require_yes(plan: Plan, mode: Mode, confirm: bool) -> None:
    refused = int(plan.counts["refuse"])
    if mode == "all" and refused:
        raise NotApplied(
            f"{refused:,} rows have errors, and all or none was asked for. Correct them (imports fix), drop them, or "
            f"take the others alone: contact-pipeline imports apply {plan.import_id} --valid-only"
        )
    if plan.rule.asks and not confirm and plan.counts["update"]:
        raise NotApplied(
            f"The policy {plan.policy} changes {plan.counts['update']:,} rows of known people. Look at what is changed "
            f"and what is protected (contact-pipeline imports show {plan.import_id} --rows); if that is meant: "
            f"contact-pipeline imports apply {plan.import_id} --confirm"
        )


def _land(
    connection: DuckDBPyConnection,
    settings: Settings,
    ledger: Ledger,
    plan: Plan,
    folder: Path,
    mode: Mode,
    actor: str,
    started: float,
) -> Application:
    now = settings.clock()
    evidence = {
        "import": plan.import_id,
        "policy": plan.policy,
        "mode": mode,
        "actor": actor,
        "original": keep_original(settings, plan, folder / FILE),
    }
    batch = land_rows(
        settings,
        folder / ROWS,
        write_rows(connection, _rows_to_land(), folder / ROWS),
        file_name=plan.file_name,
        content_at=datetime.fromisoformat(plan.content_at) if plan.content_at else None,
        evidence=evidence,
        now=now,
    )
    applied = Applied(batch.batch_id, batch.accepted, moment(now), actor, mode)
    plan = save_plan(settings, replace(plan, applied=(*plan.applied, applied)))
    _remember(connection, ledger, plan, seconds=time.monotonic() - started)
    message = f"{batch.accepted:,} rows landed as {batch.batch_id}; the next run works them in."
    return Application(plan, batch.accepted, True, message)


def _remember(connection: DuckDBPyConnection, ledger: Ledger, plan: Plan, *, seconds: float | None = None) -> None:
    """Note in the ledger what landed and is not noted: corrections, other rows' noes, the mapping, the application."""
    events = import_events(ledger, plan.import_id)
    noted = {event["batch_id"] for event in events if event["kind"] == "applied"}
    preset = preset_by_name(ledger, plan.preset) if plan.preset else None
    for applied in plan.applied:
        if applied.batch_id in noted:
            continue
        _keep_edits(connection, ledger, plan)
        now = datetime.fromisoformat(applied.at)
        remember_noes(connection, ledger, now=now)
        record_mapping(
            ledger, applied.batch_id, how="preset" if preset else "automatic",
            preset_id=preset.preset_id if preset else None, mapping=plan.mapping, columns=[], now=now,
            actor=applied.actor,
        )  # fmt: skip
        record_import(
            ledger, "applied", now=now, actor=applied.actor, mode=applied.mode, batch_id=applied.batch_id,
            **told(plan), counts=plan.counts, seconds=seconds,
        )  # fmt: skip


def _keep_edits(connection: DuckDBPyConnection, ledger: Ledger, plan: Plan) -> None:
    names = ("number", "kind", "row_key", "column_name", "old", "value", "rows", "actor", "edited_at")
    edits = connection.execute(f"select {', '.join(names)} from plan.edit order by number").fetchall()
    record_edits(ledger, plan.import_id, [dict(zip((*names[:-1], "at"), edit, strict=True)) for edit in edits])
