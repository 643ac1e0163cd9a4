"""Correcting a plan, and its policy: an edit is kept with who and when, and what it touched is judged again.

Opening the plan and saying what changed belongs here; the overlay itself belongs to `edits`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from contact_pipeline.config import Settings
from contact_pipeline.imports.edits import Edit, make_edits, resolved
from contact_pipeline.imports.history import RETURNED
from contact_pipeline.imports.plan import (
    ImportsError,
    Plan,
    changing,
    load_plan,
    open_tables,
    require_finished,
    save_plan,
    told,
    working_on,
)
from contact_pipeline.imports.policies import POLICIES
from contact_pipeline.imports.validating import validate
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.ledger.imports import record_import


def fix_import(
    settings: Settings,
    import_id: str,
    edits: Sequence[Edit],
    *,
    policy: str | None = None,
    actor: str,
    returned: int = 0,
) -> Plan:
    """Make corrections, all or none, and judge again the rows they touched.

    Args:
        settings: The workspace's.
        import_id: Which import.
        edits: In order.
        policy: Another policy; None for the same.
        actor: Who corrects.
        returned: So many rows were corrected in a report that came back.

    Raises:
        ImportsError: There is no such import, row, field or policy; nothing was changed.
    """
    if policy is not None and policy not in POLICIES:
        raise ImportsError(f"There is no policy {policy!r}; there are: {', '.join(POLICIES)}.")
    now = settings.clock()
    with working_on(settings, load_plan(settings, import_id).import_id) as folder:
        plan = load_plan(settings, import_id)
        require_finished(folder)
        plan = replace(plan, policy=policy or plan.policy)
        with open_tables(folder) as connection, closing(open_ledger(settings)) as ledger:
            wanted = resolved(connection, plan, edits)
            with changing(folder):
                plan = make_edits(connection, plan, wanted, actor=actor, now=now)
                touched = "touched" if policy is None else None
                blank = int(plan.counts.get("blank", 0))
                plan = validate(connection, settings, ledger, plan, now=now, blank=blank, touched=touched)
                save_plan(settings, plan)
            counts = plan.counts | ({RETURNED: returned} if returned else {})
            record_import(ledger, "fixed", now=now, actor=actor, **told(plan), counts=counts)
        return plan
