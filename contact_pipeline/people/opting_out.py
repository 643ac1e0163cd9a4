"""Opt-outs that outlive their record: what the records say goes into the ledger, what holds comes out of it.

Comparing the two belongs here. What counts as a no is `contacts.consent`'s to say, what a person's answer is
`people.consent`'s; writing the list belongs to `ledger.suppression`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import duckdb

from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.pids import last_person_of
from contact_pipeline.ledger.suppression import OptOut, active_suppressions, address_hash, remember_opt_outs
from contact_pipeline.normalize.email import parse_email
from contact_pipeline.normalize.phone import parse_phone

UNDER = """
    select c.contact_id, c.channel, k.address_hash, c.status, c.said_at, c.source || '.' || c.entity as source
    from contacts.consent as c
    join contacts.consent_key as k on c.contact_id = k.contact_id and c.channel = k.channel and not k.whole_home
    union all
    select c.contact_id, c.channel, sha256(c.channel || chr(31) || lower(c.contact_id)), c.status, c.said_at,
           c.source || '.' || c.entity
    from contacts.consent as c
"""
"""Every answer under each of its contact's addresses, and under the contact itself: it may have no address."""

SAME = "h.channel = u.channel and h.address_hash = u.address_hash and h.contact_id = u.contact_id"


UNSEEN = """
    select g.contact_id, g.role, g.value, g.observed_at, g.source
    from contacts.gone_answer as g
    where g.contact_id not in (select contact_id from held where contact_id is not null)
    order by g.contact_id, g.role, g.value
"""
"""What records said that are gone and of which the ledger has no line: no run that knew of this list saw them."""

CONSENTS = {"email_consent": "email", "sms_consent": "sms", "mail_consent": "mail"}
YES = ("yes", "y", "true", "1", "subscribed", "opted in", '["yes"]')
"""What counts as a yes, as in `contacts.consent`."""


def write_opt_outs(
    connection: duckdb.DuckDBPyConnection, ledger: Ledger, *, now: datetime, region: str = "US"
) -> dict[str, int]:
    """Make `people.opt_out`: every opt-out that holds, as the ledger has it once it knows what the records say.

    Args:
        connection: the warehouse, with `contacts.consent`, `contacts.consent_key` and `contacts.gone_answer`.
        ledger: the workspace's ledger.
        now: when.
        region: assumed for phone numbers without a country code.

    Returns:
        How many were written down for the first time, how many their own contact took back.
    """
    connection.register("held", active_suppressions(ledger))
    said = connection.execute(
        f"select u.channel, u.address_hash, u.contact_id, u.said_at, u.source from ({UNDER}) as u "
        f"anti join held as h on {SAME} where u.status in ('no', 'unreadable') "
        "order by u.channel, u.address_hash, u.contact_id"
    ).fetchall()
    taken_back = connection.execute(
        f"select u.channel, u.address_hash, u.contact_id from ({UNDER}) as u "
        f"semi join held as h on {SAME} where u.status = 'yes'"
    ).fetchall()
    unseen = _of_gone_records(connection.execute(UNSEEN).fetchall(), region)
    connection.unregister("held")
    written, lifted = remember_opt_outs(ledger, [*(OptOut(*row) for row in said), *unseen], taken_back, now=now)
    connection.register("held", active_suppressions(ledger))
    connection.execute(
        "create or replace table people.opt_out as select channel, address_hash, contact_id, since, source from held "
        "order by channel, address_hash, contact_id"
    )
    connection.unregister("held")
    return {"written down": written, "taken back by their contact": lifted}


def _of_gone_records(answers: list[tuple[str, str, str, datetime, str]], region: str) -> Iterator[OptOut]:
    """The noes of records that are gone: under each address they gave, and under the record itself."""
    for contact_id, group in groupby(answers, key=itemgetter(0)):
        rows = list(group)
        addresses = [("email", parse_email(row[2]).email) for row in rows if row[1] in ("email", "school_email")]
        addresses += [("sms", parse_phone(row[2], region).e164) for row in rows if row[1] == "phone"]
        for _, role, answer, observed_at, source in rows:
            if role not in CONSENTS or answer.lower() in YES:
                continue
            channel = CONSENTS[role]
            for address in {contact_id, *(found for of, found in addresses if of == channel and found)}:
                yield OptOut(channel, address_hash(channel, address), contact_id, observed_at, source)


def write_gone_contacts(connection: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Make `people.gone_contact`: the person that each contact belonged to which opted out and is gone."""
    gone = connection.execute(
        "select distinct o.contact_id from people.opt_out as o anti join contacts.contact as c "
        "on o.contact_id = c.contact_id where o.contact_id is not null order by 1"
    ).fetchall()
    connection.register("last_person", last_person_of(ledger, [row[0] for row in gone]))
    connection.execute(
        "create or replace table people.gone_contact as select contact_id, pid as person_id from last_person "
        "order by contact_id"
    )
    connection.unregister("last_person")
