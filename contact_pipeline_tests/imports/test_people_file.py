"""Files for people open harmlessly in a spreadsheet program, and every cell comes back as it left."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.imports.people_file import (
    LONGEST_CELL,
    MARK,
    TooLargeForWorkbook,
    marked,
    unmarked,
    write_csv,
    write_workbook,
)
from contact_pipeline.landing.list_sample import sample_of_file

HOSTILE = ("=1+1", "+18135550142", "-5", "@SUM(A1)", "\tx", "  =x", "＝1", "'quoted", "%0A", "|calc", "\r\n=x")
RETYPED = ("02134", "123456789012", "1.2E+10", "5/3", "2026-05-04", "12:30", "(813)", "TRUE", "1-2", "3.5")
PLAIN = ("813-555-0142", "(813) 555-0142", "12 Oak St", "Ann", "33602", "", "ann@example.org", "It's")


@settings(max_examples=500)
@given(st.text(max_size=40))
def test_the_mark_comes_off_whatever_the_text_is(text: str) -> None:
    assert unmarked(marked(text)) == text
    assert unmarked(marked(marked(text))) == marked(text), "a text that begins with the mark is marked too"


@pytest.mark.parametrize("text", [*HOSTILE, *RETYPED])
def test_what_a_spreadsheet_would_calculate_or_change_is_marked(text: str) -> None:
    assert marked(text) == MARK + text


@pytest.mark.parametrize("text", PLAIN)
def test_plain_cells_stay_as_they_are(text: str) -> None:
    assert marked(text) == text


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8))
def test_a_csv_file_for_people_holds_every_cell(
    rows: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("people") / "people.csv"
    write_csv(path, ("Name", "Email"), rows)
    written = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    assert [tuple(map(unmarked, row)) for row in written[1:]] == rows


def test_a_workbook_for_people_holds_text_alone_and_is_read_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    cells = [*HOSTILE, *RETYPED, *PLAIN, "https://www.example.org", "_x0041_", "é 😀"]
    write_workbook(
        path, [("Rows", ("Name", "Note"), [("x", cell) for cell in cells]), ("Problems", ("Row",), [("1",)])]
    )
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert 't="inlineStr"' in sheet
    assert [row[1] or "" for row in sample_of_file(path).rows] == cells


def test_what_a_workbook_cannot_hold_is_said_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(TooLargeForWorkbook, match="Line 2 has a cell of 32,768"):
        write_workbook(tmp_path / "people.xlsx", [("Rows", ("Name",), [("x" * (LONGEST_CELL + 1),)])])
    assert list(tmp_path.iterdir()) == []
