"""What linking remembers from one run to the next, so that the next need not look at everything again.

Four tables beside the pairs: what each record said, the keys it was compared by, what was counted over all
records, and with what the pairs were made. Reading, writing and judging them belongs here; linking with them belongs to
`incremental`. All of it can be lost: a run without it links everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from contact_pipeline.identity.evidence import EVIDENCE_COLUMNS
from contact_pipeline.identity.features import (
    FREQUENCY_COLUMNS,
    LEARNED_NAMES,
    MERGED_IDS,
    SUMMARIES,
    Frequencies,
    frequency_sql,
    learned_names,
    population,
    reference_names,
)
from contact_pipeline.identity.model import LOWEST_NAME_FREQUENCY

if TYPE_CHECKING:
    import duckdb

STATE_COLUMNS: Final[dict[str, dict[str, str]]] = {
    "record": {"record_id": "varchar", "print": "ubigint"},
    "key": {"rule": "utinyint", "block_key": "ubigint", "number": "ubigint"},
    "summary": {"summary": "varchar", "value": "varchar", "print": "ubigint"},
    "run": {"made_with": "varchar", "population": "bigint", "engine": "varchar", "pairs": "bigint", "print": "ubigint"},
}
"""The tables of a state and their columns. `print` is a fingerprint: of a record's evidence, of a counted row, of the
pairs. `number` stands for a record in `key`: a hash of its id, so that the tables hold the same whatever came first."""


@dataclass(frozen=True)
class State:
    """Names of the tables of one state: `meta.link_` gives `meta.link_record` and so on.

    Attributes:
        prefix: schema and beginning of the names.
    """

    prefix: str

    @property
    def record(self) -> str:
        """What each record said."""
        return f"{self.prefix}record"

    @property
    def key(self) -> str:
        """The keys each record was compared by."""
        return f"{self.prefix}key"

    @property
    def summary(self) -> str:
        """What was counted over all records."""
        return f"{self.prefix}summary"

    @property
    def run(self) -> str:
        """With what the pairs were made: one row, or none."""
        return f"{self.prefix}run"


def create_tables(connection: duckdb.DuckDBPyConnection, state: State) -> None:
    """Make the tables of the state that are not there; empty ones say that nothing is remembered."""
    for table, columns in STATE_COLUMNS.items():
        written = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        connection.execute(f"create table if not exists {state.prefix}{table} ({written})")


def why_everything(
    connection: duckdb.DuckDBPyConnection, state: State, made_with: str, records: int, target: str
) -> str | None:
    """Why what is remembered is of no use and everything must be linked; None where it is.

    Args:
        connection: holds the state and perhaps `target`.
        state: the tables.
        made_with: one text for model, thresholds and code.
        records: how many records there are now.
        target: the pairs of the last run.
    """
    rows = connection.execute(f"select * from {state.run}").fetchall()
    if not rows:
        return "nothing is remembered"
    then_with, then_population, engine, pairs, fingerprint = rows[0]
    if then_with != made_with or engine != _engine():
        return "the model, the thresholds or the code are others"
    if then_population > population(records):
        return "there are so many fewer records that pairs which fell short may not any more"
    if not _exists(connection, target) or pairs_print(connection, target) != (pairs, fingerprint):
        return "the pairs are not those of the last run"
    return None


def population_then(connection: duckdb.DuckDBPyConnection, state: State) -> int:
    """The `features.population` of the run that is remembered."""
    people: int = connection.execute(f"select population from {state.run}").fetchall()[0][0]
    return people


def remember_run(
    connection: duckdb.DuckDBPyConnection, state: State, made_with: str, records: int, target: str
) -> None:
    """Write with what `target` was made, as the last step of a run."""
    connection.execute(f"delete from {state.run}")
    row = [made_with, population(records), _engine(), *pairs_print(connection, target)]
    connection.execute(f"insert into {state.run} values (?, ?, ?, ?, ?)", row)


def pairs_print(connection: duckdb.DuckDBPyConnection, target: str) -> tuple[int, int]:
    """How many pairs a table holds, and a fingerprint of them that does not depend on their order."""
    pairs, fingerprint = connection.execute(
        f"select count(*), coalesce(bit_xor(hash(record_id_l, record_id_r, match_weight)), 0) from {target}"
    ).fetchall()[0]
    return int(pairs), int(fingerprint)


def number_sql(record_id: str) -> str:
    """SQL for the number that stands for a record id in the state."""
    return f"hash({record_id})"


def print_sql(evidence: str) -> str:
    """One row per record of `evidence`: `record_id` and the fingerprint of what it says."""
    return f"select record_id, hash({', '.join(EVIDENCE_COLUMNS)}) as print from {evidence}"


def count_summaries(connection: duckdb.DuckDBPyConnection, evidence: str, records: int, learned: Frequencies) -> None:
    """Count anew what features and frequencies stand on, into temporary tables of the connection.

    Makes `numbered` (a view of the evidence, without numbers), one `now_<name>` for each of `features.SUMMARIES` and
    `now_frequency_<column>`, and `now_summary` (columns of the state's `summary`). `learned` are the model's
    `frequencies`.
    """
    connection.execute(
        f"create or replace temp view numbered as select 0 as record_number, {MERGED_IDS} from {evidence}"
    )
    lists = reference_names() | {LEARNED_NAMES: learned_names(learned)}
    for name, rows in lists.items():
        connection.register(name, rows)
    for summary in SUMMARIES:
        connection.execute(f"create or replace temp table now_{summary.name} as {summary.sql(records)}")
    for column in FREQUENCY_COLUMNS:
        counted = f"(select nullif({column}, '') as {column} from numbered)"
        sql = frequency_sql(column, records, counted, learned)
        connection.execute(f"create or replace temp table now_frequency_{column} as {sql}")
    for name in lists:
        connection.unregister(name)
    said = [f"select '{name}' as summary, value::varchar as value, hash(t) as print from now_{name} as t(value)"
            for name in (summary.name for summary in SUMMARIES)]  # fmt: skip
    # Values rarer than the floor weigh alike: they are not worth remembering.
    said += [
        f"select 'frequency_{column}', {column}, hash(tf_{column}) from now_frequency_{column}"
        f" where tf_{column} > {LOWEST_NAME_FREQUENCY}"
        for column in FREQUENCY_COLUMNS
    ]
    connection.execute(f"create or replace temp table now_summary as {' union all '.join(said)}")


def summary_values() -> dict[str, str]:
    """For each summary, SQL over a row of `numbered` giving the values of its record."""
    values = {summary.name: summary.values for summary in SUMMARIES}
    return values | {f"frequency_{column}": column for column in FREQUENCY_COLUMNS}


def drop_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what `count_summaries` made."""
    connection.execute("drop view if exists temp.numbered")
    for name in (*summary_values(), "summary"):
        connection.execute(f"drop table if exists temp.now_{name}")


def _engine() -> str:
    import duckdb

    return str(duckdb.__version__)


def _exists(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    *place, name = table.split(".")
    return bool(
        connection.execute(
            "select 1 from duckdb_tables() where table_name = ? and ends_with(database_name || '.' || schema_name, ?)",
            [name, ".".join(place)],
        ).fetchall()
    )
