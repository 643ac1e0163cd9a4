"""Assets of the people stage that SQL cannot make: PIDs and issues, which the ledger remembers, and who owns a field.

Each is one call into `ledger/`, `people/` or `issues/`.
"""

from __future__ import annotations

import dagster as dg
import duckdb

from contact_pipeline.assets.python_table import GATE, Extra, table_asset
from contact_pipeline.assets.workspace import Workspace, write_ledger_table
from contact_pipeline.issues.registry import issue_kinds, issues_found
from contact_pipeline.normalize.tables import day_of_newest_batch
from contact_pipeline.people.ownership import write_ownership


def _crosswalk(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    from contact_pipeline.ledger.assigning import assign_pids
    from contact_pipeline.ledger.churn import Budget, TooMuchChange, moved_at, remember_change

    clusters = connection.sql(
        "select c.contact_id, coalesce(k.cluster_id, c.contact_id) as cluster_id from contacts.contact as c "
        "left join identity.cluster as k on c.contact_id = k.record_id order by c.contact_id"
    ).to_arrow_table()
    settings = workspace.settings()
    now = settings.clock()
    ledger = workspace.ledger()
    budget = Budget(settings.churn_budget, settings.churn_at_least)
    try:
        assigned = assign_pids(ledger, clusters, now=now, reason="linked by evidence", budget=budget)
        moved = moved_at(ledger, now)
    except TooMuchChange as stopped:
        remember_change(ledger, stopped.change, now=now)
        raise dg.Failure(description=str(stopped), metadata={"change": stopped.change.as_json()}) from stopped
    finally:
        ledger.close()
    connection.register("assigned_pids", assigned)
    connection.execute(
        "create or replace table people.crosswalk as select a.contact_id, a.pid as person_id, c.source, c.entity, "
        "c.record_id from assigned_pids a join contacts.contact c using (contact_id) order by a.contact_id"
    )
    connection.unregister("assigned_pids")
    people = connection.execute("select count(distinct person_id) from people.crosswalk").fetchall()[0][0]
    connection.execute("create or replace table meta.churn as select ? as people, ? as moved", [people, moved])
    return {"people": people, "PIDs moved": moved}


def _opt_out(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    from contact_pipeline.people.opting_out import write_opt_outs

    ledger = workspace.ledger()
    try:
        settings = workspace.settings()
        return write_opt_outs(connection, ledger, now=settings.clock(), region=settings.region)
    finally:
        ledger.close()


def _gone_contact(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.people.opting_out import write_gone_contacts

    ledger = workspace.ledger()
    try:
        write_gone_contacts(connection, ledger)
    finally:
        ledger.close()


def _pid_change(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.ledger.changes import pid_changes

    write_ledger_table(connection, workspace, "people.pid_change", pid_changes)


def _exported(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.ledger.exports import exported_people

    write_ledger_table(connection, workspace, "people.exported", exported_people)


def _decided_value(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.ledger.decisions import active_values

    write_ledger_table(connection, workspace, "people.decided_value", active_values)
    connection.execute(
        "create or replace table people.decided_value as select coalesce(x.person_id, d.subject) as person_id, "
        "d.* exclude (subject) from people.decided_value as d "
        "left join people.crosswalk as x on d.subject = x.contact_id "
        "qualify row_number() over (partition by coalesce(x.person_id, d.subject), d.field "
        "order by d.locked desc, d.decision_id desc) = 1"
    )


def _phone_said(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.normalize.phone_values import build_phone_values

    said = " union all ".join(
        f"select value as raw from {table} where field = 'phone'"
        for table in ("sync.form_value", "sync.platform_value")
    )
    build_phone_values(connection, said, "sync.phone_value", region=workspace.settings().region)


def _birth_date_said(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.normalize.date_values import build_date_values

    said = " union all ".join(
        f"select value as raw from {table} where field = 'birth_date'"
        for table in ("sync.form_value", "sync.platform_value")
    )
    build_date_values(
        connection,
        said,
        "sync.birth_value",
        today=day_of_newest_batch(connection),
        region=workspace.settings().region,
    )


def _ownership(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.mentors.season import season_of

    fields = season_of(workspace.settings()).custom_fields
    write_ownership(connection, [(field.value, field.title, field.owner == "givebutter") for field in fields])


def _issue(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    from contact_pipeline.ledger.issues import issues, record_issues

    settings = workspace.settings()
    ledger = workspace.ledger()
    try:
        counts = record_issues(ledger, issues_found(connection), now=settings.clock())
        known = issues(ledger)
    finally:
        ledger.close()
    connection.register("known_issues", known)
    connection.execute("create or replace table people.issue as select * from known_issues order by fingerprint")
    connection.unregister("known_issues")
    return {"opened": counts.opened, "closed": counts.closed, "still open": counts.still_open}


def people_assets() -> list[dg.AssetsDefinition]:
    """Crosswalk, ownership and issues."""
    return [
        table_asset(
            "people.crosswalk",
            _crosswalk,
            reads=["contacts.contact", "identity.cluster"],
            description="One row per contact: the PID of the person it belongs to, from the ledger (decision 11).",
            lineage={
                "contact_id": [("contacts.contact", "contact_id")],
                "person_id": [("identity.cluster", "cluster_id")],
                "source": [("contacts.contact", "source")],
                "entity": [("contacts.contact", "entity")],
                "record_id": [("contacts.contact", "record_id")],
            },
        ),
        table_asset(
            "people.opt_out",
            _opt_out,
            reads=["contacts.consent", "contacts.consent_key", "contacts.gone_answer"],
            description="One row per opt-out that holds, by address and contact: the ledger's; it outlives its record.",
        ),
        table_asset(
            "people.gone_contact",
            _gone_contact,
            reads=["people.opt_out", "people.crosswalk"],
            description="One row per contact that opted out and is gone: the person it belonged to.",
        ),
        table_asset(
            "people.pid_change",
            _pid_change,
            reads=["people.crosswalk"],
            description="One row per change of a PID: what, when, why, who, and which past exports carried the PIDs.",
        ),
        table_asset(
            "people.exported",
            _exported,
            reads=["people.crosswalk"],
            description="One row per person a file ever carried: in how many files, and when last.",
        ),
        table_asset(
            "people.ownership",
            _ownership,
            reads=[GATE],
            description="One row per field and source: whose word counts first, which way it goes, how it is compared.",
        ),
        table_asset(
            "people.decided_value",
            _decided_value,
            reads=["people.crosswalk"],
            description="One row per person and field a human decided: the value, and whether it is locked.",
        ),
        table_asset(
            "sync.phone_value",
            _phone_said,
            reads=["sync.form_value", "sync.platform_value"],
            description="One row per distinct phone number that a form or a contact of the season ever gave.",
        ),
        table_asset(
            "sync.birth_value",
            _birth_date_said,
            reads=["sync.form_value", "sync.platform_value"],
            description="One row per distinct birth date that a form or a contact of the season ever gave.",
        ),
        table_asset(
            "people.issue",
            _issue,
            reads=[f"issues.{code}" for code in issue_kinds()],
            description="One row per thing a human should look at; closes by itself when its cause is gone.",
        ),
    ]
