"""Every record of every source that carries an e-mail address or a phone number, as it was sent.

The snapshot says which records they are; their fields are read from the bytes in landing, which never change, so that
neither a run nor the warehouse stands in the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb

from contact_pipeline.landing.columns import told_apart
from contact_pipeline.landing.load import records_of_batch
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.normalize.email import parse_email
from contact_pipeline.normalize.phone import parse_phone
from contact_pipeline.sources.entities import ENTITIES


class NotAKeyError(ValueError):
    """What was given is no e-mail address or no phone number."""


@dataclass(frozen=True)
class FoundRecord:
    """One record; `source_name` is the file's name, or `source.entity` where the record came over an API."""

    source_name: str
    source: str
    entity: str
    record_id: str
    batch_id: str
    line: int
    arrived_at: datetime
    fields: dict[str, str | None]

    def as_json(self) -> dict[str, Any]:
        """The record as the keys of `lookup --json`."""
        return asdict(self)


def lookup(
    connection: duckdb.DuckDBPyConnection,
    store: LandingStore,
    *,
    email: str | None = None,
    phone: str | None = None,
    region: str = "US",
) -> list[FoundRecord]:
    """The records that carry the e-mail address, the phone number, or both; by source, then as they arrived.

    Args:
        connection: The published snapshot.
        store: The landing store.
        email: An address in any spelling.
        phone: A number in any spelling.
        region: Region assumed for a number without a country code.

    Raises:
        NotAKeyError: One of the two cannot be read.
        LandingDamagedError: A batch's bytes are missing or have changed.
    """
    keys = {}
    if email is not None:
        keys["email"] = email_key(email)
    if phone is not None:
        keys["phone"] = phone_key(phone, region)
    wanted: dict[str, dict[int, str]] = {}
    for kind, value in keys.items():
        rows = connection.execute(
            "select batch_id, line, record_id from contacts.record_key where kind = ? and value = ?", [kind, value]
        ).fetchall()
        for batch_id, line, record_id in rows:
            wanted.setdefault(batch_id, {})[line] = record_id
    batches = sorted((batch for batch in store.manifest() if batch.batch_id in wanted), key=_order)
    return [record for batch in batches for record in _read(store, batch, wanted[batch.batch_id])]


def email_key(text: str) -> str:
    """The normal form of an e-mail address in any spelling.

    Raises:
        NotAKeyError: It is none.
    """
    read = parse_email(text)
    if not read.email:
        raise NotAKeyError(f"This is no e-mail address: {read.reason or 'it is blank'}.")
    return read.email


def phone_key(text: str, region: str) -> str:
    """The E.164 form of a phone number in any spelling; `region` where it has no country code.

    Raises:
        NotAKeyError: It is none.
    """
    read = parse_phone(text, region)
    if not read.e164:
        raise NotAKeyError(f"This is no phone number: {read.reason or 'it is blank'}.")
    return read.e164


def _order(batch: Batch) -> tuple[str, str, int]:
    return batch.source, batch.entity, batch.sequence


def _read(store: LandingStore, batch: Batch, wanted: dict[int, str]) -> Iterator[FoundRecord]:
    """The wanted lines of a batch; it is read no further than the last of them."""
    store.verify(batch)
    names = told_apart(batch.columns) if batch.kind == "pages" else batch.columns
    name = batch.file_name if batch.kind == "file" else batch.key
    last = max(wanted)
    for judged in records_of_batch(store, batch, ENTITIES[batch.key]):
        if judged.line in wanted and judged.cells is not None:
            yield FoundRecord(
                source_name=name,
                source=batch.source,
                entity=batch.entity,
                record_id=wanted[judged.line],
                batch_id=batch.batch_id,
                line=judged.line,
                arrived_at=batch.arrived_at,
                fields=dict(zip(names, judged.cells, strict=True)),
            )
        if judged.line >= last:
            return
