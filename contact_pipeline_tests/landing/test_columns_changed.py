"""Promises about columns that change: a readable difference, closed when the next batch agrees, never noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_pipeline.landing.load import load_pending
from contact_pipeline.sources.entities import CONTACTICS_CONTACTS, Entity
from contact_pipeline.warehouse.models import all_models, run_model
from contact_pipeline_tests.landing.helpers import NOW, Home, as_csv
from contact_pipeline_tests.landing.test_pages import body, records_of

USUAL = ["Givebutter Contact ID", "First Name", "Last Name", "Primary Email", "Primary Phone"]


def changes(home: Home) -> list[str]:
    """The details of today's issues."""
    home.connection.execute("create schema if not exists issues")
    run_model(home.connection, all_models()["issues.columns_changed"])
    return [
        row[0] for row in home.connection.execute("select detail from issues.columns_changed order by 1").fetchall()
    ]


def export(home: Home, header: Sequence[str], name: str, first_id: int = 1) -> None:
    rows = [[str(first_id), "Ann", "Banks", *[f"{column} {first_id}" for column in header[3:]]]]
    assert home.contacts(as_csv([list(header), *rows]), name).status == "landed"


def read(home: Home, *records: dict[str, Any], full: bool = False, entity: Entity = CONTACTICS_CONTACTS) -> None:
    home.store.land_pages(entity, [body(*records)], records_of, now=NOW, full=full)
    load_pending(home.connection, home.store, NOW)


def people(count: int, *keys: str, first_id: int = 0) -> list[dict[str, Any]]:
    return [{"id": first_id + n, **{key: f"{key} {first_id + n}" for key in keys}} for n in range(count)]


def test_equal_headers_and_a_first_file_say_nothing(home: Home) -> None:
    export(home, USUAL, "one.csv")
    assert changes(home) == []
    export(home, USUAL, "two.csv", 2)
    assert changes(home) == []


def test_a_renamed_an_added_and_a_gone_column_are_told_by_name(home: Home) -> None:
    export(home, [*USUAL, "Favourite Colour"], "one.csv")
    export(home, [*USUAL[:3], "Primary E-Mail", "Primary Phone", "Pronouns"], "two.csv", 2)
    assert changes(home) == [
        "givebutter.contacts from two.csv: added: Primary E-Mail, Pronouns; gone: Favourite Colour, Primary Email; "
        "maybe renamed: Primary Email → Primary E-Mail"
    ]


def test_the_only_gone_and_the_only_added_column_are_taken_for_one_another(home: Home) -> None:
    export(home, [*USUAL, "Colour"], "one.csv")
    export(home, [*USUAL, "Shade"], "two.csv", 2)
    assert changes(home)[0].endswith("maybe renamed: Colour → Shade")


def test_the_issue_is_gone_when_the_next_file_agrees(home: Home) -> None:
    export(home, USUAL, "one.csv")
    export(home, [*USUAL, "Pronouns"], "two.csv", 2)
    assert len(changes(home)) == 1
    export(home, [*USUAL, "Pronouns"], "three.csv", 3)
    assert changes(home) == []


def test_another_order_spelling_or_case_of_known_columns_is_no_change(home: Home) -> None:
    export(home, USUAL, "one.csv")
    export(home, ["Givebutter Contact ID", "first name ", "LAST NAME", "Primary Phone", "primary email"], "two.csv", 2)
    assert changes(home) == []


def test_a_changed_column_is_loaded_all_the_same(home: Home) -> None:
    export(home, USUAL, "one.csv")
    export(home, [*USUAL, "Shoe Size"], "two.csv", 2)
    found = home.connection.execute('select _record_id, "Shoe Size" from raw.givebutter_contacts order by 1').fetchall()
    assert found == [("1", None), ("2", "Shoe Size 2")]


def test_a_list_is_compared_with_the_list_of_its_name_only(home: Home) -> None:
    home.ingest("Name,E-mail\nAnn Banks,ann@example.org\n", "spring-2025.csv")
    home.ingest("Who,Phone\nBo Bell,813-555-0142\n", "fair.csv")
    assert changes(home) == []
    home.ingest("Name,Mail address\nCy Bell,cy@example.org\n", "spring-2026.csv")
    assert changes(home) == [
        "list.people from spring-2026.csv: added: Mail address; gone: E-mail; maybe renamed: E-mail → Mail address"
    ]


def test_a_key_the_api_never_sent_before_is_told_and_one_we_know_is_not(home: Home) -> None:
    read(home, *people(30, "first_name"))
    read(home, *people(2, "first_name", "landline_phone", first_id=100))
    assert changes(home) == [], "a first value of a known field is no change"
    read(home, *people(2, "first_name", "fax", first_id=200))
    assert changes(home) == ["contactics.contacts from the API: added: fax"]


def test_a_few_records_without_a_key_are_no_change_but_a_whole_list_without_it_is(home: Home) -> None:
    read(home, *people(40, "first_name", "mobile_phone"), full=True)
    read(home, *people(40, "first_name", "mobile_phone", first_id=100))
    read(home, *people(5, "first_name", first_id=200))
    assert changes(home) == []
    read(home, *people(60, "first_name", "cell_phone", first_id=300), full=True)
    assert changes(home) == [
        "contactics.contacts from the API: added: cell_phone; gone: mobile_phone; "
        "maybe renamed: mobile_phone → cell_phone"
    ]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    windows=st.lists(st.lists(st.sampled_from(CONTACTICS_CONTACTS.columns[1:-1]), unique=True), min_size=1, max_size=5)
)
def test_omitted_nulls_of_known_fields_never_raise_an_issue(
    tmp_path_factory: pytest.TempPathFactory, windows: list[list[str]]
) -> None:
    home = Home.make(tmp_path_factory.mktemp("home"))
    try:
        for number, keys in enumerate(windows):
            read(home, *people(3, *keys, first_id=number * 10))
        assert changes(home) == []
    finally:
        home.connection.close()
