"""How the columns of lists are read: presets, and the mapping of each batch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes both tables; batches that landed before are read by the names of their columns, as they were."""
    op.create_table(
        "mapping_preset",
        sa.Column("preset_id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("preset_id", name=op.f("pk_mapping_preset")),
    )
    op.create_index("ix_mapping_preset_name", "mapping_preset", ["name"])
    op.create_index("ix_mapping_preset_fingerprint", "mapping_preset", ["fingerprint"])
    op.create_table(
        "batch_mapping",
        sa.Column("line_id", ID, autoincrement=True, nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("preset_id", ID, nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.CheckConstraint("how IN ('automatic', 'preset', 'confirmed')", name=op.f("ck_batch_mapping_how")),
        sa.ForeignKeyConstraint(["preset_id"], ["mapping_preset.preset_id"], name=op.f("fk_batch_mapping_preset_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_batch_mapping")),
    )
    op.create_index("ix_batch_mapping_batch_id", "batch_mapping", ["batch_id"])
