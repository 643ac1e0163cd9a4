"""Everything that can go wrong on purpose, by name, and when it is due.

The list of faults and the counting of requests belong here. Making the wire misbehave belongs to `wire`, making pages
misbehave to the platform modules.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

ANSWER_FAULTS = {
    "too_many": "429 with Retry-After in seconds (value: the seconds, default 2)",
    "too_many_date": "429 with Retry-After as an HTTP date (value: seconds from now, default 3)",
    "too_many_bare": "429 without Retry-After",
    "too_many_absurd": "429 with a Retry-After nobody can mean (value: the text, default 99999999999)",
    "server_error": "a 5xx answer (value: the status, default 503)",
    "expired_key": "401, as if the key had been revoked",
    "forbidden": "403",
    "billing": "402",
    "redirect": "302 to another host (value: the address)",
    "html": "200 with an HTML page",
    "not_an_object": "200 with a JSON list in place of the envelope",
    "error_in_200": "200 with an error in the body (value: Jotform's responseCode, default 500)",
    "quota_429": "Jotform: today's calls are used up, Airtable: this month's, told by status 429",
    "quota_403": "Jotform: today's calls are used up, told by status 403",
    "quota_200": "Jotform: today's calls are used up, told inside a 200",
}
WIRE_FAULTS = {
    "reset": "connection reset before the request is handled",
    "reset_after": "the request is handled, then the connection is reset without an answer",
    "stall": "the connection stays open and nothing is sent",
    "drip": "headers at once, then one byte at a time (value: seconds between bytes, default 0.1)",
    "drip_headers": "the status line one byte at a time (value: seconds between bytes, default 0.1)",
    "cut": "half of the promised body, then the connection closes",
    "cut_unmarked": "half of the body without Content-Length: a 200 that looks complete",
    "huge": "a body without end",
}
PAGE_FAULTS = {
    "repeated_page": "the page before the one asked for, numbers included",
    "looping_page": "the first page's rows under the right page number",
    "missing_page": "no rows, and no further page",
    "missing_row": "one row left out, numbers unchanged",
    "row_inserted": "a new row at the front, just before the page is read",
    "row_deleted": "the first row goes, just before the page is read",
    "row_moved": "the last row becomes the first, just before the page is read",
    "stale_cursor": "Listomatic: 410, Airtable: 422, as if the cursor had expired",
    "field_renamed": "Airtable: somebody renames the table's first field, just before the page is read",
    "wrong_offset": "Jotform: a resultSet.offset that is not the one asked for",
    "empty_answers": "Jotform: answers is [] in every row of the page",
}
FAULTS = {**ANSWER_FAULTS, **WIRE_FAULTS, **PAGE_FAULTS}
"""Every fault with what it does."""


@dataclass(frozen=True)
class Fault:
    """One thing that shall go wrong.

    Attributes:
        name: one of `FAULTS`.
        count: how many requests it hits; 0 means all from then on.
        after: how many matching requests pass unharmed first.
        platform: `givebutter`, `jotform`, `listomatic`, `contactics`, `airtable`, or empty for any.
        path: only requests whose path contains this.
        value: what the fault's description says about it.
    """

    name: str
    count: int = 1
    after: int = 0
    platform: str = ""
    path: str = ""
    value: str = ""

    def __post_init__(self) -> None:
        if self.name not in FAULTS:
            raise ValueError(f"no fault is called {self.name!r}; there are {', '.join(FAULTS)}")
        if self.count < 0 or self.after < 0:
            raise ValueError("count and after are 0 or more")

    def matches(self, platform: str, path: str, is_list: bool) -> bool:
        """Whether a request is one this fault counts; faults of pages only count lists."""
        fits = self.platform in ("", platform) and self.path in path
        return fits and (is_list or self.name not in PAGE_FAULTS)


class FaultBoard:
    """The faults that are set, and how far each has come. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[tuple[Fault, list[int]]] = []

    def set(self, *faults: Fault) -> None:
        """Put these faults in place of all earlier ones; their counting begins now."""
        with self._lock:
            self._faults = [(fault, [0]) for fault in faults]

    def add(self, fault: Fault) -> None:
        """One more fault; the others keep their counts."""
        with self._lock:
            self._faults.append((fault, [0]))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.set()

    def listed(self) -> list[Fault]:
        """The faults that are set."""
        with self._lock:
            return [fault for fault, _ in self._faults]

    def take(self, platform: str, path: str, is_list: bool) -> Fault | None:
        """The fault that hits this request, if any; every matching fault counts it."""
        due: Fault | None = None
        with self._lock:
            for fault, seen in self._faults:
                if fault.matches(platform, path, is_list):
                    seen[0] += 1
                    hit = seen[0] > fault.after and (fault.count == 0 or seen[0] <= fault.after + fault.count)
                    due = fault if hit and due is None else due
        return due
