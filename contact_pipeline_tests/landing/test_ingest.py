"""Ingest: one answer per file, in the agreed keys."""

from __future__ import annotations

import json
import os
from typing import Any

from contact_pipeline.landing.ingest import ingest_file
from contact_pipeline.sources.entities import LIST_PEOPLE
from contact_pipeline_tests.landing.helpers import NOW, Home, balanced

KEYS = [
    "file", "batch_id", "sha256", "status", "message", "encoding", "delimiter", "header", "seen", "accepted",
    "quarantined", "blank", "rejects", "seconds", "peak_mb",
]  # fmt: skip


def test_the_answer_has_the_agreed_keys_and_can_be_written_as_json(home: Home) -> None:
    result = home.ingest("id,name\n1,Ann\n2\n\n")
    answer = json.loads(json.dumps(result.as_json()))
    assert list(answer) == KEYS
    assert (answer["seen"], answer["accepted"], answer["quarantined"], answer["blank"]) == (3, 1, 1, 1)
    (reject,) = answer["rejects"]
    assert reject.pop("reason").startswith("1 cells where the header names 2; if it belongs to the last cell above")
    assert reject == {"line": 3, "column": None, "raw": "2"}
    assert list(home.ingest(b"").as_json()) == KEYS


def test_what_is_no_plain_file_is_refused(home: Home) -> None:
    folder = home.folder / "folder"
    folder.mkdir()
    pipe = home.folder / "pipe"
    os.mkfifo(pipe)
    link = home.folder / "link.csv"
    link.symlink_to(home.folder / "nowhere.csv")
    for path in (folder, pipe, link, home.folder / "missing.csv"):
        result = ingest_file(home.connection, home.store, path, LIST_PEOPLE, now=NOW, settle=0)
        assert result.status == "refused"
        assert result.seen is None


def test_a_file_that_grows_while_we_look_is_held_and_taken_when_it_is_complete(home: Home) -> None:
    path = home.folder / "growing.csv"
    path.write_text("id,name\n1,Ann\n")
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    def grow(_: float) -> None:
        with path.open("a") as stream:
            stream.write("2,Bo\n")

    held = ingest_file(home.connection, home.store, path, LIST_PEOPLE, now=NOW, settle=1, sleep=grow)
    assert held.status == "held"
    assert "still being copied" in held.message
    assert home.store.manifest() == []
    done = ingest_file(home.connection, home.store, path, LIST_PEOPLE, now=NOW, settle=1, sleep=lambda _: None)
    assert (done.status, done.accepted) == ("landed", 2)


def test_a_file_another_program_is_writing_or_a_partial_download_is_held(home: Home) -> None:
    path = home.folder / "open.csv"
    path.write_text("id,name\n1,Ann\n")
    with path.open("a"):
        assert ingest_file(home.connection, home.store, path, LIST_PEOPLE, now=NOW, settle=0).status == "held"
    partial = home.folder / "people.csv.part"
    path.rename(partial)
    assert ingest_file(home.connection, home.store, partial, LIST_PEOPLE, now=NOW, settle=0).status == "held"


def test_seconds_come_from_the_clock_that_was_passed_in(home: Home) -> None:
    ticks = iter([10.0, 12.5])
    assert home.ingest("id,name\n1,Ann\n", monotonic=lambda: next(ticks)).seconds == 2.5


def test_overrides_are_followed_and_bad_ones_refused(home: Home) -> None:
    result = home.ingest("1|Ann\n2|Bo\n", header=False, delimiter="|", encoding="latin-1")
    assert (result.header, result.delimiter, result.encoding) == (False, "|", "latin-1")
    assert home.rows(result.batch_id) == [["column_1", "column_2"], ["1", "Ann"], ["2", "Bo"]]
    asked: list[dict[str, Any]] = [{"encoding": "klingon"}, {"delimiter": "||"}, {"encoding": "utf-16"}]
    for bad in asked:
        assert home.ingest("id,name\n1,Ann\n", **bad).status == "refused"


def test_messages_hold_no_cell_of_the_file(home: Home) -> None:
    contents = [
        "id,name\n1,Secretina,too,many\n2,Bo\n",
        "Secretina Doe\n",
        '{"name": "Secretina"}',
        "id,name\n" + "Secretina\n" * 9,
    ]
    for content in contents:
        result = home.ingest(content)
        assert "Secretina" not in result.message
        assert all("Secretina" not in reject["reason"] for reject in result.rejects)


def test_a_utf16_export_from_excel_lands_like_any_other(home: Home) -> None:
    result = home.ingest("id\tname\n1\tZoë\n2\tBo\n".encode("utf-16"))
    assert (result.encoding, result.delimiter, result.accepted) == ("utf-16", "\t", 2)
    assert balanced(result)
