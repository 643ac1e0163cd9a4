"""Which column of a voter file is which: `layouts.toml` read, and a header matched against it.

Names of columns belong here. Delimiters and bytes belong to `dialect`, values to `voter.sql`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from contact_pipeline.landing.outcomes import Refused

_OTHER = re.compile(r"[^a-z0-9]+")

OWN_COLUMNS = ("voter_state", "protected", "date_of_birth_as_sent", "file_number", "line")
"""What the voter table has beside the file's columns; a file's column of such a name is kept as `<name>_in_file`."""


@dataclass(frozen=True)
class Layout:
    """One vendor's columns.

    `positions` names the columns of a file without a header, in order; empty where there is a header. `exempt` is the
    column and value that mark an exempt voter; `together` says which columns joined make one of ours.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    aliases: dict[str, str] = field(hash=False)
    positions: tuple[str, ...] = ()
    exempt: tuple[str, str] | None = None
    together: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def ours(self, name: str) -> str:
        """Our name of a column, or its own folded name where the layout does not know it."""
        return self.aliases.get(name, name)


@dataclass(frozen=True)
class Rules:
    """All of `layouts.toml`; `text` is the file itself, by which a load knows that the rules have changed."""

    columns: tuple[str, ...]
    null_words: tuple[str, ...]
    protected_text: str
    kept_of_the_protected: tuple[str, ...]
    hardly_repeating: frozenset[str]
    layouts: dict[str, Layout] = field(hash=False)
    text: str = field(repr=False, default="")


@cache
def rules() -> Rules:
    """The shipped rules, read once."""
    return read_rules((files(__package__) / "layouts.toml").read_text(encoding="utf-8"))


def read_rules(text: str) -> Rules:
    """Rules out of TOML.

    Raises:
        ValueError: It is not TOML, or an alias stands for two columns of one layout.
        KeyError: A required entry is missing.
    """
    given = tomllib.loads(text)
    return Rules(
        columns=tuple(given["columns"]),
        null_words=tuple(given["null_words"]),
        protected_text=given["protected_text"],
        kept_of_the_protected=tuple(given["kept_of_the_protected"]),
        hardly_repeating=frozenset(given["hardly_repeating"]),
        layouts={name: _layout(name, entry) for name, entry in given["layouts"].items()},
        text=text,
    )


def _layout(name: str, entry: dict[str, Any]) -> Layout:
    aliases: dict[str, str] = {}
    for ours, seen in entry.get("aliases", {}).items():
        for alias in seen:
            if aliases.setdefault(alias, ours) != ours:
                raise ValueError(f"layout {name}: {alias} stands for both {aliases[alias]} and {ours}")
    exempt = entry.get("exempt")
    return Layout(
        name=name,
        title=entry["title"],
        needs=tuple(entry["needs"]),
        aliases=aliases,
        positions=tuple(entry.get("positions", ())),
        exempt=(exempt["column"], exempt["value"]) if exempt else None,
        together={ours: tuple(parts) for ours, parts in entry.get("together", {}).items()},
    )


def folded(header: list[str]) -> list[str]:
    """Header cells as column names: lower case, `_` between words, repeated names told apart by `_2`, `_3`."""
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = _OTHER.sub("_", cell.strip().lower()).strip("_") or f"column_{place}"
        number, told_apart = 1, name
        while told_apart in names:
            number += 1
            told_apart = f"{name}_{number}"
        names.append(told_apart)
    return names


@dataclass(frozen=True)
class Reading:
    """How one file's columns are read: its layout, and our name of each column in the file's order."""

    layout: Layout
    columns: tuple[str, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns no rule knows; they are kept under their own names."""
        known = {*rules().columns, *self.layout.positions}
        return tuple(name for name in self.columns if name not in known)

    @property
    def missing(self) -> tuple[str, ...]:
        """Columns of ours that the file does not have; they stay empty."""
        have = {*self.columns, *self.layout.together}
        return tuple(name for name in rules().columns if name not in have)


def read_header(header: list[str], layout: str | None = None) -> Reading:
    """Match a header.

    Args:
        header: Its cells as they stand in the file.
        layout: A layout's name, where a person said it.

    Raises:
        Refused: No layout fits, or not the one that was named.
    """
    names = folded(header)
    candidates = [named_layout(layout)] if layout else list(rules().layouts.values())
    readings = [_reading(entry, names) for entry in candidates if not entry.positions]
    fitting = [reading for reading in readings if set(reading.layout.needs) <= set(reading.columns)]
    if not fitting:
        raise Refused(_no_fit(readings, names))
    return max(fitting, key=lambda reading: -len(reading.unknown))


def read_positions(width: int, layout: str | None = None) -> Reading:
    """The layout of a file without a header, by its number of columns.

    Raises:
        Refused: No layout has so many columns, or not the one that was named.
    """
    candidates = [named_layout(layout)] if layout else list(rules().layouts.values())
    for entry in candidates:
        if len(entry.positions) == width:
            return Reading(entry, entry.positions)
    raise Refused(
        f"The file has no header that a layout knows, and {width} columns. Without a header only these are understood: "
        + "; ".join(f"{entry.name} ({len(entry.positions)} columns)" for entry in candidates if entry.positions)
        + ". Add a header line, or describe the layout in layouts.toml."
    )


def named_layout(name: str) -> Layout:
    """A layout by its name.

    Raises:
        Refused: There is none.
    """
    try:
        return rules().layouts[name]
    except KeyError:
        raise Refused(f"There is no layout {name!r}. Known: {', '.join(rules().layouts)}.") from None


def _reading(layout: Layout, names: list[str]) -> Reading:
    """Our names for a header's; the first of two columns that mean the same gets our name, the other keeps its own."""
    columns: list[str] = []
    for name in names:
        ours = layout.ours(name)
        kept = ours if ours not in columns and (ours == name or ours not in names) else name
        columns.append(f"{kept}_in_file" if kept in OWN_COLUMNS else kept)
    return Reading(layout, tuple(columns))


def _no_fit(readings: list[Reading], names: list[str]) -> str:
    wanted = "; ".join(
        f"{reading.layout.name} needs " + ", ".join(sorted(set(reading.layout.needs) - set(reading.columns)))
        for reading in readings
    )
    shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    return (
        f"No layout fits the header ({shown}). Missing: {wanted or 'a header'}. Name aliases for them in layouts.toml."
    )
