"""One look through a file before it is landed: how many records, of which kind, and how old the content is.

The balance of the ledger is struck here: the splitter's records against the independent counter's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contact_pipeline.landing.age import Newest, date_in_name
from contact_pipeline.landing.columns import same_name
from contact_pipeline.landing.count import count_records
from contact_pipeline.landing.dialect import Dialect
from contact_pipeline.landing.judgement import Judged
from contact_pipeline.landing.outcomes import LedgerImbalanceError
from contact_pipeline.landing.shape import judged_records
from contact_pipeline.landing.text import open_text
from contact_pipeline.sources.entities import Entity


@dataclass(frozen=True)
class Survey:
    """What a file holds: `seen` (counted independently) = `accepted` + `quarantined` + `blank`."""

    seen: int
    accepted: int
    quarantined: int
    blank: int
    content_at: datetime | None


def survey_file(path: Path, file_name: str, dialect: Dialect, entity: Entity, *, now: datetime) -> Survey:
    """Judge every record of a file and count them a second way.

    Raises:
        LedgerImbalanceError: The two counts differ.
    """
    seen = count_file(path, dialect)
    with open_text(path, dialect.encoding) as text:
        return tally(judged_records(text, dialect, entity), seen, file_name, dialect, entity, now=now)


def tally(
    records: Iterable[Judged], seen: int, file_name: str, dialect: Dialect, entity: Entity, *, now: datetime
) -> Survey:
    """Add up judged records and hold the sum against `seen`, their number as counted independently.

    Raises:
        LedgerImbalanceError: The two counts differ.
    """
    newest = Newest(now)
    place = _modified_place(dialect, entity)
    accepted = quarantined = blank = 0
    for judged in records:
        if judged.cells is not None:
            accepted += 1
            if place is not None:
                newest.see(judged.cells[place] or "")
        elif judged.reject is not None:
            quarantined += 1
        else:
            blank += 1
    if seen != accepted + quarantined + blank:
        raise LedgerImbalanceError(
            f"Two counts of the records in {file_name} differ: {seen:,} against {accepted + quarantined + blank:,}. "
            "Nothing was loaded. Please report this file's shape; exporting it again may help."
        )
    return Survey(seen, accepted, quarantined, blank, newest.value or date_in_name(file_name))


def count_file(path: Path, dialect: Dialect) -> int:
    """The number of records below and above the header, counted without the splitter."""
    with open_text(path, dialect.encoding) as text:
        counted = count_records(text, delimiter=dialect.delimiter, quote=dialect.quote)
    return counted - (1 if dialect.header_line else 0)


def _modified_place(dialect: Dialect, entity: Entity) -> int | None:
    if entity.modified_column is None:
        return None
    wanted = same_name(entity.modified_column)
    return next((place for place, name in enumerate(dialect.columns) if same_name(name) == wanted), None)
