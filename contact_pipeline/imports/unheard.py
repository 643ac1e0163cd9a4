"""Noes of rows that do not land: a wrong cell in somebody's row is no reason to write to them (decision 31).

What a refused or skipped row says no to goes into the ledger, under the row's own contact and each address it gives.
The corrected row's yes takes it back, as of any contact; nothing else does. What counts as a no, and how an address is
written, is the contacts stage's to say.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from duckdb import DuckDBPyConnection

from contact_pipeline.imports.plan import on_stage
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.suppression import OptOut, active_suppressions, remember_opt_outs
from contact_pipeline.sources.entities import IMPORTS_PEOPLE
from contact_pipeline.warehouse.models import all_models, run_model

UNHEARD: Final = """
select c.contact_id, c.channel
from plan.consent as c join plan.import_row as i on c.contact_id = 'imports.people:' || i.row_key
where i.action in ('refuse', 'skip') and c.status in ('no', 'unreadable')
"""
"""Who says no in a row that does not land. A row somebody dropped by hand says nothing."""

ADDRESSES: Final = """
select u.channel, k.address_hash, u.contact_id
from unheard as u join contacts.consent_key as k using (contact_id, channel) where not k.whole_home
union select channel, sha256(channel || chr(31) || lower(contact_id)), contact_id from unheard
"""


def remember_noes(connection: DuckDBPyConnection, ledger: Ledger, *, now: datetime) -> int:
    """Write down the noes of a plan's rows that do not land; gives how many lines that are new.

    Args:
        connection: From `plan.open_tables`.
        ledger: The workspace's; what holds already is not written again.
        now: When they were said, as far as anybody knows.
    """
    with on_stage(connection):
        connection.execute(f"create table unheard as {UNHEARD}")
        for table in ("email", "phone", "contact"):
            connection.execute(
                f"create view contacts.{table} as from plan.{table} semi join unheard using (contact_id)"
            )
        run_model(connection, all_models()["contacts.consent_key"])
        connection.register("held", active_suppressions(ledger))
        said = connection.execute(
            f"from ({ADDRESSES}) anti join held using (channel, address_hash, contact_id) order by all"
        ).fetchall()
        connection.unregister("held")
    source = f"{IMPORTS_PEOPLE.source}.{IMPORTS_PEOPLE.name}"
    noes = (OptOut(channel, hashed, contact, now, source) for channel, hashed, contact in said)
    written, _ = remember_opt_outs(ledger, noes, [], now=now)
    return written
