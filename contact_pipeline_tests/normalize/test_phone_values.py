"""The phone value table equals libphonenumber on every input (decision 35)."""

import random
from collections.abc import Iterable, Iterator

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberDesc

from contact_pipeline.normalize.phone import parse_phone
from contact_pipeline.normalize.phone_patterns import NotExpressible, pattern_of, region_metadata
from contact_pipeline.normalize.phone_values import build_phone_values
from contact_pipeline_tests.normalize.libphonenumber import Reading, plain_reading
from contact_pipeline_tests.normalize.tables import built_from_raws

EXCHANGES_OF_EACH_START = 3
PIECES = [
    *"0123456789" * 3, *" -().+/,;:x#*~[]", "ext", "ext.", "X", "EXT", " x", "+1", "1", "011", "tel:", ";ext=",
    ";phone-context=+1", ";isub=1", "８", "٣", "–", "—", "\u00a0", "\u200b", "\u3000", "A", "FLOWERS", "\t", "\n",
    "\0", "＋", "ｘ", " or ", "доб", "int", "anexo", "\u202e", "²", "𝟗", "'", "é",
]  # fmt: skip
PREFIXES = ["", "", "+1", "1", "1-", "+1 ", "(", "+", "0", "11", "+11", "001", "011 1 ", " ", "( +1) ", "."]
MARKS = ["", "-", " ", ".", ") ", " - ", "--", "/", "("]
ENDINGS = [
    "", "", "", " x12", "x12", " ext 5", " ext. 123456789", "ext.12345678901", "x 5 6", "X.7", "#5", ",5", ", 22", ";3",
    " ", ".", ")", "-", "x", "/x3", "xx5", " x-5", "x5#", "ext:5", " eXT 9", "x1234567890",
]  # fmt: skip


def table_readings(
    connection: duckdb.DuckDBPyConnection, raws: Iterable[str], region: str = "US"
) -> dict[str, Reading]:
    rows = built_from_raws(connection, build_phone_values, raws, region=region)
    return {raw: (row[0], row[1], row[2], row[3], row[4]) for raw, row in rows.items()}


def awkward_numbers(choose: random.Random, count: int) -> Iterator[str]:
    """Numbers with every kind of prefix, mark and ending, and pieces thrown together."""
    for _ in range(count):
        if choose.random() < 0.3:
            yield "".join(choose.choice(PIECES) for _ in range(choose.randint(0, 20)))
            continue
        area, exchange, line = choose.randint(200, 999), choose.randint(100, 999), choose.randint(0, 9999)
        marked = f"{area}{choose.choice(MARKS)}{exchange}{choose.choice(MARKS)}{line:04}"
        yield choose.choice(PREFIXES) + marked + choose.choice(ENDINGS)


def every_area_code(choose: random.Random) -> Iterator[str]:
    """Each area code with exchanges of every first two digits: what the patterns tell apart."""
    for area in range(200, 1000):
        for exchange in range(10, 100):
            for last in choose.sample(range(10), EXCHANGES_OF_EACH_START):
                yield f"{area}{exchange}{last}{choose.randint(0, 9999):04}"


def test_every_area_code_is_read_as_libphonenumber_reads_it(connection: duckdb.DuckDBPyConnection) -> None:
    numbers = list(every_area_code(random.Random(1)))
    read = table_readings(connection, numbers)
    assert len(read) > 200_000
    one_of_each_exchange = numbers[::EXCHANGES_OF_EACH_START]
    assert [raw for raw in one_of_each_exchange if read[raw] != plain_reading(raw, "US")] == []


@pytest.mark.parametrize("region", ["US", "CA", "BS", "GB"])
def test_awkward_numbers_are_read_as_libphonenumber_reads_them(
    connection: duckdb.DuckDBPyConnection, region: str
) -> None:
    raws = set(awkward_numbers(random.Random(region), 8_000))
    assert table_readings(connection, raws, region) == {raw: plain_reading(raw, region) for raw in raws}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raws=st.sets(st.text(st.characters(codec="utf-8"), max_size=30) | st.from_regex(r"\A[-0-9 ().+x#]{7,16}\Z")),
    region=st.sampled_from(["US", "GB", "CA"]),
)
def test_any_text_is_read_as_libphonenumber_reads_it(
    connection: duckdb.DuckDBPyConnection, raws: set[str], region: str
) -> None:
    assert table_readings(connection, raws, region) == {raw: plain_reading(raw, region) for raw in raws}


def test_a_local_number_lacks_its_area_code_except_where_canada_has_it_whole(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    raws = [f"{start}{exchange:02}-0142" for start in range(10) for exchange in range(100)]
    rows = built_from_raws(connection, build_phone_values, raws)
    assert {raw: row[:5] for raw, row in rows.items()} == {raw: plain_reading(raw, "US") for raw in raws}
    assert {raw: row[5] for raw, row in rows.items()} == {raw: parse_phone(raw).reason for raw in raws}


def test_reasons_are_those_of_a_single_reading(connection: duckdb.DuckDBPyConnection) -> None:
    raws = ["555-123-4567", "813-155-0142 x3", "12", "call me", "555-0142", "+999 1", "8135550142", ""]
    rows = built_from_raws(connection, build_phone_values, raws)
    assert {raw: row[5] for raw, row in rows.items()} == {raw: parse_phone(raw).reason for raw in raws}


def test_each_distinct_cell_has_one_row_and_a_null_has_none(connection: duckdb.DuckDBPyConnection) -> None:
    rows = built_from_raws(connection, build_phone_values, ["8135550142", "8135550142", None, "x"])
    assert sorted(rows) == ["8135550142", "x"]


def test_a_pattern_that_sql_cannot_express_stops_the_fast_path() -> None:
    with pytest.raises(NotExpressible):
        pattern_of(PhoneNumberDesc(national_number_pattern="(?!555)\\d{10}"))


def test_an_unknown_region_has_no_metadata() -> None:
    with pytest.raises(LookupError, match="XX"):
        region_metadata("XX")
