"""The `Ledger`: one database, its transactions, and its version.

Opening, migrating, reading and writing belong here. What is read and written belongs to the module of each subject.

Many processes may hold the ledger at once. Every write is one transaction that holds the only write lock from its
first statement (`BEGIN IMMEDIATE`, or a row lock on PostgreSQL), so what it read cannot grow stale before it writes.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Insert,
    NullPool,
    ScalarSelect,
    create_engine,
    event,
    func,
    inspect,
    select,
)
from sqlalchemy.engine import make_url

from contact_pipeline.ledger.migrations import LATEST, applied_version, upgrade
from contact_pipeline.ledger.tables import batch_mapping, decision, model_use, suppression, workspace

LAST_WORDS = (decision.c.decision_id, suppression.c.suppression_id, model_use.c.use_id, batch_mapping.c.line_id)
"""What humans, and lists that arrive, add lines to: the newest of each is a part of `Ledger.version`."""

SAID_AT_SOURCE = "said at its source"
"""Why a run suppresses, or no longer does: what the records say. Such lines follow from batches and wake no run."""

BUSY_SECONDS = 60
"""How long a process waits for another one's write. The longest, a million first PIDs, takes about half of it."""


class LedgerError(RuntimeError):
    """The ledger cannot be used as asked."""


class NewerLedgerError(LedgerError):
    """The ledger was written by a newer version of the program."""


class WrongWorkspaceError(LedgerError):
    """The ledger belongs to another workspace: nothing crosses from one to another (decision 12)."""


class LostLedgerError(LedgerError):
    """The ledger knows less than was published from it: it is gone, or an old copy stands in its place."""


@dataclass(frozen=True)
class Ledger:
    """What cannot be recomputed, of one workspace. Make it with `Ledger.open`."""

    engine: Engine
    workspace: str

    @classmethod
    def open(cls, url: str, *, workspace: str | None = None, now: datetime | None = None) -> Ledger:
        """Opens the ledger, makes it where there is none, and brings its tables up to date.

        Safe when several processes open a fresh home at once. Costs two small reads when nothing is to be done.

        Args:
            url: SQLAlchemy URL: `sqlite:///path/to/ledger.sqlite`, or PostgreSQL.
            workspace: short name of the workspace; it keys the order of PIDs and is kept for good by the first opening
                (`default` where none is given). None later means "whatever it is".
            now: when a fresh ledger begins; the current time where not given.

        Raises:
            NewerLedgerError: a newer version of the program wrote it.
            WrongWorkspaceError: it belongs to another workspace.
        """
        engine = _engine(url)
        name = _ready_name(engine)
        if name is None:
            with _preparing(engine) as connection:
                upgrade(connection)
                name = _settle_workspace(connection, workspace or "default", now or datetime.now(UTC))
        if workspace is not None and workspace != name:
            raise WrongWorkspaceError(
                f"This ledger belongs to workspace '{name}', not '{workspace}'. Its PIDs are tied to that name: "
                f"set workspace = '{name}', or use another home folder."
            )
        return cls(engine, name)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the ledger."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that holds the write lock; commits at the end, and not at all after an error."""
        with self.engine.connect().execution_options(ledger_writes=True) as connection, connection.begin():
            connection.execute(select(workspace.c.name).with_for_update())
            yield connection

    def version(self) -> str:
        """A short text that changes with every decision, and with suppressions, the model in use, lists' mappings.

        Issues, PIDs, arrivals and exports do not change it: a run makes those itself, and must not wake the next one.
        """
        newest = select(*(_last_word(column) for column in LAST_WORDS))
        with self.reading() as connection:
            decisions, suppressions, models, mappings = connection.execute(newest).one()
        return f"decisions-{decisions}.suppressions-{suppressions}.model-{models}.mappings-{mappings}"

    def close(self) -> None:
        """Lets go of every connection."""
        self.engine.dispose()


def _last_word(column: Column[Any]) -> ScalarSelect[Any]:
    """The newest line of a table that changes the version."""
    newest = select(func.coalesce(func.max(column), 0))
    if column.table is suppression:
        newest = newest.where(suppression.c.reason != SAID_AT_SOURCE)
    return newest.scalar_subquery()


def inserted_id(connection: Connection, line: Insert) -> int:
    """Adds one row and gives the id the database counted up for it."""
    key = connection.execute(line).inserted_primary_key
    assert key is not None, "an insert of one row always has a key"
    return int(key[0])


def _engine(url: str) -> Engine:
    """An engine whose transactions begin when we say so."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed)
    if not parsed.database or parsed.database == ":memory:":
        raise LedgerError("The ledger is shared by processes and needs a file: sqlite:///path/to/ledger.sqlite")
    Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # No pool: a connection costs 0.2 ms, and no process keeps a file handle it may carry over a fork.
    engine = create_engine(parsed, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(dbapi_connection: Any, _record: object) -> None:
    """Foreign keys are off by default, and FULL makes a commit survive a power cut in WAL mode too."""
    dbapi_connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    dbapi_connection.execute("PRAGMA foreign_keys = ON")
    dbapi_connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    """Writers say so at the start: a transaction that turns from reading to writing fails if another wrote between."""
    writes = connection.get_execution_options().get("ledger_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _ready_name(engine: Engine) -> str | None:
    """The workspace's name, or None where tables are missing or old.

    Raises:
        NewerLedgerError: the tables are newer than this program.
    """
    with engine.connect() as connection:
        version = applied_version(connection)
        if version is not None and version > LATEST:
            raise NewerLedgerError(
                f"The ledger's tables have version {version}, the program knows {LATEST}: install a newer one."
            )
        if version != LATEST or not inspect(connection).has_table(workspace.name):
            return None
        return connection.execute(select(workspace.c.name)).scalar_one_or_none()


@contextmanager
def _preparing(engine: Engine) -> Iterator[Connection]:
    """One process at a time may make or change tables; the others wait here and then find it done."""
    if engine.dialect.name == "sqlite":
        _turn_on_wal(engine)
    with engine.connect().execution_options(ledger_writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('contact_pipeline.ledger'))")
        yield connection


def _turn_on_wal(engine: Engine) -> None:
    """Lets readers and a writer work at once; the file remembers it.

    To processes that open a fresh file together SQLite now and then answers "locked" at once, busy timeout or not
    (measured: 17 of 4,800): so the wait is ours.

    Raises:
        OperationalError: the file is still locked after BUSY_SECONDS, or is no database.
    """
    for left in reversed(range(BUSY_SECONDS * 100)):
        with closing(engine.raw_connection()) as raw:
            try:
                raw.cursor().execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as locked:
                if locked.sqlite_errorname != "SQLITE_BUSY" or not left:
                    raise
            else:
                return
        time.sleep(0.01)


def _settle_workspace(connection: Connection, name: str, now: datetime) -> str:
    """Writes the name into a fresh ledger; gives the one that holds."""
    known = connection.execute(select(workspace.c.name)).scalar_one_or_none()
    if known is None:
        connection.execute(workspace.insert().values(name=name, opened_at=now))
    return known or name
