"""The splitter and the independent counter: one rule, two algorithms."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_pipeline.landing import count, records
from contact_pipeline.landing.count import count_records
from contact_pipeline.landing.records import BROKEN_QUOTES, LINE_CAP, Record, split_records


def split(text: str, delimiter: str = ",") -> list[Record]:
    return list(split_records(io.StringIO(text, newline=""), delimiter=delimiter))


def counted(text: str, delimiter: str = ",") -> int:
    return count_records(io.StringIO(text, newline=""), delimiter=delimiter)


CASES = {
    "plain": ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
    "no end of line at the end": ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
    "three kinds of line end": ("a\r\nb\rc\nd", [["a"], ["b"], ["c"], ["d"]]),
    "blank lines are records": ("a\n\nb\n", [["a"], [], ["b"]]),
    "a delimiter in quotes": ('"a,b",c\n', [["a,b", "c"]]),
    "a doubled quote": ('"a ""b""",c\n', [['a "b"', "c"]]),
    "a line end in quotes stays as it was": ('"a\r\nb\rc\nd",e\n', [["a\r\nb\rc\nd", "e"]]),
    "U+2028, U+0085 and form feed end no line": ("a\u2028b\x85c\x0cd,e\n", [["a\u2028b\x85c\x0cd", "e"]]),
    "a quote inside an unquoted cell is text": ("5'6\",b\n", [["5'6\"", "b"]]),
    "text after a closing quote damages its line only": ('"a"b,c\nd,e\n', [None, ["d", "e"]]),
    "a quote that never closes damages its line only": ('a,"b\nc,d\ne,f\n', [None, ["c", "d"], ["e", "f"]]),
    "a lost closing quote is found at the next opening one": ('1,"Jr\n2,"a, b"\n', [None, ["2", "a, b"]]),
    "an opening quote at the very end": ('a,b\n"', [["a", "b"], None]),
}


@pytest.mark.parametrize("name", CASES)
def test_records_are_cut_as_the_rule_says_and_counted_alike(name: str) -> None:
    text, expected = CASES[name]
    assert [record.fields for record in split(text)] == expected
    assert counted(text) == len(expected)


def test_a_record_knows_its_physical_line_and_exact_text() -> None:
    found = split('a,b\n"c\nd",e\r\nf"",g\n"x"y,z\n')
    assert [(record.line, record.raw) for record in found] == [
        (1, "a,b"),
        (2, '"c\nd",e'),
        (4, 'f"",g'),
        (5, '"x"y,z'),
    ]
    assert found[-1].problem == BROKEN_QUOTES


def test_lines_that_lie_within_a_damaged_cell_are_marked_as_doubtful() -> None:
    found = split('1,"met at\nthe "big" fair, 2, 3",x\n4,y,z\n')
    assert [(record.line, record.doubtful, record.within) for record in found[1:]] == [(2, 1, True), (3, None, False)]


def test_one_stray_quote_in_a_long_file_costs_one_line() -> None:
    lines = [f"{number},b,c" for number in range(50_000)]
    lines[7] = '7,"b,c'
    found = split("\n".join(lines))
    assert [record.line for record in found if record.fields is None] == [8]
    assert len(found) == 50_000


def test_a_file_made_of_odd_quotes_is_read_through() -> None:
    text = 'a","b\n' * 30_000
    found = split(text)
    assert len(found) == counted(text) == 30_000
    assert all(record.fields is None for record in found[:29_000])


def test_a_very_long_line_is_one_damaged_record_wherever_its_end_is() -> None:
    for extra in range(-1, 4):
        for end in ("\n", "\r", "\r\n"):
            text = ("x" * (LINE_CAP + extra) + end) * 2 + "a,b"
            found = split(text)
            assert len(found) == counted(text) == 3
            assert (found[0].fields is None) == (extra > 0)
            assert found[2].fields == ["a", "b"]


@given(st.text(alphabet='a,"\n\r; ', max_size=80))
def test_splitter_and_counter_agree_on_any_text(text: str) -> None:
    assert counted(text) == len(split(text))


@given(st.text(alphabet='a,"\n\r', max_size=200))
def test_splitter_and_counter_agree_when_reach_and_window_are_tiny(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (records, count):
            patch.setattr(module, "LINE_CAP", 12)
        patch.setattr(records, "REACHES", ((3, 4, 30), (6, 2, 14)))
        patch.setattr(records, "LAST_REACH", (1, 6))
        patch.setattr(count, "CHUNK", 7)
        patch.setattr(count, "_AHEAD", 12 + 30 + 6)
        assert counted(text) == len(split(text))


@given(st.lists(st.lists(st.text(alphabet='a,"\n ;', max_size=5), min_size=2, max_size=4), max_size=6))
def test_what_a_csv_writer_wrote_comes_back_cell_by_cell(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    assert [record.fields for record in split(stream.getvalue())] == rows


@given(st.text(alphabet='ab,"\n', max_size=80))
def test_no_cell_is_read_that_does_not_stand_in_its_own_text(text: str) -> None:
    for record in split(text):
        position = 0
        for cell in record.fields or []:
            written = cell if cell in record.raw[position:] else cell.replace('"', '""')
            assert written in record.raw[position:]
            position = record.raw.index(written, position) + len(written)
