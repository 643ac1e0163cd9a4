"""Promises about damaged files: every line is accounted for, and no cell of an accepted voter is anybody else's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from contact_pipeline.sources.voter_file.load import LoadReport
from contact_pipeline.sources.voter_file.survey import survey_file
from contact_pipeline_tests.sources.voter_file.files import DELROY, MARI, a_file, balanced, invented, load, rows

Damage = Callable[[bytes, Random], bytes]


def _at(line: bytes, random: Random, what: bytes) -> bytes:
    place = random.randrange(len(line) + 1)
    return line[:place] + what + line[place:]


def _doubled(line: bytes, random: Random) -> bytes:
    """One cell too many, and the last cell empty: what DuckDB's reader takes without a word."""
    cells = line.split(b",")
    place = random.randrange(len(cells))
    return b",".join([*cells[:place], b"", *cells[place:-1], cells[-1], b""])


DAMAGES: dict[str, Damage] = {
    "a delimiter too many": lambda line, random: _at(line, random, b","),
    "a delimiter too few": lambda line, random: line.replace(b",", b"", 1),
    "a cell too many and an empty last": _doubled,
    "a line end inside": lambda line, random: _at(line, random, b"\n"),
    "a stray quote": lambda line, random: _at(line, random, b'"'),
    "a carriage return inside": lambda line, random: _at(line, random, b"\r"),
    "a NUL byte": lambda line, random: _at(line, random, b"\0"),
    "a cut line": lambda line, random: line[: random.randrange(line.rfind(b","))],
    "half a character": lambda line, random: _at(line, random, b"\xc3"),
    "joined with itself": lambda line, random: line + line,
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, set[tuple[object, ...]]]:
    """An undamaged file's bytes, and its voters."""
    folder = tmp_path_factory.mktemp("whole")
    path, _ = invented(folder, rows=1_000)
    load(folder, path)
    return path.read_bytes(), set(_shown(folder))


@pytest.mark.parametrize("name", DAMAGES)
def test_no_accepted_voter_has_a_cell_that_was_not_theirs(
    tmp_path: Path, whole: tuple[bytes, set[tuple[object, ...]]], name: str
) -> None:
    text, voters = whole
    lines = text.splitlines()
    random = Random(name)
    hurt = set(random.sample(range(1, len(lines)), 60))
    damaged = [DAMAGES[name](line, random) if number in hurt else line for number, line in enumerate(lines)]
    path = tmp_path / "damaged.csv"
    path.write_bytes(b"\n".join(damaged) + b"\n")
    report = load(tmp_path, path)
    assert balanced(report)
    assert report.quarantined >= 30
    assert [row for row in _shown(tmp_path) if row not in voters] == []


def _shown(home: Path) -> list[tuple[object, ...]]:
    """All rows that were kept, without where they stood."""
    columns = "columns(* exclude (file_number, line))"
    return rows(home, f"select {columns} from voter union all select {columns} from repeat")


def _answer(tmp_path: Path, *lines: str) -> LoadReport:
    report = load(tmp_path, a_file(tmp_path, *lines))
    assert balanced(report)
    return report


def test_a_damaged_line_is_named_with_its_number_and_reason(tmp_path: Path) -> None:
    report = _answer(tmp_path, MARI, "104559903,TOO,FEW", DELROY)
    assert report.voters == 2
    assert report.rejects == [{"file": 1, "line": 3, "reason": "3 cells where there should be 11"}]
    assert rows(tmp_path, "select line, raw from reject") == [(3, "104559903,TOO,FEW")]


def test_an_id_torn_by_a_line_end_never_becomes_a_voter(tmp_path: Path) -> None:
    """The second half has the right number of cells, and an id that is not the voter's."""
    others = [DELROY.replace("004559902", f"00455990{digit}") for digit in "3456"]
    report = _answer(tmp_path, DELROY, "1045", MARI[4:], *others)
    assert (report.voters, report.quarantined) == (4, 3)
    assert rows(tmp_path, "select voter_id from voter where voter_id not like '00455990%'") == []


def test_a_cell_may_hold_a_line_end_when_it_is_quoted(tmp_path: Path) -> None:
    report = _answer(tmp_path, MARI.replace("410 HERON LN", '"410 HERON LN\nREAR HOUSE"'), DELROY)
    assert (report.seen, report.voters, report.quarantined) == (2, 2, 0)
    assert rows(tmp_path, "select address, line from voter order by line")[0] == ("410 HERON LN\nREAR HOUSE", 2)


def test_an_open_quote_costs_one_line(tmp_path: Path) -> None:
    report = _answer(tmp_path, MARI.replace("MARISOL", '"MARISOL'), DELROY, DELROY.replace("004559902", "004559903"))
    assert (report.voters, report.quarantined) == (2, 1)


def test_blank_lines_are_counted_and_cost_nothing(tmp_path: Path) -> None:
    report = _answer(tmp_path, "", MARI, ",,,,,,,,,,", "   ", DELROY, "")
    assert (report.seen, report.voters, report.blank) == (6, 2, 4)


def test_the_header_once_more_is_put_aside(tmp_path: Path) -> None:
    from contact_pipeline_tests.sources.voter_file.files import HEADER

    report = _answer(tmp_path, MARI, HEADER, DELROY)
    assert (report.voters, [reject["reason"] for reject in report.rejects]) == (2, ["the header once more"])


def test_a_voter_without_an_id_is_put_aside(tmp_path: Path) -> None:
    report = _answer(tmp_path, MARI, DELROY.replace("004559902", "NULL"))
    assert (report.voters, [reject["reason"] for reject in report.rejects]) == (1, ["no voter id"])


def test_the_last_line_needs_no_line_end(tmp_path: Path) -> None:
    path = a_file(tmp_path, MARI, DELROY)
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    report = load(tmp_path, path)
    assert (report.seen, report.voters) == (2, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_names_come_through_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    names = ["MUÑOZ", "PEÑA", "GARCÍA", "NÚÑEZ", "IBÁÑEZ", "LÓPEZ"]
    lines = [MARI.replace("QUINTERO", name).replace("104559901", f"10455990{at}") for at, name in enumerate(names)]
    report = load(tmp_path, a_file(tmp_path, *lines, encoding=encoding))
    assert report.voters == 6, report.message
    assert [row[0] for row in rows(tmp_path, "select last_name from voter order by line")] == names


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_other_line_ends_are_line_ends(tmp_path: Path, ending: str) -> None:
    path = a_file(tmp_path, MARI, DELROY)
    path.write_bytes(path.read_bytes().replace(b"\n", ending.encode()))
    report = load(tmp_path, path)
    assert (report.voters, report.quarantined) == (2, 0)
    assert rows(tmp_path, "select last_updated from voter order by line") == [("2026-04-01",), ("2026-04-02",)]


def test_blocks_of_any_size_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = invented(tmp_path, rows=1_500)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[700] = b'torn\n"'
    path.write_bytes(b"".join(lines))
    one = load(tmp_path / "one", path)
    monkeypatch.setattr("contact_pipeline.sources.voter_file.survey.PIECE", 777)
    many = load(tmp_path / "many", path)
    assert (one.voters, one.quarantined, one.blank) == (many.voters, many.quarantined, many.blank)
    everything = "select * from voter order by line"
    assert rows(tmp_path / "one", everything) == rows(tmp_path / "many", everything)


def test_a_file_of_another_shape_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    load(tmp_path, a_file(tmp_path, MARI, DELROY))
    wrong = a_file(tmp_path, *(f"{MARI},more" for _ in range(1_200)), name="wrong.csv")
    report = load(tmp_path, wrong)
    assert report.status == "refused"
    assert "line 2: 12 cells where there should be 11" in report.message
    assert rows(tmp_path, "select count(*) from voter") == [(2,)]


def test_a_character_on_the_edge_of_two_pieces_is_still_utf8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_file(tmp_path, MARI.replace("QUINTERO", "Ñ€𝔸" * 20), DELROY)
    for size in range(30, 60):
        monkeypatch.setattr("contact_pipeline.sources.voter_file.survey.PIECE", size)
        assert survey_file(path, progress=lambda *_: None).is_utf8


def test_half_a_character_at_the_end_is_not_utf8(tmp_path: Path) -> None:
    path = a_file(tmp_path, MARI, DELROY)
    path.write_bytes(path.read_bytes() + "Ñ".encode()[:1])
    assert not survey_file(path, progress=lambda *_: None).is_utf8
