"""Asset checks: those made of `checks.toml`, a count of violations each, and those of `watching`.

What is checked in the warehouse is data; turning it into Dagster's checks belongs here.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import dagster as dg

from contact_pipeline.assets.style import WAREHOUSE_SLOT
from contact_pipeline.checks.watching import SOURCE_CHECKS
from contact_pipeline.warehouse.resource import Warehouse

CHECKS = Path(__file__).with_name("checks.toml")


@dataclass(frozen=True)
class Check:
    """One check: `sql` counts violations in the warehouse; a blocking one stops what stands downstream of `asset`."""

    name: str
    asset: str
    blocking: bool
    description: str
    sql: str


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check of `checks.toml`, in its order."""
    words = tomllib.loads(CHECKS.read_text(encoding="utf-8"))
    return tuple(Check(**check) for check in words["check"])


def _dagster_check(check: Check) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=dg.AssetKey(check.asset.split(".")),
        name=check.name,
        description=check.description,
        blocking=check.blocking,
        pool=WAREHOUSE_SLOT,
    )
    def run(warehouse: Warehouse) -> dg.AssetCheckResult:
        violations = int(warehouse.connection.execute(check.sql).fetchall()[0][0])
        return dg.AssetCheckResult(
            passed=violations == 0,
            severity=dg.AssetCheckSeverity.ERROR if check.blocking else dg.AssetCheckSeverity.WARN,
            metadata={"violations": violations},
        )

    return run


def asset_checks() -> list[dg.AssetChecksDefinition]:
    """One Dagster check for each of `checks.toml`, and the checks of what no table holds."""
    return [*(_dagster_check(check) for check in all_checks()), *SOURCE_CHECKS]
