"""Administrators who change a contact after our file was imported and before anybody reads Givebutter again.

What they write back, Givebutter or the form had said before: no reading alone shows that our value was ever there.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from click.testing import CliRunner

from contact_pipeline.cli import main
from contact_pipeline.sandbox.season.play import Stage, stage
from contact_pipeline.sandbox.season.world import Mentor

WORDS = ("proven", "back", "tagged", "quiet")


@dataclass
class Told:
    """Of the name gone by, by mentor: outcome and what holds; what the file would write; the open conflicts.

    `born`: the outcome of the birth date.
    """

    state: dict[str, tuple[str, str]]
    born: dict[str, str]
    written: dict[str, str]
    conflicts: dict[str, dict[str, Any]]


@dataclass
class Played:
    scene: Stage
    mentors: dict[str, Mentor] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)

    def day(self, name: str) -> None:
        """A night passes; the pipeline reads and writes its file."""
        self.scene.clock.pass_time(days=1)
        self.scene.read()
        self.scene.refresh()
        words = {mentor.mentor_id: word for word, mentor in self.mentors.items()}
        state = self._state("preferred_name")
        asked = json.loads(self.command("conflicts", "--json"))["conflicts"]
        self.told[name] = Told(
            {words[mentor_id]: tuple(rest) for mentor_id, *rest in state},
            {words[mentor_id]: outcome for mentor_id, outcome, _ in self._state("birth_date")},
            self._written(),
            {words[one["mentor_id"]]: one for one in asked if one["field"] == "preferred_name"},
        )

    def import_file(self) -> None:
        """Somebody imports what was written."""
        self.scene.clock.pass_time(hours=1)
        self.scene.import_file()
        self.scene.clock.pass_time(hours=1)

    def edit(self, word: str, **changed: Any) -> None:
        """An administrator changes their contact."""
        (contact,) = self.scene.world.contacts_of(self.mentors[word])
        self.scene.world.edit(contact, **changed)

    def sign_up(self, word: str, name: str, **said: Any) -> None:
        """They send the sign-up, with the name they go by."""
        self.scene.world.sign_up(self.mentors[word], preferredName=name, **said)

    def command(self, *words: str) -> str:
        """What a command prints."""
        done = CliRunner().invoke(main, [*words, "--home", str(self.scene.home)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    def _state(self, field: str) -> list[tuple[Any, ...]]:
        return self.scene.ask(
            "select p.mentor_id, s.outcome, s.value from sync.field_state as s "
            "join people.participation as p on s.person_id = p.person_id where s.field = ?",
            field,
        )

    def _written(self) -> dict[str, str]:
        file = self.scene.settings.exports / "givebutter" / "givebutter-import.csv"
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = {(row["First Name"], row["Last Name"]): row["Prefix"] for row in csv.DictReader(stream)}
        people = {word: mentor.person for word, mentor in self.mentors.items()}
        return {
            word: rows[one.first, one.last] for word, one in people.items() if (one.first, one.last) in rows
        }  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with stage(tmp_path_factory.mktemp("before-reading") / "data") as scene:
        play = Played(scene)
        play.mentors = {word: scene.world.new_mentor() for word in ("new", "born", *WORDS)}
        birthday = play.mentors["born"].person.birth_date
        scene.world.donor(play.mentors["born"].person, **{"Prefix": "Annie", "Date of Birth": birthday.isoformat()})
        play.sign_up("born", "Annie")
        for word in WORDS:
            scene.world.donor(play.mentors[word].person, Prefix="Annie")
            play.sign_up(word, "Zed" if word in ("proven", "quiet") else "Annie")
        play.sign_up("new", "Annie")
        scene.clock.pass_time(hours=1)
        play.sign_up("new", "Zed")
        play.day("signed up")
        play.import_file()
        play.edit("proven", prefix="Annie")
        play.edit("new", prefix="Annie")
        play.sign_up("back", "Zed")
        play.sign_up("quiet", "Zoe")
        play.sign_up("born", "Annie", birthDate={"month": "02", "day": "03", "year": "2004"})
        play.day("put back")
        play.import_file()
        play.edit("back", prefix="Annie")
        play.edit("born", dob=birthday.isoformat())
        for word in ("tagged", "quiet"):
            play.sign_up(word, "Zach")
        play.day("put back alone")
        (doubt,) = play.told["put back alone"].conflicts.values()
        play.command("conflicts", "resolve", doubt["id"], "--keep-ours", "--reason", "asked them")
        play.edit("tagged", company="Example")
        play.day("not imported")
        yield play


def test_a_name_put_back_beside_a_row_that_arrived_is_their_edit(played: Played) -> None:
    """The contact shows the row's external id, and other rows of the file show the column."""
    told = played.told["put back"]
    assert played.told["signed up"].written["proven"] == "Zed"
    assert told.state["proven"] == ("theirs", "Annie")
    assert told.written.get("proven", "Annie") == "Annie"


def test_an_older_answer_of_the_form_written_over_a_newer_one_is_their_edit(played: Played) -> None:
    """Our file made the contact with the newer answer, and nobody read it until it said the older one."""
    told = played.told["put back"]
    assert played.told["signed up"].written["new"] == "Zed"
    assert told.state["new"] == ("theirs", "Annie")
    assert told.written.get("new", "Annie") == "Annie"


def test_a_name_put_back_that_was_all_the_row_said_is_a_conflict_and_not_written_over(played: Played) -> None:
    told = played.told["put back alone"]
    assert played.told["put back"].written["back"] == "Zed"
    assert told.state["back"] == ("conflict", "Annie")
    assert set(told.conflicts) == {"back"}
    one = told.conflicts["back"]
    assert (one["ours"], one["theirs"], one["base"]) == ("Zed", "Annie", "Annie")
    assert told.written.get("back", "Annie") == "Annie"


def test_a_birth_date_put_back_before_anybody_reads_is_a_conflict(played: Played) -> None:
    assert played.told["put back"].born["born"] == "ours"
    assert played.told["put back alone"].born["born"] == "conflict"


def test_once_somebody_answered_our_value_is_written_again(played: Played) -> None:
    told = played.told["not imported"]
    assert told.state["back"] == ("ours", "Zed")
    assert told.written["back"] == "Zed"


def test_a_file_that_nobody_imported_raises_nothing_though_a_contact_was_changed(played: Played) -> None:
    """It left the other contact alone that it names."""
    told = played.told["not imported"]
    assert told.conflicts == {}
    assert told.state["tagged"] == ("ours", "Zach")
    assert told.written["tagged"] == told.written["quiet"] == "Zach"
