"""Making a plan: a file read, mapped, normalised, judged and matched, and nothing of the home changed by it.

The order of the steps belongs here; each step has its own module.
"""

from __future__ import annotations

import shutil
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

from contact_pipeline.config import Settings
from contact_pipeline.imports.changing_rules import rules_that_hold
from contact_pipeline.imports.edits import lay_bare, repeat_edits
from contact_pipeline.imports.plan import (
    FILE,
    Base,
    ImportsError,
    Plan,
    UnknownImportError,
    changing,
    import_id_of,
    load_plan,
    moment,
    open_tables,
    save_plan,
    told,
    working_on,
)
from contact_pipeline.imports.policies import POLICIES
from contact_pipeline.imports.reading import notes_of, read_records
from contact_pipeline.imports.validating import validate
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.file_batch import Asked
from contact_pipeline.landing.list_gate import ListGate, held_message
from contact_pipeline.landing.list_sample import as_batch, sample_of_batch
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.outcomes import Held
from contact_pipeline.ledger.imports import record_import
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.sources.entities import LIST_PEOPLE


def plan_import(
    settings: Settings,
    file: Path,
    *,
    source: str = LIST_PEOPLE.source,
    preset: str | None = None,
    policy: str | None = None,
    sheet: str | None = None,
    actor: str,
) -> Plan:
    """Look at a file as an import: what would become of every row. Nothing is written outside the plan's folder, but
    a line in the history of imports.

    The same file planned again is the same import: what was corrected stays corrected, and is looked at against the
    newest snapshot.

    Args:
        settings: The workspace's.
        file: A list: CSV, TSV or a workbook.
        source: The inbox's folder it would be dropped into; presets belong to it.
        preset: The name of a preset; None for the fitting one.
        policy: One of `policies.POLICIES`; None for what the import had, or the rules say.
        sheet: The sheet of a workbook.
        actor: Who asks.

    Raises:
        Held: A human should say what its columns are; the message holds the suggestion and the command.
        Refused: The file cannot be read as a list.
        ImportsError: There is no such policy.
    """
    if policy is not None and policy not in POLICIES:
        raise ImportsError(f"There is no policy {policy!r}; there are: {', '.join(POLICIES)}.")
    now = settings.clock()
    with as_batch(file, Asked(sheet=sheet)) as (copy, batch), closing(open_ledger(settings)) as ledger:
        sample = sample_of_batch(copy, batch)
        gate = ListGate(ledger, now=now, source=source, preset=preset, actor=actor, shown_as=str(file))
        decision = gate.decide(sample)
        if decision.problems:
            raise Held(held_message(decision, str(file)))
        import_id = import_id_of(batch.sha256, source, batch.sheet)
        before = _known(settings, import_id)
        plan = Plan(
            import_id=import_id,
            file_name=file.name,
            sha256=batch.sha256,
            source=source,
            sheet=batch.sheet,
            columns=batch.columns,
            header=batch.header,
            mapping=decision.document.as_json(),
            preset=decision.preset.name if decision.preset else None,
            policy=policy or (before.policy if before else rules_that_hold(ledger).rules.duplicate_policy),
            rules_version=0,
            base=Base(),
            content_at=moment(batch.content_at) if batch.content_at else None,
            planned_at=moment(now),
            actor=actor,
            applied=before.applied if before else (),
            undone_at=before.undone_at if before else None,
            notes=notes_of(batch),
        )
        with working_on(settings, import_id) as folder:
            _keep_file(copy, folder)
            started = time.monotonic()
            plan = _make(settings, ledger, plan, folder, copy, batch, now)
            seconds = time.monotonic() - started
            record_import(ledger, "planned", now=now, actor=actor, **told(plan), counts=plan.counts, seconds=seconds)
            return plan


def _make(
    settings: Settings, ledger: Ledger, plan: Plan, folder: Path, copy: Path, batch: Batch, now: datetime
) -> Plan:
    """Make the plan's tables from the file; corrections that were made are made again."""
    with changing(folder), open_tables(folder) as connection:
        blank = read_records(connection, copy, batch)
        lay_bare(connection)
        plan = repeat_edits(connection, plan)
        return save_plan(settings, validate(connection, settings, ledger, plan, now=now, blank=blank))


def _known(settings: Settings, import_id: str) -> Plan | None:
    try:
        return load_plan(settings, import_id)
    except UnknownImportError:
        return None


def _keep_file(copy: Path, folder: Path) -> None:
    part = folder / f"{FILE}.part"
    shutil.copyfile(copy, part)
    part.replace(folder / FILE)
