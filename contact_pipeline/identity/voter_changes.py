"""Which contacts a run of the voter match has to look at: those whose evidence changed, or all after a new voter file.

Remembering what was matched belongs here. It is allowed because what a pair weighs depends on the contact, the voter
and the voter file alone (`voter_scoring`): asking about the changed contacts gives what asking about all would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contact_pipeline.warehouse.connection import columns_of

if TYPE_CHECKING:
    import duckdb

CHANGED: Final = "meta.voter_changed"
"""The contacts a run looks at: record_id."""

_SEEN: Final = "meta.voter_seen"
_STATE: Final = "meta.voter_state"


def find_changed(connection: duckdb.DuckDBPyConnection, evidence: str, *, made_with: str) -> int:
    """Write `CHANGED`: contacts that are new or say something else than when they were matched last; how many.

    Args:
        connection: the warehouse.
        evidence: table of the contacts.
        made_with: names the voter file and the rules; when it is another, all contacts have changed.
    """
    if _made_with(connection) != made_with:
        connection.execute(f"create or replace table {_SEEN} (record_id varchar, said ubigint)")
    connection.execute(
        f"create or replace table {CHANGED} as select record_id from {evidence} as e "
        f"anti join {_SEEN} as s on s.record_id = e.record_id and s.said = hash(e)"
    )
    connection.execute(f"create or replace table {_STATE} as select $1 as made_with", [made_with])
    changed: int = connection.execute(f"select count(*) from {CHANGED}").fetchall()[0][0]
    return changed


def keep_unchanged(connection: duckdb.DuckDBPyConnection, table: str, kinds: dict[str, str], evidence: str) -> None:
    """Leave in `table` the rows of contacts that are there and did not change; an older shape of it is made anew.

    Args:
        connection: the warehouse, after `find_changed`.
        table: table with the column record_id.
        kinds: the columns it is to have, with their types.
        evidence: table of the contacts.
    """
    if list(columns_of(connection, table)) != list(kinds):
        columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
        connection.execute(f"create or replace table {table} ({columns})")
    connection.execute(
        f"create or replace table {table} as select * from {table} "
        f"where record_id in (select record_id from {evidence}) "
        f"and record_id in (select record_id from {_SEEN}) and record_id not in (select record_id from {CHANGED})"
    )


def remember_matched(connection: duckdb.DuckDBPyConnection, evidence: str) -> None:
    """Note what every contact said, once all tables of the match hold it."""
    connection.execute(f"create or replace table {_SEEN} as select record_id, hash(e) as said from {evidence} as e")


def _made_with(connection: duckdb.DuckDBPyConnection) -> str | None:
    if not columns_of(connection, _SEEN) or not columns_of(connection, _STATE):
        return None
    rows = connection.execute(f"select made_with from {_STATE}").fetchall()
    return str(rows[0][0]) if rows else None
