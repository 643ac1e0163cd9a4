"""Suppression: addresses that must not be written to. Outlives the person, the file and the erasure (decisions 31, 32).

Remembering and asking belongs here. Whether someone opted out is read from sources elsewhere; whom an export leaves out
belongs to `exports`.

The list compares hashes, so that an erased address stays suppressed. A hash of a phone number can be guessed back by
trying all numbers: it keeps an address out of sight, it does not make it anonymous.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, func, select, update

from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.tables import suppression
from contact_pipeline.ledger.tabular import TEXT, TIME, as_table

CHANNELS = ("email", "sms", "voice", "mail")

SUPPRESSION_COLUMNS = {
    "channel": TEXT,
    "address_hash": TEXT,
    "address": TEXT,
    "since": TIME,
    "reason": TEXT,
    "source": TEXT,
}


def address_hash(channel: str, address: str) -> str:
    """What the list compares. In DuckDB: `sha256(channel || chr(31) || address)`.

    Args:
        channel: one of CHANNELS.
        address: normalised: E.164, lower-case e-mail, one-line postal address.

    Raises:
        ValueError: the channel is unknown, or the address is blank.
    """
    if channel not in CHANNELS:
        raise ValueError(f"A channel is one of {', '.join(CHANNELS)}, not '{channel}'.")
    if not address.strip():
        raise ValueError("A blank address cannot be suppressed.")
    return sha256(f"{channel}\x1f{address}".encode()).hexdigest()


def suppress(ledger: Ledger, channel: str, address: str, *, since: datetime, reason: str, source: str) -> None:
    """From now on nothing goes to this address on this channel; once suppressed, saying so again writes nothing.

    Raises:
        ValueError: the channel is unknown, or the address is blank.
    """
    _append(ledger, channel, address, lifted=False, since=since, reason=reason, source=source)


def lift(ledger: Ledger, channel: str, address: str, *, since: datetime, reason: str, source: str) -> None:
    """The address asked to hear from us again. The line that suppressed it stays on record.

    Raises:
        ValueError: the channel is unknown, or the address is blank.
    """
    _append(ledger, channel, address, lifted=True, since=since, reason=reason, source=source)


def is_suppressed(ledger: Ledger, channel: str, address: str) -> bool:
    """Whether nothing may go to this address on this channel.

    Raises:
        ValueError: the channel is unknown, or the address is blank.
    """
    with ledger.reading() as connection:
        newest = _newest(connection, address_hash(channel, address))
    return newest is not None and not newest.lifted


def active_suppressions(ledger: Ledger) -> pa.Table:
    """All suppressed addresses, by channel and hash (columns: SUPPRESSION_COLUMNS; address is null once erased)."""
    newest = select(func.max(suppression.c.suppression_id)).group_by(suppression.c.address_hash)
    wanted = select(*(suppression.c[name] for name in SUPPRESSION_COLUMNS)).where(
        suppression.c.suppression_id.in_(newest), suppression.c.lifted == 0
    )
    with ledger.reading() as connection:
        rows = connection.execute(wanted.order_by(suppression.c.channel, suppression.c.address_hash)).all()
    return as_table(rows, SUPPRESSION_COLUMNS)


def erase_address(ledger: Ledger, channel: str, address: str) -> None:
    """Forgets how an address is written, for an erasure request; it stays suppressed or lifted as it was.

    Raises:
        ValueError: the channel is unknown, or the address is blank.
    """
    same = suppression.c.address_hash == address_hash(channel, address)
    with ledger.writing() as connection:
        connection.execute(update(suppression).where(same).values(address=None))


def _append(ledger: Ledger, channel: str, address: str, *, lifted: bool, **about: Any) -> None:
    hashed = address_hash(channel, address)
    with ledger.writing() as connection:
        newest = _newest(connection, hashed)
        if (newest is not None and not newest.lifted) == lifted:
            row = {"channel": channel, "address_hash": hashed, "address": address, "lifted": int(lifted)}
            connection.execute(suppression.insert().values(**row, **about))


def _newest(connection: Connection, hashed: str) -> Any:
    """The line that holds for an address, if there is one."""
    lines = select(suppression.c.lifted).where(suppression.c.address_hash == hashed)
    return connection.execute(lines.order_by(suppression.c.suppression_id.desc()).limit(1)).one_or_none()
