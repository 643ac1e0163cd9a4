"""How a file is written: encoding, delimiter, quotes, header, columns, and the evidence for each.

Bringing the decisions together and refusing what is no list belong here; each decision has its own module.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from contact_pipeline.landing.columns import told_apart, unnamed
from contact_pipeline.landing.delimiter import Reading, decide_delimiter, quote_mark
from contact_pipeline.landing.encoding import decide_encoding
from contact_pipeline.landing.header import filled, holds_email, known_names, missing_required
from contact_pipeline.landing.kinds import refuse_other_kinds, refuse_other_texts
from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.landing.records import Record, split_records
from contact_pipeline.landing.text import DECODE_ERRORS, Bytes, text_of
from contact_pipeline.sources.entities import Entity

SAMPLE_BYTES = 1 << 20
MOST_COLUMNS = 2_000
LONGEST_NAME = 2_000
SHOWN_NAMES = 8
PROSE_WORDS = 4


@dataclass(frozen=True)
class Dialect:
    """How one file is written.

    Attributes:
        encoding: A Python codec that decodes the whole file, mark included (`utf-8-sig`, `utf-16`, `cp1252`).
        bom: Whether the file begins with a byte-order mark.
        delimiter: The character between cells.
        quote: The mark round quoted cells.
        header: Whether the file names its columns; if not they are `column_1`, `column_2` ….
        columns: The names of all columns, no two alike.
        header_line: The physical line (from 1) the header starts on; 0 without one.
        all_quoted: Whether every cell is quoted, as Givebutter's exports are (sources.md 2.1).
        evidence: Why, by subject: encoding, delimiter, header.
    """

    encoding: str
    bom: bool
    delimiter: str
    quote: str
    header: bool
    columns: tuple[str, ...]
    header_line: int = 0
    all_quoted: bool = False
    evidence: dict[str, str] = field(default_factory=dict)


def decide_dialect(
    data: Bytes,
    entity: Entity,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
) -> Dialect:
    """How a file is written; what somebody asks for is checked, the rest is decided.

    Args:
        data: All bytes of the file.
        entity: What it is meant to hold; its required columns must be in the header.
        encoding: An encoding to use.
        delimiter: A delimiter to use, one character or its name.
        header: Whether there is a header.

    Raises:
        Refused: The file is empty, no CSV, lacks required columns, or cannot be what was asked for.
    """
    if len(data) == 0:
        raise Refused("The file is empty (0 bytes). Export or copy it again.")
    refuse_other_kinds(data[:64])
    found = decide_encoding(data, encoding)
    sample = _sample(data, found.name)
    if not sample.strip("\ufeff \t\r\n\x00"):
        raise Refused("The file holds nothing but blank lines. Export or copy it again.")
    if delimiter is None:
        refuse_other_texts(sample[:2_000])
    quote = quote_mark(sample)
    reading, why = decide_delimiter(sample, quote, entity, asked=delimiter, header=header)
    if delimiter is None:
        _refuse_prose(reading, entity)
    columns = columns_of_reading(reading, entity, said_none=header is False)
    columns = _with_spare_column(data, found.name, reading, quote, columns)
    index = reading.header.place
    return Dialect(
        encoding=found.name,
        bom=found.bom,
        delimiter=reading.delimiter,
        quote=quote,
        header=index is not None,
        columns=columns,
        header_line=0 if index is None else reading.rows[index].line,
        all_quoted=_all_quoted(reading, quote),
        evidence={"encoding": found.evidence, "delimiter": why, "header": reading.header.evidence},
    )


def _sample(data: Bytes, encoding: str) -> str:
    """The beginning of the file as text, cut after its last whole line."""
    decoder = codecs.getincrementaldecoder(encoding)(DECODE_ERRORS)
    whole = len(data) <= SAMPLE_BYTES
    text = decoder.decode(data[:SAMPLE_BYTES], whole)
    if whole:
        return text
    cut = max(text.rfind("\n"), text.rfind("\r"))
    return text[: cut + 1] if cut > 0 else text


def _refuse_prose(reading: Reading, entity: Entity) -> None:
    """Refuse text that no delimiter cuts into a table.

    Raises:
        Refused: No known column name, and too few rows have as many cells as the header; or one column of sentences.
    """
    rows = [row.fields for row in reading.rows if row.fields and filled(row.fields)]
    if reading.known or entity.required or any(holds_email(row) for row in rows[:50]):
        return
    regular = reading.width <= 1 or len(rows) < 5 or reading.consistency >= 0.3
    if regular and _words_per_cell(rows) < PROSE_WORDS:
        return
    raise Refused(
        "This does not look like a list: no delimiter (comma, semicolon, tab, vertical bar) cuts its lines into "
        "columns, and no column name is known. If it is one, name the delimiter."
    )


def _words_per_cell(rows: Sequence[Sequence[str]]) -> float:
    """The average number of words in a cell that holds any: one to three in lists of people, many in letters."""
    counts = [len(cell.split()) for row in rows for cell in row if cell.strip()]
    return sum(counts) / len(counts) if counts else 0.0


def columns_of_reading(reading: Reading, entity: Entity, *, said_none: bool = False) -> tuple[str, ...]:
    """The columns' names; `said_none` is the sender's word that there is no header, which settles it.

    Raises:
        Refused: Too many columns, an unreadable header, or required columns are missing.
    """
    if reading.width > MOST_COLUMNS:
        raise Refused(
            f"The file has {reading.width:,} columns; at most {MOST_COLUMNS:,} are taken. Check the delimiter, or "
            "leave columns out of the export."
        )
    index = reading.header.place
    if index is None:
        _refuse_without_header(reading.rows, entity, said_none=said_none)
        return tuple(unnamed(position) for position in range(1, max(reading.width, 1) + 1))
    _refuse_damaged_header(reading.rows[:index], entity)
    cells = reading.rows[index].fields or []
    if any(len(cell) > LONGEST_NAME or "\x00" in cell for cell in cells):
        raise Refused("A column name in the header is damaged (very long, or with NUL bytes). Export the file again.")
    missing = missing_required(cells, entity)
    if missing:
        raise Refused(_missing_message(cells, missing, entity))
    return told_apart(cells)


def _refuse_without_header(rows: Sequence[Record], entity: Entity, *, said_none: bool) -> None:
    """A row of column names and data in one is a header that lost its line end, or a damaged one."""
    first = next((row for row in rows if row.fields is None or filled(row.fields)), None)
    if not said_none and first is not None and known_names(_rough_cells(first), entity) >= 3:
        raise Refused(
            f"The header on line {first.line} is damaged: it runs into the first record or has a stray quote mark. "
            "Correct it or export again."
        )
    if entity.required:
        raise Refused(
            f"A file of {entity.key} must name its columns in the first line; without a header it cannot be read. "
            f"Needed: {', '.join(entity.required)}."
        )


def _refuse_damaged_header(before: Sequence[Record], entity: Entity) -> None:
    """A damaged line above the header we found may be the real header."""
    for row in before:
        if row.fields is None and known_names(_rough_cells(row), entity) >= 2:
            raise Refused(f"The header on line {row.line} cannot be read: {row.problem}. Correct it or export again.")


def _rough_cells(row: Record) -> list[str]:
    """The cells of a row that may be damaged, roughly."""
    return row.fields if row.fields is not None else re.split("[,;\t|]", row.raw.replace('"', ""))


def _missing_message(cells: Sequence[str], missing: Sequence[str], entity: Entity) -> str:
    known = {name.strip().lower() for name in entity.columns}
    unexpected = [cell.strip() for cell in cells if cell.strip() and cell.strip().lower() not in known]
    shown = [repr(name[:60]) for name in unexpected[:SHOWN_NAMES] if not holds_email([name])]
    more = f" and {len(unexpected) - len(shown)} more" if len(unexpected) > len(shown) else ""
    return (
        f"This is not a file of {entity.key}. Missing columns: {', '.join(repr(name) for name in missing)}. "
        f"Unexpected columns: {', '.join(shown) + more if unexpected else 'none'}. "
        "Check that the right export was chosen, or send it as the source it comes from."
    )


def _all_quoted(reading: Reading, quote: str) -> bool:
    """Whether nearly every row of the sample quotes every cell."""
    rows = [row for row in reading.rows if row.fields and filled(row.fields)]
    quoted = sum(1 for row in rows if fully_quoted(row.raw, row.fields or [], reading.delimiter, quote))
    return bool(rows) and quoted >= 0.95 * len(rows)


def fully_quoted(raw: str, fields: Sequence[str], delimiter: str, quote: str) -> bool:
    """Whether every cell of the record stands in quotes."""
    cells = (quote + cell.replace(quote, quote * 2) + quote for cell in fields)
    return raw.lstrip("\ufeff") == delimiter.join(cells)


def _with_spare_column(
    data: Bytes, encoding: str, reading: Reading, quote: str, columns: tuple[str, ...]
) -> tuple[str, ...]:
    """The columns, with an unnamed one more where every record ends with a delimiter and the header does not.

    Also the other way round: without the header's last, empty cell where no record has it. It takes every record of
    the file, and two of them at least: a single record with an empty cell too many is damaged, not wider.
    """
    index = reading.header.place
    if index is None:
        return columns
    wider = _every_record(reading.rows[index + 1 :], len(columns) + 1, last_empty=True)
    nameless = len(columns) > 1 and not (reading.rows[index].fields or [""])[-1].strip()
    narrower = nameless and _every_record(reading.rows[index + 1 :], len(columns) - 1, last_empty=False)
    if not wider and not narrower:
        return columns
    width = len(columns) + (1 if wider else -1)
    records = split_records(text_of(data, encoding), delimiter=reading.delimiter, quote=quote)
    if not _every_record(islice(records, index + 1, None), width, last_empty=wider):
        return columns
    return told_apart((*columns, "")) if wider else columns[:-1]


def _every_record(records: Iterable[Record], width: int, *, last_empty: bool) -> bool:
    count = 0
    for record in records:
        if record.fields is None or not filled(record.fields):
            continue
        if len(record.fields) != width or (last_empty and record.fields[-1].strip()):
            return False
        count += 1
    return count >= 2
