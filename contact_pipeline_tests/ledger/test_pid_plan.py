"""DESIGN §7: PIDs never change without an event; oldest survives, largest part keeps, every merge can be undone.

Families are written as `"ab c"`: contacts a and b are one person, c another.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.ledger.pid_plan import Known, PidPlan, Standing, plan_pids, root

NAMES = "abcdefgh"


def clusters(families: str) -> dict[str, str]:
    return {contact: family for family in families.split() for contact in family}


@dataclass
class Memory:
    """A ledger in memory: what `pids` does with SQL."""

    standings: dict[str, Standing] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    absorbed_into: dict[str, str] = field(default_factory=dict)

    def assign(self, families: dict[str, str]) -> PidPlan:
        plan = plan_pids(families, Known(self.standings, self.numbers, self.absorbed_into), "P{}".format)
        self.numbers |= plan.born
        for pid, survivor in plan.pointers.items():
            if survivor is None:
                del self.absorbed_into[pid]
            else:
                self.absorbed_into[pid] = survivor
        self.standings |= {place.contact_id: Standing(place.pid, place.home) for place in plan.placements}
        return plan

    def people(self) -> dict[str, str]:
        return {contact: standing.pid for contact, standing in self.standings.items()}


def after(*history: str) -> tuple[dict[str, str], PidPlan]:
    """The PIDs after a history of clusterings, and the last plan."""
    memory = Memory()
    for families in history:
        plan = memory.assign(clusters(families))
    return plan.pids, plan


def as_text(plan: PidPlan) -> list[str]:
    return [" ".join(filter(None, event)) for event in plan.events]


def test_new_people_get_pids_in_order_of_their_smallest_contact() -> None:
    pids, plan = after("dc a be")
    assert pids == {"a": "P1", "b": "P2", "e": "P2", "c": "P3", "d": "P3"}
    assert as_text(plan) == ["P1 born", "P2 born", "P3 born"]


def test_a_new_contact_of_a_known_person_joins_it_without_an_event() -> None:
    pids, plan = after("b c", "ab c")
    assert pids == {"a": "P1", "b": "P1", "c": "P2"}
    assert as_text(plan) == []
    assert [place.rule for place in plan.placements] == ["joined"]


def test_the_oldest_pid_survives_a_merge() -> None:
    pids, plan = after("a bc", "abc")
    assert set(pids.values()) == {"P1"}
    assert as_text(plan) == ["P2 absorbed P1", "P1 merged P2"]


def test_the_largest_part_keeps_the_pid_in_a_split() -> None:
    pids, plan = after("abc", "a bc")
    assert pids == {"a": "P2", "b": "P1", "c": "P1"}
    assert as_text(plan) == ["P2 born P1", "P1 split P2"]


def test_of_equal_parts_the_one_with_the_smallest_contact_keeps_the_pid() -> None:
    pids, _ = after("abcd", "ad bc")
    assert pids == {"a": "P1", "d": "P1", "b": "P2", "c": "P2"}


def test_a_merge_undone_gives_both_their_old_pids_even_if_the_younger_part_is_larger() -> None:
    pids, plan = after("a bcd", "abcd", "a bcd")
    assert pids == {"a": "P1", "b": "P2", "c": "P2", "d": "P2"}
    assert as_text(plan) == ["P2 revived P1", "P1 split P2"]


def test_a_contact_that_moves_to_another_known_person_is_told_on_both_sides() -> None:
    pids, plan = after("abc de", "ab cde")
    assert pids == {"a": "P1", "b": "P1", "c": "P2", "d": "P2", "e": "P2"}
    assert as_text(plan) == ["P1 split P2", "P2 merged P1"]
    assert [place.rule for place in plan.placements] == ["moved"]


def test_merge_and_split_at_once_are_decided_alike_every_time() -> None:
    pids, plan = after("ab cd", "ac bd")
    assert pids == {"a": "P1", "c": "P1", "b": "P3", "d": "P3"}
    assert as_text(plan) == [
        "P3 born P1", "P2 absorbed P1", "P1 merged P2", "P1 split P3", "P2 split P3",
    ]  # fmt: skip


def test_who_was_absorbed_before_has_no_new_event_when_its_survivor_is_absorbed() -> None:
    _, plan = after("a b c", "a bc", "abc")
    assert as_text(plan) == ["P2 absorbed P1", "P1 merged P2"]


def test_absorbed_three_deep_and_partly_undone() -> None:
    pids, plan = after("a b c", "a bc", "abc", "ab c")
    assert pids == {"a": "P1", "b": "P1", "c": "P3"}
    assert as_text(plan) == ["P3 revived P1", "P1 split P3"]


def test_a_partial_export_changes_nobody_and_the_missing_come_back_to_their_pid() -> None:
    pids, plan = after("ab c d", "a d", "ab c d")
    assert pids == {"a": "P1", "b": "P1", "c": "P2", "d": "P3"}
    assert as_text(plan) == []


def test_a_missing_contact_follows_its_person_into_a_merge_and_out_of_it() -> None:
    memory = Memory()
    memory.assign(clusters("a bc"))
    memory.assign(clusters("ab"))
    assert memory.people() == {"a": "P1", "b": "P1", "c": "P1"}
    memory.assign(clusters("a b"))
    assert memory.people() == {"a": "P1", "b": "P2", "c": "P2"}


def test_contacts_that_moved_away_do_not_pull_their_old_pid_after_them() -> None:
    """`c` and `d` left `ef` for two older people, who then merge: two against two, but they have no say any more."""
    pids, _ = after("a b cdef", "ac b def", "ac bd ef", "abcd ef")
    assert pids["e"] == pids["f"] == "P3"


def test_a_pid_whose_own_contacts_are_missing_is_not_absorbed_where_its_lost_ones_went() -> None:
    memory = Memory()
    for families in ("a bcdef", "abc def", "abc"):
        memory.assign(clusters(families))
    assert memory.people()["d"] == "P2"
    assert memory.absorbed_into == {}


def test_a_pid_is_never_given_to_another_person() -> None:
    pids, _ = after("a b", "c", "d")
    assert pids == {"d": "P4"}


@st.composite
def clusterings(draw: st.DrawFn) -> dict[str, str]:
    """Some of the contacts, in some clusters, under names that mean nothing."""
    present = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=len(NAMES), unique=True))
    return {contact: draw(st.sampled_from("uvwxyz")) for contact in present}


HISTORIES = st.lists(clusterings(), min_size=1, max_size=6)


def remembered(history: list[dict[str, str]]) -> Memory:
    memory = Memory()
    for families in history:
        memory.assign(families)
    return memory


@settings(deadline=None)
@given(HISTORIES)
def test_one_cluster_is_one_pid_and_one_pid_is_one_cluster(history: list[dict[str, str]]) -> None:
    plan = remembered(history[:-1]).assign(history[-1])
    pairs = {(plan.pids[contact], cluster) for contact, cluster in history[-1].items()}
    assert len(pairs) == len({pid for pid, _ in pairs}) == len({cluster for _, cluster in pairs})


@settings(deadline=None)
@given(HISTORIES)
def test_the_same_again_changes_nothing(history: list[dict[str, str]]) -> None:
    again = remembered(history).assign(history[-1])
    assert (again.born, again.pointers, again.placements, again.events) == ({}, {}, [], [])


@settings(deadline=None)
@given(HISTORIES, st.randoms(use_true_random=False))
def test_order_of_rows_and_names_of_clusters_do_not_matter(
    history: list[dict[str, str]], shuffler: random.Random
) -> None:
    shuffled = []
    for families in history:
        names = dict(zip("uvwxyz", shuffler.sample("123456", 6), strict=True))
        rows = list(families.items())
        shuffler.shuffle(rows)
        shuffled.append({contact: names[cluster] for contact, cluster in rows})
    first, second = remembered(history), remembered(shuffled)
    assert first == second
    assert first.assign(history[0]) == second.assign(shuffled[0])


@settings(deadline=None)
@given(HISTORIES)
def test_no_contact_changes_its_pid_without_an_event_that_says_so(history: list[dict[str, str]]) -> None:
    memory = Memory()
    for families in history:
        before = memory.people()
        plan = memory.assign(families)
        told = {(event.pid, event.other_pid) for event in plan.events if event.kind in ("absorbed", "split")}
        changed = {(before[c], pid) for c, pid in memory.people().items() if before.get(c, pid) != pid}
        assert changed <= told
        assert {event.pid for event in plan.events if event.kind == "born"} == set(plan.born)


@settings(deadline=None)
@given(HISTORIES)
def test_every_pid_ever_given_resolves_to_a_living_one_and_each_contact_stands_with_a_living_one(
    history: list[dict[str, str]],
) -> None:
    memory = remembered(history)
    assert {root(pid, memory.absorbed_into) for pid in memory.numbers}.isdisjoint(memory.absorbed_into)
    assert set(memory.people().values()).isdisjoint(memory.absorbed_into)
    assert all(memory.numbers[old] > memory.numbers[new] for old, new in memory.absorbed_into.items())


@settings(deadline=None, max_examples=300)
@given(st.lists(st.fixed_dictionaries({name: st.sampled_from("uvwxyz") for name in NAMES}), min_size=2, max_size=6))
def test_a_person_whose_contacts_stay_the_same_keeps_its_pid_whatever_happens_to_others(
    history: list[dict[str, str]],
) -> None:
    memory = remembered(history[:-1])
    before = memory.people()
    after_all = memory.assign(history[-1]).pids
    for person in people_of(history[-2]) & people_of(history[-1]):
        assert {after_all[contact] for contact in person} == {before[contact] for contact in person}


def people_of(families: dict[str, str]) -> set[frozenset[str]]:
    return {frozenset(c for c in families if families[c] == cluster) for cluster in families.values()}


@settings(deadline=None, max_examples=300)
@given(st.fixed_dictionaries({name: st.sampled_from("uvwxyz") for name in NAMES}), HISTORIES)
def test_whatever_happened_in_between_the_first_people_come_back_under_their_first_pids(
    first: dict[str, str], between: list[dict[str, str]]
) -> None:
    memory = Memory()
    at_first = memory.assign(first).pids
    for families in between:
        memory.assign(families)
    assert memory.assign(first).pids == at_first


@settings(deadline=None)
@given(clusterings(), st.dictionaries(st.sampled_from("ijkl"), st.sampled_from("uvwxyz")))
def test_newcomers_never_change_the_pid_of_those_already_there(
    families: dict[str, str], newcomers: dict[str, str]
) -> None:
    memory = Memory()
    before = memory.assign(families).pids
    plan = memory.assign(families | newcomers)
    assert before.items() <= plan.pids.items()
    assert {event.kind for event in plan.events} <= {"born"}


@pytest.mark.parametrize("seed", range(5))
def test_a_thousand_contacts_in_random_families_keep_every_promise(seed: int) -> None:
    """The properties above on larger families than hypothesis likes to draw."""
    dice = random.Random(seed)
    memory, names = Memory(), [f"c{number:04}" for number in range(1000)]
    first = {name: str(dice.randrange(400)) for name in names}
    at_first = memory.assign(first).pids
    for _ in range(4):
        memory.assign({name: str(dice.randrange(300)) for name in dice.sample(names, 800)})
    assert memory.assign(first).pids == at_first
    assert memory.assign(first).events == []
