"""A list dropped into the inbox goes the way of any import: applied where that is safe, else held for a human."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from contact_pipeline.assets import landing
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.commands.running import tell_dropped
from contact_pipeline.config import Settings
from contact_pipeline.imports import inbox as emptying
from contact_pipeline.imports.applying import apply_import
from contact_pipeline.imports.changing_rules import set_rules
from contact_pipeline.imports.edits import edits_of
from contact_pipeline.imports.fixing import fix_import
from contact_pipeline.imports.history import ImportHistory, history, write_history
from contact_pipeline.imports.inbox import empty_inbox
from contact_pipeline.imports.rules import rules_from
from contact_pipeline.imports.showing import page_of
from contact_pipeline.imports.undoing import undo_import
from contact_pipeline.landing import inbox as landing_inbox
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.list_gate import PIPELINE
from contact_pipeline.landing.store import Arrival, LandingStore
from contact_pipeline.ledger.imports import import_events
from contact_pipeline.ledger.mappings import preset_by_name
from contact_pipeline.ledger.suppression import active_suppressions, is_suppressed
from contact_pipeline.sources.entities import IMPORTS_PEOPLE, LIST_PEOPLE
from contact_pipeline.warehouse.models import all_models, run_model
from contact_pipeline.warehouse.resource import Warehouse
from contact_pipeline_tests.commands.test_commands import call
from contact_pipeline_tests.imports.conftest import HEADER, person, write_list
from contact_pipeline_tests.imports.quick import quick_run

ME = "a tester"
STRANGER = [
    "Zora", "Thornbury", "zora@example.org", "813-555-0171", "1991-02-03", "9 Elm St", "Ocala", "FL", "34470", "",
]  # fmt: skip
OTHER = ["Ivo", "Ashgrove", "ivo@example.org", "305-555-0188", "1985-05-06", "4 Oak Ln", "Miami", "FL", "33101", ""]
NOBODY = ["", "", "", "", "", "", "Tampa", "FL", "33602", ""]
UNSURE = ("Owner Name", "Owner Phone")


def drop(
    home: Settings,
    rows: list[list[str]],
    name: str = "people.csv",
    header: tuple[str, ...] = HEADER,
    folder: str = "list",
) -> Path:
    """A list in the inbox, written an hour ago."""
    path = home.inbox / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_list(path, rows, header)
    os.utime(path, (home.clock().timestamp() - 3_600,) * 2)
    return path


def take(home: Settings) -> list[Arrival]:
    return empty_inbox(home, log=lambda _: None)


def told(home: Settings) -> list[ImportHistory]:
    """What the history says of lists that were dropped."""
    with closing(open_ledger(home)) as ledger:
        return [one for one in history(ledger) if one.actor == PIPELINE]


def kinds(home: Settings, import_id: str) -> list[str]:
    with closing(open_ledger(home)) as ledger:
        return [event["kind"] for event in import_events(ledger, import_id)]


def imported(home: Settings) -> list[int]:
    """Rows of every batch of imports that counts."""
    batches = LandingStore(home.landing).manifest()
    return [batch.accepted for batch in batches if batch.key == IMPORTS_PEOPLE.key and batch.status == "landed"]


def refused_rows(home: Settings) -> list[tuple[str, str]]:
    """The issue that tells of rows which stayed out."""
    connection = duckdb.connect()
    connection.execute("create schema contacts")
    connection.execute("create schema issues")
    with closing(open_ledger(home)) as ledger:
        write_history(connection, ledger, "contacts.import_history")
    run_model(connection, all_models()["issues.import_rows_refused"])
    return connection.execute("select subject, detail from issues.import_rows_refused").fetchall()


def hold_to(home: Settings, **rules: Any) -> None:
    """Give the workspace rules of its own."""
    with closing(open_ledger(home)) as ledger:
        set_rules(ledger, rules_from(rules), administrators=[ME], actor=ME, reason="a test", now=home.clock())


def test_accepted_rows_land_as_one_batch_and_refused_ones_are_reported(
    people_home: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    path = drop(people_home, [person(0), STRANGER, NOBODY])
    [arrival] = take(people_home)
    assert (arrival.status, path.exists(), imported(people_home)) == ("landed", False, [40, 2])
    [one] = told(people_home)
    assert (one.status, one.source, one.policy, one.actor) == ("applied", "list", "fill", "pipeline")
    assert (one.rows, one.accepted, one.refused, one.success) == (3, 2, 1, False), "two of three are no 95 %"
    [report] = one.reports
    assert Path(report).exists()
    assert report in arrival.message
    assert f"imports show {one.import_id}" in arrival.message
    tell_dropped(people_home, 0)
    assert f"people.csv: 2 of 3 rows taken as import {one.import_id}; 1 refused: {report}" in capsys.readouterr().err
    [(subject, detail)] = refused_rows(people_home)
    assert subject == f"import:{one.import_id}"
    assert "1 of 3 rows were refused: required_any: 1" in detail


def test_a_no_to_messages_in_a_refused_row_holds_for_its_addresses(people_home: Settings) -> None:
    hold_to(people_home, fields={"birth_date": {"required": True}})
    undated = [cell if place != 4 else "" for place, cell in enumerate(STRANGER)]
    drop(people_home, [[*person(0), ""], [*undated, "yes"]], header=(*HEADER, "Unsubscribed"))
    [arrival] = take(people_home)
    assert "say no to messages, which holds all the same for the addresses they give: 1." in arrival.message
    with closing(open_ledger(people_home)) as ledger:
        assert is_suppressed(ledger, "email", "zora@example.org")
        assert is_suppressed(ledger, "sms", "+18135550171")
        assert not is_suppressed(ledger, "email", person(0)[2])
        held = active_suppressions(ledger).num_rows
    quick_run(people_home)
    [one] = told(people_home)
    fix_import(people_home, one.import_id, edits_of(sets=["2:birth_date=1991-02-03"]), actor=ME)
    apply_import(people_home, one.import_id, actor=ME)
    with closing(open_ledger(people_home)) as ledger:
        assert active_suppressions(ledger).num_rows == held, "and no line is written twice"


def test_a_list_of_good_rows_succeeds_and_the_same_file_again_changes_nothing(people_home: Settings) -> None:
    drop(people_home, [person(0), STRANGER])
    take(people_home)
    assert told(people_home)[0].success is True
    again = drop(people_home, [person(0), STRANGER], "renamed.csv")
    assert [arrival.status for arrival in take(people_home)] == ["unchanged"]
    assert (again.exists(), imported(people_home)) == (False, [40, 2])


def test_lists_are_taken_before_the_first_run_and_while_something_waits_for_one(
    tmp_path: Path, fixed_clock: None
) -> None:
    home = Settings(home=tmp_path / "home")
    for number in range(3):
        drop(home, [person(number), person(number + 1)], f"{number}.csv")
    assert [arrival.status for arrival in take(home)] == ["landed"] * 3
    assert imported(home) == [2, 2, 2]


def test_a_list_in_doubt_is_held_until_its_columns_are_confirmed(people_home: Settings) -> None:
    path = drop(people_home, [["Lee, Ann", "813-555-0142"], ["Ray, Bob", "813-555-0144"]], header=UNSURE)
    [arrival] = take(people_home)
    note = path.with_name("people.csv.problem.txt")
    assert arrival.status == "held"
    assert f"contact-pipeline mapping confirm {path}" in note.read_text()
    assert "Lee" not in note.read_text(), "examples are masked"
    assert imported(people_home) == [40]
    said = call("mapping", "confirm", str(path), "--name", "owners", home=people_home.home)
    assert "next run takes the file" in said.output
    assert not note.exists(), "without the note the sensor takes the file"
    assert [arrival.status for arrival in take(people_home)] == ["landed"]
    assert (told(people_home)[0].preset, told(people_home)[0].success) == ("owners", True)
    with closing(open_ledger(people_home)) as ledger:
        preset = preset_by_name(ledger, "owners")
    assert preset is not None
    assert preset.uses == 1


def test_a_folder_with_a_preset_takes_lists_of_its_own(people_home: Settings) -> None:
    path = drop(people_home, [["Lee, Ann", "813-555-0142"]], header=UNSURE, folder="homeowners")
    assert [arrival.status for arrival in take(people_home)] == ["refused"], "nobody knows the folder yet"
    assert call("mapping", "confirm", str(path), home=people_home.home).exit_code == 0
    assert [arrival.status for arrival in take(people_home)] == ["landed"]
    drop(people_home, [["Fox, Eve", "813-555-0149", "7"]], "next.csv", (*UNSURE, "Lot"), "homeowners")
    assert [arrival.status for arrival in take(people_home)] == ["landed"], "one column more does not matter"
    assert [one.source for one in told(people_home)] == ["homeowners"] * 2


def test_a_list_whose_columns_were_read_wrongly_is_read_anew_when_it_is_dropped_again(people_home: Settings) -> None:
    rows, header = [["Zora Thornbury", "zora@example.org", "Late Firm"]], ("Full Name", "E-mail", "Where she is")
    drop(people_home, rows, header=header)
    take(people_home)
    path = drop(people_home, rows, header=header)
    said = call("mapping", "confirm", str(path), "--set", "Where she is=company", home=people_home.home)
    assert said.exit_code == 0
    assert [arrival.status for arrival in take(people_home)] == ["landed"]
    [one] = told(people_home)
    [row] = page_of(people_home, one.import_id).rows
    assert row["values"]["company"] == "Late Firm"
    undo_import(people_home, one.import_id, actor=ME)
    assert imported(people_home) == [40], "both readings of it"


def test_a_policy_that_overwrites_waits_for_a_yes(people_home: Settings) -> None:
    hold_to(people_home, duplicate_policy="upsert")
    path = drop(people_home, [[*person(1)[:-1], "Another Firm"], STRANGER])
    [arrival] = take(people_home)
    [one] = told(people_home)
    assert (arrival.status, imported(people_home)) == ("held", [40])
    assert f"contact-pipeline imports apply {one.import_id} --confirm" in arrival.message
    apply_import(people_home, one.import_id, confirm=True, actor=ME)
    assert [arrival.status for arrival in take(people_home)] == ["unchanged"]
    assert (path.exists(), imported(people_home)) == (False, [40, 2])


def test_a_policy_that_asks_who_is_known_waits_for_the_run_that_says_so(people_home: Settings) -> None:
    hold_to(people_home, duplicate_policy="skip")
    drop(people_home, [STRANGER], "a.csv")
    later = drop(people_home, [STRANGER, person(0), OTHER], "b.csv")
    assert [arrival.status for arrival in take(people_home)] == ["landed", "held"]
    assert not later.with_name("b.csv.problem.txt").exists(), "nobody has to do anything"
    quick_run(people_home)
    assert [arrival.status for arrival in take(people_home)] == ["landed"]
    assert imported(people_home) == [40, 1, 1], "the stranger of the first file is known by now"


def test_a_list_most_of_whose_rows_are_refused_waits_and_is_not_looked_at_again(people_home: Settings) -> None:
    hold_to(people_home, fields={"birth_date": {"required": True}})
    undated = [[cell if place != 4 else "" for place, cell in enumerate(row)] for row in (STRANGER, OTHER)]
    path = drop(people_home, [person(0), *undated])
    [arrival] = take(people_home)
    [one] = told(people_home)
    assert (arrival.status, imported(people_home)) == ("held", [40])
    assert f"imports apply {one.import_id}" in arrival.message
    assert [arrival.status for arrival in take(people_home)] == ["held"]
    assert kinds(people_home, one.import_id) == ["planned"], "the second run read what the first found"
    hold_to(people_home, fields={"city": {"longest": 50}})
    assert [arrival.status for arrival in take(people_home)] == ["landed"], "other rules, another answer"
    assert (path.exists(), imported(people_home)) == (False, [40, 3])


def test_a_list_that_was_taken_back_is_not_taken_by_itself_again(people_home: Settings) -> None:
    drop(people_home, [STRANGER])
    take(people_home)
    [one] = told(people_home)
    undo_import(people_home, one.import_id, actor=ME)
    drop(people_home, [STRANGER])
    [arrival] = take(people_home)
    assert (arrival.status, imported(people_home)) == ("held", [40])
    assert f"imports redo {one.import_id}" in arrival.message


def test_a_list_that_landed_as_it_is_does_not_come_a_second_time(people_home: Settings) -> None:
    path = drop(people_home, [STRANGER])
    LandingStore(people_home.landing).land_file(path, LIST_PEOPLE, now=people_home.clock())
    assert [arrival.status for arrival in take(people_home)] == ["unchanged"]
    assert imported(people_home) == [40]


@pytest.mark.parametrize("where", [(emptying, "apply_import"), (landing_inbox, "_remove")])
def test_a_kill_while_a_list_is_taken_leaves_it_to_the_next_run(
    where: tuple[Any, str], people_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(people_home, [STRANGER, NOBODY, person(0)])

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(*where, killed)
        with pytest.raises(KeyboardInterrupt):
            take(people_home)
    assert path.exists()
    take(people_home)
    assert (path.exists(), imported(people_home)) == (False, [40, 2])
    assert kinds(people_home, told(people_home)[0].import_id).count("applied") == 1


def test_what_waits_stands_on_the_page_of_the_gate(people_home: Settings) -> None:
    path = drop(people_home, [["Lee, Ann", "813-555-0142"]], header=UNSURE)
    done = dg.materialize(
        [landing.batch],
        resources={
            "workspace": Workspace(home=str(people_home.home)),
            "warehouse": Warehouse(database=str(people_home.warehouse)),
        },
        tags={landing.QUIET_TAG: "yes"},
    )
    [observed] = [event for event in done.all_events if event.event_type_value == "ASSET_OBSERVATION"]
    shown = observed.asset_observation_data.asset_observation.metadata["dropped files"]
    assert f"mapping confirm {path}" in str(shown.value)
    assert "Lee" not in str(shown.value)
