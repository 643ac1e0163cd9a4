"""Running the simulators: one server on loopback, each platform below a path of its own.

Putting the parts together, starting and stopping belong here.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from contact_pipeline.sandbox.simulators.admin import admin_routes
from contact_pipeline.sandbox.simulators.airtable import AirtableManner, AirtableSimulator
from contact_pipeline.sandbox.simulators.airtable_tables import Account
from contact_pipeline.sandbox.simulators.contactics import ContacticsManner, ContacticsSimulator
from contact_pipeline.sandbox.simulators.data import SANDBOX_KEY, SimulatorData, keep_contacts
from contact_pipeline.sandbox.simulators.faults import FaultBoard
from contact_pipeline.sandbox.simulators.givebutter import GivebutterSimulator
from contact_pipeline.sandbox.simulators.givebutter_contacts import ContactBook
from contact_pipeline.sandbox.simulators.givebutter_import import ImportManner
from contact_pipeline.sandbox.simulators.jotform import JotformSimulator, QuotaManner
from contact_pipeline.sandbox.simulators.journal import Journal
from contact_pipeline.sandbox.simulators.limits import CallWindow, DailyCalls
from contact_pipeline.sandbox.simulators.listomatic import ListomaticSimulator
from contact_pipeline.sandbox.simulators.listomatic_people import PeopleBook
from contact_pipeline.sandbox.simulators.wire import Surroundings, Transports, Wire, protocol_noting

LOOPBACK = ("127.0.0.1", "localhost", "::1")
START_SECONDS = 10.0
TICK_SECONDS = 0.02


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class SimulatorOptions:
    """How the accounts behave.

    Attributes:
        key: the only key accepted, by all of them (Contactics: the client's secret).
        givebutter_calls_per_minute: the rate limit.
        jotform_calls_per_day: the quota.
        jotform_quota_status: how exhaustion is told: 429, 403, or 200 with the refusal inside.
        native_scalars: False makes Givebutter send numbers and truth values as text.
        writable_fields: whether Givebutter's API writes custom fields; the real one's answer is unknown.
        importing: what is unknown of Givebutter's CSV import.
        updated_after_edge: whether `updatedAfter` gives what changed at that very second too; the real one is unknown.
        household_array: whether households come as a bare array, as the spec says; else in the envelope of the others.
        listomatic_calls_per_minute: the rate limit.
        contactics_calls_per_second: the rate limit.
        contactics_token_seconds: how long a token holds.
        contactics_hiccup_every: every so many-th call is answered 503; 0 is never.
        airtable_calls_per_second: the rate limit of each base.
        airtable_calls_per_month: what the plan holds; None is no limit.
        airtable_cursor_seconds: how long a list's cursor outlives its last use.
        airtable_bases_per_page: of the list of bases.
        now: wall clock, UTC.
        monotonic: seconds; the rate limit and the journal use it.
    """

    key: str = SANDBOX_KEY
    givebutter_calls_per_minute: int = 500
    jotform_calls_per_day: int = 10_000
    jotform_quota_status: int = 429
    native_scalars: bool = True
    writable_fields: bool = True
    importing: ImportManner = field(default_factory=ImportManner)
    updated_after_edge: bool = True
    household_array: bool = True
    listomatic_calls_per_minute: int = 120
    contactics_calls_per_second: int = 10
    contactics_token_seconds: float = 3600.0
    contactics_hiccup_every: int = 0
    airtable_calls_per_second: int = 5
    airtable_calls_per_month: int | None = None
    airtable_cursor_seconds: float = 300.0
    airtable_bases_per_page: int = 1_000
    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic


@dataclass
class RunningSimulators:
    """A server that answers, and everything a test steers.

    Attributes:
        url: the server's address; `/_simulator` below it is for steering.
        key: the key all accounts accept.
        givebutter: the Givebutter account (`members`, `contacts`).
        jotform: the Jotform account (`forms`).
        listomatic: the Listomatic account (`people`).
        contactics: the Contactics account (`contacts`).
        airtable: the Airtable account (`account`).
        faults: what shall go wrong.
        journal: what was asked, and when.
        folder: the sandbox folder it was read from, if any: what is written to Givebutter's contacts is kept there.
    """

    url: str
    key: str
    givebutter: GivebutterSimulator
    jotform: JotformSimulator
    listomatic: ListomaticSimulator
    contactics: ContacticsSimulator
    airtable: AirtableSimulator
    faults: FaultBoard = field(default_factory=FaultBoard)
    journal: Journal = field(default_factory=Journal)
    folder: Path | None = None

    def keep(self) -> None:
        """Write Givebutter's contacts back into the folder, if anything changed them."""
        if self.folder is not None and self.givebutter.contacts.changes:
            keep_contacts(self.folder, self.givebutter.contacts.rows, self.givebutter.households)

    @property
    def givebutter_url(self) -> str:
        """Base address for a Givebutter client."""
        return f"{self.url}/givebutter"

    @property
    def jotform_url(self) -> str:
        """Base address for a Jotform client."""
        return f"{self.url}/jotform"

    @property
    def listomatic_url(self) -> str:
        """Base address for a Listomatic client."""
        return f"{self.url}/listomatic"

    @property
    def contactics_url(self) -> str:
        """Base address for a Contactics client."""
        return f"{self.url}/contactics"

    @property
    def airtable_url(self) -> str:
        """Base address for an Airtable client (the `endpoint_url` of pyairtable)."""
        return f"{self.url}/airtable"


class _QuickServer(uvicorn.Server):
    """A uvicorn server that stops within hundredths of a second, sleeping faults included: tests start many."""

    def __init__(self, config: uvicorn.Config, closing: asyncio.Event) -> None:
        super().__init__(config)
        self._closing = closing

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            await asyncio.sleep(TICK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._closing.set()
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(TICK_SECONDS)
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)


@contextmanager
def serve(
    source: SimulatorData | Path, host: str = "127.0.0.1", port: int = 0, *, options: SimulatorOptions | None = None
) -> Iterator[RunningSimulators]:
    """All platforms as one real HTTP server in a thread, until the block ends.

    Args:
        source: the accounts' records, or a sandbox folder (see `SimulatorData.from_folder`).
        host: a loopback address.
        port: 0 takes any free one.
        options: how the accounts behave.

    Raises:
        ValueError: the host is not on loopback.
        OSError: the port is taken; the message says what to do.
    """
    with _listening(host, port) as listener:
        running, server = _assembled(source, listener, options or SimulatorOptions())
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="simulators", daemon=True)
        thread.start()
        _wait_until_started(server, thread)
        try:
            yield running
        finally:
            server.should_exit = True
            thread.join()
            running.keep()


def run_forever(
    folder: Path,
    port: int,
    host: str = "127.0.0.1",
    *,
    options: SimulatorOptions | None = None,
    announce: Callable[[RunningSimulators], None] = lambda running: None,
) -> None:
    """Serve a sandbox folder until interrupted; returns after SIGINT, SIGTERM then ends the process as it would.

    Args:
        folder: see `SimulatorData.from_folder`.
        port: 0 takes any free one.
        host: a loopback address.
        options: how the accounts behave.
        announce: called once the socket listens, for example to print the addresses.

    Raises:
        ValueError: the host is not on loopback.
        OSError: the port is taken, or the folder holds no sandbox.
    """
    with _listening(host, port) as listener:
        running, server = _assembled(folder, listener, options or SimulatorOptions())
        announce(running)
        with suppress(KeyboardInterrupt):  # uvicorn stops on the signal, then raises it again
            server.run(sockets=[listener])
        running.keep()


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    if host not in LOOPBACK:
        raise ValueError(f"the simulators only listen on loopback, not on {host}: use 127.0.0.1")
    family = socket.AF_INET6 if host == "::1" else socket.AF_INET
    # The protocol is named because asyncio only switches Nagle's delay (40 ms an answer) off where it is.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise OSError(error.errno, f"port {port} on {host} cannot be used: choose another, or 0 for any") from error
        listener.listen(128)
        yield listener


def _assembled(
    source: SimulatorData | Path, listener: socket.socket, options: SimulatorOptions
) -> tuple[RunningSimulators, _QuickServer]:
    data = SimulatorData.from_folder(source) if isinstance(source, Path) else source
    window = CallWindow(options.givebutter_calls_per_minute, 60.0, options.monotonic)
    book = ContactBook(
        data.contacts,
        options.now,
        edge=options.updated_after_edge,
        fields=data.custom_fields,
        writable_fields=options.writable_fields,
    )
    calls = DailyCalls(options.jotform_calls_per_day, options.now)
    host, port = listener.getsockname()[:2]
    running = RunningSimulators(
        url=f"http://{f'[{host}]' if ':' in host else host}:{port}",
        key=options.key,
        givebutter=GivebutterSimulator(
            data, options.key, window, book, native_scalars=options.native_scalars, bare_array=options.household_array
        ),
        jotform=JotformSimulator(data, options.key, calls, QuotaManner(options.jotform_quota_status)),
        listomatic=_listomatic(data, options),
        contactics=_contactics(data, options),
        airtable=_airtable(data, options),
        folder=source if isinstance(source, Path) else None,
    )
    return running, _server(running, options)


def _listomatic(data: SimulatorData, options: SimulatorOptions) -> ListomaticSimulator:
    window = CallWindow(options.listomatic_calls_per_minute, 60.0, options.monotonic)
    return ListomaticSimulator(PeopleBook(data.listomatic_people, options.now), options.key, window)


def _contactics(data: SimulatorData, options: SimulatorOptions) -> ContacticsSimulator:
    window = CallWindow(options.contactics_calls_per_second, 1.0, options.monotonic)
    manner = ContacticsManner(options.key, options.contactics_token_seconds, options.contactics_hiccup_every)
    return ContacticsSimulator(data.contactics_contacts, manner, window, options.now, options.monotonic)


def _airtable(data: SimulatorData, options: SimulatorOptions) -> AirtableSimulator:
    manner = AirtableManner(
        key=options.key,
        calls_per_second=options.airtable_calls_per_second,
        calls_per_month=options.airtable_calls_per_month,
        cursor_seconds=options.airtable_cursor_seconds,
        bases_per_page=options.airtable_bases_per_page,
        monotonic=options.monotonic,
    )
    return AirtableSimulator(Account(data.airtable_bases, options.now), manner)


def _server(running: RunningSimulators, options: SimulatorOptions) -> _QuickServer:
    transports: Transports = {}
    closing = asyncio.Event()
    around = Surroundings(running.faults, running.journal, options.monotonic, options.now, transports, closing)
    app = Starlette(
        routes=[
            Mount("/givebutter", Wire(running.givebutter.app, "givebutter", running.givebutter.voice, around)),
            Mount("/jotform", Wire(running.jotform.app, "jotform", running.jotform.voice, around)),
            Mount("/listomatic", Wire(running.listomatic.app, "listomatic", running.listomatic.voice, around)),
            Mount("/contactics", Wire(running.contactics.app, "contactics", running.contactics.voice, around)),
            Mount("/airtable", Wire(running.airtable.app, "airtable", running.airtable.voice, around)),
            Mount("/_simulator", routes=admin_routes(running, options.importing)),
        ]
    )
    config = uvicorn.Config(
        app,
        http=protocol_noting(transports),
        loop="asyncio",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="critical",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    return _QuickServer(config, closing)


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    ends_at = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > ends_at:
            raise RuntimeError("the simulators did not start")
        time.sleep(0.002)
