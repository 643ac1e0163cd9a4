"""Every sync that did something: what started it, how it ended, and its figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIGURES = (
    "processed", "inserted", "updated", "failed", "matched", "new_contact_ids", "conflicts", "duplicates",
)  # fmt: skip


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "sync_run",
        sa.Column("sync_id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("triggered_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("run_id", sa.Text()),
        *(sa.Column(name, sa.Integer()) for name in FIGURES),
        sa.Column("message", sa.Text()),
        sa.CheckConstraint("kind IN ('set_up', 'periodic', 'on_demand', 'file')", name=op.f("ck_sync_run_kind")),
        sa.CheckConstraint("status IN ('running', 'completed', 'failed')", name=op.f("ck_sync_run_status")),
        sa.PrimaryKeyConstraint("sync_id", name=op.f("pk_sync_run")),
    )
    op.create_index("ix_sync_run_started_at", "sync_run", ["started_at"])
