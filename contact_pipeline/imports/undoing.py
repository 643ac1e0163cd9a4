"""Taking an import back at any age, and again: its batches stop to count, what others said since stays.

Undoing and saying what cannot be undone belong here. It needs the manifest and the landed bytes, not the plan. The plan
says last what was done: whatever a kill left half done is finished by doing it again.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contact_pipeline.config import Settings
from contact_pipeline.imports.applying import NotApplied, recovered
from contact_pipeline.imports.batches import batches_of
from contact_pipeline.imports.matching import PREFIX
from contact_pipeline.imports.plan import ImportsError, Plan, load_plan, moment, save_plan, told, working_on
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.load import records_of_batch
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.landing.withdrawing import NotWithdrawnError, opt_outs, restore_batch, withdraw_batch
from contact_pipeline.ledger.imports import import_events, record_import
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.pids import in_parts
from contact_pipeline.ledger.tables import crosswalk, decision_contact, export, export_row
from contact_pipeline.sources.entities import IMPORTS_PEOPLE


@dataclass(frozen=True)
class Undone:
    """What taking an import back did, and what it could not do.

    Attributes:
        plan: As it is now.
        rows: Rows that no longer count.
        opt_outs: Of them, rows that say no to messages: the no stays, a run wrote it into the ledger (decision 31).
        exported: People of the import that files carried since: what left cannot be called back.
        decided: Decisions of humans that name a row of the import; they stand and wait for it.
        born: PIDs that nobody but its rows has: they stay reserved, and come back with it.
    """

    plan: Plan
    rows: int
    opt_outs: int
    exported: tuple[str, ...]
    decided: int
    born: int

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {**asdict(self), "plan": self.plan.as_json()}


def undo_import(settings: Settings, import_id: str, *, actor: str, reason: str = "") -> Undone:
    """Take an import back: from the next run on its rows count no more.

    Raises:
        NotApplied: Rows of it opt out, and no run has written that down yet.
        ImportsError: It was never applied, or is taken back already.
        UnknownImportError: There is no such import.
    """
    with working_on(settings, load_plan(settings, import_id).import_id):
        plan = recovered(settings, load_plan(settings, import_id))
        batches = batches_of(settings, plan.import_id)
        counted = [batch for batch in batches if batch.status == "landed"]
        if not batches or not (counted or plan.undone_at is None):
            raise ImportsError(f"{plan.import_id} is {plan.status}: there is nothing to take back.")
        now = settings.clock()
        try:
            for batch in counted:
                withdraw_batch(settings, batch.batch_id, reason=reason or f"taken back by {actor}")
        except NotWithdrawnError as error:
            raise NotApplied(str(error)) from error
        plan = replace(plan, undone_at=moment(now))
        with closing(open_ledger(settings)) as ledger:
            undone = _tell(ledger, settings, plan, batches)
            counts = {"rows": undone.rows, "opt_outs": undone.opt_outs, "exported": len(undone.exported)}
            _record_once(ledger, "undone", plan, batches, counts, now=now, actor=actor)
        save_plan(settings, plan)
        return undone


def redo_import(settings: Settings, import_id: str, *, actor: str) -> Plan:
    """Let an import that was taken back count again, as old as it was; its people have their PIDs again.

    Raises:
        ImportsError: It is not taken back.
        UnknownImportError: There is no such import.
    """
    with working_on(settings, load_plan(settings, import_id).import_id):
        plan = load_plan(settings, import_id)
        batches = batches_of(settings, plan.import_id)
        taken = [batch for batch in batches if batch.status == "withdrawn"]
        if not batches or not (taken or plan.undone_at is not None):
            raise ImportsError(f"{plan.import_id} is {plan.status}: there is nothing to do again.")
        for batch in taken:
            restore_batch(settings, batch.batch_id, reason=f"again, by {actor}")
        plan = replace(plan, undone_at=None)
        with closing(open_ledger(settings)) as ledger:
            counts = {"rows": sum(batch.accepted for batch in batches)}
            _record_once(ledger, "redone", plan, batches, counts, now=settings.clock(), actor=actor)
        return save_plan(settings, plan)


def _record_once(
    ledger: Ledger,
    kind: str,
    plan: Plan,
    batches: list[Batch],
    counts: dict[str, int],
    *,
    now: datetime,
    actor: str,
) -> None:
    """Write the line of history, unless it was the last thing a kill let happen."""
    if [event["kind"] for event in import_events(ledger, plan.import_id)][-1:] != [kind]:
        batch_id = batches[-1].batch_id
        record_import(ledger, kind, now=now, actor=actor, batch_id=batch_id, **told(plan), counts=counts)


def _tell(ledger: Ledger, settings: Settings, plan: Plan, batches: list[Batch]) -> Undone:
    """What stays of an import that was taken back."""
    store = LandingStore(settings.landing)
    keys = {f"{PREFIX}{key}" for batch in batches for key in _row_keys(store, batch)}
    since = min(batch.arrived_at for batch in batches)
    with ledger.reading() as connection:
        standing = connection.execute(
            select(crosswalk.c.contact_id, crosswalk.c.pid, crosswalk.c.home_pid).where(
                crosswalk.c.contact_id.like(f"{PREFIX}%"), crosswalk.c.until.is_(None)
            )
        ).all()
        mine = [(pid, home) for contact, pid, home in standing if contact in keys]
        people = {pid for pid, _ in mine}
        beside = select(crosswalk.c.contact_id, crosswalk.c.home_pid).where(crosswalk.c.until.is_(None))
        others = {
            home
            for some in in_parts(sorted(people))
            for contact, home in connection.execute(beside.where(crosswalk.c.pid.in_(some)))
            if contact not in keys
        }
        left = connection.execute(
            select(export_row.c.person_id).distinct()
            .join(export, export.c.export_id == export_row.c.export_id).where(export.c.exported_at >= since)
        ).scalars()  # fmt: skip
        named = connection.execute(
            select(decision_contact.c.decision_id, decision_contact.c.contact_id).where(
                decision_contact.c.contact_id.like(f"{PREFIX}%")
            )
        ).all()
        return Undone(
            plan=plan,
            rows=len(keys),
            opt_outs=sum(opt_outs(store, batch) for batch in batches),
            exported=tuple(sorted(people & set(left))),
            decided=len({number for number, contact in named if contact in keys}),
            born=len({home for _, home in mine} - others),
        )


def _row_keys(store: LandingStore, batch: Batch) -> list[str]:
    place = batch.columns.index("row_key")
    rows = records_of_batch(store, batch, IMPORTS_PEOPLE)
    return [str(judged.cells[place]) for judged in rows if judged.cells is not None]
