"""Mappings of lists: presets people confirmed, and which mapping makes the rows of each batch.

Remembering and finding belongs here; what a mapping means belongs to `sources.list_file`, deciding one to
`landing.list_gate`. Lines are only added: a batch keeps the mapping it was taken with whatever becomes of the preset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from contact_pipeline.ledger.ledger import Ledger, inserted_id
from contact_pipeline.ledger.tables import batch_mapping, mapping_preset


@dataclass(frozen=True)
class Preset:
    """How the columns of lists with a certain header are read.

    Attributes:
        preset_id: The line that holds.
        name: What people call it.
        source: Where such files come from: the inbox's folder.
        fingerprint: See `sources.list_file.document.fingerprint`.
        mapping: `columns`: name → field or None; `answers`: field → word → `yes` or `no`.
        saved_at: When this line was written.
        actor: By whom.
        uses: Batches taken with any line of this preset.
        last_used: When the last of them was.
    """

    preset_id: int
    name: str
    source: str
    fingerprint: str
    mapping: dict[str, Any]
    saved_at: datetime
    actor: str
    uses: int = 0
    last_used: datetime | None = None


@dataclass(frozen=True)
class BatchMapping:
    """Which mapping makes the rows of one batch; `columns` is what was known of each column when it was decided."""

    batch_id: str
    how: str
    preset_id: int | None
    mapping: dict[str, Any]
    columns: list[dict[str, Any]]
    decided_at: datetime
    actor: str


def save_preset(
    ledger: Ledger,
    *,
    name: str,
    source: str,
    fingerprint: str,
    mapping: Mapping[str, Any],
    now: datetime,
    actor: str,
) -> int:
    """Adds a line for a preset, which from now on holds for its name; gives the line's id."""
    return _add(ledger, name, source, fingerprint, mapping, now, actor, removed=False)


def remove_preset(ledger: Ledger, name: str, *, now: datetime, actor: str) -> None:
    """Ends a preset; batches that were taken with it stay as they are.

    Raises:
        LookupError: there is no such preset.
    """
    found = preset_by_name(ledger, name)
    if found is None:
        raise LookupError(f"There is no preset '{name}'.")
    _add(ledger, name, found.source, found.fingerprint, found.mapping, now, actor, removed=True)


def _add(
    ledger: Ledger,
    name: str,
    source: str,
    fingerprint: str,
    mapping: Mapping[str, Any],
    now: datetime,
    actor: str,
    *,
    removed: bool,
) -> int:
    what = {"name": name, "source": source, "fingerprint": fingerprint, "mapping": dict(mapping), "removed": removed}
    with ledger.writing() as connection:
        return inserted_id(connection, mapping_preset.insert().values(saved_at=now, actor=actor, **what))


def presets(ledger: Ledger) -> list[Preset]:
    """Every preset that holds, the most used first."""
    newest = select(func.max(mapping_preset.c.preset_id)).group_by(mapping_preset.c.name)
    wanted = select(mapping_preset).where(mapping_preset.c.preset_id.in_(newest), ~mapping_preset.c.removed)
    used = (
        select(mapping_preset.c.name, func.count(), func.max(batch_mapping.c.decided_at))
        .join(batch_mapping, batch_mapping.c.preset_id == mapping_preset.c.preset_id)
        .group_by(mapping_preset.c.name)
    )
    with ledger.reading() as connection:
        uses = {name: (count, last) for name, count, last in connection.execute(used).all()}
        found = [_preset(row, uses) for row in connection.execute(wanted).all()]
    return sorted(found, key=lambda preset: (-preset.uses, preset.name))


def _preset(row: Row[Any], uses: Mapping[str, tuple[int, datetime]]) -> Preset:
    values = row._asdict()
    del values["removed"]
    count, last = uses.get(values["name"], (0, None))
    return Preset(**values, uses=count, last_used=last)


def preset_by_name(ledger: Ledger, name: str) -> Preset | None:
    """The preset of a name, or None."""
    return next((preset for preset in presets(ledger) if preset.name == name), None)


def fitting_preset(ledger: Ledger, *, source: str, fingerprint: str, actor: str | None = None) -> Preset | None:
    """The preset for a header: one with its fingerprint from this source, this user's own first, then from any source;
    else the newest one of the source, where the source is a folder of its own.

    Two that fit alike: the one saved last.
    """
    known = sorted(presets(ledger), key=lambda preset: preset.preset_id, reverse=True)
    same = [preset for preset in known if preset.fingerprint == fingerprint]
    if same:
        return min(same, key=lambda preset: (preset.source != source, preset.actor != actor))
    return next((preset for preset in known if preset.source == source != "list"), None)


def record_mapping(
    ledger: Ledger,
    batch_id: str,
    *,
    how: str,
    mapping: Mapping[str, Any],
    columns: list[dict[str, Any]],
    now: datetime,
    actor: str,
    preset_id: int | None = None,
) -> None:
    """Remembers which mapping makes a batch's rows from now on; what holds already is not written again."""
    last = mapping_of(ledger, batch_id)
    if last is not None and (last.mapping, last.preset_id, last.how) == (dict(mapping), preset_id, how):
        return
    line = {"batch_id": batch_id, "how": how, "preset_id": preset_id, "mapping": dict(mapping), "columns": columns}
    with ledger.writing() as connection:
        connection.execute(batch_mapping.insert().values(decided_at=now, actor=actor, **line))


def mapping_of(ledger: Ledger, batch_id: str) -> BatchMapping | None:
    """The mapping of one batch, or None."""
    return batch_mappings(ledger, only=batch_id).get(batch_id)


def batch_mappings(ledger: Ledger, *, only: str | None = None) -> dict[str, BatchMapping]:
    """The mapping of every batch that has one."""
    newest = select(func.max(batch_mapping.c.line_id)).group_by(batch_mapping.c.batch_id)
    wanted = select(batch_mapping).where(batch_mapping.c.line_id.in_(newest)).order_by(batch_mapping.c.line_id)
    if only is not None:
        wanted = wanted.where(batch_mapping.c.batch_id == only)
    with ledger.reading() as connection:
        rows = [row._asdict() for row in connection.execute(wanted).all()]
    return {row["batch_id"]: BatchMapping(**{k: v for k, v in row.items() if k != "line_id"}) for row in rows}
