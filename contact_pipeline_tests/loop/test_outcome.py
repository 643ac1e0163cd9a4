"""What became of every row of a file that went to Givebutter, as the next reading proves it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contact_pipeline.sandbox.campaign.givebutter_api import api_contact
from contact_pipeline_tests.loop.mini import Mini

NIA = {
    "person": "P00001", "Contact External ID": "1234", "First Name": "Nia", "Last Name": "Bell", "Prefix": "Nia",
    "Primary Email": "nia@example.org", "Primary Phone Number": "+18135550142", "Tags": "Mentors 2026",
    "Email Subscription Status": "yes", "Phone Subscription Status": "yes", "Address Subscription Status": "no",
}  # fmt: skip
OMAR = {
    **NIA, "person": "P00002", "Contact External ID": "2345", "First Name": "Omar", "Prefix": "Omar",
    "Primary Email": "omar@example.org", "Primary Phone Number": "+18135550143",
}  # fmt: skip


def contact(mini: Mini, number: int, **columns: str) -> None:
    """A contact Givebutter has from before."""
    row = {
        "Givebutter Contact ID": str(number), "First Name": "Nia", "Last Name": "Bell",
        "Primary Email": "nia@example.org", "Engage Email Subscribed": "yes", "Engage SMS Subscribed": "yes",
        "Date Created (UTC)": "2026-01-05 15:00:00", "Last Modified (UTC)": "2026-01-05 15:00:00",
    }  # fmt: skip
    mini.book.rows.append(api_contact({**row, **columns}))


@pytest.fixture
def mini() -> Mini:
    made = Mini()
    made.person("P00001", "Nia", "Bell", phone="+18135550142", email="nia@example.org")
    made.person("P00002", "Omar", "Bell", phone="+18135550143", email="omar@example.org")
    contact(made, 11)
    return made


def words(mini: Mini, export: int) -> dict[str, str]:
    return {person: what for (number, person), (what, _, _) in mini.outcomes().items() if number == export}


def test_before_anything_is_read_nobody_can_tell(mini: Mini) -> None:
    mini.read()
    sent = mini.send({**NIA, "Givebutter Contact ID": "11"}, OMAR)
    assert words(mini, sent) == {"P00001": "unknown", "P00002": "unknown"}
    mini.read()
    assert words(mini, sent) == {"P00001": "unknown", "P00002": "unknown"}
    mini.imported(sent)
    assert words(mini, sent) == {"P00001": "unknown", "P00002": "unknown"}


def test_an_update_and_a_new_contact_are_told_with_their_contact_ids(mini: Mini) -> None:
    mini.read()
    sent = mini.send({**NIA, "Givebutter Contact ID": "11"}, OMAR)
    done = mini.imported(sent)
    mini.read()
    found = mini.outcomes()
    assert found[sent, "P00001"] == ("updated", "11", "Contact 11 says what the row says.")
    created = str(done.rows[1].contact_id)
    assert found[sent, "P00002"] == ("created", created, f"Contact {created} is new.")
    assert mini.issues("import_row_rejected") == mini.issues("import_row_unchanged") == []


def test_a_refused_row_says_why_on_the_right_person_and_closes_when_it_went_through(mini: Mini) -> None:
    mini.read()
    sent = mini.send({**NIA, "Givebutter Contact ID": "11"}, {**OMAR, "Last Name": ""})
    mini.returned(mini.imported(sent).errors_file)
    mini.read()
    assert mini.outcomes()[sent, "P00002"][::2] == ("rejected", "The last name field is required.")
    assert words(mini, sent)["P00001"] == "updated"
    assert mini.issues("import_row_rejected") == [("P00002", "Givebutter: The last name field is required.")]
    again = mini.send(OMAR)
    assert mini.outcomes()[again, "P00002"][0] == "unknown"
    assert len(mini.issues("import_row_rejected")) == 1
    mini.imported(again)
    mini.read()
    assert mini.outcomes()[again, "P00002"][0] == "created"
    assert mini.issues("import_row_rejected") == []


def test_a_refused_row_of_an_existing_contact_is_found_by_its_id(mini: Mini) -> None:
    mini.read()
    sent = mini.send({**NIA, "Givebutter Contact ID": "11", "Primary Phone Number": "+442079460958"})
    mini.returned(mini.imported(sent).errors_file)
    assert mini.outcomes()[sent, "P00001"][0] == "rejected"


def test_a_failed_row_that_is_nobodys_is_told_with_its_line(mini: Mini) -> None:
    mini.returned(b'"external_id","ERRORS"\r\n"999","The phone must be a valid phone number."\r\n')
    mini.outcomes()
    ((person, detail),) = mini.issues("import_row_rejected")
    assert person is None
    assert detail.startswith("Line 1")


def test_givebutters_own_merge_on_create_names_the_contact_it_went_into(mini: Mini) -> None:
    contact(mini, 12, **{"First Name": "Omar", "Primary Email": "omar@example.org", "Contact External ID": "77"})
    mini.read()
    sent = mini.send(OMAR)
    assert mini.imported(sent).rows[0].what == "merged"
    mini.read()
    what, into, detail = mini.outcomes()[sent, "P00002"]
    assert (what, into) == ("merged", "12")
    assert "folded" in detail
    assert mini.issues("import_row_merged") == [("P00002", detail)]
    mini.send({**OMAR, "Givebutter Contact ID": "12", "Contact External ID": "2345"})
    mini.outcomes()
    assert mini.issues("import_row_merged") == []


def test_a_row_that_left_no_trace_beside_rows_that_did_is_told(mini: Mini) -> None:
    contact(mini, 12, **{"First Name": "Omar", "Primary Email": "omar@example.org"})
    mini.read()
    sent = mini.send({**NIA, "Givebutter Contact ID": "11"}, {**OMAR, "Givebutter Contact ID": "12"})
    before = mini.book.get(12)
    mini.imported(sent)
    mini.book.rows[1] = before
    mini.read()
    what, into, detail = mini.outcomes()[sent, "P00002"]
    assert (what, into) == ("unchanged", "12")
    assert "was not touched" in detail
    assert "tag" in detail
    assert [person for person, _ in mini.issues("import_row_unchanged")] == ["P00002"]


def test_what_somebody_else_changed_meanwhile_is_not_taken_for_our_doing(mini: Mini) -> None:
    contact(mini, 12, **{"First Name": "Omar", "Primary Email": "omar@example.org"})
    mini.read()
    sent = mini.send({**NIA, "Givebutter Contact ID": "11"}, {**OMAR, "Givebutter Contact ID": "12"})
    before = mini.book.get(12)
    mini.imported(sent)
    mini.book.rows[1] = before
    mini.book.replace({**before, "title": "Nurse", "middle_name": "Q"})
    mini.read()
    assert "changed by somebody else" in mini.outcomes()[sent, "P00002"][2]


def test_a_partial_reading_proves_only_what_it_holds(mini: Mini) -> None:
    contact(mini, 12, **{"First Name": "Omar", "Primary Email": "omar@example.org"})
    mini.read()
    sent = mini.send({**NIA, "Givebutter Contact ID": "11"}, {**OMAR, "Givebutter Contact ID": "12"})
    mini.imported(sent)
    mini.read(11, whole=False)
    assert words(mini, sent) == {"P00001": "updated", "P00002": "unknown"}


def test_a_file_that_was_overtaken_before_anybody_looked_proves_nothing(mini: Mini) -> None:
    mini.read()
    first = mini.send({**NIA, "Givebutter Contact ID": "11"})
    second = mini.send({**NIA, "Givebutter Contact ID": "11", "Tags": "Mentors 2026, Mentor 2026: complete"})
    mini.imported(second)
    mini.read()
    assert words(mini, first) == {"P00001": "superseded"}
    assert words(mini, second) == {"P00001": "updated"}


def test_a_later_file_does_not_change_what_an_earlier_one_did(mini: Mini) -> None:
    mini.read()
    first = mini.send({**NIA, "Givebutter Contact ID": "11"})
    mini.imported(first)
    mini.read()
    second = mini.send({**NIA, "Givebutter Contact ID": "11", "First Name": "Niamh"})
    mini.imported(second)
    mini.read()
    assert (words(mini, first), words(mini, second)) == ({"P00001": "updated"}, {"P00001": "updated"})


def test_a_contact_that_is_gone_is_told_as_gone(mini: Mini) -> None:
    mini.read()
    sent = mini.send({**NIA, "Givebutter Contact ID": "11"})
    mini.book.archive(11, archived=True)
    mini.imported(sent)
    mini.read()
    mini.gone(11)
    assert mini.outcomes()[sent, "P00001"][0] == "gone"


def test_no_value_of_a_row_can_be_read_in_what_is_kept_of_it(mini: Mini) -> None:
    mini.send(NIA)
    mini.outcomes()
    kept = str(mini.connection.execute("select written from exports.sent_row").fetchall()).lower()
    assert len(kept) > 200
    assert not [value for value in ("nia", "bell", "8135550142", "example.org") if value in kept]


def test_a_row_that_said_nothing_new_raises_no_alarm_when_somebody_edits_the_contact_later(mini: Mini) -> None:
    mini.read()
    first = mini.send({**NIA, "Givebutter Contact ID": "11"})
    mini.imported(first)
    mini.read()
    again = mini.send({**NIA, "Givebutter Contact ID": "11"})
    mini.imported(again)
    mini.now += timedelta(hours=1)
    mini.book.replace({**mini.book.get(11), "is_email_subscribed": False})
    mini.read()
    what, _, detail = mini.outcomes()[again, "P00001"]
    assert (what, "email_status" in detail) == ("updated", True)
    assert mini.issues("import_row_unchanged") == []
