"""Between a platform's application and the socket: notes every request and makes the wire misbehave when told to.

Faults of answers and connections belong here. Faults of pages are only passed on: the platform's application finds
their name in `scope["simulator_fault"]`.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Protocol

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from contact_pipeline.sandbox.simulators.faults import ANSWER_FAULTS, WIRE_FAULTS, Fault, FaultBoard
from contact_pipeline.sandbox.simulators.journal import Journal, Request

Transports = MutableMapping[Any, asyncio.Transport]

ELSEWHERE = "https://elsewhere.example.org/"
MAINTENANCE = "<!doctype html><html><title>Down for maintenance</title><body><h1>Back soon</h1></body></html>"
HUGE_BODY_BYTES = 1 << 30


class Voice(Protocol):
    """How a platform words its refusals."""

    lists: tuple[str, ...]
    """Endings of the paths that are lists."""

    def refusal(self, status: int) -> dict[str, Any]:
        """The body that goes with a status."""

    def inner_error(self, status: int) -> dict[str, Any]:
        """The body of an error sent with status 200."""

    def quota_refusal(self, status: int) -> dict[str, Any]:
        """The body that says that today's calls are used up."""


@dataclass
class Surroundings:
    """What all platforms of one server share.

    Attributes:
        faults: what shall go wrong.
        journal: what was asked.
        monotonic: seconds, for the journal.
        now: wall clock, UTC.
        transports: the socket transport of every open connection, by the client's address.
        closing: set when the server shuts down, so that nothing sleeps on.
    """

    faults: FaultBoard
    journal: Journal
    monotonic: Callable[[], float]
    now: Callable[[], datetime]
    transports: Transports
    closing: asyncio.Event


def protocol_noting(transports: Transports) -> type[H11Protocol]:
    """The HTTP protocol of uvicorn that also keeps each connection's transport where faults can reach it."""

    class NotingProtocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            transports[self.client] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            transports.pop(self.client, None)
            super().connection_lost(exc)

    return NotingProtocol


class Wire:
    """ASGI application around one platform's application."""

    def __init__(self, app: ASGIApp, platform: str, voice: Voice, surroundings: Surroundings) -> None:
        self._app = app
        self._platform = platform
        self._voice = voice
        self._around = surroundings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the request, then answer it as the platform would, or as the due fault says."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        is_list = scope["method"] == "GET" and path.rstrip("/").endswith(self._voice.lists)
        fault = self._around.faults.take(self._platform, path, is_list)
        query = scope["query_string"].decode("ascii", "replace")
        name = fault.name if fault else ""
        arrived = Request(self._platform, scope["method"], path, query, self._around.monotonic(), 0, name, is_list)
        number = self._around.journal.note(arrived)

        async def noting_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._around.journal.answered(number, message["status"])
            await send(message)

        await self._answer(fault, scope, receive, noting_send)

    async def _answer(self, fault: Fault | None, scope: Scope, receive: Receive, send: Send) -> None:
        if fault is not None and fault.name in ANSWER_FAULTS:
            await self._refusal(fault)(scope, receive, send)
        elif fault is not None and fault.name in WIRE_FAULTS:
            await self._misbehave(fault, scope, receive)
        else:
            await self._app({**scope, "simulator_fault": fault.name if fault else ""}, receive, send)

    def _refusal(self, fault: Fault) -> Response:
        name, voice = fault.name, self._voice
        if name.startswith("too_many"):
            return JSONResponse(voice.refusal(429), 429, headers=self._retry_after(fault))
        if name.startswith("quota_"):
            status = int(name.removeprefix("quota_"))
            return JSONResponse(voice.quota_refusal(429 if status == 200 else status), status)
        if name == "redirect":
            return RedirectResponse(fault.value or ELSEWHERE, 302)
        if name == "html":
            return HTMLResponse(MAINTENANCE)
        if name == "not_an_object":
            return JSONResponse([])
        if name == "error_in_200":
            return JSONResponse(voice.inner_error(int(fault.value or 500)))
        status = {"expired_key": 401, "billing": 402, "forbidden": 403}.get(name) or int(fault.value or 503)
        return JSONResponse(voice.refusal(status), status)

    def _retry_after(self, fault: Fault) -> dict[str, str]:
        if fault.name == "too_many_bare":
            return {}
        if fault.name == "too_many_date":
            moment = self._around.now() + timedelta(seconds=float(fault.value or 3))
            return {"Retry-After": format_datetime(moment, usegmt=True)}
        return {"Retry-After": fault.value or ("2" if fault.name == "too_many" else "99999999999")}

    async def _misbehave(self, fault: Fault, scope: Scope, receive: Receive) -> None:
        transport = self._around.transports[scope["client"]]
        if fault.name == "stall":
            await self._wait(receive, None)
        elif fault.name in ("reset", "reset_after"):
            if fault.name == "reset_after":
                await self._handled(scope, receive)
            _reset(transport)
        elif fault.name == "huge":
            await self._write_slowly(transport, _head(200, HUGE_BODY_BYTES) + b'{"data": "', b" " * 65536, 0.0, receive)
        else:
            await self._send_badly(fault, transport, scope, receive)
        transport.abort() if fault.name in ("stall", "huge") else transport.close()
        await _until_lost(receive)

    async def _send_badly(self, fault: Fault, transport: asyncio.Transport, scope: Scope, receive: Receive) -> None:
        status, body = await self._handled(scope, receive)
        half = body[: len(body) // 2]
        if fault.name == "cut":
            transport.write(_head(status, len(body)) + half)
        elif fault.name == "cut_unmarked":
            transport.write(_head(status, None) + half)
        else:
            head, slow = (
                (b"", _head(status, len(body))) if fault.name == "drip_headers" else (_head(status, len(body)), body)
            )
            await self._drip(transport, head, slow, float(fault.value or 0.1), receive)

    async def _drip(
        self, transport: asyncio.Transport, head: bytes, slow: bytes, interval: float, receive: Receive
    ) -> None:
        transport.write(head)
        for position in range(len(slow)):
            if await self._wait(receive, interval):
                return
            transport.write(slow[position : position + 1])

    async def _write_slowly(
        self, transport: asyncio.Transport, head: bytes, block: bytes, interval: float, receive: Receive
    ) -> None:
        transport.write(head)
        for _ in range(HUGE_BODY_BYTES // len(block)):
            while transport.get_write_buffer_size() > 8 * len(block):
                if await self._wait(receive, 0.002):
                    return
            if transport.is_closing():
                return
            transport.write(block)

    async def _handled(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        """What the application would have sent: status and body."""
        statuses, parts = [500], [b""]

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            else:
                parts.append(message.get("body", b""))

        await self._app({**scope, "simulator_fault": ""}, receive, keep)
        return statuses[-1], b"".join(parts)

    async def _wait(self, receive: Receive, seconds: float | None) -> bool:
        """Wait; True when the client went away or the server is closing."""
        tasks = [asyncio.ensure_future(_until_lost(receive)), asyncio.ensure_future(self._around.closing.wait())]
        done, waiting = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        return bool(done)


async def _until_lost(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _head(status: int, length: int | None) -> bytes:
    lines = [f"HTTP/1.1 {status} OK", "Content-Type: application/json", "Connection: close"]
    lines += [] if length is None else [f"Content-Length: {length}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _reset(transport: asyncio.Transport) -> None:
    """Close with RST in place of FIN: what a crashed peer or a firewall does."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
