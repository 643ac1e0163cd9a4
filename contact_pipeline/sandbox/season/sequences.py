"""Thousands of short lives at once: each mentor's a random sequence of acts, all in one warehouse.

People of different lives share nothing, so that one refresh serves all of them: a sequence costs milliseconds. Only
drawing the acts and counting what went wrong belong here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from contact_pipeline.sandbox.campaign import names
from contact_pipeline.sandbox.season.play import Stage, stage
from contact_pipeline.sandbox.season.verdict import Verdict, judge_files
from contact_pipeline.sandbox.season.world import CHANNELS, Mentor, World
from contact_pipeline.sandbox.simulators.givebutter_import import ImportManner

MANNER = ImportManner(merges_on_create=False)


@dataclass
class Sequences:
    """What a play of many lives found.

    Attributes:
        lives: how many sequences.
        acts: how often each act happened.
        suppressed: files that would have reached somebody who had left that channel.
        lost: administrators' edits our files took back without a conflict on record.
        restless: what a second quiet sync still wanted to write.
    """

    lives: int
    acts: Counter[str] = field(default_factory=Counter)
    suppressed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    restless: list[str] = field(default_factory=list)

    def add(self, other: Sequences) -> None:
        """Count the lives of another play in."""
        self.lives += other.lives
        self.acts += other.acts
        self.suppressed += other.suppressed
        self.lost += other.lost
        self.restless += other.restless


@dataclass
class _Life:
    mentor: Mentor
    acts: list[str] = field(default_factory=list)
    edit: tuple[int, str] | None = None
    """The administrator's last word on the Prefix, until the mentor says something newer."""


class Lives:
    """Many lives on one stage.

    Args:
        scene: where they are lived.
        count: how many.
        rng: chooses what they do.
    """

    def __init__(self, scene: Stage, count: int, rng: Random) -> None:
        self.scene = scene
        self.found = Sequences(count)
        self._rng = rng
        self._lives = [_Life(scene.world.new_mentor()) for _ in range(count)]

    def step(self) -> None:
        """Everybody does one thing, or has it done to them."""
        for life in self._lives:
            act = self._rng.choice(_possible(self.scene.world, life))
            _act(self.scene.world, life, act, self._rng)
            life.acts.append(act)
            self.found.acts[act] += 1

    def look_at_files(self) -> None:
        """After a refresh: would what leaves now reach somebody who has left that channel?"""
        verdict = Verdict()
        judge_files(self.scene, verdict)
        self.found.suppressed += verdict.messaged

    def look_at_contacts(self) -> None:
        """After an import: is an administrator's last word gone, and no conflict on record?"""
        prefixes = {int(row["id"]): row["prefix"] for row in self.scene.world.book.rows}
        on_record = {contact for (contact,) in self.scene.ask("select distinct contact_id from sync.conflict")}
        for life in self._lives:
            if life.edit is None or prefixes.get(life.edit[0]) in (None, life.edit[1]):
                continue
            if f"givebutter.contacts:{life.edit[0]}" not in on_record:
                self.found.lost.append(f"contact {life.edit[0]} after {', '.join(life.acts)}")
            life.edit = None

    def look_for_rest(self) -> None:
        """After a sync in which nobody did anything: another one reads nothing new, and nothing would be rebuilt."""
        from contact_pipeline.landing.news import nothing_new

        self.scene.clock.pass_time(minutes=5)
        self.found.restless += [f"read anew: {entity}" for entity in self.scene.read()]
        if not nothing_new(self.scene.settings):
            self.found.restless.append("the gate would rebuild")


def play_sequences(
    home: Path, *, lives: int, steps: int, seed: int = 1, told: Callable[[str], None] = lambda line: None
) -> Sequences:
    """Let many lives take random steps, with a reading and a file after each, and count what went wrong.

    Args:
        home: an empty or missing folder.
        lives: how many sequences.
        steps: acts of each.
        seed: chooses everything.
        told: called after each step.
    """
    rng = Random(f"sequences {seed}")
    with stage(home, seed=seed) as scene:
        played = Lives(scene, lives, rng)
        for step in range(1, steps + 1):
            scene.clock.pass_time(hours=6)
            played.step()
            _sync(scene, played, imports=step == steps or rng.random() < 0.8)
            told(f"step {step} of {steps}")
        _sync(scene, played, imports=True)
        scene.clock.pass_time(hours=6)
        scene.read()
        scene.refresh()
        exports = scene.ask_ledger("select count(*) from export")
        scene.clock.pass_time(minutes=5)
        scene.refresh()
        if scene.ask_ledger("select count(*) from export") != exports:
            played.found.restless.append("another file left")
        played.look_for_rest()
        return played.found


def _sync(scene: Stage, played: Lives, *, imports: bool) -> None:
    scene.clock.pass_time(hours=6)
    scene.read()
    scene.refresh()
    played.look_at_files()
    if imports:
        scene.clock.pass_time(hours=6)
        scene.import_file(MANNER)
        played.look_at_contacts()


def _possible(world: World, life: _Life) -> list[str]:
    """What may happen next."""
    if not life.mentor.signed_up:
        return ["sign up", "give"] if not world.contacts_of(life.mentor) else ["sign up", "edit", "leave"]
    acts = ["nothing", "set up", "sign up again"]
    contacts = world.contacts_of(life.mentor)
    if contacts:
        acts += ["edit", "leave", "double"]
    return [*acts, "merge", "merge"] if len(contacts) > 1 else acts


def _act(world: World, life: _Life, act: str, rng: Random) -> None:
    mentor = life.mentor
    contacts = world.contacts_of(mentor)
    if act in ("give", "double"):
        world.donor(mentor.person)
    elif act == "sign up":
        world.sign_up(mentor)
    elif act == "sign up again":
        mentor.preferred = names.called(rng, mentor.person.first)
        world.sign_up(mentor)
        life.edit = None
    elif act == "set up":
        world.set_up(mentor)
    elif act == "edit":
        contact = rng.choice(contacts)
        name = names.called(rng, mentor.person.first)
        world.edit(contact, prefix=name)
        life.edit = (int(contact["id"]), name) if len(contacts) == 1 else None
    elif act == "leave":
        world.leave(mentor, rng.choice(sorted(CHANNELS)))
    elif act == "merge":
        ids = sorted(int(row["id"]) for row in contacts)
        world.merge(ids[0], ids[1])
        life.edit = None
