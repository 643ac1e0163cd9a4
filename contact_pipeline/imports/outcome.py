"""What would become of every row: `plan.import_row`, one row per record of the file, and how many of each.

Putting matches, findings and the policy together belongs here. Finding them does not.

`plan.import_row`: row_key, row_number, line, the canonical columns (`canonical.ROW`), then

| column | meaning |
|---|---|
| action | `create`, `update`, `fill`, `skip`, `refuse`, `drop`; `unchanged` for a row that landed before just so |
| person_id | the person it is, the oldest of several; null for one that would be new |
| persons | all people it would join into one; more than one is a conflict |
| policy | the import's |
| probability | of the pair that says most |
| why | in words |

`plan.import_finding`: row_key, row_number, column (the file's header), field, code, severity (error, warning, info),
value, expected, hint. A row with an error is refused.
"""

from __future__ import annotations

from typing import Any, Final

from duckdb import DuckDBPyConnection

from contact_pipeline.config import Settings
from contact_pipeline.imports.canonical import ROW
from contact_pipeline.imports.matching import MATCH_COLUMNS, PREFIX, match_rows
from contact_pipeline.imports.plan import Base, Plan
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.pids import numbers_of

ROUNDS: Final = 5
"""So often rows that are left out are taken away and the rest is matched again; then it has settled, or never will."""

ACTIONS: Final = ("create", "update", "fill", "skip", "unchanged", "refuse", "drop")
LANDING: Final = ("create", "update", "fill")
"""The actions of rows that land."""


def make_rows(connection: DuckDBPyConnection) -> None:
    """Make `plan.import_row` with the canonical columns; nothing is decided yet."""
    connection.execute(
        f"""
        create or replace table plan.import_row as
        select *, null::varchar as action, null::varchar as person_id, null::varchar[] as persons,
            null::varchar as policy, null::double as probability, null::varchar as why
        from ({ROW})
        """
    )


def decide(connection: DuckDBPyConnection, settings: Settings, ledger: Ledger, plan: Plan, base: Base) -> str | None:
    """Give every row its action; the findings are there already. Says why everything had to be linked, if it had."""
    rule = plan.rule
    _open(connection, plan)
    connection.execute(f"create or replace table decided_match ({MATCH_COLUMNS}, action varchar)")
    everything = None
    for _ in range(ROUNDS):
        everything = match_rows(connection, settings, base, "open_row")
        connection.execute(
            f"""
            create or replace temp table round as
            select m.*, case
                when len(m.persons) = 0 and m.first_row = o.row_number then '{rule.new}'
                when len(m.persons) = 0 and '{rule.new}' = 'skip' then 'skip' else '{rule.known}'
            end as action
            from row_match as m join open_row as o using (row_key)
            """
        )
        connection.execute("insert into decided_match by name from round where action = 'skip'")
        left_out = connection.execute(
            "delete from open_row where row_key in (select row_key from round where action = 'skip')"
        )
        if not left_out.fetchall()[0][0]:
            break
    connection.execute("insert into decided_match by name from round where action <> 'skip'")
    _oldest_first(connection, ledger)
    _write(connection, plan)
    return everything


def _oldest_first(connection: DuckDBPyConnection, ledger: Ledger) -> None:
    """Put the oldest PID first where a row would join several: that one survives."""
    joined = connection.execute("select distinct unnest(persons) from decided_match where len(persons) > 1").fetchall()
    if not joined:
        return
    numbers = numbers_of(ledger, [name for (name,) in joined])
    connection.execute("create or replace temp table pid_number (pid varchar, number bigint)")
    connection.executemany("insert into pid_number values (?, ?)", list(numbers.items()))
    connection.execute(
        """
        update decided_match as d set persons = o.persons
        from (
            select row_key, list(name order by number, name) as persons
            from (select row_key, unnest(persons) as name from decided_match where len(persons) > 1)
            left join pid_number on pid = name
            group by row_key
        ) as o
        where o.row_key = d.row_key
        """
    )


def _open(connection: DuckDBPyConnection, plan: Plan) -> None:
    """Make `open_row` (row_key, row_number): the rows that may land."""
    connection.execute(
        f"""
        create or replace temp table here_already as
        with known as (select contact_id from base.contacts.contact semi join plan.contact using (contact_id))
        select p.record_id as row_key from known
        join plan.contact as p using (contact_id)
        join base.contacts.contact as b using (contact_id)
        where {_same_contact(connection)}
        """
    )
    connection.execute(
        """
        create or replace temp table open_row as
        select row_key, row_number from plan.import_row
        where row_key not in (select row_key from plan.import_finding where severity = 'error')
            and row_key not in (select row_key from plan.dropped)
            and row_key not in (select row_key from plan.mapped_row where is_total)
            and row_key not in (select row_key from here_already)
        """
    )


def _same_contact(connection: DuckDBPyConnection) -> str:
    """SQL for whether a contact says what it said when it landed; when that was does not count."""
    apart = {"contact_id", "batch_id", "line", "observed_at", "modified_at"}
    names = [row[0] for row in connection.execute("describe plan.contact").fetchall()]
    return " and ".join(f"p.{name} is not distinct from b.{name}" for name in names if name not in apart)


def _write(connection: DuckDBPyConnection, plan: Plan) -> None:
    connection.execute(
        f"""
        create or replace table plan.import_row as
        select f.* replace (
            case when d.row_key is not null or t.is_total then 'drop' when e.row_key is not null then 'refuse'
                when h.row_key is not null then 'unchanged' else m.action end as action,
            case when h.row_key is not null then own.person_id else m.persons[1] end as person_id,
            coalesce(m.persons, []) as persons, $1 as policy, m.probability as probability,
            case
                when d.row_key is not null then 'left out by hand'
                when t.is_total then 'a row of sums, nobody'
                when e.row_key is not null then e.codes
                when h.row_key is not null then 'landed before, just so'
                when len(m.persons) > 1
                    then 'would join ' || array_to_string(m.persons, ', ') || ': ' || coalesce(m.why, '')
                when len(m.persons) = 1 then concat_ws(
                    '', nullif(concat_ws(' ', p.first_name, p.last_name), ''), ' (', m.persons[1], '): ',
                    coalesce(nullif(m.why, ''), 'through other rows of the file'))
                when m.first_row < f.row_number
                    then 'the same person as row ' || m.first_row || coalesce(': ' || m.why, '')
                when m.perhaps is not null then 'new; perhaps ' || m.perhaps || ', a human will be asked'
                else 'nobody known fits'
            end as why
        )
        from plan.import_row as f
        left join plan.dropped as d using (row_key)
        left join plan.mapped_row as t using (row_key)
        left join (
            select row_key, string_agg(distinct code, ', ' order by code) as codes from plan.import_finding
            where severity = 'error' group by row_key
        ) as e using (row_key)
        left join here_already as h using (row_key)
        left join base.people.crosswalk as own on own.contact_id = '{PREFIX}' || f.row_key
        left join decided_match as m using (row_key)
        left join base.people.person as p on p.person_id = m.persons[1]
        order by f.row_number
        """,
        [plan.policy],
    )


def count(connection: DuckDBPyConnection, blank: int) -> dict[str, Any]:
    """How many rows there are of each kind: what `imports show` and the history tell."""
    actions = dict(connection.execute("select action, count(*) from plan.import_row group by 1").fetchall())
    findings = connection.execute(
        "select code, severity, count(*), count(distinct row_key) from plan.import_finding group by all order by all"
    ).fetchall()
    conflicts, inside, rows, unheard = connection.execute(
        "select count(*) filter (len(persons) > 1), count(*) filter (why like 'the same person as row %'), count(*), "
        "count(*) filter (action = 'refuse' and "
        "list_contains([email_consent, sms_consent, mail_consent], 'no')) from plan.import_row"
    ).fetchall()[0]
    return {
        "rows": int(rows),
        "blank": blank,
        **{action: int(actions.get(action, 0)) for action in ACTIONS},
        "accepted": int(sum(actions.get(action, 0) for action in (*LANDING, "skip", "unchanged"))),
        "conflicts": int(conflicts),
        "duplicates_inside": int(inside),
        "refused_opt_outs": int(unheard),
        "findings": [
            {"code": code, "severity": severity, "findings": int(found), "rows": int(held)}
            for code, severity, found, held in findings
        ],
    }
