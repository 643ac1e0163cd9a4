"""Files of JSON records: which entities come in them, and what their batch is called.

Choosing the reader and limiting the size belong here; what a record is belongs to the source's own module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.sources.entities import LEADS_PEOPLE, Entity
from contact_pipeline.sources.lead_file.records import NotLeadsError, leads_of

LARGEST = 256 * 1024 * 1024
"""A file is read as a whole; larger ones are no lead files anybody wrote by hand."""


def _leads(body: bytes) -> list[Any]:
    try:
        return leads_of(body)
    except NotLeadsError as error:
        raise Refused(str(error)) from error


JSON_READERS: dict[str, Callable[[bytes], list[Any]]] = {LEADS_PEOPLE.key: _leads}
"""By entity, who takes a file apart; raises `Refused` where it cannot be read."""


def json_body(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        Refused: it is larger than LARGEST.
    """
    if path.stat().st_size > LARGEST:
        raise Refused(f"The file is larger than {LARGEST >> 20} MiB. Part it and drop the parts.")
    return path.read_bytes()


def json_batch_id(entity: Entity, sha256: str) -> str:
    """From the content: the same bytes give the same id anywhere."""
    content = f"{entity.key}\n{sha256}"
    return f"{entity.key}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def json_stored(batch: Batch) -> str:
    """Where its bytes lie, below the landing folder."""
    return f"{batch.source}/{batch.entity}/{batch.batch_id}"
