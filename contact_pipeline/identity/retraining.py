"""Retraining: a new model from the published people, tried and saved in the ledger, waiting to be used.

The order of steps belongs here: read the snapshot, train, try, save. Learning belongs to `training`, the comparison to
`trial`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contact_pipeline.config import Settings
from contact_pipeline.identity.parameters import Model, model_from_json
from contact_pipeline.identity.training import train
from contact_pipeline.identity.trial import Trial, try_model
from contact_pipeline.ledger.contact_decisions import labels
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.models import model_in_use, model_version, save_model
from contact_pipeline.warehouse.publish import open_published


@dataclass(frozen=True)
class TrainedModel:
    """A model that was trained and tried.

    Attributes:
        version: its number in the ledger.
        model: its parameters.
        metrics: `Trial.as_json`.
        in_use: whether it is the one that links already (training gave the same again).
    """

    version: int
    model: Model
    metrics: dict[str, Any]
    in_use: bool

    def sentence(self) -> str:
        """What came out, in a line, without personal data."""
        return summary_of(self.version, self.metrics, in_use=self.in_use)


def summary_of(version: int, metrics: dict[str, Any], *, in_use: bool) -> str:
    """A trial in one line; a model that was never tried says so."""
    if not metrics:
        return f"Model {version} was the first one and was not tried against another."
    change, labelled, expected = metrics["difference"], metrics["labelled"], metrics["expected"]
    told = (
        f"Model {version} would change {change['changed']:,} of {change['groups_before']:,} people "
        f"({change['merged']:,} merges, {change['parted']:,} splits); expected precision {expected['precision']:.4f}, "
        f"recall {expected['recall']:.4f}; of {labelled['same'] + labelled['different']:,} judged pairs it joins "
        f"{labelled['same_joined']:,} of {labelled['same']:,} same and {labelled['different_joined']:,} of "
        f"{labelled['different']:,} different ones."
    )
    return f"{told} It is in use." if in_use else told


def train_and_try(ledger: Ledger, settings: Settings, *, now: datetime, seed: int = 1) -> TrainedModel:
    """Train on the published evidence, try the model, and save it with what the trial said; it is not used yet.

    Raises:
        NothingPublishedError: there is no snapshot to learn from.
    """
    judged = labels(ledger)
    with open_published(settings.published) as connection:
        model = train(connection, "identity.evidence", seed=seed, labels=judged)
        trial = _trial(connection, model, ledger, settings)
    metrics = {**trial.as_json(), "labels": judged.num_rows}
    version = save_model(
        ledger,
        model.as_json(),
        trained_on=f"{model.records} records of {settings.workspace}, {judged.num_rows} judged pairs",
        created_at=now,
        metrics=metrics,
    )
    used = model_in_use(ledger)
    return TrainedModel(version, model, metrics, used is not None and used.version == version)


def try_version(ledger: Ledger, settings: Settings, version: int) -> Trial:
    """What using a saved model would change today.

    Raises:
        LookupError: there is no such version.
        NothingPublishedError: there is no snapshot to compare with.
    """
    model = model_from_json(model_version(ledger, version).model)
    with open_published(settings.published) as connection:
        return _trial(connection, model, ledger, settings)


def _trial(connection: Any, model: Model, ledger: Ledger, settings: Settings) -> Trial:
    # What the published people obey: a decision that waits for the next run is no doing of the model.
    decided = connection.sql("select contact_id_l, contact_id_r, kind from identity.decision").to_arrow_table()
    return try_model(
        connection,
        model,
        decided=decided,
        labels=labels(ledger),
        join_threshold=settings.join_threshold,
        review_threshold=settings.review_threshold,
        birth_year_gap=settings.birth_year_gap,
    )
