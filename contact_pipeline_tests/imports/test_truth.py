"""A dry run tells the truth: what it shows is what people show after the run; taking it back leaves no trace, and
neither the order of files nor a detour over taking back and doing again leaves one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_pipeline.config import Settings
from contact_pipeline.imports.applying import apply_import
from contact_pipeline.imports.plan import folder_of, open_tables
from contact_pipeline.imports.planning import plan_import
from contact_pipeline.imports.undoing import redo_import, undo_import
from contact_pipeline.warehouse.publish import open_published
from contact_pipeline_tests.homes import copy_home
from contact_pipeline_tests.imports.conftest import HEADER, person, write_list
from contact_pipeline_tests.imports.quick import quick_run

IGNORED = {"observed_at", "said_at", "last_changed_at", "batch_id", "line", "modified_at"}
TABLES = ("people.person", "people.crosswalk", "people.field_value", "people.consent", "contacts.contact")


def published(home: Settings) -> dict[str, list[Any]]:
    """What people see, without times."""
    content = {}
    with open_published(home.published) as snapshot:
        for table in TABLES:
            names = [row[0] for row in snapshot.execute(f"describe {table}").fetchall() if row[0] not in IGNORED]
            content[table] = sorted(snapshot.execute(f"select {', '.join(names)} from {table}").fetchall(), key=repr)
    return content


def changed(row: list[str], column: str, value: str) -> list[str]:
    """The row with another cell."""
    return [value if name == column else cell for name, cell in zip(HEADER, row, strict=True)]


NEW = [
    ["Zora", "Thornbury", "zora@example.org", "813-555-0171", "1991-02-03", "9 Elm St", "Ocala", "FL", "34470", ""],
    ["Zora", "Thornbury", "zora@example.org", "", "1991-02-03", "", "", "", "", "Late Firm"],
    ["Ivo", "Ashgrove", "ivo@example.org", "12", "", "", "", "", "", ""],
    ["", "", "", "", "", "", "Tampa", "FL", "33602", ""],
]
ROWS = st.lists(
    st.one_of(
        st.integers(0, 39).map(person),
        st.builds(changed, st.integers(0, 39).map(person), st.just("Employer"), st.just("Another Firm")),
        st.builds(changed, st.integers(0, 39).map(person), st.just("Phone"), st.just("813-555-0199")),
        st.builds(changed, st.integers(0, 39).map(person), st.just("Address"), st.just("7 Moved Road")),
        st.sampled_from(NEW),
    ),
    min_size=6,
    max_size=14,
)


@settings(max_examples=1, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rows=ROWS, policy=st.sampled_from(["upsert", "fill"]))
def test_what_the_dry_run_shows_is_what_people_show_undo_leaves_no_trace_and_redo_gives_it_again(
    rows: list[list[str]], policy: str, known_home: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("truth")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTACT_PIPELINE_NOW", "2026-11-20T12:00:00+00:00")
        home = copy_home(known_home, folder / "home")
        before = published(home)
        plan = plan_import(home, write_list(folder / "file.csv", [*NEW, *rows]), policy=policy, actor="a tester")
        shown, changes = shown_rows(home, plan.import_id)
        apply_import(home, plan.import_id, confirm=True, actor="a tester")
        quick_run(home)
        compare(home, before, shown, changes)
        applied = published(home)
        undo_import(home, plan.import_id, actor="a tester")
        quick_run(home)
        assert published(home) == before
        redo_import(home, plan.import_id, actor="a tester")
        quick_run(home)
        assert published(home) == applied, "the same people under the same ids"


@settings(max_examples=1, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(files=st.lists(ROWS, min_size=3, max_size=3), order=st.permutations([0, 1, 2]).filter(lambda some: some[0]))
def test_files_in_any_order_give_the_same_people_and_so_does_one_that_was_taken_back_and_done_again(
    files: list[list[list[str]]], order: list[int], known_home: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("order")
    paths = [write_list(folder / f"{n}.csv", [*NEW[n:], *rows]) for n, rows in enumerate(files)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTACT_PIPELINE_NOW", "2026-11-20T12:00:00+00:00")
        at_once = copy_home(known_home, folder / "at_once")
        for path in paths:
            land(at_once, path)
        quick_run(at_once)
        one_by_one = copy_home(known_home, folder / "one_by_one")
        first, second, third = (paths[place] for place in order)
        detour = land(one_by_one, first)
        quick_run(one_by_one)
        undo_import(one_by_one, detour, actor="a tester")
        land(one_by_one, second)
        quick_run(one_by_one)
        redo_import(one_by_one, detour, actor="a tester")
        land(one_by_one, third)
        quick_run(one_by_one)
        assert people_of(one_by_one) == people_of(at_once)


def land(home: Settings, path: Path) -> str:
    """Plan and apply a file as the inbox does; gives the import's id."""
    plan = plan_import(home, path, policy="fill", actor="a tester")
    apply_import(home, plan.import_id, shown=False, actor="a tester")
    return plan.import_id


def people_of(home: Settings) -> dict[frozenset[str], set[tuple[str, str]]]:
    """Whose records belong together, and what people show of each; under which id does not count."""
    with open_published(home.published) as snapshot:
        members = snapshot.execute("select person_id, list(contact_id) from people.crosswalk group by all").fetchall()
        shown: dict[str, set[tuple[str, str]]] = {}
        for person_id, field, value in snapshot.execute(
            "select person_id, field, value from people.field_value where rank = 1"
        ).fetchall():
            shown.setdefault(person_id, set()).add((field, value))
    return {frozenset(contacts): shown[person_id] for person_id, contacts in members}


def shown_rows(home: Settings, import_id: str) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The rows of a plan and what they would change."""
    with open_tables(folder_of(home, import_id), read_only=True) as plan:
        rows = plan.execute("select row_key, row_number, action, person_id, why from plan.import_row").fetchall()
        changes = plan.execute("select person_id, field, before, after, what from plan.import_change").fetchall()
    return rows, changes


def compare(home: Settings, before: dict[str, list[Any]], shown: list[Any], changes: list[Any]) -> None:
    """Hold the published snapshot to what was shown."""
    known = {row[0] for row in before["people.person"]}
    with open_published(home.published) as snapshot:
        of_row = dict(
            snapshot.execute(
                "select split_part(contact_id, ':', 2), person_id from people.crosswalk "
                "where contact_id like 'imports.people:%'"
            ).fetchall()
        )
        now = {(p, f): v for p, f, v in snapshot.execute(
            "select person_id, field, value from people.field_value where rank = 1").fetchall()}  # fmt: skip
        people = snapshot.execute("select count(*) from people.person").fetchall()[0][0]
    for key, number, action, person_id, why in shown:
        if action in ("refuse", "drop", "skip"):
            assert key not in of_row, (number, action)
        elif person_id is not None:
            assert of_row[key] == person_id, (number, why)
        else:
            assert of_row[key] not in known, (number, why)
    assert people == len(known) + sum(1 for _, _, action, _, _ in shown if action == "create")
    for person_id, field, _, after, what in changes:
        if what in ("changes", "fills"):
            assert now[person_id, field].lower() == after.lower() or any(
                other[:2] == (person_id, field) and other[3].lower() == now[person_id, field].lower()
                for other in changes
            )
        elif what in ("keeps", "protected"):
            assert now[person_id, field].lower() != after.lower()
