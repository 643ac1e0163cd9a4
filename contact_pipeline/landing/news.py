"""Whether a refresh has anything to do.

The one answer that the gate of a run, the sensor and the CLI share belongs here; it opens neither the warehouse nor
the network.
"""

from __future__ import annotations

from contact_pipeline.config import Settings
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.ledger import Ledger, LostLedgerError
from contact_pipeline.ledger.pids import pids_given_out
from contact_pipeline.sources.voter_file.store import newest
from contact_pipeline.warehouse.connection import is_unfinished
from contact_pipeline.warehouse.fingerprint import inputs_fingerprint
from contact_pipeline.warehouse.publish import Generation, current_generation


def landed_batches(settings: Settings) -> list[str]:
    """The ids of all batches that are to be in the tables."""
    return [batch.batch_id for batch in LandingStore(settings.landing).manifest() if batch.status == "landed"]


def wanted_fingerprint(settings: Settings) -> str:
    """The fingerprint a snapshot of the present inputs would carry.

    Raises:
        LostLedgerError: the ledger is older than the published snapshot. PIDs would be given out again, and to others.
    """
    ledger = Ledger.open(settings.ledger_url, workspace=settings.workspace, now=settings.clock())
    try:
        _require_every_pid(ledger, current_generation(settings.published))
        voters = newest(settings.voters)
        return inputs_fingerprint(
            landed_batches(settings), ledger.version(), settings, voter_file=voters.name if voters else None
        )
    finally:
        ledger.close()


def _require_every_pid(ledger: Ledger, generation: Generation | None) -> None:
    people = generation.tables.get("people.person", 0) if generation is not None else 0
    known = pids_given_out(ledger)
    if known < people:
        raise LostLedgerError(
            f"{people:,} people are published, but the ledger has given out {known:,} PIDs: it was lost, or an older "
            "copy stands in its place. Restore the newest backup of the ledger. If there is none, move the folders "
            "published/ and exports/ away and run again: people then get new PIDs."
        )


def nothing_new(settings: Settings) -> bool:
    """Whether the published snapshot and the warehouse are what the present inputs give.

    A warehouse that was deleted, or that a run changed and did not finish, is not, whatever the snapshot says.

    Raises:
        LostLedgerError: see `wanted_fingerprint`.
    """
    generation = current_generation(settings.published)
    wanted = wanted_fingerprint(settings)
    if generation is None or not settings.warehouse.exists() or is_unfinished(settings.warehouse):
        return False
    return generation.fingerprint == wanted
