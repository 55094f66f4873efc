"""What lasts, what was announced, and what long periods came to; the days that were are stale."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from records.tables import Utc

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("turns", sa.Column("longest", sa.Text))
    index_dossiers()
    create_counter_spans()
    create_outages()
    create_alarms()
    create_announcements()
    create_rollup()
    create_stale_days()
    # What is new must be worked out from the events by the hall's own setup, which its server has.
    op.execute("INSERT INTO stale_days (hall, day) SELECT DISTINCT hall, day FROM events")


def index_dossiers() -> None:
    op.create_index(
        "ix_turns_dossier",
        "turns",
        ["hall", "dossier", "day"],
        sqlite_where=sa.text("dossier IS NOT NULL"),
        postgresql_where=sa.text("dossier IS NOT NULL"),
    )


def create_counter_spans() -> None:
    op.create_table(
        "counter_spans",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("counter", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("since", Utc, nullable=False),
        sa.Column("until", Utc),
        sa.Column("officer", sa.Text),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("hall", "day", "counter", "seq", name="pk_counter_spans"),
        sqlite_with_rowid=False,
    )


def create_outages() -> None:
    op.create_table(
        "outages",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("since", Utc, nullable=False),
        sa.Column("until", Utc),
        sa.Column("trouble", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hall", "day", "device", "seq", name="pk_outages"),
        sqlite_with_rowid=False,
    )


def create_alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("alarm", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("since", Utc, nullable=False),
        sa.Column("until", Utc),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("of", sa.Text),
        sa.Column("number", sa.Text),
        sa.Column("value_s", sa.Float),
        sa.Column("detail", sa.Text),
        sa.Column("acknowledged_at", Utc),
        sa.PrimaryKeyConstraint("hall", "day", "alarm", "seq", name="pk_alarms"),
        sqlite_with_rowid=False,
    )


def create_announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("call", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("ticket", sa.Text),
        sa.Column("counter", sa.Text),
        sa.Column("called_at", Utc),
        sa.Column("spoken_at", Utc),
        sa.Column("skipped", sa.Text),
        sa.PrimaryKeyConstraint("hall", "day", "call", "device", name="pk_announcements"),
        sqlite_with_rowid=False,
    )


def create_rollup() -> None:
    op.create_table(
        "rollup",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("first", sa.Date, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("tally", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hall", "period", "by", "first", "key", name="pk_rollup"),
        sqlite_with_rowid=False,
    )


def create_stale_days() -> None:
    op.create_table(
        "stale_days",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("hall", "day", name="pk_stale_days"),
        sqlite_with_rowid=False,
    )
