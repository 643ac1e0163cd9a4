"""Promises of training: a new model is tried and kept, and links only when somebody says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contact_pipeline.automation.running import run_job
from contact_pipeline.cli import main
from contact_pipeline.config import Settings
from contact_pipeline.identity.parameters import default_model
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.news import nothing_new
from contact_pipeline.ledger.models import model_in_use, save_model
from contact_pipeline.warehouse.publish import open_published
from contact_pipeline_tests.homes import copy_home

pytestmark = pytest.mark.usefixtures("fixed_clock")


@pytest.fixture(scope="module")
def home(finished_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return copy_home(finished_home, tmp_path_factory.mktemp("models") / "home")


def call(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--home", str(settings.home)], catch_exceptions=False)


def answer(settings: Settings, *words: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(call(settings, *words, "--json").stdout)
    return told


def in_use(settings: Settings) -> int:
    ledger = open_ledger(settings)
    model = model_in_use(ledger)
    ledger.close()
    assert model is not None
    return model.version


def packaged_version(settings: Settings) -> int:
    """The packaged numbers, saved as if they had been trained."""
    ledger = open_ledger(settings)
    version = save_model(
        ledger, default_model().as_json(), trained_on="nothing", created_at=settings.clock(), metrics={}
    )
    ledger.close()
    return version


def pair_of_strangers(settings: Settings) -> list[str]:
    """Two contacts of two people."""
    with open_published(settings.published) as snapshot:
        rows = snapshot.sql("select min(contact_id) from people.crosswalk group by person_id order by 1 limit 2")
        return [row[0] for row in rows.fetchall()]


def test_the_first_run_trains_a_model_and_uses_it(home: Settings) -> None:
    (only,) = answer(home, "model", "list")["models"]
    charts = answer(home, "model", "charts")
    assert charts["version"] == only["version"]
    assert all(Path(chart).is_file() for chart in charts["charts"])
    assert len(charts["charts"]) == 2
    assert only["in_use"]
    assert (home.charts / f"model-{only['version']}" / "match_weights.html").exists()


def test_training_on_the_same_people_gives_the_same_model(home: Settings) -> None:
    before = in_use(home)
    told = answer(home, "model", "train")
    assert (told["version"], told["in_use"]) == (before, True)


def test_a_saved_model_starts_no_run_and_one_in_use_does(home: Settings) -> None:
    first = in_use(home)
    version = packaged_version(home)
    assert nothing_new(home)
    assert in_use(home) == first
    assert answer(home, "model", "use", str(version), "--reason", "a rehearsal")["changed"]
    assert not nothing_new(home)
    assert answer(home, "model", "use", str(first), "--reason", "taken back")["changed"]
    assert not answer(home, "model", "use", str(first), "--reason", "again")["changed"]


def test_what_a_model_would_change_is_what_using_it_changes(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACT_PIPELINE_CHURN_BUDGET", "1")
    settings = copy_home(home, tmp_path / "home")
    version = packaged_version(settings)
    told = answer(settings, "model", "compare", str(version))["difference"]
    assert told["changed"] > 0
    assert call(settings, "model", "use", str(version), "--reason", "a rehearsal").exit_code == 0
    outcome = run_job("refresh", settings, quiet=True)
    assert outcome.success, outcome.errors
    one, other = pair_of_strangers(settings)
    assert (
        call(settings, "decide", "same", one, other, "--reason", "it waits, and is none of the model's").exit_code == 0
    )
    after = answer(settings, "model", "compare", str(version))["difference"]
    assert (after["changed"], after["groups_before"]) == (0, told["groups_after"])


def test_a_version_that_does_not_exist_is_refused(home: Settings) -> None:
    for words in (("compare", "99"), ("use", "99", "--reason", "none")):
        refused = call(home, "model", *words)
        assert refused.exit_code == 1
        assert "99" in refused.output
