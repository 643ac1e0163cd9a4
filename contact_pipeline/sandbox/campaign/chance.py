"""Seeded chance: weighted draws and the slips people make when they type.

Only what turns a `random.Random` into a choice belongs here; what is chosen (names, places) belongs to its own module.
Nothing depends on hash order, so one seed gives one result.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")

KEYBOARD_NEIGHBOURS: dict[str, str] = {
    "a": "sqz", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "xa",
}  # fmt: skip
"""Letters beside each other on a US keyboard."""


class Weighted(Generic[T]):
    """Items drawn in proportion to their weights."""

    def __init__(self, items: Iterable[tuple[T, float]]) -> None:
        pairs = list(items)
        self.items: list[T] = [item for item, _ in pairs]
        self._cumulative = list(accumulate(weight for _, weight in pairs))

    def draw(self, rng: Random) -> T:
        """One item."""
        at = bisect_right(self._cumulative, rng.random() * self._cumulative[-1])
        return self.items[min(at, len(self.items) - 1)]


def words(text: str) -> tuple[str, ...]:
    """The words of a list written as one text."""
    return tuple(text.split())


def pick(rng: Random, items: Sequence[T]) -> T:
    """One of `items`, each as likely as any other; quicker than `Random.choice`."""
    return items[int(rng.random() * len(items))]


def heavy_tail(items: Sequence[T], *, exponent: float = 0.8, offset: float = 20.0) -> list[tuple[T, float]]:
    """Give a plain list the weights of a Zipf-Mandelbrot law, first item heaviest."""
    return [(item, (rank + offset) ** -exponent) for rank, item in enumerate(items, start=1)]


def slip(rng: Random, word: str) -> str:
    """`word` with one typing error: a neighbouring key, two letters exchanged, one dropped or one doubled.

    The first letter stays, as it nearly always does. The result always differs from `word`, unless that has fewer
    than three letters: such a word is given back as it is.
    """
    if len(word) < 3:
        return word
    for _ in range(20):
        typed = _one_slip(rng, word, rng.randrange(1, len(word)))
        if typed != word:
            return typed
    return word + word[-1]


def _one_slip(rng: Random, word: str, at: int) -> str:
    kind = rng.random()
    if kind < 0.35:
        near = KEYBOARD_NEIGHBOURS.get(word[at].lower(), word[at])
        return word[:at] + pick(rng, near) + word[at + 1 :]
    if kind < 0.65:
        at = min(at, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind < 0.85:
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at] + word[at:]


def misdial(rng: Random, phone: str) -> str:
    """An E.164 number with two of its last four digits exchanged or one of them changed; always another number."""
    at = rng.randrange(len(phone) - 4, len(phone) - 1)
    if phone[at] != phone[at + 1] and rng.random() < 0.6:
        return phone[:at] + phone[at + 1] + phone[at] + phone[at + 2 :]
    return phone[:at] + str((int(phone[at]) + rng.randrange(1, 10)) % 10) + phone[at + 1 :]
