"""What a published snapshot was made of, in one short text: a run is skipped when it would make the same again.

Batches, the ledger's decisions and model, the settings that shape results, and the code count; times do not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from contact_pipeline.config import Settings

PACKAGE = Path(__file__).parents[1]
CODE_SUFFIXES = (".py", ".sql", ".toml", ".csv", ".json")
SHAPING_SETTINGS = (
    "workspace", "region", "season", "season_consent", "join_threshold", "review_threshold", "voter_link_threshold",
    "voter_sure_threshold", "voters_state",
)  # fmt: skip


@cache
def code_version() -> str:
    """Hash of every file of the package and of the SQL models."""
    digest = hashlib.sha256()
    for folder in (PACKAGE, PACKAGE.parent / "dbt_like_sql"):
        for file in sorted(folder.rglob("*")):
            if file.suffix in CODE_SUFFIXES and file.is_file():
                digest.update(str(file.relative_to(folder)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def inputs_fingerprint(
    batch_ids: Iterable[str], ledger_version: str, settings: Settings, *, voter_file: str | None
) -> str:
    """One text for everything that decides what the tables will hold; `voter_file` is the load matched to."""
    shaping: dict[str, object] = {name: getattr(settings, name) for name in SHAPING_SETTINGS}
    shaping["jotform"] = settings.jotform.model_dump(include={"forms", "time_zone"})
    shaping["seasons"] = {file.name: file.read_bytes() for file in sorted((settings.home / "seasons").glob("*.toml"))}
    shaping["airtable"] = settings.airtable.model_dump(include={"tables"})
    parts = [*sorted(batch_ids), ledger_version, repr(sorted(shaping.items())), code_version(), voter_file or ""]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def link_made_with(model: str, threshold: float) -> str:
    """One text for all that decides pairs beside the records: model (its JSON), lowest probability kept, code."""
    return f"{code_version()} {threshold} {hashlib.sha256(model.encode()).hexdigest()}"
