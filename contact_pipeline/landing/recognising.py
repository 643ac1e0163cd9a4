"""Which of a folder's kinds of file one is: Givebutter's folder takes exports, and the rows an import refused.

Only telling a file's kind by its header belongs here. Whether it can be read at all belongs to `dialect`.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from contact_pipeline.sources.entities import GIVEBUTTER_CONTACTS, GIVEBUTTER_FAILED_ROWS, Entity

HEADER_BYTES = 65_536


def recognised(path: Path, entity: Entity) -> Entity:
    """The entity of a file that lies where `entity`'s files do; `entity` itself where the header says nothing else."""
    if entity.key != GIVEBUTTER_CONTACTS.key or not path.is_file():
        return entity
    with path.open("rb") as stream:
        beginning = stream.read(HEADER_BYTES).decode("utf-8-sig", errors="replace")
    try:
        names = next(csv.reader(io.StringIO(beginning, newline="")), [])
    except csv.Error:
        return entity
    reasons = set(GIVEBUTTER_FAILED_ROWS.required)
    return GIVEBUTTER_FAILED_ROWS if reasons <= {name.strip() for name in names} else entity
