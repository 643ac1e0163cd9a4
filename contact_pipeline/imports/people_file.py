"""Files for people: tables that are safe to open in a spreadsheet program, and come back as they left (decision 36).

Writing cells so that no program takes one for a formula, a number or a day belongs here, and taking the mark off again.
What stands in a report belongs to `reports`. Machine files, which a platform reads, are byte-exact: not written here.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, Final

MARK: Final = "'"
"""Stands before a cell of a CSV file that a spreadsheet program would take for something else than text."""

RISKY: Final = frozenset("=+-@\t\r\n\0＝＋－＠|%")
"""First characters (after blanks) of what some program takes for a formula or a command."""

RETYPED: Final = re.compile(
    r"0[0-9]+|[0-9]{12,}|[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+|[0-9]{1,4}[-/.: ][0-9]{1,2}(?:[-/.: ][0-9]{1,4})?"
    r"|\([0-9]+\)|true|false",
    re.IGNORECASE,
)
"""Cells a program changes when it opens a CSV file: zeros it drops, long numbers it rounds, days and hours it sees."""

LONGEST_CELL: Final = 32_767
MOST_ROWS: Final = 1_048_576
WIDEST: Final = 60
"""What a workbook holds: characters of a cell, rows of a sheet; and the widest a column is shown."""

Row = Sequence[str | None]


class TooLargeForWorkbook(ValueError):
    """A workbook cannot hold this; the message says what, and what to do."""


def marked(text: str) -> str:
    """A cell as a CSV file for people holds it; `unmarked` gives the text back, whatever it is."""
    risky = text[:1] == MARK or text.lstrip(" \xa0")[:1] in RISKY or RETYPED.fullmatch(text.strip())
    return MARK + text if text and risky else text


def unmarked(text: str) -> str:
    """The text of a cell that `marked` made."""
    return text[1:] if text[:1] == MARK else text


def write_csv(path: Path, header: Row, rows: Iterable[Row]) -> None:
    """A CSV file with marked cells, as spreadsheet programs open it without being asked: UTF-8 with its mark, CRLF."""
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8-sig", newline="", errors="backslashreplace") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow([marked(cell or "") for cell in header])
        writer.writerows([marked(cell or "") for cell in row] for row in rows)
    part.replace(path)


def write_workbook(path: Path, sheets: Iterable[tuple[str, Row, Iterable[Row]]]) -> None:
    """A workbook whose cells are text, every one of them, in memory that does not grow with its rows.

    Args:
        path: Where; it appears whole or not at all.
        sheets: Name, header and rows of each.

    Raises:
        TooLargeForWorkbook: A cell or a sheet is more than a workbook holds; nothing was written.
    """
    import xlsxwriter

    part = path.with_name(f"{path.name}.part")
    try:
        with xlsxwriter.Workbook(part, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
            head = book.add_format({"bold": True, "bg_color": "#EDEDED"})
            text = book.add_format({"num_format": "@", "valign": "top"})
            for name, header, rows in sheets:
                sheet = book.add_worksheet(name)
                sheet.freeze_panes(1, 0)
                sheet.set_column(0, len(header) - 1, 22, text)
                for number, row in enumerate(chain([header], rows)):
                    _write_row(sheet, number, row, text if number else head)
    except BaseException:
        with suppress(FileNotFoundError):
            part.unlink()
        raise
    part.replace(path)


def _write_row(sheet: Any, number: int, row: Row, form: Any) -> None:
    if number >= MOST_ROWS:
        raise TooLargeForWorkbook(f"A workbook holds {MOST_ROWS:,} rows: write the report as CSV (--format csv).")
    for place, cell in enumerate(row):
        if cell is None or cell == "":
            continue
        if len(cell) > LONGEST_CELL:
            raise TooLargeForWorkbook(
                f"Line {number + 1} has a cell of {len(cell):,} characters, a workbook's hold {LONGEST_CELL:,}: write "
                "the report as CSV (--format csv)."
            )
        sheet.write_string(number, place, cell, form)
