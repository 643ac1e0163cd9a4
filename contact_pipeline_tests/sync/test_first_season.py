"""A season from nothing, as somebody begins one: `setup` with its first reading, the sync on demand, the periodic one.

Everything goes through the command line or the jobs that Dagster's UI starts, in one home, against simulated accounts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
import keyring
import pytest
from click.testing import CliRunner
from keyring.backends.fail import Keyring as NoKeyring

from contact_pipeline.automation.running import dagster_home
from contact_pipeline.cli import main
from contact_pipeline.config import Settings
from contact_pipeline.definitions import build_definitions
from contact_pipeline.sandbox.season.play import NOW_VARIABLE, Clock, Stage
from contact_pipeline.sandbox.season.world import SETUPS, SIGNUPS, TRAINING, Mentor, World, blank_accounts
from contact_pipeline.sandbox.simulators import SimulatorOptions, serve
from contact_pipeline.sandbox.simulators.data import SANDBOX_KEY
from contact_pipeline_tests.homes import forget_events

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
FORMS = {"signups": SIGNUPS, "setups": SETUPS, "training": TRAINING}
TRAINED = "select m.mentor_id, t.training_done from mentors.mentor m join mentors.task t using (person_id, season)"


@dataclass
class Begun:
    """What was seen: the words of set-up, and after each step the log, coverage and who is trained."""

    scene: Stage
    mentors: dict[str, Mentor]
    said: str = ""
    sources: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[set[str]] = field(default_factory=list)
    logs: list[list[dict[str, Any]]] = field(default_factory=list)
    coverage: list[str] = field(default_factory=list)
    trained: dict[str, bool] = field(default_factory=dict)

    def command(self, *words: str, stdin: str = "") -> str:
        done = CliRunner().invoke(main, [*words, "--home", str(self.scene.home)], input=stdin, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    def start(self, name: str) -> None:
        """Run a job of the code location, as Dagster's UI does; what it starts stands in the same history."""
        os.environ["DAGSTER_HOME"] = str(dagster_home(self.scene.settings))
        with dg.DagsterInstance.get() as instance:
            before = {run.run_id for run in instance.get_runs()}
            job = build_definitions(self.scene.settings).resolve_job_def(name)
            assert job.execute_in_process(instance=instance, run_config=QUIET).success
            new = [run for run in instance.get_runs() if run.run_id not in before]
        assert all(run.status == dg.DagsterRunStatus.SUCCESS for run in new)
        self.jobs.append({run.job_name for run in new})

    def look(self) -> None:
        """Note the log and the coverage."""
        names = ("kind", "status", "triggered_by", "processed", "inserted", "matched", "new_contact_ids", "failed")
        rows = self.scene.ask_ledger(f"select {', '.join(names)} from sync_run order by sync_id")
        self.logs.append([dict(zip(names, row, strict=True)) for row in rows])
        self.coverage.append(self.command("mentors", "coverage").strip())


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    clock = Clock()
    home = tmp_path_factory.mktemp("first") / "data"
    options = SimulatorOptions(now=clock, givebutter_calls_per_minute=100_000)
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv(NOW_VARIABLE, clock.now.isoformat())
        patch.setenv("DAGSTER_HOME", "")
        stack.callback(keyring.set_keyring, keyring.get_keyring())
        keyring.set_keyring(NoKeyring())
        for name in (Settings().givebutter.credential, Settings().jotform.credential):
            patch.delenv(name, raising=False)
        running = stack.enter_context(serve(blank_accounts(()), options=options))
        world = World(running, clock, 3)
        mentors = {word: world.new_mentor() for word in ("form", "list", "told", "new")}
        for word, mentor in mentors.items():
            if word != "new":
                world.donor(mentor.person)
            world.sign_up(mentor)
        forget_events(Settings(home=home))
        begun = Begun(Stage(home, world, clock), mentors)
        addresses = ("--givebutter-url", running.givebutter_url, "--jotform-url", running.jotform_url)
        forms = [word for name, number in FORMS.items() for word in ("--form", f"{name}={number}")]
        keys = f"{SANDBOX_KEY}\n{SANDBOX_KEY}\n"
        begun.said = begun.command("setup", "--season", "2026", "--yes", *addresses, *forms, stdin=keys)
        begun.sources = json.loads(begun.command("sources", "--json"))["sources"]
        begun.look()
        clock.pass_time(hours=7)
        begun.scene.drop_export()
        world.train(mentors["form"])
        room = home / "inbox" / "training" / "room.csv"
        room.parent.mkdir(parents=True, exist_ok=True)
        room.write_text(f"Mentor ID\n{mentors['list'].mentor_id}\n", encoding="utf-8")
        os.utime(room, (clock.now.timestamp() - 60,) * 2)
        begun.command("mentors", "training", mentors["told"].mentor_id, "--reason", "was in the room")
        for job in ("sync_on_demand", "sync_periodic"):
            begun.start(job)
            begun.look()
        words = {mentor.mentor_id: word for word, mentor in mentors.items()}
        begun.trained = {words[mentor_id]: done for mentor_id, done in begun.scene.ask(TRAINED)}
        yield begun


def test_set_up_reads_everything_and_says_what_to_upload(begun: Begun) -> None:
    assert "4. The first reading." in begun.said
    assert "Everything was read." in begun.said
    assert "Export All Contacts" in begun.said
    assert "Next: contact-pipeline run" not in begun.said, "set-up itself says what is next"
    assert begun.coverage[0].startswith("0 of 4 mentors have a contact id")
    assert [(line["kind"], line["status"], line["processed"], line["inserted"]) for line in begun.logs[0]] == [
        ("set_up", "completed", 4, 4)
    ]


def test_what_was_read_first_is_fresh_and_its_calls_are_counted(begun: Begun) -> None:
    read = {f"{source['source']}.{line['entity']}": line for source in begun.sources for line in source["entities"]}
    assert read["givebutter.members"]["age"] == read["jotform.signups"]["age"] == "fresh"
    assert read["jotform.signups"]["calls_last_reading"] >= 1
    jotform = next(source for source in begun.sources if source["source"] == "jotform")
    assert 0 < jotform["calls"]["last_24_hours"] < jotform["calls"]["per_day"] == 1000


def test_the_job_on_demand_reads_rebuilds_and_finds_contacts_in_the_dropped_export(begun: Begun) -> None:
    assert begun.jobs[0] == {"sync_on_demand", "fetch", "refresh"}
    assert begun.coverage[1].startswith("3 of 4 mentors have a contact id")
    line = begun.logs[1][-1]
    assert (line["kind"], line["status"], line["matched"], line["new_contact_ids"]) == ("on_demand", "completed", 3, 3)


def test_the_periodic_job_that_finds_nothing_new_leaves_no_line(begun: Begun) -> None:
    assert begun.jobs[1] == {"sync_periodic", "fetch", "refresh"}
    assert begun.logs[2] == begun.logs[1]


def test_training_counts_from_the_form_from_a_list_and_from_an_administrator(begun: Begun) -> None:
    assert begun.trained == {"form": True, "list": True, "told": True, "new": False}
