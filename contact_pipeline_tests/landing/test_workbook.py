"""Workbooks: the bytes land as they are, one sheet becomes records, and nothing hostile costs more than a refusal."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_pipeline.landing import workbook as workbooks
from contact_pipeline.landing.inbox import take_inbox
from contact_pipeline.landing.load import load_pending
from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.landing.workbook import Limits, open_sheet, read_workbook
from contact_pipeline.landing.workbook_count import count_sheet
from contact_pipeline.landing.workbook_reader import text_of
from contact_pipeline.sources.entities import GIVEBUTTER_CONTACTS, LIST_PEOPLE
from contact_pipeline_tests.landing.helpers import NOW, Home, as_csv, balanced
from contact_pipeline_tests.landing.workbooks import (
    DATE,
    DATE_TIME,
    HOURS,
    MAIN,
    PACKAGE,
    ZIP_CODE,
    Sheet,
    Typed,
    number,
    workbook,
    zipped,
)

HEADER = ["Name", "Email", "Phone", "Zip"]
ANN = ["Ann Banks", "ann@example.org", "813-555-0142", "02134"]
PEOPLE: Sheet = [HEADER, ANN, ["Bo Quintero", "bo@example.org", "813-555-0143", "33602"]]


def test_a_workbook_lands_byte_for_byte_and_gives_its_cells_back(home: Home) -> None:
    content = workbook(PEOPLE)
    result = home.ingest(content, "people.xlsx")
    assert (result.status, result.seen, result.accepted, result.header) == ("landed", 2, 2, True)
    assert (result.encoding, result.delimiter) == (None, None)
    assert result.sha256 == hashlib.sha256(content).hexdigest()
    (batch,) = home.store.manifest()
    assert home.store.path_of(batch).read_bytes() == content
    assert home.store.path_of(batch).suffix == ".xlsx"
    assert home.rows(result.batch_id) == [list(row) for row in PEOPLE]


def test_the_same_list_as_csv_gives_the_same_records(home: Home) -> None:
    home.ingest(workbook(PEOPLE), "people.xlsx")
    home.ingest(as_csv([[str(cell) for cell in row] for row in PEOPLE]), "people.csv")
    ids = home.connection.execute("select count(*), count(distinct _record_id) from raw.list_people").fetchall()
    assert ids == [(4, 2)]


def test_the_same_workbook_again_is_unchanged_and_a_fresh_home_gives_the_same_batch(home: Home, tmp_path: Path) -> None:
    first = home.ingest(workbook(PEOPLE), "people.xlsx")
    again = home.ingest(workbook(PEOPLE), "copy.xlsx")
    assert (again.status, again.batch_id) == ("unchanged", first.batch_id)
    assert home.ingest(workbook(PEOPLE), "copy.xlsx", sheet="Sheet1").status == "unchanged"
    other = Home.make(tmp_path / "other")
    assert other.ingest(workbook(PEOPLE), "people.xlsx").batch_id == first.batch_id
    other.connection.close()


def test_a_rebuilt_warehouse_reads_the_landed_workbook_as_before(home: Home) -> None:
    result = home.ingest(workbook({"Old": PEOPLE, "New": [HEADER, ANN]}), "people.xlsx", sheet="New")
    before = home.rows(result.batch_id)
    home.connection.execute("drop schema raw cascade; drop schema landing cascade")
    (report,) = load_pending(home.connection, home.store, NOW, entity=LIST_PEOPLE)
    assert (report.seen, report.accepted) == (1, 1)
    assert home.rows(result.batch_id) == before == [HEADER, ANN]


CELLS: dict[str, tuple[Typed | str, str]] = {
    "text stays text, leading zeros and all": ("02134", "02134"),
    "a text that looks like a formula": ("=1+1", "=1+1"),
    "a whole number": (number("42"), "42"),
    "a whole number kept as a float": (number("8135550142.0"), "8135550142"),
    "a number shown as 1.2E+10": (number("1.2E+10"), "12000000000"),
    "a number with decimals": (number("12.50"), "12.5"),
    "a tiny number": (number("1E-7"), "0.0000001"),
    "an id longer than a float": (number("12345678901234567"), "12345678901234567"),
    "a ZIP code kept as a number has lost its zero": (number("2134", ZIP_CODE), "2134"),
    "a day": (number("46146", DATE), "2026-05-04"),
    "a moment": (number("46146.5", DATE_TIME), "2026-05-04T12:00:00"),
    "a time of day": (number("0.25", DATE_TIME), "06:00:00"),
    "hours": (number("1.5", HOURS), "36:00:00"),
    "a date in words of ISO 8601": (Typed("d", "2026-05-04T10:00:00"), "2026-05-04T10:00:00"),
    "a day before 1900 is the number it is": (number("99999999", DATE), "99999999"),
    "true": (Typed("b", "1"), "TRUE"),
    "false": (Typed("b", "0"), "FALSE"),
    "nothing found": (Typed("e", "#N/A"), "#N/A"),
    "divided by nothing": (Typed("e", "#DIV/0!"), "#DIV/0!"),
    "what a formula gave": (Typed("str", "Ann & Bo"), "Ann & Bo"),
    "lines in a cell": ('a\nb, "c"', 'a\nb, "c"'),
    "other letters": ("Zoë Nuñez 李", "Zoë Nuñez 李"),
}


def test_every_kind_of_cell_becomes_the_text_it_holds(home: Home) -> None:
    rows: Sheet = [["Name", "Email", "Cell"], *([what, "a@example.org", cell] for what, (cell, _) in CELLS.items())]
    result = home.ingest(workbook(rows), "cells.xlsx")
    assert (result.accepted, result.quarantined) == (len(CELLS), 0)
    found = {row[0]: row[2] for row in home.rows(result.batch_id)[1:]}
    assert found == {what: text for what, (_, text) in CELLS.items()}


def test_a_workbook_counting_days_from_1904_gives_the_same_days(home: Home) -> None:
    rows: Sheet = [["Name", "Email", "Date"], ["Ann", "ann@example.org", number("44684", DATE)]]
    result = home.ingest(workbook(rows, epoch_1904=True), "mac.xlsx")
    assert home.rows(result.batch_id)[1][2] == "2026-05-04"


def test_infinite_and_huge_numbers_have_a_text() -> None:
    assert [text_of(value) for value in (1e300, float("nan"), -3.0, 1e15)] == [
        "1e+300",
        "nan",
        "-3",
        "1000000000000000",
    ]


def test_lines_are_the_rows_of_the_sheet_and_the_balance_holds(home: Home) -> None:
    rows: Sheet = [
        ["Spring list, printed 4 May"],
        [],
        HEADER,
        ANN,
        [],
        ["Bo", "a\x00b".replace("\x00", "_x0000_")],
        HEADER,
    ]
    result = home.ingest(workbook(rows, first_row=3, first_column=2), "people.xlsx")
    assert balanced(result)
    assert (result.seen, result.accepted, result.quarantined, result.blank) == (8, 1, 3, 4)
    assert [(reject["line"], reject["reason"]) for reject in result.rejects] == [
        (3, "before the header"),
        (8, "a cell holds a NUL byte"),
        (9, "the header once more"),
    ]
    assert result.rejects[0]["raw"] == '"Spring list, printed 4 May",,,'
    assert home.rows(result.batch_id) == [HEADER, ANN]
    assert home.connection.execute("select _line from raw.list_people").fetchall() == [(6,)]


def test_empty_columns_round_the_table_and_empty_rows_below_are_no_part_of_it(home: Home) -> None:
    rows: Sheet = [[None, *HEADER, "", " "], [None, *ANN, "", ""], ["", " "], [" "]]
    result = home.ingest(workbook(rows), "people.xlsx")
    assert (result.seen, result.accepted, result.blank) == (1, 1, 0)
    assert home.rows(result.batch_id) == [HEADER, ANN]


def test_the_first_sheet_one_can_see_that_holds_something_is_read(home: Home) -> None:
    sheets: dict[str, Sheet] = {"Secret": [HEADER, ["x"]], "Blank": [], "People": PEOPLE, "Older": [HEADER, ANN]}
    result = home.ingest(workbook(sheets, hidden=["Secret"]), "people.xlsx")
    assert result.accepted == 2
    assert "'People'; not read: 'Blank', 'Older' (--sheet NAME" in result.message


def test_a_cover_and_notes_before_the_list_are_passed_over(home: Home) -> None:
    sheets: dict[str, Sheet] = {
        "Read me": [["Friends of Mango Street"], ["Ask Pat before you share this"]],
        "Budget": [["Item", "Cost"], ["Chairs", 40.0]],
        "Members": [["Members 2026"], [None], *PEOPLE],
    }
    assert "'Members'; not read: 'Read me', 'Budget'" in home.ingest(workbook(sheets), "people.xlsx").message


def test_a_sheet_can_be_named_and_two_sheets_of_a_workbook_both_stay(home: Home) -> None:
    content = workbook({"People": [*PEOPLE, ["Cy"]], "Older": [HEADER, ANN]}, hidden=["Older"])
    first = home.ingest(content, "people.xlsx")
    second = home.ingest(content, "people.xlsx", sheet="older ")
    assert (first.accepted, second.status, second.accepted) == (3, "landed", 1)
    assert home.count("raw.list_people") == 4
    wrong = home.ingest(content, "people.xlsx", sheet="Newer")
    assert wrong.status == "refused"
    assert "'Newer'" in wrong.message
    assert "'People', 'Older'" in wrong.message
    assert home.ingest("Name,Email\nAnn,ann@example.org\n", sheet="People").status == "refused"


def test_reading_the_same_sheet_in_another_way_takes_the_first_reading_out(home: Home) -> None:
    content = workbook([["Marisol", "mari@example.org"], ["Ann", "ann@example.org"]])
    first = home.ingest(content, "people.xlsx")
    second = home.ingest(content, "people.xlsx", header=True)
    assert (first.header, first.accepted, second.header, second.accepted) == (False, 2, True, 1)
    assert home.rows(second.batch_id)[0] == ["Marisol", "mari@example.org"]
    assert home.count("raw.list_people") == 1


def test_a_workbook_with_macros_is_read_and_the_macros_are_not(home: Home) -> None:
    assert home.ingest(workbook(PEOPLE, parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "people.xlsm").accepted == 2


def test_a_workbook_dropped_into_the_inbox_is_taken(home: Home) -> None:
    waiting = home.folder / "inbox" / "list" / "people.xlsx"
    waiting.parent.mkdir(parents=True)
    waiting.write_bytes(workbook(PEOPLE))
    os.utime(waiting, (NOW.timestamp() - 60, NOW.timestamp() - 60))
    (arrival,) = take_inbox(home.folder / "inbox", home.store, now=NOW, settle=1)
    assert (arrival.status, arrival.records) == ("landed", 2)
    assert not waiting.exists()


def test_a_platforms_export_is_not_taken_from_a_spreadsheet_program(home: Home) -> None:
    result = home.ingest(workbook([list(GIVEBUTTER_CONTACTS.columns)]), "contacts.xlsx", GIVEBUTTER_CONTACTS)
    assert result.status == "refused"
    assert "leading zeros" in result.message


WRONG: dict[str, tuple[bytes, str]] = {
    "a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "remove the password"),
    "a zip of lists": (zipped({"people.csv": b"a,b"}), "Unpack it first"),
    "a Word document": (zipped({"word/document.xml": b"<w/>"}), "Word document"),
    "a binary workbook": (zipped({"xl/workbook.bin": b"\0"}), ".xlsb"),
    "an OpenDocument sheet": (zipped({"content.xml": b"<x/>"}), "OpenDocument"),
    "cut off": (workbook(PEOPLE)[:-40], "cut off"),
    "the beginning alone": (b"PK\x03\x04" + b"\0" * 64, "damaged"),
    "nothing in it": (workbook({"A": [], "B": []}), "'A', 'B'"),
    "its sheet missing": (workbook(PEOPLE, parts={"xl/worksheets/sheet1.xml": None}), "damaged"),
    "torn XML": (workbook(PEOPLE, parts={"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}), "damaged"),
    "a sheet in another file": (
        workbook(
            PEOPLE,
            parts={
                "xl/_rels/workbook.xml.rels": (
                    f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="x/worksheet" '
                    'Target="worksheets/sheet1.xml" TargetMode="External"/></Relationships>'
                ).encode()
            },
        ),
        "another file",
    ),
    "entities": (
        workbook(
            PEOPLE,
            parts={
                "xl/worksheets/sheet1.xml": (
                    f'<!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><worksheet xmlns="{MAIN}"><sheetData><row r="1">'
                    '<c r="A1" t="str"><v>Name</v></c></row></sheetData></worksheet>'
                ).encode()
            },
        ),
        "entities",
    ),
    "a sheet far too wide": (workbook([[f"c{place}" for place in range(2_001)]]), "2,001 columns"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_readable_workbook_is_refused_and_says_what_to_do(home: Home, case: str) -> None:
    content, words = WRONG[case]
    result = home.ingest(content, "people.xlsx")
    assert result.status == "refused", result
    assert words in result.message
    assert home.store.manifest() == []


def test_an_archive_that_unpacks_to_far_too_much_is_not_opened(home: Home) -> None:
    bomb = workbook(PEOPLE, parts={"xl/worksheets/sheet1.xml": b"<row/>" * 3_000_000})
    assert len(bomb) < 100_000
    result = home.ingest(bomb, "bomb.xlsx")
    assert result.status == "refused"
    assert "unpack to far more" in result.message
    many = zipped({"xl/workbook.xml": b"", **{f"xl/media/{place}.png": b"" for place in range(5_001)}})
    assert "unpack to far more" in home.ingest(many, "many.xlsx").message


def test_two_parts_of_one_name_are_refused(home: Home) -> None:
    parts = {"xl/workbook.xml": b"<workbook/>", "XL/workbook.xml": b"<workbook/>"}
    assert "two parts of one name" in home.ingest(zipped(parts), "two.xlsx").message


def test_a_sheet_that_needs_too_much_memory_or_time_stops_its_own_process_alone(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    far: Sheet = [["Name"], *([] for _ in range(20_000)), [*([None] * 1_990), "x"]]
    path.write_bytes(workbook(far))
    with pytest.raises(Refused, match="memory"), open_sheet(path, None, limits=Limits(memory=400 << 20)):
        pass
    with pytest.raises(Refused, match="cells are taken"), open_sheet(path, None):
        pass
    with pytest.raises(Refused, match="within 0 seconds"), open_sheet(path, None, limits=Limits(seconds=0)):
        pass
    path.write_bytes(workbook([["x" * 30_000] * 100]))
    with pytest.raises(Refused, match="more text"), open_sheet(path, None, limits=Limits(text=1_000_000)):
        pass


def test_the_reader_knows_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given_environment: list[object] = []
    run = workbooks.subprocess.run

    def watched(*arguments: object, **named: object) -> object:
        given_environment.append(named["env"])
        return run(*arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(workbooks.subprocess, "run", watched)
    path = tmp_path / "people.xlsx"
    path.write_bytes(workbook(PEOPLE))
    assert read_workbook(path, path.name, LIST_PEOPLE, sheet=None, header=None, now=NOW).survey.accepted == 2
    assert given_environment == [{}]
    assert list(tmp_path.iterdir()) == [path]


def test_rows_the_two_readers_count_differently_are_not_loaded(home: Home) -> None:
    twice = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="str"><v>Name</v></c></row>'
        '<row r="2"><c r="A2" t="str"><v>Ann</v></c></row><row r="2"><c r="A2" t="str"><v>Bo</v></c></row>'
        "</sheetData></worksheet>"
    ).encode()
    result = home.ingest(workbook(PEOPLE, parts={"xl/worksheets/sheet1.xml": twice}), "twice.xlsx")
    assert result.status == "refused"
    assert "Two counts" in result.message


def test_the_other_count_reads_prefixed_rows_without_numbers_and_rich_text(tmp_path: Path) -> None:
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:cols><x:col min="1" max="2"/></x:cols><x:sheetData>'
        '<x:row><x:c t="s"><x:v>0</x:v></x:c></x:row><x:row/><x:row><x:c t="s"><x:v>1</x:v></x:c></x:row>'
        '<x:row><x:c t="inlineStr"><x:is><x:r><x:t>A</x:t></x:r><x:r><x:t>nn</x:t></x:r></x:is></x:c></x:row>'
        '<x:row><x:c/><x:c t="e"><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    ).encode()
    strings = (
        f'<sst xmlns="{MAIN}"><si><r><t>Na</t></r><r><t>me</t></r></si>'
        "<si><t> &#160;</t><rPh><t>hint</t></rPh></si></sst>"
    ).encode()
    path = tmp_path / "prefixed.xlsx"
    path.write_bytes(workbook(PEOPLE, parts={"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": strings}))
    counted = count_sheet(path, "Sheet1")
    assert (counted.filled, counted.last, counted.exact) == (3, 5, {(5, 2): "#DIV/0!"})


TEXT = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn")), max_size=12).filter(
    lambda text: "_x" not in text
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=8))
def test_any_text_comes_back_as_it_was(home: Home, table: list[list[str]]) -> None:
    rows = [["Name", "Email", "Phone"], *table, ["Ann", "ann@example.org", "813-555-0142"]]
    content = workbook(rows)
    result = home.ingest(content, "people.xlsx", full=False)
    assert result.status in ("landed", "unchanged"), result.message
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    again = list(csv.reader(io.StringIO(as_csv(filled), newline="")))
    assert [row for row in home.rows(result.batch_id) if row != rows[0]] == [row for row in again if row != rows[0]]
