"""What applying a plan would change of people who are known: every field, by the very models a run ranks values with.

Running those models for the people a file touches belongs here; how values are ranked belongs to the models.

`plan.import_change`: row_key, row_number, person_id, field, before, after (the file's value), what:

| what | meaning |
|---|---|
| `fills` | the person had no value |
| `changes` | the file's value would take the place of another |
| `adds` | the value is added beside the one that is shown |
| `keeps` | another value stays, because the policy says so |
| `protected` | the policy would change it, but the field's owner or a lock keeps it (decision 33) |
"""

from __future__ import annotations

from typing import Any, Final

from duckdb import DuckDBPyConnection

from contact_pipeline.imports.matching import PREFIX
from contact_pipeline.imports.outcome import LANDING
from contact_pipeline.imports.plan import Plan, on_stage
from contact_pipeline.people.ownership import write_ownership
from contact_pipeline.warehouse.models import all_models, run_model

SEVERAL: Final = ("phone", "email")
"""Fields of which a person has several values: one that is not shown is added."""

CLAIMED: Final = {
    "contact": "contact_id, source, entity, prefix, first_name, middle_name, last_name, name_junk, suffix, "
    "preferred_name, birth_date, gender, employer, title, address_valid, address_line, unit, city, state, zip5, "
    "modified_at, created_at, observed_at",
    "phone": "contact_id, position, e164, valid",
    "email": "contact_id, position, email, valid, junk",
}
"""What `people.claim` reads of the contacts stage: to read all of a million contacts takes twice as long."""

CHANGE_COLUMNS: Final = (
    "row_key varchar, row_number bigint, person_id varchar, field varchar, before varchar, after varchar, what varchar"
)


def find_changes(connection: DuckDBPyConnection, plan: Plan) -> dict[str, Any]:
    """Make `plan.import_change`, and count it by what would happen.

    Args:
        connection: From `plan.open_tables`, the base attached; the rows have their actions.
        plan: Whose rows.
    """
    with on_stage(connection):
        _lay_down(connection)
        models = all_models()
        for name in ("people.claim", "people.field_value"):
            run_model(connection, models[name])
        _compare(connection, protects=plan.rule.claim == "update")
    return _count(connection)


def _compare(connection: DuckDBPyConnection, *, protects: bool) -> None:
    """Make `plan.import_change`: the file's claims that the people it touches did not have, and how each fares."""
    connection.execute(f"create or replace table plan.import_change ({CHANGE_COLUMNS})")
    connection.execute(
        f"""
        insert into plan.import_change
        with shown as (
            select person_id, field, value, contact_id from people.field_value where rank = 1
        ),
        stands as materialized (
            select person_id, field, value, rank from base.people.field_value
            semi join (select distinct person_id from people.crosswalk) as touched using (person_id)
        ),
        before as (
            select person_id, field, value from stands where rank = 1
        ),
        held as (
            select distinct person_id, field, lower(value) as value from stands
        )
        select l.row_key, l.row_number, l.person_id, c.field, b.value, c.value,
            case
                when b.value is null then 'fills'
                when lower(s.value) = lower(c.value) then 'changes'
                when c.field in {SEVERAL} then 'adds'
                when {protects} then 'protected'
                else 'keeps'
            end as what
        from people.claim as c
        join landing_row as l on c.contact_id = '{PREFIX}' || l.row_key and c.person_id = l.person_id
        join shown as s on s.person_id = c.person_id and s.field = c.field
        left join before as b on b.person_id = c.person_id and b.field = c.field
        left join held as h on h.person_id = c.person_id and h.field = c.field and h.value = lower(c.value)
        where lower(b.value) is distinct from lower(c.value) and (h.value is null or lower(s.value) = lower(c.value))
        order by l.row_number, c.field, c.position
        """
    )


def _lay_down(connection: DuckDBPyConnection) -> None:
    """The contacts of every person the file touches, and who they would be, where the models look for them."""
    listed = ", ".join(f"'{action}'" for action in LANDING)
    connection.execute(
        f"""
        create or replace temp table landing_row as
        select row_key, row_number, person_id, persons
        from plan.import_row where action in ({listed}) and len(persons) > 0
        """
    )
    connection.execute(
        f"""
        create table people.crosswalk as
        with would_be as (select distinct unnest(persons) as today, person_id from landing_row)
        select '{PREFIX}' || row_key as contact_id, person_id from landing_row
        union all
        select x.contact_id, w.person_id from base.people.crosswalk as x join would_be as w on w.today = x.person_id
        where x.contact_id not in (select '{PREFIX}' || row_key from landing_row)
        """
    )
    for table, columns in CLAIMED.items():
        connection.execute(
            f"""
            create table contacts.{table} as
            select {columns} from plan.{table} semi join people.crosswalk using (contact_id)
            union all
            select {columns} from base.contacts.{table} semi join people.crosswalk using (contact_id)
            anti join plan.{table} using (contact_id)
            """
        )
    for table in ("people.decided_value", "sync.field_state"):
        connection.execute(
            f"create table {table} as from base.{table} where person_id in (select person_id from people.crosswalk)"
        )
    write_ownership(connection)


def _count(connection: DuckDBPyConnection) -> dict[str, Any]:
    found = connection.execute("select what, count(*) from plan.import_change group by 1").fetchall()
    counts = {str(what): int(count) for what, count in found}
    names = {"fills": "filled", "changes": "changed", "adds": "added", "keeps": "kept", "protected": "protected"}
    fields = connection.execute(
        "select field, count(*) from plan.import_change where what = 'protected' group by 1 order by 2 desc, 1"
    ).fetchall()
    return {
        **{name: counts.get(what, 0) for what, name in names.items()},
        "protected_fields": {str(field): int(count) for field, count in fields},
    }
