"""Values of custom fields in the outbox: kept as a hash, the value itself is made anew from what is wanted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Adds the column; tags have no value."""
    op.add_column("outbox", sa.Column("value_hash", sa.Text(), nullable=True))
