"""Asking a platform over HTTP: politely, for a limited time, and without believing everything.

Retries, back-off, pacing, size and time limits and the plain meaning of status codes belong here, once for all
platforms. What a platform's own envelope means (an error inside a 200, a page that repeats) belongs to its module,
which hands in a `judge`. Only what is safe to repeat is sent: reads, and requests for a token.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from contact_pipeline.sources.budget import present_meter
from contact_pipeline.sources.errors import KeyNotAccepted, QuotaExhausted, SourceRefused, SourceUnavailable
from contact_pipeline.sources.hosts import checked_base_url
from contact_pipeline.sources.pace import Pace, Timekeeper
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sources.transport import TRANSPORT_FAILURES, Deadline, TimedTransport

logger = logging.getLogger(__name__)

PASSING_STATUSES = (408, 425, 429)
HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate", "User-Agent": "contact-pipeline"}
PACKINGS = ("", "identity", "gzip", "deflate")
"""What a body may be packed in: once, at most a thousandfold. Others unpack to anything before it can be stopped."""

ADVICE = {
    401: "the key was not accepted: check the one in {variable}, or make a new one in the account's settings.",
    402: "the account has to be paid or upgraded before it answers.",
    403: "the key in {variable} may not read this: use a key of the account that owns it.",
    404: "it does not exist there: check the id in the settings and the base address.",
    422: "the request was not accepted: the platform may have changed; see the changelog of this project.",
}

T = TypeVar("T")


@dataclass(frozen=True)
class Politeness:
    """How hard we try and how much we take.

    Attributes:
        attempts: tries per call before it counts as unavailable.
        deadline_seconds: longest one try may last, from connect to last byte.
        silence_seconds: longest wait for the next bytes within a try.
        max_bytes: largest body taken, after decompression.
        max_bytes_in_all: most bytes one client takes in its life, which is one reading.
        first_pause_seconds: pause before the second try; doubled each time, spread by chance.
        longest_pause_seconds: longest pause ever made within a reading.
        longest_closure_seconds: longest time a platform may ask us to stay away; whoever asks for more means nothing.
    """

    attempts: int = 6
    deadline_seconds: float = 60.0
    silence_seconds: float = 20.0
    max_bytes: int = 64 * 1024 * 1024
    max_bytes_in_all: int = 4 * 1024 * 1024 * 1024
    first_pause_seconds: float = 1.0
    longest_pause_seconds: float = 120.0
    longest_closure_seconds: float = 24 * 3600.0


class PassingFault(Exception):
    """One try failed in a way that another may not.

    Attributes:
        wait: seconds the server asked us to wait, or None when it did not say (or said something absurd).
    """

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass(frozen=True)
class Reply:
    """One whole answer: status, headers, and the body's bytes after decompression."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            PassingFault: it is something else (a cut body, an HTML page), or JSON nested beyond reason.
        """
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            kind = "an HTML page" if self.body.lstrip()[:1] == b"<" else f"{len(self.body)} bytes that are no JSON"
            raise PassingFault(f"answered {self.status} with {kind}") from error
        if not isinstance(value, dict):
            raise PassingFault(f"answered {self.status} with a JSON {type(value).__name__} in place of an object")
        return value


class PoliteHttp:
    """Reads from one platform. Not for several threads at once.

    Args:
        name: the platform, for messages.
        base_url: scheme, host and optional path; the only host ever asked. `https`, or `http` on loopback.
        key: the credential; its variable's name appears in messages, its value only in the header.
        authorise: turns the key into headers.
        pace: calls allowed per window.
        politeness: tries, time and size limits.
        time_keeper: clocks, waiting and chance.

    Attributes:
        calls: requests sent so far, retries included.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        key: Secret,
        authorise: Callable[[str], dict[str, str]],
        *,
        pace: Pace,
        politeness: Politeness | None = None,
        time_keeper: Timekeeper | None = None,
    ) -> None:
        self.name = name
        self.calls = 0
        self.politeness = politeness or Politeness()
        self.time_keeper = time_keeper or Timekeeper()
        self._key = key
        self._pace = pace
        self._meter = present_meter()
        self._bytes = 0
        self._deadline = Deadline()
        address = checked_base_url(name, base_url)
        self._client = httpx.Client(
            base_url=address,
            headers={**HEADERS, **authorise(key.reveal())},
            timeout=self.politeness.silence_seconds,
            follow_redirects=False,
            trust_env=False,
            transport=TimedTransport(self._deadline, secure=address.startswith("https")),
        )

    def get(self, path: str, params: Mapping[str, str | int], judge: Callable[[Reply], T]) -> T:
        """Ask for `path` until `judge` is content.

        Args:
            path: below the base address, beginning with `/`; it may appear in logs, so it holds ids only.
            params: the query.
            judge: turns a reply into what the caller wants, or raises `PassingFault` (asked again), `SourceRefused`
                or `QuotaExhausted` (not asked again). Status codes are its business too: see `expect_success`.

        Raises:
            SourceUnavailable: every try failed, the budget of calls is used up, or the answers grew beyond measure.
            QuotaExhausted: the platform asks to be left alone for longer than a reading may wait.
            SourceRefused: the platform will not answer this, ever.
        """
        return self._until_content(path, lambda: self._client.build_request("GET", path, params=dict(params)), judge)

    def post_form(
        self, path: str, form: Mapping[str, str], judge: Callable[[Reply], T], *, headers: Mapping[str, str]
    ) -> T:
        """Send a form until `judge` is content: only for what may be sent twice, such as a request for a token.

        Args:
            path: below the base address, beginning with `/`.
            form: the fields; they travel in the body.
            judge: as in `get`.
            headers: for this request alone, in place of those of the same name.

        Raises:
            SourceUnavailable: every try failed.
            SourceRefused: the platform will not answer this, ever.
        """
        own = dict(headers)
        return self._until_content(
            path, lambda: self._client.build_request("POST", path, data=dict(form), headers=own), judge
        )

    def carry(self, headers: Mapping[str, str]) -> None:
        """Send these headers with every call from now on: a fresh token in place of the old one."""
        self._client.headers.update(headers)

    def post_json(self, path: str, body: Mapping[str, Any], judge: Callable[[Reply], T]) -> T:
        """Send an object until `judge` is content: only for what may be sent twice.

        Args:
            path: below the base address, beginning with `/`.
            body: the object.
            judge: as in `get`.

        Raises:
            SourceUnavailable: every try failed.
            SourceRefused: the platform will not answer this, ever.
        """
        return self._until_content(path, lambda: self._client.build_request("POST", path, json=dict(body)), judge)

    def put_json(self, path: str, body: Mapping[str, Any], judge: Callable[[Reply], T]) -> T:
        """Put an object in place until `judge` is content; arguments and errors as of `post_json`."""
        return self._until_content(path, lambda: self._client.build_request("PUT", path, json=dict(body)), judge)

    def expect_success(self, reply: Reply, path: str) -> None:
        """Let a 200 pass and turn every other status into the right error.

        Raises:
            PassingFault: 429 (with the wait asked for), 5xx, 408, 425.
            KeyNotAccepted: 401.
            SourceRefused: any other 4xx, and every redirect.
        """
        self.judge_status(reply.status, path, reply.headers)

    def judge_status(self, status: int, path: str, headers: Mapping[str, str]) -> None:
        """The same for a status found elsewhere than in the status line (sources.md 3.3: an error inside a 200)."""
        if 200 <= status < 300:
            return
        if status in PASSING_STATUSES or status >= 500:
            wait = asked_wait(headers.get("retry-after"), self.time_keeper.now())
            raise PassingFault(f"answered {status}", wait)
        if 300 <= status < 400:
            raise SourceRefused(
                f"{self.name}: {path} redirects elsewhere, which is never followed: check the base address."
            )
        advice = ADVICE.get(status, "the platform does not accept this request.").format(variable=self._key.variable)
        message = f"{self.name}: {path} answered {status}: {advice}"
        raise KeyNotAccepted(message, self._key.variable) if status == 401 else SourceRefused(message)

    def pause(self, attempt: int, fault: PassingFault | None = None) -> None:
        """Wait before the next try: as long as asked, else 1, 2, 4 … seconds spread by chance; never too long.

        What asks for more than a day means nothing, and is answered with the longest pause.
        """
        own = self.politeness.first_pause_seconds * 2 ** (attempt - 1) * (0.5 + self.time_keeper.chance())
        wanted = own if fault is None or fault.wait is None else max(fault.wait, own / 10)
        seconds = min(wanted, self.politeness.longest_pause_seconds)
        logger.info("%s: %s; waiting %.1f s", self.name, fault or "rows moved while reading", seconds)
        self.time_keeper.sleep(seconds)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _until_content(self, path: str, request: Callable[[], httpx.Request], judge: Callable[[Reply], T]) -> T:
        """Ask until `judge` is content; every try builds its request anew, so that it carries the present headers."""
        reason: Exception | None = None
        for attempt in range(1, self.politeness.attempts + 1):
            try:
                return judge(self._ask_once(request()))
            except PassingFault as fault:
                reason = fault
                self._leave_alone(fault)
                if attempt < self.politeness.attempts:
                    self.pause(attempt, fault)
        raise SourceUnavailable(
            f"{self.name}: {path} gave no usable answer in {self.politeness.attempts} tries; the last one {reason}. "
            "Nothing was changed; the next run asks again."
        ) from reason

    def _leave_alone(self, fault: PassingFault) -> None:
        """End the reading where the platform asks for more patience than one has, and for no more than a day.

        Raises:
            QuotaExhausted: with the moment from which it may be asked again.
        """
        wait = fault.wait or 0.0
        if self.politeness.longest_pause_seconds < wait <= self.politeness.longest_closure_seconds:
            until = self.time_keeper.now() + timedelta(seconds=wait)
            raise QuotaExhausted(
                f"{self.name} asked to be left alone until {until:%Y-%m-%d %H:%M} UTC ({fault}). Nothing was changed "
                "and nothing is asked before; the first run after that goes on by itself.",
                until,
            ) from fault

    def _ask_once(self, request: httpx.Request) -> Reply:
        self._meter.count(self.name)
        self._pace.wait_turn(self.time_keeper)
        self._deadline.start(self.politeness.deadline_seconds)
        self.calls += 1
        try:
            response = self._client.send(request, stream=True)
            with closing(response):
                if response.headers.get("content-encoding", "").strip().lower() not in PACKINGS:
                    raise PassingFault("packed its answer in a way that was not asked for")
                return Reply(response.status_code, response.headers, self._body_of(response))
        except TRANSPORT_FAILURES as error:
            raise PassingFault(how_it_broke(error)) from error

    def _body_of(self, response: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            size += len(part)
            self._bytes += len(part)
            if size > self.politeness.max_bytes:
                raise PassingFault(f"sent more than {self.politeness.max_bytes:,} bytes")
            if self._bytes > self.politeness.max_bytes_in_all:
                raise SourceUnavailable(
                    f"{self.name}: the answers of one reading together passed {self.politeness.max_bytes_in_all:,} "
                    "bytes, so it was stopped. Nothing was changed; the next run asks again."
                )
            parts.append(part)
        return b"".join(parts)


def how_it_broke(error: Exception) -> str:
    """What went wrong below an HTTP answer, in words, with the failure's own name for whoever looks it up."""
    name = type(error).__name__
    if "Connect" in name:
        return f"found no connection ({name})"
    return f"took too long ({name})" if "Timeout" in name else f"broke off ({name})"


def asked_wait(retry_after: str | None, now: datetime) -> float | None:
    """Seconds a `Retry-After` header asks for: a number of seconds or an HTTP date; None when it is neither.

    Args:
        retry_after: the header's value, or None when it is absent.
        now: the current time, for the date form.
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 10 else float("inf")
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = (moment - now).total_seconds()
    return seconds if seconds > 0 else None
