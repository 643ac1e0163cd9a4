"""Promises of voter ids given with a contact: found under any usual header, written in one form, the newest counts."""

from __future__ import annotations

import duckdb
import pytest

from contact_pipeline.sources.voter_file.given import given_columns, write_given_voter_ids


def given(rows: list[tuple[str, str | None]], header: str = "State Voter ID") -> dict[str, list[str]]:
    """The voter ids of list records (record id, cell), each of a batch of its own."""
    connection = duckdb.connect()
    for schema in ("raw", "landing", "contacts"):
        connection.execute(f"create schema {schema}")
    connection.execute("create table landing.batch (batch_id varchar, sequence integer)")
    connection.execute(
        f'create table raw.list_people (_record_id varchar, _batch_id varchar, _line integer, "{header}" varchar)'
    )
    connection.execute("create table raw.givebutter_contacts (_record_id varchar, _batch_id varchar, _line integer)")
    for number, (record, cell) in enumerate(rows):
        connection.execute("insert into landing.batch values (?, ?)", [f"b{number}", number])
        connection.execute("insert into raw.list_people values (?, ?, 1, ?)", [record, f"b{number}", cell])
    write_given_voter_ids(connection, default_state="FL")
    found = connection.execute("select contact_id, voter_ids from contacts.given_voter_id").fetchall()
    return dict(found)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("104559901", "FL:104559901"),
        (" 004 559 901 ", "FL:004559901"),
        ("GA:04559901", "GA:04559901"),
        ("ga: 04559901", "GA:04559901"),
    ],
)
def test_an_id_is_written_with_its_state_and_its_zeros(written: str, read: str) -> None:
    assert given([("1", written)]) == {"list.people:1": [read]}


@pytest.mark.parametrize("blank", [None, "", "n/a", "unknown"])
def test_a_cell_without_a_number_gives_no_id(blank: str | None) -> None:
    assert given([("1", blank)]) == {}


def test_the_newest_record_counts() -> None:
    assert given([("1", "111"), ("1", "222")]) == {"list.people:1": ["FL:222"]}


def test_the_usual_headers_are_known_and_others_are_not() -> None:
    assert given_columns(["SVID", "state_voter_id", "Voter ID", "Mentor ID", "id", "Voters"]) == [
        "SVID",
        "state_voter_id",
        "Voter ID",
    ]
    assert given([("1", "111")], header="Membership") == {}
