"""Promises of loading: one meaning whatever the kind of file, ids as text, and every state by itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from contact_pipeline.sandbox.voters import Kind
from contact_pipeline_tests.sources.voter_file.files import (
    DELROY,
    HEADER,
    MARI,
    a_file,
    balanced,
    invented,
    load,
    rows,
    voters,
)

EVERYTHING = "select columns(* exclude (line)) from voter order by voter_id"


@pytest.fixture(scope="module")
def from_csv(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    folder = tmp_path_factory.mktemp("csv")
    load(folder, invented(folder)[0])
    return rows(folder, EVERYTHING)


@pytest.mark.parametrize("kind", ["tsv", "parquet", "sqlite", "duckdb"])
def test_every_kind_of_file_gives_the_same_voters(
    tmp_path: Path, from_csv: list[tuple[object, ...]], kind: Kind
) -> None:
    path, made = invented(tmp_path, kind)
    report = load(tmp_path, path)
    assert balanced(report)
    assert report.seen == made.lines
    assert rows(tmp_path, EVERYTHING) == from_csv


def test_florida_s_own_extract_gives_the_same_people(tmp_path: Path, from_csv: list[tuple[object, ...]]) -> None:
    path, made = invented(tmp_path, "tsv", layout="florida")
    report = load(tmp_path, path)
    assert balanced(report)
    assert (report.seen, report.protected, report.files[0]["layout"]) == (made.lines, made.exempt, "florida")
    shown = "voter_id, last_name, name_suffix, first_name, date_of_birth, address, zip, zip_plus_4, email"
    csv_home = tmp_path / "csv"
    load(csv_home, invented(tmp_path)[0])
    query = f"select {shown} from voter where not protected order by voter_id"
    assert rows(tmp_path, query) == rows(csv_home, query)


def test_ids_and_zips_keep_their_leading_zeros(tmp_path: Path) -> None:
    load(tmp_path, a_file(tmp_path, DELROY.replace("33125", "02134-0042")))
    assert voters(tmp_path, "zip, zip_plus_4") == {"004559902": ("02134", "0042")}


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_a_zip_that_was_stored_as_a_number_gets_its_zeros_back(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"i360.{kind}"
    create = (
        "create table i360 as select 104559901 as svid, 'MARI' as first_name, 'Q' as last_name, 2134 as zip, 2.0 as n"
    )
    if kind == "duckdb":
        with duckdb.connect(str(path)) as connection:
            connection.execute(create)
    else:
        import sqlite3

        with sqlite3.connect(path) as other:
            other.execute(create)
        other.close()
    load(tmp_path, path)
    assert voters(tmp_path, "zip")["104559901"] == ("02134",)


def test_the_word_null_is_empty_but_the_name_null_is_a_name(tmp_path: Path) -> None:
    load(tmp_path, a_file(tmp_path, MARI.replace("QUINTERO,,", "Null,NULL,").replace("8135550142", " NULL ")))
    assert voters(tmp_path, "last_name, name_suffix, cell_phone") == {"104559901": ("Null", None, None)}


@pytest.mark.parametrize(
    ("last", "suffix", "expected"),
    [
        ("BANKS JR", "", ("BANKS", "JR")),
        ('"BANKS, III"', "", ("BANKS", "III")),
        ("Banks Sr.", "", ("Banks", "SR")),
        ("BANKS JR", "JR.", ("BANKS", "JR.")),
        ("BANKS JR", "III", ("BANKS JR", "III")),
        ("DE LA CRUZ", "", ("DE LA CRUZ", None)),
        ("MAJR", "", ("MAJR", None)),
        ("JR", "", ("JR", None)),
    ],
    ids=["space", "comma", "dot", "said twice", "two suffixes", "several words", "inside a word", "nothing else"],
)
def test_a_suffix_glued_to_a_last_name_is_split_off(
    tmp_path: Path, last: str, suffix: str, expected: tuple[str, str | None]
) -> None:
    load(tmp_path, a_file(tmp_path, DELROY.replace("BANKS,,", f"{last},{suffix},")))
    assert voters(tmp_path, "last_name, name_suffix") == {"004559902": expected}


@pytest.mark.parametrize(
    ("written", "read", "kept"),
    [
        ("1988-03-09", date(1988, 3, 9), None),
        ("03/09/1988", date(1988, 3, 9), None),
        ("3/9/1988", date(1988, 3, 9), None),
        ("19880309", date(1988, 3, 9), None),
        ("1988-03-09 00:00:00", date(1988, 3, 9), None),
        ("02/30/1988", None, "02/30/1988"),
        ("unknown", None, "unknown"),
    ],
)
def test_birth_dates_are_read_or_kept_as_sent(tmp_path: Path, written: str, read: date | None, kept: str) -> None:
    report = load(tmp_path, a_file(tmp_path, MARI.replace("1988-03-09", written)))
    assert voters(tmp_path, "date_of_birth, date_of_birth_as_sent") == {"104559901": (read, kept)}
    assert report.unread_dates == (read is None)


def test_columns_nobody_knows_are_kept_under_their_own_names(tmp_path: Path) -> None:
    report = load(tmp_path, a_file(tmp_path, f"{MARI},0.83,yes", header=f"{HEADER},Donor Score (2026),Protected"))
    assert report.files[0]["unknown_columns"] == ("donor_score_2026", "protected_in_file")
    assert rows(tmp_path, "select donor_score_2026, protected_in_file, protected from voter") == [
        ("0.83", "yes", False)
    ]


def test_a_repeated_id_is_one_voter_and_no_row_is_lost(tmp_path: Path) -> None:
    newer = MARI.replace("410 HERON LN", "9 EGRET CT").replace("2026-04-01", "2026-05-01")
    report = load(tmp_path, a_file(tmp_path, newer, MARI, DELROY))
    assert balanced(report)
    assert (report.voters, report.repeated) == (2, 1)
    assert voters(tmp_path, "address")["104559901"] == ("9 EGRET CT",)
    assert rows(tmp_path, "select voter_id, address, line from repeat") == [("104559901", "410 HERON LN", 3)]


def test_a_mover_with_two_ids_is_reported_and_stays_two_voters(tmp_path: Path) -> None:
    moved = MARI.replace("104559901", "104559999").replace("410 HERON LN", "9 EGRET CT")
    report = load(tmp_path, a_file(tmp_path, MARI, moved, DELROY))
    assert (report.voters, report.same_person) == (3, 1)
    found = rows(tmp_path, "select voter_id, other_voter_id, agree from same_person")
    assert found == [("104559901", "104559999", ["cell_phone"])]


def test_namesakes_born_on_one_day_with_nothing_else_in_common_are_not_reported(tmp_path: Path) -> None:
    namesake = MARI.replace("104559901", "104559999").replace("410 HERON LN", "9 EGRET CT").replace("8135550142", "")
    assert load(tmp_path, a_file(tmp_path, MARI, namesake)).same_person == 0


def test_the_files_of_all_counties_are_one_load(tmp_path: Path) -> None:
    one = a_file(tmp_path, MARI, name="HIL.csv")
    two = a_file(tmp_path, DELROY, name="DAD.csv")
    report = load(tmp_path, one, two)
    assert (report.voters, [file["accepted"] for file in report.files]) == (2, [1, 1])
    assert load(tmp_path, two, one).status == "unchanged"


def test_a_part_of_a_state_does_not_purge_the_rest(tmp_path: Path) -> None:
    load(tmp_path, a_file(tmp_path, *(MARI.replace("104559901", f"10455990{digit}") for digit in range(9))))
    part = a_file(tmp_path, MARI, name="HIL.csv")
    report = load(tmp_path, part)
    assert report.status == "held"
    assert "--full" in report.message
    assert rows(tmp_path, "select count(*) from voter") == [(9,)]
    assert load(tmp_path, part, full=True).changes["purged"] == 8  # type: ignore[index]


def test_another_state_s_voters_stay(tmp_path: Path) -> None:
    load(tmp_path, a_file(tmp_path, f"{MARI},7", header=f"{HEADER},Score"), state="GA")
    load(tmp_path, a_file(tmp_path, MARI, DELROY), state="FL")
    found = rows(tmp_path, "select voter_state, voter_id, score from voter order by 1, 2")
    assert found == [("FL", "004559902", None), ("FL", "104559901", None), ("GA", "104559901", "7")]
    assert [row[0] for row in rows(tmp_path, "select voter_state from load order by loaded_at, 1")] == ["FL", "GA"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 and more", "zip"),
        (b"<html><body>login</body></html>", "web page"),
        (b"name,colour\nMari,blue\n", "No layout fits"),
        (b"DAD\t104559901\t11/05/2024\tGEN\tY\n", "no header"),
    ],
    ids=["empty", "zip", "web page", "another list", "voting history"],
)
def test_what_is_no_voter_file_is_refused_with_a_reason(tmp_path: Path, content: bytes, word: str) -> None:
    (tmp_path / "fl.csv").write_bytes(content)
    report = load(tmp_path, tmp_path / "fl.csv")
    assert report.status == "refused"
    assert word in report.message
    assert not (tmp_path / "voters.duckdb").exists()
