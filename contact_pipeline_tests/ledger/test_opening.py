"""Opening: fresh, again, together, too new, or somebody else's."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import Mock

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError, StatementError

from contact_pipeline.ledger import Ledger, LedgerError, NewerLedgerError, WrongWorkspaceError, migrations
from contact_pipeline.ledger.contact_decisions import different
from contact_pipeline.ledger.ledger import _turn_on_wal
from contact_pipeline.ledger.migrations import LATEST
from contact_pipeline.ledger.models import save_model, use_model
from contact_pipeline.ledger.suppression import suppress
from contact_pipeline.ledger.tables import crosswalk, metadata, pid, workspace
from contact_pipeline_tests.ledger.conftest import START, day
from contact_pipeline_tests.ledger.processes import together


def test_a_fresh_home_gets_its_folder_its_tables_and_its_name(url: str) -> None:
    ledger = Ledger.open(url, workspace="swab", now=START)
    with ledger.reading() as connection:
        assert connection.execute(select(workspace)).one() == ("swab", START)
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_opening_again_changes_no_byte(url: str, ledger: Ledger, tmp_path: Path) -> None:
    before = (tmp_path / "home" / "ledger.sqlite").read_bytes()
    assert Ledger.open(url).workspace == "swab"
    assert (tmp_path / "home" / "ledger.sqlite").read_bytes() == before


@pytest.mark.parametrize("attempt", range(3))
def test_eight_processes_opening_a_fresh_home_at_once_all_succeed(url: str, attempt: int) -> None:
    def open_and_use() -> tuple[Any, str]:
        ledger = Ledger.open(url, workspace="swab")
        with ledger.writing() as connection:
            return tuple(connection.execute(workspace.select()).one()), ledger.version()

    assert len(set(together(8, open_and_use))) == 1


def test_opening_a_fresh_home_waits_for_someone_who_looks_into_the_empty_file(url: str, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    with closing(sqlite3.connect(tmp_path / "home" / "ledger.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchall()
        with ThreadPoolExecutor(1) as other:
            opening = other.submit(Ledger.open, url, workspace="swab")
            assert not wait([opening], timeout=0.2).done
            reader.execute("COMMIT")
            assert opening.result().workspace == "swab"


def sqlite_says(name: str) -> Mock:
    trouble = sqlite3.OperationalError("trouble")
    trouble.sqlite_errorname = name
    return Mock(**{"cursor.return_value.execute.side_effect": trouble})


def test_locked_without_a_wait_is_asked_again() -> None:
    """SQLite said so to 17 of 4,800 processes that opened fresh homes together."""
    engine = Mock(**{"raw_connection.side_effect": [sqlite_says("SQLITE_BUSY"), sqlite_says("SQLITE_BUSY"), Mock()]})
    _turn_on_wal(engine)
    assert engine.raw_connection.call_count == 3


def test_a_full_disk_is_not_waited_for() -> None:
    with pytest.raises(sqlite3.OperationalError):
        _turn_on_wal(Mock(**{"raw_connection.return_value": sqlite_says("SQLITE_FULL")}))


def test_a_file_that_is_no_ledger_is_refused_at_once(url: str, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "ledger.sqlite").write_text("name,email\n" * 1000)
    with pytest.raises(DatabaseError, match="not a database"):
        Ledger.open(url)


def test_tables_and_migrations_agree(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_revision_is_the_one_the_program_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [LATEST]


def test_a_ledger_from_the_future_is_refused_and_left_alone(url: str, ledger: Ledger) -> None:
    with ledger.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerLedgerError, match=r"9999.*install a newer one"):
        Ledger.open(url)


def test_another_workspace_cannot_use_this_ledger(url: str, ledger: Ledger) -> None:
    with pytest.raises(WrongWorkspaceError, match="belongs to workspace 'swab', not 'other'"):
        Ledger.open(url, workspace="other")


def test_a_ledger_in_memory_is_refused() -> None:
    with pytest.raises(LedgerError, match="needs a file"):
        Ledger.open("sqlite://")


def test_a_half_made_ledger_is_finished_by_the_next_opening(url: str) -> None:
    """Killed between making the tables and naming the workspace would leave this, if they were two transactions."""
    ledger = Ledger.open(url)
    with ledger.writing() as connection:
        connection.execute(workspace.delete())
    assert Ledger.open(url, workspace="late").workspace == "late"


def test_foreign_keys_hold(ledger: Ledger) -> None:
    row = {"contact_id": "a", "pid": "nobody", "home_pid": "nobody", "since": START, "rule": "born"}
    with pytest.raises(IntegrityError), ledger.writing() as connection:
        connection.execute(crosswalk.insert().values(**row))


def test_an_error_in_the_middle_writes_nothing(ledger: Ledger) -> None:
    def write_and_fail() -> None:
        with ledger.writing() as connection:
            connection.execute(pid.insert().values(pid="P1", number=1))
            raise RuntimeError("trouble")

    with pytest.raises(RuntimeError, match="trouble"):
        write_and_fail()
    with ledger.reading() as connection:
        assert connection.execute(pid.select()).all() == []


def test_a_writer_waits_for_the_other_one_before_it_reads(ledger: Ledger) -> None:
    """Reading first and asking for the lock later fails as soon as somebody wrote in between."""
    begun = Event()

    def next_number() -> int:
        begun.set()
        with ledger.writing() as connection:
            return int(connection.execute(select(func.count()).select_from(pid)).scalar_one())

    with ThreadPoolExecutor(1) as other, ledger.writing() as connection:
        answer = other.submit(next_number)
        begun.wait()
        assert not wait([answer], timeout=0.2).done
        connection.execute(pid.insert().values(pid="P1", number=1))
        connection.commit()
        assert answer.result() == 1


def test_times_keep_their_moment_whatever_zone_they_came_in(ledger: Ledger) -> None:
    new_york = datetime(2026, 3, 1, 7, tzinfo=timezone(timedelta(hours=-5)))
    with ledger.writing() as connection:
        connection.execute(workspace.update().values(opened_at=new_york))
        opened = connection.execute(select(workspace.c.opened_at)).scalar_one()
    assert opened == new_york
    assert opened.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(ledger: Ledger) -> None:
    naive = datetime(2026, 3, 1)  # noqa: DTZ001
    with pytest.raises(StatementError, match="times with a zone"), ledger.writing() as connection:
        connection.execute(workspace.update().values(opened_at=naive))


def test_the_version_moves_with_decisions_suppressions_and_models(ledger: Ledger) -> None:
    versions = [ledger.version()]
    different(ledger, "a", "b", now=day(1), actor="mia", reason="cousins")
    versions.append(ledger.version())
    suppress(ledger, "email", "ana@example.org", since=day(1), reason="asked", source="jotform.signups")
    versions.append(ledger.version())
    version = save_model(ledger, {"m": 1}, trained_on="4 pairs", created_at=day(1), metrics={})
    assert ledger.version() == versions[-1]
    use_model(ledger, version, now=day(1), actor="mia", reason="better with Spanish names")
    versions.append(ledger.version())
    assert len(set(versions)) == 4
    assert ledger.version() == versions[-1]
