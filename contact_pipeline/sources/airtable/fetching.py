"""Which of Airtable's tables are read, and by which settings.

Putting settings and client together belongs here; webhook or whole belongs to `reading`, paging to the client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from contact_pipeline.config import Settings
from contact_pipeline.sources.entities import AIRTABLE_FIELDS, AIRTABLE_RECORDS
from contact_pipeline.sources.pages import Keep
from contact_pipeline.sources.pull import Fetching, Pull, Singly
from contact_pipeline.sources.secret import Secret


@contextmanager
def _records(whole: bool, settings: Settings, keys: Mapping[str, str], cursor: str | None) -> Iterator[Pull]:
    from contact_pipeline.sources.airtable.client import AirtableClient
    from contact_pipeline.sources.airtable.envelope import records_of
    from contact_pipeline.sources.airtable.reading import is_listed, named_pages, read_records

    tables = settings.airtable.places
    with AirtableClient(settings.airtable.base_url, _key(settings, keys)) as client:
        keep = partial(Keep.below, settings.landing, AIRTABLE_RECORDS.key)
        reading = read_records(client, tables, settings.airtable.webhooks, cursor, whole=whole, keep=keep)
        yield Pull(
            reading.pages,
            partial(records_of, tables=frozenset(tables)),
            lambda: client.calls,
            window=reading.window,
            cursor=reading.cursor,
            note=lambda: reading.note,
            singly=Singly(
                ask=lambda ids: named_pages(client, ids, tables),
                is_listed=lambda record: is_listed(record, tables),
                at_most=5_000,
            ),
        )


@contextmanager
def _fields(settings: Settings, keys: Mapping[str, str], _: str | None) -> Iterator[Pull]:
    from contact_pipeline.sources.airtable.client import AirtableClient
    from contact_pipeline.sources.airtable.envelope import fields_of, wrapped

    tables = settings.airtable.places
    with AirtableClient(settings.airtable.base_url, _key(settings, keys)) as client:
        bases = sorted({base for base, _table in tables})
        pages = (wrapped("fields", base, "", client.schema(base)) for base in bases)
        yield Pull(pages, partial(fields_of, tables=frozenset(tables)), lambda: client.calls)


def _key(settings: Settings, keys: Mapping[str, str]) -> Secret:
    return Secret.from_environment(settings.airtable.credential, keys)


def _configured(settings: Settings) -> str:
    return ", ".join(sorted(settings.airtable.tables))


FETCHINGS = (
    Fetching(AIRTABLE_FIELDS, 360, _configured, _fields),
    Fetching(
        AIRTABLE_RECORDS,
        30,
        _configured,
        partial(_records, False),
        partial(_records, True),
        lambda settings: settings.airtable.whole_every_hours,
    ),
)
