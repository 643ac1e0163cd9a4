"""The steps of connecting a platform, without a word to anybody: address, key, discovery, credential, settings.

The order of steps belongs here. Nothing is written before the platform answered and the choice stands; then the key is
kept first, because settings without a key would be polled in vain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contact_pipeline.config import Settings
from contact_pipeline.connecting.discovery import Discovery, discover, watched_bases
from contact_pipeline.connecting.season_file import write_choice
from contact_pipeline.credentials import CredentialStore, keys_of
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.ledger.fetches import record_fetch
from contact_pipeline.sources.budget import CallMeter, metered
from contact_pipeline.sources.errors import SourceError, SourceRefused
from contact_pipeline.sources.hosts import plain_host, require_allowed
from contact_pipeline.sources.secret import Secret

WITHOUT_A_HOST = ("listomatic", "contactics")
"""Platforms whose address differs from account to account."""


@dataclass(frozen=True)
class Address:
    """Where a platform is asked, if that is not what the settings already say.

    Attributes:
        url: its base address; empty: as in the settings.
        client_id: Contactics' public id of the program; empty: as in the settings.
        allowed_host: a further host the key may be sent to; empty: none.
    """

    url: str = ""
    client_id: str = ""
    allowed_host: str = ""

    def changes(self, source: str, settings: Settings) -> dict[tuple[str, ...], Any]:
        """What of it belongs into the settings file."""
        changes: dict[tuple[str, ...], Any] = {}
        if self.allowed_host and plain_host(self.allowed_host) not in map(plain_host, settings.allowed_hosts):
            changes[("allowed_hosts",)] = [*settings.allowed_hosts, plain_host(self.allowed_host)]
        if self.url:
            changes[(source, "base_url")] = self.url
        if self.client_id:
            changes[(source, "client_id")] = self.client_id
        return changes


@dataclass(frozen=True)
class Tried:
    """A platform that answered: what it holds, and with which key.

    Attributes:
        discovery: what the account holds.
        calls: requests that took.
        new_key: a key that is not kept yet; None where a known one was used.
    """

    discovery: Discovery
    calls: int
    new_key: str | None


def addressed(source: str, settings: Settings, address: Address) -> Settings:
    """The settings with the platform's address, judged.

    Raises:
        SourceRefused: no address is known, or its host is none that may be asked.
    """
    platform = getattr(settings, source)
    own = {"base_url": address.url or platform.base_url}
    if source == "contactics":
        own["client_id"] = address.client_id or platform.client_id
    if source in WITHOUT_A_HOST and not all(own.values()):
        needed = "--url https://… " + ("--client-id …" if source == "contactics" else "")
        raise SourceRefused(f"{source} has no fixed address: contact-pipeline connect {source} {needed.strip()}")
    hosts = (*settings.allowed_hosts, *filter(None, (address.allowed_host,)))
    require_allowed(source, own["base_url"], hosts)
    return settings.model_copy(update={source: platform.model_copy(update=own), "allowed_hosts": hosts})


def try_platform(source: str, settings: Settings, new_key: str | None) -> Tried:
    """Ask a platform what it holds; the calls count against its budget.

    Args:
        source: the platform.
        settings: as `addressed` gave them.
        new_key: a key to try; None to use the one that is known.

    Raises:
        SourceRefused: the key is missing or not accepted.
        SourceUnavailable: no answer.
    """
    name = getattr(settings, source).credential
    keys: Mapping[str, str] = keys_of(settings) if new_key is None else {name: new_key}
    meter = CallMeter()
    message = "connected"
    try:
        with metered(meter):
            discovery = discover(source, settings, keys)
    except SourceError as error:
        message = str(error)
        raise
    finally:
        _remember(source, settings, meter.calls, message)
    return Tried(discovery, meter.calls, new_key)


@dataclass(frozen=True)
class Watched:
    """Webhooks on the bases that are read.

    Attributes:
        changes: the settings that name them; empty where there are none.
        calls: requests that took.
        refusal: why there are none, in words; empty where there are.
    """

    changes: dict[tuple[str, ...], Any]
    calls: int
    refusal: str = ""


def watch_bases(settings: Settings, new_key: str | None, bases: Sequence[str]) -> Watched:
    """Find or make a webhook of ours on each base; the calls count against the budget.

    Everything can be read without: a refusal is told, not raised.

    Args:
        settings: as `addressed` gave them.
        new_key: the key that was tried, where it is not kept yet.
        bases: ids.
    """
    name = settings.airtable.credential
    keys: Mapping[str, str] = keys_of(settings) if new_key is None else {name: new_key}
    meter = CallMeter()
    changes: dict[tuple[str, ...], Any] = {}
    refusal = ""
    try:
        with metered(meter):
            found = watched_bases(settings, Secret.from_environment(name, keys), bases)
        changes = {("airtable", "webhooks", base): webhook for base, webhook in found.items()}
    except SourceError as error:
        refusal = str(error)
    _remember("airtable", settings, meter.calls, refusal or "connected")
    return Watched(changes, meter.calls, refusal)


def finish(source: str, settings: Settings, tried: Tried, changes: Mapping[tuple[str, ...], Any]) -> list[Path]:
    """Keep the key if it is new, and write what was chosen; gives the files that say it.

    Raises:
        CredentialError: the key cannot be kept.
        SettingsFileError: the settings cannot be written.
        SeasonError: the season's file cannot be written.
    """
    if tried.new_key is not None:
        store, name = CredentialStore(settings.home), getattr(settings, source).credential
        store.set(name, tried.new_key, settings.clock())
        store.worked(name, store.read()[name].value)
    return write_choice(settings, changes)


def _remember(source: str, settings: Settings, calls: int, message: str) -> None:
    """Count the calls in the ledger, where there is one: a home's first ledger is made by its first run."""
    if not (settings.home / "ledger.sqlite").exists() or not calls:
        return
    ledger = open_ledger(settings)
    try:
        record_fetch(
            ledger, source=source, entity="connect", now=settings.clock(), outcome="unavailable", calls=calls,
            records=0, message=message,
        )  # fmt: skip
    finally:
        ledger.close()
