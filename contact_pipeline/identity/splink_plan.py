"""Splink's SQL for weighing pairs, kept for as long as the process lives.

Splink needs some tenths of a second to write the SQL of a model, mostly to check it; running it on a few pairs takes
hundredths. Whoever weighs twice with one model, as training, trials and every test do, has it written once. What is
weighed and what becomes of it belongs to `scoring`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from contact_pipeline.identity.features import FREQUENCY_COLUMNS

if TYPE_CHECKING:
    import duckdb

_MOST_PLANS: Final = 16


@dataclass(frozen=True)
class _Plan:
    """What Splink ran.

    Attributes:
        statements: in order; they read `record`, its frequencies and the pairs, and leave `table` behind.
        table: the weighed pairs, as Splink names their columns.
    """

    statements: tuple[str, ...]
    table: str


_plans: dict[tuple[str, str, float | None], _Plan] = {}


def weigh_with_splink(
    bench: duckdb.DuckDBPyConnection, settings: dict[str, Any], pairs: str, lowest_weight: float | None
) -> str:
    """Weigh pairs of the bench's records.

    Args:
        bench: holds `record`, its `frequency_<column>` tables and `pairs`.
        settings: Splink's.
        pairs: bench table (join_key_l, join_key_r, match_key).
        lowest_weight: pairs below it are left out.

    Returns:
        A bench table with Splink's columns; the caller drops it.
    """
    key = (json.dumps(settings, sort_keys=True), pairs, lowest_weight)
    plan = _plans.get(key)
    if plan is None:
        while len(_plans) >= _MOST_PLANS:
            _plans.pop(next(iter(_plans)))
        plan = _plans[key] = _run_and_note(bench, settings, pairs, lowest_weight)
    else:
        for statement in plan.statements:
            bench.execute(statement)
    return plan.table


def _run_and_note(
    bench: duckdb.DuckDBPyConnection, settings: dict[str, Any], pairs: str, lowest_weight: float | None
) -> _Plan:
    from splink import DuckDBAPI, Linker

    noted: list[str] = []

    class Noting(DuckDBAPI):  # type: ignore[misc]
        def _execute_sql_against_backend(self, final_sql: str) -> duckdb.DuckDBPyRelation:
            if not final_sql.lstrip().upper().startswith("SELECT"):
                noted.append(final_sql)
            return super()._execute_sql_against_backend(final_sql)

    api = Noting(bench)
    linker = Linker(api.register("record"), settings, log_level=None, validate_settings=False)
    for column in FREQUENCY_COLUMNS:
        linker.table_management.register_term_frequency_lookup(api.register(f"frequency_{column}"), column)
    linker.table_management.register_blocked_pairs_for_predict(api.register(pairs))
    noted.clear()
    scored = linker.inference.predict(threshold_match_weight=lowest_weight, warning_mode="never")
    return _Plan(tuple(noted), scored.physical_name)
