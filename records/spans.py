"""What lasted and what was said, as the events of a day tell it: how long counters were open or
paused and devices in trouble, alarms, announcements. Reads and writes nothing.

The journal keeps the rows by it while the day goes on, and the rebuild works them out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple, cast

from sqlalchemy import Table

from hall import events as e
from hall.hours import midnight_after
from hall.model import CounterState, Setup
from records import tables
from records.turns import Row

# The kinds of events that tell of it.
TELLING: Final = frozenset(
    {
        *(e.DayOpened, e.DayClosed, e.OfficerSignedIn, e.OfficerSignedOut),
        *(e.CounterOpened, e.CounterPaused, e.CounterClosed, e.DeviceReported),
        *(e.TicketCalled, e.TicketRecalled, e.CallSpoken),
        *(e.AlarmRaised, e.AlarmCleared, e.AlarmAcknowledged),
    }
)

TABLES: Final = (tables.counter_spans, tables.outages, tables.alarms, tables.announcements)

Written = tuple[Table, Row]  # a row, to be written over the one with its key


class OfAgency(NamedTuple):
    """Every span that a counter has had this day is of this agency, whatever was written of it."""

    day: date
    counter: str
    agency: str


class Called(NamedTuple):
    """A call: of whom, where to, and when."""

    ticket: str | None = None
    counter: str | None = None
    at: datetime | None = None


@dataclass(slots=True)
class _Day:
    """What is known of the day so far: what lasts, and whatever can still be asked for. What is
    over stands in the records alone.
    """

    day: date
    officers: dict[str, str] = field(default_factory=dict)  # by counter
    agencies: dict[str, str] = field(default_factory=dict)  # by counter, as its calls say
    written: dict[str, set[str]] = field(default_factory=dict)  # agencies of a counter's spans
    counters: dict[str, Row] = field(default_factory=dict)  # those that last
    outages: dict[str, Row] = field(default_factory=dict)  # those that last, by device
    alarms: dict[str, Row] = field(default_factory=dict)  # those that last
    calls: dict[int, Called] = field(default_factory=dict)
    said: set[tuple[int, str]] = field(default_factory=set)  # call and device


class Spans:
    """Sees a hall's events in order, from the opening of a day on, and says which rows they make.

    Whatever lasts when a day closes ends with it, at midnight at the latest: the program may have
    been off until the next morning. Before the next day opens nothing begins.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._today: _Day | None = None

    def see(self, seq: int, at: datetime, event: e.Event) -> Sequence[Written | OfAgency]:
        """The rows that an event brings or changes. They may change again with the next ones."""
        if type(event) not in TELLING:
            return ()
        if isinstance(event, e.DayOpened):
            return self._opens(seq, at, event)
        if self._today is None:
            return []
        if isinstance(event, e.DayClosed):
            return self._closes(self._today, at)
        return self._goes_on(self._today, seq, at, event)

    def _opens(self, seq: int, at: datetime, event: e.DayOpened) -> list[Written]:
        self._today = today = _Day(event.day)
        return [
            row
            for device, trouble in event.troubles.items()
            for row in self._device_is(today, seq, at, device, trouble)
        ]

    def _closes(self, today: _Day, at: datetime) -> list[Written]:
        self._today = None
        return [
            *(row for one in [*today.counters] for row in self._counter_ends(today, at, one)),
            *(self._ends(today, at, tables.outages, row) for row in today.outages.values()),
            *(self._ends(today, at, tables.alarms, row) for row in today.alarms.values()),
        ]

    def _goes_on(
        self, today: _Day, seq: int, at: datetime, event: e.Event
    ) -> Sequence[Written | OfAgency]:
        match event:
            case e.OfficerSignedIn(counter=counter, officer=officer):
                today.officers[counter] = officer
                return []
            case e.CounterOpened() | e.CounterPaused():
                return self._counter_begins(today, seq, at, event)
            case e.CounterClosed() | e.OfficerSignedOut():
                return self._counter_ends(today, at, event.counter)
            case e.TicketCalled():
                today.calls[event.call] = Called(event.ticket, event.counter, at)
                return _of_agency(today, event.counter, event.agency)
            case e.TicketRecalled():
                today.calls[event.call] = Called(event.ticket, event.counter, at)
                return []
            case e.CallSpoken():
                return self._spoken(today, event)
            case e.DeviceReported(device=device, trouble=trouble):
                return self._device_is(today, seq, at, device, trouble)
            case e.AlarmRaised():
                return self._raised(today, seq, at, event)
            case e.AlarmCleared(alarm=alarm):
                row = today.alarms.pop(alarm, None)
                return [self._ends(today, at, tables.alarms, row)] if row else []
            case e.AlarmAcknowledged(alarm=alarm):
                return _acknowledged(today, at, alarm)
            case _:
                return []

    # --- What lasts ----------------------------------------------------------------------------

    def _begins(self, today: _Day, seq: int, at: datetime, **facts: object) -> Row:
        lasts = {"seq": seq, "since": at, "until": None}
        return {"hall": self._setup.hall, "day": today.day, **lasts, **facts}

    def _ends(self, today: _Day, at: datetime, table: Table, row: Row) -> Written:
        midnight = midnight_after(self._setup.hours, today.day)
        row["until"] = max(cast(datetime, row["since"]), min(at, midnight))
        return table, row

    # --- Counters ------------------------------------------------------------------------------

    def _counter_begins(
        self, today: _Day, seq: int, at: datetime, event: e.CounterOpened | e.CounterPaused
    ) -> list[Written]:
        counter = event.counter
        ended = self._counter_ends(today, at, counter)
        paused = isinstance(event, e.CounterPaused)
        agency = self._agency(today, counter)
        row = self._begins(
            *(today, seq, at),
            counter=counter,
            officer=today.officers.get(counter),
            agency=agency,
            state=(CounterState.PAUSED if paused else CounterState.OPEN).value,
            reason=event.reason if isinstance(event, e.CounterPaused) else None,
        )
        today.counters[counter] = row
        today.written.setdefault(counter, set()).add(agency)
        return [*ended, (tables.counter_spans, row)]

    def _counter_ends(self, today: _Day, at: datetime, counter: str) -> list[Written]:
        row = today.counters.pop(counter, None)
        return [self._ends(today, at, tables.counter_spans, row)] if row else []

    def _agency(self, today: _Day, counter: str) -> str:
        """As the counter's calls said that day, or as it is set up now."""
        set_up = self._setup.counters.get(counter)
        return today.agencies.get(counter) or (set_up.agency if set_up else "")

    # --- Devices, alarms, announcements --------------------------------------------------------

    def _device_is(
        self, today: _Day, seq: int, at: datetime, device: str, trouble: str | None
    ) -> list[Written]:
        written = []
        lasting = today.outages.get(device)
        if lasting is not None and lasting["trouble"] != trouble:
            written.append(self._ends(today, at, tables.outages, today.outages.pop(device)))
        if trouble is not None and device not in today.outages:
            row = self._begins(today, seq, at, device=device, trouble=trouble)
            today.outages[device] = row
            written.append((tables.outages, row))
        return written

    def _raised(self, today: _Day, seq: int, at: datetime, event: e.AlarmRaised) -> list[Written]:
        """A second alarm of the same name is the first one still."""
        if event.alarm in today.alarms:
            return []
        row = self._begins(
            *(today, seq, at),
            alarm=event.alarm,
            kind=event.alarm_kind,
            of=event.of,
            number=event.number,
            value_s=event.value_s,
            detail=event.detail,
            acknowledged_at=None,
        )
        today.alarms[event.alarm] = row
        return [(tables.alarms, row)]

    def _spoken(self, today: _Day, event: e.CallSpoken) -> list[Written]:
        if (event.call, event.device) in today.said:
            return []
        today.said.add((event.call, event.device))
        called = today.calls.get(event.call, Called())
        row: Row = {
            "hall": self._setup.hall,
            "day": today.day,
            "call": event.call,
            "device": event.device,
            "ticket": called.ticket,
            "counter": called.counter,
            "called_at": called.at,
            "spoken_at": event.at if event.skipped is None else None,
            "skipped": event.skipped,
        }
        return [(tables.announcements, row)]


def _of_agency(today: _Day, counter: str, agency: str) -> Sequence[OfAgency]:
    """A call says whose people sit there, which may be set up otherwise now; old ones do not."""
    if not agency or today.agencies.get(counter) == agency:
        return ()
    today.agencies[counter] = agency
    if today.written.get(counter, {agency}) == {agency}:
        return ()
    today.written[counter] = {agency}
    if counter in today.counters:
        today.counters[counter]["agency"] = agency
    return (OfAgency(today.day, counter, agency),)


def _acknowledged(today: _Day, at: datetime, alarm: str) -> list[Written]:
    row = today.alarms.get(alarm)
    if row is None or row["acknowledged_at"] is not None:
        return []
    row["acknowledged_at"] = at
    return [(tables.alarms, row)]
