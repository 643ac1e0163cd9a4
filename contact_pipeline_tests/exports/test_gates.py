"""Promises of the freshness gates: each export, each age, and what a partial file proves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contact_pipeline.exports.gates import Gate, GateClosedError, Override, gate
from contact_pipeline.landing.freshness import Freshness, freshness
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.ledger import Ledger

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ENTITIES = ("givebutter.contacts", "givebutter.members", "jotform.signups")


def known(hours: float | None) -> dict[str, Freshness]:
    """Everything is as old as that; None: contacts were never read."""
    found = {}
    for key in ENTITIES:
        source, _, entity = key.partition(".")
        as_of = NOW - timedelta(hours=hours if hours is not None else 1)
        found[key] = Freshness(source, entity, as_of, as_of, as_of, as_of, as_of)
    return found if hours is not None else {key: one for key, one in found.items() if key != "givebutter.contacts"}


@pytest.mark.parametrize(
    ("hours", "sms", "givebutter"),
    [
        (0.0, "allow", "allow"),
        (24.0, "allow", "allow"),
        (24.1, "block", "warn"),
        (168.0, "block", "warn"),
        (168.1, "block", "block"),
        (None, "block", "block"),
    ],
)
def test_old_content_blocks_texts_and_is_warned_of_for_contacts_until_it_is_very_old(
    hours: float | None, sms: str, givebutter: str
) -> None:
    assert gate("sms", known(hours), now=NOW).verdict == sms
    assert gate("givebutter", known(hours), now=NOW).verdict == givebutter


@pytest.mark.parametrize(("hours", "age"), [(1.0, "fresh"), (30.0, "stale"), (200.0, "very_old"), (None, "missing")])
def test_the_manifest_tells_every_age(hours: float | None, age: str) -> None:
    told = gate("sms", known(hours), now=NOW).as_manifest(None)
    assert told["ages"]["contacts"]["age"] == age


def test_the_newest_of_two_ways_of_reading_contacts_counts() -> None:
    both = known(1.0) | {"givebutter.contacts": known(100.0)["givebutter.contacts"]}
    assert gate("givebutter", both, now=NOW).verdict == "warn"
    both["givebutter.api_contacts"] = known(1.0)["givebutter.contacts"]
    assert gate("givebutter", both, now=NOW).verdict == "allow"


def test_a_block_goes_only_past_a_reason_which_the_manifest_keeps() -> None:
    closed = gate("sms", known(30.0), now=NOW)
    with pytest.raises(GateClosedError, match=r"contacts are 30\.0 hours old \(stale\).*--override-freshness"):
        closed.pass_through(None)
    override = Override("ann", "the event is tonight")
    closed.pass_through(override)
    assert closed.as_manifest(override)["override"] == {"actor": "ann", "reason": "the event is tonight"}
    assert "override" not in Gate("sms", "allow", (), "").as_manifest(override)


class Landed(LandingStore):
    """A landing store of which only the manifest is asked."""

    def __init__(self, *batches: Batch) -> None:
        self.batches = list(batches)

    def manifest(self) -> list[Batch]:
        return self.batches


def test_a_part_of_the_contacts_makes_the_rest_no_fresher(tmp_path: Path) -> None:
    """Four hundred of 40,000 contacts, exported this morning, say nothing of an opt-out among the others."""
    whole = Batch(
        batch_id="givebutter.contacts-1", source="givebutter", entity="contacts", kind="file", file_name="all.csv",
        stored="x", sha256="a", content_sha256="a", bytes=1, arrived_at=NOW, content_at=NOW - timedelta(days=3),
        encoding="utf-8", delimiter=",", header=True, columns=("Givebutter Contact ID",), full=True, cursor=None,
        status="landed", seen=40_000, accepted=40_000, quarantined=0, blank=0,
    )  # fmt: skip
    part = replace(whole, batch_id="givebutter.contacts-2", full=False, content_at=NOW - timedelta(hours=2), seen=400)
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}", workspace="swab", now=NOW)
    told = freshness(Landed(whole, part), ledger)["givebutter.contacts"]
    ledger.close()
    assert told.age(NOW) == "fresh"
    assert told.age(NOW, whole=True) == "stale"
    assert gate("givebutter", known(1.0) | {"givebutter.contacts": told}, now=NOW).verdict == "warn"
