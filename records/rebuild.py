"""The turns of a day worked out again from its events: to prove that the rows tell the truth, and
to write them anew when a later version counts something else. The setup is always today's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from hall.evolve import evolve
from hall.model import Hall, Setup, empty_hall
from records.journal import Journal
from records.turns import Row, turn_rows

TurnKey = tuple[str, int]  # the ticket's number, and which turn of it


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not what the events say. A missing row has the column `turn`."""

    ticket: str
    turn: int
    column: str
    written: object
    rebuilt: object


def rebuild_turns(journal: Journal, setup: Setup, day: date) -> int:
    """Write the day's rows anew, and say how many there are. Raises NotRecorded."""
    rows = rebuilt_rows(journal, setup, day)
    journal.replace_turns(day, rows)
    return len(rows)


def compare(journal: Journal, setup: Setup, day: date) -> list[Difference]:
    """What differs between the rows as they are and as the events would have them."""
    written = _by_turn(journal.turns(day))
    rebuilt = _by_turn(rebuilt_rows(journal, setup, day))
    return [
        Difference(*key, column, was.get(column), should.get(column))
        for key in sorted(written.keys() | rebuilt.keys())
        for was, should in [(written.get(key, {}), rebuilt.get(key, {}))]
        for column in _columns(was, should)
        if was.get(column) != should.get(column)
    ]


def rebuilt_rows(journal: Journal, setup: Setup, day: date) -> list[Row]:
    """The day's rows as its events would have them."""
    hall = replayed(journal, setup, day)
    return [
        row
        for roll in hall.tickets.values()
        for ticket in roll
        for row in turn_rows(setup, day, ticket)
    ]


def replayed(journal: Journal, setup: Setup, day: date) -> Hall:
    """The hall as it stood after the day's last event."""
    hall = empty_hall(setup)
    for recorded in journal.events(day):
        hall = evolve(hall, recorded.event, recorded.at)
    return hall


def _by_turn(rows: list[Row]) -> dict[TurnKey, Row]:
    return {cast(TurnKey, (row["ticket"], row["turn"])): row for row in rows}


def _columns(was: Row, should: Row) -> list[str]:
    """All columns when both rows are there, else only the one that says which is missing."""
    return sorted(was) if was and should else ["turn"]
