"""What a dry run stands on: the published snapshot, attached read-only; nothing of the warehouse is opened.

Finding the snapshot, and standing in for one where nothing was published, belongs here.
"""

from __future__ import annotations

import json
from typing import Final

from duckdb import DuckDBPyConnection

from contact_pipeline.config import Settings
from contact_pipeline.identity.evidence import create_evidence
from contact_pipeline.identity.link_state import State, create_tables
from contact_pipeline.identity.parameters import Model, model_from_json
from contact_pipeline.identity.previewing import Standing
from contact_pipeline.imports.plan import Base
from contact_pipeline.warehouse.fingerprint import link_made_with
from contact_pipeline.warehouse.publish import current_generation

EMPTY: Final = {
    "base.people.crosswalk": "contact_id varchar, person_id varchar, source varchar, entity varchar, record_id varchar",
    "base.people.person": "person_id varchar, first_name varchar, last_name varchar",
    "base.people.field_value": "person_id varchar, field varchar, value varchar, contact_id varchar, source varchar, "
    "entity varchar, owner_rank integer, said_at timestamptz, claims integer, rank integer",
    "base.people.decided_value": "person_id varchar, field varchar, value varchar, locked boolean, "
    "decided_at timestamptz, decision_id integer",
    "base.sync.field_state": "person_id varchar, field varchar, value varchar, value_from varchar, outcome varchar",
    "base.identity.decision": "contact_id_l varchar, contact_id_r varchar, kind varchar, decision_id integer",
}
"""Tables a dry run reads, as they are before the first publish; those of the contacts stage take the plan's form."""

_REMEMBERED: Final = "link_record"


def attach_base(connection: DuckDBPyConnection, settings: Settings) -> Base:
    """Attach the newest snapshot as `base`; an empty one where nothing was published."""
    generation = current_generation(settings.published)
    if generation is None:
        connection.execute("attach ':memory:' as base")
        for schema in ("people", "identity", "contacts", "meta", "sync"):
            connection.execute(f"create schema base.{schema}")
        for table, columns in EMPTY.items():
            connection.execute(f"create table {table} ({columns})")
        create_evidence(connection, "base.identity.evidence")
        for table in ("contact", "phone", "email"):
            connection.execute(f"create table base.contacts.{table} as from plan.{table} limit 0")
        return Base()
    connection.execute(f"attach '{settings.published / generation.file}' as base (read_only)")
    version = connection.execute("select max(version) from base.identity.model").fetchall()[0][0]
    return Base(generation.number, generation.fingerprint, int(version or 0))


def model_of(connection: DuckDBPyConnection, base: Base, evidence: str) -> tuple[Model, str]:
    """The model that the next run would link with, and its JSON as the snapshot has it.

    Before the first run it is the one that run would learn from the same rows.
    """
    if base.model:
        text = connection.execute("select model from base.identity.model where version = ?", [base.model]).fetchall()
        return model_from_json(json.loads(text[0][0])), str(text[0][0])
    from contact_pipeline.identity.training import train

    return train(connection, evidence), ""


def standing_of(connection: DuckDBPyConnection, model_text: str, threshold: float) -> Standing:
    """What linking remembers of the last run; a snapshot of an older release remembers nothing."""
    state = State("base.meta.link_")
    kept = connection.execute(
        "select 1 from duckdb_tables() where database_name = 'base' and table_name = ?", [_REMEMBERED]
    ).fetchall()
    if not kept:
        state = State("main.forgotten_")
        create_tables(connection, state)
    return Standing("base.identity.pair", state, link_made_with(model_text, threshold), "base.identity.decision")
