"""The small tracked word lists beside this module, read once.

Reading `reference/*.csv` belongs here; the meaning of a list belongs to the module that asks for it. Origin and licence
of each file are in `reference/README.md`.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def reference_rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `reference/<name>.csv`, in file order, as column → text."""
    text = (files(__package__) / "reference" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def reference_map(name: str, key: str, value: str) -> dict[str, str]:
    """One column of `reference/<name>.csv` by another."""
    return {row[key]: row[value] for row in reference_rows(name)}
