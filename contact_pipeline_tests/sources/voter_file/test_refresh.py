"""Promises of a refresh: what changed is told as it was, and nothing that did not."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from contact_pipeline.sandbox.voters import invent_voters, true_changes
from contact_pipeline_tests.sources.voter_file.files import DELROY, MARI, a_file, invented, load, rows

ROWS = 12_000


def test_a_quarter_s_changes_are_found_as_they_were_made(tmp_path: Path) -> None:
    load(tmp_path, invented(tmp_path, rows=ROWS)[0])
    report = load(tmp_path, invented(tmp_path, rows=ROWS, quarter=1)[0])
    with duckdb.connect() as connection:
        invent_voters(connection, ROWS, seed=7, quarter=1)
        truth = true_changes(connection)
        unsure = {row[0] for row in connection.execute("select svid from invented_voter where is_exempt").fetchall()}
    found: dict[str, set[str]] = {}
    for change, voter in rows(tmp_path, "select change, voter_id from change"):
        found.setdefault(change, set()).add(voter)
    assert report.changes is not None
    for change in ("moved", "renamed", "reissued", "reused"):
        assert len(truth[change]) >= 2
        assert truth[change] - found[change] == set()
    assert truth["new"] <= found["new"]
    assert truth["purged"] <= found["purged"]
    extra = {change: len(found[change] - truth[change] - unsure) for change in truth}
    assert max(extra.values()) <= 2 * (ROWS // 1000), "only voters with two rows or two ids, and their neighbours"


CHANGES = {
    "nothing but case": (MARI.replace("HERON LN", "Heron Ln"), None),
    "an address": (MARI.replace("410 HERON LN", "9 EGRET CT"), ("moved", "104559901", None)),
    "a last name": (MARI.replace("QUINTERO", "BANKS"), ("renamed", "104559901", None)),
    "an id": (MARI.replace("104559901", "104559999"), ("reissued", "104559999", "104559901")),
    "another person's": (
        MARI.replace("MARISOL,QUINTERO", "WANDA,LARK").replace("1988", "1950"),
        ("reused", "104559901", None),
    ),
    "a birth date put right": (MARI.replace("1988-03-09", "1988-09-03"), None),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_has_its_name(tmp_path: Path, name: str) -> None:
    line, expected = CHANGES[name]
    load(tmp_path, a_file(tmp_path, MARI, DELROY, name="q1.csv"))
    load(tmp_path, a_file(tmp_path, line, DELROY, name="q2.csv"))
    found = rows(tmp_path, "select change, voter_id, former_voter_id from change")
    assert found == ([expected] if expected else [])


def test_two_leavers_who_fit_one_newcomer_are_no_re_issue(tmp_path: Path) -> None:
    twin = MARI.replace("104559901", "104559902")
    load(tmp_path, a_file(tmp_path, MARI, twin, DELROY, name="q1.csv"))
    load(tmp_path, a_file(tmp_path, MARI.replace("104559901", "104559999"), DELROY, name="q2.csv"))
    assert rows(tmp_path, "select change, voter_id from change order by 1, 2") == [
        ("new", "104559999"), ("purged", "104559901"), ("purged", "104559902"),
    ]  # fmt: skip


def test_the_same_file_again_is_unchanged_and_touches_nothing(tmp_path: Path) -> None:
    path = a_file(tmp_path, MARI, DELROY)
    first = load(tmp_path, path)
    before = (tmp_path / "voters.duckdb").resolve()
    again = load(tmp_path, path)
    assert (again.status, again.load_id) == ("unchanged", first.load_id)
    assert (tmp_path / "voters.duckdb").resolve() == before


def test_the_history_of_loads_is_kept_and_only_the_newest_changes(tmp_path: Path) -> None:
    for quarter, address in enumerate(["410 HERON LN", "9 EGRET CT", "7 FERN WAY"]):
        load(tmp_path, a_file(tmp_path, MARI.replace("410 HERON LN", address), DELROY, name=f"q{quarter}.csv"))
    assert rows(tmp_path, "select count(*) from load") == [(3,)]
    assert rows(tmp_path, "select before, after from change") == [
        ("9 EGRET CT, TAMPA, 33602", "7 FERN WAY, TAMPA, 33602")
    ]
