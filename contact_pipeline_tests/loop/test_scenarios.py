"""The five walk-throughs of the mentor document, end to end against the simulators, in one home.

Everybody goes through the same three syncs: sign-ups are read and a file leaves; the file is imported and Givebutter
read again; administrators edit and everything is read once more. Two dozen other people live random lives beside them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.automation.pushing import push
from contact_pipeline.cli import main
from contact_pipeline.sandbox.season.play import Stage, stage
from contact_pipeline.sandbox.season.sequences import Lives
from contact_pipeline.sandbox.season.world import Mentor

MENTOR = """select m.givebutter_contact_id, m.status, m.preferred_name from mentors.mentor m where mentor_key = ?"""


@dataclass
class Story:
    """What was seen of each mentor, by what they are here for, after each sync; what Givebutter did with our file."""

    scene: Stage
    mentors: dict[str, Mentor]
    others: Lives
    seen: list[dict[str, tuple[Any, ...]]] = field(default_factory=list)
    outcomes: list[dict[str, str]] = field(default_factory=list)
    merged: list[int | None] = field(default_factory=list)

    def look(self) -> None:
        """Note how everybody stands in the snapshot."""
        self.seen.append(
            {name: self.scene.ask(MENTOR, mentor.mentor_id.lstrip("0"))[0] for name, mentor in self.mentors.items()}
        )
        rows = self.scene.ask(
            "select m.mentor_key, o.outcome from exports.outcome o join mentors.mentor m using (person_id) "
            "where o.export_id = (select min(export_id) from exports.outcome)"
        )
        names = {mentor.mentor_id.lstrip("0"): name for name, mentor in self.mentors.items()}
        self.outcomes.append({names[key]: what for key, what in rows if key in names})

    def contacts(self, name: str) -> list[dict[str, Any]]:
        """Their contacts in Givebutter."""
        return self.scene.world.contacts_of(self.mentors[name])


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with stage(tmp_path_factory.mktemp("scenarios") / "home", seed=5) as scene:
        world = scene.world
        mentors = {name: world.new_mentor() for name in ("new", "returning", "doubled", "edited", "folded")}
        story = Story(scene, mentors, Lives(scene, 24, Random("beside the scenarios")))
        for _ in range(10):
            world.donor()
        world.donor(mentors["returning"].person, **{"Tags": "Mentors 2025, gala", "Contact External ID": "9917"})
        world.donor(mentors["doubled"].person, **{"Primary Email": ""})
        world.donor(mentors["doubled"].person)
        world.donor(mentors["edited"].person)
        for mentor in mentors.values():
            world.sign_up(mentor)
        world.set_up(mentors["new"])
        _sync(story)
        # Somebody else makes a contact of the last one before our file is imported.
        world.donor(mentors["folded"].person)
        _import(story)
        _sync(story)
        _import(story)
        world.edit(story.contacts("edited")[0], prefix="Bobby")
        _sync(story)
        story.others.look_for_rest()
        yield story


def _import(story: Story) -> None:
    done = story.scene.import_file()
    story.merged += [row.contact_id for row in done.rows if row.what == "merged"]
    story.others.look_at_contacts()


def _sync(story: Story) -> None:
    story.scene.clock.pass_time(hours=7)
    story.others.step()
    story.scene.read()
    story.scene.refresh()
    story.look()
    story.others.look_at_files()
    story.scene.clock.pass_time(hours=1)


def test_scenario_1_a_new_mentor_gets_a_contact_through_our_file(story: Story) -> None:
    before, after, _ = (seen["new"] for seen in story.seen)
    assert before[:2] == (None, "needs_page")
    (contact,) = story.contacts("new")
    assert after[0] == str(contact["id"])
    assert contact["external_id"].lstrip("0") == story.mentors["new"].mentor_id.lstrip("0")
    assert story.outcomes[1]["new"] == "created"


def test_scenario_2_a_returning_mentors_contact_is_found_updated_and_not_doubled(story: Story) -> None:
    (contact,) = story.contacts("returning")
    assert {seen["returning"][0] for seen in story.seen} == {str(contact["id"])}
    assert contact["external_id"].lstrip("0") == story.mentors["returning"].mentor_id.lstrip("0")
    assert {"Mentors 2025", "gala", "Mentors 2026"} <= set(contact["tags"])
    assert story.outcomes[1]["returning"] == "updated"


def test_scenario_3_the_next_reading_closes_the_loop_row_by_row(story: Story) -> None:
    assert set(story.outcomes[0].values()) <= {"unknown"}
    assert story.outcomes[1] == {
        "new": "created", "returning": "updated", "doubled": "updated", "edited": "updated", "folded": "created",
    }  # fmt: skip


def test_scenario_4_of_two_contacts_of_one_person_one_serves_and_both_are_told(story: Story) -> None:
    ids = {str(row["id"]) for row in story.contacts("doubled")}
    assert len(ids) == 2
    assert story.seen[-1]["doubled"][0] in ids
    told = story.scene.ask(
        "select i.detail from people.issue i join mentors.mentor m using (person_id) "
        "where i.code = 'duplicate_contact' and m.mentor_key = ? and i.closed_at is null",
        story.mentors["doubled"].mentor_id.lstrip("0"),
    )
    assert len(told) == 1


def test_scenario_5_a_name_edited_in_givebutter_comes_back_and_is_not_overwritten(story: Story) -> None:
    assert story.seen[-1]["edited"][2] == "Bobby"
    file = story.scene.settings.exports / "givebutter" / "givebutter-import.csv"
    with file.open(encoding="utf-8-sig", newline="") as stream:
        written = {row["Givebutter Contact ID"]: row["Prefix"] for row in csv.DictReader(stream)}
    assert written.get(str(story.contacts("edited")[0]["id"]), "Bobby") == "Bobby"


def test_givebutters_own_merge_on_create_makes_no_second_contact(story: Story) -> None:
    (contact,) = story.contacts("folded")
    assert story.seen[-1]["folded"][0] == str(contact["id"])
    assert contact["id"] in story.merged


def test_random_lives_lose_no_edit_and_nobody_who_left_is_reached(story: Story) -> None:
    assert sum(story.others.found.acts.values()) == 3 * 24
    assert story.others.found.suppressed == []
    assert story.others.found.lost == []


def test_a_second_quiet_sync_writes_nothing(story: Story) -> None:
    assert story.others.found.restless == []


def told(story: Story, *words: str) -> tuple[int, str]:
    """Exit code and output of a command in the story's home."""
    done = CliRunner(catch_exceptions=False).invoke(main, [*words, "--home", str(story.scene.home)])
    return done.exit_code, done.output


def test_the_command_tells_row_by_row_what_came_of_a_file(story: Story) -> None:
    first = story.scene.ask("select min(export_id) from exports.outcome")[0][0]
    code, output = told(story, "export", "outcome", "--export", str(first), "--json")
    answer = json.loads(output)
    assert code == 0
    assert sum(answer["counts"].values()) == len(answer["rows"]) > 5
    assert answer["sentence"].startswith(f"File {first}, {len(answer['rows'])} rows: ")
    assert told(story, "export", "outcome", "--export", "999")[0] == 1


def test_tags_leave_without_a_file_once_the_account_was_tried(story: Story) -> None:
    (contact,) = story.contacts("returning")
    story.scene.world.book.tag(int(contact["id"]), "remove", ["Mentors 2026"])
    story.scene.clock.pass_time(hours=7)
    story.scene.read()
    story.scene.refresh()
    code, output = told(story, "sync", "push")
    assert (code, "Nobody has tried" in output) == (1, True)
    donor = next(row for row in story.scene.world.book.rows if not row["tags"] and not row["archived_at"])
    assert told(story, "sync", "probe", "--contact", str(donor["id"]))[0] == 0
    story.scene.clock.pass_time(minutes=1)
    assert json.loads(told(story, "sync", "push", "--dry-run", "--json")[1])["confirmed"] == 0
    push.execute_in_process(resources={"workspace": Workspace(home=str(story.scene.home))})
    assert "Mentors 2026" in story.contacts("returning")[0]["tags"]
    assert json.loads(told(story, "sync", "push", "--json")[1]) == {
        "wanted": 0, "confirmed": 0, "failed": 0, "changes": [],
    }  # fmt: skip
    assert story.scene.ask_ledger("select sum(calls) > 0 from fetch where entity in ('push', 'probe')") == [(1,)]
