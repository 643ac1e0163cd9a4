"""One reading of an account's records: by webhook where that tells everything, else the whole tables.

Deciding between the two and remembering how far the webhooks were read belong here. Calls belong to `client`.

The cheap way asks each base's webhook what happened since the last reading (decision 58: a whole reading of 40,000
records costs 401 calls). It is enough only while payloads follow each other without a gap and the same tables are read.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contact_pipeline.sources.airtable.client import PAYLOADS_PER_PAGE, AirtableClient
from contact_pipeline.sources.airtable.envelope import Where, wrapped
from contact_pipeline.sources.airtable.page import News
from contact_pipeline.sources.pages import Keep, PageSpool, waiting_together

logger = logging.getLogger(__name__)

KeepOf = Callable[[str, str], Keep | None]
"""Where the pages of a table wait: base id, table id."""

MOST_NAMED = 2_000
"""Records a webhook may name before reading the tables whole is the better way: 20 calls."""


@dataclass(frozen=True)
class Position:
    """How far the webhooks were read, and for which tables.

    Attributes:
        tables: `base/table` of each, sorted.
        next: `webhook id` to the cursor of its next payload.
    """

    tables: tuple[str, ...]
    next: dict[str, int]

    @classmethod
    def read(cls, cursor: str | None) -> Position | None:
        """What a landed cursor says; None where there is none."""
        if cursor is None:
            return None
        kept = json.loads(cursor)
        return cls(tuple(kept["tables"]), {str(key): int(value) for key, value in kept["next"].items()})

    def written(self) -> str:
        """The same as one line: equal positions, equal text."""
        return json.dumps({"tables": self.tables, "next": dict(sorted(self.next.items()))}, separators=(",", ":"))


@dataclass(frozen=True)
class Reading:
    """What to land.

    Attributes:
        pages: wrapped answers.
        window: whether only what changed was read.
        cursor: where the next reading goes on.
        note: what a person should know; empty: nothing.
    """

    pages: Iterator[bytes]
    window: bool
    cursor: str
    note: str = ""


def read_records(
    client: AirtableClient,
    tables: Sequence[Where],
    webhooks: Mapping[str, str],
    cursor: str | None,
    *,
    whole: bool = False,
    keep: KeepOf = lambda base, table: None,
) -> Reading:
    """Read what changed since the cursor, or everything.

    Args:
        client: open while the pages are read.
        tables: base id and table id of each.
        webhooks: base id to webhook id.
        cursor: of the last reading that landed; None before the first.
        whole: everything in any case.
        keep: where the pages of a table wait when a whole reading breaks off; not used where webhooks tell what
            happens, because their positions are taken when a reading begins and the pages would be older.

    Raises:
        SourceUnavailable: a webhook gave no answer; while the pages are read: a table did not.
        SourceRefused: the key is wrong or the plan's calls are used up.
    """
    place, before = _placed(tables), Position.read(cursor)
    watched = all(base in webhooks for base, _ in tables)
    known = before is not None and before.tables == place and set(before.next) == set(webhooks.values())
    if whole or not watched or not known or before is None:
        return _whole(client, tables, webhooks, place, keep=keep)
    news = {base: client.news(base, webhook, before.next[webhook]) for base, webhook in sorted(webhooks.items())}
    lost = [f"base {base}: {told.lost}" for base, told in news.items() if told.lost]
    if lost:
        logger.warning("Airtable: everything is read, because of %s", "; ".join(lost))
        return _whole(client, tables, webhooks, place, note="; ".join(lost))
    if sum(len(news[base].named.get(table, ())) for base, table in tables) > MOST_NAMED:
        return _whole(client, tables, webhooks, place)
    return _window(client, tables, webhooks, news, before)


def named_pages(client: AirtableClient, keys: Iterable[str], tables: Sequence[Where]) -> Iterator[bytes]:
    """Those of the records that exist, by their keys (`base/table/record`), where their table is read."""
    wanted: dict[Where, list[str]] = {}
    for key in keys:
        base, table, record = key.split("/")
        wanted.setdefault((base, table), []).append(record)
    for where in tables:
        if where in wanted:
            yield from _named(client, *where, wanted[where])


def _whole(
    client: AirtableClient,
    tables: Sequence[Where],
    webhooks: Mapping[str, str],
    place: tuple[str, ...],
    note: str = "",
    keep: KeepOf | None = None,
) -> Reading:
    """Everything; the webhooks' positions are taken first, so that what happens meanwhile is told again."""
    following: dict[str, int] = {}
    notes = [note] if note else []
    for base, webhook in sorted(webhooks.items()):
        at = {str(one["id"]): int(one["cursorForNextPayload"]) for one in client.webhooks(base)}
        if webhook in at:
            following[webhook] = at[webhook]
            client.refresh(base, webhook)
        else:
            notes.append(f"the webhook of base {base} is gone, so all of it is read: contact-pipeline connect airtable")
    pages = _all_pages(client, tables, keep if keep is not None and not webhooks else lambda base, table: None)
    return Reading(pages, False, Position(place, following).written(), ". ".join(notes))


def _all_pages(client: AirtableClient, tables: Sequence[Where], keep: KeepOf) -> Iterator[bytes]:
    spools: list[PageSpool] = []
    with waiting_together(spools):
        for base, table in tables:
            spools.append(client.record_spool(base, table, keep=keep(base, table)))
    for (base, table), spool in zip(tables, spools, strict=True):
        for body in spool.bodies():
            yield wrapped("records", base, table, body)


def _window(
    client: AirtableClient,
    tables: Sequence[Where],
    webhooks: Mapping[str, str],
    news: Mapping[str, News],
    before: Position,
) -> Reading:
    """The records that webhooks name. Payloads that concern no table of ours are read again rather than landed."""
    mine = {base: [table for of, table in tables if of == base] for base in news}
    following = dict(before.next)
    for base, told in news.items():
        behind = told.cursor - before.next[webhooks[base]]
        if told.concerns(mine[base]) or behind >= PAYLOADS_PER_PAGE:
            following[webhooks[base]] = told.cursor
    moved = {base: told for base, told in news.items() if following[webhooks[base]] != before.next[webhooks[base]]}
    pages = _news_pages(client, {base: mine[base] for base in moved}, moved)
    return Reading(pages, True, Position(before.tables, following).written())


def _news_pages(
    client: AirtableClient, tables: Mapping[str, Sequence[str]], news: Mapping[str, News]
) -> Iterator[bytes]:
    """What was told, deletions first: a record that came back comes after its deletion."""
    for base, told in news.items():
        for body in told.bodies:
            yield wrapped("payloads", base, "", body)
    for base, told in news.items():
        for table in tables[base]:
            yield from _named(client, base, table, told.named.get(table, set()))


def _named(client: AirtableClient, base: str, table: str, ids: Iterable[str]) -> Iterator[bytes]:
    for body in client.named_pages(base, table, ids):
        yield wrapped("records", base, table, body)


def _placed(tables: Sequence[Where]) -> tuple[str, ...]:
    return tuple(sorted(f"{base}/{table}" for base, table in tables))


def is_listed(record: Mapping[str, Any], tables: Sequence[Where]) -> bool:
    """Whether a whole reading of these tables would hold the record if it existed."""
    return not record.get("deleted") and (record.get("base_id"), record.get("table_id")) in tables
