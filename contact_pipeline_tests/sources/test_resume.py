"""Promises about readings that break off: they go on where they stopped, and what they give is still the whole list."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from contact_pipeline.sandbox.simulators import Fault
from contact_pipeline.sources.errors import SourceUnavailable
from contact_pipeline.sources.givebutter import records_of
from contact_pipeline.sources.pages import KEPT_FOR, Keep, PageSpool, Shifted, whole_pass
from contact_pipeline.sources.window import OVERLAP, next_cursor
from contact_pipeline_tests.sources.helpers import KEY, PATIENT, World, account, world

NOW = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
PAGES = 8


@pytest.fixture
def place() -> Iterator[World]:
    """An account of eight pages of contacts."""
    with world(account(contact_count=PAGES * 100 - 20)) as running:
        yield running


def keep(place: World, tmp_path: Path) -> Keep:
    return Keep(tmp_path / ".partial" / "givebutter.api_contacts", place.clock.now)


def break_off(place: World, tmp_path: Path, *, after: int) -> None:
    """Read until so many pages have come, then find the platform down."""
    place.simulators.faults.set(Fault("server_error", 0, after, "givebutter"))
    with pytest.raises(SourceUnavailable):
        place.givebutter.contacts(keep=keep(place, tmp_path))
    place.simulators.faults.clear()
    place.simulators.journal.clear()


def read(place: World, tmp_path: Path) -> list[str]:
    changes = place.givebutter.contacts(keep=keep(place, tmp_path))
    return [str(row["id"]) for body in changes.pages for row in records_of(body)]


def asked_pages(place: World) -> list[str]:
    queries = [request.query for request in place.simulators.journal.requests("givebutter")]
    return [query.partition("&page=")[2].partition("&")[0] for query in queries]


def everybody(place: World) -> list[str]:
    return sorted(str(row["id"]) for row in place.simulators.givebutter.contacts.rows)


def test_a_broken_reading_goes_on_at_its_last_page(place: World, tmp_path: Path) -> None:
    break_off(place, tmp_path, after=6)
    assert sorted(read(place, tmp_path)) == everybody(place)
    assert asked_pages(place) == ["6", "7", "8"]


def test_a_reading_may_break_off_at_every_page_and_still_ends(place: World, tmp_path: Path) -> None:
    for after in (1, 2, 3, 2, 3):
        break_off(place, tmp_path, after=after)
    assert sorted(read(place, tmp_path)) == everybody(place)


def test_pages_are_given_as_if_nothing_had_happened(place: World, tmp_path: Path) -> None:
    undisturbed = list(place.givebutter.contacts().pages)
    break_off(place, tmp_path, after=5)
    assert list(place.givebutter.contacts(keep=keep(place, tmp_path)).pages) == undisturbed


def test_nothing_is_left_once_everything_was_given(place: World, tmp_path: Path) -> None:
    break_off(place, tmp_path, after=5)
    folder = keep(place, tmp_path).folder
    assert len(list(folder.glob("*.body"))) == 5
    read(place, tmp_path)
    assert not folder.exists()


def test_a_contact_deleted_meanwhile_makes_the_reading_begin_anew(place: World, tmp_path: Path) -> None:
    """Its page lies before the break: without a second look one contact would have slipped past page six."""
    break_off(place, tmp_path, after=6)
    del place.simulators.givebutter.contacts.rows[10]
    assert sorted(read(place, tmp_path)) == everybody(place)
    assert asked_pages(place) == ["6", "1", "2", "3", "4", "5", "6", "7", "8"]


def test_one_gone_and_one_come_meanwhile_do_not_make_up_for_each_other(place: World, tmp_path: Path) -> None:
    break_off(place, tmp_path, after=6)
    rows = place.simulators.givebutter.contacts.rows
    newcomer = {**rows[-1], "id": 49_000_000, "created_at": "2026-05-12T11:00:00+00:00"}
    rows[10:] = [*rows[11:], newcomer]
    assert sorted(read(place, tmp_path)) == everybody(place)
    assert asked_pages(place)[:2] == ["6", "1"]


def test_contacts_that_came_meanwhile_are_read_at_the_end(place: World, tmp_path: Path) -> None:
    break_off(place, tmp_path, after=6)
    rows = place.simulators.givebutter.contacts.rows
    last = {**rows[-1], "created_at": "2026-05-12T11:00:00+00:00"}
    rows.extend({**last, "id": 49_000_000 + number} for number in range(150))
    assert sorted(read(place, tmp_path)) == everybody(place)
    assert asked_pages(place) == ["6", "7", "8", "9", "10"]


def test_what_is_older_than_an_hour_is_read_anew(place: World, tmp_path: Path) -> None:
    break_off(place, tmp_path, after=6)
    place.clock.sleep(KEPT_FOR.total_seconds() + 1)
    assert sorted(read(place, tmp_path)) == everybody(place)
    assert asked_pages(place) == [str(page) for page in range(1, PAGES + 1)]


def test_pages_of_another_question_are_not_taken_up(place: World, tmp_path: Path) -> None:
    break_off(place, tmp_path, after=2)
    since = datetime(2024, 3, 20, tzinfo=UTC)
    changes = place.givebutter.contacts(since=since, keep=keep(place, tmp_path))
    rows = [row for body in changes.pages for row in records_of(body)]
    assert len(rows) == PAGES * 100 - 20 - 38
    assert asked_pages(place)[0] == "1"


@pytest.mark.parametrize("damage", [b"", b'{"data": [', b"[]"], ids=["empty", "cut", "another shape"])
def test_a_kept_page_that_was_damaged_makes_the_reading_begin_anew(damage: bytes, place: World, tmp_path: Path) -> None:
    break_off(place, tmp_path, after=4)
    (keep(place, tmp_path).folder / "000002.body").write_bytes(damage)
    assert sorted(read(place, tmp_path)) == everybody(place)
    assert asked_pages(place) == [str(page) for page in range(1, PAGES + 1)]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"question": 1}', '{"question": "q", "began": "yesterday"}'])
def test_a_damaged_note_of_what_was_asked_is_as_none(text: str, place: World, tmp_path: Path) -> None:
    break_off(place, tmp_path, after=4)
    (keep(place, tmp_path).folder / "question.json").write_text(text, encoding="utf-8")
    assert sorted(read(place, tmp_path)) == everybody(place)
    assert asked_pages(place)[0] == "1"


def test_two_readers_do_not_share_a_folder(place: World, tmp_path: Path) -> None:
    break_off(place, tmp_path, after=4)
    folder = keep(place, tmp_path).folder
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        assert sorted(read(place, tmp_path)) == everybody(place)
    assert asked_pages(place)[0] == "1"
    assert len(list(folder.glob("*.body"))) == 4


def test_a_reader_that_was_killed_is_gone_on_with(tmp_path: Path) -> None:
    with world(account(contact_count=580)) as place:
        place.simulators.faults.set(Fault("stall", 1, 3, "givebutter"))
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, place.simulators.givebutter_url, KEY, str(keep(place, tmp_path).folder)]
        )
        ends_at = time.monotonic() + 60
        while len(place.simulators.journal.requests("givebutter")) < 4 and time.monotonic() < ends_at:
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
        child.wait()
        place.simulators.faults.clear()
        place.simulators.journal.clear()
        today = Keep(keep(place, tmp_path).folder, lambda: datetime.now(UTC))
        rows = [row for body in place.givebutter.contacts(keep=today).pages for row in records_of(body)]
        assert sorted(str(row["id"]) for row in rows) == everybody(place)
        assert asked_pages(place) == ["3", "4", "5", "6"]


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from contact_pipeline.sources.givebutter import GivebutterClient
from contact_pipeline.sources.pages import Keep
from contact_pipeline.sources.secret import Secret
address, key, folder = sys.argv[1:]
GivebutterClient(address, Secret("KEY", key)).contacts(keep=Keep(Path(folder), lambda: datetime.now(UTC)))
"""


def test_a_reading_that_waited_is_as_long_as_it_waited(place: World, tmp_path: Path) -> None:
    break_off(place, tmp_path, after=6)
    place.clock.sleep(1800)
    changes = place.givebutter.contacts(keep=keep(place, tmp_path))
    assert changes.took >= timedelta(minutes=30)
    assert place.givebutter.contacts().took < timedelta(minutes=1)


def test_the_cursor_stays_behind_a_reading_longer_than_the_overlap() -> None:
    """A record changed on a page that was read already is as old as the reading at most."""
    assert next_cursor(None, NOW, None, OVERLAP) == NOW.isoformat()
    assert next_cursor(None, NOW, None, timedelta(minutes=40)) == (NOW - timedelta(minutes=40)).isoformat()
    earlier = (NOW - timedelta(minutes=5)).isoformat()
    assert next_cursor(earlier, NOW, None, timedelta(minutes=40)) == earlier


def test_a_pass_that_cannot_be_vouched_for_leaves_no_pages(tmp_path: Path) -> None:
    place = Keep(tmp_path / "list", lambda: NOW)

    def moved(spool: PageSpool) -> None:
        spool.add(b"page")
        raise Shifted("a row moved")

    with pytest.raises(SourceUnavailable, match="kept changing"):
        whole_pass("a list", moved, passes=2, pause=lambda _: None, new_spool=lambda: place.spool("q"))
    assert not place.folder.exists()


def test_bodies_that_were_not_taken_to_the_end_wait(tmp_path: Path) -> None:
    place = Keep(tmp_path / "list", lambda: NOW)
    spool = place.spool("q")
    for body in (b"one", b"two"):
        spool.add(body)
    taken = spool.bodies()
    assert next(taken) == b"one"
    taken.close()  # type: ignore[attr-defined]
    assert list(place.spool("q").kept()) == [b"one", b"two"]


def test_patience_is_not_what_makes_these_tests_pass(place: World, tmp_path: Path) -> None:
    """The reading that broke off really gave up: it used every try it had on one page."""
    before = place.givebutter.calls
    break_off(place, tmp_path, after=3)
    assert place.givebutter.calls - before == 3 + PATIENT.attempts
