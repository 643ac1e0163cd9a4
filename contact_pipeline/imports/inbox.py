"""The inbox emptied: a list that was dropped goes the way of any import, applied where that is safe, held where not.

Deciding what may be applied without anybody having looked belongs here. Seeing what waits, notes and taking files away
are `landing.inbox`'s; corrected reports are taken by `dropped`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from contact_pipeline.config import Settings
from contact_pipeline.imports.applying import Application, BaseMovedError, NotApplied, apply_import
from contact_pipeline.imports.changing_rules import rules_that_hold
from contact_pipeline.imports.dropped import looks_like_report, take_dropped_report
from contact_pipeline.imports.people_file import TooLargeForWorkbook
from contact_pipeline.imports.plan import UNFINISHED, ImportsError, Plan, all_plans, folder_of
from contact_pipeline.imports.planning import plan_import
from contact_pipeline.imports.reports import write_report
from contact_pipeline.landing.arriving import open_ledger, take_inbox_of
from contact_pipeline.landing.files import hash_of, look
from contact_pipeline.landing.inbox import STILL_COPIED, InboxFile, already_judged
from contact_pipeline.landing.list_gate import PIPELINE
from contact_pipeline.landing.outcomes import Held, Later, LedgerImbalanceError, Refused
from contact_pipeline.landing.store import Arrival, LandingStore, Status
from contact_pipeline.sources.entities import LIST_PEOPLE, Entity

REPORTS: Final = "reports"
"""Folder of an import that keeps the reports nobody asked for."""

Log = Callable[[str], None]


def empty_inbox(settings: Settings, *, log: Log, settle: float = 1.0) -> list[Arrival]:
    """Take everything that waits in the inbox; gives what became of each file.

    Args:
        settings: The workspace's.
        log: Takes one line about each file.
        settle: Seconds a file must have been left alone.
    """
    return take_inbox_of(settings, log=log, settle=settle, take_first=partial(_take_first, settings))


def _take_first(settings: Settings, file: InboxFile, entity: Entity | None) -> Arrival | None:
    """Take what is no platform's own file: corrected reports, in whatever folder they lie, and lists."""
    if looks_like_report(file.path):
        return take_dropped_report(settings, file)
    return take_list(settings, file) if entity is not None and entity.key == LIST_PEOPLE.key else None


def take_list(settings: Settings, file: InboxFile) -> Arrival:
    """Plan a dropped list by the preset of its folder and apply it, where nobody has to say anything first.

    It is held where its columns are in doubt, where most of its rows are refused, and where its policy overwrites what
    is known (decision 33). Rows that are refused stay out, with a report of them in the import's folder.

    Raises:
        Later: The policy asks who is known, and a run has to work something in first; or the file is still changing.
    """
    landed = _landed_as_it_is(settings, file)
    if landed is not None:
        return landed
    try:
        return _take(settings, file)
    except BaseMovedError as error:
        raise Later(f"{error} The next run takes the file.") from error
    except (Held, ImportsError) as error:
        return Arrival(str(file.path), "held", str(error))
    except (Refused, LedgerImbalanceError) as error:
        return Arrival(str(file.path), "refused", str(error))


def _landed_as_it_is(settings: Settings, file: InboxFile) -> Arrival | None:
    """What to answer where these bytes landed as they are (`ingest`, or before lists were imports)."""
    digest = hash_of(file.path)
    same = (
        batch
        for batch in LandingStore(settings.landing).manifest()
        if (batch.key, batch.sha256, batch.status) == (LIST_PEOPLE.key, digest, "landed")
    )
    batch = next(same, None)
    if batch is None:
        return None
    message = f"The same bytes are here already as {batch.batch_id}; nothing changed."
    return Arrival(str(file.path), "unchanged", message, digest, batch)


def _take(settings: Settings, file: InboxFile) -> Arrival:
    plan = _held_before(settings, file)
    if plan is None:
        plan = plan_import(settings, file.path, source=file.source, actor=PIPELINE)
    if look(file.path) != file.seen:
        raise Later(STILL_COPIED)
    require_safe(plan)
    done = apply_import(settings, plan.import_id, shown=False, actor=PIPELINE)
    batch = LandingStore(settings.landing).batch(done.plan.applied[-1].batch_id) if done.plan.applied else None
    status: Status = "landed" if done.landed else "unchanged"
    return Arrival(str(file.path), status, _told(settings, done), plan.sha256, batch)


def _held_before(settings: Settings, file: InboxFile) -> Plan | None:
    """The plan of a file that was held and that nobody has touched since, while the rules are the same."""
    if not already_judged(file):
        return None
    digest = hash_of(file.path)
    ledger = open_ledger(settings)
    try:
        rules = rules_that_hold(ledger).version
    finally:
        ledger.close()
    fits = (plan for plan in all_plans(settings) if (plan.sha256, plan.source) == (digest, file.source))
    whole = (plan for plan in fits if not (folder_of(settings, plan.import_id) / UNFINISHED).exists())
    return next((plan for plan in whole if plan.rules_version == rules), None)


def require_safe(plan: Plan) -> None:
    """Let a plan pass that may be applied though nobody has looked at it.

    Raises:
        NotApplied: Somebody should look; the message says why, and at what.
    """
    name, accepted, refused = plan.import_id, int(plan.counts["accepted"]), int(plan.counts["refuse"])
    if plan.undone_at is not None:
        raise NotApplied(
            f"This list was imported and taken back. To have it again: contact-pipeline imports redo {name}"
        )
    if plan.applied or (accepted and refused <= accepted):
        return
    rows = int(plan.counts["rows"])
    raise NotApplied(
        f"Only {accepted:,} of its {rows:,} rows can be taken, so perhaps a column or a rule is not what it seems. "
        "Nothing of it was loaded.\n"
        f"  what is wrong:          contact-pipeline imports show {name} --status error\n"
        f"  to correct the rows:    contact-pipeline imports report {name}\n"
        "  what the columns are:   contact-pipeline mapping suggest FILE\n"
        f"  take what can be taken: contact-pipeline imports apply {name}"
    )


def _told(settings: Settings, done: Application) -> str:
    """What happened, for the person who dropped the file."""
    plan = done.plan
    refused = int(plan.counts["refuse"])
    told = [done.message.removesuffix("; the next run works them in.").rstrip(".") + "."]
    if refused:
        told.append(f"Refused: {refused:,}. Correct them in {_report(settings, plan)}, and drop that into the inbox.")
    if unheard := plan.counts.get("refused_opt_outs"):
        told.append(f"Of them say no to messages, which holds all the same for the addresses they give: {unheard:,}.")
    told += plan.notes
    if plan.counts["conflicts"]:
        told.append(f"Rows that join people who were two: {plan.counts['conflicts']:,}.")
    told.append(f"It is the import {plan.import_id}: contact-pipeline imports show {plan.import_id}, or imports undo.")
    return " ".join(told)


def _report(settings: Settings, plan: Plan) -> Path:
    """The report of the rows that were refused; written once, and again after each correction."""
    folder = folder_of(settings, plan.import_id) / REPORTS
    try:
        return write_report(settings, plan.import_id, folder, actor=PIPELINE).files[0]
    except TooLargeForWorkbook:
        return write_report(settings, plan.import_id, folder, form="csv", actor=PIPELINE).files[0]
