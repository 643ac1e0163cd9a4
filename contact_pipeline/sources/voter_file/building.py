"""Building the next voter file: read, judge, compare with the one before, take over the rest.

The steps inside the file being built belong here. When a load is allowed, and the swap, belong to `load` and `store`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contact_pipeline.landing.outcomes import Held, LedgerImbalanceError, Refused
from contact_pipeline.sources.voter_file.layouts import OWN_COLUMNS, rules
from contact_pipeline.sources.voter_file.reading import FileReport, look_into, read_file
from contact_pipeline.sources.voter_file.store import sql_literal
from contact_pipeline.sources.voter_file.survey import Progress, Survey
from contact_pipeline.sources.voter_file.tables import STATE_TABLES, create_tables, extra_columns

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "2GB"
SMALLEST_SHARE = 0.5
REJECTS_TOLD = 100

CHANGES = ("new", "purged", "reissued", "reused", "moved", "renamed", "protected", "unprotected")
"""What may have happened to a voter between two files: `reissued` is a person under a new id, `reused` an id that now
belongs to somebody else."""


@dataclass(frozen=True)
class Loading:
    """One load's circumstances: where to, which state, when, and what the person said about the files."""

    voters: Path
    state: str
    now: datetime
    layout: str | None = None
    table: str | None = None
    full: bool = False
    smallest_share: float = SMALLEST_SHARE
    threads: int | None = None


class Clock:
    """Seconds per step."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic, self._started = monotonic, monotonic()
        self.steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what is done under this name."""
        started = self._monotonic()
        yield
        self.steps[name] = round(self._monotonic() - started, 2)

    def total(self) -> float:
        """Seconds since the beginning."""
        return self._monotonic() - self._started


def build(
    built: Path, current: Path | None, surveys: list[Survey], loading: Loading, load_id: str, clock: Clock,
    progress: Progress,
) -> dict[str, Any]:  # fmt: skip
    """Make the new file and close it; what it holds as a report."""
    import duckdb

    with duckdb.connect() as connection:
        _configure(connection, built, current, loading)
        with clock.step("read"):
            reports = _read_files(connection, surveys, loading, progress)
        with clock.step("judge"):
            progress("looking for repeated ids and people with two", 0, 1)
            headers = [
                alias for alias, ours in rules().layouts[reports[0].layout].aliases.items() if ours == "voter_id"
            ]
            connection.execute("set variable id_headers = $1", [["voter_id", *headers]])
            _run(connection, "judge.sql", {"state": loading.state})
        counts = _counts(connection, reports)
        _refuse_little(counts)
        with clock.step("compare"):
            progress("comparing with the file before", 0, 1)
            changes = _compare(connection, current, loading, load_id, counts["voters"])
            _keep_the_rest(connection, current, loading)
        final = _record(connection, loading, load_id, counts, reports)
        told = _told_rejects(connection, loading.state)
        with clock.step("close"):
            connection.execute("use memory")
            connection.execute("detach building")
    progress("done", 1, 1)
    return {
        "status": "loaded", "message": _message(counts, changes), "load_id": load_id,
        "files": [report.as_json() for report in final], **counts, "changes": changes, "rejects": told,
    }  # fmt: skip


def _configure(connection: duckdb.DuckDBPyConnection, built: Path, current: Path | None, loading: Loading) -> None:
    connection.execute("set enable_progress_bar = false")  # it would go to standard output, among the JSON
    connection.execute("set timezone = 'UTC'")
    connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    connection.execute("set preserve_insertion_order = false")
    connection.execute(f"set temp_directory = '{sql_literal(built)}.spill'")
    if loading.threads:
        connection.execute(f"set threads = {loading.threads}")
    connection.execute(f"attach '{sql_literal(built)}' as building")
    if current is not None:
        connection.execute(f"attach '{sql_literal(current)}' as earlier (read_only)")
    connection.execute("use building")


def _read_files(
    connection: duckdb.DuckDBPyConnection, surveys: list[Survey], loading: Loading, progress: Progress
) -> list[FileReport]:
    """Read every file into `voter`; all must be of one layout, lest their columns mean different things."""
    looks = [look_into(connection, survey, layout=loading.layout, table=loading.table) for survey in surveys]
    layouts = sorted({look.reading.layout.name for look in looks})
    if len(layouts) > 1:
        raise Refused(f"The files have several layouts ({', '.join(layouts)}). Load the files of one layout together.")
    extra = [name for look in looks for name in extra_columns(look.reading)]
    create_tables(connection, "building.main", [*extra, *_columns_of_the_rest(connection, loading)])
    return [
        read_file(connection, look, number, state=loading.state, progress=progress)
        for number, look in enumerate(looks, start=1)
    ]


def _has_earlier(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(connection.execute("select 1 from duckdb_databases() where database_name = 'earlier'").fetchall())


def _columns_of_the_rest(connection: duckdb.DuckDBPyConnection, loading: Loading) -> list[str]:
    """The unusual columns that voters of other states have, which stay."""
    if not _has_earlier(connection) or not _rest(connection, loading):
        return []
    named = connection.execute(
        "select column_name from duckdb_columns() where database_name = 'earlier' and table_name = 'voter'"
    ).fetchall()
    return [str(row[0]) for row in named if row[0] not in (*rules().columns, *OWN_COLUMNS)]


def _rest(connection: duckdb.DuckDBPyConnection, loading: Loading) -> list[tuple[Any, ...]]:
    query = "select distinct voter_state from earlier.load where voter_state <> $1"
    return list(connection.execute(query, [loading.state]).fetchall())


def _run(connection: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, Any]) -> None:
    """Run the statements of an SQL file beside this module; each gets those of the parameters it names."""
    text = (files(__package__) / name).read_text(encoding="utf-8")
    for statement in text.split("\n----\n"):
        connection.execute(statement, {key: value for key, value in parameters.items() if f"${key}" in statement})


def _counts(connection: duckdb.DuckDBPyConnection, reports: list[FileReport]) -> dict[str, int]:
    """The balance of the load.

    Raises:
        LedgerImbalanceError: Rows seen are not those kept, put aside and blank.
    """
    voters, protected, unread = connection.execute(
        "select count(*), count(*) filter (protected), count(date_of_birth_as_sent) from voter"
    ).fetchall()[0]
    (repeated,), (quarantined,), (pairs,) = (
        connection.execute(f"select count(*) from {table}").fetchall()[0]
        for table in ("repeat", "reject", "same_person")
    )
    seen, blank = sum(report.seen for report in reports), sum(report.blank for report in reports)
    accepted = voters + repeated
    if seen != accepted + quarantined + blank:
        raise LedgerImbalanceError(
            f"{seen:,} records were seen, but {accepted:,} kept, {quarantined:,} put aside and {blank:,} blank."
        )
    return {
        "seen": seen, "accepted": accepted, "quarantined": quarantined, "blank": blank, "voters": voters,
        "protected": protected, "repeated": repeated, "same_person": pairs, "unread_dates": unread,
    }  # fmt: skip


def _refuse_little(counts: dict[str, int]) -> None:
    """Refuse a file hardly any row of which could be kept.

    Raises:
        Refused: Fewer than half of the rows have an id and the right shape.
    """
    if counts["accepted"] * 2 < counts["seen"] - counts["blank"] or not counts["accepted"]:
        raise Refused(
            f"Only {counts['accepted']:,} of {counts['seen']:,} records have a voter id and the right number of cells. "
            "Nothing was loaded. Look at the first lines, and name the right layout with --layout."
        )


def _compare(
    connection: duckdb.DuckDBPyConnection, current: Path | None, loading: Loading, load_id: str, voters: int
) -> dict[str, int] | None:
    """What changed since the state's file before; None where there was none.

    Raises:
        Held: The new file is suspiciously small (a part of a state would purge the rest).
    """
    if current is None:
        return None
    before = connection.execute(
        "select count(*) from earlier.voter where voter_state = $1", [loading.state]
    ).fetchall()[0][0]
    if not before:
        return None
    if voters < loading.smallest_share * before and not loading.full:
        raise Held(
            f"{voters:,} voters came, but {loading.state} had {before:,}. If it is a part of the state, load all "
            "its files together; if it is the whole state, say so with --full. Nothing was changed."
        )
    _run(connection, "change.sql", {"state": loading.state, "load_id": load_id})
    counted = dict(connection.execute("select change, count(*) from change group by change").fetchall())
    return {change: counted.get(change, 0) for change in CHANGES}


def _keep_the_rest(connection: duckdb.DuckDBPyConnection, current: Path | None, loading: Loading) -> None:
    """Take over the voters of other states, and the history of loads."""
    if current is None:
        return
    for table in ("voter", *STATE_TABLES):
        connection.execute(
            f"insert into {table} by name select * from earlier.{table} where voter_state <> $1", [loading.state]
        )
    for table in ("load", "file"):
        connection.execute(f"insert into {table} by name select * from earlier.{table}")


def _record(
    connection: duckdb.DuckDBPyConnection, loading: Loading, load_id: str, counts: dict[str, int],
    reports: list[FileReport],
) -> list[FileReport]:  # fmt: skip
    """Write the load down; the files' reports with what was put aside in each."""
    aside = dict(
        connection.execute(
            "select file_number, count(*) from reject where voter_state = $1 group by 1", [loading.state]
        ).fetchall()
    )
    final = []
    for number, report in enumerate(reports, start=1):
        quarantined = aside.get(number, 0)
        final.append(replace(report, quarantined=quarantined, accepted=report.seen - report.blank - quarantined))
        connection.execute(
            "insert into file values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            [load_id, loading.state, number, report.file, report.kind, report.bytes, report.sha256, report.encoding,
             report.layout, report.seen, final[-1].accepted, quarantined, report.blank, list(report.unknown_columns),
             list(report.missing_columns)],
        )  # fmt: skip
    rules_hash = hashlib.sha256(rules().text.encode()).hexdigest()
    connection.execute(
        "insert into load values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        [load_id, loading.state, loading.now, rules_hash, reports[0].layout, len(reports), *counts.values()],
    )
    return final


def _told_rejects(connection: duckdb.DuckDBPyConnection, state: str) -> list[dict[str, Any]]:
    """The first rejects, without their text: it may hold what must not get into logs."""
    rows = connection.execute(
        f"select file_number, line, reason from reject where voter_state = $1 order by 1, 2 limit {REJECTS_TOLD}",
        [state],
    ).fetchall()
    return [{"file": number, "line": line, "reason": reason} for number, line, reason in rows]


def _message(counts: dict[str, int], changes: dict[str, int] | None) -> str:
    text = f"{counts['voters']:,} voters; {counts['quarantined']:,} of {counts['seen']:,} records were put aside."
    if changes is None:
        return text + " It is the state's first file."
    return text + " Since the file before: " + ", ".join(f"{changes[name]:,} {name}" for name in CHANGES) + "."
