"""Behavioural files: any columns, kept as they are, found again by e-mail or phone."""

from __future__ import annotations

import pytest

from contact_pipeline.landing.load import load_pending
from contact_pipeline.sources.behaviour.keys import may_hold_phones, write_behaviour_keys
from contact_pipeline.sources.entities import BEHAVIOUR_RECORDS
from contact_pipeline_tests.landing.conftest import home  # noqa: F401 (a fixture)
from contact_pipeline_tests.landing.helpers import NOW, Home

DONORS = (
    "Receipt Number,Donor,Contact,Amount\n"
    "8135550199,Ann Banks,(813) 555-0142 / ann@example.org,25\n"
    "8135550198,Bo Quintero,Bo@Example.org,100\n"
)
EVENT = "Shift,Who,Their cell,Notes\nSat,Ann,+1 813 555 0142,call 813-555-0100 first\nSun,Cy,none,\n"


def keys(home: Home) -> list[tuple[str, str, str, int]]:  # noqa: F811
    home.connection.execute("create schema if not exists contacts")
    write_behaviour_keys(home.connection, region="US")
    return home.connection.execute(
        "select k.kind, k.value, b.file_name, k.line from contacts.behaviour_key k "
        "join landing.batch b using (batch_id) order by all"
    ).fetchall()


def test_cells_that_are_addresses_or_numbers_are_keys_whatever_their_column(home: Home) -> None:  # noqa: F811
    for name, content in (("2024_Donors.csv", DONORS), ("Rally.csv", EVENT)):
        assert home.ingest(content, name, BEHAVIOUR_RECORDS).status == "landed"
    assert keys(home) == [
        ("email", "ann@example.org", "2024_Donors.csv", 2),
        ("email", "bo@example.org", "2024_Donors.csv", 3),
        ("phone", "+18135550142", "2024_Donors.csv", 2),
        ("phone", "+18135550142", "Rally.csv", 2),
    ]


def test_files_without_a_header_and_without_any_key_are_kept_too(home: Home) -> None:  # noqa: F811
    home.ingest("1,8135550142\n2,none\n", "plain.csv", BEHAVIOUR_RECORDS)
    home.ingest("Precinct,Turnout\nA1,55\n", "turnout.csv", BEHAVIOUR_RECORDS)
    assert keys(home) == [("phone", "+18135550142", "plain.csv", 1)]
    assert home.count("raw.behaviour_records") == 3


def test_a_record_that_came_twice_counts_where_it_came_last(home: Home) -> None:  # noqa: F811
    home.ingest(DONORS, "donors.csv", BEHAVIOUR_RECORDS)
    home.ingest(DONORS + "8135550197,Cy,cy@example.org,5\n", "donors-2.csv", BEHAVIOUR_RECORDS)
    assert {name for _, _, name, _ in keys(home)} == {"donors-2.csv"}


def test_without_any_file_there_are_no_keys(home: Home) -> None:  # noqa: F811
    load_pending(home.connection, home.store, NOW, entity=BEHAVIOUR_RECORDS)
    assert keys(home) == []


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("Phone Number", True), ("Contact", True), ("column_2", True), ("cell", True), ("Mobile no.", True),
        ("Receipt Number", False), ("voter_id", False), ("ID", False), ("Donation Amount", False), ("Paid", True),
    ],
)  # fmt: skip
def test_numbers_of_another_kind_are_told_by_their_column(column: str, expected: bool) -> None:
    assert may_hold_phones(column) is expected
