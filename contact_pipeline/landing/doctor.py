"""Examining a home: are its stores whole and do they agree?

Looking belongs here; it changes nothing and says what to do about each finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contact_pipeline.config import Settings
from contact_pipeline.connecting.season_file import overruled
from contact_pipeline.credentials import CredentialError
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.news import landed_batches
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.ledger import LedgerError
from contact_pipeline.mentors.season import season_path
from contact_pipeline.sources.fetching import FETCHED, configured
from contact_pipeline.warehouse.publish import current_generation, open_published


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is, whether it is well, and what it says or what to do."""

    what: str
    ok: bool
    detail: str


def examine(settings: Settings, keys: Mapping[str, str]) -> list[Finding]:
    """Every finding: home, season, landing, ledger, snapshot, credentials (`keys`: those known, by name)."""
    home = settings.home.resolve()
    if not home.is_dir():
        return [Finding("home", False, f"{home} does not exist; the first run makes it: contact-pipeline run")]
    found = [Finding("home", True, str(home))]
    return [*found, *_season(settings), *_stores(settings), *_snapshot(settings), *_credentials(settings, keys)]


def _season(settings: Settings) -> Iterator[Finding]:
    """Two files may name campaign and forms; where they differ the season's holds, and somebody should know."""
    contradictions = overruled(settings)
    path = season_path(settings.home, settings.season)
    there = f"{path}" if path.is_file() else f"{path} is not there: contact-pipeline setup makes it"
    yield Finding("season", not contradictions, "; ".join(contradictions) or there)


def _stores(settings: Settings) -> Iterator[Finding]:
    store = LandingStore(settings.landing)
    batches = store.manifest()
    missing = [batch.batch_id for batch in batches if not store.path_of(batch).exists()]
    detail = f"{len(batches)} batches, all bytes in place"
    if missing:
        detail = f"bytes missing of {', '.join(missing)}: restore landing/ from a backup"
    yield Finding("landing", not missing, detail)
    try:
        open_ledger(settings).close()
    except LedgerError as error:
        yield Finding("ledger", False, str(error))
    else:
        yield Finding("ledger", True, "opens, tables up to date")


def _snapshot(settings: Settings) -> Iterator[Finding]:
    generation = current_generation(settings.published)
    if generation is None:
        yield Finding("snapshot", False, "nothing published yet: contact-pipeline run")
        return
    with open_published(settings.published) as connection:
        loaded = {row[0] for row in connection.execute("select batch_id from landing.batch").fetchall()}
    behind = set(landed_batches(settings)) - loaded
    detail = f"generation {generation.number} of {generation.published_at}"
    yield Finding("snapshot", not behind, detail if not behind else f"{len(behind)} batches wait: contact-pipeline run")


def _credentials(settings: Settings, keys: Mapping[str, str]) -> Iterator[Finding]:
    if (settings.sandbox / "campaign.json").exists():
        yield Finding("keys", True, "not needed: this home's platforms are simulated")
        return
    for source in sorted({entity.source for entity in FETCHED if configured(entity, settings)}):
        name = getattr(settings, source).credential
        try:
            there = bool(keys.get(name))
        except CredentialError as error:
            yield Finding(f"{source} key", False, str(error))
            continue
        advice = f"not set: contact-pipeline credentials set {name}"
        yield Finding(f"{source} key", there, f"{name} is {'set' if there else advice}")
