"""A saved model links only once somebody says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the table; of the models saved before, the newest was in use and stays so."""
    op.create_table(
        "model_use",
        sa.Column("use_id", ID, autoincrement=True, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["saved_model.version"], name=op.f("fk_model_use_version")),
        sa.PrimaryKeyConstraint("use_id", name=op.f("pk_model_use")),
    )
    op.execute(
        "INSERT INTO model_use (version, since, actor, reason) "
        "SELECT version, created_at, 'pipeline', 'the newest model when uses began to be kept' "
        "FROM saved_model ORDER BY version DESC LIMIT 1"
    )
