"""Promises of the invented voter file: one seed, one file, and every trap is in it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from contact_pipeline.sandbox.voters import invent_voters, write_voters

TRAPS = {
    "the word NULL": "middle_name = 'NULL'",
    "a real gap": "middle_name is null",
    "a formatted phone": "cell_phone like '(%'",
    "ten digits": "length(cell_phone) = 10",
    "a phone of two people": "landline_phone in (select landline_phone from invented_voter "
    "where landline_phone <> 'NULL' "
    "group by 1 having count(distinct svid) > 1)",
    "upper case": "last_name = upper(last_name)",
    "mixed case": "last_name <> upper(last_name)",
    "a suffix after a space": "last_name ilike '% jr'",
    "a suffix after a comma": "last_name ilike '%, III'",
    "an id that begins with zero": "svid like '0%'",
    "a ZIP that begins with zero": "mailing_zip like '0%'",
    "an American date": "date_of_birth like '__/__/____'",
    "an ISO date": "date_of_birth like '____-__-__'",
    "an id twice": "kind = 'duplicate'",
    "a mover with two ids": "kind = 'mover'",
    "an exempt voter": "address = '*** Protected ***'",
    "letters beyond ASCII": "regexp_matches(last_name, '[^ -~]')",
}


@pytest.fixture(scope="module")
def crowd() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    invent_voters(connection, 20_000, seed=3)
    connection.execute("create table kept as select * from invented_voter")
    connection.execute("create or replace temp view invented_voter as select * from kept")
    return connection


@pytest.mark.parametrize("trap", TRAPS)
def test_the_trap_is_there(crowd: duckdb.DuckDBPyConnection, trap: str) -> None:
    (count,) = crowd.execute(f"select count(*) from invented_voter where {TRAPS[trap]}").fetchall()[0]
    assert count >= 5


def test_people_have_one_id_each_unless_it_is_a_trap(crowd: duckdb.DuckDBPyConnection) -> None:
    query = "select count(*), count(distinct svid) from invented_voter where kind = 'person'"
    (rows, ids) = crowd.execute(query).fetchall()[0]
    assert rows == ids


def test_one_seed_gives_one_file_on_any_number_of_threads(tmp_path: Path) -> None:
    for name, seed, threads in (("a", 3, 1), ("b", 3, 2), ("c", 4, 2)):
        write_voters(tmp_path / f"{name}.csv", 2_000, seed=seed, threads=threads)
    one, same, other = ((tmp_path / f"{name}.csv").read_bytes() for name in "abc")
    assert one == same
    assert one != other


def test_the_layout_has_48_columns_and_florida_s_has_38(tmp_path: Path) -> None:
    write_voters(tmp_path / "i360.csv", 100, seed=3)
    write_voters(tmp_path / "fl.tsv", 100, seed=3, kind="tsv", layout="florida")
    assert (tmp_path / "i360.csv").read_text().splitlines()[0].count(",") == 47
    assert {line.count("\t") for line in (tmp_path / "fl.tsv").read_text().splitlines()} == {37}


def test_florida_s_extract_comes_only_tab_delimited(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="tab-delimited"):
        write_voters(tmp_path / "fl.csv", 10, seed=3, layout="florida")
