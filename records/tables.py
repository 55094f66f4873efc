"""The tables, for SQLite and PostgreSQL alike. What is written into them stands in the journal.

Every table carries the hall, so that many halls can share one database. Durations are seconds.
Times are UTC; SQLite keeps them as text like 2026-11-22T01:30:00.000000+00:00, which sorts.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.types import TypeEngine

MOMENTS: Final = 2048  # whose text is kept in mind: of the turns that go on


def utc_text(moment: datetime) -> str:
    """An aware moment as it is written: 2026-11-22T01:30:00.000000+00:00."""
    if moment.tzinfo is UTC:
        return _written(moment)
    if moment.tzinfo is None:
        raise ValueError(f"a time without time zone cannot be written down: {moment}")
    return _written(moment.astimezone(UTC))


@lru_cache(maxsize=MOMENTS)
def _written(moment: datetime) -> str:
    """Of a moment in UTC, where equal ones are alike; most stand in many rows."""
    return moment.isoformat(timespec="microseconds")


class Utc(TypeDecorator[datetime]):
    """An aware moment, in UTC. A naive one is refused: nobody knows when it was."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return DateTime(timezone=True) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without time zone cannot be written down: {value}")
        return value.astimezone(UTC) if dialect.name == "postgresql" else utc_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return at if at.tzinfo is UTC else at.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# What happened, in order. The truth: everything else can be worked out from it.
events = Table(
    "events",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("at", Utc, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ticket", Text),
    Column("counter", Text),
    Column("data", Text, nullable=False),  # the event as JSON, without texts that may be erased
    Column("request", Text),
    Column("hash", LargeBinary, nullable=False),  # as chain.py has it; no row is ever changed
    Index(None, "hall", "day"),
    sqlite_with_rowid=False,
)

# Where the chain of events had come to when a day was closed, signed by the hall's own key.
heads = Table(
    "heads",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),  # of the event that closed it
    Column("day", Date, nullable=False),
    Column("at", Utc, nullable=False),
    Column("hash", LargeBinary, nullable=False),  # of that event
    Column("public_key", LargeBinary),  # 32 bytes; null: nobody signed
    Column("signature", LargeBinary),  # Ed25519, as heads.py has it
    sqlite_with_rowid=False,
)

# Texts of events that could lead to a person, each with the salt that proves it. See erasable.py.
erasable = Table(
    "erasable",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("field", Text, primary_key=True),
    Column("day", Date, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("value", Text, nullable=False),
    Index(None, "hall", "day"),
    sqlite_with_rowid=False,
)

# What somebody asked the running server to erase: of one visit, or of all days before one.
erasures = Table(
    "erasures",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("asked_at", Utc, nullable=False),
    Column("by", Text, nullable=False),
    Column("of", Date),
    Column("number", Text),
    Column("before", Date),
    sqlite_with_rowid=False,
)

# Every request that was answered, with the very answer: the same id again gets the same answer.
requests = Table(
    "requests",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("day", Date, nullable=False),
    Column("at", Utc, nullable=False),
    Column("device", Text, nullable=False),
    Column("officer", Text),
    Column("answer", Text, nullable=False),
    Index(None, "hall", "day"),
)

# One row per wait and the service after it, kept in step with the events in the same transaction.
turns = Table(
    "turns",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("ticket", Text, primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),  # counts from 1
    Column("service", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("group_code", Text),
    Column("language", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("counter", Text),
    Column("agency", Text, nullable=False),
    Column("officer", Text),
    Column("stage", Text, nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("slot_at", Utc),  # booked for
    Column("opened_at", Utc, nullable=False),
    Column("queued_at", Utc, nullable=False),
    Column("called_at", Utc),  # first call
    Column("started_at", Utc),
    Column("ended_at", Utc),
    Column("told_low_s", Integer),  # what the citizen was told to expect
    Column("told_high_s", Integer),
    Column("wait_s", Float),  # as felt: from opened_at to the first call
    Column("wait_target_s", Float),  # as the state counts it: from the slot, closed hours taken out
    Column("service_s", Float),  # from start to end, without the time it was held
    Column("held_s", Float, nullable=False),
    Column("start_estimated", Boolean, nullable=False),
    Column("recalls", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("rule", Text),  # why it was called when it was
    Column("overtook", Integer, nullable=False),
    Column("jump_reason", Text),  # the officer's word, for a call out of order
    Column("outcome", Text),
    Column("dossier", Text),
    Column("rating", Integer),
    Column("clock_stepped", Boolean, nullable=False),  # its durations are not to be trusted
    Column("due_on", Date),  # of a result that was returned
    Column("late", Boolean),  # returned after that day; null: no day was named
    Column("apology_no", Text),  # of the letter of apology (văn bản xin lỗi)
    Column("apology_on", Date),
    Column("longest", Text),  # the number overtaken that had waited longest
    Index(
        "ix_turns_dossier",
        *("hall", "dossier", "day"),
        sqlite_where=text("dossier IS NOT NULL"),
        postgresql_where=text("dossier IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

ratings = Table(
    "ratings",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("ticket", Text, primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("level", Integer, nullable=False),
    Column("levels", Integer, nullable=False),  # of how many
    Column("tags", Text, nullable=False),  # a JSON array of words
    Column("device", Text, nullable=False),
    Column("text", Text),  # in the citizen's own words
    sqlite_with_rowid=False,
)

# What lasted, from one moment to another: worked out from the events, in the same transaction.
# `until` is null while it lasts; nothing outlasts its day. `seq` is of the event it began with.

# How long a counter was open, and how long it paused. Between two of these it was closed.
counter_spans = Table(
    "counter_spans",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("counter", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("since", Utc, nullable=False),
    Column("until", Utc),
    Column("officer", Text),
    Column("agency", Text, nullable=False),
    Column("state", Text, nullable=False),  # open or paused
    Column("reason", Text),  # why it paused
    sqlite_with_rowid=False,
)

# Trouble of screens and of what hangs on them. One that goes on over the night begins anew.
outages = Table(
    "outages",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("device", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("since", Utc, nullable=False),
    Column("until", Utc),
    Column("trouble", Text, nullable=False),
    sqlite_with_rowid=False,
)

alarms = Table(
    "alarms",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("alarm", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("since", Utc, nullable=False),
    Column("until", Utc),
    Column("kind", Text, nullable=False),
    Column("of", Text),  # the field, counter or device it was about
    Column("number", Text),  # the ticket that had waited longest, or was at the counter
    Column("value_s", Float),  # how long, when it began
    Column("detail", Text),
    Column("acknowledged_at", Utc),  # when a manager said to have seen it
    sqlite_with_rowid=False,
)

# What loudspeakers said: one row per call and device, the first that the device told of it.
announcements = Table(
    "announcements",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("call", Integer, primary_key=True, autoincrement=False),
    Column("device", Text, primary_key=True),
    Column("ticket", Text),  # null: the call was of an earlier day
    Column("counter", Text),
    Column("called_at", Utc),
    Column("spoken_at", Utc),  # when it was begun; null: it was skipped
    Column("skipped", Text),  # why
    sqlite_with_rowid=False,
)

# What finished days, months and years came to, so that long periods need not be counted again.
# It is written with the event that opens the next day, and whenever a finished day changes.
rollup = Table(
    "rollup",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("period", Text, primary_key=True),  # day, month or year
    Column("by", Text, primary_key=True),  # what the turns are told apart by: service, counter...
    Column("first", Date, primary_key=True),  # the period's first day
    Column("key", Text, primary_key=True),  # which service, counter...
    Column("tally", LargeBinary, nullable=False),  # as figures/tally.py writes it
    sqlite_with_rowid=False,
)

# Days whose worked-out rows are of an older program: the next start works them out anew.
stale_days = Table(
    "stale_days",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    sqlite_with_rowid=False,
)

# Which screens were let in. Of a token only its SHA-256 is kept, in hexadecimal digits.
devices = Table(
    "devices",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("device", Text, primary_key=True),
    Column("token_hash", Text, nullable=False),  # empty: unpaired, and not let in until paired
    Column("paired_at", Utc, nullable=False),
    Column("role", Text),  # it comes in as nothing else; null: an older program paired it
    Column("seen_at", Utc),  # when it came or went last, while it was paired
    Column("online", Boolean),
    sqlite_with_rowid=False,
)

# One-time codes: for a device to be paired with, or for an account to choose a PIN with.
codes = Table(
    "codes",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),  # pair or sign_in
    Column("of", Text, primary_key=True),  # the device or the account
    Column("code_hash", Text, nullable=False),  # argon2id
    Column("until", Utc, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("token_hash", Text),  # of the device's token that the code was used for
    sqlite_with_rowid=False,
)

# Accounts of config.toml that nobody may sign in with, until they are restored.
suspended = Table(
    "suspended",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("since", Utc, nullable=False),
    Column("by", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Who was given or refused access, until the running server has made events of it.
access_changes = Table(
    "access_changes",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("of", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("by", Text, nullable=False),
    sqlite_with_rowid=False,
)

# The PINs that officers have chosen themselves, argon2id; they go before those in config.toml.
pins = Table(
    "pins",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("officer", Text, primary_key=True),
    Column("pin_hash", Text, nullable=False),
    Column("changed_at", Utc, nullable=False),
    sqlite_with_rowid=False,
)

# One row per hall, written to see whether the disk works again.
probes = Table(
    "probes",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("at", Utc, nullable=False),
)
