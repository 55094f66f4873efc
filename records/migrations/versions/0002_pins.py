"""PINs that officers have chosen themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from records.tables import Utc

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "pins",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("officer", sa.Text, nullable=False),
        sa.Column("pin_hash", sa.Text, nullable=False),
        sa.Column("changed_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("hall", "officer", name="pk_pins"),
        sqlite_with_rowid=False,
    )
