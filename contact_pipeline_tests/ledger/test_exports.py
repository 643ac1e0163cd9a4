"""Decisions 2, 3, 43: what we wrote, for whom, and when last."""

from __future__ import annotations

from typing import Any

import pytest

from contact_pipeline.ledger import Ledger
from contact_pipeline.ledger.exports import (
    exports,
    external_ids_written,
    last_exported,
    manifest_of,
    record_export,
)
from contact_pipeline_tests.ledger.conftest import day
from contact_pipeline_tests.ledger.test_pids import FIRST, SECOND, THIRD, assign

Row = tuple[str, str | None, str | None, str]


def write(ledger: Ledger, *rows: Row, on: int = 0, target: str = "givebutter") -> int:
    return record_export(
        ledger,
        target=target,
        file_name=f"{target}-{on}.csv",
        sha256=f"hash-{on}",
        manifest={"rows": len(rows)},
        rows=rows,
        now=day(on),
    )


def last(ledger: Ledger, target: str = "givebutter") -> list[tuple[str, str, str]]:
    rows = last_exported(ledger, target).to_pylist()
    return [(row["person_id"], row["exported_as"], row["row_hash"]) for row in rows]


def external_ids(ledger: Ledger) -> list[dict[str, Any]]:
    return external_ids_written(ledger).to_pylist()  # type: ignore[no-any-return]


def test_a_file_is_remembered_with_its_manifest(ledger: Ledger) -> None:
    export_id = write(ledger, (FIRST, "48", "mn-1", "h1"), (SECOND, None, None, "h2"))
    write(ledger, on=1, target="sms")
    assert exports(ledger, target="givebutter").to_pylist() == [
        {
            "export_id": export_id, "target": "givebutter", "file_name": "givebutter-0.csv", "sha256": "hash-0",
            "row_count": 2, "exported_at": day(0), "actor": "pipeline",
        }
    ]  # fmt: skip
    assert exports(ledger).num_rows == 2
    assert manifest_of(ledger, export_id) == {"rows": 2}
    with pytest.raises(LookupError, match="no export 99"):
        manifest_of(ledger, 99)


def test_the_last_row_of_each_person_and_target_counts(ledger: Ledger) -> None:
    write(ledger, (FIRST, "48", "mn-1", "old"), (SECOND, "49", "mn-2", "only"), on=0)
    write(ledger, (FIRST, "48", "mn-1", "new"), on=1)
    write(ledger, (FIRST, None, None, "text"), on=2, target="sms")
    assert last(ledger) == sorted([(FIRST, FIRST, "new"), (SECOND, SECOND, "only")])
    assert last(ledger, "sms") == [(FIRST, FIRST, "text")]
    assert last(ledger, "airtable") == []


def test_of_two_people_who_became_one_the_newest_file_counts_and_then_the_survivor(ledger: Ledger) -> None:
    assign(ledger, "a b c", on=0)
    write(ledger, (FIRST, "48", "mn-1", "h1"), (SECOND, "49", "mn-2", "h2"), (THIRD, "50", "mn-3", "h3"), on=0)
    assign(ledger, "ab c", on=1)
    assert last(ledger) == sorted([(FIRST, FIRST, "h1"), (THIRD, THIRD, "h3")])
    assign(ledger, "a bc", on=2)
    write(ledger, (SECOND, "49", "mn-2", "h4"), on=2)
    assign(ledger, "abc", on=3)
    assert last(ledger) == [(FIRST, SECOND, "h4")]


def test_every_external_id_ever_written_is_known_with_its_person_of_today(ledger: Ledger) -> None:
    assign(ledger, "a b", on=0)
    write(ledger, (FIRST, "48", "mn-1", "h1"), (SECOND, "49", "mn-2", "h2"), on=0)
    write(ledger, (SECOND, "49", "mn-2", "h3"), (FIRST, "48", None, "h4"), on=1)
    write(ledger, (SECOND, "49", "mn-77", "h5"), on=2)
    assign(ledger, "ab", on=3)
    about = {"person_id": FIRST, "target": "givebutter"}
    second = {**about, "exported_as": SECOND, "contact_id": "49"}
    assert external_ids(ledger) == [
        {**about, "external_id": "mn-1", "exported_as": FIRST, "contact_id": "48",
         "first_written": day(0), "last_written": day(0)},
        {**second, "external_id": "mn-2", "first_written": day(0), "last_written": day(1)},
        {**second, "external_id": "mn-77", "first_written": day(2), "last_written": day(2)},
    ]  # fmt: skip


def test_an_external_id_written_for_two_people_is_told_twice(ledger: Ledger) -> None:
    write(ledger, (SECOND, "49", "mn-1", "h1"), on=0)
    write(ledger, (FIRST, None, "mn-1", "h2"), on=1)
    assert sorted(row["person_id"] for row in external_ids(ledger)) == sorted([FIRST, SECOND])


def test_before_the_first_export_there_is_nothing(ledger: Ledger) -> None:
    assert (exports(ledger).num_rows, last(ledger), external_ids(ledger)) == (0, [], [])
