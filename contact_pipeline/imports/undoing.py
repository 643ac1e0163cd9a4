"""Taking an import back at any age, and again: its batches stop to count, what others said since stays.

Undoing and saying what cannot be undone belong here. It needs the manifest and the landed bytes, not the plan.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import duckdb
from sqlalchemy import select

from contact_pipeline.config import Settings
from contact_pipeline.imports.applying import recovered
from contact_pipeline.imports.batches import REMAINDER, batches_of, land_rows, write_rows
from contact_pipeline.imports.matching import PREFIX
from contact_pipeline.imports.plan import ImportsError, Plan, load_plan, moment, save_plan, told, working_on
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.imports import record_import
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.tables import crosswalk, decision_contact, export, export_row, pid_event
from contact_pipeline.sources.entities import IMPORT_COLUMNS

CONSENTS: Final = ("email_consent_raw", "sms_consent_raw", "mail_consent_raw")
KEPT_OF_AN_OPT_OUT: Final = {
    "row_key", "row_number", "import_id", "prefix_raw", "first_raw", "middle_raw", "last_raw", "suffix_raw",
    "phones_raw", "emails_raw", *CONSENTS,
}  # fmt: skip
"""What stays of a row that says no: who it is, and the no (decision 31)."""


@dataclass(frozen=True)
class Undone:
    """What taking an import back did, and what it could not do.

    Attributes:
        plan: As it is now.
        rows: Rows that no longer count.
        opt_outs: Of them, rows whose no stays, with who it is and nothing else.
        exported: People of the import that files carried since: what left cannot be called back.
        decided: Decisions of humans that name a row of the import; they stand and wait for it.
        born: PIDs that were given out for its rows; they stay reserved, and come back with it.
        joined: PIDs that its rows joined to another; they come apart with the next run, where nothing else holds them.
    """

    plan: Plan
    rows: int
    opt_outs: int
    exported: tuple[str, ...]
    decided: int
    born: int
    joined: int

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {**asdict(self), "plan": self.plan.as_json()}


def undo_import(settings: Settings, import_id: str, *, actor: str, reason: str = "") -> Undone:
    """Take an import back: from the next run on its rows count no more.

    Raises:
        ImportsError: It was never applied, or is taken back already.
        UnknownImportError: There is no such import.
    """
    with working_on(settings, load_plan(settings, import_id).import_id) as folder:
        plan = recovered(settings, load_plan(settings, import_id))
        batches = [batch for batch in batches_of(settings, plan.import_id) if batch.status == "landed"]
        counted = [batch for batch in batches if REMAINDER not in batch.evidence]
        if not counted:
            raise ImportsError(f"{plan.import_id} is {plan.status}: there is nothing to take back.")
        now = settings.clock()
        with closing(open_ledger(settings)) as ledger:
            keys = _keep_opt_outs(settings, plan, counted, folder)
            store = LandingStore(settings.landing)
            for batch in counted:
                store.mark(batch.batch_id, "withdrawn", reason or f"taken back by {actor}")
            plan = save_plan(settings, replace(plan, undone_at=moment(now)))
            undone = _tell(ledger, settings, plan, counted, keys)
            record_import(
                ledger, "undone", now=now, actor=actor, batch_id=counted[-1].batch_id, **told(plan),
                counts={"rows": undone.rows, "opt_outs": undone.opt_outs, "exported": len(undone.exported)},
            )  # fmt: skip
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
        taken = [batch for batch in batches if batch.status == "withdrawn" and REMAINDER not in batch.evidence]
        if not taken:
            raise ImportsError(f"{plan.import_id} is {plan.status}: there is nothing to do again.")
        store = LandingStore(settings.landing)
        for batch in taken:
            store.mark(batch.batch_id, "landed", f"again, by {actor}")
        for batch in batches:
            if REMAINDER in batch.evidence:
                store.mark(batch.batch_id, "withdrawn", "the import counts again")
        plan = save_plan(settings, replace(plan, undone_at=None))
        with closing(open_ledger(settings)) as ledger:
            record_import(
                ledger, "redone", now=settings.clock(), actor=actor, batch_id=taken[-1].batch_id, **told(plan),
                counts={"rows": sum(batch.accepted for batch in taken)},
            )  # fmt: skip
        return plan


def _keep_opt_outs(settings: Settings, plan: Plan, batches: list[Batch], folder: Path) -> list[str]:
    """Land the rows that say no as a batch of their own, before the others stop to count; gives every row's key."""
    store = LandingStore(settings.landing)
    files = [str(store.path_of(batch)) for batch in batches]
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(
            "create table landed as select * from read_csv(?, all_varchar = true, header = true, quote = '\"', "
            "escape = '\"', delim = ',', auto_detect = false, columns = ?, nullstr = '')",
            [files, dict.fromkeys(IMPORT_COLUMNS, "varchar")],
        )
        said_no = " or ".join(f"lower({name}) = 'no'" for name in CONSENTS)
        chosen = ", ".join(
            "'fill' as policy" if name == "policy"
            else f"if({name} = 'no', 'no', null) as {name}" if name in CONSENTS
            else name if name in KEPT_OF_AN_OPT_OUT
            else f"null as {name}"
            for name in IMPORT_COLUMNS
        )  # fmt: skip
        if connection.execute(f"select 1 from landed where {said_no} limit 1").fetchall():
            rows = folder / "opt_outs.csv"
            query = f"select distinct on (row_key) {chosen} from landed where {said_no} order by row_key"
            land_rows(
                settings,
                rows,
                write_rows(connection, query, rows),
                file_name=plan.file_name,
                content_at=batches[-1].content_at,
                evidence={"import": plan.import_id, REMAINDER: "opt-outs"},
                now=settings.clock(),
            )
        return [str(key) for (key,) in connection.execute("select distinct row_key from landed").fetchall()]
    finally:
        connection.close()


def _tell(ledger: Ledger, settings: Settings, plan: Plan, batches: list[Batch], keys: list[str]) -> Undone:
    """What stays of an import that was taken back."""
    since = min(batch.arrived_at for batch in batches)
    mine = crosswalk.c.contact_id.like(f"{PREFIX}%") & crosswalk.c.until.is_(None)
    wanted = {f"{PREFIX}{key}" for key in keys}
    with ledger.reading() as connection:
        pid_of = {
            contact: pid
            for contact, pid in connection.execute(select(crosswalk.c.contact_id, crosswalk.c.pid).where(mine)).all()
            if contact in wanted
        }
        people = set(pid_of.values())
        left = connection.execute(
            select(export_row.c.person_id).distinct()
            .join(export, export.c.export_id == export_row.c.export_id).where(export.c.exported_at >= since)
        ).scalars()  # fmt: skip
        exported = sorted(people & set(left))
        decided = {
            (number, contact)
            for number, contact in connection.execute(
                select(decision_contact.c.decision_id, decision_contact.c.contact_id)
                .where(decision_contact.c.contact_id.like(f"{PREFIX}%"))
            ).all()
            if contact in wanted
        }  # fmt: skip
        happened = connection.execute(
            select(pid_event.c.kind, pid_event.c.pid).where(pid_event.c.happened_at >= since)
            .where(pid_event.c.kind.in_(("born", "merged")))
        ).all()  # fmt: skip
    remainder = [batch for batch in batches_of(settings, plan.import_id) if REMAINDER in batch.evidence]
    return Undone(
        plan=plan,
        rows=len(keys),
        opt_outs=sum(batch.accepted for batch in remainder if batch.status == "landed"),
        exported=tuple(exported),
        decided=len({number for number, _ in decided}),
        born=len({pid for kind, pid in happened if kind == "born" and pid in people}),
        joined=sum(1 for kind, pid in happened if kind == "merged" and pid in people),
    )
