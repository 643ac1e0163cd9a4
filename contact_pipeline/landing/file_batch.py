"""Making the batch of one file: how it is read, what it holds, what it is called.

Bringing reading, counting and naming together belongs here, for texts and for workbooks. Keeping bytes is `store`'s.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from contact_pipeline.landing.dialect import Dialect, decide_dialect
from contact_pipeline.landing.files import Copied
from contact_pipeline.landing.letters import GUESSED, NOTHING_FITS
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.landing.survey import Survey, survey_file
from contact_pipeline.landing.text import Bytes, mapped
from contact_pipeline.landing.workbook import is_archive, read_workbook
from contact_pipeline.sources.entities import Entity


@dataclass(frozen=True)
class Asked:
    """What somebody said about how a file is written; None leaves it to be decided."""

    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    sheet: str | None = None

    @property
    def anything(self) -> bool:
        """Whether anything was asked for."""
        return self != Asked()


def batch_of_file(
    file_name: str, copy: Path, copied: Copied, entity: Entity, asked: Asked, now: datetime, full: bool | None
) -> tuple[Batch, str]:
    """The batch a file would be, and what else to tell the sender.

    Workbooks are taken where a source has no format of its own (lists, behaviour), not as a platform's export: a
    spreadsheet program has already rewritten what it holds.

    Raises:
        Refused: See `decide_dialect` and `read_workbook`.
        LedgerImbalanceError: Two counts of its records differ.
    """
    if not is_snapshot(entity) and is_archive(copy):
        return _workbook_batch(file_name, copy, copied, entity, asked, now, full)
    return _text_batch(file_name, copy, copied, entity, asked, now, full), ""


def _text_batch(
    file_name: str, copy: Path, copied: Copied, entity: Entity, asked: Asked, now: datetime, full: bool | None
) -> Batch:
    """The batch of a text file.

    Raises:
        Refused: See `decide_dialect`; or a sheet was asked for.
    """
    if asked.sheet is not None:
        raise Refused("A sheet was asked for, but this is no workbook. Leave --sheet out.")
    with mapped(copy) as data:
        dialect = decide_dialect(data, entity, encoding=asked.encoding, delimiter=asked.delimiter, header=asked.header)
        plain = dialect if not asked.anything else _decided_alone(data, entity)
    survey = survey_file(copy, file_name, dialect, entity, now=now)
    as_usual = plain is not None and _reading(dialect) == _reading(plain)
    batch_id = _batch_id(entity, copied.sha256, None if as_usual else _reading(dialect))
    return batch_of_survey(file_name, copied, entity, dialect, survey, now, full, batch_id=batch_id)


def _workbook_batch(
    file_name: str, copy: Path, copied: Copied, entity: Entity, asked: Asked, now: datetime, full: bool | None
) -> tuple[Batch, str]:
    """The batch of a workbook's sheet, and what to tell of the other sheets; see `read_workbook` for what it raises.

    Its id comes from the bytes, the sheet's name and the header's place.
    """
    reading = read_workbook(copy, file_name, entity, sheet=asked.sheet, header=asked.header, now=now)
    batch_id = _batch_id(entity, copied.sha256, (reading.facts.sheet, reading.dialect.header_line))
    batch = replace(
        batch_of_survey(file_name, copied, entity, reading.dialect, reading.survey, now, full, batch_id=batch_id),
        stored=f"{entity.source}/{entity.name}/{batch_id}.xlsx",
        content_sha256=reading.content_sha256,
        encoding=None,
        delimiter=None,
        sheet=reading.facts.sheet,
    )
    others = ", ".join(repr(name) for name in reading.facts.others[:10])
    unread = f"; not read: {others} (--sheet NAME reads one)" if others else ""
    return batch, f" Read from the sheet {batch.sheet!r}{unread}."


def _decided_alone(data: Bytes, entity: Entity) -> Dialect | None:
    """How the file would be read if nobody had said anything; None where it would be refused."""
    try:
        return decide_dialect(data, entity)
    except Refused:
        return None


def _batch_id(entity: Entity, sha256: str, how: tuple[object, ...] | None) -> str:
    """From the content, and from how it was read where somebody had it read otherwise, or it holds several sheets."""
    content = f"{entity.key}\n{sha256}\n{'' if how is None else repr(how)}"
    return f"{entity.key}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def _reading(dialect: Dialect) -> tuple[object, ...]:
    return (dialect.encoding, dialect.delimiter, dialect.quote, dialect.header_line)


def batch_of_survey(
    file_name: str,
    copied: Copied,
    entity: Entity,
    dialect: Dialect,
    survey: Survey,
    now: datetime,
    full: bool | None,
    *,
    batch_id: str,
) -> Batch:
    """The batch of a file that was read as `dialect` says and counted; `full` is None for what is usual."""
    return Batch(
        batch_id=batch_id,
        source=entity.source,
        entity=entity.name,
        kind="file",
        file_name=file_name,
        stored=f"{entity.source}/{entity.name}/{batch_id}.csv",
        sha256=copied.sha256,
        content_sha256=copied.sha256,
        bytes=copied.size,
        arrived_at=now,
        content_at=survey.content_at,
        encoding=dialect.encoding,
        delimiter=dialect.delimiter,
        header=dialect.header,
        columns=dialect.columns,
        full=is_snapshot(entity) if full is None else full,
        cursor=None,
        status="landed",
        seen=survey.seen,
        accepted=survey.accepted,
        quarantined=survey.quarantined,
        blank=survey.blank,
        quote=dialect.quote,
        header_line=dialect.header_line,
        all_quoted=dialect.all_quoted,
        evidence=dialect.evidence,
    )


def encoding_is_guessed(batch: Batch) -> bool:
    """Whether nothing in a file says how its letters are written."""
    return any(word in batch.evidence.get("encoding", "") for word in (GUESSED, NOTHING_FITS))


def is_snapshot(entity: Entity) -> bool:
    """Whether a file of the entity is usually the whole of it: an export is, a list of people is one list of many."""
    return entity.id_column is not None
