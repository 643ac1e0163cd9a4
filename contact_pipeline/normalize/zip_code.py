"""ZIP codes: five digits and the four after them, as text (decision 13)."""

from __future__ import annotations

import re
from dataclasses import dataclass

ZIP_CAP = 32
"""Longest cell read, in characters."""

ZIP = re.compile(r"([0-9]{5})(?:\.0+|[- ]?([0-9]{4})(?:\.0+)?|-)?", re.ASCII)
LOST_ZERO = re.compile(r"([1-9][0-9]{3})(?:\.0+)?", re.ASCII)
PLACEHOLDERS = frozenset({"00000", "99999", "11111", "88888"})

ZERO_RESTORED = "its leading zero was lost and is restored"
PLACEHOLDER = "a placeholder, not a ZIP code"
NOT_A_ZIP = "not the form of a ZIP code"


@dataclass(frozen=True)
class ZipCode:
    """A reading of one written ZIP code; `reason` on a valid one says what was assumed, None for a blank cell."""

    zip5: str | None = None
    zip4: str | None = None
    valid: bool = False
    reason: str | None = None


def parse_zip(raw: str) -> ZipCode:
    """Read one ZIP code: `33602`, `33602-1234`, `336021234`, a spreadsheet's `33602.0`.

    A zero is restored only to a number of four digits, and said; nothing else is guessed.
    """
    text = raw.strip() if len(raw) <= ZIP_CAP else "-"
    if not text:
        return ZipCode()
    if found := LOST_ZERO.fullmatch(text):
        return ZipCode("0" + found[1], None, True, ZERO_RESTORED)
    found = ZIP.fullmatch(text)
    if found is None:
        return ZipCode(reason=NOT_A_ZIP)
    if found[1] in PLACEHOLDERS:
        return ZipCode(reason=PLACEHOLDER)
    return ZipCode(found[1], None if found[2] == "0000" else found[2], True)
