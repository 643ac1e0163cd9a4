"""Pushing and probing for a workspace: its key, its budget of calls, its ledger, its snapshot.

Only bringing these together belongs here. What is wanted and how it is sent belongs to `push`, what is tried to
`probe`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from contact_pipeline.config import Settings
from contact_pipeline.credentials import keys_of
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.calls import calls_of
from contact_pipeline.ledger.fetches import record_fetch
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.outbox import capabilities, record_capability
from contact_pipeline.mentors.season import seasons_of
from contact_pipeline.sources.budget import BudgetUsedUp, CallMeter, metered
from contact_pipeline.sources.errors import SourceError, SourceRefused
from contact_pipeline.sources.givebutter.writing import GivebutterWriter
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sync.probe import Found, probe
from contact_pipeline.sync.push import TARGET, Pushed, push
from contact_pipeline.warehouse.publish import open_published


class NotProbedError(Exception):
    """Nobody has tried yet whether the account lets us do this, or it does not."""


def push_changes(settings: Settings, *, dry: bool = False) -> Pushed:
    """Bring our tags, and our fields where the account lets us, to Givebutter, or say what would be brought.

    Raises:
        NothingPublishedError: nothing was published yet.
        NotProbedError: no probe has found that tags may be written.
        SourceError: Givebutter does not answer, or the budget of calls is used up; what was not confirmed waits.
    """
    ledger = open_ledger(settings)
    try:
        if not dry:
            _require_tags(ledger)
        season = seasons_of(settings)[-1]
        fields = bool(capabilities(ledger, TARGET).get("custom_fields", {}).get("able"))
        with open_published(settings.published) as connection:
            if dry:
                return push(ledger, connection, season, None, clock=settings.clock, fields=fields)
            with writing(settings, ledger, "push") as writer:
                return push(ledger, connection, season, writer, clock=settings.clock, fields=fields)
    finally:
        ledger.close()


def probe_account(settings: Settings, *, contact_id: str | None, actor: str) -> list[Found]:
    """Try what the account allows, and remember it.

    Raises:
        SourceError: Givebutter does not answer, or refuses the key or the contact.
    """
    options = {field.title: field.options for field in seasons_of(settings)[-1].custom_fields if field.options}
    ledger = open_ledger(settings)
    try:
        with writing(settings, ledger, "probe") as writer:
            found = probe(writer, contact_id, options)
        for one in found:
            record_capability(ledger, TARGET, one.name, one.able, one.detail, now=settings.clock(), actor=actor)
        return found
    finally:
        ledger.close()


def _require_tags(ledger: Ledger) -> None:
    known = capabilities(ledger, TARGET).get("tags")
    if known is None or known["able"] is None:
        raise NotProbedError(
            "Nobody has tried yet whether this account lets us write tags. Try it on a contact of your own: "
            "contact-pipeline sync probe --contact ID"
        )
    if not known["able"]:
        raise NotProbedError(f"This account does not let us write tags: {known['detail']} The import file still does.")


@contextmanager
def writing(settings: Settings, ledger: Ledger, what: str) -> Iterator[GivebutterWriter]:
    """A writer that keeps to the budget of calls; what it called is remembered, however it ended."""
    now = settings.clock()
    budget = calls_of(TARGET, settings, ledger, now=now).budget
    if not budget.fits(1):
        raise BudgetUsedUp(
            f"givebutter.{what}: the budget of calls is used up. There is room from "
            f"{budget.free_at(1):%Y-%m-%d %H:%M} UTC. See: contact-pipeline sources",
            budget.free_at(1),
        )
    meter = CallMeter(budget.left, budget.free_at(budget.left + 1) if budget.left is not None else None)
    key = Secret.from_environment(settings.givebutter.credential, keys_of(settings))
    outcome, message = "landed", None
    try:
        with metered(meter), GivebutterWriter(settings.givebutter.base_url, key) as writer:
            yield writer
    except SourceError as error:
        outcome, message = "refused" if isinstance(error, SourceRefused) else "unavailable", str(error)
        raise
    finally:
        if meter.calls:
            record_fetch(
                ledger,
                source=TARGET,
                entity=what,
                now=now,
                outcome=outcome,
                calls=meter.calls,
                records=0,
                message=message,
            )
