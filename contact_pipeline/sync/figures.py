"""The figures of a sync: what this run found, against what was published before it.

Counting belongs here; remembering is the ledger's (`ledger.syncs`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from contact_pipeline.warehouse.connection import columns_of
from contact_pipeline.warehouse.publish import NothingPublishedError, open_published

MENTORS = "mentors.mentor"

COUNTS = """
select
    count(*) as processed,
    count(r.givebutter_contact_id) as matched,
    (select count(*) from sync.conflict) as conflicts,
    (select coalesce(sum(n - 1), 0) from (
        select count(*) as n from people.crosswalk where source = 'givebutter' and entity = 'contacts'
        group by person_id having count(*) > 1)) as duplicates,
    (select count(*) from landing.reject where not list_contains(?, batch_id))
    + (select count(*) from meta.quarantine) as failed
from mentors.roster as r
join mentors.season as s on r.season = s.season and s.current
"""

CHANGES = """
select
    count(*) filter (where b.person_id is null) as inserted,
    count(*) filter (where b.person_id is not null and {differs}) as updated,
    count(*) filter (where a.givebutter_contact_id is not null
                     and b.givebutter_contact_id is distinct from a.givebutter_contact_id) as new_contact_ids
from mentors.mentor as a
join mentors.season as s on a.season = s.season and s.current
left join mentors_before as b on a.person_id = b.person_id and a.season = b.season
"""


def figures(connection: duckdb.DuckDBPyConnection, published: Path) -> dict[str, int]:
    """Counts of `ledger.syncs.FIGURES`.

    Args:
        connection: the warehouse, with the mentors and conflicts of this run.
        published: the folder of snapshots; its current one is what was known before.
    """
    before, batches = _before(published)
    counted = _row(connection, COUNTS, [batches])
    if before is None:
        return {**counted, "inserted": counted["processed"], "updated": 0, "new_contact_ids": counted["matched"]}
    now = columns_of(connection, MENTORS)
    shared = [name for name in before.column_names if name in now]
    differs = " or ".join(f'a."{name}" is distinct from b."{name}"' for name in shared)
    connection.register("mentors_before", before)
    try:
        return counted | _row(connection, CHANGES.format(differs=f"({differs})"), [])
    finally:
        connection.unregister("mentors_before")


def _before(published: Path) -> tuple[pa.Table | None, list[str]]:
    """The mentors of the current snapshot, and the batches it was made of; None where it has no mentors."""
    try:
        with open_published(published) as snapshot:
            batches = [row[0] for row in snapshot.execute("select batch_id from landing.batch").fetchall()]
            if not columns_of(snapshot, MENTORS):
                return None, batches
            return snapshot.sql(f"select * from {MENTORS}").to_arrow_table(), batches
    except NothingPublishedError:
        return None, []


def _row(connection: duckdb.DuckDBPyConnection, query: str, values: list[object]) -> dict[str, int]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description or []]
    return {name: int(value) for name, value in zip(names, cursor.fetchall()[0], strict=True)}
