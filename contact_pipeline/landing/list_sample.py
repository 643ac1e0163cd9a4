"""A sample of a list's records, for deciding what its columns are: read exactly as the list would be loaded.

Reading the sample belongs here. What it means belongs to `sources.list_file`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from contact_pipeline.landing.file_batch import Asked, batch_of_file
from contact_pipeline.landing.files import copy_and_hash
from contact_pipeline.landing.judgement import Cells, Judged
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.shape import judged_records
from contact_pipeline.landing.text import open_text
from contact_pipeline.landing.workbook import sheet_records
from contact_pipeline.sources.entities import LIST_PEOPLE, Entity

SAMPLE_RECORDS = 2_000
"""Accepted records looked at: enough for the rarest form, few enough that a large list costs no more than a small."""

TOLD = "told"
"""Key of a batch's evidence: what else its sender should know, as which sheet of a workbook was read."""


@dataclass(frozen=True)
class Sample:
    """Some records of a list: its columns, whether the file names them, and the cells in the columns' order."""

    columns: tuple[str, ...]
    header: bool
    rows: tuple[Cells, ...]


def sample_of_batch(path: Path, batch: Batch, entity: Entity = LIST_PEOPLE) -> Sample:
    """The first accepted records of a batch whose bytes lie at `path`."""
    accepted = (judged.cells for judged in file_records(path, batch, entity) if judged.cells is not None)
    return Sample(batch.columns, batch.header, tuple(islice(accepted, SAMPLE_RECORDS)))


def file_records(path: Path, batch: Batch, entity: Entity = LIST_PEOPLE) -> Iterator[Judged]:
    """Every record of a batch whose bytes lie at `path`, judged as it would be when it lands."""
    if batch.sheet is not None:
        yield from sheet_records(path, batch.sheet, batch.dialect, entity)
        return
    with open_text(path, batch.dialect.encoding) as text:
        yield from judged_records(text, batch.dialect, entity)


def sample_of_file(path: Path, asked: Asked | None = None) -> Sample:
    """A sample of a file that has not landed, and is not landed by this.

    Raises:
        Refused: See `batch_of_file`.
    """
    with as_batch(path, asked) as (copy, batch):
        return sample_of_batch(copy, batch)


@contextmanager
def as_batch(path: Path, asked: Asked | None = None) -> Iterator[tuple[Path, Batch]]:
    """A file as the batch it would be, and a copy of its bytes that lives as long as the context.

    Raises:
        Refused: See `batch_of_file`.
    """
    folder = Path(tempfile.mkdtemp(prefix="contact-pipeline-"))
    try:
        copy = folder / "file"
        copied = copy_and_hash(path, copy)
        batch, told = batch_of_file(path.name, copy, copied, LIST_PEOPLE, asked or Asked(), datetime.now(UTC), None)
        yield copy, replace(batch, evidence={**batch.evidence, TOLD: told.strip()})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
