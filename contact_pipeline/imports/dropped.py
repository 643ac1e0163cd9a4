"""Corrected reports that were dropped into the inbox: taken onto their own rows, and landed where their import has.

Telling a report from a list at a glance, and what becomes of the file, belongs here. Reading it belongs to `returning`,
other files of the inbox to `landing.inbox`.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from contact_pipeline.config import Settings
from contact_pipeline.imports.applying import BaseMovedError, NotApplied, apply_import
from contact_pipeline.imports.plan import ImportsError, folder_of
from contact_pipeline.imports.reports import IMPORT_COLUMN
from contact_pipeline.imports.returning import NoReport, take_report
from contact_pipeline.landing.files import hash_of
from contact_pipeline.landing.inbox import InboxFile
from contact_pipeline.landing.list_gate import PIPELINE, REPORT_KEY
from contact_pipeline.landing.outcomes import Later, LedgerImbalanceError, Refused
from contact_pipeline.landing.store import Arrival

GLANCE: Final = 256 << 10
"""Bytes of a file, or of a part of a workbook, that are looked at: the header stands at the beginning."""
PARTS: Final = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml")
RETURNED: Final = "returned"
"""Folder of an import that keeps the reports which came back."""


def take_dropped_report(settings: Settings, file: InboxFile) -> Arrival:
    """Take a corrected report that waits in the inbox.

    Corrections are made in any case. Rows of an import that was applied land at once, as those of a dropped list do.
    Corrections of an import nobody has applied wait for somebody who does.

    Args:
        settings: The workspace's.
        file: A file that `looks_like_report`.

    Raises:
        Later: The import's policy asks who is known, and a run has to work something in first.
    """
    try:
        returned = take_report(settings, file.path, actor=PIPELINE)
        if returned is None:
            raise NoReport(f"{file.path.name} has no column {IMPORT_COLUMN!r} any more: write the report again.")
        plan = returned.plan
        done = f"Apply them: contact-pipeline imports apply {plan.import_id}"
        if plan.applied:
            done = apply_import(settings, plan.import_id, shown=False, actor=PIPELINE).message
    except BaseMovedError as error:
        raise Later(f"Its corrections are made; its rows wait. {error}") from error
    except NotApplied as error:
        return Arrival(str(file.path), "held", f"Its corrections are made; its rows wait. {error}")
    except (Refused, ImportsError, LedgerImbalanceError) as error:
        return Arrival(str(file.path), "refused", str(error))
    _keep(settings, plan.import_id, file.path)
    return Arrival(str(file.path), "landed", f"{returned.told()} {done}")


def looks_like_report(path: Path) -> bool:
    """Whether a file begins like a report; only its beginning is read."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as parts:
                named = [part for part in PARTS if part in parts.namelist()]
                return any(REPORT_KEY.encode() in _beginning(parts, part) for part in named)
        with path.open("rb") as stream:
            beginning = stream.read(GLANCE)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return False
    return any(REPORT_KEY.encode(encoding) in beginning for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def _beginning(parts: zipfile.ZipFile, part: str) -> bytes:
    with parts.open(part) as stream:
        return stream.read(GLANCE)


def _keep(settings: Settings, import_id: str, path: Path) -> None:
    """Move a taken report to its import."""
    kept = folder_of(settings, import_id) / RETURNED
    kept.mkdir(exist_ok=True)
    path.replace(kept / f"{hash_of(path)[:12]}{path.suffix.lower()}")
