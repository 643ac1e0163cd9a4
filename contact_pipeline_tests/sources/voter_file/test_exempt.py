"""Promises to exempt voters: they are kept by their id, and nothing else of them is kept anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from contact_pipeline_tests.sources.voter_file.files import (
    DELROY,
    MARI,
    a_file,
    invented,
    load,
    rows,
)

FLORIDA = ["HIL", "104559901", "QUINTERO", "", "MARISOL", "A", "Y", "410 HERON LN", "", "TAMPA", "FL", "33602"]
PERSONAL = (b"QUINTERO", b"HERON", b"8135550142", b"MARISOL")


def _bytes_of(home: Path) -> bytes:
    return (home / "voters.duckdb").resolve().read_bytes()


def test_a_withheld_address_marks_a_voter_and_nothing_personal_is_kept(tmp_path: Path) -> None:
    report = load(tmp_path, a_file(tmp_path, MARI.replace("410 HERON LN", "*** Protected ***"), DELROY))
    assert (report.voters, report.protected) == (2, 1)
    kept = "protected, last_name, first_name, date_of_birth, address, city, zip, cell_phone"
    assert rows(tmp_path, f"select {kept} from voter where protected") == [(True, *[None] * 7)]
    assert not [word for word in PERSONAL if word in _bytes_of(tmp_path)]


def test_column_seven_marks_a_voter_of_florida_s_own_extract(tmp_path: Path) -> None:
    exempt = "\t".join(FLORIDA + [""] * 16 + ["ACT"] + [""] * 8 + ["mari@example.org"])
    open_ = exempt.replace("\tY\t", "\tN\t").replace("104559901", "104559902").replace("QUINTERO", "BANKS")
    path = tmp_path / "HIL_20260401.txt"
    path.write_text(f"{exempt}\n{open_}\n")
    report = load(tmp_path, path)
    assert (report.voters, report.protected) == (2, 1), report.message
    found = rows(tmp_path, "select voter_id, county_code, voter_status, last_name, email from voter where protected")
    assert found == [("104559901", "HIL", "ACT", None, None)]
    assert b"QUINTERO" not in _bytes_of(tmp_path)


def test_an_exempt_row_wins_over_another_row_of_the_same_id(tmp_path: Path) -> None:
    exempt = MARI.replace("410 HERON LN", "*** Protected ***").replace("2026-04-01", "2020-01-01")
    report = load(tmp_path, a_file(tmp_path, MARI, exempt, DELROY))
    assert (report.voters, report.protected, report.repeated) == (2, 1, 1)
    assert rows(tmp_path, "select last_name from voter where voter_id = '104559901'") == [(None,)]
    assert rows(tmp_path, "select voter_id, protected, last_name, address from repeat") == [
        ("104559901", True, None, None)
    ]


def test_whoever_becomes_exempt_leaves_nothing_behind(tmp_path: Path) -> None:
    load(tmp_path, a_file(tmp_path, MARI, DELROY))
    report = load(tmp_path, a_file(tmp_path, MARI.replace("410 HERON LN", "*** Protected ***"), DELROY))
    assert report.changes is not None
    assert {name: count for name, count in report.changes.items() if count} == {"protected": 1}
    assert rows(tmp_path, "select change, before, after from change") == [("protected", None, None)]
    assert not [word for word in PERSONAL if word in _bytes_of(tmp_path)]
    assert len(list(tmp_path.glob("voters.*.duckdb"))) == 1


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_all_exempt_voters_of_a_file_are_found(tmp_path: Path, kind: str) -> None:
    path, made = invented(tmp_path, kind)  # type: ignore[arg-type]
    report = load(tmp_path, path)
    assert made.exempt > 5
    assert made.exempt - made.duplicates <= (report.protected or 0) <= made.exempt
    assert rows(tmp_path, "select count(*) from voter where address like '***%'") == [(0,)]
