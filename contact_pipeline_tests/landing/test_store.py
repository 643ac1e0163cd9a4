"""The landing store: bytes and manifest survive anything; the same file again changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contact_pipeline.landing.files import copy_and_hash
from contact_pipeline.landing.load import load_pending
from contact_pipeline.landing.outcomes import LandingDamagedError
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.sources.entities import LIST_PEOPLE
from contact_pipeline_tests.landing.helpers import NOW, Home

EXPORT_HEADER = "Givebutter Contact ID,First Name,Last Name,Last Modified (UTC)\n"


def export(count: int, start: int = 1) -> str:
    return EXPORT_HEADER + "".join(f"{n},Ann,Lee,2026-05-01 10:00:{n % 60:02d}\n" for n in range(start, start + count))


def test_bytes_are_kept_exactly_and_the_manifest_tells_what_they_are(home: Home) -> None:
    content = "id;name\r\n1;Jos\xe9\r\n".encode("cp1252")
    result = home.ingest(content, "list-2026-04-16.csv")
    [batch] = home.store.manifest()
    assert home.store.path_of(batch).read_bytes() == content
    assert (batch.batch_id, batch.sha256, batch.bytes) == (result.batch_id, result.sha256, len(content))
    assert (batch.encoding, batch.delimiter, batch.header, batch.columns) == ("cp1252", ";", True, ("id", "name"))
    assert (batch.arrived_at, batch.content_at) == (NOW, datetime(2026, 4, 16, tzinfo=UTC))


def test_the_same_file_again_changes_nothing(home: Home) -> None:
    first = home.ingest("id,name\n1,Ann\n")
    again = home.ingest("id,name\n1,Ann\n", "another name.csv")
    assert (first.status, again.status, again.batch_id) == ("landed", "unchanged", first.batch_id)
    assert (len(home.store.manifest()), home.count("raw.list_people"), home.count("landing.batch")) == (1, 1, 1)
    assert (again.seen, again.accepted) == (1, 1)


def test_the_same_bytes_have_the_same_batch_id_in_any_home(home: Home, tmp_path: Path) -> None:
    other = Home.make(tmp_path / "other")
    assert home.ingest(export(3)).batch_id == other.ingest(export(3), "b.csv").batch_id
    assert home.ingest(export(3)).batch_id != home.contacts(export(3)).batch_id


def test_age_comes_from_inside_the_file_before_its_name_and_never_from_the_future(home: Home) -> None:
    home.contacts(export(5).replace("10:00:03", "23:59:59").replace("2026-05-01 10:00:04", "2062-01-01 00:00:00"))
    assert home.store.manifest()[0].content_at == datetime(2026, 5, 1, 23, 59, 59, tzinfo=UTC)


def test_a_file_with_far_fewer_rows_is_held_with_its_bytes_until_somebody_decides(home: Home) -> None:
    home.contacts(export(100))
    held = home.contacts(export(40), "small.csv")
    assert held.status == "held"
    assert "--partial" in held.message
    assert "--full" in held.message
    assert home.count("raw.givebutter_contacts") == 100
    assert [batch.status for batch in home.store.manifest()] == ["landed", "held"]
    assert home.store.path_of(home.store.manifest()[1]).read_bytes() == export(40).encode()
    assert home.contacts(export(40), "small.csv").status == "held"
    assert len(home.store.manifest()) == 2
    partial = home.contacts(export(40), "small.csv", full=False)
    assert (partial.status, partial.batch_id) == ("landed", held.batch_id)
    assert [(batch.status, batch.full) for batch in home.store.manifest()] == [("landed", True), ("landed", False)]
    assert home.contacts(export(60, 200)).status == "landed", "a partial file is no measure for the next"


def test_a_confirmed_small_file_is_the_new_measure(home: Home) -> None:
    home.contacts(export(100))
    assert home.contacts(export(10), full=True).status == "landed"
    assert home.contacts(export(8, 300)).status == "landed"


def test_a_full_export_in_which_nothing_is_usable_says_nobody_is_left_and_is_held(home: Home) -> None:
    assert home.contacts(EXPORT_HEADER).status == "held"
    assert home.contacts(EXPORT_HEADER + ",Ann,Lee,\n").status == "held"


def test_lists_of_other_names_may_be_of_any_size(home: Home) -> None:
    rows = "".join(f"p{n}@example.org\n" for n in range(50))
    assert home.ingest("email\n" + rows, "big.csv").status == "landed"
    assert home.ingest("email\na@example.org\n", "small.csv").status == "landed"
    assert home.ingest("email\nb@example.org\n", "big.csv").status == "held"


def test_bytes_read_in_another_way_take_the_place_of_the_first_reading(home: Home) -> None:
    content = "id,name\n1,Jos\x8e\n".encode("latin-1")
    first = home.ingest(content, encoding="cp1252")
    second = home.ingest(content, encoding="mac_roman")
    assert first.batch_id != second.batch_id
    assert home.rows(second.batch_id)[1:] == [["1", "José"]]
    assert home.count("raw.list_people") == 1
    assert home.ingest(content).status == "unchanged"


@pytest.mark.parametrize("fault", ["before the bytes are in place", "before the manifest line"])
def test_a_crash_while_landing_is_repaired_by_landing_again(
    home: Home, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = "os.replace" if fault == "before the bytes are in place" else "contact_pipeline.landing.store.append_batch"

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(target, crash)
        with pytest.raises(KeyboardInterrupt):
            home.ingest(export(3))
    assert home.store.manifest() == []
    assert home.ingest(export(3)).status == "landed"
    assert home.count("raw.list_people") == 3


def test_a_crash_between_landing_and_loading_is_repaired_by_replay(home: Home) -> None:
    path = home.folder / "a.csv"
    path.write_text("id,name\n1,Ann\n")
    landed = home.store.land_file(path, LIST_PEOPLE, now=NOW)
    assert landed.status == "landed"
    [report] = load_pending(home.connection, home.store, NOW)
    assert (report.batch_id, report.accepted) == (landed.batch_id, 1)
    assert load_pending(home.connection, home.store, NOW) == []


def test_a_file_landed_but_not_loaded_counts_as_landed_when_it_comes_again(home: Home) -> None:
    path = home.folder / "people.csv"
    path.write_text("id,name\n1,Ann\n")
    home.store.land_file(path, LIST_PEOPLE, now=NOW)
    assert home.ingest("id,name\n1,Ann\n").status == "landed"
    assert home.ingest("id,name\n1,Ann\n").status == "unchanged"


def test_a_torn_last_line_never_arrived_and_is_cut_off_by_the_next(home: Home) -> None:
    home.ingest("id,name\n1,Ann\n")
    manifest = home.store.root / "manifest.jsonl"
    with manifest.open("a") as stream:
        stream.write('{"batch_id":"list.people-torn","sour')
    assert len(home.store.manifest()) == 1
    home.ingest("id,name\n2,Bo\n")
    assert len(home.store.manifest()) == 2
    assert b"torn" not in manifest.read_bytes()


def test_a_damaged_manifest_or_changed_bytes_stop_everything_loudly(home: Home) -> None:
    path = home.folder / "a.csv"
    path.write_text("id,name\n1,Ann\n")
    arrival = home.store.land_file(path, LIST_PEOPLE, now=NOW)
    assert arrival.batch is not None
    home.store.path_of(arrival.batch).write_text("id,name\n1,Eve\n")
    with pytest.raises(LandingDamagedError, match="changed since they landed"):
        load_pending(home.connection, home.store, NOW)
    assert home.count("landing.batch") == 0
    manifest = home.store.root / "manifest.jsonl"
    manifest.write_text("not json\n" + manifest.read_text())
    with pytest.raises(LandingDamagedError, match="Line 1"):
        home.store.manifest()


def test_a_file_replaced_while_it_is_read_is_held(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home.folder / "a.csv"
    path.write_text("id,name\n1,Ann\n")

    def copy_while_it_grows(source: Path, target: Path) -> object:
        copied = copy_and_hash(source, target)
        with source.open("a") as stream:
            stream.write("2,Bo\n")
        return copied

    monkeypatch.setattr("contact_pipeline.landing.store.copy_and_hash", copy_while_it_grows)
    assert home.store.land_file(path, LIST_PEOPLE, now=NOW).status == "held"
    assert home.store.manifest() == []


def test_nothing_is_left_behind_by_files_that_were_refused(home: Home) -> None:
    home.ingest(b"PK\x03\x04")
    home.contacts("First Name\nAnn\n")
    assert list((home.store.root / ".incoming").iterdir()) == []
    assert home.store.manifest() == []


def test_several_landings_at_once_keep_every_line(tmp_path: Path) -> None:
    paths = []
    for number in range(12):
        path = tmp_path / f"{number}.csv"
        path.write_text(f"id,name\n{number},Ann\n")
        paths.append(path)
    store = LandingStore(tmp_path / "landing")
    with ThreadPoolExecutor(4) as pool:
        arrivals = list(pool.map(lambda path: store.land_file(path, LIST_PEOPLE, now=NOW), paths))
    assert {arrival.status for arrival in arrivals} == {"landed"}
    assert len(store.manifest()) == 12
    assert sorted(batch.sequence for batch in store.manifest()) == list(range(1, 13))


def test_an_export_is_a_whole_and_a_list_one_of_many(home: Home) -> None:
    home.contacts(export(2))
    home.ingest("id,name\n1,Ann\n")
    assert [(batch.key, batch.full) for batch in home.store.manifest()] == [
        ("givebutter.contacts", True),
        ("list.people", False),
    ]
