"""The hall as the records have it, read back at start and after trouble. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hall import events as e
from hall.evolve import evolve
from hall.model import Hall, Setup, empty_hall
from records.errors import RecordsError
from records.journal import Recorded


class SetupChanged(RecordsError):  # noqa: N818 - a fact, told in the hall's words
    """Today's records name something that the configuration no longer has."""

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"today's records need {missing}, which the configuration no longer has. "
            "Put it back until the day is over; then it may go."
        )


def replayed(setup: Setup, recorded: Sequence[Recorded]) -> Hall:
    """The hall after a day's events.

    Raises SetupChanged when the day is not over and the configuration lacks what it needs.
    """
    hall = empty_hall(setup)
    for happened in recorded:
        try:
            hall = evolve(hall, happened.event, happened.at)
        except KeyError as missing:
            if not any(isinstance(one.event, e.DayClosed) for one in recorded):
                raise SetupChanged(f"{missing} ({type(happened.event).__name__})") from missing
            return _after_the_day(setup, recorded)
    if not hall.closed:
        _require_services(hall)
    return hall


def _after_the_day(setup: Setup, recorded: Sequence[Recorded]) -> Hall:
    """Of a day that is over, what the next one needs: its date, the last call, the notice."""
    hall = replace(empty_hall(setup), at=recorded[-1].at)
    for happened in recorded:
        match happened.event:
            case e.DayOpened() | e.NoticeSet() | e.DeviceReported() as event:
                hall = evolve(hall, event, happened.at)
            case e.TicketCalled(call=call) | e.TicketRecalled(call=call):
                hall = replace(hall, call=call)
            case _:
                pass
    return replace(hall, at=recorded[-1].at, closed=True)


def _require_services(hall: Hall) -> None:
    """Until the day is over its tickets need theirs."""
    for ticket in (ticket for roll in hall.tickets.values() for ticket in roll):
        for service in (*(turn.service for turn in ticket.turns), *ticket.later):
            if service not in hall.setup.services:
                raise SetupChanged(f"the service {service} (ticket {ticket.number})")
