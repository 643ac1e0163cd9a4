"""What happens in a season, week by week: who signs up, who goes on, who leaves, and what administrators do meanwhile.

Only chance and order belong here; what an act leaves behind belongs to `world`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from contact_pipeline.sandbox.campaign import names
from contact_pipeline.sandbox.season.world import CHANNELS, Mentor, World

RETURNING = 0.35
DOUBLED = 0.08
DONORS_PER_MENTOR = 2
AMOUNTS = ("5.00", "12.50", "20.00", "25.01", "49.99", "75.00")


@dataclass
class Story:
    """The plan of one season.

    Args:
        world: where it happens.
        mentors: how many sign up in all.
        weeks: how many weeks there are.

    Attributes:
        edited: contact id to the name an administrator put into its Prefix.
        happened: what happened this week, by kind.
    """

    world: World
    mentors: int
    weeks: int
    edited: dict[int, str] = field(default_factory=dict)
    happened: dict[str, int] = field(default_factory=dict)

    def before(self) -> None:
        """Last year's mentors and donors are in Givebutter; some people are in it twice."""
        world = self.world
        for _ in range(self.mentors * DONORS_PER_MENTOR):
            world.donor()
        for _ in range(self.mentors):
            mentor = world.new_mentor()
            if world.rng.random() < RETURNING:
                world.donor(mentor.person, **{"Tags": "Mentors 2025, gala", "Contact External ID": self._old_id()})
                if world.rng.random() < DOUBLED:
                    world.donor(mentor.person, **{"Primary Phone": ""})

    def _old_id(self) -> str:
        return self.world.cast.new_mentor_number() if self.world.rng.random() < 0.6 else ""

    def week(self, number: int) -> None:
        """One week, the first being 1."""
        self.happened = {}
        due = round(self.mentors * number / self.weeks)
        for mentor in self.world.mentors[:due]:
            if not mentor.signed_up:
                self.world.sign_up(mentor)
                self._note("sign-ups")
            else:
                self._go_on(mentor)
        self._administrators()

    def _go_on(self, mentor: Mentor) -> None:
        """Somebody who signed up earlier does the next thing, perhaps."""
        world, chance = self.world, self.world.rng.random
        if not mentor.set_up and chance() < 0.6:
            world.set_up(mentor)
            self._note("set-ups")
        elif mentor.set_up and mentor.raised is None and chance() < 0.6:
            world.make_page(mentor)
            self._note("pages")
        elif mentor.raised is not None and chance() < 0.7:
            world.donate(mentor, Decimal(world.rng.choice(AMOUNTS)))
            self._note("gifts")
        if not mentor.trained and chance() < 0.15:
            world.train(mentor)
            self._note("trainings")
        if chance() < 0.04 and world.leave(mentor, world.rng.choice(sorted(CHANNELS))):
            self._note("opt-outs")

    def _administrators(self) -> None:
        """In Givebutter: a name people go by, a merge of two contacts of one person, a donor deleted."""
        world = self.world
        mine = [(mentor, world.contacts_of(mentor)) for mentor in world.mentors if mentor.signed_up]
        for _, found in world.rng.sample(mine, min(len(mine), 2)):
            if len(found) == 1:
                name = names.called(world.rng, found[0]["first_name"])
                world.edit(found[0], prefix=name)
                self.edited[int(found[0]["id"])] = name
                self._note("prefixes edited")
        for _, found in mine:
            if len(found) > 1 and world.rng.random() < 0.5:
                ids = sorted(int(row["id"]) for row in found)
                world.merge(ids[0], ids[1])
                self._note("contacts merged")
        donors = [
            row for row in world.book.rows if not row["tags"] and not row["archived_at"] and not row["external_id"]
        ]
        if donors:
            world.book.archive(int(world.rng.choice(donors)["id"]), archived=True)
            self._note("contacts deleted")

    def _note(self, what: str) -> None:
        self.happened[what] = self.happened.get(what, 0) + 1
