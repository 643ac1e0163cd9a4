"""Edits on both sides, played through simulated accounts: what the next run makes of them, and what a human may say.

Edge case 1 (a phone changed in Givebutter), the case in which both sides changed, and the fifth scenario (prefix and
shift edited in Givebutter) of the mentor season.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from contact_pipeline.cli import main
from contact_pipeline.sandbox.campaign.givebutter_api import custom_item
from contact_pipeline.sandbox.campaign.jotform import eastern
from contact_pipeline.sandbox.season.play import Stage, stage
from contact_pipeline.sandbox.season.world import SIGNUPS, Mentor
from contact_pipeline.sandbox.simulators.givebutter_contacts import with_fields

NEW_PHONE = "+18135550142"
SHIFT = "📆 Shift Preference"

Told = dict[tuple[str, str], tuple[Any, ...]]


@dataclass
class Played:
    """What was told after the edits, and after a human had answered, by mentor and field."""

    mentors: dict[str, Mentor]
    edited: Told
    exported: dict[str, dict[str, Any]]
    asked: list[dict[str, Any]]
    open_after: dict[str, int]
    settled: Told
    asked_again: list[dict[str, Any]]
    issues: list[tuple[Any, ...]]
    shown: dict[str, str]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with stage(tmp_path_factory.mktemp("edits") / "data") as play:
        mentors = sign_up(play)
        next_day(play)
        edit_both_sides(play, mentors)
        next_day(play)
        edited, exported, asked = told(play, mentors), rows(play, mentors), conflicts(play)
        open_after = try_answers(play, asked)
        answer(play, asked)
        play.import_file()
        next_day(play)
        issues = play.ask("select closed_at from people.issue where code = 'conflicting_value'")
        shown = {one["field"]: command(play, "people", "show", one["person_id"]) for one in asked}
        yield Played(
            mentors, edited, exported, asked, open_after, told(play, mentors), conflicts(play), issues, shown
        )  # fmt: skip


def set_shift(play: Stage, contact: dict[str, Any], value: str) -> dict[str, Any]:
    """An administrator sets the shift in Givebutter's pages."""
    items = [custom_item(one, value) for one in play.world.book.fields if one.title == SHIFT]
    edited: dict[str, Any] = play.world.edit(contact, custom_fields=with_fields(contact["custom_fields"], items))
    return edited


def sign_up(play: Stage) -> dict[str, Mentor]:
    """Four mentors, each with a contact that says what their sign-up says."""
    mentors = {word: play.world.new_mentor() for word in ("prefix", "phone", "both", "quiet")}
    for mentor in mentors.values():
        contact = play.world.donor(mentor.person, Prefix=mentor.person.first)
        set_shift(play, contact, "Option 1")
        play.world.sign_up(mentor, shiftPreference="Option 1")
    return mentors


def edit_both_sides(play: Stage, mentors: dict[str, Mentor]) -> None:
    """An administrator edits three contacts in Givebutter; one mentor corrects their sign-up as well."""
    play.clock.pass_time(hours=1)
    contact = {word: play.world.contacts_of(mentor)[0] for word, mentor in mentors.items()}
    set_shift(play, play.world.edit(contact["prefix"], prefix="Bobby"), "Option 3")
    play.world.edit(contact["phone"], phones=[{"type": "cell", "value": NEW_PHONE}], primary_phone=NEW_PHONE)
    play.world.edit(contact["both"], prefix="Ziggy")
    for submission in play.world.running.jotform.forms[SIGNUPS].submissions:
        answers = {answer["name"]: answer for answer in submission["answers"].values()}
        if answers["mentorId"].get("answer") == mentors["both"].mentor_id:
            answers["preferredName"]["answer"] = "Zed"
            submission["updated_at"] = eastern(play.clock())


def try_answers(play: Stage, asked: list[dict[str, Any]]) -> dict[str, int]:
    """Answers given and taken back before any run: how many conflicts are open after each."""
    found = {}

    def take(step: str, *words: str) -> str:
        printed = command(play, *words)
        found[step] = len(conflicts(play))
        return printed

    take("dry run", "conflicts", "resolve", "--all", "--keep-ours", "--dry-run")
    take("all kept", "conflicts", "resolve", "--all", "--keep-ours", "--reason", "ours")
    take("all undone", "undo", "B1", "--reason", "too quick")
    lock = ("conflicts", "resolve", asked[0]["id"], "--reason", "for good", "--json", "--lock")
    (number,) = json.loads(take("locked", *lock))["decisions"]
    take("lock undone", "undo", str(number), "--reason", "not for good")
    later = ("conflicts", "resolve", asked[0]["id"], "--reason", "ask them", "--json", "--later")
    (number,) = json.loads(take("put off", *later))["decisions"]
    take("asked anew", "undo", str(number), "--reason", "asked them")
    return found


def answer(play: Stage, asked: list[dict[str, Any]]) -> None:
    """Ours is right about the phone, Givebutter about the name."""
    ids = {one["field"]: one["id"] for one in asked}
    command(play, "conflicts", "resolve", ids["phone"], "--keep-ours", "--reason", "called them")
    command(play, "conflicts", "resolve", ids["preferred_name"], "--accept-theirs", "--reason", "asked them")


def next_day(play: Stage) -> None:
    play.clock.pass_time(days=1)
    play.read()
    play.refresh()


def told(play: Stage, mentors: dict[str, Mentor]) -> Told:
    """Outcome, who changed it, value and base."""
    found = play.ask(
        "select p.mentor_id, s.field, s.outcome, s.changed_by, s.value, s.base from sync.field_state as s "
        "join people.participation as p on s.person_id = p.person_id"
    )
    words = {mentor.mentor_id: word for word, mentor in mentors.items()}
    return {(words[mentor_id], field): tuple(rest) for mentor_id, field, *rest in found}


def rows(play: Stage, mentors: dict[str, Mentor]) -> dict[str, dict[str, Any]]:
    found = play.ask("select mentor_id, preferred_name, phone, shift_preference from mentors.mentor")
    words = {mentor.mentor_id: word for word, mentor in mentors.items()}
    names = ("preferred_name", "phone", "shift_preference")
    return {words[mentor_id]: dict(zip(names, rest, strict=True)) for mentor_id, *rest in found}


def conflicts(play: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(command(play, "conflicts", "--json"))["conflicts"]
    return found


def command(play: Stage, *words: str) -> str:
    done = CliRunner().invoke(main, [*words, "--home", str(play.home)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_scenario_5_a_prefix_and_a_shift_edited_in_givebutter_are_taken_over(played: Played) -> None:
    first = played.mentors["prefix"].person.first
    assert played.edited["prefix", "preferred_name"] == ("theirs", "theirs", "Bobby", "Bobby")
    assert played.edited["prefix", "shift_preference"] == ("theirs", "theirs", "Option 3", "Option 3")
    assert played.exported["prefix"]["preferred_name"] == "Bobby"
    assert played.exported["prefix"]["shift_preference"] == "Option 3"
    assert first != "Bobby"


def test_edge_case_1_a_phone_changed_in_givebutter_is_a_conflict_and_ours_stands(played: Played) -> None:
    phone = played.mentors["phone"].person.phone
    outcome, changed_by, _, _ = played.edited["phone", "phone"]
    assert (outcome, changed_by) == ("conflict", "theirs")
    assert played.exported["phone"]["phone"] == phone
    (asked,) = [one for one in played.asked if one["field"] == "phone"]
    assert (asked["theirs"], asked["owner"], asked["suggestion"]) == (NEW_PHONE, "form", "keep-ours")


def test_where_both_sides_changed_the_form_stands_and_a_human_is_asked(played: Played) -> None:
    outcome, changed_by, value, _ = played.edited["both", "preferred_name"]
    assert (outcome, changed_by, value) == ("conflict", "both", "Zed")
    assert played.exported["both"]["preferred_name"] == "Zed"


def test_whoever_was_left_alone_is_asked_nothing(played: Played) -> None:
    assert {one["field"] for one in played.asked} == {"phone", "preferred_name"}
    outcomes = {told[0] for (word, _), told in [*played.edited.items(), *played.settled.items()] if word == "quiet"}
    assert outcomes <= {"same", "ours"}


def test_what_a_human_answered_holds_and_nothing_is_asked_again(played: Played) -> None:
    assert played.asked_again == []
    assert played.settled["both", "preferred_name"][2] == "Ziggy"
    assert played.settled["phone", "phone"][2] == played.mentors["phone"].person.phone
    assert len(played.issues) == 2
    assert all(closed_at is not None for (closed_at,) in played.issues)


def test_our_own_file_coming_back_is_no_edit_of_theirs(played: Played) -> None:
    """The file held the name Zed; the answer was given after it left."""
    assert played.settled["both", "preferred_name"][:2] in (("ours", "ours"), ("same", "nobody"))
    assert played.settled["prefix", "preferred_name"][2] == "Bobby"


def test_answers_to_many_and_locks_are_undone_by_their_names(played: Played) -> None:
    assert played.open_after == {
        "dry run": 2, "all kept": 0, "all undone": 2, "locked": 1, "lock undone": 2, "put off": 1, "asked anew": 2,
    }  # fmt: skip


def test_a_person_shows_who_decided_a_value(played: Played) -> None:
    assert "called them (decision" in played.shown["phone"]
    assert "asked them (decision" in played.shown["preferred_name"]
