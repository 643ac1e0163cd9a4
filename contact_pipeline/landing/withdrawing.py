"""Taking a file's records out of everything again, and back in: by one line in the manifest, nothing is edited.

Deciding whether that is safe belongs here; the next run loads and unloads. PIDs of people who vanish stay in the ledger
and come back with them.
"""

from __future__ import annotations

from contact_pipeline.config import Settings
from contact_pipeline.landing.load import records_of_batch
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.sources.entities import ENTITIES, LEADS_PEOPLE
from contact_pipeline.sources.list_file.mapping import map_headers
from contact_pipeline.warehouse.connection import columns_of
from contact_pipeline.warehouse.publish import NothingPublishedError, open_published

CONSENT_COLUMNS = ("email_consent_raw", "sms_consent_raw", "mail_consent_raw")
GIVEBUTTER_CONSENT = {"Engage Email Subscribed", "Engage SMS Subscribed", "Engage Mail Subscribed"}
YES = ("yes", "y", "true", "1", "subscribed", "opted in")
"""What counts as a yes, as in `contacts.consent`."""


class NotWithdrawnError(Exception):
    """The batch stays; the message says why and what to do."""


def withdraw_batch(settings: Settings, batch_id: str, *, reason: str = "") -> Batch:
    """Withdraw a batch that somebody handed in as a file.

    An opt-out outweighs whatever was wrong with a file (decision 31): who said no in it stays opted out, because a run
    wrote that into the ledger. A batch that no run has seen yet has to wait for one if its records say no.

    Raises:
        NotWithdrawnError: no such file, or its records opt out and no run has seen them.
    """
    store = LandingStore(settings.landing)
    batch = _file(store, batch_id)
    if batch.status == "held":
        raise NotWithdrawnError(f"{batch_id} is held: nothing of it was loaded.")
    if batch.status == "landed":
        refused = opt_outs(store, batch)
        if refused and not _remembered(settings, batch):
            raise NotWithdrawnError(
                f"{refused:,} records of {batch_id} opt out of messages, and no run has written that down yet. Run "
                "contact-pipeline run first; then they stay opted out when the file is withdrawn."
            )
    return store.mark(batch_id, "withdrawn", reason)


def restore_batch(settings: Settings, batch_id: str, *, reason: str = "") -> Batch:
    """Let a withdrawn batch count again, as old as it was.

    Raises:
        NotWithdrawnError: no such file.
    """
    store = LandingStore(settings.landing)
    batch = _file(store, batch_id)
    return store.mark(batch_id, "landed", reason) if batch.status == "withdrawn" else batch


def opt_outs(store: LandingStore, batch: Batch) -> int:
    """How many records of a batch say anything but yes where they are asked for consent; silence says nothing."""
    entity = ENTITIES[batch.key]
    asked = {name for column in CONSENT_COLUMNS for name in map_headers(batch.columns).get(column, [])}
    places = [
        place for place, name in enumerate(batch.columns) if name in asked | GIVEBUTTER_CONSENT | {*CONSENT_COLUMNS}
    ]
    rows = (judged.cells for judged in records_of_batch(store, batch, entity) if judged.cells is not None)
    return sum(any(_says_no(row[place]) for place in places) for row in rows)


def _remembered(settings: Settings, batch: Batch) -> bool:
    """Whether a run that ended well had the batch in it, and so wrote down who opts out there."""
    try:
        with open_published(settings.published) as snapshot:
            seen = snapshot.execute("select 1 from landing.batch where batch_id = ?", [batch.batch_id]).fetchall()
            return bool(seen) and bool(columns_of(snapshot, "people.opt_out"))
    except NothingPublishedError:
        return False


def _says_no(cell: str | None) -> bool:
    text = (cell or "").strip().casefold()
    return text not in ("", *YES)


def _file(store: LandingStore, batch_id: str) -> Batch:
    batch = store.batch(batch_id)
    if batch is None:
        raise NotWithdrawnError(f"No batch is called {batch_id}: contact-pipeline status names them.")
    if batch.kind != "file" and batch.key != LEADS_PEOPLE.key:
        raise NotWithdrawnError(f"{batch_id} was read from a platform: correct it there, the next reading brings it.")
    return batch
