"""Promises about faults short of a kill: an error leaves nothing half done, and the next run puts all of it right.

Every fault is put into a real run of the small campaign, and everything its home holds is compared afterwards.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from contact_pipeline.automation.running import run_job
from contact_pipeline.config import Settings
from contact_pipeline.landing.news import nothing_new
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.ledger import LostLedgerError
from contact_pipeline.sandbox.demo import simulated_platforms
from contact_pipeline.sources.entities import FILE_ENTITIES
from contact_pipeline.warehouse.publish import current_generation
from contact_pipeline_tests.homes import copy_home, new_home, run
from contact_pipeline_tests.recovery import content_of_home, differences, files_of, lasting

pytestmark = pytest.mark.usefixtures("fixed_clock")

Patch = pytest.MonkeyPatch


def disk_full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@contextmanager
def fault_while_pages_are_written(patch: Patch) -> Iterator[None]:
    patch.setattr("contact_pipeline.landing.pages.sync_folder", disk_full)
    yield


@contextmanager
def fault_before_the_manifest_line(patch: Patch) -> Iterator[None]:
    patch.setattr("contact_pipeline.landing.store.append_batch", disk_full)
    yield


@contextmanager
def fault_in_the_middle_of_loading(patch: Patch) -> Iterator[None]:
    patch.setattr("contact_pipeline.landing.load._remember", disk_full)
    yield


@contextmanager
def fault_after_the_ledger_gave_out_pids(patch: Patch) -> Iterator[None]:
    from contact_pipeline.ledger import assigning

    assign = assigning.assign_pids

    def assign_and_fail(*arguments: Any, **named: Any) -> pa.Table:
        assign(*arguments, **named)
        raise OSError(errno.EIO, "Input/output error")

    patch.setattr(assigning, "assign_pids", assign_and_fail)
    yield


@contextmanager
def fault_after_the_ledger_noted_the_export(patch: Patch) -> Iterator[None]:
    from contact_pipeline.ledger import exports

    record = exports.record_export

    def record_and_fail(*arguments: Any, **named: Any) -> int:
        record(*arguments, **named)
        raise OSError(errno.EIO, "Input/output error")

    patch.setattr("contact_pipeline.exports.recording.record_export", record_and_fail)
    yield


@contextmanager
def fault_in_the_middle_of_publishing(patch: Patch) -> Iterator[None]:
    patch.setattr("contact_pipeline.warehouse.publish.mark_finished", disk_full)
    yield


@contextmanager
def fault_because_no_file_may_grow_further(_: Patch) -> Iterator[None]:
    """The system itself refuses to write: DuckDB meets it in the middle of a commit or a checkpoint."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


Fault = Callable[[Patch], Any]
FAULTS: list[Fault] = [
    fault_before_the_manifest_line,
    fault_in_the_middle_of_loading,
    fault_after_the_ledger_gave_out_pids,
    fault_because_no_file_may_grow_further,
    fault_after_the_ledger_noted_the_export,
    fault_in_the_middle_of_publishing,
]


def land_and_tear_the_manifest(settings: Settings) -> None:
    """What a crash leaves when it hits the very write that commits a file: it never arrived, and still waits."""
    store = LandingStore(settings.landing)
    (export,) = (settings.inbox / "givebutter").iterdir()
    store.land_file(export, FILE_ENTITIES["givebutter"], now=settings.clock())
    manifest = settings.landing / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-40])
    assert store.manifest() == []


def test_fault_upon_fault_leaves_nothing_half_done_and_the_next_run_gives_what_it_would_have(
    finished_home: Settings, tmp_path: Path
) -> None:
    settings = new_home(tmp_path / "data")
    land_and_tear_the_manifest(settings)
    with simulated_platforms(settings):
        with Patch.context() as patch, fault_while_pages_are_written(patch):
            assert not run_job("fetch", settings, quiet=True).success
        assert run_job("fetch", settings, quiet=True).success
        for fault in FAULTS:
            with Patch.context() as patch, fault(patch):
                assert not run_job("refresh", settings, quiet=True).success, fault.__name__
            assert current_generation(settings.published) is None
            leftovers = ("published/", "landing/.incoming", "exports/givebutter/.")
            assert [name for name in files_of(settings.home) if name.startswith(leftovers)] == [], fault.__name__
        refreshed = run_job("refresh", settings, quiet=True)
    assert refreshed.success, refreshed.errors
    assert differences(lasting(content_of_home(settings)), lasting(content_of_home(finished_home))) == []


CHANGE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from contact_pipeline.warehouse.connection import open_warehouse, transaction
with open_warehouse(Path(sys.argv[1]), wait_seconds=5, log=print) as connection:
    for table in ("people.person", "contacts.contact", "people.crosswalk"):
        with transaction(connection):
            connection.execute(f"create or replace table {table} as select * from {table} limit 10")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_while_changing(settings: Settings) -> Path:
    """Leave a warehouse with three tables cut short in DuckDB's log; gives the log."""
    subprocess.run([sys.executable, "-c", CHANGE_AND_DIE, str(settings.warehouse)], check=False)
    log = settings.warehouse.with_name("warehouse.duckdb.wal")
    assert log.stat().st_size > 0
    return log


def test_an_unfinished_warehouse_with_a_truncated_log_is_rebuilt_though_no_input_is_new(
    finished_home: Settings, tmp_path: Path
) -> None:
    settings = copy_home(finished_home, tmp_path / "data")
    log = killed_while_changing(settings)
    os.truncate(log, log.stat().st_size * 2 // 3)
    assert not nothing_new(settings)
    _, refreshed = run(settings)
    assert refreshed.success, refreshed.errors
    generation = current_generation(settings.published)
    assert generation is not None
    assert generation.number == 2
    found, expected = lasting(content_of_home(settings)), lasting(content_of_home(finished_home))
    stores = ("warehouse", "ledger", "export", "landed", "manifest")
    assert [line for line in differences(found, expected) if line.startswith(stores)] == []


def test_a_ledger_older_than_what_was_published_stops_the_run(finished_home: Settings, tmp_path: Path) -> None:
    settings = copy_home(finished_home, tmp_path / "data")
    for file in settings.home.glob("ledger.sqlite*"):
        file.unlink()
    _, refreshed = run(settings)
    assert not refreshed.success
    assert "Restore the newest backup of the ledger" in dict(refreshed.errors)["landing.batch"]
    with pytest.raises(LostLedgerError):
        nothing_new(settings)
    shutil.copy(finished_home.home / "ledger.sqlite", settings.home / "ledger.sqlite")
    assert nothing_new(settings)
