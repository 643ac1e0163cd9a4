"""Header cells to column names: every column under its own name, no two alike.

Naming columns and matching them with those a table already has belong here. Whether a row is a header does not.

A name is the header cell as written, spaces at its ends included: two questions that differ in a trailing space are two
columns. Exceptions: an empty cell is called by its place, a repeated name gets a number, and DuckDB compares names
without regard to case, so `email` and `Email` in one file are a repetition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contact_pipeline.landing.text import readable_text

OWN_COLUMNS = ("_batch_id", "_line", "_record_id")
"""Columns every raw table begins with; a file's column of that name is told apart from them."""


def unnamed(position: int) -> str:
    """The name of a column without one; positions count from 1."""
    return f"column_{position}"


def told_apart(cells: Sequence[str]) -> tuple[str, ...]:
    """Header cells as distinct column names: `Tags`, `Tags (2)`, `column_7`.

    A name that some other cell has by itself is never given to a repetition.
    """
    names = [readable_text(cell.lstrip("\ufeff")).replace("\x00", "") for cell in cells]
    written = {name.lower() for name in names if name.strip()}
    taken = {name.lower() for name in OWN_COLUMNS}
    result = []
    for position, name in enumerate(names, start=1):
        first_use = bool(name.strip()) and name.lower() not in taken
        chosen = name if first_use else _numbered(name if name.strip() else unnamed(position), taken | written)
        taken.add(chosen.lower())
        result.append(chosen)
    return tuple(result)


def _numbered(name: str, used: set[str]) -> str:
    chosen, number = name, 2
    while chosen.lower() in used:
        chosen, number = f"{name} ({number})", number + 1
    return chosen


def same_name(name: str) -> str:
    """What two spellings of one known column have in common: case and outer spaces aside."""
    return name.strip().lower()


def table_columns(columns: Sequence[str], known: Iterable[str], existing: Iterable[str]) -> tuple[str, ...]:
    """The raw table's column for each column of a file.

    Args:
        columns: The file's distinct names.
        known: Columns our SQL names; `first name ` in a file is the known `First Name`, unless the file has that too.
        existing: Columns the table already has; DuckDB takes names that differ in case for one.
    """
    by_name = {name.lower(): name for name in known} | {name.lower(): name for name in existing}
    trimmed = {same_name(name): name for name in known}
    own = {name.lower() for name in columns}
    result: list[str] = []
    for name in columns:
        target = by_name.get(name.lower())
        candidate = trimmed.get(same_name(name))
        if target is None and candidate is not None and candidate.lower() not in own and candidate not in result:
            target = candidate
        result.append(target or name)
    return tuple(result)
