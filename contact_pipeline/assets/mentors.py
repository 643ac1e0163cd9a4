"""Assets of the mentors stage that SQL cannot make: seasons, the status table, what administrators said, and the texts.

Each is one call into `mentors/` or the ledger.
"""

from __future__ import annotations

import dagster as dg
import duckdb

from contact_pipeline.assets.python_table import GATE, Extra, table_asset
from contact_pipeline.assets.workspace import Workspace, write_ledger_table
from contact_pipeline.mentors.season import seasons_of


def _season(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.mentors.tables import write_seasons

    write_seasons(connection, seasons_of(workspace.settings()))


def _status_rule(connection: duckdb.DuckDBPyConnection, _: Workspace) -> None:
    from contact_pipeline.mentors.tables import write_status_rules

    write_status_rules(connection)


def _task_said(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.ledger.tasks import tasks_said

    write_ledger_table(connection, workspace, "mentors.task_said", tasks_said)


def _season_tag(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.mentors.tables import write_season_tags

    write_season_tags(connection, seasons_of(workspace.settings()))


def _custom_field(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.mentors.tables import write_custom_fields

    write_custom_fields(connection, seasons_of(workspace.settings()))


def _training_list(connection: duckdb.DuckDBPyConnection, _: Workspace) -> Extra:
    from contact_pipeline.mentors.training import write_training_lists

    return {"files that name nobody": write_training_lists(connection)}


def _text(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.mentors.tables import write_texts

    write_texts(connection, seasons_of(workspace.settings()))


def mentor_assets() -> list[dg.AssetsDefinition]:
    """Configuration, the administrators' word, and the texts."""
    return [
        table_asset(
            "mentors.season",
            _season,
            reads=[GATE],
            description="One row per season with a file of its own, and the current one.",
        ),
        table_asset(
            "mentors.status_rule",
            _status_rule,
            reads=[GATE],
            description="One row per rule of the status table, in order; the first that holds gives the status.",
        ),
        table_asset(
            "mentors.task_said",
            _task_said,
            reads=["people.crosswalk"],
            description="One row per mentor, season and task an administrator spoke of: trained, dropped, or not.",
        ),
        table_asset(
            "mentors.season_tag",
            _season_tag,
            reads=[GATE],
            description="One row per season and status: the tags its mentors have in Givebutter.",
        ),
        table_asset(
            "mentors.custom_field",
            _custom_field,
            reads=[GATE],
            description="One row per season and custom field of Givebutter, in the order of the import file.",
        ),
        table_asset(
            "mentors.training_list",
            _training_list,
            reads=["raw.training_attendance"],
            description="One row per line of a training list: mentor id or e-mail address, and whether it says done.",
        ),
        table_asset(
            "mentors.text",
            _text,
            reads=["mentors.roster"],
            description="One row per mentor and text of the season, its placeholders filled in.",
        ),
    ]
