"""A small collection of damaged files: nothing is lost, nothing shifts, every reject says why."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Literal, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_pipeline.landing.count import count_records
from contact_pipeline.landing.dialect import decide_dialect
from contact_pipeline.landing.judgement import Judged
from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.landing.shape import CELL_CAP, judged_records
from contact_pipeline.landing.text import text_of
from contact_pipeline.sources.entities import LIST_PEOPLE
from contact_pipeline_tests.landing.helpers import Home, as_csv, balanced

HEADER = "id,name,email\n"
GOOD = "1,Ann Lee,ann@example.org\n"
LAST = "9,Cy Roe,cy@example.org\n"
GOOD_ROWS = [["1", "Ann Lee", "ann@example.org"], ["9", "Cy Roe", "cy@example.org"]]


class Damage(NamedTuple):
    """What stands between two good records, and what must become of it."""

    text: str | bytes
    rejects: list[tuple[int, str | None, str]]
    more: Sequence[list[str]] = ()
    blank: int = 0


CORPUS = {
    "a cell too many, the last one empty": Damage(
        "2,Bo,,b@example.org\n", [(3, None, "4 cells where the header names 3")]
    ),
    "a trailing delimiter on one record": Damage("2,Bo,b@example.org,\n", [(3, None, "4 cells")]),
    "a cell too few": Damage("2,b@example.org\n", [(3, None, "2 cells where the header names 3")]),
    "a line broken in the middle": Damage("2,Bo\nRoe,b@example.org\n", [(3, None, "2 cells"), (4, None, "2 cells")]),
    "a lone carriage return inside a cell": Damage(
        "2,Bo\rRoe,b@example.org\n", [(3, None, "2 cells"), (4, None, "2 cells")]
    ),
    "a quote that never closes": Damage('2,"Bo,b@example.org\n', [(3, None, "quote mark")]),
    "text after a closing quote": Damage('2,"Bo" Roe,b@example.org\n', [(3, None, "quote mark")]),
    "a quote lost at the beginning of a cell": Damage('2,Bo",b@example.org\n', [(3, "name", "single quote mark")]),
    "a stray quote, then a quoted cell": Damage(
        '2,"Bo,b@example.org\n3,"Roe, Di",d@example.org\n', [(3, None, "quote")], [["3", "Roe, Di", "d@example.org"]]
    ),
    "a stray quote inside a quoted cell of two lines": Damage(
        '2,"met at\nthe "big" fair, x,y",b@example.org\n', [(3, None, "quote"), (4, None, "damaged record on line 3")]
    ),
    "two records run together": Damage("2,Bo,b@example.org3,Di,d@example.org\n", [(3, None, "5 cells")]),
    "a NUL byte": Damage("2,B\x00o,b@example.org\n", [(3, "name", "NUL")]),
    "a byte that is not UTF-8": Damage("2,Zoë,z@example.org\n3,Bo\n".encode() + b"4,Jos\xe9,j@example.org\n", [
        (4, None, "2 cells"), (5, "name", "not valid utf-8")], [["2", "Zoë", "z@example.org"]]),
    "a cell beyond the cap": Damage(f"2,{'x' * (CELL_CAP + 1)},b@example.org\n", [(3, "name", "100,001 characters")]),
    "a cell at the cap": Damage(f"2,{'x' * CELL_CAP},b@example.org\n", [], [["2", "x" * CELL_CAP, "b@example.org"]]),
    "the header once more": Damage(HEADER, [(3, None, "the header once more")]),
    "the header once more, after a mark": Damage("\ufeff" + HEADER, [(3, None, "the header once more")]),
    "blank lines and blank cells": Damage("\n , ,\n,,,,\n", [], [], 3),
    "a cell with line ends, delimiters and doubled quotes": Damage(
        '2,"Bo ""the\r\nbull"", Roe",b@example.org\n', [], [["2", 'Bo "the\r\nbull", Roe', "b@example.org"]]
    ),
    "quotation marks in pairs inside an unquoted cell": Damage(
        '2,Bo "Bull" Roe,b@example.org\n', [], [["2", 'Bo "Bull" Roe', "b@example.org"]]
    ),
    "line separators that end no line": Damage(
        "2,B\u2028o\x85\x0b,b@example.org\n", [], [["2", "B\u2028o\x85\x0b", "b@example.org"]]
    ),
    "another line end": Damage(
        "2,Bo,b@example.org\r\n3,Di,d@example.org\r",
        [],
        [["2", "Bo", "b@example.org"], ["3", "Di", "d@example.org"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CORPUS)
def test_damage_stays_where_it_is_and_is_explained(name: str, home: Home) -> None:
    damage = CORPUS[name]
    middle = damage.text if isinstance(damage.text, bytes) else damage.text.encode()
    result = home.ingest((HEADER + GOOD).encode() + middle + LAST.encode())
    assert result.status == "landed"
    assert balanced(result)
    assert result.blank == damage.blank
    assert [(reject["line"], reject["column"]) for reject in result.rejects] == [one[:2] for one in damage.rejects]
    for reject, (_, _, reason) in zip(result.rejects, damage.rejects, strict=True):
        assert reason in reject["reason"]
        assert reject["raw"].encode() in middle or "\\x" in reject["raw"] or len(reject["raw"]) == 2_000
    assert home.rows(result.batch_id)[1:] == [GOOD_ROWS[0], *damage.more, GOOD_ROWS[1]]


@pytest.mark.parametrize(
    "torn", ["2,Bo,met at\nthe fair\n", "4\n2,Bo,b@example.org\n"], ids=["last cell", "first cell"]
)
def test_a_lone_cell_says_that_a_neighbour_may_have_been_cut_short(torn: str, home: Home) -> None:
    """Nothing in the file tells such a line from a remark: the record beside it is kept, and a human told to look."""
    (reject,) = home.ingest(HEADER + GOOD + torn + LAST).rejects
    assert "if it belongs to the last cell above it or to the first below it" in reject["reason"]


def test_an_encoding_that_was_guessed_is_told_as_a_guess(home: Home) -> None:
    guessed = home.ingest("id,name\n1,王小明\n2,李伟\n".encode("gb18030"))
    assert f"Its encoding, {guessed.encoding}, is a guess" in guessed.message
    assert "guess" not in home.ingest("id,name\n1,José\n2,Müller\n".encode("cp1252"), "west.csv").message


def test_a_reject_keeps_its_whole_text_in_the_warehouse(home: Home) -> None:
    result = home.ingest(f"{HEADER}{GOOD}2,{'y' * 150_000},b@example.org\n")
    raw = home.connection.execute("select raw from landing.reject where batch_id = ?", [result.batch_id]).fetchall()
    assert raw == [(f"2,{'y' * 150_000},b@example.org",)]


def test_a_file_that_ends_in_the_middle_of_a_character_loses_only_its_last_record(home: Home) -> None:
    result = home.ingest((HEADER + "1,Zoë,z@example.org\n2,José").encode()[:-1])
    assert (result.encoding, result.accepted, result.quarantined) == ("utf-8", 1, 1)


def test_another_line_end_inside_a_cell_never_cuts_a_record_short(home: Home) -> None:
    text = "id,name,notes\r\n1,Ann,met at\nthe fair\r\n2,Bo,x\r\n3\r4,Cy,y\r\n5,Di,z\r\n"
    result = home.ingest(text)
    assert [(reject["line"], reject["column"]) for reject in result.rejects] == [
        (2, "notes"),
        (3, None),
        (5, None),
        (6, "id"),
    ]
    assert [row[0] for row in home.rows(result.batch_id)[1:]] == ["2", "5"]


def test_titles_above_the_header_are_counted_and_put_aside(home: Home) -> None:
    result = home.ingest("Our volunteers\n\n" + HEADER + GOOD)
    assert (result.seen, result.accepted, result.blank) == (3, 1, 1)
    assert [(reject["line"], reject["reason"]) for reject in result.rejects] == [(1, "before the header")]


def test_a_record_without_the_id_of_its_source_is_put_aside(home: Home) -> None:
    result = home.contacts("Givebutter Contact ID,First Name,Last Name\n1,Ann,Lee\n ,Bo,Roe\n")
    assert [(reject["line"], reject["column"]) for reject in result.rejects] == [(3, "Givebutter Contact ID")]


def test_a_file_of_thousands_of_columns_keeps_them_all(home: Home) -> None:
    header = [f"question {number}" for number in range(1_500)]
    result = home.ingest(as_csv([header, ["x"] * 1_500]))
    assert result.accepted == 1
    assert home.rows(result.batch_id) == [header, ["x"] * 1_500]


Quoting = Literal[0, 1]
CELLS = st.text(alphabet=st.sampled_from('ab,;"\n\r\té😀 '), max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8)
CHANGES = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from(["insert", "delete", "replace"]), st.sampled_from('",\n\r\x00x;')),
    max_size=3,
)


def damaged(text: str, changes: list[tuple[int, str, str]]) -> str:
    for place, change, character in changes:
        at = place % (len(text) + 1)
        rest = text[at:] if change == "insert" else text[at + 1 :]
        text = text[:at] + ("" if change == "delete" else character) + rest
    return text


def read(data: bytes) -> tuple[list[Judged], int]:
    dialect = decide_dialect(data, LIST_PEOPLE)
    judged = list(judged_records(text_of(data, dialect.encoding), dialect, LIST_PEOPLE))
    counted = count_records(text_of(data, dialect.encoding), delimiter=dialect.delimiter, quote=dialect.quote)
    return judged, counted - (dialect.header_line > 0)


@given(TABLES, st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_an_undamaged_list_comes_back_cell_by_cell(rows: list[list[str]], quoting: Quoting, encoding: str) -> None:
    text = as_csv([["id", "name", "email"], *rows], quoting=quoting)
    judged, _ = read(text.encode(encoding))
    assert [one.cells for one in judged if one.cells is not None] == [row for row in rows if "".join(row).strip()]
    assert not [one.reject for one in judged if one.reject]


@given(TABLES, st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), CHANGES)
@settings(suppress_health_check=[HealthCheck.filter_too_much])
def test_damage_at_random_never_breaks_the_balance_nor_invents_cells(
    rows: list[list[str]], quoting: Quoting, changes: list[tuple[int, str, str]]
) -> None:
    text = damaged(as_csv([["id", "name", "email"], *rows], quoting=quoting), changes)
    try:
        judged, counted = read(text.encode())
    except Refused:
        return
    assert counted == len(judged)
    position = 0
    for one in judged:
        for cell in filter(None, one.cells or ()):
            forms = [form for form in (cell, cell.replace('"', '""')) if form in text[position:]]
            assert forms
            position = min(text.index(form, position) + len(form) for form in forms)


NOTES = ('likes "blue", green', "met at\nthe fair", "")
ORIGINAL = [[str(100 + n), f"Person {n}", f"p{n}@example.org", NOTES[n % 3]] for n in range(12)]


@given(st.integers(0, 2_000), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), st.booleans())
@settings(max_examples=300)
def test_a_single_lost_or_stray_quote_never_changes_an_accepted_row(place: int, quoting: Quoting, lost: bool) -> None:
    text = as_csv([["id", "name", "email", "notes"], *ORIGINAL], quoting=quoting)
    start = text.index("\r\n") + 2
    quotes = [at for at in range(start, len(text)) if text[at] == '"']
    at = quotes[place % len(quotes)] if lost else start + place % (len(text) - start)
    judged, _ = read((text[:at] + ("" if lost else '"') + text[at + lost :]).encode())
    accepted = [one.cells for one in judged if one.cells is not None]
    assert [row for row in accepted if row not in ORIGINAL] == []
    assert len(accepted) >= len(ORIGINAL) - 2


def test_hundreds_of_odd_quotes_do_not_stop_a_folder_of_files(home: Home) -> None:
    result = home.ingest(HEADER + GOOD + 'a","b\n' * 5_000 + LAST)
    assert result.status == "landed"
    assert balanced(result)
    assert home.rows(result.batch_id)[1:] == GOOD_ROWS
