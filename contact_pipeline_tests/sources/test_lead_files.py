"""Promises about JSON lead files: any shape is read, every record accounted for, bytes kept, taken out and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from contact_pipeline.cli import main
from contact_pipeline.config import Settings
from contact_pipeline.landing.load import load_pending
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.landing.withdrawing import NotWithdrawnError, restore_batch, withdraw_batch
from contact_pipeline.sources.entities import LEADS_PEOPLE, LIST_PEOPLE
from contact_pipeline.sources.lead_file.checking import look_at
from contact_pipeline.sources.lead_file.records import NotLeadsError, leads_of
from contact_pipeline.sources.list_file.mapping import write_list_people
from contact_pipeline.warehouse.connection import columns_of
from contact_pipeline.warehouse.publish import publish

NOW = datetime(2026, 5, 12, tzinfo=UTC)
ANN = {
    "uuid": "7f3a", "Full Name": "Ann Bell", "Email": "ann@example.org", "Company": "Heron Boats",
    "LinkedIn URL": "https://www.linkedin.com/in/annbell", "tags": ["warm", "2024"],
}  # fmt: skip
BO = {"id": 12, "name": "Bo Quintero", "phone": "(813) 555-0142"}

SHAPES: dict[str, Callable[[list[Any]], str]] = {
    "a list": json.dumps,
    "a list under a key": lambda rows: json.dumps({"count": len(rows), "leads": rows}),
    "one a line": lambda rows: "\n".join(json.dumps(row) for row in rows) + "\n",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", now=NOW)


def written(folder: Path, rows: list[Any], name: str = "leads.json", shape: str = "a list") -> Path:
    path = folder / name
    path.write_text(SHAPES[shape](rows), encoding="utf-8")
    return path


def people(settings: Settings) -> list[tuple[Any, ...]]:
    """Name, e-mails, phones, employer, LinkedIn, tags of every lead in tables built from what landed."""
    with closing(duckdb.connect()) as connection:
        connection.execute("create schema contacts")
        load_pending(connection, LandingStore(settings.landing), NOW)
        headers = [name for name in columns_of(connection, LEADS_PEOPLE.table) if name[0] != "_"]
        write_list_people(connection, headers, entity=LEADS_PEOPLE, target="contacts.lead_person")
        return connection.execute(
            "select record_id, first_raw, emails_raw, phones_raw, employer, linkedin, tags from contacts.lead_person "
            "order by 1"
        ).fetchall()


@pytest.mark.parametrize("shape", SHAPES)
def test_leads_of_any_shape_become_the_same_contacts(shape: str, settings: Settings, tmp_path: Path) -> None:
    store = LandingStore(settings.landing)
    arrival = store.land_file(written(tmp_path, [ANN, BO], shape=shape), LEADS_PEOPLE, now=NOW)
    assert arrival.status == "landed", arrival.message
    linkedin = "https://www.linkedin.com/in/annbell"
    assert people(settings) == [
        ("id:12", "Bo Quintero", [], ["(813) 555-0142"], None, None, []),
        ("uuid:7f3a", "Ann Bell", ["ann@example.org"], [], "Heron Boats", linkedin, ["warm", "2024"]),
    ]


def test_records_as_airtable_gives_them_are_laid_flat() -> None:
    (lead,) = leads_of(json.dumps({"records": [{"id": "recA1", "fields": {"Full Name": "Ann Bell"}}]}).encode())
    assert lead == {"lead_id": "airtable:recA1", "airtable_id": "recA1", "Full Name": "Ann Bell"}


def test_the_bytes_lie_in_landing_as_they_came_and_the_same_file_lands_once(settings: Settings, tmp_path: Path) -> None:
    store = LandingStore(settings.landing)
    path = written(tmp_path, [ANN])
    arrival = store.land_file(path, LEADS_PEOPLE, now=NOW)
    assert arrival.batch is not None
    assert (store.path_of(arrival.batch) / "page-00001.json").read_bytes() == path.read_bytes()
    assert store.land_file(path, LEADS_PEOPLE, now=NOW).status == "unchanged"


def test_every_record_is_accounted_for_and_what_is_none_is_put_aside_with_its_position(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "leads.jsonl"
    path.write_text(f"{json.dumps(ANN)}\nhalf a li\n{json.dumps(BO)}\n{{}}\n{json.dumps(BO)}\n", encoding="utf-8")
    arrival = LandingStore(settings.landing).land_file(path, LEADS_PEOPLE, now=NOW)
    assert arrival.batch is not None
    assert (arrival.batch.seen, arrival.batch.accepted, arrival.batch.quarantined) == (5, 3, 2)
    with closing(duckdb.connect()) as connection:
        load_pending(connection, LandingStore(settings.landing), NOW)
        rejects = connection.execute("select line, reason from landing.reject order by 1").fetchall()
    assert rejects == [(2, "the record is not an object with named values"), (4, "no lead_id")]


@pytest.mark.parametrize(
    ("text", "told"), [("", "empty"), ("not json at all", "no JSON"), ("[1, 2", "no JSON"), ("7", "no records")]
)
def test_a_file_that_holds_no_leads_is_refused_with_advice(
    text: str, told: str, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "leads.json"
    path.write_text(text, encoding="utf-8")
    arrival = LandingStore(settings.landing).land_file(path, LEADS_PEOPLE, now=NOW)
    assert (arrival.status, told in arrival.message) == ("refused", True)
    assert LandingStore(settings.landing).manifest() == []


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_the_reader_fail_in_another_way(body: bytes) -> None:
    with suppress(NotLeadsError):
        assert isinstance(leads_of(body), list)


def test_a_look_names_record_field_value_and_what_to_do(tmp_path: Path) -> None:
    bad = {"name": "Cy Lark", "email": "cy at example.org", "shoe_size": 44}
    found = look_at(written(tmp_path, [ANN, bad, 7, {}, {"shoe_size": 40}]))
    assert (found.seen, found.accepted, found.quarantined) == (5, 3, 2)
    assert "shoe_size" in found.unknown
    assert [(problem.position, problem.field, problem.value) for problem in found.problems] == [
        (2, "email", "cy at example.org"),
        (3, None, "7"),
        (4, None, None),
        (5, None, None),
    ]
    assert "goes without it" in found.problems[0].advice


def test_a_withdrawn_file_is_gone_from_the_tables_and_comes_back_as_it_was(settings: Settings, tmp_path: Path) -> None:
    store = LandingStore(settings.landing)
    old = store.land_file(written(tmp_path, [{**BO, "name": "Bo Old"}], "old.json"), LEADS_PEOPLE, now=NOW)
    new = store.land_file(written(tmp_path, [BO, ANN], "new.json"), LEADS_PEOPLE, now=NOW)
    before = people(settings)
    withdraw_batch(settings, new.batch_id or "")
    assert [row[1] for row in people(settings)] == ["Bo Old"]
    restore_batch(settings, new.batch_id or "")
    withdraw_batch(settings, old.batch_id or "")
    restore_batch(settings, old.batch_id or "")
    assert people(settings) == before
    assert [batch.sequence for batch in store.manifest()] == [1, 2]


def test_rows_that_were_loaded_before_the_withdrawal_are_unloaded(settings: Settings, tmp_path: Path) -> None:
    store = LandingStore(settings.landing)
    arrival = store.land_file(written(tmp_path, [ANN, 7]), LEADS_PEOPLE, now=NOW)
    with closing(duckdb.connect()) as connection:
        load_pending(connection, store, NOW)
        withdraw_batch(settings, arrival.batch_id or "")
        load_pending(connection, store, NOW)
        for table in (LEADS_PEOPLE.table, "landing.reject", "landing.batch"):
            assert connection.execute(f"select count(*) from {table}").fetchall() == [(0,)]
        restore_batch(settings, arrival.batch_id or "")
        assert [report.accepted for report in load_pending(connection, store, NOW)] == [1]


def test_a_withdrawn_file_that_is_handed_in_again_counts_again(settings: Settings, tmp_path: Path) -> None:
    store = LandingStore(settings.landing)
    path = written(tmp_path, [ANN])
    arrival = store.land_file(path, LEADS_PEOPLE, now=NOW)
    withdraw_batch(settings, arrival.batch_id or "", reason="the wrong list")
    assert store.manifest()[0].evidence["withdrawn"] == "the wrong list"
    again = store.land_file(path, LEADS_PEOPLE, now=NOW)
    assert (again.status, again.batch_id) == ("landed", arrival.batch_id)
    assert len(people(settings)) == 1


def test_a_file_that_says_no_is_withdrawn_only_after_a_run_wrote_that_down(settings: Settings, tmp_path: Path) -> None:
    store = LandingStore(settings.landing)
    path = tmp_path / "list.csv"
    path.write_text("name,email,email opt in\nAnn Bell,ann@example.org,yes\nBo,bo@example.org,no\n", encoding="utf-8")
    arrival = store.land_file(path, LIST_PEOPLE, now=NOW)
    with pytest.raises(NotWithdrawnError, match=r"1 records of .* opt out"):
        withdraw_batch(settings, arrival.batch_id or "")
    assert store.manifest()[0].status == "landed"
    with duckdb.connect() as connection:
        load_pending(connection, store, NOW)
        columns = "channel varchar, address_hash varchar, contact_id varchar"
        connection.execute(f"create schema people; create table people.opt_out ({columns})")
        publish(connection, settings.published, fingerprint="", published_at=NOW)
    assert withdraw_batch(settings, arrival.batch_id or "").status == "withdrawn"


def test_the_commands_look_take_withdraw_and_restore(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "legacy"
    folder.mkdir()
    written(folder, [ANN, BO])
    run = CliRunner()
    home = ["--home", str(settings.home)]
    looked = json.loads(run.invoke(main, ["leads", "scan", str(folder), "--json", *home]).stdout)
    assert [(file["seen"], file["accepted"]) for file in looked["files"]] == [(2, 2)]
    assert not settings.landing.exists()
    taken = json.loads(run.invoke(main, ["leads", "take", str(folder), "--json", *home]).stdout)
    (file,) = taken["files"]
    assert (file["status"], file["seen"], file["accepted"], file["quarantined"]) == ("landed", 2, 2, 0)
    assert "no longer counts" in run.invoke(main, ["withdraw", file["batch_id"], *home]).stdout
    assert people(settings) == []
    assert "counts from the next run" in run.invoke(main, ["restore", file["batch_id"], *home]).stdout
    assert len(people(settings)) == 2
    unknown = run.invoke(main, ["withdraw", "nobody", *home])
    assert (unknown.exit_code, "No batch is called nobody" in unknown.output) == (1, True)
