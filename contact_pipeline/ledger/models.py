"""Saved models: learned weights by version, and which of them links.

Keeping them belongs here; training and trying them belongs to `identity`. A saved model changes nothing. That it is
used is a person's word on a par with a decision: it changes `Ledger.version`, so that the next run links again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from contact_pipeline.ledger.ledger import Ledger, inserted_id
from contact_pipeline.ledger.tables import model_use, saved_model


@dataclass(frozen=True)
class SavedModel:
    """One version of the model.

    Attributes:
        version: counts up from 1.
        model: the model as JSON data, as Splink saved it.
        trained_on: what it learned from, without personal data.
        created_at: when it was saved.
        metrics: its accuracy and whatever else training recorded, as JSON data.
        sha256: of the model's JSON with sorted keys.
    """

    version: int
    model: dict[str, Any]
    trained_on: str
    created_at: datetime
    metrics: dict[str, Any]
    sha256: str


def save_model(
    ledger: Ledger, model: dict[str, Any], *, trained_on: str, created_at: datetime, metrics: dict[str, Any]
) -> int:
    """Saves a model and gives its version; a model equal to the latest one is not saved again.

    Raises:
        ValueError: the model holds something JSON has no word for, such as NaN.
        TypeError: the same, for a Python object.
    """
    digest = sha256(json.dumps(model, sort_keys=True, allow_nan=False).encode()).hexdigest()
    newest = select(saved_model.c.version, saved_model.c.sha256).order_by(saved_model.c.version.desc()).limit(1)
    row = {"created_at": created_at, "trained_on": trained_on, "sha256": digest, "model": model, "metrics": metrics}
    with ledger.writing() as connection:
        latest = connection.execute(newest).one_or_none()
        if latest is not None and latest.sha256 == digest:
            return int(latest.version)
        return inserted_id(connection, saved_model.insert().values(**row))


def latest_model(ledger: Ledger) -> SavedModel | None:
    """The newest model, or None before the first training."""
    return _read(ledger, None)


def model_version(ledger: Ledger, version: int) -> SavedModel:
    """One version of the model.

    Raises:
        LookupError: there is no such version.
    """
    found = _read(ledger, version)
    if found is None:
        raise LookupError(f"There is no model version {version}.")
    return found


def all_models(ledger: Ledger) -> list[SavedModel]:
    """Every version, oldest first."""
    with ledger.reading() as connection:
        rows = connection.execute(select(saved_model).order_by(saved_model.c.version)).all()
    return [SavedModel(**row._asdict()) for row in rows]


def use_model(ledger: Ledger, version: int, *, now: datetime, actor: str, reason: str) -> bool:
    """Let this version link from now on; gives whether that changes anything.

    Raises:
        LookupError: there is no such version.
    """
    model_version(ledger, version)
    newest = select(model_use.c.version).order_by(model_use.c.use_id.desc()).limit(1)
    with ledger.writing() as connection:
        if connection.execute(newest).scalar_one_or_none() == version:
            return False
        connection.execute(model_use.insert().values(version=version, since=now, actor=actor, reason=reason))
        return True


def model_in_use(ledger: Ledger) -> SavedModel | None:
    """The model that links, or None before the first one."""
    newest = select(model_use.c.version).order_by(model_use.c.use_id.desc()).limit(1)
    with ledger.reading() as connection:
        version = connection.execute(newest).scalar_one_or_none()
    return None if version is None else model_version(ledger, version)


def _read(ledger: Ledger, version: int | None) -> SavedModel | None:
    wanted = select(saved_model).order_by(saved_model.c.version.desc()).limit(1)
    if version is not None:
        wanted = wanted.where(saved_model.c.version == version)
    with ledger.reading() as connection:
        row = connection.execute(wanted).one_or_none()
    return None if row is None else SavedModel(**row._asdict())
