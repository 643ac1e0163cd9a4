"""PID codes: how a number becomes six characters, and how a human's typing becomes a PID again.

The spelling of a PID belongs here (decision 11). Who gets which number belongs to `pid_plan`; what is known about a PID
to `pids`.

A number is scrambled by a bijection keyed with the workspace's name, so that two workspaces do not share an order and a
PID tells nothing about its neighbours, then written in Crockford's base 32 (no I, L, O, U) with a check character.
The scramble hides the order from people, not from cryptographers.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32."""

SHORT_BITS = 25
"""Numbers below 2^25 (33.5 million) have 5 characters and a check character."""

LONG_BITS = 30
"""The next 2^30 numbers have 6 characters and a check character."""

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS = str.maketrans({c.lower(): c for c in ALPHABET} | dict.fromkeys("Oo", "0") | dict.fromkeys("IiLl", "1"))
_FIELD_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive over GF(2): the powers of 2 run through all 31 elements


def pid_of(number: int, workspace_key: str) -> str:
    """The PID of a place in the workspace's sequence (decision 11).

    Args:
        number: 0 to 2^25 - 1 for six characters; the 2^30 numbers after those give seven.
        workspace_key: the workspace's name.

    Raises:
        ValueError: the number is negative or beyond the last PID.
    """
    if 0 <= number < 1 << SHORT_BITS:
        return _spell(scramble(number, workspace_key, SHORT_BITS), SHORT_BITS // 5)
    long_number = number - (1 << SHORT_BITS)
    if 0 <= long_number < 1 << LONG_BITS:
        return _spell(scramble(long_number, workspace_key, LONG_BITS), LONG_BITS // 5)
    raise ValueError(f"There is no PID for the number {number}.")


def valid_pid(text: str) -> bool:
    """Whether the text, as a human may type it, spells a PID: right characters, right length, right check character.

    Any single wrong character and any swap of two characters is noticed. Whether the PID was given out is another
    question (`pids.resolve`).
    """
    try:
        read_pid(text)
    except ValueError:
        return False
    return True


def read_pid(text: str) -> str:
    """The PID a human meant: in capitals, O read as 0, I and L as 1, blanks around it ignored.

    Raises:
        ValueError: it spells no PID.
    """
    spelled = text.strip().translate(_READ_AS)
    digits = [_VALUE.get(character, -1) for character in spelled]
    if len(digits) not in (SHORT_BITS // 5 + 1, LONG_BITS // 5 + 1) or min(digits) < 0 or _syndrome(digits) != 0:
        raise ValueError("This is not a PID: 6 or 7 letters and digits, the last of which is a check character.")
    return spelled


def scramble(number: int, workspace_key: str, bits: int) -> int:
    """A bijection of 0 … 2^bits - 1: odd multiplication, addition and xor with the own upper half can all be undone."""
    mask, half = (1 << bits) - 1, bits // 2 + 1
    for factor, summand in _round_keys(workspace_key, bits):
        number = (number * factor + summand) & mask
        number ^= number >> half
    return number


@lru_cache(maxsize=16)
def _round_keys(workspace_key: str, bits: int) -> tuple[tuple[int, int], ...]:
    """Four pairs of an odd factor and a summand, drawn from the workspace's name."""
    drawn = blake2b(f"{bits}:{workspace_key}".encode(), digest_size=64, person=b"contact-pid").digest()
    words = [int.from_bytes(drawn[i : i + 8], "big") & ((1 << bits) - 1) for i in range(0, 64, 8)]
    return tuple((factor | 1, summand) for factor, summand in zip(words[:4], words[4:], strict=True))


def _spell(value: int, length: int) -> str:
    """Base 32 of `length` characters, and the check character that makes the syndrome 0."""
    digits = [value >> shift & 31 for shift in range(5 * (length - 1), -1, -5)]
    return "".join(ALPHABET[digit] for digit in (*digits, _syndrome([*digits, 0])))


def _syndrome(digits: list[int]) -> int:
    """Sum over GF(32) of each digit times a power of 2 of its own, counted from the right; 0 for a right PID.

    Distinct, non-zero weights are what makes every single error and every swap visible. Seven characters start from 1,
    so that a PID with a character put before it is not taken for a longer one.
    """
    total = 0
    for digit in digits:
        total = total << 1 ^ digit
        if total & 32:
            total ^= _FIELD_POLYNOMIAL
    return total ^ (1 if len(digits) == LONG_BITS // 5 + 1 else 0)
