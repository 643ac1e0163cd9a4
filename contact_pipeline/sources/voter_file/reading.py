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
from contact_pipeline.sources.voter_file.exempt import Exempt
from contact_pipeline.sources.voter_file.layouts import Reading, read_header
from contact_pipeline.sources.voter_file.survey import Progress, Survey, utf8_pieces
from contact_pipeline.sources.voter_file.tables import voters_select
from contact_pipeline.sources.voter_file.text_file import Tally, TextFormat, record_batches

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BATCHES_AHEAD = 8
ROWS_A_BATCH = 20_000
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
    return Look(
        survey,
        dialect.reading,
        TextFormat(dialect.reading.columns, dialect.delimiter, dialect.quote, header, survey.is_utf8),
    )


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
    tally = Tally()
    batches = record_batches(_told(look, progress), form, tally)
    inserted = _insert(connection, ahead(batches, BATCHES_AHEAD), look.reading, file_number, state)
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
    connection: duckdb.DuckDBPyConnection,
    batches: Iterable[pa.RecordBatch],
    reading: Reading,
    file_number: int,
    state: str,
) -> int:
    """Put batches of clean text into `voter`, exempt voters without what is personal; how many rows there were."""
    import pyarrow as pa

    exempt = Exempt(reading)
    guarded = _Guarded(exempt.marked(batches))
    text = [pa.field(name, pa.string()) for name in reading.columns]
    schema = pa.schema([*text, pa.field("line", pa.int64()), pa.field("protected", pa.bool_())])
    select = voters_select(reading, "arriving", file_number=file_number)
    rows = _insert_from(connection, pa.RecordBatchReader.from_batches(schema, guarded), select, state)
    guarded.check()
    kept = exempt.kept()
    if kept is not None:
        select = f"select $state as voter_state, true as protected, {file_number} as file_number, * from arriving"
        rows += _insert_from(connection, kept, select, state)
    return rows


def _insert_from(connection: duckdb.DuckDBPyConnection, source: Any, select: str, state: str) -> int:
    connection.register("arriving", source)
    try:
        return int(connection.execute(f"insert into voter by name {select}", {"state": state}).fetchall()[0][0])
    finally:
        connection.unregister("arriving")


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
        with connection.cursor() as beside:
            rows = beside.sql(table_file.clean_select(typed)).to_arrow_reader(ROWS_A_BATCH)
            told = _counted(rows, typed.rows, survey, progress)
            inserted = _insert(connection, ahead(told, BATCHES_AHEAD), look.reading, file_number, state)
    finally:
        table_file.close_table(connection)
    return typed.rows, typed.rows - inserted


def _counted(
    batches: Iterable[pa.RecordBatch], rows: int, survey: Survey, progress: Progress
) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in batches:
        yield batch
        done += batch.num_rows
        progress(f"loading {survey.path.name}", survey.size * done // max(rows, 1), survey.size)


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
