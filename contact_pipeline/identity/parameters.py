"""Parameters: the numbers of a model, as they are saved and read back.

Holding, rounding, saving and reading them belongs here. Learning them belongs to `training`; the levels they belong to,
and the numbers used before anything is learned, are in `model`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from contact_pipeline.identity.model import (
    COMPARISONS,
    DUPLICATES_PER_RECORD,
    HOUSEMATES_PER_RECORD,
    HYPOTHESES,
    Comparison,
    Level,
)

if TYPE_CHECKING:
    from pathlib import Path

FORMAT: Final = 1
DIGITS: Final = 6
"""Significant digits that are kept: far fewer than the learned ones deserve, so that every machine saves the same."""

Shares = dict[str, float]
"""Share of pairs per hypothesis: `{"same": …, "stranger": …, "housemate": …}`."""


class ModelUnreadable(ValueError):
    """A saved model cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Model:
    """A linking model's numbers.

    Attributes:
        levels: comparison name -> level name -> shares.
        duplicates_per_record: expected pairs of one person per record; the prior follows from it and the list's size.
        housemates_per_record: expected pairs of housemates per record.
        records: how many records it was learned from; 0 for the packaged one.
        frequencies: name column -> name -> share of the records it was learned from, of all names above
            `LOWEST_NAME_FREQUENCY`; empty for the packaged one (see `features.frequency_sql`).
    """

    levels: dict[str, dict[str, Shares]] = field(default_factory=dict)
    duplicates_per_record: float = DUPLICATES_PER_RECORD
    housemates_per_record: float = HOUSEMATES_PER_RECORD
    records: int = 0
    frequencies: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def shares(self, comparison: Comparison, level: Level) -> Shares:
        """The level's shares; what was never learned has the packaged ones."""
        packaged = {hypothesis: float(getattr(level, hypothesis)) for hypothesis in HYPOTHESES}
        return packaged | self.levels.get(comparison.name, {}).get(level.name, {})

    def weight(self, comparison: Comparison, level: Level, rival: str) -> float:
        """Bits the level adds for "one person" against `rival` ("stranger" or "housemate")."""
        shares = self.shares(comparison, level)
        return math.log2(shares["same"] / shares[rival])

    def as_json(self) -> dict[str, Any]:
        """The model as plain data, every number rounded to `DIGITS` significant digits."""
        frequencies = {
            column: {name: _rounded(share) for name, share in names.items()}
            for column, names in self.frequencies.items()
        }
        return {
            "format": FORMAT,
            "records": self.records,
            "duplicates_per_record": _rounded(self.duplicates_per_record),
            "housemates_per_record": _rounded(self.housemates_per_record),
            "comparisons": {
                comparison.name: {
                    level.name: {key: _rounded(share) for key, share in self.shares(comparison, level).items()}
                    for level in comparison.levels
                }
                for comparison in COMPARISONS
            },
            **({"frequencies": frequencies} if frequencies else {}),
        }


def default_model() -> Model:
    """The model before anything is learned: the numbers of `model.COMPARISONS`."""
    return Model()


def model_from_json(data: Any) -> Model:
    """Read what `Model.as_json` gave.

    Raises:
        ModelUnreadable: not a model, another format, or a share that is not between 0 and 1.
    """
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ModelUnreadable(f"This is not a linking model of format {FORMAT}. Train again, or leave the model out.")
    try:
        model = Model(
            levels={
                comparison: {
                    level: {key: float(share) for key, share in shares.items()} for level, shares in levels.items()
                }
                for comparison, levels in data["comparisons"].items()
            },
            duplicates_per_record=float(data["duplicates_per_record"]),
            housemates_per_record=float(data["housemates_per_record"]),
            records=int(data["records"]),
            frequencies={
                column: {name: float(share) for name, share in names.items()}
                for column, names in data.get("frequencies", {}).items()
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelUnreadable(
            f"The linking model is damaged ({type(error).__name__}: {error}). Train again."
        ) from error
    shares = [share for levels in model.levels.values() for level in levels.values() for share in level.values()]
    shares += [share for names in model.frequencies.values() for share in names.values()]
    if (
        not all(0 < share <= 1 for share in shares)
        or min(model.duplicates_per_record, model.housemates_per_record) <= 0
    ):
        raise ModelUnreadable("The linking model holds a share outside 0 to 1. Train again.")
    return model


def save_model(model: Model, path: Path) -> None:
    """Write the model as JSON; the same model always gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(model.as_json(), indent=1) + "\n", encoding="utf-8")


def load_model(path: Path) -> Model:
    """Read a model that `save_model` wrote.

    Raises:
        ModelUnreadable: the file is missing, not JSON or not a model.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnreadable(f"{path.name} cannot be read as a linking model: {error}") from error
    return model_from_json(data)


def _rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")
