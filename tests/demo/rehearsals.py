"""Recorded days to rehearse, and what is in records afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from hall import events as e
from hall.model import Setup
from records.engine import connect
from records.journal import Journal, Recorded
from records.migrate import upgrade

# What comes of screens, of who notes something down, or of a rating: no citizen feels it.
BESIDE = (
    e.AlarmRaised,
    e.AlarmCleared,
    e.DeviceReported,
    e.DayOpened,
    e.DayClosed,
    e.OfficerSignedIn,
    e.OfficerSignedOut,
    e.CounterPaused,  # once more, for another reason
    e.TurnRated,
)


@contextmanager
def journal(file: Path, setup: Setup) -> Iterator[Journal]:
    engine = connect(str(file))
    upgrade(engine)
    journal = Journal(engine, setup)
    try:
        yield journal
    finally:
        journal.close()


def events(file: Path, setup: Setup, day: date) -> list[Recorded]:
    with journal(file, setup) as records:
        return records.events(day)


def felt(recorded: Iterable[Recorded]) -> list[tuple[object, ...]]:
    """When what happened to whom at which counter; of a cancelled ticket not who noted it."""
    return [
        (
            one.at,
            type(one.event).__name__,
            getattr(one.event, "ticket", None),
            None if isinstance(one.event, e.TicketCancelled) else getattr(one.event, "counter", 0),
        )
        for one in recorded
        if not isinstance(one.event, BESIDE)
    ]
