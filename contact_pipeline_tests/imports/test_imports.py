"""Imports: nothing is written by a look, corrections are an overlay, applying does what was shown or refuses."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contact_pipeline.cli import main
from contact_pipeline.config import Settings
from contact_pipeline.imports import applying
from contact_pipeline.imports.applying import BaseMovedError, NotApplied, apply_import
from contact_pipeline.imports.edits import edits_of
from contact_pipeline.imports.fixing import fix_import
from contact_pipeline.imports.plan import ImportsError, Plan, load_plan
from contact_pipeline.imports.planning import plan_import
from contact_pipeline.imports.showing import page_of
from contact_pipeline.imports.undoing import undo_import
from contact_pipeline.landing.outcomes import Held
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.imports import import_events
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.settling import Settlement, settle
from contact_pipeline.sources.entities import LIST_PEOPLE
from contact_pipeline.warehouse.publish import open_published
from contact_pipeline_tests.imports.conftest import HEADER, person, write_list
from contact_pipeline_tests.imports.quick import quick_run

ME = "a tester"
STRANGER = [
    "Zora",
    "Thornbury",
    "zora@example.org",
    "813-555-0171",
    "1991-02-03",
    "9 Elm St",
    "Ocala",
    "FL",
    "34470",
    "",
]
NOBODY = ["", "", "not an address", "", "", "", "Tampa", "FL", "33602", ""]


@pytest.fixture
def mixed(people_home: Settings) -> Path:
    """Two people who are known, one of them with another employer, a stranger twice, a bad phone, and nobody."""
    moved = [*person(1)[:-1], "Another Firm"]
    bad_phone = ["Ivo", "Ashgrove", "ivo@example.org", "12", "", "", "", "", "", ""]
    return write_list(people_home.home / "mixed.csv", [person(0), moved, STRANGER, STRANGER, bad_phone, NOBODY])


def content_of(home: Path) -> dict[str, str]:
    """Every file of a home but the plans, by its hash; SQLite's own side files left out."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.relative_to(home).parts[0] != "imports" and "ledger.sqlite" not in path.name
    }


def actions(home: Settings, import_id: str) -> list[str]:
    return [row["action"] for row in page_of(home, import_id).rows]


def test_a_look_says_whom_every_row_is_and_why_and_writes_nothing(people_home: Settings, mixed: Path) -> None:
    before = content_of(people_home.home)
    plan = plan_import(people_home, mixed, policy="upsert", actor=ME)
    assert content_of(people_home.home) == before
    rows = page_of(people_home, plan.import_id).rows
    assert [row["action"] for row in rows] == ["update", "update", "create", "update", "create", "refuse"]
    assert "same e-mail" in rows[0]["why"]
    assert "Ana Quimby" in rows[0]["why"]
    assert rows[3]["why"].startswith("the same person as row 3")
    assert rows[1]["changes"] == [
        {"row_number": 2, "person_id": rows[1]["person_id"], "field": "employer", "before": "Firm 1",
         "after": "Another Firm", "what": "changes"}
    ]  # fmt: skip
    assert [finding["code"] for finding in rows[4]["findings"]] == ["invalid_phone"]
    assert rows[4]["findings"][0]["column"] == "Phone"
    assert rows[5]["cells"]["Email"] == "not an address"
    assert plan.counts["accepted"] == 5


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("fill", ["fill", "fill", "create", "fill", "create", "refuse"]),
        ("skip", ["skip", "skip", "create", "skip", "create", "refuse"]),
        ("update", ["update", "update", "skip", "skip", "skip", "refuse"]),
    ],
)
def test_each_policy_says_what_becomes_of_known_and_new_people(
    people_home: Settings, mixed: Path, policy: str, expected: list[str]
) -> None:
    plan = plan_import(people_home, mixed, policy=policy, actor=ME)
    assert actions(people_home, plan.import_id) == expected
    if policy == "fill":
        assert plan.counts["changed"] == 0
        assert plan.counts["kept"] == 1


def test_a_later_list_fills_blanks_and_overwrites_nothing_an_earlier_one_said(
    people_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACT_PIPELINE_NOW", "2026-12-01T12:00:00+00:00")
    rows = [[*person(number)[:-1], "Another Firm"] for number in (1, 3)]
    plan = plan_import(people_home, write_list(people_home.home / "later.csv", rows), policy="fill", actor=ME)
    told = [(change["before"], change["what"]) for row in page_of(people_home, plan.import_id).rows
            for change in row["changes"]]  # fmt: skip
    assert told == [("Firm 1", "keeps"), (None, "fills")]


def test_corrections_lie_over_the_cells_and_the_cells_stay(people_home: Settings, mixed: Path) -> None:
    plan = plan_import(people_home, mixed, actor=ME)
    edits = edits_of(
        sets=["5:phone=813-555-0155", "6:Email=nemo@example.org"], defaults=["employer=Nobody Inc", "tags=guest"],
        maps=["City:Tampa=Saint Petersburg"], drops=["4"],
    )  # fmt: skip
    plan = fix_import(people_home, plan.import_id, edits, actor=ME)
    rows = page_of(people_home, plan.import_id).rows
    assert [row["action"] for row in rows] == ["fill", "fill", "create", "drop", "create", "create"]
    assert rows[4]["values"]["phone"] == "+18135550155"
    assert rows[4]["cells"]["Phone"] == "12"
    assert rows[4]["values"]["tags"] == ["guest"]
    assert rows[0]["values"]["city"] == "Saint Petersburg"
    assert rows[2]["values"]["company"] == "Nobody Inc"
    again = plan_import(people_home, mixed, actor=ME)
    assert (again.import_id, again.counts) == (plan.import_id, plan.counts)


@pytest.mark.parametrize("wrong", [{"sets": ["99:email=a@example.org"]}, {"clears": ["Shoe Size"]}, {"drops": ["x"]}])
def test_a_correction_of_what_is_not_there_changes_nothing(
    people_home: Settings, mixed: Path, wrong: dict[str, list[str]]
) -> None:
    plan = plan_import(people_home, mixed, actor=ME)
    with pytest.raises(ImportsError, match="There is no"):
        fix_import(people_home, plan.import_id, [*edits_of(drops=["1"]), *edits_of(**wrong)], actor=ME)  # type: ignore[arg-type]
    assert actions(people_home, plan.import_id)[0] == "fill"


def test_overwriting_waits_for_a_yes_and_all_or_nothing_for_a_clean_file(people_home: Settings, mixed: Path) -> None:
    plan = plan_import(people_home, mixed, policy="upsert", actor=ME)
    with pytest.raises(NotApplied, match="--confirm"):
        apply_import(people_home, plan.import_id, actor=ME)
    with pytest.raises(NotApplied, match="1 rows have errors"):
        apply_import(people_home, plan.import_id, mode="all", confirm=True, actor=ME)
    assert len(LandingStore(people_home.landing).manifest()) == 1
    done = apply_import(people_home, plan.import_id, confirm=True, actor=ME)
    assert done.rows == 5
    (people_home.landing / LandingStore(people_home.landing).manifest()[-1].evidence["original"]).read_bytes()


def test_a_kill_after_landing_and_a_second_apply_land_nothing_twice(
    people_home: Settings, mixed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_import(people_home, mixed, actor=ME)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(applying, "save_plan", killed)
        with pytest.raises(KeyboardInterrupt):
            apply_import(people_home, plan.import_id, actor=ME)
    again = apply_import(people_home, plan.import_id, actor=ME)
    assert not again.landed
    assert [applied.rows for applied in load_plan(people_home, plan.import_id).applied] == [5]
    assert len(LandingStore(people_home.landing).manifest()) == 2


def test_a_plan_is_refused_while_something_waits_for_a_run(people_home: Settings, mixed: Path) -> None:
    plan = plan_import(people_home, mixed, actor=ME)
    other = write_list(people_home.home / "other.csv", [person(7)])
    LandingStore(people_home.landing).land_file(other, LIST_PEOPLE, now=people_home.clock())
    with pytest.raises(BaseMovedError, match="contact-pipeline run"):
        apply_import(people_home, plan.import_id, actor=ME)


def test_before_the_first_run_one_import_waits_for_the_other(tmp_path: Path, fixed_clock: None) -> None:
    home = Settings(home=tmp_path / "home")
    first, second = (write_list(tmp_path / f"{name}.csv", [person(name)]) for name in (1, 2))
    assert apply_import(home, plan_import(home, first, actor=ME).import_id, actor=ME).landed
    with pytest.raises(BaseMovedError, match="contact-pipeline run"):
        apply_import(home, plan_import(home, second, actor=ME).import_id, actor=ME)


def test_a_plan_made_on_other_rules_is_looked_at_again_and_shows_what_moved(
    people_home: Settings, mixed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_import(people_home, mixed, actor=ME)
    from contact_pipeline.imports.changing_rules import set_rules
    from contact_pipeline.imports.rules import rules_from

    ledger = Ledger.open(people_home.ledger_url)
    rules = rules_from({"fields": {"birth_date": {"required": True}}})
    set_rules(ledger, rules, administrators=[ME], actor=ME, reason="a test", now=people_home.clock())
    ledger.close()
    with pytest.raises(BaseMovedError) as refused:
        apply_import(people_home, plan.import_id, actor=ME)
    assert [(row["row_number"], row["before"][0], row["now"][0]) for row in refused.value.moved] == [
        (5, "create", "refuse")
    ]
    assert apply_import(people_home, plan.import_id, actor=ME).rows == 4


def test_an_import_no_run_has_seen_is_taken_back_and_told(people_home: Settings, mixed: Path) -> None:
    plan = plan_import(people_home, mixed, actor=ME)
    apply_import(people_home, plan.import_id, actor=ME)
    undone = undo_import(people_home, plan.import_id, actor=ME)
    assert (undone.rows, undone.born, undone.decided) == (5, 0, 0)
    assert load_plan(people_home, plan.import_id).status == "undone"
    with pytest.raises(NotApplied, match="imports redo"):
        apply_import(people_home, plan.import_id, actor=ME)
    ledger = Ledger.open(people_home.ledger_url)
    kinds = [event["kind"] for event in import_events(ledger, plan.import_id)]
    ledger.close()
    assert kinds[-2:] == ["applied", "undone"]


def test_opt_outs_no_run_has_written_down_keep_an_import_from_being_taken_back(people_home: Settings) -> None:
    file = write_list(people_home.home / "no.csv", [[*person(2), "yes"]], header=(*HEADER, "Unsubscribed"))
    plan = plan_import(people_home, file, actor=ME)
    apply_import(people_home, plan.import_id, actor=ME)
    with pytest.raises(NotApplied, match="opt out"):
        undo_import(people_home, plan.import_id, actor=ME)


def employers(home: Settings) -> dict[str, str]:
    """The employer that each person shows, by e-mail address."""
    with open_published(home.published) as snapshot:
        rows = snapshot.execute(
            "select e.value, f.value from people.field_value as e join people.field_value as f using (person_id) "
            "where e.field = 'email' and f.field = 'employer' and e.rank = 1 and f.rank = 1"
        ).fetchall()
    return dict(rows)


def test_a_lock_is_respected_and_listed_and_taking_back_keeps_what_was_said_since(people_home: Settings) -> None:
    ana, boris = person(0), person(1)
    with open_published(people_home.published) as snapshot:
        [(locked,)] = snapshot.execute(
            "select person_id from people.field_value where field = 'email' and value = ?", [ana[2]]
        ).fetchall()
    ledger = Ledger.open(people_home.ledger_url)
    said = Settlement(locked, "employer", "Locked Firm", locked=True, fingerprint="")
    settle(ledger, [said], now=people_home.clock(), actor=ME, reason="she told us")
    ledger.close()
    quick_run(people_home)

    def upsert(name: str, *rows: list[str]) -> Plan:
        plan = plan_import(people_home, write_list(people_home.home / name, rows), policy="upsert", actor=ME)
        apply_import(people_home, plan.import_id, confirm=True, actor=ME)
        return plan

    first = upsert("first.csv", [*ana[:-1], "Another Firm"], [*boris[:-1], "Another Firm"])
    assert first.counts["protected_fields"] == {"employer": 1}
    told = [change for row in page_of(people_home, first.import_id).rows for change in row["changes"]]
    assert [(change["row_number"], change["before"], change["what"]) for change in told] == [
        (1, "Locked Firm", "protected"), (2, "Firm 1", "changes"),
    ]  # fmt: skip
    [row] = page_of(people_home, first.import_id, status="protected").rows
    assert row["row_number"] == 1
    quick_run(people_home)
    shown = employers(people_home)
    assert (shown[ana[2]], shown[boris[2]]) == ("Locked Firm", "Another Firm")
    upsert("second.csv", [*boris[:-1], "Third Firm"])
    undo_import(people_home, first.import_id, actor=ME)
    quick_run(people_home)
    shown = employers(people_home)
    assert (shown[ana[2]], shown[boris[2]]) == ("Locked Firm", "Third Firm")


def test_a_list_nobody_can_be_sure_about_is_held_with_the_suggestion(people_home: Settings) -> None:
    file = write_list(people_home.home / "odd.csv", [["x1", "y2"], ["x3", "y4"]], header=("Foo", "Bar"))
    with pytest.raises(Held, match="mapping confirm"):
        plan_import(people_home, file, actor=ME)
    assert not list(people_home.imports.glob("*/plan.json")) or len(list(people_home.imports.iterdir())) == 1


def test_the_command_line_looks_shows_and_refuses_with_its_exit_codes(people_home: Settings, mixed: Path) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["imports", *words, "--home", str(people_home.home)])

    made = run("plan", str(mixed), "--policy", "upsert", "--json")
    assert made.exit_code == 0
    import_id = json.loads(made.stdout)["import_id"]
    page = json.loads(run("show", import_id, "--rows", "--page", "2", "--size", "2", "--json").stdout)
    assert ([row["row_number"] for row in page["rows"]], page["total"]) == ([3, 4], 6)
    refused = json.loads(run("show", import_id, "--status", "refuse", "--json").stdout)
    assert [row["row_number"] for row in refused["rows"]] == [6]
    told = run("show", import_id).stdout
    assert "     3  update: a known person is changed\n" in told
    assert "     1  refuse: has an error and stays out\n" in told
    assert "1 value of a known person would change" in told
    assert f"contact-pipeline imports report {import_id}" in told
    assert f"contact-pipeline imports apply {import_id} --confirm" in told, "the command that does it, whole"
    rows = run("show", import_id, "--rows").stdout
    assert "employer: Firm 1 -> Another Firm" in rows
    assert "Phone '12': " in rows
    assert run("apply", import_id, "--no-run").exit_code == 3
    assert run("fix", import_id, "--set", "nonsense").exit_code == 1
    assert run("fix", import_id).exit_code == 2
    assert run("apply", import_id, "--confirm", "--no-run").exit_code == 0
    assert "applied" in run("list").stdout
    assert run("undo", import_id, "--no-run").exit_code == 0
    assert run("show", "imp-unknown").exit_code == 1
