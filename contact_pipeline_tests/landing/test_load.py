"""Loading: all of a batch or nothing, every column under its own name."""

from __future__ import annotations

import pytest

from contact_pipeline.landing import load as module
from contact_pipeline.landing.load import load_pending
from contact_pipeline.landing.outcomes import LedgerImbalanceError
from contact_pipeline.sources.entities import GIVEBUTTER_CONTACT_COLUMNS, LIST_PEOPLE
from contact_pipeline_tests.landing.helpers import NOW, Home


def columns(home: Home, table: str) -> list[str]:
    return [row[0] for row in home.connection.execute(f"describe {table}").fetchall()]


def test_raw_tables_have_the_columns_our_sql_names_even_before_anything_arrives(home: Home) -> None:
    load_pending(home.connection, home.store, NOW)
    found = columns(home, "raw.givebutter_contacts")
    assert found == ["_batch_id", "_line", "_record_id", *GIVEBUTTER_CONTACT_COLUMNS]
    assert columns(home, "raw.list_people") == ["_batch_id", "_line", "_record_id"]


def test_custom_and_repeated_columns_are_added_under_their_own_names(home: Home) -> None:
    home.contacts("Givebutter Contact ID,First Name,Last Name,Tags,🎽 Shirt? ,Tags\n1,Ann,Lee,a,L,b\n")
    home.contacts("first name,Givebutter Contact ID,Last Name,tags,Notes \nBo,2,Roe,c,n\n", "b.csv", full=False)
    found = home.connection.execute(
        'select _record_id, "First Name", "Tags", "Tags (2)", "🎽 Shirt? ", "Notes" '
        "from raw.givebutter_contacts order by 1"
    ).fetchall()
    assert found == [("1", "Ann", "a", "b", "L", None), ("2", "Bo", "c", None, None, "n")]


def test_values_stay_as_they_were_sent(home: Home) -> None:
    result = home.ingest('id,name,zip,note\n007," Ann ",01234,\n008,NULL,1e5,"a\r\nb"\n')
    assert home.rows(result.batch_id)[1:] == [["007", " Ann ", "01234", ""], ["008", "NULL", "1e5", "a\r\nb"]]


def test_a_record_without_an_id_is_known_by_its_cells(home: Home) -> None:
    first = home.ingest("name,city\nAnn,Tampa\nBo,Miami\nAnn,Tampa\nAnn,Tampa\n")
    ids = [
        row[0] for row in home.connection.execute("select _record_id from raw.list_people order by _line").fetchall()
    ]
    assert first.accepted == 4
    assert ids[2:] == [f"{ids[0]}-2", f"{ids[0]}-3"]
    assert len(ids[0]) == 16
    home.ingest("name,city\nBo,Miami\n", "other.csv")
    again = home.connection.execute("select count(*) from raw.list_people where _record_id = ?", [ids[1]]).fetchall()
    assert again == [(2,)]


def test_nothing_of_a_batch_stays_when_loading_fails_in_the_middle(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_CELLS", 4)

    def fail(*_: object) -> None:
        raise LedgerImbalanceError("a count differs")

    with monkeypatch.context() as patch:
        patch.setattr(module, "_balance", fail)
        result = home.ingest("id,name\n" + "".join(f"{n},Ann\n" for n in range(20)) + "bad\n")
    assert result.status == "refused"
    assert [home.count(table) for table in ("landing.batch", "landing.reject")] == [0, 0]
    assert home.count("duckdb_tables() where schema_name = 'raw'") == 0
    [report] = load_pending(home.connection, home.store, NOW, entity=LIST_PEOPLE)
    assert (report.accepted, report.quarantined) == (20, 1)


def test_a_batch_is_loaded_once_and_its_report_is_given_again(home: Home) -> None:
    result = home.ingest("id,name\n1,Ann\n2\n")
    again = home.ingest("id,name\n1,Ann\n2\n")
    assert again.status == "unchanged"
    assert again.rejects == result.rejects
    assert again.rejects[0]["line"] == 3


def test_a_count_that_differs_from_the_splitters_stops_the_load(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contact_pipeline.landing.survey.count_records", lambda *_, **__: 7)
    result = home.ingest("id,name\n1,Ann\n")
    assert result.status == "refused"
    assert "Two counts" in result.message
    assert home.store.manifest() == []


def test_a_rebuilt_warehouse_is_the_same_row_by_row(home: Home) -> None:
    home.ingest("id,name\n1,Ann\n2\n\n3,Bo\n")
    home.contacts("Givebutter Contact ID,First Name,Last Name,X\n1,Ann,Lee,y\n")
    wanted = {}
    for table in ("raw.list_people", "raw.givebutter_contacts", "landing.batch", "landing.reject"):
        wanted[table] = home.connection.execute(f"select * from {table} order by all").fetchall()
    rebuilt = Home.make(home.folder / "rebuilt")
    load_pending(rebuilt.connection, home.store, NOW)
    for table, rows in wanted.items():
        assert rebuilt.connection.execute(f"select * from {table} order by all").fetchall() == rows
