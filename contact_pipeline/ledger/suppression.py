"""Suppression: addresses that must not be written to. Outlives the record, the person, the file and the erasure
(decisions 31, 32; DESIGN 3).

Remembering and asking belongs here. What counts as a no is `contacts.consent`'s to say; whose no it is today, and whom
an export leaves out, `people`'s and `exports`'.

Every no that a record says is written down while the record is there: by its contact, channel and addresses. A yes of
the same contact takes it back, nothing else that software sees does: neither silence nor the record's end.

The list compares hashes, so that an erased address stays suppressed. A hash of a phone number can be guessed back by
trying all numbers: it keeps an address out of sight, it does not make it anonymous.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import pyarrow as pa
from sqlalchemy import Connection, Row, func, select, update

from contact_pipeline.ledger.ledger import SAID_AT_SOURCE, Ledger
from contact_pipeline.ledger.tables import suppression
from contact_pipeline.ledger.tabular import TEXT, TIME, as_table

CHANNELS = ("email", "sms", "voice", "mail")

SUPPRESSION_COLUMNS = {
    "channel": TEXT,
    "address_hash": TEXT,
    "address": TEXT,
    "contact_id": TEXT,
    "since": TIME,
    "reason": TEXT,
    "source": TEXT,
}


class OptOut(NamedTuple):
    """One address of a contact that said no, or the contact itself where it has none.

    Attributes:
        channel: one of CHANNELS.
        address_hash: see `address_hash`; of the contact id where the contact has no address.
        contact_id: who said so.
        since: when it was said.
        source: `source.entity` of the record.
    """

    channel: str
    address_hash: str
    contact_id: str
    since: datetime
    source: str


def address_hash(channel: str, address: str) -> str:
    """What the list compares. In DuckDB: `sha256(channel || chr(31) || lower(address))`.

    Args:
        channel: one of CHANNELS.
        address: normalised: E.164, e-mail, one-line postal address; in whatever case.

    Raises:
        ValueError: the channel is unknown, or the address is blank.
    """
    if channel not in CHANNELS:
        raise ValueError(f"A channel is one of {', '.join(CHANNELS)}, not '{channel}'.")
    if not address.strip():
        raise ValueError("A blank address cannot be suppressed.")
    return sha256(f"{channel}\x1f{address.lower()}".encode()).hexdigest()


def suppress(ledger: Ledger, channel: str, address: str, *, since: datetime, reason: str, source: str) -> None:
    """From now on nothing goes to this address on this channel; once suppressed, saying so again writes nothing.

    Raises:
        ValueError: the channel is unknown, or the address is blank.
    """
    hashed = address_hash(channel, address)
    with ledger.writing() as connection:
        if not any(line.contact_id is None for line in _lines(connection, hashed)):
            row = {"channel": channel, "address_hash": hashed, "address": address, "lifted": 0}
            connection.execute(suppression.insert().values(**row, since=since, reason=reason, source=source))


def lift(ledger: Ledger, channel: str, address: str, *, since: datetime, reason: str, source: str) -> int:
    """The address asked to hear from us again; gives how many lines no longer hold. They stay on record.

    A record that is still there and says no is not silenced by this: the next run writes its no down again.

    Raises:
        ValueError: the channel is unknown, or the address is blank.
    """
    with ledger.writing() as connection:
        lines = _lines(connection, address_hash(channel, address))
        _lift(connection, lines, since=since, reason=reason, source=source)
    return len(lines)


def remember_opt_outs(
    ledger: Ledger, said: Iterable[OptOut], taken_back: Iterable[tuple[str, str, str]], *, now: datetime
) -> tuple[int, int]:
    """Write down what records say, in one transaction; what holds already is not written again.

    Args:
        ledger: the workspace's ledger.
        said: the noes that do not hold yet.
        taken_back: channel, hash and contact of those whose contact says yes now.
        now: when that was seen.

    Returns:
        How many were written down, how many were taken back.
    """
    new = [{**line._asdict(), "lifted": 0, "reason": SAID_AT_SOURCE} for line in said]
    gone = set(taken_back)
    if not new and not gone:
        return 0, 0
    with ledger.writing() as connection:
        if new:
            connection.execute(suppression.insert(), new)
        held = [line for line in _lines(connection) if (line.channel, line.address_hash, line.contact_id) in gone]
        _lift(connection, held, since=now, reason=SAID_AT_SOURCE, source=None)
    return len(new), len(held)


def is_suppressed(ledger: Ledger, channel: str, address: str) -> bool:
    """Whether nothing may go to this address on this channel.

    Raises:
        ValueError: the channel is unknown, or the address is blank.
    """
    with ledger.reading() as connection:
        return bool(_lines(connection, address_hash(channel, address)))


def active_suppressions(ledger: Ledger) -> pa.Table:
    """All that holds, by channel, hash and contact (columns: SUPPRESSION_COLUMNS; an address is kept only where a human
    named it, and is null once erased).
    """
    with ledger.reading() as connection:
        lines = _lines(connection)
    rows = [[getattr(line, name) for name in SUPPRESSION_COLUMNS] for line in lines]
    return as_table(sorted(rows, key=lambda row: (row[0], row[1], row[3] or "")), SUPPRESSION_COLUMNS)


def erase_address(ledger: Ledger, channel: str, address: str) -> None:
    """Forgets how an address is written, for an erasure request; it stays suppressed or lifted as it was.

    Raises:
        ValueError: the channel is unknown, or the address is blank.
    """
    same = suppression.c.address_hash == address_hash(channel, address)
    with ledger.writing() as connection:
        connection.execute(update(suppression).where(same).values(address=None))


def _lines(connection: Connection, hashed: str | None = None) -> list[Row[Any]]:
    """The lines that hold: the newest of each address and contact, unless it lifts."""
    newest = select(func.max(suppression.c.suppression_id)).group_by(
        suppression.c.channel, suppression.c.address_hash, suppression.c.contact_id
    )
    if hashed is not None:
        newest = newest.where(suppression.c.address_hash == hashed)
    wanted = select(*(suppression.c[name] for name in SUPPRESSION_COLUMNS))
    wanted = wanted.where(suppression.c.suppression_id.in_(newest), suppression.c.lifted == 0)
    return list(connection.execute(wanted).all())


def _lift(connection: Connection, lines: list[Row[Any]], *, since: datetime, reason: str, source: str | None) -> None:
    """One line more for each of these: from here on it holds no more."""
    if lines:
        rows = [
            {
                "channel": line.channel,
                "address_hash": line.address_hash,
                "contact_id": line.contact_id,
                "lifted": 1,
                "since": since,
                "reason": reason,
                "source": source or line.source,
            }
            for line in lines
        ]
        connection.execute(suppression.insert(), rows)
