"""Alembic's entry: runs revisions on the connection that `upgrade` handed over."""

from __future__ import annotations

from alembic import context

from contact_pipeline.ledger.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
