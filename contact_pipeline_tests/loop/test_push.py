"""Changes that need no file: planned once, sent at least once, done once; and what may never be touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.outbox import counts, plan, waiting_changes
from contact_pipeline.mentors.season import EXAMPLE, Season, read_season
from contact_pipeline.sandbox.campaign.givebutter import CustomField
from contact_pipeline.sandbox.campaign.givebutter_api import api_contact
from contact_pipeline.sandbox.simulators import Fault, RunningSimulators, SimulatorData, SimulatorOptions, serve
from contact_pipeline.sources.errors import SourceUnavailable
from contact_pipeline.sources.givebutter.writing import GivebutterWriter
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sync.probe import PROBE_TAG, probe
from contact_pipeline.sync.push import TARGET, Pushed, push
from contact_pipeline_tests.sources.helpers import KEY, PATIENT, FakeClock

SHIFT = CustomField("Shift", "📆 Shift Preference", 9_103, ("Option 1", "Option 2"))
OURS, DONE = "Mentors 2026", "Mentor 2026: complete"
PEOPLE = (
    # contact, person, status, in doubt, contact deleted, held
    (11, "P00001", "complete", False, False, False),
    (12, "P00002", "complete", True, False, False),
    (13, "P00003", "complete", False, True, False),
    (14, "P00004", "complete", False, False, True),
)


@dataclass
class Place:
    """A ledger, a snapshot and an account that can be written to."""

    running: RunningSimulators
    ledger: Ledger
    snapshot: duckdb.DuckDBPyConnection
    season: Season
    clock: FakeClock

    def writer(self) -> GivebutterWriter:
        keeper = self.clock.time_keeper()
        key = Secret("GIVEBUTTER_API_KEY", KEY)
        return GivebutterWriter(self.running.givebutter_url, key, politeness=PATIENT, time_keeper=keeper)

    def push(self, *, dry: bool = False) -> Pushed:
        if dry:
            return push(self.ledger, self.snapshot, self.season, None, clock=self.clock.now)
        with self.writer() as writer:
            return push(self.ledger, self.snapshot, self.season, writer, clock=self.clock.now)

    def push_fields(self) -> Pushed:
        with self.writer() as writer:
            return push(self.ledger, self.snapshot, self.season, writer, clock=self.clock.now, fields=True)

    def want(self, person: str, title: str, value: str, owner: str = "ours") -> None:
        """A field of the season that a mentor's contact does not show."""
        self.snapshot.execute("insert into exports.givebutter_custom values (?, 1, ?, ?, null)", [person, title, value])
        self.snapshot.execute("insert into mentors.custom_field values ('2026', ?, ?)", [title, owner])

    def fields(self, contact: int) -> dict[str, str]:
        return {item["title"]: item["value"] for item in self.running.givebutter.contacts.get(contact)["custom_fields"]}

    def tags(self, contact: int) -> list[str]:
        return list(self.running.givebutter.contacts.get(contact)["tags"])

    def sent(self) -> list[str]:
        """The changes Givebutter was asked for."""
        return [entry.path for entry in self.running.journal.requests("givebutter") if entry.method in ("POST", "PUT")]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    clock = FakeClock()
    contacts = [
        api_contact({
            "Givebutter Contact ID": str(number), "First Name": "Nia", "Last Name": "Bell", SHIFT.key: "Option 1",
            "Tags": "gala, Mentors 2025, Mentor 2026: needs page", "Engage Email Subscribed": "no",
        }, (SHIFT,))
        for number, *_ in PEOPLE
    ]  # fmt: skip
    snapshot = duckdb.connect()
    snapshot.execute(
        "create schema mentors; create schema contacts; create schema exports;"
        "create table mentors.season as select '2026' as season, true as current;"
        "create table mentors.mentor (person_id varchar, season varchar, status varchar, givebutter_contact_id varchar,"
        " givebutter_record varchar, in_doubt boolean, contact_deleted boolean);"
        "create table contacts.contact (contact_id varchar, tags varchar[], observed_at timestamptz);"
        "create table exports.givebutter_hold (person_id varchar);"
        "create table exports.givebutter_custom (person_id varchar, position integer, title varchar, value varchar,"
        " held_value varchar);"
        "create table mentors.custom_field (season varchar, title varchar, owner varchar)"
    )
    for number, person, status, doubt, deleted, held in PEOPLE:
        row = [person, "2026", status, str(number), f"c{number}", doubt, deleted]
        snapshot.execute("insert into mentors.mentor values (?, ?, ?, ?, ?, ?, ?)", row)
        snapshot.execute(
            "insert into contacts.contact values (?, ['gala', 'Mentors 2025', 'Mentor 2026: needs page'], ?)",
            [f"c{number}", clock.now()],
        )
        if held:
            snapshot.execute("insert into exports.givebutter_hold values (?)", [person])
    clock.sleep(60)
    data = SimulatorData(contacts=contacts, custom_fields=(SHIFT,))
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}", workspace="test", now=clock.now())
    options = SimulatorOptions(now=clock.now, monotonic=clock.monotonic)
    with serve(data, options=options) as running:
        yield Place(running, ledger, snapshot, read_season(EXAMPLE), clock)
    ledger.close()


def test_only_our_own_tags_change_and_only_where_the_contact_is_surely_the_mentors(place: Place) -> None:
    pushed = place.push()
    assert (pushed.confirmed, pushed.failed) == (3, [])
    assert sorted(place.tags(11)) == sorted(["gala", "Mentors 2025", OURS, DONE])
    for other in (12, 13, 14):
        assert place.tags(other) == ["gala", "Mentors 2025", "Mentor 2026: needs page"]


def test_a_dry_run_tells_what_would_be_sent_and_sends_nothing(place: Place) -> None:
    pushed = place.push(dry=True)
    assert [(change.contact_id, change.verb, change.name) for change in pushed.wanted] == [
        ("11", "add", OURS), ("11", "add", DONE), ("11", "remove", "Mentor 2026: needs page"),
    ]  # fmt: skip
    assert place.sent() == []
    assert counts(place.ledger, TARGET) == {}


def test_a_second_push_before_the_next_reading_sends_nothing(place: Place) -> None:
    place.push()
    before = len(place.sent())
    assert place.push().wanted == []
    assert len(place.sent()) == before
    assert counts(place.ledger, TARGET) == {"confirmed": 3}


def test_what_somebody_takes_away_again_is_brought_back_after_the_next_reading(place: Place) -> None:
    place.push()
    place.running.givebutter.contacts.tag(11, "remove", [DONE])
    place.clock.sleep(3600)
    place.snapshot.execute(
        "update contacts.contact set tags = ['gala', 'Mentors 2026'], observed_at = ? where contact_id = 'c11'",
        [place.clock.now()],
    )
    assert [change.name for change in place.push().wanted] == [DONE]
    assert DONE in place.tags(11)


def test_nobody_is_subscribed_again_by_a_push(place: Place) -> None:
    place.push()
    assert place.running.givebutter.contacts.get(11)["is_email_subscribed"] is False


def test_killed_before_the_first_call_the_next_push_sends_everything(place: Place) -> None:
    wanted = place.push(dry=True).wanted
    plan(place.ledger, TARGET, wanted, now=place.clock.now())
    assert len(waiting_changes(place.ledger, TARGET)) == 3
    assert place.push().confirmed == 3
    assert counts(place.ledger, TARGET) == {"confirmed": 3}


@pytest.mark.parametrize("arrived", [True, False])
def test_killed_between_sending_and_hearing_it_asks_first_and_loses_nothing(place: Place, arrived: bool) -> None:
    class Killed(BaseException):
        pass

    class Dying(GivebutterWriter):
        def change_tags(self, contact_id: str, verb: str, tags: object) -> list[str]:  # type: ignore[override]
            if arrived:
                super().change_tags(contact_id, verb, tags)  # type: ignore[arg-type]
            raise Killed

    key = Secret("GIVEBUTTER_API_KEY", KEY)
    keeper = place.clock.time_keeper()
    with (
        Dying(place.running.givebutter_url, key, politeness=PATIENT, time_keeper=keeper) as writer,
        pytest.raises(Killed),
    ):
        push(place.ledger, place.snapshot, place.season, writer, clock=place.clock.now)
    assert [one.sent for one in waiting_changes(place.ledger, TARGET)].count(True) == 2
    sent = len(place.sent())
    assert place.push().confirmed == 3
    assert len(place.sent()) == sent + (1 if arrived else 2)
    assert sorted(place.tags(11)) == sorted(["gala", "Mentors 2025", OURS, DONE])


def test_a_server_that_does_it_and_drops_the_line_is_asked_again_without_harm(place: Place) -> None:
    place.running.faults.add(Fault("reset_after", platform="givebutter", count=1))
    assert place.push().confirmed == 3
    assert place.tags(11).count(OURS) == 1


def test_a_platform_that_does_not_answer_leaves_the_changes_waiting(place: Place) -> None:
    place.running.faults.add(Fault("server_error", platform="givebutter", count=50))
    with pytest.raises(SourceUnavailable):
        place.push()
    place.running.faults.clear()
    place.clock.sleep(600)
    assert place.push().confirmed == 3


def test_a_contact_that_is_gone_fails_and_says_so(place: Place) -> None:
    del place.running.givebutter.contacts.rows[0]
    pushed = place.push()
    assert pushed.confirmed == 0
    assert set(pushed.failed) == {"Givebutter: contact 11 is not there."}
    assert counts(place.ledger, TARGET) == {"failed": 3}


def test_what_nobody_wants_any_more_is_dropped_unsent(place: Place) -> None:
    plan(place.ledger, TARGET, place.push(dry=True).wanted, now=place.clock.now())
    place.snapshot.execute("update mentors.mentor set in_doubt = true")
    assert place.push().wanted == []
    assert place.sent() == []
    assert counts(place.ledger, TARGET) == {"dropped": 3}


def test_a_probe_tries_on_one_contact_and_leaves_it_as_it_was(place: Place) -> None:
    before = place.running.givebutter.contacts.get(11)
    with place.writer() as writer:
        found = probe(writer, "11", {SHIFT.title: SHIFT.options})
    assert {one.name: one.able for one in found} == {"read": True, "tags": True, "custom_fields": True}
    after = place.running.givebutter.contacts.get(11)
    same = ("tags", "custom_fields", "first_name", "is_email_subscribed", "emails")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert PROBE_TAG not in place.tags(11)


def test_an_account_that_passes_over_custom_fields_is_found_out() -> None:
    clock = FakeClock()
    row = {"Givebutter Contact ID": "11", "First Name": "Nia", "Last Name": "Bell", "Shift": "Option 1"}
    contact = api_contact(row, (SHIFT,))
    options = replace(SimulatorOptions(now=clock.now, monotonic=clock.monotonic), writable_fields=False)
    with serve(SimulatorData(contacts=[contact], custom_fields=(SHIFT,)), options=options) as running:
        key, keeper = Secret("GIVEBUTTER_API_KEY", KEY), clock.time_keeper()
        writer = GivebutterWriter(running.givebutter_url, key, politeness=PATIENT, time_keeper=keeper)
        with writer:
            found = {one.name: one.able for one in probe(writer, "11", {SHIFT.title: SHIFT.options})}
            unnamed = {one.name: one.able for one in probe(writer, None, {})}
    assert found == {"read": True, "tags": True, "custom_fields": False}
    assert unnamed == {"read": True, "tags": None, "custom_fields": None}


def test_our_fields_go_where_the_account_writes_them_and_those_that_givebutter_owns_never(place: Place) -> None:
    place.want("P00001", SHIFT.title, "Option 2")
    place.want("P00003", SHIFT.title, "Option 2")
    place.snapshot.execute("insert into exports.givebutter_custom values ('P00001', 2, 'N/A', 'x', null)")
    place.snapshot.execute("insert into mentors.custom_field values ('2026', 'N/A', 'givebutter')")
    assert place.push_fields().confirmed == 4
    assert place.fields(11) == {SHIFT.title: "Option 2"}
    assert place.fields(13) == {SHIFT.title: "Option 1"}
    assert place.running.givebutter.contacts.get(11)["is_email_subscribed"] is False
    before = len(place.sent())
    assert place.push_fields().wanted == []
    assert len(place.sent()) == before
    place.snapshot.execute("update exports.givebutter_custom set value = 'Option 1' where person_id = 'P00001'")
    assert place.push_fields().confirmed == 1
    assert place.fields(11) == {SHIFT.title: "Option 1"}


def test_without_a_probe_that_found_fields_writable_none_is_sent(place: Place) -> None:
    place.want("P00001", SHIFT.title, "Option 2")
    assert place.push().confirmed == 3
    assert place.fields(11) == {SHIFT.title: "Option 1"}


def test_a_field_whose_number_no_contact_has_shown_waits_for_the_file(place: Place) -> None:
    place.want("P00001", "📱 Text", "hello")
    pushed = place.push_fields()
    assert (pushed.confirmed, pushed.failed, pushed.left) == (3, [], 1)
    assert counts(place.ledger, TARGET) == {"confirmed": 3, "planned": 1}
