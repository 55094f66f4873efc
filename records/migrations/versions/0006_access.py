"""Who may come in: devices bound to a role, one-time codes, suspended accounts, what is to note."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from records.tables import Utc

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("devices", sa.Column("role", sa.Text))
    op.add_column("devices", sa.Column("seen_at", Utc))
    op.add_column("devices", sa.Column("online", sa.Boolean))
    create_codes()
    create_suspended()
    create_access_changes()


def create_codes() -> None:
    op.create_table(
        "codes",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("of", sa.Text, nullable=False),
        sa.Column("code_hash", sa.Text, nullable=False),
        sa.Column("until", Utc, nullable=False),
        sa.Column("tries_left", sa.Integer, nullable=False),
        sa.Column("token_hash", sa.Text),
        sa.PrimaryKeyConstraint("hall", "purpose", "of", name="pk_codes"),
        sqlite_with_rowid=False,
    )


def create_suspended() -> None:
    op.create_table(
        "suspended",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("since", Utc, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hall", "account", name="pk_suspended"),
        sqlite_with_rowid=False,
    )


def create_access_changes() -> None:
    op.create_table(
        "access_changes",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("of", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hall", "id", name="pk_access_changes"),
        sqlite_with_rowid=False,
    )
