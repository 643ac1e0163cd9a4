"""Promises about opt-outs that outlive the record that said them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from click.testing import CliRunner

from contact_pipeline.cli import main
from contact_pipeline.ledger import Ledger
from contact_pipeline.ledger.assigning import assign_pids
from contact_pipeline.ledger.suppression import lift, suppress
from contact_pipeline.people.opting_out import write_gone_contacts, write_opt_outs
from contact_pipeline.warehouse.models import all_models, run_model

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SAID_AT = datetime(2026, 5, 1, tzinfo=UTC)
FORM, LISTED, GIVEN = "jotform.signups:1", "list.people:ab", "givebutter.contacts:7"


@dataclass(frozen=True)
class Contact:
    """What one record says: where it can be reached, and its answers by channel."""

    email: str | None = None
    phone: str | None = None
    home: tuple[str, str, str] | None = None
    answers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Days:
    """One home over several days: each day other records are there; who belongs together is said by hand."""

    connection: duckdb.DuckDBPyConnection
    ledger: Ledger

    def day(self, contacts: dict[str, Contact], *, together: tuple[str, ...] = ()) -> dict[tuple[str, str], str]:
        """What people.consent says after a run over these contacts: (contact, channel) to status."""
        self._write(contacts)
        clusters = [{"contact_id": one, "cluster_id": "all" if one in together else one} for one in contacts]
        write_opt_outs(self.connection, self.ledger, now=NOW)
        assigned = assign_pids(self.ledger, pa.Table.from_pylist(clusters), now=NOW, reason="test")
        self.connection.register("assigned", assigned)
        self.connection.execute(
            "create or replace table people.crosswalk as select contact_id, pid as person_id from assigned"
        )
        write_gone_contacts(self.connection, self.ledger)
        run_model(self.connection, all_models()["people.consent"])
        rows = self.connection.execute(
            "select x.contact_id, c.channel, c.status from people.consent as c join people.crosswalk as x "
            "using (person_id)"
        ).fetchall()
        return {(contact_id, channel): status for contact_id, channel, status in rows}

    def lines(self) -> list[tuple[str, str]]:
        """What holds: channel and contact."""
        return self.connection.execute("select channel, contact_id from people.opt_out order by all").fetchall()

    def _write(self, contacts: dict[str, Contact]) -> None:
        self.connection.execute(
            "create or replace table contacts.email (contact_id varchar, email varchar);"
            "create or replace table contacts.phone (contact_id varchar, e164 varchar);"
            "create or replace table contacts.contact (contact_id varchar, address_line varchar, unit varchar, "
            "city varchar, zip5 varchar, first_key varchar, last_key varchar);"
            "create or replace table contacts.consent (contact_id varchar, source varchar, entity varchar, "
            "channel varchar, status varchar, said_at timestamptz);"
            "create table if not exists contacts.gone_answer (contact_id varchar, source varchar, role varchar, "
            "value varchar, observed_at timestamptz)"
        )
        for contact_id, contact in contacts.items():
            line, first, last = contact.home or (None, None, None)
            values = [contact_id, line, "Tampa", "33602", first, last]
            self.connection.execute("insert into contacts.contact values (?, ?, null, ?, ?, ?, ?)", values)
            self.connection.execute("insert into contacts.email select ?, ?", [contact_id, contact.email])
            self.connection.execute("insert into contacts.phone select ?, ?", [contact_id, contact.phone])
            source, _, entity = contact_id.partition(":")[0].partition(".")
            for channel, status in contact.answers.items():
                self.connection.execute(
                    "insert into contacts.consent values (?, ?, ?, ?, ?, ?)",
                    [contact_id, source, entity, channel, status, SAID_AT],
                )
        run_model(self.connection, all_models()["contacts.consent_key"])


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}", workspace="swab", now=NOW)
    with duckdb.connect() as connection, closing(ledger):
        connection.execute("set timezone = 'UTC'; create schema contacts; create schema people")
        yield Days(connection, ledger)


SAID_NO = Contact("ana@example.org", answers={"email": "no"})
YES = {"email": "yes"}


def test_the_no_of_a_deleted_record_goes_on_for_the_person_it_belonged_to(days: Days) -> None:
    given = Contact("other@example.org", answers=YES)
    days.day({FORM: SAID_NO, GIVEN: given}, together=(FORM, GIVEN))
    for _ in range(2):
        assert days.day({GIVEN: given}) == {(GIVEN, "email"): "no"}


def test_whoever_comes_with_the_address_later_is_not_written_to(days: Days) -> None:
    days.day({FORM: SAID_NO, GIVEN: Contact()})
    days.day({GIVEN: Contact()})
    assert days.day({GIVEN: Contact(), LISTED: Contact("ana@example.org", answers=YES)}) == {(LISTED, "email"): "no"}


def test_a_phone_number_keeps_its_no_and_other_channels_keep_their_yes(days: Days) -> None:
    days.day({FORM: Contact(phone="+18135550142", answers={"sms": "no"})})
    later = Contact("ana@example.org", "+18135550142", answers={"sms": "yes", "email": "yes"})
    assert days.day({LISTED: later}) == {(LISTED, "sms"): "no", (LISTED, "email"): "yes"}


def test_at_one_home_the_no_to_post_is_that_of_one_name(days: Days) -> None:
    home = "12 Oak St"
    days.day({FORM: Contact(home=(home, "ana", "bell"), answers={"mail": "no"})})
    husband = Contact(home=(home, "ben", "bell"), answers={"mail": "yes"})
    herself = Contact(home=("12 OAK ST", "ana", "bell"), answers={"mail": "yes"})
    assert days.day({GIVEN: husband, LISTED: herself}) == {(GIVEN, "mail"): "yes", (LISTED, "mail"): "no"}


def test_a_record_that_says_yes_later_takes_back_its_own_no(days: Days) -> None:
    days.day({GIVEN: SAID_NO})
    assert days.day({GIVEN: Contact("ana@example.org", answers=YES)}) == {(GIVEN, "email"): "yes"}
    assert days.day({LISTED: Contact("ana@example.org", answers=YES)}) == {(LISTED, "email"): "yes"}


def test_a_record_that_is_there_answers_for_itself_by_the_rules_of_its_source(days: Days) -> None:
    """Someone subscribed anew at Listomatic says neither yes nor no: another record's yes counts again."""
    days.day({LISTED: SAID_NO, GIVEN: Contact("ana@example.org", answers=YES)}, together=(LISTED, GIVEN))
    there = {LISTED: Contact("ana@example.org"), GIVEN: Contact("ana@example.org", answers=YES)}
    assert days.day(there, together=(LISTED, GIVEN))[GIVEN, "email"] == "yes"


def test_the_yes_of_one_record_takes_back_nobody_elses_no(days: Days) -> None:
    days.day({FORM: SAID_NO, GIVEN: Contact("ana@example.org", answers=YES)}, together=(FORM, GIVEN))
    assert days.day({GIVEN: Contact("ana@example.org", answers=YES)}) == {(GIVEN, "email"): "no"}


def test_an_answer_nobody_understands_is_remembered_as_a_no(days: Days) -> None:
    days.day({FORM: Contact("ana@example.org", answers={"email": "unreadable"})})
    assert days.day({LISTED: Contact("ana@example.org", answers=YES)}) == {(LISTED, "email"): "no"}


def test_a_no_without_an_address_holds_for_the_person(days: Days) -> None:
    given = Contact("ana@example.org", answers=YES)
    days.day({FORM: Contact(answers={"email": "no"}), GIVEN: given}, together=(FORM, GIVEN))
    assert days.day({GIVEN: given}) == {(GIVEN, "email"): "no"}


def test_the_same_day_again_writes_nothing_and_wakes_no_run(days: Days) -> None:
    days.day({FORM: SAID_NO})
    version, lines = days.ledger.version(), days.lines()
    days.day({FORM: SAID_NO})
    assert (days.ledger.version(), days.lines()) == (version, lines)
    assert lines == [("email", FORM)] * 2, "under the address, and under the record itself"


def test_a_no_that_no_run_saw_before_its_record_was_gone_counts_all_the_same(days: Days) -> None:
    days.day({GIVEN: Contact()})
    days.connection.executemany(
        "insert into contacts.gone_answer values (?, 'jotform.signups', ?, ?, ?)",
        [
            (FORM, "email", "Ana@Example.org", SAID_AT),
            (FORM, "phone", "(813) 555-0142", SAID_AT),
            (FORM, "email_consent", "No", SAID_AT),
            (FORM, "sms_consent", "Yes", SAID_AT),
        ],
    )
    later = Contact("ana@example.org", "+18135550142", answers={"email": "yes", "sms": "yes"})
    for _ in range(2):
        assert days.day({LISTED: later}) == {(LISTED, "email"): "no", (LISTED, "sms"): "yes"}
    assert days.lines() == [("email", FORM)] * 2


def test_what_a_human_suppresses_or_lifts_counts_and_wakes_a_run(days: Days) -> None:
    listed = {LISTED: Contact("ana@example.org", answers=YES)}
    before = days.ledger.version()
    suppress(days.ledger, "email", "Ana@example.org", since=NOW, reason="asked by phone", source="office")
    assert days.ledger.version() != before
    assert days.day(listed) == {(LISTED, "email"): "no"}
    lift(days.ledger, "email", "ana@example.org", since=NOW, reason="asked again", source="office")
    assert days.day(listed) == {(LISTED, "email"): "yes"}


def test_what_is_said_on_the_phone_is_written_down_counted_and_lifted(tmp_path: Path) -> None:
    def said(*words: str) -> str:
        done = CliRunner().invoke(main, ["--home", str(tmp_path), "opt-outs", *words], catch_exceptions=False)
        return done.output

    assert "from the next run on" in said("add", "--phone", "(813) 555-0142", "--reason", "called", "--actor", "ana")
    (line,) = json.loads(said("--json"))["opt_outs"]
    assert line == {"channel": "sms", "source": "said by ana", "records": 1}
    assert "no e-mail address" in said("lift", "--email", "ana at home", "--reason", "asked")
    assert said("lift", "--phone", "813-555-0142", "--reason", "asked").startswith("1 opt-outs no longer hold")
    assert json.loads(said("--json")) == {"opt_outs": []}
