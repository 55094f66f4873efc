"""A server that is killed while it writes one batch. Arguments: the address, and the moment."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import event

from hall.events import CounterOpened, TicketTaken
from records.engine import connect
from records.journal import Entry, Journal
from tests.records.small import small_hall


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, moment: str) -> None:
    engine = connect(url)
    at, day = datetime(2026, 11, 23, 1, tzinfo=UTC), date(2026, 11, 23)
    taken = TicketTaken("A001", "token", ("CT01",), "vi", None, "kiosk", at)
    entries = [
        Entry(at, day, (taken,), "first", "kiosk-1", None, b"{}"),
        Entry(at, day, (CounterOpened("1"),), "second", "counter-1", "an", b"{}"),
    ]

    @event.listens_for(engine, "before_cursor_execute")
    def before_statement(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if moment == "between statements" and statement.startswith("INSERT INTO requests"):
            die()

    @event.listens_for(engine, "commit")
    def before_commit(_connection: Any) -> None:
        if moment == "before commit":
            die()

    Journal(engine, small_hall()).append(1, entries, [])
    die()


main(*sys.argv[1:])
