"""What every screen is shown: which view a device has, and that view of the hall as it is now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from dispatch.dispatcher import Dispatcher
from dispatch.forecaster import Forecaster
from dispatch.outbox import ViewKey
from dispatch.presence import Presence
from hall import views
from hall.model import Hall
from link import messages as m

OF_THE_FORECAST: Final = frozenset({"kiosk", "board", "live", "ticket"})  # kinds that show waits
TODAY: Final = ("issued", "waiting", "served", "no_shows", "cancelled", "transfers", "left_over")
CLOSED: Final = {  # the manager's hall, before somebody is signed in
    "kind": "live",
    "closed": True,
    "counters": [],
    "fields": [],
    "today": dict.fromkeys(TODAY, 0),
    "troubles": [],
    "closed_services": [],
}
PAST_TICKET: Final = {"kind": "ticket", "number": "", "service": "", "stage": "left_over"}


def view_key(device: m.DeviceInfo, *, manager: str | None, ticket: str | None) -> ViewKey:
    """What a device of this role is shown. `manager`: who is signed in at a manager's screen;
    `ticket`: the day and number of which a telephone may know."""
    match device.role:
        case "counter" | "rating":
            return ViewKey(device.role, device.counter)
        case "display":
            return ViewKey("board", ",".join(device.counters) or None)
        case "manager":
            return ViewKey("live" if manager else "closed")
        case role:
            return ViewKey(role, ticket)


class Showing:
    """Makes a view when it is about to be sent. Changes nothing."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        forecaster: Forecaster,
        presence: Presence,
        now: Callable[[], datetime],
    ) -> None:
        self._dispatcher, self._forecaster = dispatcher, forecaster
        self._presence, self._now = presence, now
        self._common = (dispatcher.hall, views.Common(dispatcher.hall))

    def view(self, key: ViewKey) -> dict[str, Any]:
        """The whole view, as it is now."""
        hall, now, forecast = self._dispatcher.hall, self._now(), self._forecaster.newest
        match key:
            case ViewKey("kiosk"):
                return views.kiosk(hall, now, forecast)
            case ViewKey("counter", str(code)):
                return views.counter(hall, code, now, self._common_of(hall))
            case ViewKey("board", of):
                return views.board(hall, of.split(",") if of else (), forecast)
            case ViewKey("rating", of):
                return views.rating(hall, of)
            case ViewKey("live"):
                return views.live(hall, forecast, self._presence.shown())
            case ViewKey("closed"):
                return CLOSED
            case ViewKey("ticket", str(of)):
                day, _, number = of.partition(" ")
                if day != str(hall.day):
                    return PAST_TICKET
                return views.ticket(hall, number, forecast)
            case _:
                raise AssertionError(key)

    def _common_of(self, hall: Hall) -> views.Common:
        if self._common[0] is not hall:
            self._common = (hall, views.Common(hall))
        return self._common[1]
