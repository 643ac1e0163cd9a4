"""Suppressions keep which contact said no, so that each answers for itself and outlives it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the column; lines of earlier versions were nobody's record."""
    op.add_column("suppression", sa.Column("contact_id", sa.Text()))
