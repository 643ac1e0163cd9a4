"""What was asked of the simulators, and when: so a test can measure a client's rate from the server's side.

Noting requests belongs here. Refusing the too many belongs to `limits`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Request:
    """One request as it arrived.

    Attributes:
        platform: `givebutter`, `jotform`, `listomatic`, `contactics` or `airtable`.
        method: GET, POST, …
        path: without the query and without the platform's prefix.
        query: as sent.
        seconds: when, on the simulator's monotonic clock.
        status: the status sent, or 0 when a fault left none.
        fault: name of the fault that hit it, or empty.
        is_list: whether it asked for a page of a list; faults of pages hit only those.
    """

    platform: str
    method: str
    path: str
    query: str
    seconds: float
    status: int
    fault: str
    is_list: bool = False


class Journal:
    """All requests in order of arrival. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Request] = []

    def note(self, request: Request) -> int:
        """Add one request; returns its number, for `answered`."""
        with self._lock:
            self._requests.append(request)
            return len(self._requests) - 1

    def answered(self, number: int, status: int) -> None:
        """Add the status that was sent for a request, unless the journal was cleared meanwhile."""
        with self._lock:
            if number < len(self._requests):
                self._requests[number] = replace(self._requests[number], status=status)

    def requests(self, platform: str = "") -> list[Request]:
        """Those of one platform, or all."""
        with self._lock:
            return [request for request in self._requests if platform in ("", request.platform)]

    def busiest(self, platform: str, seconds: float) -> int:
        """The most requests that arrived within any window of that many (more than 0) seconds."""
        times = sorted(request.seconds for request in self.requests(platform))
        first, most = 0, 0
        for last, arrived in enumerate(times):
            while arrived - times[first] >= seconds:
                first += 1
            most = max(most, last - first + 1)
        return most

    def clear(self) -> None:
        """Forget everything so far."""
        with self._lock:
            self._requests.clear()
