"""Promises of the command line for lists that are workbooks."""

from __future__ import annotations

from pathlib import Path

from contact_pipeline_tests.commands.test_commands import INGEST_KEYS, call, json_lines
from contact_pipeline_tests.landing.workbooks import workbook

PEOPLE = [["Name", "E-mail"], ["Marisol Quintero", "mari@example.org"]]


def test_a_workbook_is_taken_and_a_sheet_can_be_named(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(workbook({"People": PEOPLE, "Older": [*PEOPLE, ["Ann Banks", "ann@example.org"]]}))
    words = ("ingest", str(path), "--source", "list", "--no-run", "--json")
    (first,) = json_lines(call(*words, home=home))
    assert list(first) == INGEST_KEYS
    assert (first["status"], first["accepted"], first["encoding"], first["delimiter"]) == ("landed", 1, None, None)
    (other,) = json_lines(call(*words, "--sheet", "Older", home=home))
    assert (other["status"], other["accepted"]) == ("landed", 2)
    assert call("rows", other["batch_id"], home=home).stdout.splitlines()[-1] == "Ann Banks,ann@example.org"
    missing = call(*words, "--sheet", "Newer", home=home)
    assert missing.exit_code == 1
    assert "'People', 'Older'" in json_lines(missing)[0]["message"]
