from __future__ import annotations

import duckdb

from contact_pipeline.warehouse.models import all_models, run_model

PERSON = "person_id varchar, last_name varchar, address_line varchar, unit varchar, zip5 varchar"


def _households(*people: tuple[str | None, ...]) -> dict[str, tuple[str, int]]:
    """Household and size by person, of people (person_id, last_name, address_line, unit, zip5)."""
    with duckdb.connect() as connection:
        connection.execute("create schema people")
        connection.execute(f"create table people.person ({PERSON})")
        connection.executemany("insert into people.person values (?, ?, ?, ?, ?)", people)
        run_model(connection, all_models()["people.household"])
        rows = connection.sql("select person_id, household_id, members from people.household").fetchall()
    return {person: (household, members) for person, household, members in rows}


def test_a_house_is_one_household_whatever_its_people_are_called() -> None:
    found = _households(("b", "Reyes", "12 Oak St", None, "30601"), ("a", "Weber", "12 OAK ST", None, "30601"))
    assert found == {"a": ("a", 2), "b": ("a", 2)}


def test_room_mates_in_one_building_are_apart_by_unit() -> None:
    found = _households(
        ("a", "Reyes", "9 Elm Ave", "1A", "30601"),
        ("b", "Weber", "9 Elm Ave", "1a", "30601"),
        ("c", "Weber", "9 Elm Ave", "2B", "30601"),
    )
    assert found == {"a": ("a", 2), "b": ("a", 2)}


def test_in_a_building_with_units_people_who_give_none_share_a_home_by_last_name_alone() -> None:
    found = _households(
        ("a", "Reyes", "9 Elm Ave", None, "30601"),
        ("b", "Reyes", "9 Elm Ave", None, "30601"),
        ("c", "Weber", "9 Elm Ave", None, "30601"),
        ("d", None, "9 Elm Ave", None, "30601"),
        ("e", None, "9 Elm Ave", None, "30601"),
        ("f", "Reyes", "9 Elm Ave", "2B", "30601"),
    )
    assert found == {"a": ("a", 2), "b": ("a", 2)}


def test_a_dormitory_and_an_unknown_address_are_no_household() -> None:
    crowd = [(f"p{number:02d}", "Reyes", "1 Campus Dr", None, "30602") for number in range(13)]
    nowhere = [("x", "Reyes", None, None, "30602"), ("y", "Reyes", "1 Oak St", None, None)]
    assert _households(*crowd, *nowhere) == {}
