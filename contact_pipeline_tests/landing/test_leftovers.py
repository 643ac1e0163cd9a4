"""Promises about what killed runs leave in landing: it is removed, and what is lost from it is noticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import fetch_entity, open_ledger
from contact_pipeline.landing.load import pending_batches
from contact_pipeline.landing.outcomes import LandingDamagedError
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.fetches import fetches
from contact_pipeline.sources.entities import GIVEBUTTER_MEMBERS
from contact_pipeline.sources.errors import SourceError, SourceRefused, SourceUnavailable
from contact_pipeline_tests.landing.helpers import NOW, Home

LIST = "First Name,Last Name\nAna,Rivera\nBo,Chen\n"


def incoming(home: Home) -> list[Path]:
    return sorted((home.store.root / ".incoming").iterdir())


def test_what_a_killed_landing_left_is_removed_by_the_next_one(home: Home) -> None:
    left = home.store.root / ".incoming" / "0123456789abcdef"
    (left / "pages").mkdir(parents=True)
    (left / "pages" / "page-00001.json").write_text("{")
    home.ingest(LIST)
    assert incoming(home) == []


def test_a_landing_still_under_way_is_left_alone(home: Home) -> None:
    other = LandingStore(home.store.root)
    with other._incoming() as place:
        (place / "file").write_text(LIST)
        home.ingest(LIST)
        assert (place / "file").read_text() == LIST
    assert incoming(home) == []


def test_a_lost_manifest_line_is_noticed_before_anything_is_rebuilt_without_it(home: Home) -> None:
    result = home.ingest(LIST)
    manifest = home.store.root / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-10])
    with pytest.raises(LandingDamagedError, match=str(result.batch_id)):
        pending_batches(home.connection, home.store)
    again = home.ingest(LIST)
    assert again.batch_id == result.batch_id
    assert pending_batches(home.connection, home.store) == []
    assert home.count("raw.list_people") == 2


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(SourceRefused("The key is not accepted."), "refused"), (SourceUnavailable("Too busy."), "unavailable")],
)
def test_a_fetch_that_failed_is_remembered_as_what_it_was(tmp_path: Path, error: SourceError, outcome: str) -> None:
    settings = Settings(home=tmp_path, givebutter={"campaign": "1"}, now=datetime(2026, 5, 4, tzinfo=UTC))
    with patch("contact_pipeline.landing.arriving.pull", side_effect=error), pytest.raises(type(error)):
        fetch_entity(GIVEBUTTER_MEMBERS, settings, log=lambda _: None)
    ledger = open_ledger(settings)
    try:
        assert fetches(ledger).column("outcome").to_pylist() == [outcome]
    finally:
        ledger.close()


def test_a_reading_cut_off_in_the_middle_leaves_nothing_and_lands_whole_the_next_time(home: Home) -> None:
    def records_of(body: bytes) -> list[dict[str, str]]:
        records: list[dict[str, str]] = json.loads(body)
        return records

    bodies = [b'[{"id": "1"}]', b'[{"id": "2"}]']

    def pages() -> Iterator[bytes]:
        yield bodies[0]
        raise SourceUnavailable("The line was cut.")

    with pytest.raises(SourceUnavailable):
        home.store.land_pages(GIVEBUTTER_MEMBERS, pages(), records_of, now=NOW)
    assert home.store.manifest() == []
    assert incoming(home) == []
    assert list(home.store.root.rglob("page-*")) == []
    arrival = home.store.land_pages(GIVEBUTTER_MEMBERS, bodies, records_of, now=NOW)
    assert (arrival.status, arrival.records) == ("landed", 2)
