"""Tiny accounts and a clock that costs nothing, for tests of the clients."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contact_pipeline.sandbox.simulators import Fault, Form, RunningSimulators, SimulatorData, SimulatorOptions, serve
from contact_pipeline.sandbox.simulators.contactics import CLIENT_ID
from contact_pipeline.sources.contactics import ContacticsClient
from contact_pipeline.sources.givebutter import GivebutterClient
from contact_pipeline.sources.http import Politeness
from contact_pipeline.sources.jotform import JotformClient
from contact_pipeline.sources.listomatic import ListomaticClient
from contact_pipeline.sources.pace import Timekeeper
from contact_pipeline.sources.secret import Secret

CAMPAIGN = "412345"
FORM = "251330000000345"
KEY = "sandbox-key"
PATIENT = Politeness(attempts=4, max_bytes=4_000_000)
HASTY = Politeness(attempts=3, deadline_seconds=0.4, silence_seconds=0.2, max_bytes=4_000_000)
"""Limits so short that a fault which has to be waited for costs a fraction of a second."""

WAITED_FOR = ("stall", "drip", "drip_headers")


def limits_for(fault: Fault) -> Politeness:
    return HASTY if fault.name in WAITED_FOR else PATIENT


class FakeClock:
    """Time that passes only while somebody sleeps."""

    def __init__(self, start: datetime = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)) -> None:
        self._start = start
        self._seconds = 0.0
        self._turned_back_at = 0.0
        self._lock = threading.Lock()
        self.naps: list[float] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._seconds - self._turned_back_at)

    def turn_back(self) -> None:
        """Show the first hour again; what only measures how much time passed sees an hour more."""
        with self._lock:
            self._seconds += 3_600.0
            self._turned_back_at = self._seconds

    def monotonic(self) -> float:
        return self._seconds

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.naps.append(seconds)
            self._seconds += seconds

    def time_keeper(self) -> Timekeeper:
        return Timekeeper(self.now, self.monotonic, self.sleep, lambda: 0.5)


@dataclass
class World:
    """Running simulators and one client of each, all on one fake clock."""

    simulators: RunningSimulators
    givebutter: GivebutterClient
    jotform: JotformClient
    listomatic: ListomaticClient
    contactics: ContacticsClient
    clock: FakeClock


@contextmanager
def world(
    data: SimulatorData, *, politeness: Politeness = PATIENT, key: str = KEY, options: SimulatorOptions | None = None
) -> Iterator[World]:
    clock = FakeClock()
    keeper = clock.time_keeper()
    options = replace(options or SimulatorOptions(), now=clock.now, monotonic=clock.monotonic)
    with (
        serve(data, options=options) as running,
        GivebutterClient(
            running.givebutter_url, Secret("GIVEBUTTER_API_KEY", key), politeness=politeness, time_keeper=keeper
        ) as givebutter,
        JotformClient(
            running.jotform_url, Secret("JOTFORM_API_KEY", key), politeness=politeness, time_keeper=keeper
        ) as jotform,
        ListomaticClient(
            running.listomatic_url, Secret("LISTOMATIC_API_KEY", key), politeness=politeness, time_keeper=keeper
        ) as listomatic,
        ContacticsClient(
            running.contactics_url,
            CLIENT_ID,
            Secret("CONTACTICS_CLIENT_SECRET", key),
            politeness=politeness,
            time_keeper=keeper,
        ) as contactics,
    ):
        yield World(running, givebutter, jotform, listomatic, contactics, clock)


def members(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": 70_000 + number, "first_name": f"Member{number}", "last_name": "Quintero",
            "email": f"member{number}@example.org", "phone": None, "display_name": f"Member{number} Q.",
            "picture": None, "raised": number * 5, "goal": 1000, "donors": 1, "items": 0,
            "url": f"https://givebutter.example.org/m/{number}", "created_at": "2026-02-11T15:04:05+00:00",
            "updated_at": "2026-05-02T18:22:10+00:00",
        }
        for number in range(count)
    ]  # fmt: skip


def contacts(count: int) -> list[dict[str, Any]]:
    start = datetime(2024, 2, 11, tzinfo=UTC)
    return [
        {
            "id": 48_000_000 + number, "type": "individual", "first_name": f"Person{number}", "last_name": "Bell",
            "emails": [{"type": "personal", "value": f"person{number}@example.org"}], "phones": [], "tags": [],
            "primary_email": f"person{number}@example.org", "stats": {"total_contributions": number},
            "archived_at": None, "created_at": (start + timedelta(minutes=number)).isoformat(),
            "updated_at": (start + timedelta(days=number)).isoformat(),
        }
        for number in range(count)
    ]  # fmt: skip


def campaigns(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": 412_400 + number, "code": f"C{number:03d}", "type": "fundraise", "title": f"Campaign {number}",
            "status": "active", "goal": 1000, "raised": number, "donors": number, "currency": "USD",
            "created_at": "2026-01-05T15:00:00+00:00", "updated_at": "2026-01-05T15:00:00+00:00",
        }
        for number in range(count)
    ]  # fmt: skip


def households(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": 700_000 + number, "name": f"Household {number}", "head_contact_id": 48_000_000 + number,
            "account_id": 5120, "envelope_name": None, "note": None, "created_at": "2024-02-11T15:04:05+00:00",
            "updated_at": "2024-02-11T15:04:05+00:00", "contacts": contacts(number + 1)[-1:],
        }
        for number in range(count)
    ]  # fmt: skip


def submissions(count: int, form: str = FORM) -> list[dict[str, Any]]:
    start = datetime(2026, 2, 1, 8, 0)  # noqa: DTZ001 (a wall clock, as Jotform writes it)
    return [
        {
            "id": str(6_110_982_336_411_700_000 + number), "form_id": form, "ip": "203.0.113.9",
            "created_at": str(start + timedelta(minutes=number)), "updated_at": None, "status": "ACTIVE", "new": "1",
            "flag": "0", "notes": "",
            "answers": {
                "4": {"name": "email", "order": "3", "text": "E-mail", "type": "control_email",
                      "answer": f"mentor{number}@example.org"},
                "9": {"name": "comments", "order": "8", "text": "Comments", "type": "control_textarea"},
            },
        }
        for number in range(count)
    ]  # fmt: skip


def listomatic_people(count: int) -> list[dict[str, Any]]:
    """In threes of one time of change, so that equal times stand on both sides of a page's edge."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        {
            "id": f"lm_{number:012d}", "external_ref": None, "full_name": f"Bell, Person{number}",
            "email_address": f"person{number}@example.org", "primary_phone": None, "segments": ["active-90d"],
            "engagement_score": number % 101, "created_at": "2025-11-03T14:00:00Z",
            "list_membership": [{"list_id": "l_12", "list_name": "Weekly", "status": "subscribed",
                                 "joined_at": "2025-11-03T14:00:00Z"}],
            "updated_at": f"{start + timedelta(hours=number // 3):%Y-%m-%dT%H:%M:%SZ}", "deleted_at": None,
        }
        for number in range(count)
    ]  # fmt: skip


def contactics_contacts(count: int) -> list[dict[str, Any]]:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        {
            "id": 50_000 + number, "first_name": f"Person{number}", "last_name": "Bell",
            "primary_email": f"person{number}@example.org", "mobile_phone": None, "landline_phone": None,
            "interaction_count": 1, "last_interaction_type": "event", "contact_preference": "email",
            "activity_timeline": [{"at": "2026-04-28T18:00:00-04:00", "type": "event", "channel": "in_person",
                                   "summary": "Checked in: spring fair"}],
            "modified": int((start + timedelta(hours=number)).timestamp() * 1000),
        }
        for number in range(count)
    ]  # fmt: skip


def account(*, member_count: int = 0, contact_count: int = 0, submission_count: int = 0) -> SimulatorData:
    return SimulatorData(
        members=members(member_count),
        contacts=contacts(contact_count),
        forms=[Form(FORM, "Mentor sign-up", submissions(submission_count))],
    )


@contextmanager
def raw_server(*answers: bytes) -> Iterator[str]:
    """A socket that answers each connection with the next of these bytes, whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            for payload in answers:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(payload)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


def http_answer(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Connection: close", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
