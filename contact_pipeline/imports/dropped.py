"""Corrected reports that were dropped into the inbox: taken onto their own rows, and landed where their import has.

Telling a report from a list at a glance, and what becomes of the file, belongs here. Reading it belongs to `returning`,
other files of the inbox to `landing.inbox`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from contact_pipeline.config import Settings
from contact_pipeline.imports.applying import NotApplied, apply_import
from contact_pipeline.imports.plan import ImportsError, folder_of
from contact_pipeline.imports.returning import take_report
from contact_pipeline.landing.files import Look, age_in_seconds, hash_of, open_for_writing
from contact_pipeline.landing.inbox import PROBLEM_SUFFIX, InboxFile, waiting_files
from contact_pipeline.landing.list_gate import PIPELINE, REPORT_KEY
from contact_pipeline.landing.outcomes import Refused

GLANCE: Final = 256 << 10
"""Bytes of a file, or of a part of a workbook, that are looked at: the header stands at the beginning."""
PARTS: Final = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml")
RETURNED: Final = "returned"
"""Folder of an import that keeps the reports which came back."""

Log = Callable[[str], None]


def take_dropped_reports(settings: Settings, *, log: Log, settle: float = 1.0) -> int:
    """Take every corrected report that waits in the inbox; gives how many were taken.

    Corrections are made in any case. Rows of an import that was applied land at once, by the rules of `imports apply`;
    while its people are not what they were when it was looked at, the file waits for the next run. Corrections of an
    import nobody has applied wait for somebody who does. A report that cannot be taken stays; the inbox tells why.

    Args:
        settings: The workspace's.
        log: Takes one line about each.
        settle: Seconds a file must have been left alone.
    """
    return sum(
        _take(settings, file, log) for file in waiting_files(settings.inbox) if _is_ready(settings, file, settle)
    )


def _is_ready(settings: Settings, file: InboxFile, settle: float) -> bool:
    age = age_in_seconds(Look(file.size, file.modified_ns), settings.clock())
    return age >= settle and not open_for_writing(file.path) and looks_like_report(file.path)


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


def _take(settings: Settings, file: InboxFile, log: Log) -> bool:
    try:
        returned = take_report(settings, file.path, actor=PIPELINE)
        if returned is None:
            return False
        plan = returned.plan
        landed = apply_import(settings, plan.import_id, confirm=False, actor=PIPELINE) if plan.applied else None
    except NotApplied as waits:
        log(f"{file.path.name}: its corrections are made; its rows wait. {waits}")
        return False
    except (Refused, ImportsError) as error:
        log(f"{file.path.name}: not taken. {error}")
        return False
    done = landed.message if landed is not None else f"Apply them: contact-pipeline imports apply {plan.import_id}"
    log(f"{file.path.name}: {returned.told()} {done}")
    _keep(settings, plan.import_id, file.path)
    return True


def _keep(settings: Settings, import_id: str, path: Path) -> None:
    """Move a taken report to its import."""
    kept = folder_of(settings, import_id) / RETURNED
    kept.mkdir(exist_ok=True)
    path.replace(kept / f"{hash_of(path)[:12]}{path.suffix.lower()}")
    Path(f"{path}{PROBLEM_SUFFIX}").unlink(missing_ok=True)
