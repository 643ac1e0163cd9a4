"""Migrations: how the ledger's tables came to be, one Alembic revision per step.

A revision, once released, never changes and never imports `tables`, which always shows the newest state. Alembic itself
is imported only when there is something to do, because opening the ledger is part of every command.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

LATEST = "0013"
"""The newest revision (four digits, compared as text)."""


def applied_version(connection: Connection) -> str | None:
    """The revision the database has, or None for a fresh one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if version is None else str(version)


def upgrade(connection: Connection, revision: str = LATEST) -> None:
    """Applies every missing revision up to this one inside the open transaction: all of them, or none."""
    if applied_version(connection) == revision:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
