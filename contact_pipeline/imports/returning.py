"""A report that comes back: only the rows somebody changed are taken, as corrections of the rows they are of.

Recognising a report and telling which of its cells are new belongs here; laying corrections over a plan to `edits`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contact_pipeline.config import Settings
from contact_pipeline.imports.canonical import all_columns
from contact_pipeline.imports.edits import Edit
from contact_pipeline.imports.fixing import fix_import
from contact_pipeline.imports.people_file import unmarked
from contact_pipeline.imports.plan import ImportsError, Plan, folder_of, load_plan, open_tables, require_finished
from contact_pipeline.imports.reading import cell_names
from contact_pipeline.imports.reports import (
    IMPORT_COLUMN,
    OWN_COLUMNS,
    PROBLEM_HEADER,
    READ_AS,
    cells_hash,
    plain_ends,
)
from contact_pipeline.landing.file_batch import Asked
from contact_pipeline.landing.list_gate import REPORT_KEY
from contact_pipeline.landing.list_sample import as_batch, file_records


class NoReport(ImportsError):
    """A file that came out of an import, but is no report that can be taken; the message says which is."""


@dataclass(frozen=True)
class Returned:
    """What became of a report's rows.

    Attributes:
        plan: The import as it is now.
        corrected: Numbers of rows whose cells were changed, and are now so in the import.
        unchanged: Rows that came back as they left.
        moved: Numbers of rows changed here and, since the report was written, in the import too: not taken.
        unknown: Lines of the file whose key is no row's of the import: not taken.
    """

    plan: Plan
    corrected: tuple[int, ...] = ()
    unchanged: int = 0
    moved: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {**self.__dict__, "plan": self.plan.as_json()}

    def told(self) -> str:
        """What happened, for people."""
        parts = [f"{len(self.corrected):,} rows of {self.plan.import_id} corrected, {self.unchanged:,} unchanged"]
        if self.moved:
            parts.append(f"not taken, as they were corrected elsewhere since: rows {_listed(self.moved)}")
        if self.unknown:
            parts.append(f"not taken, as their key is no row's of this import: lines {_listed(self.unknown)}")
        return "; ".join(parts) + "."


@dataclass
class _Rows:
    """A returned file: its import, its columns, and (line, key, hash as it left, cells) of each row that changed."""

    import_ids: set[str] = field(default_factory=set)
    columns: list[str] = field(default_factory=list)
    changed: list[tuple[int, str, str, list[str]]] = field(default_factory=list)
    unchanged: int = 0


def take_report(settings: Settings, file: Path, *, sheet: str | None = None, actor: str) -> Returned | None:
    """Take the changed rows of a report as corrections of its import; None where the file is no report.

    Rows are found by their key, whatever their order; a row or a column that was deleted changes nothing.

    Args:
        settings: The workspace's.
        file: A file, perhaps a report.
        sheet: The sheet of a workbook.
        actor: Who corrected it.

    Raises:
        Refused: It cannot be read as a list.
        NoReport: It is of several imports, or the list of problems alone.
        UnknownImportError: This workspace has no such import.
    """
    read = _read(file, sheet)
    if read is None:
        return None
    if len(read.import_ids) != 1:
        raise NoReport(f"{file.name} holds rows of {len(read.import_ids)} imports: send each one's report by itself.")
    plan = load_plan(settings, read.import_ids.pop())
    folder = folder_of(settings, plan.import_id)
    require_finished(folder)
    there = _cells_of(folder, plan, [key for _, key, _, _ in read.changed])
    places = _places(plan, read.columns)
    edits, corrected, moved, unknown, unchanged = [], [], [], [], read.unchanged
    for line, key, left_as, cells in read.changed:
        if key not in there:
            unknown.append(line)
            continue
        number, now = there[key]
        new = {column: cells[place] for column, place in places if plain_ends(cells[place]) != plain_ends(now[column])}
        if not new:
            unchanged += 1
        elif _whole(plan, read.columns) and cells_hash([now[column] for column in read.columns]) != left_as:
            moved.append(number)
        else:
            corrected.append(number)
            edits += [Edit("set", rows=(key,), field=column, value=value) for column, value in new.items()]
    if edits:
        plan = fix_import(settings, plan.import_id, edits, actor=actor, returned=len(corrected))
    return Returned(plan, tuple(corrected), unchanged, tuple(moved), tuple(unknown))


def _read(file: Path, sheet: str | None) -> _Rows | None:
    with _looked_at(file, sheet) as (columns, records, marked):
        names = [" ".join(column.split()) for column in columns]
        if names[: len(PROBLEM_HEADER)] == list(PROBLEM_HEADER):
            raise NoReport(f"{file.name} lists problems alone. Correct the report itself, and send that.")
        if IMPORT_COLUMN not in names or REPORT_KEY not in names:
            return None
        own = [place for place, name in enumerate(names) if name not in OWN_COLUMNS and not name.startswith(READ_AS)]
        found = _Rows(columns=[unmarked(columns[place]) if marked else columns[place] for place in own])
        for line, cells in records:
            said = [unmarked(cell) if marked else cell for cell in cells]
            key, _, left_as = said[names.index(REPORT_KEY)].strip().partition(".")
            found.import_ids |= {said[names.index(IMPORT_COLUMN)].strip()} - {""}
            kept = [said[place] for place in own]
            if cells_hash(kept) == left_as:
                found.unchanged += 1
            else:
                found.changed.append((line, key, left_as, kept))
        return found


@contextmanager
def _looked_at(file: Path, sheet: str | None) -> Iterator[tuple[Sequence[str], Iterator[tuple[int, list[str]]], bool]]:
    """A file's columns, its accepted records with their lines, and whether its cells may be marked (CSV)."""
    with as_batch(file, Asked(sheet=sheet)) as (copy, batch):
        records = (
            (judged.line, ["" if cell is None else cell for cell in judged.cells])
            for judged in file_records(copy, batch)
            if judged.cells is not None
        )
        yield batch.columns, records, batch.sheet is None


def _cells_of(folder: Path, plan: Plan, keys: list[str]) -> dict[str, tuple[int, dict[str, str]]]:
    """Of these rows: key → number and cells by column, with the corrections made so far."""
    columns = all_columns(plan)
    names = ", ".join(f"coalesce({name}, '')" for name in cell_names(columns))
    with open_tables(folder, read_only=True) as connection:
        rows = connection.execute(
            f"select row_key, row_number, {names} from plan.cell_row where row_key in (select unnest(?::varchar[]))",
            [keys],
        ).fetchall()
    return {key: (number, dict(zip(columns, cells, strict=True))) for key, number, *cells in rows}


def _places(plan: Plan, columns: Sequence[str]) -> list[tuple[str, int]]:
    """The import's columns that the file has, with their place in it."""
    found = {" ".join(column.split()).lower(): place for place, column in enumerate(columns)}
    named = [(column, found.get(" ".join(column.split()).lower())) for column in all_columns(plan)]
    return [(column, place) for column, place in named if place is not None]


def _whole(plan: Plan, columns: Sequence[str]) -> bool:
    """Whether the file has the import's columns as they are: only then does a row's hash say what it was."""
    return list(columns) == all_columns(plan)


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:20]))
    return shown + (f" and {len(numbers) - 20:,} more" if len(numbers) > 20 else "")
