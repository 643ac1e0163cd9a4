"""The inbox: what can be taken leaves it, what cannot stays with a note."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from contact_pipeline.landing.inbox import take_inbox, waiting_files
from contact_pipeline.landing.store import Arrival
from contact_pipeline_tests.landing.helpers import NOW, Home

LONG_AGO = NOW.timestamp() - 3_600


@pytest.fixture
def inbox(home: Home) -> Path:
    folder = home.folder / "inbox"
    (folder / "list").mkdir(parents=True)
    (folder / "givebutter").mkdir()
    return folder


def drop(folder: Path, name: str, text: str = "id,name\n1,Ann\n", modified: float = LONG_AGO) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (modified, modified))
    return path


def take(home: Home, inbox: Path) -> list[Arrival]:
    return take_inbox(inbox, home.store, now=NOW, settle=5.0)


def test_a_landed_file_leaves_the_inbox_and_an_old_one_too(home: Home, inbox: Path) -> None:
    path = drop(inbox, "list/people.csv")
    assert [arrival.status for arrival in take(home, inbox)] == ["landed"]
    assert not path.exists()
    drop(inbox, "list/people.csv")
    assert [arrival.status for arrival in take(home, inbox)] == ["unchanged"]
    assert waiting_files(inbox) == []


def test_a_refused_file_stays_with_a_note_until_it_is_put_right(home: Home, inbox: Path) -> None:
    path = drop(inbox, "givebutter/contacts.csv", "First Name\nAnn\n")
    assert [arrival.status for arrival in take(home, inbox)] == ["refused"]
    note = inbox / "givebutter" / "contacts.csv.problem.txt"
    assert "Missing columns" in note.read_text()
    assert note.stat().st_mtime_ns >= path.stat().st_mtime_ns
    drop(inbox, "givebutter/contacts.csv", "Givebutter Contact ID,First Name,Last Name\n1,Ann,Lee\n")
    assert [arrival.status for arrival in take(home, inbox)] == ["landed"]
    assert list((inbox / "givebutter").iterdir()) == []


def test_hidden_unfinished_and_own_files_are_not_looked_at(home: Home, inbox: Path) -> None:
    for name in (".hidden.csv", "a.csv.part", "b.crdownload", "~$c.csv", "d.csv.problem.txt"):
        drop(inbox, f"list/{name}")
    (inbox / "list" / "folder").mkdir()
    assert waiting_files(inbox) == []


def test_a_file_written_a_moment_ago_or_still_open_waits(home: Home, inbox: Path) -> None:
    drop(inbox, "list/new.csv", modified=NOW.timestamp() - 1)
    assert [arrival.status for arrival in take(home, inbox)] == ["held"]
    assert not list((inbox / "list").glob("*.problem.txt"))
    path = drop(inbox, "list/new.csv")
    with path.open("a"):
        [arrival] = take(home, inbox)
    assert arrival.status == "held"
    assert [arrival.status for arrival in take(home, inbox)] == ["landed"]


def test_a_folder_of_an_unknown_source_is_explained(home: Home, inbox: Path) -> None:
    drop(inbox, "mailchimp/people.csv")
    [arrival] = take(home, inbox)
    assert arrival.status == "refused"
    assert "inbox/list" in arrival.message
