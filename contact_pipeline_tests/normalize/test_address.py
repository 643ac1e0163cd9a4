"""What one written address means, and that the table says the same."""

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_pipeline.normalize.address import (
    ADDRESS_CAP,
    NO_STREET,
    OVER_CAP,
    UNKNOWN_STATE,
    WITHHELD,
    Address,
    WrittenAddress,
    city_key,
    parse_address,
)
from contact_pipeline.normalize.address_values import RAW_COLUMNS, build_address_values
from contact_pipeline.normalize.street import ordinary_line, street_key, unit_identifier
from contact_pipeline_tests.normalize.tables import write_texts

LINES = {
    "plain": ("410 Heron Ln", "", ("410 Heron Ln", "410", "heron ln", None)),
    "capitals and a unit": ("410 HERON LANE APT 4B", "", ("410 Heron Lane", "410", "heron ln", "4B")),
    "number sign": ("410 Heron Ln #4b", "", ("410 Heron Ln", "410", "heron ln", "4B")),
    "unit in line 2": ("410 Heron Ln", "Apt 4B", ("410 Heron Ln", "410", "heron ln", "4B")),
    "bare unit in line 2": ("410 Heron Ln", "4b", ("410 Heron Ln", "410", "heron ln", "4B")),
    "suite": ("1600 N Oak Ave NW, Ste 100", "", ("1600 N Oak Ave NW", "1600", "n oak ave nw", "100")),
    "lot": ("12 Oak St Lot 7", "", ("12 Oak St", "12", "oak st", "7")),
    "Stewart is no suite": ("456 Stewart Ave", "", ("456 Stewart Ave", "456", "stewart ave", None)),
    "Steiner is no suite": ("456 Steiner Rd Ste 5", "", ("456 Steiner Rd", "456", "steiner rd", "5")),
    "post box": ("P.O. BOX 44", "", ("PO Box 44", "44", "po box", None)),
    "half number": ("123 1/2 E MAIN ST", "rear", ("123 1/2 E Main St", "123 1/2", "e main st", "REAR")),
    "number in words": ("One Main Street", "", ("1 Main Street", "1", "main st", None)),
    "hyphenated number": ("12-34 31st Ave", "", ("12-34 31st Ave", "12-34", "31st ave", None)),
    "street in line 2": ("C/O Jane Doe", "12 Oak St", ("12 Oak St", "12", "oak st", None)),
    "county road": ("123 County Road 12", "", ("123 County Road 12", "123", "county rd 12", None)),
}


@pytest.mark.parametrize(("line1", "line2", "parts"), LINES.values(), ids=LINES)
def test_a_street_line_is_taken_apart(line1: str, line2: str, parts: tuple[str | None, ...]) -> None:
    address = parse_address(WrittenAddress(line1, line2, "Tampa", "FL", "33602"))
    assert (address.line, address.street_number, address.street_name, address.unit) == parts
    assert address.valid


SAME_STREET = [
    ("North Heron Lane", "N. HERON LN"),
    ("First Street", "1st St."),
    ("Saint Johns Avenue", "St Johns Ave"),
    ("O'Neil Drive", "ONEIL DR"),
    ("Main Street Northwest", "Main St NW"),
]


@pytest.mark.parametrize(("one", "other"), SAME_STREET)
def test_two_ways_of_writing_a_street_have_one_key(one: str, other: str) -> None:
    assert street_key(one) == street_key(other)


def test_north_street_is_not_n_street() -> None:
    assert street_key("North St") == "north st"


def test_apartments_of_one_house_differ_only_in_the_unit() -> None:
    one, other = (parse_address(WrittenAddress(f"410 Heron Ln Apt {unit}", zip="33602")) for unit in ("4A", "4B"))
    assert (one.street_number, one.street_name, one.zip5) == (other.street_number, other.street_name, other.zip5)
    assert one.unit != other.unit


def test_a_whole_address_in_line_1_fills_blank_parts() -> None:
    address = parse_address(WrittenAddress("410 Heron Ln, Tampa, FL 33602"))
    assert (address.line, address.city, address.state, address.zip5) == ("410 Heron Ln", "Tampa", "FL", "33602")


def test_a_filled_part_is_never_replaced_from_line_1() -> None:
    address = parse_address(WrittenAddress("410 Heron Ln, Tampa, FL 33602", city="Orlando", zip="32801"))
    assert (address.city, address.zip5) == ("Orlando", "32801")


def test_a_lost_zero_is_restored_and_said() -> None:
    address = parse_address(WrittenAddress("12 Oak St", city="Boston", state="Massachusetts", zip="2134"))
    assert (address.state, address.zip5, address.valid) == ("MA", "02134", True)
    assert address.reason == "ZIP code: its leading zero was lost and is restored"


def test_an_unknown_state_makes_an_address_invalid() -> None:
    address = parse_address(WrittenAddress("12 Oak St", city="Tampa", state="XX"))
    assert (address.valid, address.state, address.reason) == (False, None, UNKNOWN_STATE)


def test_a_line_without_a_house_number_has_no_normal_form_and_stays_readable() -> None:
    address = parse_address(WrittenAddress("Corner of Main and 3rd", city="Tampa", state="FL"))
    assert (address.line, address.street_name, address.valid) == ("Corner of Main and 3rd", None, False)
    assert address.reason == NO_STREET


def test_a_foreign_street_line_is_kept_whole() -> None:
    address = parse_address(WrittenAddress("10 Downing Street", city="London", zip="SW1A 2AA", country="UK"))
    assert (address.line, address.street_name, address.country, address.zip5) == ("10 Downing Street", None, "GB", None)
    assert address.valid


def test_canada_is_told_by_its_province() -> None:
    address = parse_address(WrittenAddress("12 Oak St", city="Toronto", state="Ontario", zip="M5V 2T6"))
    assert (address.country, address.state, address.zip5, address.valid) == ("CA", "ON", None, True)


def test_a_withheld_address_says_so() -> None:
    assert parse_address(WrittenAddress("*** Protected ***")) == Address(reason=WITHHELD)


def test_words_for_nothing_are_a_blank_address() -> None:
    assert parse_address(WrittenAddress("N/A", "none", "-")) == Address()


def test_an_address_over_the_cap_is_refused_before_the_parser() -> None:
    assert parse_address(WrittenAddress("(" * ADDRESS_CAP, "1")) == Address(reason=OVER_CAP)


def test_a_city_has_one_key_for_its_ways_of_writing() -> None:
    assert city_key("Saint Petersburg") == city_key("ST. PETERSBURG") == "st petersburg"


@pytest.mark.parametrize("text", ["Apt 4B", "#4b", "# 4B", "Unit 4B", "4B", "apt. #4B", "UNIT4B", "Suite 4b,"])
def test_a_unit_has_one_form(text: str) -> None:
    assert unit_identifier(text) == "4B"


@pytest.mark.parametrize("text", ["12 Oak St", "Attn: Bob", "Stewart", "", "Tampa"])
def test_other_second_lines_are_no_unit(text: str) -> None:
    assert unit_identifier(text) is None


@pytest.mark.parametrize("text", ["12 MAIN ST CLEARWATER BEACH", "12 OAK ST FL 33602", "MAIN ST", "12 OAK & ELM ST"])
def test_a_line_that_holds_more_than_a_street_is_not_ordinary(text: str) -> None:
    assert ordinary_line(text) is None


LINE1 = [
    "410 Heron Ln", "410 HERON LANE APT 4B", "12 Main St #4", "PO Box 12", "12 N Main St NW", "12-34 31st Ave", None,
    "", "99 O'Neil Dr, Unit B", " 12 Oak St", "12  Oak St", "12 Oak St,", "1 st ave", "100 Main St Clearwater Beach",
    "n/a", "12 Oak Ste 5", "12 Stewart Ave", "Ünder 5", "12 Straße Rd", "12 1/2 Oak Blvd", "5B Elm Ct", "Apt 4",
    "x" * 1001, "*** Protected ***", "12 NORTH ST", "7 the oaks Dr S", "12 Oak St FL 3", "12 a b c d e f Rd",
    "12 oak st # b-3",
]  # fmt: skip
LINE = r"\A[0-9]{1,4} [A-Za-z' ]{2,12} (St|AVE|ln\.?)( (APT|#|Ste) ?[0-9A-Z]{1,3})?\Z"
LINE2 = [None, "", "Apt 4", "4B", "#4b", "n/a", "rear", "12 Oak St", " apt 5 ,", "Attn", "PO BOX 5"]
CITY = ["Tampa", "TAMPA", "St. Petersburg", "tampa,", "", None, "n/a", " .", "İstanbul", "winter  park"]
STATE = ["FL", "Florida", "fla.", "ON", "XX", "", None, "N/A"]
ZIP = ["33602", "33602-1234", "2134", "33602.0", "00000", "K1A 0B1", "", None, "33602-0000"]
COUNTRY = ["US", "USA", "", None, "Canada", "UK", "Narnia"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sets(
        st.tuples(
            st.sampled_from(LINE1) | st.from_regex(LINE),
            *[st.sampled_from(values) for values in (LINE2, CITY, STATE, ZIP, COUNTRY)],
        ),
        max_size=40,
    )
)  # fmt: skip
def test_the_table_says_what_a_single_reading_says(
    connection: duckdb.DuckDBPyConnection, written: set[tuple[str | None, ...]]
) -> None:
    build_address_values(connection, write_texts(connection, RAW_COLUMNS, written), "built")
    rows = {row[:6]: row[6:] for row in connection.execute("from built").fetchall()}
    assert rows == {row: _read(row) for row in written}


def _read(row: tuple[str | None, ...]) -> tuple[object, ...]:
    return tuple(vars(parse_address(WrittenAddress(*(text or "" for text in row)))).values())
