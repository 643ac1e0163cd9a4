"""Two numbers or e-mails in one cell."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_pipeline.normalize.multi import MULTI_CAP, build_multi_values, split_multi
from contact_pipeline_tests.normalize.tables import write_texts

CELLS = {
    "slash": ("813-555-0142 / 813-555-0143", ["813-555-0142", "813-555-0143"]),
    "comma list of an export": ("+18135550143, +18135550144", ["+18135550143", "+18135550144"]),
    "semicolon": ("a@example.org; b@example.org", ["a@example.org", "b@example.org"]),
    "or": ("813-555-0142 or 813-555-0143", ["813-555-0142", "813-555-0143"]),
    "line break": ("813-555-0142\n813-555-0143", ["813-555-0142", "813-555-0143"]),
    "an extension after a comma stays": ("8135550142, x89", ["8135550142, x89"]),
    "extension, then a second number": ("8135550142,89, 8135550143", ["8135550142,89", "8135550143"]),
    "area code before a slash stays": ("813/555-0142", ["813/555-0142"]),
    "no number at all stays whole": ("n/a", ["n/a"]),
    "a word for nothing is one value": ("n/a, 8135550142", ["n/a", "8135550142"]),
    "or inside an address is no separator": ("or.and@example.org", ["or.and@example.org"]),
    "a remark is a value of its own": ("813-555-0142 / home", ["813-555-0142", "home"]),
    "one number": (" 813-555-0142 ", ["813-555-0142"]),
    "empty pieces": ("a@example.org,, ;b@example.org,", ["a@example.org", "b@example.org"]),
    "blank": ("  ", []),
}


@pytest.mark.parametrize(("raw", "values"), CELLS.values(), ids=CELLS)
def test_a_cell_is_taken_apart(raw: str, values: list[str]) -> None:
    assert split_multi(raw) == values


def test_a_cell_over_the_cap_stays_whole() -> None:
    cell = "8135550142, " * MULTI_CAP
    assert split_multi(cell) == [cell.strip()]


@given(st.lists(st.from_regex(r"\A\+1813555[0-9]{4}\Z"), min_size=1), st.sampled_from([", ", ";", " / ", "|", " OR "]))
def test_joined_numbers_come_apart_again(numbers: list[str], separator: str) -> None:
    assert split_multi(separator.join(numbers)) == numbers


@given(st.text(max_size=60))
def test_values_are_trimmed_pieces_of_the_cell(raw: str) -> None:
    rest = raw
    for value in split_multi(raw):
        assert value
        assert value == value.strip()
        rest = rest[rest.index(value) + len(value) :]


def test_the_table_holds_the_same_values_in_order(connection: duckdb.DuckDBPyConnection) -> None:
    raws = [raw for raw, _ in CELLS.values()]
    build_multi_values(connection, write_texts(connection, ["raw"], [(raw,) for raw in [*raws, *raws, None]]), "built")
    rows = connection.execute("from built").fetchall()
    expected = [(raw, place, value) for raw in raws for place, value in enumerate(split_multi(raw), start=1)]
    assert sorted(rows) == sorted(expected)
