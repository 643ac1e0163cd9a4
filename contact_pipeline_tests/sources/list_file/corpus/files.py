"""Files of the corpus: layouts in one or two states of damage, with the right answer for each column.

Writing files belongs here. Judging what a mapping makes of them belongs to `judging`.
"""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from contact_pipeline_tests.landing.workbooks import workbook
from contact_pipeline_tests.sources.list_file.corpus.layouts import Column, Layout
from contact_pipeline_tests.sources.list_file.corpus.people import KINDS, invented

ROWS = 60
KEEP = frozenset("-")


@dataclass(frozen=True)
class Table:
    """A file before it is written: headers, rows, the right answers by column, and lines above the header."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[frozenset[str], ...]
    above: tuple[str, ...] = ()


@dataclass(frozen=True)
class CorpusFile:
    """A file as somebody would send it; `right` holds the answers that are right for each column, in order."""

    name: str
    layout: str
    damage: str
    content: bytes
    headers: tuple[str, ...]
    right: tuple[frozenset[str], ...]


def table_of(layout: Layout, rows: int = ROWS) -> Table:
    """The layout filled with invented people, undamaged."""
    people = invented(rows, layout.name, layout.languages)
    cells = tuple(tuple(KINDS[column.kind][1](person) for column in layout.columns) for person in people)
    return Table(tuple(column.header for column in layout.columns), cells, tuple(map(_right, layout.columns)))


def _right(column: Column) -> frozenset[str]:
    return column.right


def corpus_files(layouts: Iterable[Layout]) -> Iterator[CorpusFile]:
    """Two files for every layout: the damages take turns, so that each meets many layouts."""
    names = list(DAMAGES)
    for place, layout in enumerate(layouts):
        for damage in (names[place % len(names)], names[(place + 1 + place // len(names) * 5) % len(names)]):
            yield corpus_file(layout, damage)


def single_files(layouts: Iterable[Layout]) -> Iterator[CorpusFile]:
    """One file for every layout, in turn in each of all states of damage."""
    names = [*OWN_DAMAGES, *DAMAGES]
    for place, layout in enumerate(layouts):
        yield corpus_file(layout, names[place % len(names)])


def corpus_file(layout: Layout, damage: str) -> CorpusFile:
    """One layout in one state of damage."""
    change, write, ending = {**DAMAGES, **OWN_DAMAGES}[damage]
    rows = 5 if damage == "few rows" else ROWS
    table = change(table_of(layout, rows), random.Random(f"{layout.name}-{damage}"))
    name = f"{layout.name}-{damage.replace(' ', '-')}{ending}"
    return CorpusFile(name, layout.name, damage, write(table), table.headers, table.right)


Change = Callable[[Table, random.Random], Table]
Write = Callable[[Table], bytes]


def _as_it_is(table: Table, _: random.Random) -> Table:
    return table


def _title_above(table: Table, _: random.Random) -> Table:
    return replace(table, above=("Friends of Mango Street: list of supporters", "", "Exported by the office"))


def _blank_columns(table: Table, chance: random.Random) -> Table:
    for _ in range(2):
        place = chance.randrange(1, len(table.headers) + 1)
        table = Table(
            (*table.headers[:place], "", *table.headers[place:]),
            tuple((*row[:place], "", *row[place:]) for row in table.rows),
            (*table.right[:place], KEEP, *table.right[place:]),
        )
    return table


def _totals(table: Table, _: random.Random) -> Table:
    last = ["Total", *["" for _ in table.headers[1:-1]], "4,215.00"]
    return replace(table, rows=(*table.rows, tuple(last[: len(table.headers)])))


def _shuffled(table: Table, chance: random.Random) -> Table:
    order = list(range(len(table.headers)))
    chance.shuffle(order)
    return Table(
        tuple(table.headers[i] for i in order),
        tuple(tuple(row[i] for i in order) for row in table.rows),
        tuple(table.right[i] for i in order),
    )


def _upper(table: Table, _: random.Random) -> Table:
    return replace(table, headers=tuple(header.upper() for header in table.headers))


def _snake(table: Table, _: random.Random) -> Table:
    return replace(table, headers=tuple(re.sub(r"[\s/]+", "_", header.strip()) for header in table.headers))


def _padded(table: Table, _: random.Random) -> Table:
    return replace(table, headers=tuple(f" {header}  " for header in table.headers))


def _sparse(table: Table, chance: random.Random) -> Table:
    def cell(text: str) -> str:
        return chance.choice(("", "", "N/A", "-", "null")) if chance.random() < 0.35 else text

    return replace(table, rows=tuple(tuple(map(cell, row)) for row in table.rows))


def _said_twice(table: Table, _: random.Random) -> Table:
    """The first column that is somebody's field comes a second time under the same name, with the same cells."""
    place = next(i for i, right in enumerate(table.right) if right != KEEP)
    either = table.right[place] | KEEP
    right = tuple(either if i == place else answer for i, answer in enumerate(table.right))
    return Table(
        (*table.headers, table.headers[place]), tuple((*row, row[place]) for row in table.rows), (*right, either)
    )


def _text(table: Table, delimiter: str, end: str, quoting: int) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    width = len(table.headers)
    writer.writerows([line, *[""] * (width - 1)] for line in table.above)
    writer.writerow(table.headers)
    writer.writerows(table.rows)
    return stream.getvalue()


def _csv(delimiter: str = ",", encoding: str = "utf-8", end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> Write:
    return lambda table: _text(table, delimiter, end, quoting).encode(encoding, "replace")


def _xlsx(table: Table) -> bytes:
    above = [[line or None] for line in table.above]
    rows = [[cell or None for cell in row] for row in (table.headers, *table.rows)]
    return workbook({"Sheet1": [*above, *rows]})


DAMAGES: dict[str, tuple[Change, Write, str]] = {
    "as it is": (_as_it_is, _csv(), ".csv"),
    "byte-order mark": (_as_it_is, _csv(encoding="utf-8-sig", end="\r\n"), ".csv"),
    "semicolons latin-1": (_as_it_is, _csv(";", "cp1252", "\r\n"), ".csv"),
    "utf-16 tabs": (_as_it_is, _csv("\t", "utf-16"), ".txt"),
    "titles above": (_title_above, _csv(), ".csv"),
    "blank columns": (_blank_columns, _csv(), ".csv"),
    "totals at the end": (_totals, _csv(), ".csv"),
    "columns shuffled": (_shuffled, _csv(), ".csv"),
    "upper case": (_upper, _csv(), ".csv"),
    "underscores": (_snake, _csv(), ".csv"),
    "padded headers": (_padded, _csv(), ".csv"),
    "sparse": (_sparse, _csv(), ".csv"),
    "said twice": (_said_twice, _csv(), ".csv"),
    "few rows": (_as_it_is, _csv(), ".csv"),
    "all quoted": (_as_it_is, _csv(quoting=csv.QUOTE_ALL, end="\r\n"), ".csv"),
    "vertical bars": (_as_it_is, _csv("|"), ".txt"),
    "workbook": (_as_it_is, _xlsx, ".xlsx"),
}
"""Name of a damage: what it does to the table, how the table is written, the file's ending."""


def _retyped(table: Table, chance: random.Random) -> Table:
    """What a spreadsheet makes of cells it takes for numbers: long ones as 8.14E+09, days as numbers, errors."""

    def cell(text: str) -> str:
        if text.isdigit() and len(text) == 10 and chance.random() < 0.2:
            return f"{int(text):.2E}"
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and chance.random() < 0.2:
            return str((date.fromisoformat(text) - date(1899, 12, 30)).days)
        return "#N/A" if text and chance.random() < 0.02 else text

    return replace(table, rows=tuple(tuple(map(cell, row)) for row in table.rows))


def _groups_above(table: Table, _: random.Random) -> Table:
    """A row of headings over groups of columns, as merged cells leave it."""
    return replace(table, above=("Person", ""))


def _with_notes_below(table: Table, _: random.Random) -> Table:
    blank = ("",) * len(table.headers)
    note = ("* Updated weekly by the front desk", *blank[1:])
    return replace(table, rows=(*table.rows, blank, note))


def _header_again(table: Table, _: random.Random) -> Table:
    """The header comes again in the middle, where two lists were pasted together."""
    middle = len(table.rows) // 2
    return replace(table, rows=(*table.rows[:middle], table.headers, *table.rows[middle:]))


def _odd_spaces(table: Table, _: random.Random) -> Table:
    """No-break spaces and line ends inside headers, as web pages and wrapped cells leave them."""
    headers = tuple(
        header.replace(" ", "\n", 1) if place % 3 == 0 else header.replace(" ", "\xa0")
        for place, header in enumerate(table.headers)
    )
    return replace(table, headers=headers)


def _typed_workbook(table: Table) -> bytes:
    """A workbook whose digits are numbers and whose list is on the second of three sheets, below a title."""
    rows = [[float(cell) if cell.isdigit() and len(cell) < 15 else cell or None for cell in row] for row in table.rows]
    sheet = [["Mailing list", *[None] * (len(table.headers) - 1)], [None], list(table.headers), *rows]
    return workbook({"Read me": [["For office use"]], "List": sheet, "Totals": [["Rows", 60.0]]})


OWN_DAMAGES: dict[str, tuple[Change, Write, str]] = {
    "retyped by a spreadsheet": (_retyped, _csv(), ".csv"),
    "groups above": (_groups_above, _csv(), ".csv"),
    "notes below": (_with_notes_below, _csv(), ".csv"),
    "header again": (_header_again, _csv(), ".csv"),
    "odd spaces in headers": (_odd_spaces, _csv(quoting=csv.QUOTE_ALL), ".csv"),
    "typed workbook": (_as_it_is, _typed_workbook, ".xlsx"),
    "mac line ends": (_as_it_is, _csv(end="\r"), ".csv"),
    "utf-16 big-endian": (_as_it_is, lambda table: b"\xfe\xff" + _csv(";", "utf-16-be")(table), ".csv"),
}
"""Damages that came later; kept apart, as the files of the first ones take turns over their names."""
