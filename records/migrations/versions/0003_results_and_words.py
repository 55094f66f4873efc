"""When a returned result was due, the apology for a late one, and what citizens say in words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("turns", sa.Column("due_on", sa.Date))
    op.add_column("turns", sa.Column("late", sa.Boolean))
    op.add_column("turns", sa.Column("apology_no", sa.Text))
    op.add_column("turns", sa.Column("apology_on", sa.Date))
    op.add_column("ratings", sa.Column("text", sa.Text))
