"""Reading a large Givebutter account over the API: calls, rows and calls per second, memory, and what a break costs.

The account is the invented campaign's 40,156 contacts, served by the simulator in a process of its own, at the pace the
client keeps with the real one. Figures of the machine, not of Givebutter's.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from multiprocessing.queues import Queue
from pathlib import Path

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import fetch_entity
from contact_pipeline.sandbox.campaign import invent
from contact_pipeline.sandbox.campaign.givebutter_api import api_contact
from contact_pipeline.sandbox.simulators import SimulatorOptions
from contact_pipeline.sandbox.simulators.data import SANDBOX_KEY
from contact_pipeline.sandbox.simulators.server import run_forever
from contact_pipeline.sources.budget import CallMeter, metered
from contact_pipeline.sources.entities import GIVEBUTTER_API_CONTACTS
from contact_pipeline.sources.errors import SourceUnavailable
from contact_pipeline.sources.givebutter import GivebutterClient, records_of
from contact_pipeline.sources.pages import Keep
from contact_pipeline.sources.secret import Secret

DAY = date(2026, 11, 20)
FREE = SimulatorOptions(givebutter_calls_per_minute=100_000)


def measure() -> dict[str, str]:
    """Every figure by name."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = _write_account(folder)
        with _served(folder) as address:
            return {**_listed(address, rows), **_resumed(address, folder), **_landed(address, folder)}


def _write_account(folder: Path) -> int:
    contacts = [api_contact(row) for row in invent(1, today=DAY).contacts]
    (folder / "api").mkdir()
    (folder / "api" / "contacts.json").write_text(json.dumps(contacts), encoding="utf-8")
    return len(contacts)


def _listed(address: str, rows: int) -> dict[str, str]:
    with GivebutterClient(address, Secret("KEY", SANDBOX_KEY)) as client:
        began = time.monotonic()
        found = sum(len(records_of(body)) for body in client.contacts().pages)
        seconds = time.monotonic() - began
        assert found == rows
        return {
            "contacts, calls": f"{found:,} in {client.calls:,} calls",
            "whole list": f"{seconds:.1f} s, {found / seconds:,.0f} rows/s, {client.calls / seconds:.0f} calls/s",
        }


def _resumed(address: str, folder: Path) -> dict[str, str]:
    """Break off at page 301 for want of calls, then go on."""
    secret, keep = Secret("KEY", SANDBOX_KEY), Keep(folder / "partial", lambda: datetime.now(UTC))
    with metered(CallMeter(300)), GivebutterClient(address, secret) as client, suppress(SourceUnavailable):
        client.contacts(keep=keep)
    with GivebutterClient(address, secret) as client:
        found = sum(len(records_of(body)) for body in client.contacts(keep=keep).pages)
        return {"going on after page 300": f"{client.calls} calls for the rest of {found:,} contacts"}


def _landed(address: str, folder: Path) -> dict[str, str]:
    """The same through landing: a whole reading, then a window in which nothing changed."""
    os.environ["GIVEBUTTER_API_KEY"] = SANDBOX_KEY
    settings = Settings(home=folder / "home", givebutter={"base_url": address, "contacts": True})
    began = time.monotonic()
    whole = fetch_entity(GIVEBUTTER_API_CONTACTS, settings, log=lambda _: None)
    seconds = time.monotonic() - began
    later = settings.model_copy(update={"now": settings.clock() + timedelta(hours=6)})
    window = fetch_entity(GIVEBUTTER_API_CONTACTS, later, log=lambda _: None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "into landing": f"{seconds:.1f} s, {whole.records:,} records in {whole.calls} calls",
        "quiet window": f"{window.calls} calls, new: {window.new}",
        "peak memory, campaign's invention included": f"{peak:,.0f} MiB",
    }


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    context = multiprocessing.get_context("spawn")
    addresses: Queue[str] = context.Queue()
    server = context.Process(target=_serve, args=(folder, addresses), daemon=True)
    server.start()
    try:
        yield addresses.get(timeout=60)
    finally:
        server.terminate()
        server.join()


def _serve(folder: Path, addresses: Queue[str]) -> None:
    run_forever(folder, 0, options=FREE, announce=lambda running: addresses.put(running.givebutter_url))
