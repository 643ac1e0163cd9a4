"""Decisions keep every contact they are about with what was seen of it, and changes of PIDs that wait for a yes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes the two tables and copies the contacts of the pairs that were decided before."""
    op.add_column("decision", sa.Column("bulk", sa.Text()))
    op.create_table(
        "decision_contact",
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text()),
        sa.CheckConstraint("side IN ('left', 'right', 'beside')", name=op.f("ck_decision_contact_side")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.decision_id"], name=op.f("fk_decision_contact_decision_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", "contact_id", name=op.f("pk_decision_contact")),
    )
    op.create_index("ix_decision_contact_contact_id", "decision_contact", ["contact_id"], unique=False)
    for side, column in (("left", "subject"), ("right", "other")):
        op.execute(
            "INSERT INTO decision_contact (decision_id, contact_id, side) "
            f"SELECT decision_id, {column}, '{side}' FROM decision WHERE kind IN ('same', 'different')"
        )
    op.create_table(
        "planned_change",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("planned_at", TIME, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_planned_change")),
    )
