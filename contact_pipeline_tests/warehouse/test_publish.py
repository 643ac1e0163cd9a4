"""Promises of the published snapshot: readers never see half of it and never block the writer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from contact_pipeline.warehouse.publish import NothingPublishedError, current_generation, open_published, publish

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def warehouse(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(tmp_path / "warehouse.duckdb"))
    connection.execute("create schema people")
    connection.execute(
        "create table people.person as select 'B' as person_id, 'Banks' as last_name, 'Delroy' as first_name"
    )
    return connection


def names(folder: Path) -> list[str]:
    with open_published(folder) as connection:
        return [row[0] for row in connection.execute("select last_name from people.person").fetchall()]


def test_before_the_first_publish_there_is_nothing_to_open(tmp_path: Path) -> None:
    with pytest.raises(NothingPublishedError), open_published(tmp_path):
        pass


def test_a_reader_that_is_open_keeps_its_generation(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    publish(warehouse, folder, fingerprint="a", published_at=AT)
    with open_published(folder) as reader:
        warehouse.execute("update people.person set last_name = 'Lee'")
        publish(warehouse, folder, fingerprint="b", published_at=AT)
        assert reader.execute("select last_name from people.person").fetchall() == [("Banks",)]
    assert names(folder) == ["Lee"]


def test_the_last_two_generations_are_kept(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    for number in range(4):
        publish(warehouse, folder, fingerprint=str(number), published_at=AT)
    assert sorted(path.name for path in folder.glob("*.duckdb")) == ["people-000003.duckdb", "people-000004.duckdb"]


def test_a_publish_that_dies_leaves_readers_where_they_were(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "published"
    publish(warehouse, folder, fingerprint="a", published_at=AT)
    (folder / "people-000002.duckdb").write_bytes(b"half a file")
    assert names(folder) == ["Banks"]
    publish(warehouse, folder, fingerprint="b", published_at=AT)
    generation = current_generation(folder)
    assert generation is not None
    assert (generation.number, generation.tables["people.person"]) == (2, 1)


def test_readers_can_change_nothing_and_reach_no_file(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    publish(warehouse, folder, fingerprint="a", published_at=AT)
    with open_published(folder) as connection:
        for statement in (
            "delete from people.person",
            "attach ':memory:' as other; create table other.t as select * from read_csv('/etc/hostname')",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
