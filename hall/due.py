"""What time alone will bring about at a counter, if nothing happens there before: somebody called
does not come, a service or a pause takes too long.

It is worked out when something happens at the counter and kept with it, so that nobody has to look
at every counter to know that nothing is due. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from hall.hours import open_wait_reached, serving_windows
from hall.model import CounterState, Hall, Staffing, Stage, Ticket
from hall.moments import NOTHING_DUE, Begins, Due


def due_at(hall: Hall, counter: str) -> Due:
    """As it stands now."""
    staffing = hall.staffing[counter]
    if staffing.ticket is None and staffing.state is not CounterState.PAUSED:
        return NOTHING_DUE
    ticket = hall.at_counter(counter)
    return Due(
        no_show_at=_no_show_at(hall, ticket) if ticket else None,
        alarms=(
            *_of_a_pause(hall, counter, staffing),
            *(_of_a_service(hall, counter, ticket) if ticket else ()),
        ),
    )


def trusted(hall: Hall, since: datetime) -> datetime:
    """How long before the clock was set something began, nobody knows: it counts from there."""
    return max(since, hall.stepped_at)


def _no_show_at(hall: Hall, ticket: Ticket) -> datetime | None:
    """When a ticket that was called and not seen yet counts as a no-show: so long after the last
    call, or after the officer took back that it was done or missing.

    How long ago a call was that came before the clock was set, nobody knows: the officer decides.
    """
    if hall.setup.no_show_after_s <= 0 or ticket.turn.stage is not Stage.CALLED:
        return None
    called_at = ticket.turn.last_called_at
    assert called_at is not None
    since = max(called_at, ticket.turn.undone_at or called_at)
    if since <= hall.stepped_at:
        return None
    return since + timedelta(seconds=hall.setup.no_show_after_s)


def _of_a_pause(hall: Hall, counter: str, staffing: Staffing) -> Iterator[Begins]:
    """Closed hours do not count: whoever pauses before noon may pause until the afternoon."""
    limit_s = hall.setup.alarms.pause_s
    if not limit_s or staffing.state is not CounterState.PAUSED or hall.day is None:
        return
    since = trusted(hall, staffing.since)
    at = open_wait_reached(serving_windows(hall.setup.hours, hall.day), since, limit_s)
    if at is not None:
        yield Begins("pause_long", at, counter, detail=staffing.pause_reason, counts_from=since)


def _of_a_service(hall: Hall, counter: str, ticket: Ticket) -> Iterator[Begins]:
    """What was parked meanwhile does not count."""
    limits, turn = hall.setup.alarms, ticket.turn
    service = hall.setup.services.get(turn.service)  # a day that is over may have had others
    if not limits.service_factor or turn.stage is not Stage.SERVING or service is None:
        return
    assert turn.started_at is not None
    since = trusted(hall, turn.started_at + timedelta(seconds=turn.held_s))
    limit_s = max(limits.service_factor * service.mean_s, limits.service_s)
    at = since + timedelta(seconds=limit_s)
    yield Begins("service_long", at, counter, ticket.number, counts_from=since)
