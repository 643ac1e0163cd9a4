"""Decision 66: one row per issue for ever, closed when gone, never a second copy."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_pipeline.ledger import Ledger
from contact_pipeline.ledger.decisions import resolve_issue
from contact_pipeline.ledger.issues import FOUND_COLUMNS, IssueCounts, fingerprint, issues, record_issues
from contact_pipeline_tests.ledger.conftest import day
from contact_pipeline_tests.ledger.processes import killed_at_write

SCHEMA = pa.schema([(name, pa.string()) for name in FOUND_COLUMNS])


def row(name: str, code: str = "shared_phone", **changes: Any) -> dict[str, Any]:
    words = {"severity": "warning", "subject": name, "title": "Two people share a phone", "detail": "2 people"}
    return {"fingerprint": name, "code": code, **words, "action": "Ask them.", "person_id": None, **changes}


def found(*rows: str | dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([row(r) if isinstance(r, str) else r for r in rows], schema=SCHEMA)


def on_record(ledger: Ledger) -> dict[str, dict[str, Any]]:
    return {issue["fingerprint"]: issue for issue in issues(ledger).to_pylist()}


def test_a_new_issue_is_opened_with_everything_said_about_it(ledger: Ledger) -> None:
    said = row("a", person_id="X024YZ")
    assert record_issues(ledger, found(said), now=day(0)) == IssueCounts(opened=1)
    assert on_record(ledger)["a"] == {
        **said, "first_seen": day(0), "last_seen": day(0), "closed_at": None, "reopened": 0,
        "resolution": None, "resolved_by": None, "resolved_at": None,
    }  # fmt: skip


def test_a_second_run_adds_no_second_copy_and_moves_only_last_seen(ledger: Ledger) -> None:
    record_issues(ledger, found("a", "b"), now=day(0))
    before = on_record(ledger)
    assert record_issues(ledger, found("b", "a"), now=day(1)) == IssueCounts(still_open=2)
    assert on_record(ledger) == {key: {**issue, "last_seen": day(1)} for key, issue in before.items()}


def test_what_is_gone_is_closed_and_keeps_when_it_was_last_seen(ledger: Ledger) -> None:
    record_issues(ledger, found("a", "b"), now=day(0))
    assert record_issues(ledger, found("a"), now=day(1)) == IssueCounts(still_open=1, closed=1)
    gone = on_record(ledger)["b"]
    assert (gone["last_seen"], gone["closed_at"]) == (day(0), day(1))
    assert [issue["fingerprint"] for issue in issues(ledger, open_only=True).to_pylist()] == ["a"]
    assert record_issues(ledger, found("a"), now=day(2)) == IssueCounts(still_open=1)
    assert on_record(ledger)["b"]["closed_at"] == day(1)


def test_what_comes_back_is_reopened_on_its_old_row(ledger: Ledger) -> None:
    for on, present in enumerate((["a"], [], ["a"])):
        counts = record_issues(ledger, found(*present), now=day(on))
    assert counts == IssueCounts(reopened=1)
    back = on_record(ledger)["a"]
    assert (back["first_seen"], back["last_seen"], back["closed_at"], back["reopened"]) == (day(0), day(2), None, 1)


def test_new_words_replace_the_old_ones(ledger: Ledger) -> None:
    record_issues(ledger, found("a"), now=day(0))
    worse = row("a", severity="critical", detail="3 people")
    assert record_issues(ledger, found(worse), now=day(1)) == IssueCounts(still_open=1, changed=1)
    assert (on_record(ledger)["a"]["severity"], on_record(ledger)["a"]["detail"]) == ("critical", "3 people")


def test_looking_for_some_codes_leaves_the_others_alone(ledger: Ledger) -> None:
    record_issues(ledger, found("a", row("b", code="invalid_phone")), now=day(0))
    counts = record_issues(ledger, found(), now=day(1), codes=["invalid_phone"])
    assert counts == IssueCounts(closed=1)
    assert (on_record(ledger)["a"]["closed_at"], on_record(ledger)["a"]["last_seen"]) == (None, day(0))


def test_a_resolution_lasts_as_long_as_the_issue_stays_and_not_beyond_its_return(ledger: Ledger) -> None:
    record_issues(ledger, found("a"), now=day(0))
    resolve_issue(ledger, "a", "a couple, both reachable there", now=day(1), actor="mia", reason="called them")
    record_issues(ledger, found("a"), now=day(2))
    held = on_record(ledger)["a"]
    assert (held["resolution"], held["resolved_by"], held["resolved_at"]) == (
        "a couple, both reachable there", "mia", day(1),
    )  # fmt: skip
    record_issues(ledger, found(), now=day(3))
    record_issues(ledger, found("a"), now=day(4))
    back = on_record(ledger)["a"]
    assert (back["resolution"], back["resolved_by"], back["resolved_at"]) == (None, None, None)


def test_a_resolution_does_not_outlast_the_words_it_answered(ledger: Ledger) -> None:
    record_issues(ledger, found("a"), now=day(0))
    resolve_issue(ledger, "a", "accepted", now=day(1), actor="mia", reason="renamed on purpose")
    record_issues(ledger, found("a"), now=day(2))
    assert on_record(ledger)["a"]["resolution"] == "accepted"
    record_issues(ledger, found(row("a", detail="one more column is gone")), now=day(3))
    assert on_record(ledger)["a"]["resolution"] is None


@pytest.mark.parametrize(
    ("rows", "codes", "problem"),
    [
        ([row("a"), row("a")], None, "share the fingerprint a"),
        ([row("a", severity="fatal")], None, "Severity 'fatal' of shared_phone"),
        ([row("a")], ["invalid_phone"], "code shared_phone was found, which was not looked for"),
        ([row("a", title=None)], None, "1 rows have no title"),
    ],
)
def test_finds_that_cannot_be_right_are_refused_and_nothing_is_written(
    ledger: Ledger, rows: list[dict[str, Any]], codes: list[str] | None, problem: str
) -> None:
    record_issues(ledger, found("kept"), now=day(0))
    before = on_record(ledger)
    with pytest.raises(ValueError, match=problem):
        record_issues(ledger, found(*rows), now=day(1), codes=codes)
    assert on_record(ledger) == before


@given(st.lists(st.sets(st.sampled_from("abcde")), min_size=1, max_size=6))
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_open_is_always_what_was_found_last(ledger: Ledger, runs: list[set[str]]) -> None:
    record_issues(ledger, found(), now=day(0))
    for on, present in enumerate(runs):
        open_before = {i["fingerprint"] for i in issues(ledger, open_only=True).to_pylist()}
        counts = record_issues(ledger, found(*sorted(present)), now=day(on))
        assert {i["fingerprint"] for i in issues(ledger, open_only=True).to_pylist()} == present
        assert counts.opened + counts.reopened == len(present - open_before)
        assert (counts.still_open, counts.closed) == (len(present & open_before), len(open_before - present))


def test_twenty_thousand_issues_are_kept_apart(ledger: Ledger) -> None:
    many = [row(fingerprint("shared_phone", str(number))) for number in range(20_000)]
    assert record_issues(ledger, found(*many), now=day(0)) == IssueCounts(opened=20_000)
    assert record_issues(ledger, found(*many[1:]), now=day(1)) == IssueCounts(still_open=19_999, closed=1)


def test_a_process_killed_in_the_middle_leaves_the_issues_as_they_were(url: str, ledger: Ledger) -> None:
    """Opens, changes, re-opens, closes and touches: SIGKILL after each of the five statements."""
    record_issues(ledger, found("closed", "kept", "back"), now=day(0))
    record_issues(ledger, found("closed", "kept"), now=day(1))
    before = on_record(ledger)
    now_found = found("new", row("kept", title="Three people"), "back")
    deaths = 0
    while killed_at_write(url, deaths + 1, partial(record_issues, found=now_found, now=day(2))):
        deaths += 1
        assert on_record(Ledger.open(url)) == before
    assert deaths == 5
    assert {i["fingerprint"] for i in issues(ledger, open_only=True).to_pylist()} == {"new", "kept", "back"}


def test_a_fingerprint_is_the_same_in_python_and_in_duckdb() -> None:
    parts = ("shared_phone", "+15555550100", "Zoë")
    in_sql = duckdb.execute("select sha256(? || chr(31) || ? || chr(31) || ?)", list(parts)).fetchall()[0][0]
    assert fingerprint(*parts) == in_sql == sha256("\x1f".join(parts).encode()).hexdigest()


def test_fingerprints_tell_parts_apart() -> None:
    different = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", None), ("abc", None, None)]
    assert len({fingerprint("code", *parts) for parts in different}) == len(different)
    with pytest.raises(ValueError, match="must not hold"):
        fingerprint("code", "a\x1fb")
