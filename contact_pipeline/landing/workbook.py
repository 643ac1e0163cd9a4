"""Workbooks (.xlsx, .xlsm): one sheet of them becomes records, as a CSV's lines do.

Guarding against hostile archives, running `workbook_reader` within limits, and finding the header belong here. What
lands is the workbook itself; its cells are judged and counted as those of any file. Macros are never run, links never
followed. Excel's older and other formats are refused: their rows could not be counted a second way.
"""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from contact_pipeline.landing.delimiter import SAMPLE_ROWS, Reading
from contact_pipeline.landing.dialect import MOST_COLUMNS, Dialect, columns_of_reading
from contact_pipeline.landing.header import find_header, known_names
from contact_pipeline.landing.judgement import Judged
from contact_pipeline.landing.outcomes import LedgerImbalanceError, Refused
from contact_pipeline.landing.records import Record
from contact_pipeline.landing.shape import judged_rows
from contact_pipeline.landing.survey import Survey, tally
from contact_pipeline.sources.entities import Entity

ARCHIVE = b"PK\x03\x04"


@dataclass(frozen=True)
class Limits:
    """How much a workbook may be. Memory, text and unpacked sizes in bytes.

    Excel itself has at most 1,048,576 rows; calamine does not hold a file to that (engineering notes: 4.2 MB became
    2.4 GB). A sheet of people packs some 10 to 20 times, one repeated row some 100 times.
    """

    memory: int = 2 << 30
    seconds: int = 120
    text: int = 2 << 30
    rows: int = 1_048_576
    columns: int = MOST_COLUMNS
    cells: int = 20_000_000
    parts: int = 5_000
    unpacked: int = 1 << 30
    ratio: int = 200
    small: int = 10 << 20
    """Parts up to this size may have any ratio."""


LIMITS = Limits()


@dataclass(frozen=True)
class SheetFacts:
    """What the reader says of a sheet.

    Attributes:
        sheet: Its name.
        others: The other sheets one can see.
        filled: Rows that hold something, as calamine reads them; `counted_filled` as the XML has them.
        last: The last of them, from 1; `counted_last` as the XML has it.
        left: The first column that holds something among the cells handed over, from 0.
        right: The column after the last one that does.
    """

    sheet: str
    others: list[str]
    filled: int
    last: int
    counted_filled: int
    counted_last: int
    left: int
    right: int


@dataclass(frozen=True)
class OpenSheet:
    """A sheet that was read, its rows waiting in a file without a name."""

    facts: SheetFacts
    _spool: BinaryIO = field(repr=False)

    def records(self) -> Iterator[Record]:
        """Every row down to the last filled one; a record's line is the sheet's row number."""
        self._spool.seek(0)
        for number, line in enumerate(islice(self._spool, self.facts.last), start=1):
            cells: list[str] = json.loads(line)[self.facts.left : self.facts.right]
            yield Record(number, cells, _as_line(cells))


@dataclass(frozen=True)
class WorkbookReading:
    """A workbook as it will be loaded; `content_sha256` is of its sheet's name and cells."""

    facts: SheetFacts
    dialect: Dialect
    survey: Survey
    content_sha256: str


def is_archive(path: Path) -> bool:
    """Whether a file begins as workbooks do."""
    with path.open("rb") as stream:
        return stream.read(len(ARCHIVE)) == ARCHIVE


def read_workbook(
    path: Path,
    file_name: str,
    entity: Entity,
    *,
    sheet: str | None,
    header: bool | None,
    now: datetime,
    limits: Limits = LIMITS,
) -> WorkbookReading:
    """Choose a workbook's sheet and header, judge every row, and count them a second way.

    Args:
        path: The workbook.
        file_name: What it is called.
        entity: What it is meant to hold.
        sheet: The name of a sheet; None for the first one that holds something and is not hidden.
        header: Whether there is a header; None to decide.
        now: The present, UTC.
        limits: How much it may be.

    Raises:
        Refused: It is no workbook, is damaged or protected, holds nothing, or exceeds a limit.
        LedgerImbalanceError: The two counts differ.
    """
    with open_sheet(path, sheet, limits=limits) as opened:
        facts = opened.facts
        if (facts.filled, facts.last) != (facts.counted_filled, facts.counted_last):
            raise LedgerImbalanceError(
                f"Two counts of the rows in {file_name} differ: {facts.counted_filled:,} against {facts.filled:,}. "
                "Nothing was loaded. Opening the workbook and saving it again may help; so may saving it as CSV."
            )
        dialect = _dialect(opened, entity, header)
        judged = judged_rows(opened.records(), dialect, entity)
        seen = facts.counted_last - (1 if dialect.header else 0)
        survey = tally(judged, seen, file_name, dialect, entity, now=now)
        return WorkbookReading(facts, dialect, survey, _content_hash(opened))


def sheet_records(path: Path, sheet: str, dialect: Dialect, entity: Entity) -> Iterator[Judged]:
    """Every row of a landed workbook's sheet but its header, judged as it was when it landed."""
    with open_sheet(path, sheet) as opened:
        yield from judged_rows(opened.records(), dialect, entity)


@contextmanager
def open_sheet(path: Path, sheet: str | None, *, limits: Limits = LIMITS) -> Iterator[OpenSheet]:
    """Read a sheet in a process of its own.

    Its rows wait in a file that has no name and is gone with this process.

    Raises:
        Refused: See `read_workbook`.
    """
    _guard(path, limits)
    with tempfile.TemporaryFile(dir=path.parent) as spool:
        yield OpenSheet(_run_reader(path, sheet, limits, spool), spool)


def _run_reader(path: Path, sheet: str | None, limits: Limits, spool: BinaryIO) -> SheetFacts:
    command = [sys.executable, "-I", "-m", f"{__package__}.workbook_reader", str(path), sheet or ""]
    try:
        done = subprocess.run(
            [*command, json.dumps(asdict(limits))],
            stdin=subprocess.DEVNULL,
            stdout=spool,
            stderr=subprocess.PIPE,
            timeout=limits.seconds,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(
            f"The workbook could not be read within {limits.seconds} seconds. Save the list alone as CSV."
        ) from error
    if done.returncode < 0:
        raise Refused(
            "Reading the workbook took more memory or time than a list of people should, and was stopped. "
            "Save the list alone as CSV."
        )
    answer = (done.stderr.splitlines() or [b""])[-1]
    if done.returncode not in (0, 3) or not answer.startswith(b"{"):
        raise RuntimeError(f"The workbook reader ended with code {done.returncode}; is python-calamine installed?")
    told = json.loads(answer)
    if "refused" in told:
        raise Refused(told["refused"])
    return SheetFacts(**told)


def _guard(path: Path, limits: Limits) -> None:
    """Look at the archive's list of parts before anything is unpacked.

    Raises:
        Refused: It is no workbook we read, or unpacks to more than a list of people.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused(
            "The file begins like an Excel workbook or a zip archive but is damaged or cut off. Copy or save it again."
        ) from error
    names = [part.filename.lower() for part in parts]
    if len(parts) > limits.parts or sum(part.file_size for part in parts) > limits.unpacked:
        raise Refused(_TOO_LARGE)
    _refuse_other_archives(set(names))
    if len(set(names)) != len(names):
        raise Refused("The workbook holds two parts of one name, which no spreadsheet program writes. It was not read.")
    for part in parts:
        if part.flag_bits & 1:
            raise Refused("The archive is protected by a password. Remove the password and save it again.")
        if part.file_size > limits.small and part.file_size > limits.ratio * max(1, part.compress_size):
            raise Refused(_TOO_LARGE)


_TOO_LARGE = (
    "The workbook would unpack to far more than a list of people holds, so it was not opened. If it is one, save the "
    "list alone as CSV."
)

_OTHER_ARCHIVES = (
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb). Save it as an Excel workbook (.xlsx) or as CSV."),
    ("word/document.xml", "a Word document. Send the list itself, as an Excel workbook (.xlsx) or as CSV."),
    ("index/document.iwa", "an Apple Numbers or Pages document. Export it as an Excel workbook (.xlsx) or as CSV."),
    ("content.xml", "an OpenDocument file. Save it as an Excel workbook (.xlsx) or as CSV."),
)


def _refuse_other_archives(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    for name, what in _OTHER_ARCHIVES:
        if name in names:
            raise Refused(f"This is {what}")
    raise Refused("This is a zip archive, not a list. Unpack it first and send the files in it.")


def _dialect(opened: OpenSheet, entity: Entity, asked: bool | None) -> Dialect:
    """Where the header is and what the columns are called; decided as for a CSV (`find_header`)."""
    rows = list(islice(opened.records(), SAMPLE_ROWS))
    header = find_header(rows, entity, asked)
    width = opened.facts.right - opened.facts.left
    cells = rows[header.place].fields or [] if header.place is not None else []
    reading = Reading(",", rows, header, width, 1.0, known_names(cells, entity), 0.0)
    return Dialect(
        encoding="utf-8",
        bom=False,
        delimiter=",",
        quote='"',
        header=header.place is not None,
        columns=columns_of_reading(reading, entity),
        header_line=0 if header.place is None else rows[header.place].line,
        evidence={"sheet": opened.facts.sheet, "header": header.evidence},
    )


def _content_hash(opened: OpenSheet) -> str:
    digest = hashlib.sha256(json.dumps(opened.facts.sheet).encode())
    for record in opened.records():
        digest.update(b"\n" + record.raw.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


class _Line:
    """Takes what the CSV writer writes."""

    text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def _as_line(cells: list[str]) -> str:
    """The row as CSV without a line end: what a reject shows."""
    line = _Line()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.text
