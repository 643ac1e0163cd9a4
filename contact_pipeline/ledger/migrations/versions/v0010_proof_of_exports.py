"""What each row of a file wrote, as hashes, and what had been read when it was made: its effect can be proved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Adds the columns; of files that left before, nothing can be proved."""
    op.add_column("export", sa.Column("read_sequence", sa.BigInteger(), nullable=True))
    op.add_column("export_row", sa.Column("written", sa.JSON(), nullable=True))
