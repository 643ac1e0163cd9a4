"""Promises about the three-way compare: who changed a field since both sides last agreed, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from contact_pipeline.people.ownership import write_ownership
from contact_pipeline.warehouse.connection import SCHEMAS
from contact_pipeline.warehouse.models import all_models, run_model

START = datetime(2026, 9, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """On a day (since the start) a side said a value of the field."""

    day: int
    side: str
    value: str
    assumed: bool = False


def form(day: int, value: str) -> Said:
    return Said(day, "form", value)


def first_name(day: int, value: str) -> Said:
    """The form gave no name gone by: the first name stands for it."""
    return Said(day, "form", value, assumed=True)


def givebutter(day: int, value: str) -> Said:
    return Said(day, "givebutter", value)


def file(day: int, value: str, *, proven: bool) -> Said:
    """A file of ours left with the value, no reading showed it, and the contact was changed half a day later."""
    return Said(day, "proven file" if proven else "file", value)


def human(day: int, value: str) -> Said:
    return Said(day, "human", value)


@dataclass
class Story:
    """One person's field through time."""

    connection: duckdb.DuckDBPyConnection
    field: str
    said: list[Said] = field(default_factory=list)

    def tell(self, *said: Said, locked: bool = False, of: str = "P1") -> tuple[str, str, str, str | None]:
        """Outcome, who changed it, the value that holds, and the base."""
        for one in said:
            self._put(one, locked=locked)
        for table in ("sync.said", "sync.field_state"):
            run_model(self.connection, all_models()[table])
        rows = self.connection.execute(
            "select outcome, changed_by, value, base from sync.field_state where person_id = ? and field = ?",
            [of, self.field],
        ).fetchall()
        assert len(rows) == 1
        return rows[0]

    def _put(self, one: Said, *, locked: bool) -> None:
        at = START + timedelta(days=one.day)
        if one.side == "form":
            row = ["P1", "jotform.signups:1", "jotform.signups", self.field, one.value, one.assumed, at, at, one.day, 1]
            self.connection.execute("insert into sync.form_value values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        elif one.side == "givebutter":
            row = ["P1", "givebutter.contacts:5", self.field, one.value, at, at, at.date(), one.day, 1]
            self.connection.execute("insert into sync.platform_value values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        elif one.side.endswith("file"):
            proven, changed = one.side == "proven file", at + timedelta(hours=12)
            row = ["P1", "givebutter.contacts:5", self.field, one.day, 1, one.value, one.value.lower(), proven, at,
                   one.day, changed]  # fmt: skip
            self.connection.execute(f"insert into sync.unseen_value values (?{', ?' * 10})", row)
        else:
            self.connection.execute("delete from people.decided_value")
            row = ["P1", self.field, one.value, locked, at, 7, "ann", "called"]
            self.connection.execute("insert into people.decided_value values (?, ?, ?, ?, ?, ?, ?, ?)", row)


TABLES = (
    "sync.form_value (person_id varchar, contact_id varchar, source_entity varchar, field varchar, value varchar, "
    "assumed boolean, said_at timestamp, arrived_at timestamptz, sequence bigint, line bigint)",
    "sync.platform_value (person_id varchar, contact_id varchar, field varchar, value varchar, said_at timestamptz, "
    "arrived_at timestamptz, read_on date, sequence bigint, line bigint)",
    "sync.unseen_value (person_id varchar, contact_id varchar, field varchar, export_id bigint, row_number bigint, "
    "value varchar, compared_as varchar, proven boolean, exported_at timestamptz, read_sequence bigint, "
    "changed_at timestamptz)",
    "people.decided_value (person_id varchar, field varchar, value varchar, locked boolean, decided_at timestamptz, "
    "decision_id bigint, decided_by varchar, reason varchar)",
    "sync.phone_value (raw varchar, e164 varchar, valid boolean)",
    "sync.birth_value (raw varchar, birth_date date)",
    "contacts.phone (contact_id varchar, e164 varchar)",
    "contacts.contact (contact_id varchar, first_key varchar, last_key varchar)",
    "contacts.nickname (name_key varchar, canonical_names varchar[])",
    "people.claim (contact_id varchar, field varchar, value varchar)",
)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
        for table in TABLES:
            connection.execute(f"create table {table}")
        for digit in "123":
            connection.execute("insert into sync.phone_value values (?, ?, true)", [digit, f"+1813555010{digit}"])
        write_ownership(connection)
        yield connection


@pytest.fixture
def name(connection: duckdb.DuckDBPyConnection) -> Story:
    """The name gone by: either side may change it."""
    return Story(connection, "preferred_name")


@pytest.fixture
def phone(connection: duckdb.DuckDBPyConnection) -> Story:
    """The phone: the form owns it. Written 1, 2 and 3."""
    return Story(connection, "phone")


def test_what_both_say_is_no_conflict_whatever_its_case_and_spaces(name: Story) -> None:
    assert name.tell(form(1, "Bobby  Joe"), givebutter(2, "bobby joe")) == ("same", "nobody", "Bobby  Joe", "bobby joe")


def test_names_that_are_read_as_one_are_alike(connection: duckdb.DuckDBPyConnection) -> None:
    """Our file writes what was read; a sign-up that has the suffix in the name's cell must not differ for ever."""
    for contact in ("jotform.signups:1", "givebutter.contacts:5"):
        connection.execute("insert into people.claim values (?, 'last_name', 'Smith')", [contact])
    story = Story(connection, "last_name")
    assert story.tell(form(1, "Smith Jr."), givebutter(2, "Smith"))[0] == "same"


def test_a_field_that_givebutter_owns_is_what_givebutter_says(connection: duckdb.DuckDBPyConnection) -> None:
    write_ownership(connection, [("shift_preference", "Shift?", True)])
    story = Story(connection, "shift_preference")
    assert story.tell(form(1, "Option 1"), givebutter(2, "Option 3"), form(5, "Option 2"))[2] == "Option 3"


def test_a_name_changed_in_givebutter_alone_is_taken_over(name: Story) -> None:
    told = name.tell(form(1, "Robert"), givebutter(2, "Robert"), givebutter(5, "Bobby"))
    assert told == ("theirs", "theirs", "Bobby", "Bobby")


def test_a_correction_on_the_form_is_not_undone_by_givebutters_older_value(name: Story) -> None:
    """It used to return every six hours (decision 26)."""
    told = name.tell(form(1, "Robert"), givebutter(2, "Robert"), form(5, "Rob"), givebutter(6, "Robert"))
    assert told == ("ours", "ours", "Rob", "Robert")


def test_our_own_exported_value_never_comes_back_as_their_edit(name: Story) -> None:
    told = name.tell(
        form(1, "Robert"), givebutter(2, "Robert"), form(5, "Rob"), form(8, "Robbie"), givebutter(9, "Rob")
    )
    assert told == ("ours", "ours", "Robbie", "Rob")


def test_a_file_that_is_imported_after_an_answer_does_not_undo_the_answer(name: Story) -> None:
    """The file held what the form said; Givebutter's own value was accepted while it lay around."""
    told = name.tell(
        form(1, "Robert"), givebutter(2, "Robert"), form(4, "Zed"), givebutter(4, "Ziggy"), human(5, "Ziggy"),
        givebutter(7, "Zed"),
    )  # fmt: skip
    assert told[:3] == ("ours", "ours", "Ziggy")


def test_a_human_who_writes_an_old_value_back_in_givebutter_is_heard(name: Story) -> None:
    told = name.tell(
        form(1, "Robert"), givebutter(2, "Robert"), form(3, "Rob"), givebutter(4, "Rob"), givebutter(9, "Robert")
    )
    assert told == ("theirs", "theirs", "Robert", "Robert")


def test_an_older_answer_written_over_a_newer_one_that_had_arrived_is_their_edit(name: Story) -> None:
    told = name.tell(form(1, "Robert"), form(3, "Rob"), givebutter(4, "Rob"), givebutter(9, "Robert"))
    assert told == ("theirs", "theirs", "Robert", "Robert")


def test_a_value_that_arrived_unseen_and_was_put_back_is_their_edit(name: Story) -> None:
    told = name.tell(
        form(1, "Robert"), givebutter(2, "Robert"), form(3, "Rob"), file(4, "Rob", proven=True), givebutter(5, "Robert")
    )
    assert told[:3] == ("theirs", "theirs", "Robert")


def test_a_value_the_form_owns_that_was_put_back_unseen_is_a_conflict(connection: duckdb.DuckDBPyConnection) -> None:
    told = Story(connection, "first_name").tell(
        form(1, "Robert"), givebutter(2, "Robert"), form(3, "Rob"), file(4, "Rob", proven=True), givebutter(5, "Robert")
    )
    assert told == ("conflict", "theirs", "Rob", "Rob")


def test_where_nobody_can_tell_whether_it_arrived_nothing_is_written_over_it(name: Story) -> None:
    said = (form(1, "Robert"), givebutter(2, "Robert"), form(3, "Rob"), file(4, "Rob", proven=False))
    assert name.tell(*said, givebutter(5, "Robert")) == ("conflict", "unknown", "Robert", "Robert")


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (human(6, "Rob"), ("ours", "ours", "Rob")),
        (human(6, "Robert"), ("same", "nobody", "Robert")),
        (form(6, "Robbie"), ("ours", "ours", "Robbie")),
        (givebutter(6, "Rob"), ("same", "nobody", "Rob")),
    ],
    ids=["ours is kept", "theirs is accepted", "the form says something new", "it arrives after all"],
)
def test_that_doubt_is_over_once_a_side_or_a_human_says_something_new(
    name: Story, after: Said, told: tuple[str, str, str]
) -> None:
    said = (form(1, "Robert"), givebutter(2, "Robert"), form(3, "Rob"), file(4, "Rob", proven=False))
    assert name.tell(*said, givebutter(5, "Robert"), after)[:3] == told


def test_after_their_change_was_taken_over_a_new_form_answer_wins(name: Story) -> None:
    told = name.tell(form(1, "Robert"), givebutter(2, "Robert"), givebutter(4, "Bobby"), form(6, "Rob"))
    assert told == ("ours", "ours", "Rob", "Bobby")


def test_where_both_changed_the_form_stands_and_a_human_is_asked(name: Story) -> None:
    told = name.tell(form(1, "Robert"), givebutter(2, "Robert"), form(4, "Rob"), givebutter(6, "Bobby"))
    assert told == ("conflict", "both", "Rob", "Robert")


def test_changes_that_one_sync_brought_count_as_made_at_once(name: Story) -> None:
    told = name.tell(form(1, "Robert"), givebutter(2, "Robert"), givebutter(6, "Bobby"), form(6, "Rob"))
    assert told == ("conflict", "both", "Rob", "Robert")


def test_a_name_in_givebutter_stands_where_the_form_gave_none(name: Story) -> None:
    assert name.tell(givebutter(1, "Bob"), first_name(2, "Robert"))[2] == "Bob"


def test_a_first_name_we_wrote_there_is_no_name_somebody_chose(name: Story) -> None:
    """The sign-up's first name was corrected after our file had written it as the name gone by."""
    told = name.tell(first_name(1, "Robert"), givebutter(4, "Robert"), first_name(6, "Roberta"))
    assert told == ("ours", "ours", "Roberta", "Robert")


def test_what_somebody_filled_in_givebutter_is_not_lost_though_the_form_had_said_something(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """The contact was read before without it, in a reading that shows the field of others."""
    at = START + timedelta(days=2)
    for person, field_shown in (("P1", "first_name"), ("P2", "first_name"), ("P2", "shift_preference")):
        contact = f"givebutter.contacts:{5 if person == 'P1' else 6}"
        row = [person, contact, field_shown, "Option 2", at, at, at.date(), 2, 1]
        connection.execute("insert into sync.platform_value values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    story = Story(connection, "shift_preference")
    said = (form(1, "Option 1"), givebutter(5, "Option 3"))
    assert story.tell(*said, of="P1") == ("conflict", "both", "Option 1", None)


def test_two_that_never_agreed_follow_the_form_and_the_other_is_kept_for_a_name(name: Story) -> None:
    assert name.tell(givebutter(1, "Bob"), form(2, "Robert")) == ("ours", "unknown", "Robert", None)


def test_the_order_in_which_the_two_sides_were_first_read_does_not_matter(name: Story) -> None:
    assert name.tell(form(1, "Robert"), givebutter(2, "Bob")) == ("ours", "unknown", "Robert", None)


def test_a_file_with_old_content_that_arrives_late_changes_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    story = Story(connection, "preferred_name")
    before = story.tell(form(1, "Robert"), givebutter(2, "Robert"), givebutter(5, "Bobby"))
    connection.execute(
        "insert into sync.platform_value select person_id, contact_id, field, value, said_at - interval 1 hour, "
        "arrived_at + interval 30 day, read_on, 30, 9 from sync.platform_value where value = 'Robert'"
    )
    assert story.tell() == before


@pytest.mark.parametrize(
    ("of", "ours", "theirs", "outcome"),
    [
        ("first_name", "Edward", "Ed", "ours"),
        ("first_name", "Margaret", "Peggy", "ours"),
        ("first_name", "Edward", "Frank", "conflict"),
        ("middle_name", "Lee", "L.", "ours"),
        ("middle_name", "Lee", "Ann", "conflict"),
        ("last_name", "Smith-Jones", "Smith", "ours"),
        ("last_name", "Marín", "Marin", "ours"),
        ("last_name", "Smith", "Smithson", "conflict"),
        ("birth_date", "2005-04-19", "2005-04-20", "conflict"),
    ],
)
def test_one_name_in_two_spellings_that_never_agreed_is_no_conflict(
    connection: duckdb.DuckDBPyConnection, of: str, ours: str, theirs: str, outcome: str
) -> None:
    for contact, value in (("jotform.signups:1", ours), ("givebutter.contacts:5", theirs)):
        key = value.lower().replace("í", "i")
        connection.execute("insert into contacts.contact values (?, ?, ?)", [contact, key, key])
    for name in ("margaret", "peggy"):
        connection.execute("insert into contacts.nickname values (?, ['margaret'])", [name])
    told = Story(connection, of).tell(form(1, ours), givebutter(2, theirs))
    assert told == (outcome, "unknown", ours, None)


def test_a_spelling_that_was_changed_after_both_agreed_is_a_conflict(connection: duckdb.DuckDBPyConnection) -> None:
    for contact in ("jotform.signups:1", "givebutter.contacts:5"):
        connection.execute("insert into contacts.contact values (?, 'edward', 'edward')", [contact])
    story = Story(connection, "first_name")
    assert story.tell(form(1, "Edward"), givebutter(2, "Edward"), givebutter(5, "Ed"))[0] == "conflict"


def test_a_phone_changed_in_givebutter_is_a_conflict_and_ours_stands(phone: Story) -> None:
    told = phone.tell(form(1, "1"), givebutter(2, "1"), givebutter(5, "2"))
    assert told == ("conflict", "theirs", "1", "1")


def test_a_phone_changed_on_the_form_waits_for_our_next_file(phone: Story) -> None:
    told = phone.tell(form(1, "1"), givebutter(2, "1"), form(5, "2"))
    assert told == ("ours", "ours", "2", "1")


def test_phones_that_never_agreed_are_a_conflict_without_a_base(phone: Story) -> None:
    assert phone.tell(givebutter(1, "2"), form(2, "1")) == ("conflict", "unknown", "1", None)


def test_a_phone_that_givebutter_lists_second_is_no_conflict(
    connection: duckdb.DuckDBPyConnection, phone: Story
) -> None:
    connection.execute("insert into contacts.phone values ('givebutter.contacts:5', '+18135550101')")
    assert phone.tell(givebutter(1, "2"), form(2, "1"))[0] == "same"


def test_a_conflict_that_a_human_settled_stays_settled_until_givebutter_changes_again(phone: Story) -> None:
    settled = phone.tell(form(1, "1"), givebutter(2, "1"), givebutter(5, "2"), human(6, "+18135550101"))
    assert settled[:3] == ("ours", "ours", "+18135550101")
    again = phone.tell(givebutter(9, "3"))
    assert again[:3] == ("conflict", "both", "+18135550101")


def test_their_value_accepted_holds_until_the_form_says_something_new(phone: Story) -> None:
    accepted = phone.tell(form(1, "1"), givebutter(2, "1"), givebutter(5, "2"), human(6, "+18135550102"))
    assert accepted[:3] == ("same", "nobody", "+18135550102")
    assert phone.tell(form(9, "3"))[:3] == ("ours", "ours", "3")


def test_a_lock_holds_whatever_either_side_says_later(phone: Story) -> None:
    told = phone.tell(
        form(1, "1"), givebutter(2, "1"), human(3, "+18135550103"), form(5, "2"), givebutter(6, "2"), locked=True
    )
    assert (told[0], told[2]) == ("locked", "+18135550103")
