"""Pages of an API: kept byte for byte, one row per record, nothing new when nothing is new."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from contact_pipeline.landing.load import load_pending
from contact_pipeline.landing.store import Arrival
from contact_pipeline.sources.entities import GIVEBUTTER_MEMBERS
from contact_pipeline_tests.landing.helpers import NOW, Home


def body(*records: Any, left: int = 100) -> bytes:
    return json.dumps({"data": records, "limit-left": left}, ensure_ascii=False).encode()


def records_of(page: bytes) -> list[dict[str, Any]]:
    return list(json.loads(page)["data"])


def land(home: Home, *pages: bytes, cursor: str | None = None) -> Arrival:
    arrival = home.store.land_pages(GIVEBUTTER_MEMBERS, pages, records_of, now=NOW, cursor=cursor)
    load_pending(home.connection, home.store, NOW)
    return arrival


ANN = {"id": 7, "first_name": "Ann", "goal": 12.5, "donors": None, "items": [{"a": 1}], "url": ""}
BO = {"id": 8, "first_name": "Bø", "extra": True}


def test_pages_are_kept_byte_for_byte_and_each_record_is_a_row(home: Home) -> None:
    arrival = land(home, body(ANN), body(BO))
    assert arrival.batch is not None
    folder = home.store.path_of(arrival.batch)
    assert [path.read_bytes() for path in sorted(folder.glob("page-*"))] == [body(ANN), body(BO)]
    found = home.connection.execute(
        'select _record_id, _line, id, first_name, goal, donors, "items", url, extra '
        "from raw.givebutter_members order by 1"
    ).fetchall()
    assert found == [
        ("7", 1, "7", "Ann", "12.5", None, '[{"a":1}]', "", None),
        ("8", 2, "8", "Bø", None, None, None, None, "true"),
    ]


def test_an_envelope_that_counts_calls_does_not_make_old_records_new(home: Home) -> None:
    first = land(home, body(ANN, left=100))
    again = land(home, body(ANN, left=99))
    assert (first.status, again.status, again.batch_id) == ("landed", "unchanged", first.batch_id)


def test_a_state_that_comes_back_is_an_arrival_of_its_own(home: Home) -> None:
    first = land(home, body(ANN))
    land(home, body(ANN, BO))
    back = land(home, body(ANN))
    assert back.status == "landed"
    assert back.batch_id != first.batch_id
    newest = home.connection.execute("select batch_id from landing.batch order by sequence desc limit 1").fetchall()
    assert newest == [(back.batch_id,)]


def test_records_without_an_id_or_of_another_shape_are_put_aside(home: Home) -> None:
    arrival = land(home, body(ANN, {"first_name": "Cy"}, "nonsense", {"id": 9, "first_name": "x" * 100_001}))
    assert arrival.records == 4
    rejects = home.connection.execute("select line, column_name from landing.reject order by 1").fetchall()
    assert rejects == [(2, "id"), (3, None), (4, "first_name")]


def test_half_a_surrogate_pair_does_not_stop_a_batch(home: Home) -> None:
    land(home, b'{"data": [{"id": 1, "first_name": "A\\ud83d"}]}')
    assert home.connection.execute("select first_name from raw.givebutter_members").fetchall() == [("A\\ud83d",)]


def test_an_error_while_reading_leaves_nothing_behind(home: Home) -> None:
    def failing() -> Iterator[bytes]:
        yield body(ANN)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        home.store.land_pages(GIVEBUTTER_MEMBERS, failing(), records_of, now=NOW)
    assert home.store.manifest() == []
    assert list((home.store.root / ".incoming").iterdir()) == []


def test_the_cursor_commits_with_the_rows(home: Home) -> None:
    land(home, body(ANN), cursor="2026-05-01")
    arrival = land(home, body(BO), cursor="2026-05-02")
    found = home.connection.execute("select source, entity, cursor, batch_id from landing.cursor").fetchall()
    assert found == [("givebutter", "members", "2026-05-02", arrival.batch_id)]
