"""Proves that the rows beside the events are what the events say: turns, ratings, what lasts, and
the figures of long periods. Reads only. The setup is always today's, so what was set up otherwise
then may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from sqlalchemy import Engine, Table

from hall.events import TurnRated
from hall.model import Setup
from records import rollup, tables
from records.entries import Entry, rating_row
from records.errors import trouble_explained
from records.journal import Journal
from records.rebuild import Difference, compare, unlike
from records.verify import Fault

Told = Callable[[int, int], None]  # how many days are done, of how many

BY_REQUEST = "device"  # who rated stands with the request, which is kept for days only


def miscounts(
    engine: Engine,
    setup: Setup,
    day: date | None = None,
    told: Told = lambda _done, _of: None,
) -> Iterator[Fault]:
    """Where the rows are not what the events say. Raises NotRecorded."""
    journal = Journal(engine, setup)
    every = journal.days()
    days = every if day is None else [one for one in every if one == day]
    for done, one in enumerate(days, start=1):
        yield from _of_day(journal, setup, one, goes_on=one == every[-1])
        told(done, len(days))
    if day is None:
        yield from _of_periods(engine, setup)


def _of_day(journal: Journal, setup: Setup, day: date, *, goes_on: bool) -> Iterator[Fault]:
    try:
        found = _differences(journal, setup, day)
        if found and goes_on:  # the server may have written between our looks
            again = _differences(journal, setup, day)
            found = [one for one in found if one in again]
    except KeyError as missing:
        yield Fault("setup_changed", day=str(day), facts={"missing": str(missing.args[0])})
        return
    for one in found:
        facts = {
            "table": one.table,
            "row": " ".join(map(str, one.key)),
            "column": one.column or "–",
            "written": one.written,
            "right": one.rebuilt,
        }
        yield Fault("miscounted", day=str(day), facts=facts)


def _differences(journal: Journal, setup: Setup, day: date) -> list[Difference]:
    return [*compare(journal, setup, day), *_of_ratings(journal, setup, day)]


def _of_ratings(journal: Journal, setup: Setup, day: date) -> list[Difference]:
    should = [
        rating_row(setup.hall, Entry(one.at, day, (one.event,)), one.event)
        for one in journal.events(day)
        if isinstance(one.event, TurnRated)
    ]
    rated: Table = tables.ratings
    found = unlike(rated, journal.rows(rated, day), should)
    return [one for one in found if one.column != BY_REQUEST]


def _of_periods(engine: Engine, setup: Setup) -> Iterator[Fault]:
    with trouble_explained(), engine.connect() as connection:
        for one in rollup.differences(connection, setup):
            facts = {
                "table": tables.rollup.name,
                "row": f"{one.period} {one.by} {one.key}".strip(),
                "column": "tally",
                "written": one.written is not None,
                "right": one.counted is not None,
            }
            yield Fault("miscounted", day=str(one.first), facts=facts)
