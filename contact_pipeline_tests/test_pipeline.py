"""Promises of the whole pipeline, kept on a small invented campaign that runs through Dagster."""

from __future__ import annotations

from pathlib import Path

import pytest

from contact_pipeline.config import Settings
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.pids import events
from contact_pipeline.warehouse.publish import current_generation
from contact_pipeline_tests.homes import (
    content_of,
    copy_home,
    new_home,
    run,
    settle,
    small_campaign,
    warehouse_of,
)

pytestmark = pytest.mark.usefixtures("fixed_clock")


def count(settings: Settings, sql: str) -> int:
    with warehouse_of(settings) as connection:
        return int(connection.execute(sql).fetchall()[0][0])


def test_every_record_of_every_source_becomes_a_contact(finished_home: Settings) -> None:
    campaign = small_campaign()
    records = len(campaign.contacts) + len(campaign.members) + len(campaign.signups) + len(campaign.setups)
    assert count(finished_home, "select sum(seen) from landing.batch where entity <> 'questions'") == records
    assert count(finished_home, "select count(*) from landing.batch where accepted + quarantined + blank <> seen") == 0
    kept = count(finished_home, "select count(*) from contacts.contact")
    assert kept == count(finished_home, "select count(*) from people.crosswalk") == len(campaign.truth)


def test_a_run_with_nothing_new_materialises_nothing(finished_home: Settings, tmp_path: Path) -> None:
    settings = copy_home(finished_home, tmp_path / "again")
    before = settings.warehouse.stat().st_mtime_ns
    generation = current_generation(settings.published)
    fetched, refreshed = run(settings)
    assert fetched.success
    assert refreshed.success
    assert fetched.materialised == refreshed.materialised == ()
    assert settings.warehouse.stat().st_mtime_ns == before
    assert current_generation(settings.published) == generation


def test_a_rebuilt_warehouse_gives_the_same_tables_and_pids(finished_home: Settings, tmp_path: Path) -> None:
    settings = copy_home(finished_home, tmp_path / "rebuilt")
    before = content_of(settings)
    settings.warehouse.unlink()
    settings.warehouse.with_name("warehouse.duckdb.wal").unlink(missing_ok=True)
    _, refreshed = run(settings)
    assert refreshed.success, refreshed.errors
    assert content_of(settings) == before


def test_shuffled_rows_give_the_same_people(finished_home: Settings, tmp_path: Path) -> None:
    settings = new_home(tmp_path / "shuffled", shuffle=11)
    _, refreshed = run(settings)
    assert refreshed.success, refreshed.errors
    same = ("people.person", "people.crosswalk", "people.field_value", "identity.pair", "exports.givebutter_row")
    assert content_of(settings, same) == content_of(finished_home, same)


def test_an_older_partial_export_deletes_nobody_and_moves_no_pid(finished_home: Settings, tmp_path: Path) -> None:
    settings = copy_home(finished_home, tmp_path / "partial")
    before = dict(content_of(settings, ("people.crosswalk",)))
    older = next((settings.sandbox / "older" / "givebutter").iterdir())
    (settings.inbox / "givebutter" / older.name).write_bytes(older.read_bytes())
    settle(settings)
    _, refreshed = run(settings)
    assert refreshed.success, refreshed.errors
    assert count(settings, "select count(*) from landing.batch where entity = 'contacts'") == 2
    assert content_of(settings, ("people.crosswalk",)) == before


def test_pids_are_born_once_and_nothing_else_happens_to_them(finished_home: Settings) -> None:
    ledger = Ledger.open(finished_home.ledger_url)
    try:
        happened = events(ledger)
    finally:
        ledger.close()
    kinds = set(happened.column("kind").to_pylist())
    assert kinds == {"born"}
    assert happened.num_rows == count(finished_home, "select count(*) from people.person")


def test_every_shown_value_has_a_contact_it_came_from(finished_home: Settings) -> None:
    orphans = """
        select count(*) from people.field_value as f
        where not exists (select 1 from people.claim as c
                          where c.person_id = f.person_id and c.field = f.field and c.contact_id = f.contact_id)
    """
    assert count(finished_home, orphans) == 0
    shown = "select count(*) from people.person p join people.field_value f on f.person_id = p.person_id and f.rank = 1"
    assert count(finished_home, f"{shown} and f.field = 'phone' and f.value is distinct from p.phone") == 0


def test_an_issue_is_opened_once_and_closes_when_its_cause_is_gone(finished_home: Settings, tmp_path: Path) -> None:
    settings = copy_home(finished_home, tmp_path / "issues")
    with warehouse_of(settings) as connection:
        subject, cell = connection.execute(
            "select i.subject, p.raw from people.issue i join contacts.phone p "
            "on i.subject = p.contact_id || '|phone|' || p.position where i.code = 'invalid_phone' "
            "and p.entity = 'contacts' and length(p.raw) > 6 order by all limit 1"
        ).fetchall()[0]
    export = next((settings.sandbox / "drop" / "givebutter").iterdir()).read_bytes()
    corrected = export.replace(cell.encode(), b"+14045550100")
    (settings.inbox / "givebutter" / "contacts-2026-11-20-2.csv").write_bytes(corrected)
    settle(settings)
    _, refreshed = run(settings)
    assert refreshed.success, refreshed.errors
    closed = f"select count(*) from people.issue where subject = '{subject}' and closed_at is not null"
    assert count(settings, closed) == 1
    assert count(settings, "select count(*) - count(distinct fingerprint) from people.issue") == 0


def test_a_failing_run_publishes_nothing_and_the_last_snapshot_stands(finished_home: Settings, tmp_path: Path) -> None:
    from unittest.mock import patch

    from contact_pipeline.checks import build

    settings = copy_home(finished_home, tmp_path / "failing")
    generation = current_generation(settings.published)
    broken = build.Check("always_fails", "people.person", True, "A fault put in by a test.", "select 1")
    with patch.object(build, "all_checks", lambda: (broken,)):
        _, refreshed = run(settings, quiet=False)
    assert "published.snapshot" not in refreshed.materialised
    assert current_generation(settings.published) == generation


def dropped_export(settings: Settings, name: str, change: tuple[bytes, bytes]) -> None:
    """The home's own export under another name and with a change, waiting in the inbox."""
    export = next((settings.sandbox / "drop" / "givebutter").iterdir()).read_bytes()
    (settings.inbox / "givebutter" / name).write_bytes(export.replace(*change))
    settle(settings)


SUBSCRIBED = (
    "select count(*) from contacts.consent where source = 'givebutter' and channel = 'email' and status = 'yes'"
)


def test_an_older_export_dropped_later_subscribes_nobody(finished_home: Settings, tmp_path: Path) -> None:
    settings = copy_home(finished_home, tmp_path / "older")
    before = count(settings, SUBSCRIBED)
    dropped_export(settings, "contacts-2026-09-01-2.csv", (b'"no"', b'"yes"'))
    _, refreshed = run(settings)
    assert refreshed.success, refreshed.errors
    assert count(settings, SUBSCRIBED) == before


def test_a_person_whose_newest_row_was_damaged_is_held_back(finished_home: Settings, tmp_path: Path) -> None:
    settings = copy_home(finished_home, tmp_path / "damaged")
    with warehouse_of(settings) as connection:
        contact = connection.execute(
            'select min("Givebutter Contact ID") from exports.givebutter_row where "Givebutter Contact ID" is not null'
        ).fetchall()[0][0]
    start = f'\r\n"{contact}",'.encode()
    dropped_export(settings, "contacts-2026-11-20-3.csv", (start, start + b'"one cell too many",'))
    _, refreshed = run(settings)
    assert refreshed.success, refreshed.errors
    held = "select count(*) from exports.givebutter_hold where code = 'newest_row_unreadable'"
    assert count(settings, held) == 1
    assert (
        count(settings, f'select count(*) from exports.givebutter_row where "Givebutter Contact ID" = {contact!r}') == 0
    )
