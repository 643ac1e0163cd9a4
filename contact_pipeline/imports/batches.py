"""The batches of imports: the accepted rows as a file that landing keeps, and the way back from a batch to its import.

How such a file is written and described belongs here. Which rows are in it is `applying`'s.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from duckdb import DuckDBPyConnection

from contact_pipeline.config import Settings
from contact_pipeline.imports.plan import Plan
from contact_pipeline.landing.dialect import Dialect
from contact_pipeline.landing.file_batch import batch_of_survey
from contact_pipeline.landing.files import Copied, copy_and_hash, hash_of, sync_folder
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.landing.survey import survey_file
from contact_pipeline.sources.entities import IMPORT_COLUMNS, IMPORTS_PEOPLE

DIALECT: Final = Dialect(
    encoding="utf-8", bom=False, delimiter=",", quote='"', header=True, columns=IMPORT_COLUMNS, header_line=1,
    all_quoted=True,
)  # fmt: skip


def write_rows(connection: DuckDBPyConnection, query: str, path: Path) -> str:
    """Write the rows of a query (`IMPORT_COLUMNS`, in an order that is always the same) and give their batch's id.

    The same rows give the same bytes, and the same id.
    """
    how = "format csv, header true, delimiter ',', quote '\"', escape '\"', force_quote *"
    connection.execute(f"copy ({query}) to '{path}' ({how})")
    digest = hashlib.sha256(f"{IMPORTS_PEOPLE.key}\n{hash_of(path)}".encode()).hexdigest()[:12]
    return f"{IMPORTS_PEOPLE.key}-{digest}"


def land_rows(
    settings: Settings,
    rows: Path,
    batch_id: str,
    *,
    file_name: str,
    content_at: datetime | None,
    evidence: dict[str, str],
    now: datetime,
) -> Batch:
    """Land written rows as one batch: its line in the manifest is the moment they count.

    Args:
        settings: The workspace's.
        rows: From `write_rows`, with `batch_id`.
        batch_id: See there.
        file_name: Of the file that was imported.
        content_at: How old its content is.
        evidence: Kept with the batch: `import` and what else tells of it.
        now: When it lands.
    """

    def describe(path: Path, copied: Copied) -> Batch:
        survey = survey_file(path, file_name, DIALECT, IMPORTS_PEOPLE, now=now)
        batch = batch_of_survey(file_name, copied, IMPORTS_PEOPLE, DIALECT, survey, now, full=False, batch_id=batch_id)
        return replace(batch, content_at=content_at, evidence=evidence)

    batch = LandingStore(settings.landing).land_made(rows, describe).batch
    assert batch is not None
    return batch


def batches_of(settings: Settings, import_id: str) -> list[Batch]:
    """Every batch of an import, in order, those taken back among them."""
    return [
        batch
        for batch in LandingStore(settings.landing).manifest()
        if batch.key == IMPORTS_PEOPLE.key and batch.evidence.get("import") == import_id
    ]


def keep_original(settings: Settings, plan: Plan, file: Path) -> str:
    """Keep the bytes of the file itself in landing; gives where, relative to it. Once kept it stays."""
    stored = Path(IMPORTS_PEOPLE.source, "originals", f"{plan.sha256}{Path(plan.file_name).suffix.lower()}")
    target = settings.landing / stored
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.{os.getpid()}.part")
        copy_and_hash(file, part)
        shutil.move(part, target)
        sync_folder(target.parent)
    return str(stored)
