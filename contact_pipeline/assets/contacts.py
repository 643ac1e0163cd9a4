"""Assets of the contacts stage that SQL cannot make: configuration as rows, and the reading of distinct raw values.

Each is one call into `normalize/` or `sources/`.
"""

from __future__ import annotations

import dagster as dg
import duckdb

from contact_pipeline.assets.python_table import GATE, Extra, table_asset
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.imports.history import write_history
from contact_pipeline.ledger.mappings import BatchMapping, batch_mappings
from contact_pipeline.mentors.season import seasons_of
from contact_pipeline.normalize.tables import VALUE_TABLES, Reading, ValueTable, day_of_newest_batch
from contact_pipeline.sources.airtable.roles import write_roles
from contact_pipeline.sources.behaviour.keys import write_behaviour_keys
from contact_pipeline.sources.entities import (
    BEHAVIOUR_RECORDS,
    GIVEBUTTER_API_CONTACTS,
    GIVEBUTTER_CONTACTS,
    LEADS_PEOPLE,
)
from contact_pipeline.sources.givebutter.custom_values import write_custom_values
from contact_pipeline.sources.jotform.forms import form_of_season, write_forms, write_questions
from contact_pipeline.sources.list_file.building import write_lists
from contact_pipeline.sources.list_file.column_table import write_list_columns
from contact_pipeline.sources.list_file.document import from_json
from contact_pipeline.sources.list_file.mapping import write_list_people
from contact_pipeline.warehouse.connection import columns_of


def _form(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    settings = workspace.settings()
    write_forms(
        connection,
        forms={name: form.id for name, form in settings.jotform.forms.items()},
        season=settings.season,
        time_zone=settings.jotform.time_zone,
        consent_asked=settings.season_consent,
        earlier={
            season.season: {name: form.id for name, form in season.forms.items()}
            for season in seasons_of(settings)[:-1]
        },
    )


def _question(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    settings = workspace.settings()
    own = {name: form.questions for name, form in settings.jotform.forms.items()}
    for season in seasons_of(settings)[:-1]:
        own |= {form_of_season(season.season, name): form.questions for name, form in season.forms.items()}
    write_questions(connection, own)


def _airtable_role(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    write_roles(connection, workspace.settings().airtable.tables)


def _list_person(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    write_lists(connection, {key: from_json(line.mapping) for key, line in _kept_mappings(workspace).items()})


def _list_column(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    write_list_columns(connection, _kept_mappings(workspace))


def _kept_mappings(workspace: Workspace) -> dict[str, BatchMapping]:
    ledger = workspace.ledger()
    try:
        return batch_mappings(ledger)
    finally:
        ledger.close()


def _import_history(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    ledger = workspace.ledger()
    try:
        return write_history(connection, ledger, "contacts.import_history")
    finally:
        ledger.close()


def _lead_person(connection: duckdb.DuckDBPyConnection, _: Workspace) -> None:
    headers = [name for name in columns_of(connection, LEADS_PEOPLE.table) if name[0] != "_"]
    write_list_people(connection, headers, entity=LEADS_PEOPLE, target="contacts.lead_person")


def _behaviour_key(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    write_behaviour_keys(connection, region=workspace.settings().region)


def _givebutter_custom_value(connection: duckdb.DuckDBPyConnection, _: Workspace) -> None:
    write_custom_values(connection)


def _value_table(table: ValueTable) -> dg.AssetsDefinition:
    def build(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
        table.build(connection, Reading(workspace.settings().region, day_of_newest_batch(connection)))

    return table_asset(table.table, build, reads=[table.reads], description=table.description)


def _nickname(connection: duckdb.DuckDBPyConnection, _: Workspace) -> None:
    from contact_pipeline.normalize.nickname import build_nicknames

    build_nicknames(connection, "contacts.nickname")


def contact_assets() -> list[dg.AssetsDefinition]:
    """Seeds and value tables of the contacts stage."""
    return [
        table_asset(
            "contacts.form", _form, reads=[GATE], description="One row per form: whose season it is, which clock."
        ),
        table_asset(
            "contacts.question", _question, reads=[GATE], description="One row per form question that has a role."
        ),
        table_asset(
            "contacts.airtable_role",
            _airtable_role,
            reads=[GATE],
            description="One row per field of an Airtable table that has a role.",
        ),
        table_asset(
            "contacts.nickname",
            _nickname,
            reads=[GATE],
            description="One row per first name: the names it may stand for.",
        ),
        table_asset(
            "contacts.list_person",
            _list_person,
            reads=["raw.list_people"],
            description="One row per record of any list of people, in the columns all sources share.",
        ),
        table_asset(
            "contacts.list_column",
            _list_column,
            reads=["raw.list_people"],
            description="One row per column of a list: the field it is, how sure that is, and what is wrong in it.",
        ),
        table_asset(
            "contacts.import_history",
            _import_history,
            reads=[GATE],
            description="One row per import of a list: what became of it, rows accepted, what went wrong.",
        ),
        table_asset(
            "contacts.lead_person",
            _lead_person,
            reads=[LEADS_PEOPLE.table],
            description="One row per lead of any JSON lead file, in the columns all sources share.",
        ),
        table_asset(
            "contacts.behaviour_key",
            _behaviour_key,
            reads=[BEHAVIOUR_RECORDS.table],
            description="One row per behavioural record and e-mail address or phone number in any of its cells.",
        ),
        table_asset(
            "contacts.givebutter_custom_value",
            _givebutter_custom_value,
            reads=[GIVEBUTTER_CONTACTS.table, GIVEBUTTER_API_CONTACTS.table],
            description="One row per version of a Givebutter contact and custom field that is filled.",
        ),
        *map(_value_table, VALUE_TABLES),
    ]
