"""Promises of the look at lines: what it calls plain, a strict reader reads as one record of the right width."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.sources.voter_file.lines import Lines, beside_lone, is_utf8, look_at_lines

WIDTH = 4
PIECES = st.sampled_from(["a", "1", "", ",", ",", ",", '"', '""', ' "', "\t", " ", "\r", "\0", "é", "x" * 9])


def look(text: str, *, quote: str = '"', delimiter: str = ",", width: int = WIDTH) -> Lines:
    return look_at_lines(text.encode(), width=width, delimiter=delimiter, quote=quote)


def strictly_read(line: str) -> list[str] | None:
    """The cells of a line, where a strict reader finds one record and no quote inside an unquoted cell."""
    if "\0" in line or "\r" in line.removesuffix("\r"):
        return None
    try:
        records = list(csv.reader([line.removesuffix("\r")], strict=True))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=14).map("".join), min_size=1, max_size=8))
def test_a_plain_line_is_one_record_of_the_right_width(lines: list[str]) -> None:
    found = look("".join(f"{line}\n" for line in lines))
    for line, plain in zip(lines, found.plain, strict=True):
        if plain:
            cells = strictly_read(line)
            assert cells is not None
            assert len(cells) == WIDTH


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.text("abc ,", min_size=2, max_size=6), min_size=4, max_size=4), min_size=1, max_size=20))
def test_what_a_writer_writes_is_plain(rows: list[list[str]]) -> None:
    lines = [",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows]
    assert bool(look("".join(f"{line}\n" for line in lines)).plain.all())


def test_one_line_with_a_stray_quote_leaves_the_others_plain() -> None:
    found = look('aaa,bbb,ccc,ddd\naaa,"bbb,ccc,ddd\naaa,"b,b",ccc,ddd\n')
    assert found.plain.tolist() == [True, False, True]


def test_a_cell_too_many_at_the_end_is_not_plain_even_when_empty() -> None:
    """DuckDB's reader accepts it and shifts the cells after an inserted delimiter."""
    assert look("aaa,bbb,ccc,ddd\naaa,bbb,,ccc,ddd\naaa,bbb,ccc,ddd,\n").plain.tolist() == [True, False, False]


def test_quotes_mean_nothing_in_a_tab_file() -> None:
    assert look('aaa\tb"bb\tccc\tddd\n', quote="", delimiter="\t").plain.tolist() == [True]


def test_bytes_that_are_no_text_make_only_their_line_odd() -> None:
    block = b"aaa,bbb,ccc,ddd\naaa,b\xffb,ccc,ddd\naaa,b\xc3\xa9b,ccc,ddd\n"
    assert look_at_lines(block, width=4, delimiter=",", quote='"').plain.tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("text", "padded"),
    [
        ("aaa,bbb,ccc,ddd\n", False),
        ("aaa, bb,ccc,ddd\n", True),
        ("aaa,bb ,ccc,ddd\n", True),
        (" aa,bbb,ccc,ddd\n", True),
        ("aaa,bbb,ccc,dd \r\n", True),
        ('aaa,"b, JR",ccc,ddd\n', False),
        ('aaa," b",ccc,ddd\n', True),
        ('aaa,"b", cc,ddd\n', True),
    ],
    ids=["none", "before", "after", "first", "last", "inside quotes", "at a quote", "beside quotes"],
)
def test_spaces_at_the_ends_of_cells_are_noticed(text: str, padded: bool) -> None:
    assert look(text).padded is padded


def test_the_neighbours_of_a_lone_cell_may_be_torn() -> None:
    found = look("aaa,bbb,ccc,ddd\naaa,bbb,ccc,dd\nd\naaa,bbb,ccc,ddd\n\naaa,bbb,ccc,ddd\nlone cell\n")
    assert beside_lone(found.lone, found.plain).tolist() == [False, True, False, True, False, True, False]
    assert np.flatnonzero(found.lone).tolist() == [2, 6]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=12) | st.text(max_size=8).map(str.encode))
def test_utf8_is_what_python_can_decode(text: bytes) -> None:
    try:
        text.decode()
    except UnicodeDecodeError:
        assert not is_utf8(text)
    else:
        assert is_utf8(text)
