"""Reports: every row with what is wrong, safe to open, and once corrected exactly the corrected rows are taken."""

from __future__ import annotations

import csv
import io
import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from contact_pipeline.config import Settings
from contact_pipeline.imports.dropped import looks_like_report
from contact_pipeline.imports.inbox import empty_inbox
from contact_pipeline.imports.people_file import marked, unmarked
from contact_pipeline.imports.planning import plan_import
from contact_pipeline.imports.reports import IMPORT_COLUMN, write_report
from contact_pipeline.imports.returning import NoReport, take_report
from contact_pipeline.imports.showing import page_of
from contact_pipeline.landing.list_gate import REPORT_KEY
from contact_pipeline.landing.list_sample import sample_of_file
from contact_pipeline_tests.commands.test_commands import call, json_lines
from contact_pipeline_tests.landing.workbooks import workbook

RULES = '[fields.zip]\npattern = "[0-9]{5}"\nrequired = true\nhint = "Ask them."\n'
LIST = """Full Name,Cell,E-mail,Zip,Note
Ann Lee,+1 (813) 555-0142,ann@example.org,33602,=cmd
Bob Ray,813-555-0143,bob@example.org,,"two
lines"
Cy Fox,813-555-0144,cy@example,33604,'quoted
Dee Roe,813-555-0145,dee@example.org,,02134
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, Path]:
    """A home with the list planned under the rules, its import's id, and the list: made once, copied for each test."""
    folder = tmp_path_factory.mktemp("made")
    home = folder / "home"
    home.mkdir()
    (home / "contact_pipeline.toml").write_text('administrators = ["ann"]\nnow = "2026-11-20T12:00:00+00:00"\n')
    (folder / "rules.toml").write_text(RULES)
    assert call("rules", "set", str(folder / "rules.toml"), "--actor", "ann", home=home).exit_code == 0
    (folder / "people.csv").write_text(LIST, encoding="utf-8")
    plan = plan_import(Settings(home=home), folder / "people.csv", actor="ann")
    return home, plan.import_id, folder / "people.csv"


@pytest.fixture
def settings(made: tuple[Path, str, Path], home: Path) -> Settings:
    shutil.copytree(made[0], home, dirs_exist_ok=True)
    return Settings(home=home)


@pytest.fixture
def import_id(made: tuple[Path, str, Path]) -> str:
    return made[1]


def read_csv(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    header = list(map(unmarked, rows[0]))
    return header, [dict(zip(header, map(unmarked, row), strict=True)) for row in rows[1:]]


def write_rows(path: Path, header: list[str], rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows([[marked(row[name]) for name in header] for row in rows])
    return path


def cells_of(settings: Settings, import_id: str) -> dict[int, dict[str, Any]]:
    page = page_of(settings, import_id, size=1_000)
    return {row["row_number"]: row for row in page.rows}


def test_a_report_holds_the_refused_rows_with_what_is_wrong_and_what_to_do(
    settings: Settings, import_id: str, tmp_path: Path
) -> None:
    written = write_report(settings, import_id, tmp_path / "out", form="csv", actor="ann")
    assert (written.rows, [path.suffix for path in written.files]) == (2, [".csv", ".csv"])
    header, rows = read_csv(written.files[0])
    assert [row["Import row"] for row in rows] == ["2", "4"]
    assert {row[IMPORT_COLUMN] for row in rows} == {import_id}
    assert "Zip: A value is missing; expected a value. Ask them." in rows[0]["Import problems"]
    assert (rows[0]["Note"], rows[1]["Note"]) == ("two\nlines", "02134"), "cells are as they were sent"
    assert rows[0]["Read as: phones"] == "+18135550143"
    _, problems = read_csv(written.files[1])
    told = {name: problems[0][name] for name in ("Import row", "Column", "Code", "Severity", "What to do")}
    assert told == {
        "Import row": "2", "Column": "Zip", "Code": "required", "Severity": "error", "What to do": "Ask them.",
    }  # fmt: skip
    assert header.index("Full Name") < header.index("Read as: first_name")


def test_a_report_of_all_rows_is_safe_in_a_spreadsheet_and_says_what_becomes_of_each(
    settings: Settings, import_id: str, tmp_path: Path
) -> None:
    [path] = write_report(settings, import_id, tmp_path, refused_only=False, actor="ann").files
    sample = sample_of_file(path)
    rows = [dict(zip(sample.columns, row, strict=True)) for row in sample.rows]
    assert [row["Note"] for row in rows] == ["=cmd", "two\nlines", "'quoted", "02134"]
    assert rows[0]["Cell"] == "+1 (813) 555-0142"
    assert rows[0]["Import outcome"].startswith("create")
    assert "Not an e-mail address" in rows[2]["Import problems"]


def test_corrected_rows_alone_come_back_onto_their_own_rows_and_land(
    settings: Settings, import_id: str, tmp_path: Path
) -> None:
    assert call("imports", "apply", import_id, "--no-run", home=settings.home).exit_code == 0
    done = json_lines(call("imports", "report", import_id, "--format", "csv", "--out", str(tmp_path), "--json",
                           home=settings.home))[0]  # fmt: skip
    header, rows = read_csv(Path(done["files"][0]))
    rows[1] |= {"Zip": "33605", "Cell": "+18135550199"}
    back = write_rows(tmp_path / "back.csv", header, rows[::-1])
    told = json_lines(call("imports", "plan", str(back), "--actor", "bob", "--json", home=settings.home))[0]
    assert (told["corrected"], told["unchanged"], told["unknown"]) == ([4], 1, [])
    after = cells_of(settings, import_id)
    assert {number: row["action"] for number, row in after.items()} == {
        1: "create", 2: "refuse", 3: "create", 4: "create",
    }  # fmt: skip
    assert (after[4]["values"]["phones"], after[4]["values"]["zip"]) == (["+18135550199"], "33605")
    assert after[4]["cells"]["Zip"] in (None, ""), "the file's own cell never changes"
    again = take_report(settings, back, actor="bob")
    assert again is not None
    assert (again.corrected, again.unchanged) == ((), 2), "the same report again changes nothing"


def test_a_workbook_comes_back_too(settings: Settings, import_id: str, tmp_path: Path) -> None:
    [path] = write_report(settings, import_id, tmp_path, actor="ann").files
    sample = sample_of_file(path)
    place = sample.columns.index("Zip")
    rows = [[*row] for row in sample.rows]
    rows[0][place] = "33606"
    back = tmp_path / "back.xlsx"
    back.write_bytes(workbook({"Rows": [list(sample.columns), *rows], "Problems": [["Import row", "Problem"]]}))
    returned = take_report(settings, back, actor="bob")
    assert returned is not None
    assert (returned.corrected, returned.unchanged) == ((2,), 1)
    assert cells_of(settings, import_id)[2]["values"]["zip"] == "33606"


def test_a_report_dropped_into_the_inbox_is_taken_and_is_never_a_list_of_new_people(
    settings: Settings, import_id: str, tmp_path: Path
) -> None:
    written = write_report(settings, import_id, tmp_path, form="csv", actor="ann")
    header, rows = read_csv(written.files[0])
    rows[0]["Zip"] = "33605"
    (settings.inbox / "list").mkdir(parents=True)
    dropped = write_rows(settings.inbox / "list" / "renamed.csv", header, rows)
    os.utime(dropped, (settings.clock().timestamp() - 60,) * 2)
    refused = call("ingest", str(dropped), "--source", "list", "--no-run", home=settings.home)
    assert (refused.exit_code, "imports plan" in refused.output) == (1, True)
    said: list[str] = []
    assert [arrival.status for arrival in empty_inbox(settings, log=said.append)] == ["landed"]
    assert "1 rows of" in said[0]
    assert f"imports apply {import_id}" in said[0], "nobody has applied the import yet: its rows wait"
    assert (cells_of(settings, import_id)[2]["action"], dropped.exists()) == ("create", False)
    assert [path.suffix for path in (settings.imports / import_id / "returned").iterdir()] == [".csv"]


def test_reports_are_told_from_lists_at_a_glance(settings: Settings, import_id: str, made: tuple[Path, str, Path],
                                                 tmp_path: Path) -> None:  # fmt: skip
    [book] = write_report(settings, import_id, tmp_path, actor="ann").files
    [table, problems] = write_report(settings, import_id, tmp_path, form="csv", actor="ann").files
    wide = tmp_path / "wide.csv"
    wide.write_bytes(table.read_bytes().decode("utf-8-sig").encode("utf-16"))
    shared = tmp_path / "shared.xlsx"
    shared.write_bytes(workbook([[IMPORT_COLUMN, REPORT_KEY], ["a", "b"]]))
    torn = tmp_path / "torn.xlsx"
    torn.write_bytes(book.read_bytes()[:400])
    assert [looks_like_report(path) for path in (book, table, wide, shared)] == [True] * 4
    assert [looks_like_report(path) for path in (problems, made[2], torn, tmp_path / "gone.csv")] == [False] * 4


def test_a_row_corrected_elsewhere_since_is_not_overwritten_and_told(
    settings: Settings, import_id: str, tmp_path: Path
) -> None:
    written = write_report(settings, import_id, tmp_path, form="csv", actor="ann")
    assert call("imports", "fix", import_id, "--set", "2:zip=33601", home=settings.home).exit_code == 0
    header, rows = read_csv(written.files[0])
    rows[0]["Zip"], rows[1]["Zip"] = "11111", "33605"
    returned = take_report(settings, write_rows(tmp_path / "back.csv", header, rows), actor="bob")
    assert returned is not None
    assert (returned.corrected, returned.moved) == ((4,), (2,))
    assert "corrected elsewhere since: rows 2" in returned.told()
    assert cells_of(settings, import_id)[2]["values"]["zip"] == "33601"


def test_what_is_no_report_of_ours_is_told(
    settings: Settings, import_id: str, made: tuple[Path, str, Path], tmp_path: Path
) -> None:
    written = write_report(settings, import_id, tmp_path, form="csv", actor="ann")
    assert take_report(settings, made[2], actor="bob") is None
    with pytest.raises(NoReport, match="lists problems alone"):
        take_report(settings, written.files[1], actor="bob")
    header, rows = read_csv(written.files[0])
    strange = [{**rows[0], REPORT_KEY: "0123456789abcdef.0"}, {**rows[1], "Zip": "33605"}]
    returned = take_report(settings, write_rows(tmp_path / "a.csv", header, strange), actor="bob")
    assert returned is not None
    assert (returned.unknown, returned.corrected) == ((2,), (4,))
    two = [rows[0], {**rows[1], IMPORT_COLUMN: "imp-000000000000"}]
    with pytest.raises(NoReport, match="2 imports"):
        take_report(settings, write_rows(tmp_path / "b.csv", header, two), actor="bob")


def test_rules_are_tried_on_past_imports_and_nothing_is_changed(
    settings: Settings, import_id: str, tmp_path: Path
) -> None:
    before = {path.name: path.read_bytes() for path in (settings.imports / import_id).iterdir() if path.is_file()}
    looser, stricter = tmp_path / "looser.toml", tmp_path / "stricter.toml"
    looser.write_text(RULES.replace("required = true", 'default = "00000"'))
    stricter.write_text(RULES + '[fields.phone]\npattern = "[+]1813555014[0-4]"\n')
    told = json_lines(call("rules", "try", str(stricter), "--json", home=settings.home))[0]["imports"]
    assert told == [
        {"import_id": import_id, "file_name": "people.csv", "rows": 4, "refused_then": 2, "refused_now": 2, "newly": 0,
         "no_more": 0, "codes": {}}
    ]  # fmt: skip
    stricter.write_text(RULES + '[fields.phone]\npattern = "[+]1813555014[0-3]"\n')
    [one] = json_lines(call("rules", "try", str(stricter), "--json", home=settings.home))[0]["imports"]
    assert (one["refused_now"], one["newly"], one["codes"]) == (3, 1, {"pattern": 1})
    [one] = json_lines(call("rules", "try", str(looser), "--json", home=settings.home))[0]["imports"]
    assert (one["refused_now"], one["newly"], one["no_more"]) == (0, 0, 2), "a default is laid in before rules look"
    after = {path.name: path.read_bytes() for path in (settings.imports / import_id).iterdir() if path.is_file()}
    assert after == before


ROWS = 30
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(str.strip)


@hypothesis_settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    notes=st.lists(TEXTS, min_size=ROWS, max_size=ROWS),
    chosen=st.sets(st.integers(0, ROWS - 1), min_size=1),
    chance=st.randoms(use_true_random=False),
)
def test_exactly_the_corrected_rows_are_taken_whatever_the_cells_and_their_order(
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
    notes: list[str],
    chosen: set[int],
    chance: random.Random,
) -> None:
    folder = tmp_path_factory.mktemp("list")
    people = [[f"Ann Lee{chr(97 + n % 26)}", f"813-555-01{n:02d}", "", note] for n, note in enumerate(notes)]
    with (folder / "list.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["Full Name", "Cell", "Zip", "Note"], *people])
    import_id = plan_import(settings, folder / "list.csv", actor="ann").import_id
    header, rows = read_csv(write_report(settings, import_id, folder, form="csv", actor="ann").files[0])
    before = cells_of(settings, import_id)
    assert len(rows) == ROWS
    for place in chosen:
        rows[place]["Zip"] = f"336{place:02d}"
    chance.shuffle(rows)
    returned = take_report(settings, write_rows(folder / "back.csv", header, rows), actor="bob")
    assert returned is not None
    numbers = {place + 1 for place in chosen}
    assert (set(returned.corrected), returned.unchanged) == (numbers, ROWS - len(numbers))
    after = cells_of(settings, import_id)
    assert {number for number, row in after.items() if row["action"] != "refuse"} == numbers
    assert all(after[n]["values"]["zip"] == f"336{n - 1:02d}" for n in numbers)
    assert all(after[n]["row_key"] == before[n]["row_key"] and after[n]["cells"] == before[n]["cells"] for n in after)
