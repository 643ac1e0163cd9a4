"""One socket conversation under one deadline.

httpx limits the wait for each read, so a server that sends one byte a second is never cut off (engineering-notes
"HTTP"). Here every connect, read and write of a call gets only what is left of that call's time, headers included.
Deciding what an answer means belongs to `http`, which hosts may be asked to `hosts`. Name lookup is the one step the
operating system does not let us cut.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

from contact_pipeline.sources.errors import SourceRefused
from contact_pipeline.sources.hosts import may_connect

TRANSPORT_FAILURES = (
    httpx.TransportError,
    httpx.DecodingError,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
)
"""Everything that can go wrong below an HTTP answer: all of it is worth another try."""


class Deadline:
    """What is left of one call's time, in seconds."""

    def __init__(self, stopwatch: Callable[[], float] = time.monotonic) -> None:
        self._stopwatch = stopwatch
        self._ends_at = float("inf")

    def start(self, seconds: float) -> None:
        """Begin a call that may last this long."""
        self._ends_at = self._stopwatch() + seconds

    def cap(self, timeout: float | None) -> float:
        """The shorter of `timeout` and what is left.

        Raises:
            httpcore.ReadTimeout: nothing is left.
        """
        left = self._ends_at - self._stopwatch()
        if left <= 0:
            raise httpcore.ReadTimeout("the call's time is used up")
        return left if timeout is None else min(timeout, left)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout=self._deadline.cap(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=self._deadline.cap(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, timeout=self._deadline.cap(timeout))
        return _TimedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _TimedBackend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._inner = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        error: Exception = httpcore.ConnectError("the name has no address")
        for address in addresses_of(host, port):
            limit = self._deadline.cap(timeout)
            try:
                inner = self._inner.connect_tcp(address, port, limit, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                error = failure
            else:
                return _TimedStream(inner, self._deadline)
        raise error


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses of a host, in the order the system gives them; connecting goes to these and looks up nothing again.

    Raises:
        httpcore.ConnectError: the name has none.
        SourceRefused: one of them lies in a private network, though the host is named as one of the open internet.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("the name cannot be looked up") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not all(may_connect(host, address) for address in addresses):
        raise SourceRefused(
            f"The name {host} leads into a private network, so nothing was sent there: check the address in the "
            "settings and the name server of this machine."
        )
    return addresses


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class TimedTransport(httpx.BaseTransport):
    """An httpx transport over one kept-alive connection, all of whose waiting obeys `deadline`.

    Proxies from the environment are not used: a key never passes through a host that nobody named.

    Args:
        deadline: started by the caller before each request.
        secure: whether certificates will be needed; loading them takes tens of milliseconds.
    """

    def __init__(self, deadline: Deadline, *, secure: bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context() if secure else None,
            max_connections=1,
            keepalive_expiry=30.0,
            network_backend=_TimedBackend(deadline),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the answer's body is read as the caller iterates."""
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                target,
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()
