"""A kill at any step of applying an import, taking it back or doing it again is made good by doing it once more."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select

from contact_pipeline.config import Settings
from contact_pipeline.imports import applying, undoing
from contact_pipeline.imports.applying import apply_import
from contact_pipeline.imports.edits import edits_of
from contact_pipeline.imports.fixing import fix_import
from contact_pipeline.imports.plan import load_plan
from contact_pipeline.imports.planning import plan_import
from contact_pipeline.imports.undoing import redo_import, undo_import
from contact_pipeline.landing import store
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.ledger.imports import import_events
from contact_pipeline.ledger.mappings import batch_mappings
from contact_pipeline.ledger.tables import import_edit
from contact_pipeline_tests.homes import NOW
from contact_pipeline_tests.imports.conftest import person, write_list

ME = "a tester"
Step = Callable[[Settings, str], None]


def apply(home: Settings, import_id: str) -> None:
    apply_import(home, import_id, actor=ME)


def undo(home: Settings, import_id: str) -> None:
    undo_import(home, import_id, actor=ME)


def redo(home: Settings, import_id: str) -> None:
    redo_import(home, import_id, actor=ME)


@pytest.fixture(scope="module")
def planned(known_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, str]:
    """A home with a plan that was corrected and waits to be applied; copied for each kill."""
    folder = tmp_path_factory.mktemp("kills")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTACT_PIPELINE_NOW", NOW)
        home = Settings(home=Path(shutil.copytree(known_home.home, folder / "home")))
        file = write_list(folder / "more.csv", [person(1), ["", "", "", "", "", "", "Tampa", "FL", "33602", ""]])
        plan = plan_import(home, file, actor=ME)
        fix_import(home, plan.import_id, edits_of(sets=["2:email=nemo@example.org"]), actor=ME)
    return home, plan.import_id


@pytest.fixture(scope="module")
def unkilled(
    planned: tuple[Settings, str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[tuple[Step, ...]], dict[str, Any]]:
    """What is remembered of the import where nothing is killed, by what was done; worked out once each."""
    known: dict[tuple[Step, ...], dict[str, Any]] = {}

    def outcome(doing: tuple[Step, ...]) -> dict[str, Any]:
        if doing not in known:
            folder = tmp_path_factory.mktemp("unkilled") / "home"
            home = Settings(home=Path(shutil.copytree(planned[0].home, folder)))
            for step in doing:
                step(home, planned[1])
            known[doing] = remembered(home, planned[1])
        return known[doing]

    return outcome


def remembered(home: Settings, import_id: str) -> dict[str, Any]:
    """Everything that says what became of an import."""
    plan = load_plan(home, import_id)
    with closing(open_ledger(home)) as ledger:
        events = [(event["kind"], event["batch_id"]) for event in import_events(ledger, import_id)]
        mappings = sorted(batch_mappings(ledger))
        with ledger.reading() as connection:
            edits = connection.execute(select(import_edit.c.number, import_edit.c.value)).all()
    return {
        "batches": [(batch.batch_id, batch.status) for batch in LandingStore(home.landing).manifest()],
        "plan": (plan.status, plan.applied),
        "events": events,
        "edits": [tuple(edit) for edit in edits],
        "mappings": mappings,
    }


STEPS: list[tuple[tuple[Step, ...], ModuleType, str]] = [
    *(((apply,), applying, name) for name in ("keep_original", "write_rows", "land_rows", "save_plan")),
    *(((apply,), applying, name) for name in ("record_edits", "record_mapping", "record_import")),
    ((apply,), store, "append_batch"),
    *(((apply, undo), undoing, name) for name in ("withdraw_batch", "record_import", "save_plan")),
    *(((apply, undo, redo), undoing, name) for name in ("restore_batch", "record_import", "save_plan")),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("doing", "module", "name"), STEPS, ids=[f"{doing[-1].__name__}-{name}" for doing, _, name in STEPS]
)
@pytest.mark.usefixtures("fixed_clock")
def test_a_kill_at_any_step_is_made_good_by_doing_it_again(
    doing: tuple[Step, ...],
    module: ModuleType,
    name: str,
    after: bool,
    planned: tuple[Settings, str],
    unkilled: Callable[[tuple[Step, ...]], dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = Settings(home=Path(shutil.copytree(planned[0].home, tmp_path / "killed")))
    import_id = planned[1]
    *before, last = doing
    for step in before:
        step(home, import_id)
    real = getattr(module, name)

    def killed(*given: Any, **named: Any) -> None:
        if after:
            real(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, name, killed)
        with pytest.raises(KeyboardInterrupt):
            last(home, import_id)
    try:
        last(home, import_id)
    except undoing.ImportsError:
        assert after, "only what was done to the end has nothing left to do"
        assert name == "save_plan"
    assert remembered(home, import_id) == unkilled(doing)
