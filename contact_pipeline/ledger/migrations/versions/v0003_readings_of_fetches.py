"""Fetches keep whether the whole list was read, what is left of the day's calls and until when a platform is closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the columns; of earlier attempts they stay empty."""
    op.add_column("fetch", sa.Column("whole", sa.Boolean()))
    op.add_column("fetch", sa.Column("calls_left", sa.Integer()))
    op.add_column("fetch", sa.Column("closed_until", sa.DateTime(timezone=True)))
