"""A program of its own that reads one sheet of a workbook: it may run out of memory or time without hurting anybody.

Bounding itself, choosing the sheet, and turning typed cells into text belong here. `workbook` starts it, and judges
what it writes: on standard output a JSON list of cells for each row from row 1, on standard error one last line of
JSON, either what the sheet is (`SheetFacts`) or why it was not read (`{"refused": …}`).

    python -I -m contact_pipeline.landing.workbook_reader BOOK SHEET LIMITS
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from contact_pipeline.landing.header import FIRST_ROWS, known_names
from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.landing.workbook_count import SheetCount, count_sheet
from contact_pipeline.sources.entities import LIST_PEOPLE

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

PLAIN_FROM, PLAIN_TO = 1e-20, 1e21
"""Numbers between these are written without an exponent."""

PROTECTED = "The workbook is protected by a password. Open it in Excel, remove the password, and save it again."
DAMAGED = "The workbook is damaged and cannot be read. Open it in Excel and save it again, or save the list as CSV."
TOO_MUCH_TEXT = "The workbook's sheet holds more text than is taken. Leave out what is not needed, or save it as CSV."
NO_MEMORY = "The workbook needs more memory than a list of people should. Save the list alone as CSV."


def main(arguments: Sequence[str]) -> int:
    """Read `arguments` (path, sheet or nothing, limits as JSON); gives the exit code: 0 read, 3 refused."""
    path, asked, limits = Path(arguments[0]), arguments[1], json.loads(arguments[2])
    restrain(limits["memory"], limits["seconds"], limits["text"])
    try:
        facts = read_sheet(path, asked or None, limits, sys.stdout.buffer)
    except Refused as error:
        return _refuse(str(error))
    except MemoryError:
        return _refuse(NO_MEMORY)
    except OSError:
        return _refuse(TOO_MUCH_TEXT)
    print(json.dumps(facts), file=sys.stderr)  # noqa: T201 (the answer)
    return 0


def _refuse(message: str) -> int:
    print(json.dumps({"refused": message}), file=sys.stderr)  # noqa: T201 (the answer)
    return 3


def restrain(memory: int, seconds: int, text: int) -> None:
    """Bound this process: bytes of memory, seconds of work, bytes of text written; no core dump of people's data."""
    wanted = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: text,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in wanted.items():
        _, hard = resource.getrlimit(limit)
        if hard == resource.RLIM_INFINITY or most <= hard:
            resource.setrlimit(limit, (most, most))


def read_sheet(path: Path, asked: str | None, limits: dict[str, int], out: BinaryIO) -> dict[str, Any]:
    """Write a sheet's rows to `out`.

    Returns:
        The fields of `SheetFacts`.

    Raises:
        Refused: No such sheet, nothing in any, too wide or too long, damaged, or a password is needed.
    """
    sheets, sheet = _chosen(path, asked)
    _check_size(sheet, limits)
    counted = count_sheet(path, sheet.name)
    facts = _write(sheet, counted, out)
    return {"sheet": sheet.name, "others": [name for name in sheets if name != sheet.name], **facts}


def _chosen(path: Path, asked: str | None) -> tuple[list[str], CalamineSheet]:
    """The visible sheets' names, and the sheet asked for, else the first visible one that looks like a list of people,
    else the first that holds something.

    Raises:
        Refused: see `read_sheet`.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_path(path)
        visible, name = _sheet_names(book, asked)
        if name is not None:
            return visible, book.get_sheet_by_name(name)
        found = _list_among(book, visible)
        if found is not None:
            return visible, found
    except PasswordError as error:
        raise Refused(PROTECTED) from error
    except (CalamineError, OSError) as error:
        raise Refused(DAMAGED) from error
    except BaseException as error:
        # A panic inside calamine is no `Exception`; it says that the file is not what it should be.
        if type(error).__name__ == "PanicException":
            raise Refused(DAMAGED) from error
        raise
    raise Refused(f"The workbook holds nothing in any sheet one can see ({_listed(visible)}).")


def _list_among(book: CalamineWorkbook, visible: Sequence[str]) -> CalamineSheet | None:
    """The first sheet with a row of known column names (not the cover, nor the notes), else the first with anything."""
    first = None
    for name in visible:
        sheet = book.get_sheet_by_name(name)
        if sheet.height and _names_columns(sheet):
            return sheet
        if sheet.height and first is None:
            first = sheet
    return first


def _names_columns(sheet: CalamineSheet) -> bool:
    rows = ([cell for cell in row if isinstance(cell, str)] for row in islice(sheet.iter_rows(), FIRST_ROWS))
    return any(known_names(cells, LIST_PEOPLE) >= 2 for cells in rows)


def _sheet_names(book: CalamineWorkbook, asked: str | None) -> tuple[list[str], str | None]:
    """The visible sheets, and the one asked for by its name, whose case does not matter."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    tables = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in tables if sheet.visible == SheetVisibleEnum.Visible]
    if asked is None:
        return visible, None
    wanted = asked.strip().casefold()
    named = [sheet.name for sheet in tables if sheet.name.strip().casefold() == wanted]
    if not named:
        raise Refused(f"The workbook has no sheet {asked!r}. It has: {_listed([sheet.name for sheet in tables])}.")
    return visible, asked if asked in named else named[0]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:20])
    return shown + (f" and {len(names) - 20} more" if len(names) > 20 else "") if names else "none"


def _check_size(sheet: CalamineSheet, limits: dict[str, int]) -> None:
    rows, columns = sheet.total_height, sheet.width
    if rows > limits["rows"] or columns > limits["columns"] or sheet.height * columns > limits["cells"]:
        raise Refused(
            f"The sheet {sheet.name!r} reaches over {rows:,} rows and {columns:,} columns; at most {limits['rows']:,} "
            f"rows, {limits['columns']:,} columns and {limits['cells']:,} cells are taken. Delete what is not needed, "
            "or save the list as CSV."
        )


def _write(sheet: CalamineSheet, counted: SheetCount, out: BinaryIO) -> dict[str, int]:
    """Write the rows, and say where the filled ones and the filled columns are (columns from 0)."""
    first_column = sheet.start[1] if sheet.start else 0
    exact: dict[int, dict[int, str]] = {}
    for (row, column), text in counted.exact.items():
        exact.setdefault(row, {})[column - 1 - first_column] = text
    filled, last, left, right = 0, 0, 1 << 30, 0
    for number, cells in enumerate(_texts(sheet), start=1):
        for place, text in exact.get(number, {}).items():
            if 0 <= place < len(cells):
                cells[place] = text
        places = [place for place, text in enumerate(cells) if text and not text.isspace()]
        if places:
            filled, last = filled + 1, number
            left, right = min(left, places[0]), max(right, places[-1] + 1)
        out.write(json.dumps(cells).encode("ascii") + b"\n")
    out.flush()
    return {
        "filled": filled,
        "last": last,
        "counted_filled": counted.filled,
        "counted_last": counted.last,
        "left": left if filled else 0,
        "right": right,
    }


def _texts(sheet: CalamineSheet) -> Iterator[list[str]]:
    for row in sheet.iter_rows():
        yield [cell if type(cell) is str else text_of(cell) for cell in row]


def text_of(value: object) -> str:
    """What a cell holds, as text; nothing is guessed back that a spreadsheet has lost.

    Whole numbers have no `.0` and none has an exponent (`1.2E+10` is 12000000000); truth is TRUE or FALSE; a day is
    `2026-05-04`, with a time `2026-05-04T12:30:00`; hours beyond a day are `36:00:00`.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dt.date | dt.time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return _hours(value)
    return str(value)


def _number(value: float) -> str:
    text = repr(value)
    if "e" in text and PLAIN_FROM < abs(value) < PLAIN_TO:
        text = format(Decimal(text), "f")
    return text.removesuffix(".0")


def _hours(value: dt.timedelta) -> str:
    seconds = round(abs(value).total_seconds())
    sign = "-" if value < dt.timedelta(0) else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
