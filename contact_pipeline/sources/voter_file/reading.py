"""One file's rows into the table being built, whatever kind of file it is.

Choosing the way in and counting what came through belong here; the ways are `text_file`, `sqlite_file`, `table_file`.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from contact_pipeline.landing.outcomes import LedgerImbalanceError
from contact_pipeline.sources.voter_file import sqlite_file, table_file
from contact_pipeline.sources.voter_file.dialect import decide_dialect
from contact_pipeline.sources.voter_file.layouts import Reading, read_header
from contact_pipeline.sources.voter_file.survey import Progress, Survey, utf8_pieces
from contact_pipeline.sources.voter_file.tables import voters_select
from contact_pipeline.sources.voter_file.text_file import Tally, TextFormat, record_batches

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BATCHES_AHEAD = 8
BEGINNING = 1 << 18


@dataclass(frozen=True)
class Look:
    """What one look says of a file: its columns, and for a text how it is written."""

    survey: Survey
    reading: Reading
    form: TextFormat | None
    sqlite: sqlite_file.SqliteTable | None = None
    table: str | None = None


@dataclass(frozen=True)
class FileReport:
    """One file's part in a load. `seen` = `accepted` + `quarantined` + `blank`."""

    file: str
    kind: str
    layout: str
    sha256: str
    bytes: int
    encoding: str
    seen: int
    accepted: int
    quarantined: int
    blank: int
    unknown_columns: tuple[str, ...]
    missing_columns: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as JSON's types."""
        return asdict(self)


def look_into(connection: duckdb.DuckDBPyConnection, survey: Survey, *, layout: str | None, table: str | None) -> Look:
    """Decide how a file is read.

    Raises:
        Refused: No layout fits, or the table cannot be told.
    """
    if survey.kind == "text":
        return _look_into_text(survey, layout)
    if survey.kind == "sqlite":
        found = sqlite_file.find_table(survey.path, table)
        reading = read_header(list(found.columns), layout)
        form = TextFormat(reading.columns, sqlite_file.DELIMITER, "", 0)
        return Look(survey, reading, form, found)
    typed = table_file.open_table(connection, survey.path, survey.kind, layout=layout, table=table)
    table_file.close_table(connection)
    return Look(survey, typed.reading, None, table=table)


def _look_into_text(survey: Survey, layout: str | None) -> Look:
    beginning = b"".join(islice(utf8_pieces(survey), 1))[:BEGINNING].decode("utf-8", "replace")
    dialect = decide_dialect(beginning, layout)
    lines = beginning.split("\n")
    header = 1 + next(number for number, line in enumerate(lines) if line.strip()) if dialect.header else 0
    return Look(survey, dialect.reading, TextFormat(dialect.reading.columns, dialect.delimiter, dialect.quote, header))


def read_file(
    connection: duckdb.DuckDBPyConnection, look: Look, file_number: int, *, state: str, progress: Progress
) -> FileReport:
    """Put a file's rows into `voter` and what does not fit into `reject`.

    Raises:
        Refused: Too many lines do not fit.
        LedgerImbalanceError: A row is not accounted for.
    """
    if look.form is not None:
        seen, blank = _read_text(connection, look, look.form, file_number, state, progress)
    else:
        seen, blank = _read_typed(connection, look, file_number, state, progress)
    reading, survey = look.reading, look.survey
    return FileReport(
        survey.path.name, survey.kind, reading.layout.name, survey.sha256, survey.size, survey.encoding, seen,
        accepted=seen - blank, quarantined=0, blank=blank, unknown_columns=reading.unknown,
        missing_columns=reading.missing,
    )  # fmt: skip


def _read_text(
    connection: duckdb.DuckDBPyConnection,
    look: Look,
    form: TextFormat,
    file_number: int,
    state: str,
    progress: Progress,
) -> tuple[int, int]:
    import pyarrow as pa

    tally = Tally()
    guarded = _Guarded(ahead(record_batches(_told(look, progress), form, tally), BATCHES_AHEAD))
    schema = pa.schema([*((name, pa.string()) for name in form.columns), ("line", pa.int64())])
    inserted = _insert(connection, pa.RecordBatchReader.from_batches(schema, guarded), look.reading, file_number, state)
    guarded.check()
    if inserted != tally.accepted:
        raise LedgerImbalanceError(f"{tally.accepted:,} records were accepted, but {inserted:,} arrived.")
    if look.sqlite is not None and tally.seen != look.sqlite.rows:
        raise LedgerImbalanceError(f"The table has {look.sqlite.rows:,} rows, but {tally.seen:,} were seen.")
    _put_aside(connection, tally, file_number, state)
    return tally.seen, tally.blank


def _told(look: Look, progress: Progress) -> Iterator[bytes]:
    """The text's pieces, with word of how far we are."""
    survey, done = look.survey, 0
    pieces = utf8_pieces(survey) if look.sqlite is None else sqlite_file.lines_of(look.sqlite)
    for piece in pieces:
        yield piece
        done = min(done + len(piece), survey.size)
        progress(f"loading {survey.path.name}", done, survey.size)


def _insert(
    connection: duckdb.DuckDBPyConnection, rows: pa.RecordBatchReader, reading: Reading, file_number: int, state: str
) -> int:
    connection.register("arriving", rows)
    try:
        select = voters_select(reading, "arriving", file_number=file_number)
        done = connection.execute(f"insert into voter by name {select}", {"state": state}).fetchall()
    finally:
        connection.unregister("arriving")
    return int(done[0][0])


def _put_aside(connection: duckdb.DuckDBPyConnection, tally: Tally, file_number: int, state: str) -> None:
    import pyarrow as pa

    if not tally.rejects:
        return
    lines, reasons, texts = zip(*tally.rejects, strict=True)
    aside = pa.table({"line": pa.array(lines, pa.int64()), "reason": list(reasons), "raw": list(texts)})
    connection.register("aside", aside)
    connection.execute("insert into reject select $1, $2, line, reason, raw from aside", [state, file_number])
    connection.unregister("aside")


def _read_typed(
    connection: duckdb.DuckDBPyConnection, look: Look, file_number: int, state: str, progress: Progress
) -> tuple[int, int]:
    """Rows seen, and how many of them hold nothing at all."""
    survey, layout = look.survey, look.reading.layout.name
    progress(f"loading {survey.path.name}", 0, survey.size)
    typed = table_file.open_table(connection, survey.path, survey.kind, layout=layout, table=look.table)
    try:
        filled = "coalesce(" + ", ".join(f'"{name}"' for name in look.reading.columns) + ") is not null"
        source = f"(select * from {table_file.clean_select(typed)} where {filled})"
        select = voters_select(look.reading, source, file_number=file_number)
        done = connection.execute(f"insert into voter by name {select}", {"state": state}).fetchall()
    finally:
        table_file.close_table(connection)
    progress(f"loading {survey.path.name}", survey.size, survey.size)
    return typed.rows, typed.rows - int(done[0][0])


class _Guarded:
    """Batches for DuckDB; what goes wrong while making them is raised by `check`, in its own words and kind."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = batches
        self._error: BaseException | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._batches
        except BaseException as error:
            self._error = error

    def check(self) -> None:
        """Raise what went wrong, if anything did."""
        if self._error is not None:
            raise self._error


_END = object()


def ahead(items: Iterable[Any], depth: int) -> Iterator[Any]:
    """The same items, made by a thread of their own up to `depth` ahead of their use.

    Whatever the making raises is raised here. A consumer that stops early stops the thread.
    """
    waiting: queue.Queue[Any] = queue.Queue(maxsize=depth)
    stopped = threading.Event()

    def put(item: Any) -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            for item in items:
                if not put((item, None)):
                    return
            put((_END, None))
        except BaseException as error:
            put((_END, error))

    thread = threading.Thread(target=make, name="voter-file-reader", daemon=True)
    thread.start()
    try:
        while True:
            item, error = waiting.get()
            if error is not None:
                raise error
            if item is _END:
                return
            yield item
    finally:
        stopped.set()
        thread.join()
