"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from records.tables import Utc

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_events()
    create_requests()
    create_turns()
    create_ratings()
    create_devices()
    create_probes()


def create_events() -> None:
    op.create_table(
        "events",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("ticket", sa.Text),
        sa.Column("counter", sa.Text),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("request", sa.Text),
        sa.PrimaryKeyConstraint("hall", "seq", name="pk_events"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_events_hall_day", "events", ["hall", "day"])


def create_requests() -> None:
    op.create_table(
        "requests",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("officer", sa.Text),
        sa.Column("answer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hall", "id", name="pk_requests"),
    )
    op.create_index("ix_requests_hall_day", "requests", ["hall", "day"])


def create_turns() -> None:
    op.create_table(
        "turns",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("ticket", sa.Text, nullable=False),
        sa.Column("turn", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("group_code", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("counter", sa.Text),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("officer", sa.Text),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("issued_at", Utc, nullable=False),
        sa.Column("slot_at", Utc),
        sa.Column("opened_at", Utc, nullable=False),
        sa.Column("queued_at", Utc, nullable=False),
        sa.Column("called_at", Utc),
        sa.Column("started_at", Utc),
        sa.Column("ended_at", Utc),
        sa.Column("told_low_s", sa.Integer),
        sa.Column("told_high_s", sa.Integer),
        sa.Column("wait_s", sa.Float),
        sa.Column("wait_target_s", sa.Float),
        sa.Column("service_s", sa.Float),
        sa.Column("held_s", sa.Float, nullable=False),
        sa.Column("start_estimated", sa.Boolean, nullable=False),
        sa.Column("recalls", sa.Integer, nullable=False),
        sa.Column("missed", sa.Integer, nullable=False),
        sa.Column("rule", sa.Text),
        sa.Column("overtook", sa.Integer, nullable=False),
        sa.Column("jump_reason", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("dossier", sa.Text),
        sa.Column("rating", sa.Integer),
        sa.Column("clock_stepped", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("hall", "day", "ticket", "turn", name="pk_turns"),
        sqlite_with_rowid=False,
    )


def create_ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("ticket", sa.Text, nullable=False),
        sa.Column("turn", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("levels", sa.Integer, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hall", "day", "ticket", "turn", name="pk_ratings"),
        sqlite_with_rowid=False,
    )


def create_devices() -> None:
    op.create_table(
        "devices",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("paired_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("hall", "device", name="pk_devices"),
        sqlite_with_rowid=False,
    )


def create_probes() -> None:
    op.create_table(
        "probes",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("hall", name="pk_probes"),
    )
