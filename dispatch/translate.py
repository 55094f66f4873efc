"""From what travels to what the rules understand. Checks no rule: the hall does.

Text that people typed is cleaned here, at the door, each as long as `link.text` lets it be.
"""

from __future__ import annotations

from datetime import UTC, date

from hall import commands as c
from hall.model import Booking
from hall.waits import Forecast
from link import messages as m
from link.text import NAME, clean


def at_counter(  # noqa: PLR0912 - one case a kind
    do: m.AnyDo, counter: str
) -> c.Command | c.Refused | None:
    """The command of a request that a counter makes, or a manager for it; None: it is no such."""
    match do:
        case m.SignOut():
            return c.SignOut(counter)
        case m.Open():
            return c.Open(counter)
        case m.Pause():
            return c.Pause(counter, do.reason)
        case m.Close():
            return c.Close(counter)
        case m.CallNext():
            return c.CallNext(counter)
        case m.CallTicket():
            return c.CallTicket(counter, do.ticket, do.reason)
        case m.Recall():
            return c.Recall(counter)
        case m.Start():
            return c.Start(counter)
        case m.Finish():
            return _finish(do, counter)
        case m.NoShow():
            return c.NoShow(counter)
        case m.Undo():
            return c.Undo(counter)
        case m.AddService():
            return c.AddService(counter, do.service)
        case m.Postpone():
            return c.Postpone(counter)
        case m.Transfer():
            return c.Transfer(counter, do.service, do.to_counter)
        case m.Hold():
            return c.Hold(counter, do.reason)
        case m.Resume():
            return c.Resume(counter, do.ticket)
        case m.PutBack():
            return c.PutBack(counter)
        case m.Cancel():
            return c.Cancel(counter, do.ticket, do.reason)
        case m.ReadWord():
            return c.ReadWord(counter, do.word)
        case _:
            return None


def _finish(do: m.Finish, counter: str) -> c.Finish | c.Refused:
    """Refused when it names a day that no calendar has."""
    try:
        due_on, apology_on = _day(do.due_on), _day(do.apology_on)
    except ImpossibleDay as impossible:
        return c.Refused("bad_date", date=str(impossible))
    return c.Finish(
        counter,
        do.outcome,
        clean(do.dossier, NAME) or None if do.dossier else None,
        due_on,
        clean(do.apology_no, NAME) or None if do.apology_no else None,
        apology_on,
    )


class ImpossibleDay(ValueError):  # noqa: N818 - it is the day that is wrong
    """Like the thirtieth of February."""


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise ImpossibleDay(text) from None


def elsewhere(
    do: m.AnyDo, device: str, token: str, language: str, forecast: Forecast
) -> c.Command | None:
    """The command of any other request. For a ticket to carry: a new random token, and the wait."""
    match do:
        case m.TakeTicket():
            slot = do.booking
            booking = None if slot is None else Booking(slot.slot, slot.registered)
            return c.TakeTicket(
                tuple(do.services),
                token,
                do.language or language,
                do.group,
                "booking" if booking else "kiosk",
                booking,
                forecast.newcomer(do.services[0], do.group).told if do.services else None,
            )
        case m.Printed():
            return c.Printed(do.ticket, do.ok, do.trouble)
        case m.DeviceState():
            return c.ReportDevice(f"{device}/{do.device}", do.trouble)
        case m.Announced():
            return c.Announced(do.call, device)
        case m.Spoken():
            return c.Spoken(do.call, device, do.at.astimezone(UTC), do.skipped)
        case m.SetService():
            return c.SetService(do.service, do.open)
        case m.Notice():
            return c.SetNotice(clean(do.text))
        case m.MoveTicket():
            return c.MoveTicket(do.ticket, do.reason, do.service, do.to_counter)
        case m.SendWord():
            return c.SendWord(clean(do.text), do.counter)
        case m.Acknowledge():
            return c.Acknowledge(clean(do.alarm))
        case _:
            return None
