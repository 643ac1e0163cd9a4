from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from random import Random

import pytest

from contact_pipeline.identity.link_files import CannotLink, LinkReport, link_files

TODAY = date(2026, 11, 20)
HEADER = ["id", "First", "Last", "Mail", "Cell"]
MAPPING = {"first_name": "First", "last_name": "Last", "email": "Mail", "phone": "Cell"}
ROWS = [
    ["1", "Quorra", "Wendelbrook", "quorra.w@example.org", "404-555-0142"],
    ["2", "Quorra", "Wendelbrook", "quorra.w@example.org", "(404) 555-0142"],
    ["3", "Hector", "Lindqvist", "hector@example.org", "770-555-0123"],
    ["4", "Ida", "Lindqvist", "ida@example.org", "770-555-0123"],
]


def _write(path: Path, rows: list[list[str]], header: list[str] = HEADER) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def _link(files: list[Path], out: Path, **options) -> LinkReport:
    return link_files(files, id_column="id", mapping=MAPPING, out=out, today=TODAY, **options)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_every_record_is_in_clusters_once_and_one_person_has_one_id(tmp_path) -> None:
    report = _link([_write(tmp_path / "people.csv", ROWS)], tmp_path / "out")
    clusters = _read(tmp_path / "out" / "clusters.csv")
    person = {row["record_id"]: row["person_id"] for row in clusters}
    assert len(clusters) == len(ROWS)
    assert person["1"] == person["2"]
    assert len(set(person.values())) == report.people == 3
    assert [row["file"] for row in clusters] == ["people.csv"] * 4


def test_pairs_carry_weight_and_probability_in_the_promised_columns(tmp_path) -> None:
    _link([_write(tmp_path / "people.csv", ROWS)], tmp_path / "out")
    [pair] = _read(tmp_path / "out" / "pairs.csv")
    assert list(pair)[:4] == ["record_id_l", "record_id_r", "match_weight", "match_probability"]
    assert (pair["record_id_l"], pair["record_id_r"]) == ("1", "2")
    assert float(pair["match_probability"]) >= 0.99


def test_shuffling_the_rows_changes_no_byte_of_the_result(tmp_path) -> None:
    results = []
    for turn in range(2):
        rows = list(ROWS)
        Random(turn).shuffle(rows)
        _link([_write(tmp_path / "people.csv", rows)], tmp_path / "out")
        results.append([(tmp_path / "out" / name).read_bytes() for name in ("clusters.csv", "pairs.csv")])
    assert results[0] == results[1]


def test_link_only_joins_across_files_and_ids_may_repeat_between_files(tmp_path) -> None:
    files = [_write(tmp_path / "a.csv", ROWS[:2]), _write(tmp_path / "b.csv", ROWS[:1])]
    _link(files, tmp_path / "out", link_only=True)
    pairs = _read(tmp_path / "out" / "pairs.csv")
    assert {(pair["file_l"], pair["file_r"]) for pair in pairs} == {("a.csv", "b.csv")}
    assert len(_read(tmp_path / "out" / "clusters.csv")) == 3


def test_a_saved_model_gives_the_same_result_again(tmp_path) -> None:
    file = _write(tmp_path / "people.csv", ROWS)
    first = _link([file], tmp_path / "one", save_model_path=tmp_path / "model.json")
    second = _link([file], tmp_path / "two", model_path=tmp_path / "model.json")
    assert (first.trained, second.trained) == (True, False)
    assert (tmp_path / "one" / "pairs.csv").read_bytes() == (tmp_path / "two" / "pairs.csv").read_bytes()


def test_a_full_name_in_one_column_is_enough(tmp_path) -> None:
    rows = [["1", "Quorra J Wendelbrook", "q@example.org"], ["2", "Wendelbrook, Quorra", "q@example.org"]]
    file = _write(tmp_path / "people.csv", rows, ["id", "Name", "Mail"])
    mapping = {"full_name": "Name", "email": "Mail"}
    assert link_files([file], id_column="id", mapping=mapping, out=tmp_path / "out", today=TODAY).people == 1


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        (ROWS, {"mapping": {"surname": "Last"}}, "Map to one of: prefix, first_name"),
        (ROWS, {"mapping": {"last_name": "Sirname"}}, "No file has the column Sirname"),
        (ROWS, {"mapping": {}}, "No column is mapped"),
        (ROWS, {"id_column": "key"}, "no column 'key'. Its columns are: id, First"),
        (ROWS, {"threshold": 1.0}, "between 0 and 1"),
        (ROWS, {"link_only": True}, "at least two files"),
        ([*ROWS, ROWS[0]], {}, "2 records have the id '1'"),
        ([*ROWS, ["", "No", "Id", "", ""]], {}, "1 record(s) have no id"),
        ([*ROWS, ["5", "One", "Cell", "too", "many", "here"]], {}, "line 6: 6 cells where the header has 5"),
    ],
)
def test_what_cannot_be_linked_is_refused_with_what_to_do(tmp_path, rows, options, message) -> None:
    file = _write(tmp_path / "people.csv", rows)
    given = {"id_column": "id", "mapping": MAPPING, "out": tmp_path / "out", "today": TODAY} | options
    with pytest.raises(CannotLink) as refusal:
        link_files([file], **given)
    assert message in str(refusal.value)


def test_files_that_cannot_be_read_are_refused_by_name(tmp_path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "latin.csv").write_bytes(b"id,First\n1,Jos\xe9\n")
    for name, message in {"empty.csv": "is empty", "latin.csv": "not UTF-8", "gone.csv": "cannot be opened"}.items():
        with pytest.raises(CannotLink, match=f"{name}.*{message}"):
            _link([tmp_path / name], tmp_path / "out")
