"""One request, one answer: refused here, carried out by the dispatcher, or made beside it.

Knows who asks and what that visitor may ask; decides no rule of the hall.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dispatch.admission import Porter
from dispatch.batch import Asked, encode
from dispatch.dispatcher import Dispatcher
from dispatch.forecaster import Forecaster
from dispatch.holders import Holders
from dispatch.limits import Limits
from dispatch.outbox import ViewKey
from dispatch.permissions import WITHOUT_SIGN_IN, may_ask
from dispatch.persons import Persons
from dispatch.translate import at_counter, clean, elsewhere
from hall import commands as c
from hall.commands import Command, Refused
from hall.hours import business_day
from link import messages as m

MakeReport = Callable[[m.Report, m.DeviceInfo], Awaitable[dict[str, Any] | Refused]]

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Visitor:
    """Who is at the other end of a connection."""

    device: m.DeviceInfo
    key: ViewKey
    manager: str | None = None  # the officer signed in at a manager's screen


class Answers:
    """Answers the requests of all visitors. `now`: the hall's time."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        forecaster: Forecaster,
        porter: Porter,
        make_report: MakeReport,
        *,
        language: str,  # of a ticket whose citizen chose none
        limits: Limits,
        now: Callable[[], datetime],
    ) -> None:
        self._dispatcher, self._forecaster, self._porter = dispatcher, forecaster, porter
        self._make_report, self._language, self._now = make_report, language, now
        self.holders = Holders(lambda: dispatcher.hall, dispatcher.timekeeper.steady_s)
        self.persons = Persons(limits.tickets_per_person)
        self.managers: dict[str, str] = {}  # device -> officer, kept over a reconnect

    async def answer(self, visitor: Visitor, request: m.Request) -> bytes:
        """The encoded answer: refused here, carried out by the dispatcher, or reported."""
        do = request.do
        if not may_ask(visitor.device.role, do):
            return encode(request.id, refused=Refused("not_allowed"))
        if isinstance(do, m.SignIn):
            return await self._sign_in(visitor, request.id, do)
        if visitor.device.role == "manager":
            if visitor.manager is None and type(do) not in WITHOUT_SIGN_IN:
                return encode(request.id, refused=Refused("not_signed_in"))
            if isinstance(do, m.SignOut) and do.counter is None:
                return self._manager_leaves(visitor, request.id)
        if isinstance(do, m.ChangePin):
            return await self._change_pin(visitor, request.id, do)
        if isinstance(do, m.Report):
            report = await self._make_report(do, visitor.device)
            refused = report if isinstance(report, Refused) else None
            return encode(request.id, ok=None if refused else report, refused=refused)
        command = self._command(visitor, do)
        if isinstance(command, Refused):
            return encode(request.id, refused=command)
        if isinstance(do, m.TakeTicket) and do.person is not None and self.persons.limit:
            return await self._for_person(visitor, request.id, command, do.person)
        return await self._carried_out(visitor, request.id, command)

    async def _for_person(
        self, visitor: Visitor, request_id: str, command: Command, person: str
    ) -> bytes:
        """A number, unless this person has had as many as the hall allows a day."""
        hall = self._dispatcher.hall
        today = business_day(hall.setup.hours, self._now())
        if not self.persons.may_take(person, request_id, today):
            refused = Refused("person_limit_reached", limit=self.persons.limit)
            return encode(request_id, refused=refused)
        answer = await self._carried_out(visitor, request_id, command)
        if msgspec.json.decode(answer, type=m.Answer).refused is not None:
            self.persons.took_none(person, request_id)
        return answer

    async def _carried_out(self, visitor: Visitor, request_id: str, command: Command) -> bytes:
        asked = Asked(command, request_id, visitor.device.device, self._officer_at(visitor))
        return await self._dispatcher.ask(asked)

    def _officer_at(self, visitor: Visitor) -> str | None:
        """Who is signed in there."""
        staffing = self._dispatcher.hall.staffing.get(visitor.device.counter or "")
        return visitor.manager or (staffing.officer if staffing else None)

    async def _sign_in(self, visitor: Visitor, request_id: str, do: m.SignIn) -> bytes:
        role, device = visitor.device.role, visitor.device.device
        refused = await self._porter.officer(do.officer, do.pin, visitor.device)
        if refused is not None:
            return encode(request_id, refused=refused)
        if role == "manager":
            visitor.manager = self.managers[device] = do.officer
            log.info("%s signed in at %s", do.officer, device)
            return encode(request_id, ok={})
        assert visitor.device.counter is not None
        command = c.SignIn(visitor.device.counter, do.officer, do.take_over)
        return await self._carried_out(visitor, request_id, command)

    async def _change_pin(self, visitor: Visitor, request_id: str, do: m.ChangePin) -> bytes:
        officer = self._officer_at(visitor)
        if officer is None:
            refused = Refused("counter_has_no_officer", counter=visitor.device.counter)
            return encode(request_id, refused=refused)
        now = self._now()
        why_not = await self._porter.change_pin(officer, do, request_id, visitor.device, now)
        return encode(request_id, ok=None if why_not else {}, refused=why_not)

    def _manager_leaves(self, visitor: Visitor, request_id: str) -> bytes:
        log.info("%s signed out at %s", visitor.manager, visitor.device.device)
        visitor.manager = None
        self.managers.pop(visitor.device.device, None)
        return encode(request_id, ok={})

    def _command(self, visitor: Visitor, do: m.AnyDo) -> Command | Refused:
        """What the request means, coming from this visitor."""
        if isinstance(do, m.Rate):
            return self._rate(visitor, do)
        token = secrets.token_urlsafe(12)
        forecast = self._forecaster.newest
        command: Command | Refused | None
        command = elsewhere(do, visitor.device.device, token, self._language, forecast)
        if command is None:
            own, asked = visitor.device.counter, getattr(do, "counter", None)
            if own is not None and asked not in (None, own):
                return Refused("not_allowed", counter=asked)
            command = at_counter(do, own or asked or "")
        assert command is not None, do
        return command

    def _rate(self, visitor: Visitor, do: m.Rate) -> Command | Refused:
        number = self.holders.rated(do, visitor.device)
        if isinstance(number, Refused):
            return number
        ticket = self._dispatcher.hall.ticket(number)
        turn = do.turn or (len(ticket.turns) if ticket else 1)
        return c.Rate(number, turn, do.level, tuple(do.tags), clean(do.text))
