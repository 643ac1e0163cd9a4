"""Trying rules on past imports: how many rows each would have refused. Nothing is changed.

Holding a copy of a plan to other rules belongs here. What a rule says belongs to `rules`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from contact_pipeline.config import Settings
from contact_pipeline.imports.asking import find_all, prepared_cells
from contact_pipeline.imports.canonical import KEPT, all_columns, map_rows, normalise_rows
from contact_pipeline.imports.outcome import make_rows
from contact_pipeline.imports.plan import TABLES, UNFINISHED, Plan, all_plans, folder_of, open_tables
from contact_pipeline.imports.readings import make_columns
from contact_pipeline.imports.rules import Rules
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.ledger.exports import external_ids_written
from contact_pipeline.ledger.ledger import Ledger

REFUSED = "select distinct row_key from plan.import_finding where severity = 'error'"


@dataclass(frozen=True)
class Tried:
    """One past import under other rules.

    Attributes:
        import_id: Which.
        file_name: As it was handed in.
        rows: Rows of the file.
        refused_then: Rows that were refused when it was last looked at.
        refused_now: Rows that would be refused.
        newly: Of them, those that were not.
        no_more: Rows that were refused and would be no more.
        codes: Why, of the newly refused: code → rows.
    """

    import_id: str
    file_name: str
    rows: int
    refused_then: int
    refused_now: int
    newly: int
    no_more: int
    codes: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return self.__dict__.copy()


def try_rules(settings: Settings, rules: Rules) -> list[Tried]:
    """What these rules would have refused of every import there is, the newest first.

    An import whose look was interrupted is left out. Rows that were dropped by hand count like the others.
    """
    with closing(open_ledger(settings)) as ledger:
        plans = [
            plan for plan in all_plans(settings) if not (folder_of(settings, plan.import_id) / UNFINISHED).exists()
        ]
        return [_tried(settings, ledger, plan, rules) for plan in plans]


def _tried(settings: Settings, ledger: Ledger, plan: Plan, rules: Rules) -> Tried:
    with _copy_of(folder_of(settings, plan.import_id)) as folder, open_tables(folder) as connection:
        connection.execute(f"create temp table refused_then as {REFUSED}")
        _look(connection, settings, ledger, plan, rules)
        connection.execute(f"create temp table refused_now as {REFUSED}")
        rows, then, now, newly, no_more = connection.execute(
            """
            select (select count(*) from plan.import_row), (select count(*) from refused_then),
                (select count(*) from refused_now),
                (select count(*) from refused_now anti join refused_then using (row_key)),
                (select count(*) from refused_then anti join refused_now using (row_key))
            """
        ).fetchall()[0]
        codes = connection.execute(
            "select code, count(distinct row_key) from plan.import_finding anti join refused_then using (row_key) "
            "where severity = 'error' group by code order by 2 desc, 1"
        ).fetchall()
    return Tried(plan.import_id, plan.file_name, rows, then, now, newly, no_more, dict(codes))


def _look(connection: DuckDBPyConnection, settings: Settings, ledger: Ledger, plan: Plan, rules: Rules) -> None:
    """Judge the rows of a copied plan by these rules; nobody is looked up."""
    for kept in KEPT.values():
        connection.execute(f"drop table if exists plan.{kept}")
    map_rows(connection, plan, prepared_cells(plan, rules, "plan.cell_row"), "plan.mapped_row")
    normalise_rows(
        connection, plan, "plan.mapped_row", region=settings.region, state=settings.voters_state,
        written=external_ids_written(ledger), now=settings.clock(),
    )  # fmt: skip
    make_columns(connection, plan, all_columns(plan))
    make_rows(connection)
    find_all(connection, plan, rules)


@contextmanager
def _copy_of(folder: Path) -> Iterator[Path]:
    """A plan's tables in another folder, which lives as long as the context."""
    with tempfile.TemporaryDirectory(prefix="contact-pipeline-") as copied:
        shutil.copyfile(folder / TABLES, Path(copied) / TABLES)
        yield Path(copied)
