"""Every kind of evidence by name: what the comparison finds, and what says nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from contact_pipeline.identity.canonical import CANONICAL_COLUMNS, normalised_evidence
from contact_pipeline.identity.explanation import explain
from contact_pipeline.identity.flipping import JOINED
from contact_pipeline.identity.parameters import default_model

TODAY = date(2026, 11, 20)
SAME_NAME = {"first_name": "Marisol", "last_name": "Quintero"}
HOME = {"address_line_1": "12 Oak St", "city": "Athens", "state": "GA", "zip": "30601"}

FOUND: dict[str, tuple[dict[str, str], dict[str, str], str, str]] = {
    "a name": ({"first_name": "Ann"}, {"first_name": "ANN"}, "first name", "the same first name"),
    "accents": ({"first_name": "José"}, {"first_name": "Jose"}, "first name", "the same first name"),
    "a nickname": ({"first_name": "Paco"}, {"first_name": "Francisco"}, "first name", "stand for each other"),
    "two nicknames": ({"first_name": "Pancho"}, {"first_name": "Kiko"}, "first name", "one and the same third"),
    "the name gone by": (
        {"first_name": "Zebulon", "preferred_name": "Ty"}, {"first_name": "Ty"}, "first name", "stand for each other"
    ),
    "an initial": ({"first_name": "J"}, {"first_name": "Jolanda"}, "first name", "an initial"),
    "two first names": ({"first_name": "Maria Jose"}, {"first_name": "Maria"}, "first name", "the same first name"),
    "names swapped": (
        {"first_name": "Thuy", "last_name": "Nguyen"}, {"first_name": "Nguyen", "last_name": "Thuy"},
        "first name", "in each other's place",
    ),
    "a name out of place": (
        {"first_name": "Quintero", "last_name": "Diaz"}, {"first_name": "Marisol", "last_name": "Quintero"},
        "first name", "the other's last name",
    ),
    "Linh and Minh": ({"first_name": "Linh"}, {"first_name": "Minh"}, "first name", "two different first names"),
    "a hyphenated last name": (
        {"last_name": "García-López"}, {"last_name": "Lopez"}, "last name", "last names that share a part"
    ),
    "one suffix": (
        {"first_name": "Hector", "suffix": "Jr."}, {"first_name": "Hector"}, "first name", "one of them with a suffix"
    ),
    "two suffixes": (
        {"first_name": "Hector", "suffix": "Jr."}, {"first_name": "Hector", "suffix": "Sr"},
        "first name", "a generation apart",
    ),
    "a middle initial": (
        SAME_NAME | {"middle_name": "K."}, SAME_NAME | {"middle_name": "Kim"}, "middle name", "initials that agree"
    ),
    "a birth date": ({"birth_date": "5/14/2001"}, {"birth_date": "2001-05-14"}, "birth date", "the same birth date"),
    "a birth year alone": ({"birth_date": "2001"}, {"birth_date": "2001-05-14"}, "birth date", "the same birth year"),
    "a phone": ({"phone": "(404) 555-0142"}, {"phone2": "+1 404-555-0142"}, "phone", "a phone in common"),
    "an e-mail": ({"email": "M@Example.org"}, {"email2": "m@example.org"}, "e-mail", "an e-mail in common"),
    "an e-mail's local part": (
        {"email": "sunflower447@example.org"}, {"email": "sunflower447@example.com"}, "e-mail", "only after the @"
    ),
    "an e-mail mistyped": (
        SAME_NAME | {"email": "marisolquintero@gmail.com"}, SAME_NAME | {"email": "mairsolquintero@gmail.com"},
        "e-mail", "one slip",
    ),
    "an e-mail mistyped, digits beside it": (
        {"email": "sunflower447@gmail.com"}, {"email": "sunflwoer447@gmail.com"}, "e-mail", "one slip"
    ),
    "an e-mail's domain": ({"email": "a@acme.example.org"}, {"email": "b@acme.example.org"}, "e-mail", "one domain"),
    "a provider's domain": ({"email": "ann@gmail.com"}, {"email": "bert@gmail.com"}, "e-mail", "different e-mails"),
    "an address": (HOME, HOME, "address", "the same address"),
    "a unit": (HOME | {"address_line_2": "Apt 4"}, HOME | {"address_line_2": "#4"}, "address", "the same address"),
    "another unit": (
        HOME | {"address_line_2": "Apt 4"}, HOME | {"address_line_2": "Apt 5"}, "address", "different units"
    ),
    "one unit": (HOME | {"address_line_2": "Apt 4"}, HOME, "address", "a unit on one side"),
    "a street": (HOME, HOME | {"address_line_1": "98 Oak Street"}, "address", "the same street"),
    "a ZIP": ({"zip": "30601-1234"}, {"zip": "30601"}, "ZIP and city", "the same ZIP"),
    "a city": ({"city": "ATHENS"}, {"city": "Athens"}, "ZIP and city", "the same city"),
    "an external id": ({"external_id": "x1"}, {"external_id": "x1"}, "external id", "an external id in common"),
    "a voter id": (
        {"voter_id": "FL:104559901"}, {"voter_id": "104559901", "state": "Florida"}, "external id", "in common"
    ),
    "a LinkedIn page": (
        {"linkedin": "https://www.linkedin.com/in/Mar-Q/"}, {"linkedin": "linkedin.com/in/mar-q?x"},
        "external id", "in common",
    ),
    "a company": ({"company": "The Acme Co., Inc."}, {"company": "ACME LLC"}, "company", "the same company"),
}  # fmt: skip

NOTHING: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "a company's LinkedIn page": (
        {"linkedin": "linkedin.com/company/acme"}, {"linkedin": "linkedin.com/company/acme"}, "external id"
    ),
    "retired": ({"company": "Retired"}, {"company": "retired"}, "company"),
    "a birth date this year": ({"birth_date": "2026-05-14"}, {"birth_date": "2026-05-14"}, "birth date"),
    "a junk e-mail": ({"email": "none@none.com"}, {"email": "none@none.com"}, "e-mail"),
    "a junk phone": ({"phone": "000-000-0000"}, {"phone": "000-000-0000"}, "phone"),
    "ids that differ": ({"external_id": "x1"}, {"external_id": "x2"}, "external id"),
}  # fmt: skip


def _told(connection: duckdb.DuckDBPyConnection, *records: dict[str, str]) -> Any:
    columns = ("record_id", "source_dataset", *CANONICAL_COLUMNS)
    connection.execute(f"create or replace table canonical ({', '.join(f'{name} varchar' for name in columns)})")
    marks = ", ".join("?" for _ in columns)
    for number, record in enumerate(records):
        row = {"record_id": f"r{number:03d}", "source_dataset": "test"} | record
        connection.execute(f"insert into canonical values ({marks})", [row.get(name) for name in columns])
    normalised_evidence(connection, "canonical", "evidence", today=TODAY)
    return explain(connection, "evidence", default_model(), "r000", "r001")


def _finding(told: Any, words: str) -> str:
    return str(next(field.finding for field in told.fields if field.field == words))


@pytest.mark.parametrize(("left", "right", "words", "finding"), FOUND.values(), ids=FOUND.keys())
def test_evidence_is_found_either_way_round(connection, left, right, words, finding) -> None:
    assert finding in _finding(_told(connection, left, right), words)
    assert finding in _finding(_told(connection, right, left), words)


@pytest.mark.parametrize(("left", "right", "words"), NOTHING.values(), ids=NOTHING.keys())
def test_what_is_nobodys_says_nothing(connection, left, right, words) -> None:
    assert _finding(_told(connection, left, right), words) == "nothing to compare"


NAMESAKES = {
    "a letter beside the name": ("marisolquinterok@gmail.com", "marisolquinterom@gmail.com"),
    "an initial": ("mquintero@gmail.com", "mquinteroj@gmail.com"),
    "what was drawn to be unique": ("marisol.quintero13yr9@gmail.com", "marisol.quintero1r631@gmail.com"),
}


@pytest.mark.parametrize(("left", "right"), NAMESAKES.values(), ids=NAMESAKES.keys())
def test_mailboxes_that_two_namesakes_may_have_are_no_slip_of_the_pen(connection, left, right) -> None:
    told = _told(connection, SAME_NAME | {"email": left}, SAME_NAME | {"email": right})
    assert _finding(told, "e-mail") == "different e-mails"


def test_an_external_id_used_under_several_names_weighs_less(connection) -> None:
    names = ("Ann", "Bert", "Cleo")
    several = [{"first_name": name, "last_name": f"{name}son", "external_id": "x1"} for name in names]
    assert "several people use" in _finding(_told(connection, *several), "external id")


def test_a_lead_is_found_by_a_rare_name_and_its_company(connection) -> None:
    lead = {"first_name": "Xiomara", "last_name": "Vandersloot", "company": "Acme Industries"}
    told = _told(connection, lead, lead | {"company": "Acme Industries, Inc."})
    other = _told(connection, lead, lead | {"company": "Bakery"})
    assert told.band == JOINED
    assert other.band != JOINED


def test_same_name_and_phone_join_and_another_email_asks_a_human(connection) -> None:
    """A father and a son of one name may share a phone; nothing but the e-mail would then tell (docs/linking.md)."""
    known = SAME_NAME | {"phone": "(404) 555-0142"}
    assert _told(connection, known, known).band == JOINED
    two = _told(connection, known | {"email": "sunny@example.org"}, known | {"email": "rainy@example.com"})
    assert two.band != JOINED
