"""Decision 11: six characters, no look-alikes, one check character."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.ledger.pid_code import ALPHABET, pid_of, read_pid, scramble, valid_pid

FIRST_LONG = 1 << 25
LAST = FIRST_LONG + (1 << 30) - 1
NUMBERS = st.one_of(st.integers(0, FIRST_LONG - 1), st.integers(FIRST_LONG, LAST))


@pytest.mark.parametrize("workspace", ["default", "swab"])
def test_all_33_million_short_pids_are_different(workspace: str) -> None:
    scrambled = scramble(np.arange(FIRST_LONG, dtype=np.uint64), workspace, 25)  # type: ignore[arg-type]
    assert np.bincount(scrambled.astype(np.int64), minlength=FIRST_LONG).max() == 1


@settings(deadline=None)
@given(st.lists(st.integers(0, (1 << 30) - 1), min_size=2, max_size=200, unique=True), st.text(max_size=20))
def test_no_two_numbers_share_a_long_pid(numbers: list[int], workspace: str) -> None:
    assert len({pid_of(FIRST_LONG + number, workspace) for number in numbers}) == len(numbers)


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 14), st.text(max_size=20))
def test_the_scramble_is_a_bijection_at_every_width(bits: int, workspace: str) -> None:
    assert {scramble(number, workspace, bits) for number in range(1 << bits)} == set(range(1 << bits))


def test_a_pid_stays_what_it_was() -> None:
    """These are printed on lists and stored by platforms: the spelling may never change."""
    assert [pid_of(number, "default") for number in (1, 2, FIRST_LONG - 1, FIRST_LONG, LAST)] == [
        "X024YZ", "R6RR41", "N9FXRP", "R87JPWK", "XYPP8BM"
    ]  # fmt: skip


def test_length_grows_by_one_after_33_million() -> None:
    assert len(pid_of(FIRST_LONG - 1, "default")) == 6
    assert len(pid_of(FIRST_LONG, "default")) == 7
    assert len(pid_of(LAST, "default")) == 7


@pytest.mark.parametrize("number", [-1, LAST + 1])
def test_numbers_without_a_pid_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="no PID"):
        pid_of(number, "default")


def test_neighbours_do_not_look_alike_and_workspaces_do_not_share_an_order() -> None:
    ours = [pid_of(number, "ours") for number in range(1, 2000)]
    theirs = [pid_of(number, "theirs") for number in range(1, 2000)]
    assert sum(a == b for a, b in zip(ours, theirs, strict=True)) < 3
    assert sum(a[:3] == b[:3] for a, b in pairwise(ours)) < 10


@settings(deadline=None)
@given(NUMBERS, st.text(max_size=10))
def test_every_pid_is_valid_and_spelled_without_look_alikes(number: int, workspace: str) -> None:
    pid = pid_of(number, workspace)
    assert valid_pid(pid)
    assert read_pid(pid) == pid
    assert not set(pid) & set("ILOU")


@settings(deadline=None)
@given(NUMBERS)
def test_any_single_wrong_character_is_noticed(number: int) -> None:
    pid = pid_of(number, "default")
    for place, right in enumerate(pid):
        assert not any(valid_pid(pid[:place] + wrong + pid[place + 1 :]) for wrong in ALPHABET if wrong != right)


@settings(deadline=None)
@given(NUMBERS)
def test_any_two_characters_swapped_are_noticed(number: int) -> None:
    pid = pid_of(number, "default")
    for i in range(len(pid)):
        for j in range(i + 1, len(pid)):
            swapped = list(pid)
            swapped[i], swapped[j] = pid[j], pid[i]
            assert valid_pid("".join(swapped)) == (pid[i] == pid[j])


@settings(deadline=None)
@given(st.integers(0, FIRST_LONG - 1))
def test_a_zero_in_front_does_not_make_a_longer_pid(number: int) -> None:
    assert not valid_pid("0" + pid_of(number, "default"))


def test_one_text_in_32_is_valid_and_no_other_length_is() -> None:
    texts = ["ABCD" + a + b for a in ALPHABET for b in ALPHABET]
    assert sum(map(valid_pid, texts)) == 32
    assert not any(valid_pid(length * "0") for length in (0, 1, 5, 8, 9))


@settings(deadline=None)
@given(NUMBERS, st.randoms(use_true_random=False))
def test_a_human_may_type_small_letters_and_look_alikes(number: int, random: object) -> None:
    pid = pid_of(number, "default")
    looks = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(random.choice(looks.get(c, c + c.lower())) for c in pid)  # type: ignore[attr-defined]
    assert read_pid(f" {typed}\n") == pid


@pytest.mark.parametrize(
    "text", ["", "ABCDEU", "ABCDE-", "ＡＢＣＤＥＦ", "ıııııı", "００００００", "person", "7K2Q9M7K2Q9M"]
)
def test_what_is_not_a_pid_is_refused(text: str) -> None:
    assert not valid_pid(text)
    with pytest.raises(ValueError, match="not a PID"):
        read_pid(text)
