"""What a spreadsheet program did to cells is flagged in the dry run, cell by cell, and nothing is guessed back; what
stands in one cell (a whole name, a whole address, two numbers) is taken apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contact_pipeline.config import Settings
from contact_pipeline.imports.findings import finding_kinds
from contact_pipeline.imports.planning import plan_import
from contact_pipeline.imports.showing import page_of
from contact_pipeline_tests.landing.workbooks import DATE, number, workbook

LIST = """Full Name,Phone,Zip,DOB,Email,Newsletter,Address,Shoe Size
Ann Lee,8.13555E+09,2134,32274,ann@example.org,Oui,12 Oak St,38
"Ray, Bob",(813) 555-0144 / 813-555-0145,33602,1988-03-09,#N/A,perhaps,"410 Heron Ln Apt 4, Tampa FL 33602",44
Cy Fox,########,#REF!,05/04/1979,cy@example.org,no,,1.2E+10
Total,,,,,,,82
"""


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("damage")
    (folder / "list.csv").write_text(LIST)
    settings = Settings(home=folder / "home")
    plan = plan_import(settings, folder / "list.csv", actor="ann")
    return {row["row_number"]: row for row in page_of(settings, plan.import_id).rows}


def told(row: dict[str, Any]) -> set[tuple[str, str, str | None]]:
    return {(found["code"], found["column"], found["value"]) for found in row["findings"]}


def test_damaged_cells_are_flagged_one_by_one_with_what_to_do(rows: dict[int, dict[str, Any]]) -> None:
    assert told(rows[1]) == {
        ("damaged_cell", "Phone", "8.13555E+09"), ("lost_zero", "Zip", "2134"), ("day_number", "DOB", "32274"),
    }  # fmt: skip
    assert told(rows[2]) == {("damaged_cell", "Email", "#N/A"), ("unread_answer", "Newsletter", "perhaps")}
    assert told(rows[3]) == {("damaged_cell", "Phone", "########"), ("damaged_cell", "Zip", "#REF!")}
    assert told(rows[4]) == set(), "a row of sums is nobody"
    hints = {found["hint"] for found in rows[1]["findings"]}
    assert hints == {finding_kinds()[code].hint for code in ("damaged_cell", "lost_zero", "day_number")}
    assert all(found["severity"] == "warning" for row in rows.values() for found in row["findings"])


def test_nothing_is_guessed_back(rows: dict[int, dict[str, Any]]) -> None:
    values = rows[1]["values"]
    assert [values.get(name) for name in ("phones", "zip", "birth_date", "birth_year")] == [None] * 4
    assert rows[1]["action"] == "create", "the row goes without them"


def test_a_whole_name_a_whole_address_and_two_numbers_are_taken_apart(rows: dict[int, dict[str, Any]]) -> None:
    assert (rows[2]["values"]["first_name"], rows[2]["values"]["last_name"]) == ("Bob", "Ray")
    assert rows[2]["values"]["phones"] == ["+18135550144", "+18135550145"]
    address = {name: rows[2]["values"].get(name) for name in ("address", "unit", "city", "state")}
    assert address == {"address": "410 Heron Ln", "unit": "4", "city": "Tampa", "state": "FL"}


def test_typed_cells_of_a_workbook_are_read_as_they_are_and_flagged_where_something_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    cells = ["Ann Lee", number("8135550142"), number("2134"), number("32274", DATE)]
    path.write_bytes(workbook({"Cover": [["Office"]], "People": [["Name", "Cell", "Zip", "DOB"], cells]}))
    settings = Settings(home=tmp_path / "home")
    plan = plan_import(settings, path, actor="ann")
    [row] = page_of(settings, plan.import_id).rows
    assert plan.sheet == "People"
    assert told(row) == {("lost_zero", "Zip", "2134")}
    assert (row["values"]["phones"], row["values"]["birth_date"]) == (["+18135550142"], "1988-05-11")
