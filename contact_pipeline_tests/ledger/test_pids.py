"""PIDs in a real ledger: one transaction, nothing twice, and old PIDs that lead somewhere for ever."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings

from contact_pipeline.ledger import Ledger, assigning
from contact_pipeline.ledger.assigning import assign_pids
from contact_pipeline.ledger.issues import record_issues
from contact_pipeline.ledger.pid_plan import PidPlan, plan_pids, root
from contact_pipeline.ledger.pids import (
    UnknownPidError,
    contact_history,
    current_crosswalk,
    events,
    pid_of,
    resolve,
    retire_pid,
)
from contact_pipeline.ledger.tables import metadata
from contact_pipeline_tests.ledger.conftest import START, day
from contact_pipeline_tests.ledger.processes import killed_at_write, together
from contact_pipeline_tests.ledger.test_issues import found
from contact_pipeline_tests.ledger.test_pid_plan import HISTORIES, clusters, remembered

FIRST, SECOND, THIRD = (pid_of(number, "swab") for number in (1, 2, 3))


def table(families: dict[str, str]) -> pa.Table:
    return pa.table({"contact_id": list(families), "cluster_id": list(families.values())})


def assign(ledger: Ledger, families: str, on: int = 0) -> dict[str, str]:
    given_out = assign_pids(ledger, table(clusters(families)), now=day(on), reason="run")
    return {row["contact_id"]: row["pid"] for row in given_out.to_pylist()}


def everything(ledger: Ledger) -> dict[str, list[Any]]:
    with ledger.reading() as connection:
        return {table.name: connection.execute(table.select()).all() for table in metadata.sorted_tables}


def test_each_contact_gets_the_pid_of_its_person(ledger: Ledger) -> None:
    assert assign(ledger, "ab c") == {"a": FIRST, "b": FIRST, "c": SECOND}
    assert current_crosswalk(ledger).to_pylist() == [
        {"contact_id": contact, "pid": pid, "since": START, "rule": "born", "match_probability": None}
        for contact, pid in (("a", FIRST), ("b", FIRST), ("c", SECOND))
    ]


def test_the_same_again_writes_nothing_at_all(ledger: Ledger, tmp_path: Path) -> None:
    assign(ledger, "ab c")
    before = everything(ledger)
    file_before = (tmp_path / "home" / "ledger.sqlite").read_bytes()
    assert assign(ledger, "c ba", on=1) == {"a": FIRST, "b": FIRST, "c": SECOND}
    assert everything(ledger) == before
    assert (tmp_path / "home" / "ledger.sqlite").read_bytes() == file_before


@given(HISTORIES)
@settings(deadline=None, max_examples=25)
def test_the_ledger_remembers_what_the_plan_decided(history: list[dict[str, str]]) -> None:
    memory = remembered(history)
    spelled = {name: pid_of(number, "swab") for name, number in memory.numbers.items()}
    with TemporaryDirectory() as folder:
        ledger = Ledger.open(f"sqlite:///{folder}/ledger.sqlite", workspace="swab")
        for on, families in enumerate(history):
            assign_pids(ledger, table(families), now=day(on), reason="run")
        held = {row["contact_id"]: row["pid"] for row in current_crosswalk(ledger).to_pylist()}
        assert held == {contact: spelled[pid] for contact, pid in memory.people().items()}
        for name, pid in spelled.items():
            today = resolve(ledger, pid, as_of=day(len(history)))
            assert today == resolve(ledger, pid) == spelled[root(name, memory.absorbed_into)]


def test_a_rebuilt_ledger_gives_the_same_pids_and_another_workspace_gives_others(tmp_path: Path) -> None:
    names = ("swab", "swab", "other")
    ledgers = [Ledger.open(f"sqlite:///{tmp_path / str(i)}.sqlite", workspace=name) for i, name in enumerate(names)]
    first, rebuilt, other = (assign(ledger, "ad b ce") for ledger in ledgers)
    assert first == rebuilt
    assert set(first.values()).isdisjoint(other.values())


def test_an_old_pid_resolves_for_ever_and_as_of_a_date(ledger: Ledger) -> None:
    assign(ledger, "a b c", on=0)
    assign(ledger, "a bc", on=1)
    assign(ledger, "abc", on=2)
    assign(ledger, "ab c", on=3)
    assert [resolve(ledger, pid) for pid in (FIRST, SECOND, THIRD)] == [FIRST, FIRST, THIRD]
    assert [resolve(ledger, THIRD, as_of=day(on)) for on in range(5)] == [THIRD, SECOND, FIRST, THIRD, THIRD]
    with pytest.raises(UnknownPidError, match="not given out by"):
        resolve(ledger, THIRD, as_of=day(-1))


def test_a_human_may_type_a_pid_in_small_letters(ledger: Ledger) -> None:
    assign(ledger, "a")
    assert resolve(ledger, f" {FIRST.lower()} ") == FIRST


def test_a_pid_nobody_has_is_not_the_same_as_a_typing_error(ledger: Ledger) -> None:
    with pytest.raises(UnknownPidError, match="never given out"):
        resolve(ledger, FIRST)
    with pytest.raises(ValueError, match="not a PID"):
        resolve(ledger, FIRST[:-1] + "U")


def test_events_say_who_when_and_why(ledger: Ledger) -> None:
    assign(ledger, "a b", on=0)
    merged = table(clusters("ab"))
    assign_pids(ledger, merged, now=day(1), actor="mia", reason="one person says the phone call")
    happened = [(e["pid"], e["kind"], e["other_pid"]) for e in events(ledger, since=day(1)).to_pylist()]
    assert happened == [(SECOND, "absorbed", FIRST), (FIRST, "merged", SECOND)]
    assert events(ledger).num_rows == 4
    last = events(ledger).to_pylist()[-1]
    assert (last["actor"], last["reason"], last["happened_at"]) == ("mia", "one person says the phone call", day(1))


def test_the_crosswalk_keeps_whom_a_contact_belonged_to_and_how_sure_that_was(ledger: Ledger) -> None:
    assign(ledger, "a b", on=0)
    sure = table(clusters("ab")).append_column("match_probability", [[0.5, 0.997]])
    assign_pids(ledger, sure, now=day(1), reason="run")
    assert contact_history(ledger, "b").to_pylist() == [
        {"pid": SECOND, "since": day(0), "until": day(1), "rule": "born", "match_probability": None},
        {"pid": FIRST, "since": day(1), "until": None, "rule": "absorbed", "match_probability": 0.997},
    ]


def test_a_retired_person_is_not_brought_back_by_its_contacts(ledger: Ledger) -> None:
    assign(ledger, "a b c", on=0)
    assign(ledger, "ab c", on=1)
    retire_pid(ledger, SECOND, now=day(2), actor="mia", reason="asked to be forgotten")
    assert [row["contact_id"] for row in current_crosswalk(ledger).to_pylist()] == ["c"]
    assert assign(ledger, "ab c", on=3) == {"a": pid_of(4, "swab"), "b": pid_of(4, "swab"), "c": THIRD}
    assert [e["pid"] for e in events(ledger).to_pylist() if e["kind"] == "retired"] == [FIRST]


def test_a_contact_that_had_moved_away_does_not_bring_a_retired_person_back(ledger: Ledger) -> None:
    assign(ledger, "abc de", on=0)
    assign(ledger, "ab cde", on=1)
    for on in (2, 3):
        retire_pid(ledger, FIRST, now=day(on), actor="mia", reason="asked to be forgotten")
    assert assign(ledger, "cde", on=4) == dict.fromkeys("cde", SECOND)
    assert resolve(ledger, FIRST) == FIRST
    assert sum(e["kind"] == "retired" for e in events(ledger).to_pylist()) == 1


@pytest.mark.parametrize(
    ("clusters_given", "problem"),
    [
        (pa.table({"contact_id": ["a", "a"], "cluster_id": ["x", "y"]}), "1 contacts are in the clusters more than"),
        (pa.table({"contact_id": ["a", None], "cluster_id": ["x", "x"]}), "1 rows have no contact_id"),
        (pa.table({"contact_id": ["a"], "cluster_id": pa.array([None], pa.string())}), "1 rows have no cluster_id"),
        (pa.table({"contact_id": ["a"], "person": ["x"]}), "no column 'cluster_id'; it has contact_id, person"),
    ],
)
def test_input_that_cannot_be_right_is_refused(ledger: Ledger, clusters_given: pa.Table, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        assign_pids(ledger, clusters_given, now=START, reason="run")
    assert events(ledger).num_rows == 0


def test_no_contacts_at_all_is_not_an_error(ledger: Ledger) -> None:
    assign(ledger, "a")
    empty = pa.table({"contact_id": pa.array([], pa.string()), "cluster_id": pa.array([], pa.string())})
    assert assign_pids(ledger, empty, now=day(1), reason="run").num_rows == 0
    assert current_crosswalk(ledger).num_rows == 1


def test_forty_thousand_contacts_in_any_order_get_the_same_pids(tmp_path: Path) -> None:
    dice = random.Random(7)
    rows = [(f"givebutter.contacts:{48_000_000 + i}", str(i - dice.choice([0, 0, 1]))) for i in range(40_000)]
    shuffled = dice.sample(rows, len(rows))
    answers = []
    for name, order in (("straight", rows), ("shuffled", shuffled)):
        ledger = Ledger.open(f"sqlite:///{tmp_path / name}.sqlite")
        answers.append(assign_pids(ledger, table(dict(order)), now=START, reason="run"))
    assert answers[0].equals(answers[1])
    assert len(answers[0]) == 40_000


def test_a_process_killed_in_the_middle_leaves_the_ledger_as_it_was(url: str, ledger: Ledger) -> None:
    """Born, absorbed, moved at once: five writing statements; SIGKILL after each of them."""
    assign(ledger, "ab cd e")
    before = everything(ledger)
    deaths = 0
    while killed_at_write(url, deaths + 1, partial(assign, families="ac bd ef g", on=1)):
        deaths += 1
        assert everything(Ledger.open(url)) == before
    assert deaths == 5
    assert everything(Ledger.open(url)) != before
    assert assign(ledger, "ac bd ef g", on=2)["f"] == THIRD


def test_four_runs_at_once_agree_and_nobody_is_born_twice(url: str, ledger: Ledger) -> None:
    answers = together(4, lambda: assign(Ledger.open(url), "ab cd e f"))
    assert answers == [answers[0]] * 4
    assert len(everything(ledger)["pid"]) == 4


def test_a_run_that_was_overtaken_while_it_planned_plans_again(
    url: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    overtaken: list[dict[str, str]] = []

    def plan_slowly(*known: Any) -> PidPlan:
        plan = plan_pids(*known)
        if not overtaken:
            overtaken.append({})
            overtaken[0] |= assign(Ledger.open(url), "b c")
        return plan

    monkeypatch.setattr(assigning, "plan_pids", plan_slowly)
    assert assign(ledger, "a bc", on=1) == {"a": THIRD, "b": FIRST, "c": FIRST}
    assert overtaken == [{"b": FIRST, "c": SECOND}]


def test_a_run_with_nothing_new_does_not_wait_for_a_writer(url: str, ledger: Ledger) -> None:
    before = assign(ledger, "ab c")
    with Ledger.open(url).writing() as connection:
        connection.execute(metadata.tables["workspace"].update().values(opened_at=day(1)))
        assert assign(ledger, "ab c", on=1) == before


def test_issues_and_pids_do_not_wake_the_next_run(ledger: Ledger) -> None:
    version = ledger.version()
    assign(ledger, "ab c")
    record_issues(ledger, found("a"), now=START)
    assert ledger.version() == version
