"""Rows of a file in canonical columns: mapped, then normalised by the very tables a run makes.

Running the contacts stage for the rows of one file belongs here, without a home's other records. Matching them belongs
to `matching`, judging them to the rules.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import pyarrow as pa
from duckdb import DuckDBPyConnection

from contact_pipeline.imports.plan import Plan, on_stage
from contact_pipeline.imports.reading import cell_names
from contact_pipeline.landing.tables import create_raw_table, create_tables
from contact_pipeline.normalize.tables import VALUE_TABLES, Reading
from contact_pipeline.schemas.quarantine import enforce_contract
from contact_pipeline.sources.entities import IMPORT_COLUMNS, IMPORTS_PEOPLE
from contact_pipeline.sources.list_file.building import is_sum, mapped_columns
from contact_pipeline.sources.voter_file.given import SOURCES as GIVEN_IN
from contact_pipeline.sources.voter_file.given import given_columns, write_given_voter_ids
from contact_pipeline.warehouse.models import all_models, run_model

BATCH: Final = "plan"
"""Batch id of rows that have not landed."""

SEVERAL: Final = ("phones_raw", "emails_raw", "tags")
"""Columns of what lands that hold several values, one a line."""

MODELS: Final = ("contacts.phone", "contacts.email", "contacts.contact", "contacts.consent", "identity.evidence")
KEPT: Final = {
    "contacts.phone": "phone", "contacts.email": "email", "contacts.contact": "contact",
    "contacts.consent": "consent", "identity.evidence": "evidence", "meta.quarantine": "quarantine",
}  # fmt: skip
"""Table of the stage → table of the plan that keeps it."""

ROW: Final = """
with phones as (
    select contact_id, list(e164 order by position) as phones from plan.phone
    where valid and contact_id in (select contact_id from plan.phone where position > 1) group by contact_id
),
emails as (
    select contact_id, list(email order by position) as emails from plan.email
    where valid and contact_id in (select contact_id from plan.email where position > 1) group by contact_id
),
consents as (
    select contact_id,
        max(case when channel = 'email' then status end) as email_consent,
        max(case when channel = 'sms' then status end) as sms_consent,
        max(case when channel = 'mail' then status end) as mail_consent
    from plan.consent group by contact_id
),
record as (
    select row_key, row_number, line from plan.file_row
    union all select row_key, row_number, line from plan.reject_row
)
select
    f.row_key, f.row_number, f.line,
    n.prefix, n.first_name, n.middle_name, n.last_name, n.suffix, n.preferred_name,
    cast(n.birth_date as varchar) as birth_date, n.birth_year, n.gender, n.employer as company, n.title,
    n.phone, coalesce(p.phones, case when n.phone is not null then [n.phone] end) as phones,
    n.email, coalesce(e.emails, case when n.email is not null then [n.email] end) as emails,
    n.address_line as address, n.unit, n.city, n.state, n.zip5 as zip, n.country,
    n.tags, n.linkedin, n.external_id, n.mentor_id, c.email_consent, c.sms_consent, c.mail_consent,
    not coalesce(n.name_junk, false) and (n.first_name is not null or n.last_name is not null) or n.employer is not null
        as named
from record as f
left join plan.contact as n on n.record_id = f.row_key
left join phones as p on p.contact_id = n.contact_id
left join emails as e on e.contact_id = n.contact_id
left join consents as c on c.contact_id = n.contact_id
"""


def map_rows(connection: DuckDBPyConnection, plan: Plan, rows: str, target: str) -> None:
    """Make `target`: rows of the file as they would land (`IMPORT_COLUMNS`), with `line` and `is_total`.

    Args:
        connection: From `plan.open_tables`.
        plan: Its mapping is used.
        rows: Rows as in `plan.file_row`, corrections applied.
        target: Table to make.
    """
    names = dict(zip(all_columns(plan), cell_names(all_columns(plan)), strict=True))
    columns = mapped_columns(plan.document, names)
    for name in SEVERAL:
        columns[name] = f"array_to_string({columns[name]}, chr(10))"
    given = [names[header] for header in given_columns(plan.columns)]
    own = {
        "row_key": "r.row_key",
        "row_number": "r.row_number::varchar",
        "import_id": f"'{plan.import_id}'",
        "policy": f"'{plan.rule.claim}'",
        "voter_id": f"coalesce({', '.join(f'r.{name}' for name in given)}, null)" if given else "cast(null as varchar)",
    }
    chosen = ", ".join(f"{own.get(name) or columns[name]} as {name}" for name in IMPORT_COLUMNS)
    total = is_sum([names[header] for header in plan.columns])
    connection.execute(
        f"create or replace table {target} as select {chosen}, r.line, {total} as is_total from {rows} as r"
    )


def all_columns(plan: Plan) -> list[str]:
    """The file's columns, then those that corrections added for fields the file does not have."""
    return [*plan.columns, *(name for name in plan.document.columns if name not in plan.columns)]


def normalise_rows(
    connection: DuckDBPyConnection, plan: Plan, rows: str, *, region: str, state: str, written: pa.Table, now: datetime
) -> None:
    """Run the contacts stage over mapped rows, and keep what it gives in the plan in the place of what was there.

    Args:
        connection: From `plan.open_tables`.
        plan: Whose rows.
        rows: From `map_rows`.
        region: Of phone numbers that do not say whose they are.
        state: Of voter ids that do not.
        written: Every external id that a file of ours wrote (`ledger.exports.external_ids_written`).
        now: Stands for the moment at which the rows would land.
    """
    with on_stage(connection):
        create_tables(connection)
        for entity in {*GIVEN_IN, IMPORTS_PEOPLE}:
            create_raw_table(connection, entity)
        _lay_down(connection, plan, rows, now)
        models = all_models()
        run_model(connection, models["contacts.import_person"])
        connection.execute("create view contacts.source_record as from contacts.import_person")
        reading = Reading(region, now.date())
        for table in VALUE_TABLES:
            table.build(connection, reading)
        _beside(connection, state, written)
        for name in MODELS:
            run_model(connection, models[name])
            enforce_contract(connection, name)
        for name, kept in KEPT.items():
            _keep(connection, name, kept)


def _lay_down(connection: DuckDBPyConnection, plan: Plan, rows: str, now: datetime) -> None:
    """The rows as if their batch had been loaded."""
    columns = ", ".join(IMPORT_COLUMNS)
    connection.execute(
        f"insert into {IMPORTS_PEOPLE.table} (_batch_id, _line, _record_id, {columns}) "
        f"select '{BATCH}', line, row_key, {columns} from {rows} where not is_total"
    )
    connection.execute(
        "insert into landing.batch (batch_id, source, entity, arrived_at, content_at, sequence) "
        "values (?, ?, ?, ?, ?::timestamptz, 1)",
        [BATCH, IMPORTS_PEOPLE.source, IMPORTS_PEOPLE.name, now, plan.content_at],
    )


def _beside(connection: DuckDBPyConnection, state: str, written: pa.Table) -> None:
    """What evidence reads beside the value tables."""
    from contact_pipeline.normalize.nickname import build_nicknames

    build_nicknames(connection, "contacts.nickname")
    write_given_voter_ids(connection, default_state=state)
    connection.register("written", written)
    connection.execute("create table identity.written_external_id as from written")
    connection.unregister("written")


def _keep(connection: DuckDBPyConnection, table: str, kept: str) -> None:
    """Put a table's rows into the plan, in the place of those of the same contacts."""
    connection.execute(f"create table if not exists plan.{kept} as from {table} limit 0")
    key = {"evidence": "record_id", "quarantine": "row_key"}.get(kept, "contact_id")
    touched = f"(select 'imports.people:' || _record_id from {IMPORTS_PEOPLE.table})"
    own = f"split_part({key}, '|', 1)"
    connection.execute(f"delete from plan.{kept} where {own} in {touched}")
    connection.execute(f"insert into plan.{kept} by name from {table}")
