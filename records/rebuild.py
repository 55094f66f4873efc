"""The rows of a day worked out again from its events: to prove that they tell the truth, and to
write them anew when a later version counts something else. The setup is always today's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Table

from hall.evolve import evolve
from hall.model import Hall, Setup, empty_hall
from records import tables
from records.journal import Journal, Recorded
from records.spans import TABLES as SPANS
from records.spans import OfAgency, Spans
from records.turns import Row, turn_rows

Key = tuple[object, ...]
Rows = Mapping[Table, Sequence[Row]]

WORKED_OUT: Final = (tables.turns, *SPANS)


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not what the events say. `key`: what follows hall and day in the row's key.

    Where a row is missing, or is there and should not be, there is no column, and the values say
    whether it is there.
    """

    table: str
    key: Key
    column: str | None
    written: object
    rebuilt: object


def rebuild_day(journal: Journal, setup: Setup, day: date) -> int:
    """Write the day's rows anew, and say how many turns there are. Raises NotRecorded."""
    rows = rebuilt_rows(journal, setup, day)
    journal.replace(day, rows)
    return len(rows[tables.turns])


def compare(journal: Journal, setup: Setup, day: date) -> list[Difference]:
    """What differs between the rows as they are and as the events would have them."""
    rebuilt = rebuilt_rows(journal, setup, day)
    return [
        difference
        for table in WORKED_OUT
        for difference in unlike(table, journal.rows(table, day), rebuilt[table])
    ]


def rebuilt_rows(journal: Journal, setup: Setup, day: date) -> Rows:
    """The day's rows as its events would have them."""
    recorded = journal.events(day)
    return {tables.turns: _turns(setup, day, recorded), **_lasting(setup, recorded)}


def freshen(journal: Journal, setup: Setup) -> int:
    """Work out what an older program did not, and say for how many days. Raises NotRecorded.

    What it did work out stays: the setup was another one then.
    """
    days = journal.stale_days()
    for day in days:
        recorded = journal.events(day)
        longest = _longest(setup, day, recorded)
        turns = [
            {**row, "longest": longest.get(_key(tables.turns, row))} for row in journal.turns(day)
        ]
        journal.replace(day, {tables.turns: turns, **_lasting(setup, recorded)})
        journal.roll_up(before=day)
    return len(days)


def replayed(journal: Journal, setup: Setup, day: date) -> Hall:
    """The hall as it stood after the day's last event."""
    return _after(setup, journal.events(day))


def _after(setup: Setup, recorded: Sequence[Recorded]) -> Hall:
    hall = empty_hall(setup)
    for one in recorded:
        hall = evolve(hall, one.event, one.at)
    return hall


def _turns(setup: Setup, day: date, recorded: Sequence[Recorded]) -> list[Row]:
    return [
        row
        for roll in _after(setup, recorded).tickets.values()
        for ticket in roll
        for row in turn_rows(setup, day, ticket)
    ]


def _lasting(setup: Setup, recorded: Sequence[Recorded]) -> dict[Table, list[Row]]:
    spans = Spans(setup)
    found: dict[Table, dict[Key, Row]] = {table: {} for table in SPANS}
    for one in recorded:
        for told in spans.see(one.seq, one.at, one.event):
            if isinstance(told, OfAgency):
                for row in found[tables.counter_spans].values():
                    if row["counter"] == told.counter:
                        row["agency"] = told.agency
            else:
                table, row = told
                found[table][_key(table, row)] = row
    return {table: list(rows.values()) for table, rows in found.items()}


def _longest(setup: Setup, day: date, recorded: Sequence[Recorded]) -> dict[Key, object]:
    """Who had waited longest of those overtaken, by turn; of days that today's setup lacks a
    counter or a service for, nobody knows.
    """
    try:
        rows = _turns(setup, day, recorded)
    except KeyError:
        return {}
    return {_key(tables.turns, row): row["longest"] for row in rows}


def _key(table: Table, row: Row) -> Key:
    return tuple(row[c.name] for c in table.primary_key if c.name not in ("hall", "day"))


def unlike(table: Table, written: Sequence[Row], rebuilt: Sequence[Row]) -> list[Difference]:
    """Where a table's rows of a day are not as they should be."""
    was = {_key(table, row): row for row in written}
    should = {_key(table, row): row for row in rebuilt}
    missing = [
        Difference(table.name, key, None, key in was, key in should)
        for key in sorted(was.keys() ^ should.keys())
    ]
    wrong = [
        Difference(table.name, key, name, value, should[key][name])
        for key in sorted(was.keys() & should.keys())
        for name, value in was[key].items()
        if value != should[key][name]
    ]
    return [*missing, *wrong]
